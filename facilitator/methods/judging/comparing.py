"""Would it have come out otherwise? The same marks by each other method, and without each judge in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from facilitator.methods.judging.marks import Entry, Judge, Mark, Number
from facilitator.methods.judging.ranking import kendall
from facilitator.methods.judging.scoring import METHODS, Outcome, score


@dataclass(frozen=True)
class Other:
    """What another method would have made of the same marks."""

    method: str
    ranks: dict[Entry, int]
    order_changes: bool
    """Whether any entry has another rank."""
    first_changes: bool
    """Whether others are first; of several who share the first rank each counts."""
    tau: float
    """Kendall's τ-b with the chosen order: 1 is the same."""


@dataclass(frozen=True)
class Sensitivity:
    """How much the result hangs on the method and on single judges."""

    chosen: Outcome
    others: list[Other]
    without: list[Judge]
    """Judges without whom, by the chosen method, others would be first."""

    @property
    def is_firm(self) -> bool:
        """Whether the same entry is first by every method and without any one judge."""
        return not self.without and not any(other.first_changes for other in self.others)


def sensitivity(
    marks: Iterable[Mark], weights: Mapping[str, Number] | None = None, chosen: str = "mean"
) -> Sensitivity:
    """Set the outcome by the chosen method beside the others. Raises Unusable as `score` does."""
    given = list(marks)
    outcome = score(given, chosen, weights)
    others = [_other(outcome, score(given, method, weights)) for method in METHODS if method != chosen]
    without = [judge for judge in outcome.severity if _is_decisive(judge, given, weights, outcome)]
    return Sensitivity(outcome, others, without)


def _other(chosen: Outcome, other: Outcome) -> Other:
    return Other(
        method=other.method,
        ranks=other.ranks,
        order_changes=other.ranks != chosen.ranks,
        first_changes=_first(other) != _first(chosen),
        tau=kendall(_heights(chosen), _heights(other)),
    )


def _is_decisive(judge: Judge, marks: Sequence[Mark], weights: Mapping[str, Number] | None, outcome: Outcome) -> bool:
    left = [mark for mark in marks if mark.judge != judge]
    criteria = {mark.criterion for mark in left}
    kept = weights and {name: weight for name, weight in weights.items() if name in criteria}
    if not any(kept.values() if kept else criteria):
        return bool(outcome.scores)
    return _first(score(left, outcome.method, kept)) != _first(outcome)


def _first(outcome: Outcome) -> set[Entry]:
    return {entry for entry, rank in outcome.ranks.items() if rank == 1}


def _heights(outcome: Outcome) -> dict[Entry, int]:
    return {entry: -rank for entry, rank in outcome.ranks.items()}
