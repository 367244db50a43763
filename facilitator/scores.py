"""`facilitator scores`: the result of a jury from a table of its marks, without a workshop."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, BinaryIO, NamedTuple

import click

from facilitator.methods.judging import METHODS, Mark, Outcome, Unusable, rounded, score

COLUMNS = ("judge", "entry", "score")
ONLY = "score"
"""The one criterion of a table that names none."""
WIDEST = 12
"""Digits before and after the point that a score may have."""
PLACES = 12
"""Printed for programs: enough that who rounds half up to hundredths gets what the fraction gives."""


class Weight(click.ParamType[tuple[str, Fraction]]):
    """A criterion and its weight, as in design=0.3."""

    name = "criterion=weight"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Fraction]:
        if isinstance(value, tuple):
            return value
        criterion, _, weight = str(value).rpartition("=")
        number = _number(weight)
        if not criterion.strip() or number is None:
            self.fail(f"{value!r} isn't a criterion and its weight such as design=0.3", param, ctx)
        return criterion.strip(), number


@click.command("scores")
@click.argument("file", type=click.File("rb"))
@click.option("--method", type=click.Choice(METHODS), default="mean", show_default=True, help="How scores are made.")
@click.option(
    "--weight", "weights", type=Weight(), multiple=True, help="Weight of a criterion; given for each or none."
)
@click.option("--json", "as_json", is_flag=True, help="Print one line for another program.")
def scores_command(file: BinaryIO, method: str, weights: tuple[tuple[str, Fraction], ...], as_json: bool) -> None:
    """Score entries from FILE, a table with the columns judge, entry, criterion, score (CSV in UTF-8).

    An empty score is an abstention. Without a column criterion there is just one. Other columns are left alone.
    """
    marks = list(_marks(file))
    try:
        outcome = score(marks, method, dict(weights) or None)
    except Unusable as error:
        raise click.UsageError(str(error)) from error
    click.echo(_json(outcome) if as_json else _readable(outcome))


class _Row(NamedTuple):
    line: int
    cells: Mapping[str, str]


def _marks(file: BinaryIO) -> Iterator[Mark]:
    seen: dict[tuple[str, str, str], int] = {}
    given = 0
    for line, cells in _rows(file):
        for name in ("judge", "entry", *(["criterion"] if "criterion" in cells else [])):
            if not cells[name]:
                raise _broken(line, f"no {name}")
        judge, entry, criterion = cells["judge"], cells["entry"], cells.get("criterion", ONLY)
        if (first := seen.setdefault((judge, entry, criterion), line)) != line:
            by = f" by {criterion}" if "criterion" in cells else ""
            raise _broken(line, f"{judge} has scored {entry}{by} in line {first} already")
        if not cells["score"]:
            continue
        if (number := _number(cells["score"])) is None:
            raise _broken(line, f"{cells['score']!r} isn't a score")
        given += 1
        yield Mark(judge, entry, criterion, number)
    if not given:
        raise click.ClickException("There is no score in this file.")


def _rows(file: BinaryIO) -> Iterator[_Row]:
    """The table's rows by the names of its columns; what a short row lacks is empty."""
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        _check(header)
        for row in reader:
            if any(cell.strip() for cell in row):
                padded = [*row, *[""] * (len(header) - len(row))]
                yield _Row(reader.line_num, {name: cell.strip() for name, cell in zip(header, padded, strict=False)})
    except csv.Error as error:
        raise _broken(reader.line_num, f"not a row of a CSV table ({error})") from error


def _text(file: BinaryIO) -> str:
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _broken(line, "not text in UTF-8; save the table as CSV UTF-8") from error
    if "\0" in text:
        raise _broken(text.count("\n", 0, text.index("\0")) + 1, "not text in UTF-8; save the table as CSV UTF-8")
    if not text.strip():
        raise click.ClickException("This file is empty.")
    return text


def _check(header: list[str]) -> None:
    if missing := [name for name in COLUMNS if name not in header]:
        raise _broken(1, f"no column {', '.join(missing)}; there must be judge, entry and score, with a comma between")
    if twice := [name for name in (*COLUMNS, "criterion") if header.count(name) > 1]:
        raise _broken(1, f"more than one column {', '.join(twice)}")


def _number(text: str) -> Fraction | None:
    """The number, exactly; None for what is none, or is too long to be a score."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    if "_" in text or not number.is_finite():
        return None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -WIDEST or number.adjusted() > WIDEST:
        return None
    return Fraction(number)


def _broken(line: int, what: str) -> click.ClickException:
    return click.ClickException(f"Line {line}: {what}.")


def _in_order(outcome: Outcome) -> list[Any]:
    """Entries by rank, equals as they came."""
    return sorted(outcome.scores, key=lambda entry: outcome.ranks[entry])


def _json(outcome: Outcome) -> str:
    entries = [
        {"entry": entry, "score": float(rounded(outcome.scores[entry], PLACES)), "rank": outcome.ranks[entry]}
        for entry in _in_order(outcome)
    ]
    judges = [
        {"judge": judge, "severity": float(rounded(severity, PLACES))} for judge, severity in outcome.severity.items()
    ]
    return json.dumps({"entries": entries, "judges": judges}, ensure_ascii=False)


def _readable(outcome: Outcome) -> str:
    widest = max(len("Entry"), *(len(str(entry)) for entry in outcome.scores))
    table = [f"Rank  {'Entry':<{widest}}  {'Score':>8}"]
    table += [
        f"{outcome.ranks[entry]:>4}  {entry:<{widest}}  {rounded(outcome.scores[entry]):>8}"
        for entry in _in_order(outcome)
    ]
    return "\n\n".join("\n".join(lines) for lines in (table, _judges(outcome), _notes(outcome)) if lines)


def _judges(outcome: Outcome) -> list[str]:
    added = outcome.method in ("calibrated", "robust")
    heading = "Judges (added back to their scores)" if added else "Judges (for information; the scores are as given)"
    return [heading, *(f"  {_severity(judge, points)}" for judge, points in outcome.severity.items())]


def _severity(judge: object, severity: float) -> str:
    points = rounded(abs(severity))
    if not points:
        return f"{judge} is as strict as the others"
    how = "stricter" if severity > 0 else "milder"
    return f"{judge} is {points} {'point' if points == 1 else 'points'} {how} than the others"


def _notes(outcome: Outcome) -> list[str]:
    notes = [
        f"{judge}'s score for {entry} lies far from the others and counts less." for judge, entry in outcome.outliers
    ]
    if outcome.not_trimmed:
        notes.append(f"Fewer than five judges, nothing dropped: {', '.join(map(str, outcome.not_trimmed))}.")
    notes += [
        f"Nobody scored {entry} by {criterion}; its other criteria make up the whole."
        for entry, criterion in outcome.lacking
    ]
    if outcome.separate:
        notes.append("These panels have no judge and no entry in common, so their scores can't be compared:")
        notes += [f"  {', '.join(map(str, g.judges))}: {', '.join(map(str, g.entries))}" for g in outcome.groups]
    return notes
