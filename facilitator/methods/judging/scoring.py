"""From marks to scores and ranks, by one of four methods.

mean        each criterion's mean over the judges who scored it, then the weighted mean of the criteria
trimmed     the same, the highest and the lowest score dropped where at least five judges scored: the panel score of
            figure skating (ISU Special Regulations, rule 353)
calibrated  the severity of each judge added back to the judge's totals, then their mean: see `fitting`
robust      the same, but a total far from what entry and judge would make one expect counts less
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from facilitator.methods.judging.fitting import fitted, robustly_fitted
from facilitator.methods.judging.marks import Entry, Flaw, Judge, Mark, Number, Unusable, once, shares
from facilitator.methods.judging.overlapping import Group, overlapping
from facilitator.methods.judging.ranking import ranked
from facilitator.methods.judging.sheets import Sheets

METHODS = ("mean", "trimmed", "calibrated", "robust")
TRIMMED_FROM = 5
"""Judges who scored the same entry by the same criterion."""

Scores = dict[Entry, Fraction | float]


@dataclass(frozen=True)
class Outcome:
    """What the marks come to. Entries and judges stand in the order in which their first mark that counts came."""

    method: str
    scores: Scores
    """Exact fractions by mean and trimmed, and by calibrated where everybody scored everything; else floats.
    Entries without a mark that counts are left out, here and everywhere."""
    severity: dict[Judge, float]
    """Judge → points that the judge's totals lie below what the panel as a whole would have given: above 0 is stricter
    than the panel, below 0 milder. Calibrated and robust added it back, beside mean and trimmed it is information."""
    ranks: dict[Entry, int]
    groups: list[Group]
    """Judges and entries that overlap. Scores of different groups can't be compared, by no method."""
    outliers: list[tuple[Judge, Entry]]
    """Robust alone: (judge, entry) whose total is far from what the two would make one expect."""
    not_trimmed: list[Entry]
    """Trimmed alone: entries of which some criterion had fewer than five scores and kept them all."""
    lacking: list[tuple[Entry, str]]
    """(entry, criterion) that nobody scored: there the weights of the other criteria make up the whole."""

    @property
    def separate(self) -> bool:
        """Whether there are panels that have neither a judge nor an entry in common."""
        return len(self.groups) > 1

    @property
    def trimmed_entries(self) -> list[Entry]:
        """Trimmed alone: entries of which the highest and the lowest score by each criterion were dropped."""
        return [entry for entry in self.scores if entry not in self.not_trimmed] if self.method == "trimmed" else []


def score(marks: Iterable[Mark], method: str = "mean", weights: Mapping[str, Number] | None = None) -> Outcome:
    """Scores, ranks and the severity of the judges; nobody's marks come to an outcome without entries.

    `weights`: criterion → its weight, in proportion to the others'; None counts all the same. A criterion of weight 0
    is left out with all its marks. Raises Unusable for an unknown method, weights that don't fit the criteria, or a
    judge who scored the same twice.
    """
    if method not in METHODS:
        raise Unusable(Flaw.METHOD, (method,), f"There is no method {method!r}, only {', '.join(METHODS)}.")
    given = once(marks)
    parts = shares((mark.criterion for mark in given), weights) if given else {}
    counting = [mark for mark in given if parts[mark.criterion]]
    return _outcome(counting, method, parts) if counting else Outcome(method, {}, {}, {}, [], [], [], [])


def _outcome(marks: list[Mark], method: str, parts: Mapping[str, Fraction]) -> Outcome:
    cells = _cells(marks)
    sheets = Sheets.of(marks, parts)
    fit = (robustly_fitted if method == "robust" else fitted)(sheets.rows)
    entries = list(dict.fromkeys(mark.entry for mark in marks))
    if method in ("mean", "trimmed"):
        scores: Scores = dict(_weighted(cells, entries, parts, _trimmed if method == "trimmed" else _mean))
    elif method == "calibrated" and sheets.is_complete:
        scores = dict(_weighted(cells, entries, parts, _mean))
    else:
        scores = {entry: sheets.level(value) for entry, value in zip(entries, fit.entries, strict=True)}
    short = {entry for (entry, _), given in cells.items() if len(given) < TRIMMED_FROM}
    return Outcome(
        method=method,
        scores=scores,
        severity=dict(zip(sheets.judges, fit.severity, strict=True)),
        ranks=ranked(scores),
        groups=overlapping((mark.judge, mark.entry) for mark in marks),
        outliers=[sheets.pairs[place] for place in sorted(fit.outlying)],
        not_trimmed=[entry for entry in entries if entry in short] if method == "trimmed" else [],
        lacking=[(entry, name) for entry in entries for name in parts if parts[name] and (entry, name) not in cells],
    )


def _cells(marks: Iterable[Mark]) -> dict[tuple[Entry, str], list[Fraction]]:
    cells: dict[tuple[Entry, str], list[Fraction]] = defaultdict(list)
    for mark in marks:
        cells[mark.entry, mark.criterion].append(mark.score)
    return dict(cells)


def _weighted(
    cells: Mapping[tuple[Entry, str], list[Fraction]],
    entries: Iterable[Entry],
    parts: Mapping[str, Fraction],
    average: Callable[[list[Fraction]], Fraction],
) -> dict[Entry, Fraction]:
    scores = {}
    for entry in entries:
        means = {name: average(cells[entry, name]) for name in parts if (entry, name) in cells}
        scores[entry] = sum((parts[name] * mean for name, mean in means.items()), Fraction()) / sum(
            parts[name] for name in means
        )
    return scores


def _mean(scores: list[Fraction]) -> Fraction:
    return sum(scores, Fraction()) / len(scores)


def _trimmed(scores: list[Fraction]) -> Fraction:
    return _mean(sorted(scores)[1:-1] if len(scores) >= TRIMMED_FROM else scores)
