"""The table on the screen, the last results in a file, and the same table in the README."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import capacity
from tests.bench.figures import Findings, Results, Row

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "bench" / "results.json"
MARKS = "<!-- bench: {} -->", "<!-- /bench -->"
NO_ROWS, ROWS_BEGIN = '"rows": []', '"rows": [\n  '
_WORDS = {True: "yes", False: "NO", None: ""}


def lines(rows: Iterable[Row]) -> list[str]:
    """The table for a terminal."""
    return [
        f"{row.name:64} {row.text:>18} {_ratio(row):>8}  {row.goal:18} {_WORDS[row.is_reached]:4} {row.note}".rstrip()
        for row in rows
    ]


def keep(found: dict[str, Findings], order: Iterable[str], load_before: float) -> Results:
    """Write what was found over what was known of the same scenarios; gives all that is known, in this order."""
    known = load()
    for name, findings in found.items():
        known[name] = {
            "taken": datetime.now(UTC).strftime("%Y-%m-%d"),
            "machine": machine(),
            "load": round(load_before, 1),
            "rows": [_as_json(row) for row in findings.rows],
            "wrong": findings.wrong,
        }
    known = {name: known[name] for name in order if name in known}
    RESULTS.write_text(_compact(known), encoding="utf-8")
    return known


def load() -> Results:
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def summary(found: dict[str, Findings]) -> str:
    """One line of JSON: every figure by its key, what was not reached, what was wrong."""
    rows = [row for findings in found.values() for row in findings.rows]
    return json.dumps(
        {
            "machine": machine(),
            "figures": {row.key: round(row.figure, row.digits + 1) for row in rows},
            "ratios": {row.key: round(row.ratio, 2) for row in rows if row.ratio is not None},
            "not_reached": [row.key for row in rows if row.is_reached is False],
            "wrong": [line for findings in found.values() for line in findings.wrong],
        },
        ensure_ascii=False,
    )


def write_between(path: Path, mark: str, text: str) -> None:
    """Put a text between `<!-- bench: MARK -->` and `<!-- /bench -->` of a page."""
    begin, end = MARKS[0].format(mark), MARKS[1]
    page = path.read_text(encoding="utf-8")
    before, _begin, rest = page.partition(begin)
    _old, _end, after = rest.partition(end)
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def read_between(path: Path, mark: str) -> str:
    return path.read_text(encoding="utf-8").partition(MARKS[0].format(mark))[2].partition(MARKS[1])[0].strip()


def table(known: Results, *, every: bool = False) -> str:
    """The results in Markdown: what something was to be reached for, or every row."""
    head = ["| | figure | ratio to Node | to be reached | reached |", "|---|---|---|---|---|"]
    rows = [row for name in known for row in known[name]["rows"] if every or row["goal"]]
    body = [
        f"| {row['name']} | {row['text']} | {row['ratio'] or ''} | {row['goal']} | {_WORDS[row['is_reached']]} |"
        for row in rows
    ]
    dates = sorted({f"{each['taken']}, {each['machine']}, load before {each['load']}" for each in known.values()})
    return "\n".join([f"Measured {'; '.join(dates)}.", "", *head, *body])


def _ratio(row: Row) -> str:
    return "" if row.ratio is None else f"{row.ratio:.2f} ×"


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "figure": round(row.figure, row.digits + 2),
        "text": row.text,
        "ratio": None if row.ratio is None else round(row.ratio, 2),
        "goal": row.goal,
        "is_reached": row.is_reached,
        "note": row.note,
    }


def _compact(known: Results) -> str:
    """One row on a line: what changed between two runs can be read in a comparison of the file."""
    rows = {name: ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in known[name]["rows"]) for name in known}
    heads = {name: json.dumps({**known[name], "rows": []}, ensure_ascii=False) for name in known}
    parts = [f'"{name}": {heads[name].replace(NO_ROWS, f"{ROWS_BEGIN}{rows[name]}]", 1)}' for name in known]
    return "{" + ",\n".join(parts) + "}\n"


def publish(known: Results) -> None:
    """Write the results, and what is reckoned from them, where people read them."""
    write_between(ROOT / "README.md", "results", table(known))
    write_between(ROOT / "docs" / "figures.md", "every", table(known, every=True))
    for mark, text in capacity.tables(known).items():
        write_between(ROOT / "docs" / "capacity.md", mark, text)
