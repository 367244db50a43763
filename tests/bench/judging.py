"""`python -m tests.bench.judging`: what the judging methods are worth, on real panels and on panels made up.

The published panel scores of figure skating recomputed, and the Eurovision finals; then how well each method finds the
order when only some judges see each entry: Kendall's τ with the true order of made-up entries, and with what all nine
judges of a real segment said. The data lies beside the checkout, or where FACILITATOR_JUDGING_DATA says; what needs it
is left out where it isn't. Takes five minutes.
"""

from __future__ import annotations

import csv
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import fmean, pstdev

from facilitator.methods.judging import Mark, kendall, panels, ranked, rounded, score

DATA = Path(os.environ.get("FACILITATOR_JUDGING_DATA") or Path(__file__).parents[3] / "shared" / "data" / "judging")
DESIGNS = [("3 of 9, 24 entries", 9, 24, 3), ("3 of 9, 8 entries", 9, 8, 3), ("5 of 12, 30 entries", 12, 30, 5)]
DESIGNS += [("2 of 6, 20 entries", 6, 20, 2), ("4 of 5, 12 entries", 5, 12, 4)]
STRICTNESS = (0.0, 0.5, 1.0, 1.5)
"""Standard deviation of the judges' severity, in those of chance."""
DRAWS = 300
DRAWS_OF_FEW = 2000
"""Of fewer than ten entries, whose τ scatters by more than what is to be seen."""
SLACK = 0.005
FINALS = {2016: ("Australia", "Russia", "Ukraine"), 2019: ("North Macedonia", "Norway", "Netherlands")}

Totals = dict[tuple[str, str], float]
"""(judge, entry) → the sheet's total."""
Method = Callable[[Totals], dict[str, float]]


def main() -> None:
    for part in (_panel_scores, _finals, _made_up, _real):
        for line in part():
            print(line, flush=True)
        print()


def _panel_scores() -> Iterator[str]:
    if not (rows := _read("skating_components.csv")):
        yield "Panel scores: the data isn't here, left out."
        return
    published = {(row["segment"], row["criterion"], row["entry"]): row["published_panel_score"] for row in rows}
    reckoned = {}
    for (segment, criterion), marks in _marks_by(rows, "segment", "criterion").items():
        for entry, value in score(marks, "trimmed").scores.items():
            reckoned[segment, criterion, entry] = rounded(value)
    right = sum(reckoned[key] == Decimal(value) for key, value in published.items())
    reached = _yes(right == len(published))
    yield f"Panel scores to the hundredth, trimmed: {right} of {len(published)} as published   {reached}"


def _finals() -> Iterator[str]:
    if not (rows := _read("eurovision_finals.csv")):
        yield "Eurovision: the data isn't here, left out."
        return
    for year, known in FINALS.items():
        final = [row for row in rows if row["year"] == str(year)]
        totals = [_points(final, *kinds) for kinds in (["jury"], ["tele"], ["jury", "tele"])]
        first = [[entry for entry, rank in ranked(points).items() if rank == 1] for points in totals]
        said = [
            f"{kind} {', '.join(names)} ({points[names[0]]})"
            for kind, names, points in zip(("jury", "televote", "both"), first, totals, strict=True)
        ]
        yield f"Eurovision {year}: {'; '.join(said)}   {_yes(first == [[name] for name in known])}"


def _made_up() -> Iterator[str]:
    yield _heading("Made-up entries (spread 1.5 × chance)", "severity")
    for name, judges, entries, each in DESIGNS:
        for strictness in STRICTNESS:
            chance = random.Random(f"{name} {strictness}")
            runs = [
                _draw(chance, judges, entries, each, strictness)
                for _ in range(DRAWS if entries >= 10 else DRAWS_OF_FEW)
            ]
            yield _row(name, f"{strictness} × chance", runs)


def _draw(chance: random.Random, judges: int, entries: int, each: int, strictness: float) -> tuple[dict, Totals]:
    worth = {f"E{n}": chance.gauss(70, 1.5) for n in range(entries)}
    severity = {f"J{n}": chance.gauss(0, strictness) for n in range(judges)}
    seen = panels(_shuffled(chance, severity), _shuffled(chance, worth), each)
    totals = {
        (judge, entry): worth[entry] - severity[judge] + chance.gauss(0, 1)
        for judge, entries in seen.items()
        for entry in entries
    }
    return worth, totals


def _real() -> Iterator[str]:
    if not (rows := _read("skating_components.csv")):
        yield "Real panels: the data isn't here, left out."
        return
    yield _heading("Real panels, 3 of 9 judges for each entry", "assigned")
    for (segment,), marks in _marks_by(rows, "segment").items():
        full = score(marks).scores
        sheets = _sheets(marks)
        for how, assign in (("by panels", _overlapping), ("at random", _at_random)):
            chance = random.Random(f"{segment} {how}")
            runs = [(full, {pair: sheets[pair] for pair in assign(chance, sheets)}) for _ in range(DRAWS)]
            yield _row(f"{len(full)} entries, {segment.rpartition('· ')[2].title()}", how, runs)


def _overlapping(chance: random.Random, sheets: Totals) -> list[tuple[str, str]]:
    judges, entries = (_shuffled(chance, side) for side in zip(*sheets, strict=True))
    return [(judge, entry) for judge, seen in panels(judges, entries, 3).items() for entry in seen]


def _at_random(chance: random.Random, sheets: Totals) -> list[tuple[str, str]]:
    judges, entries = (_shuffled(chance, side) for side in zip(*sheets, strict=True))
    return [(judge, entry) for entry in entries for judge in chance.sample(judges, 3)]


def _row(name: str, how: str, runs: list[tuple[dict, Totals]]) -> str:
    taus = {method: fmean(kendall(truth, of(totals)) for truth, totals in runs) for method, of in COMPARED.items()}
    reached = taus["calibrated"] >= max(taus["mean"], taus["additive"]) - SLACK
    return f"{name:<42} {how:<14}" + "".join(f"{tau:>11.3f}" for tau in taus.values()) + f"   {_yes(reached)}"


def _heading(name: str, how: str) -> str:
    return f"{name:<42} {how:<14}" + "".join(f"{method:>11}" for method in COMPARED) + "   calibrated not below the two"


def _plain(totals: Totals) -> dict[str, float]:
    """The mean of what each entry got."""
    given = defaultdict(list)
    for (_, entry), total in totals.items():
        given[entry].append(total)
    return {entry: fmean(values) for entry, values in given.items()}


def _additive(totals: Totals) -> dict[str, float]:
    """Judges and entries both as fixed effects, by least squares: nothing is pulled towards 0."""
    effects = dict.fromkeys((judge for judge, _ in totals), 0.0)
    for _ in range(300):
        entries = _plain({(judge, entry): total - effects[judge] for (judge, entry), total in totals.items()})
        left = _plain({(entry, judge): total - entries[entry] for (judge, entry), total in totals.items()})
        change = max(abs(left[judge] - effects[judge]) for judge in left)
        effects = left
        if change < 1e-9:
            break
    return _plain({(judge, entry): total - effects[judge] for (judge, entry), total in totals.items()})


def _z_scores(totals: Totals) -> dict[str, float]:
    """Each judge's totals less their mean, by their standard deviation."""
    own = defaultdict(list)
    for (judge, _), total in totals.items():
        own[judge].append(total)
    scale = {judge: (fmean(values), pstdev(values) or 1.0) for judge, values in own.items()}
    return _plain(
        {(judge, entry): (total - scale[judge][0]) / scale[judge][1] for (judge, entry), total in totals.items()}
    )


def _by(method: str) -> Method:
    def scores(totals: Totals) -> dict[str, float]:
        return score([Mark(judge, entry, "total", total) for (judge, entry), total in totals.items()], method).scores

    return scores


COMPARED: dict[str, Method] = {
    "mean": _plain,
    "additive": _additive,
    "z-score": _z_scores,
    "calibrated": _by("calibrated"),
    "robust": _by("robust"),
}


def _read(name: str) -> list[dict[str, str]]:
    path = DATA / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _marks_by(rows: list[dict[str, str]], *columns: str) -> dict[tuple[str, ...], list[Mark]]:
    marks = defaultdict(list)
    for row in rows:
        mark = Mark(row["judge"], row["entry"], row["criterion"], Decimal(row["score"]))
        marks[tuple(row[column] for column in columns)].append(mark)
    return marks


def _sheets(marks: list[Mark]) -> Totals:
    """The mean over the criteria, which weigh the same in a segment."""
    given = defaultdict(list)
    for mark in marks:
        given[mark.judge, mark.entry].append(mark.score)
    return {pair: float(sum(scores, Fraction()) / len(scores)) for pair, scores in given.items()}


def _points(final: list[dict[str, str]], *kinds: str) -> dict[str, int]:
    points = defaultdict(int)
    for row in final:
        points[row["to_country"]] += sum(int(row[f"{kind}_points"] or 0) for kind in kinds)
    return points


def _shuffled(chance: random.Random, names: object) -> list[str]:
    mixed = sorted(set(names))
    chance.shuffle(mixed)
    return mixed


def _yes(reached: bool) -> str:
    return "yes" if reached else "NO"


if __name__ == "__main__":
    main()
