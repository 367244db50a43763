"""The result: what the judges gave and the room's dots, by the rules that were declared before.

Nobody is shown any of it before the reveal but staff at the end: see `Competition.result`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Assignment, Judge, Judgement, Score
from facilitator.activities.competition.rubric import POINT, Criterion, weights
from facilitator.methods import judging
from facilitator.methods.tally import Round

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

OPEN, BEGUN, COMPLETE, RECUSED, ABSTAINED, OTHERS = "open", "begun", "complete", "recused", "abstained", "others"
"""How far one judge is with one entry."""
TIES = ("public", "first", "shared")


@dataclass(frozen=True)
class Panel:
    """Everything the judges gave, as it stands in the database."""

    entries: list[Entry]
    judges: list[Judge]
    criteria: list[Criterion]
    points: Mapping[tuple[int, str, int], int]
    """(judge, entry, criterion) → hundredths."""
    judgements: Mapping[tuple[int, str], Judgement]
    assigned: set[tuple[int, str]] | None
    """None: everybody judges everything."""

    @classmethod
    def of(cls, competition: Competition) -> Panel:
        judges = Judge.of(competition)
        return cls(
            entries=Entry.in_order(competition),
            judges=judges,
            criteria=Criterion.of(competition),
            points=Score.of(judges),
            judgements=Judgement.of(judges),
            assigned=Assignment.pairs(competition) if competition.has_panels else None,
        )

    def is_assigned(self, judge: Judge, entry: Entry) -> bool:
        return self.assigned is None or (judge.id, entry.id) in self.assigned

    def state(self, judge: Judge, entry: Entry) -> str:
        """How far this judge is with this entry."""
        judgement = self.judgements.get((judge.id, entry.id))
        if judgement is not None and judgement.recused_at:
            return RECUSED
        if not self.is_assigned(judge, entry):
            return OTHERS
        if judgement is not None and judgement.abstained_at:
            return ABSTAINED
        given = sum((judge.id, entry.id, each.id) in self.points for each in self.criteria)
        return OPEN if not given else COMPLETE if given == len(self.criteria) else BEGUN

    def missing(self) -> list[tuple[Judge, Entry]]:
        """Whoever still has to give something, and for what."""
        return [
            (judge, entry)
            for judge in self.judges
            for entry in self.entries
            if self.state(judge, entry) in (OPEN, BEGUN)
        ]

    def total(self, judge: Judge, entry: Entry) -> Fraction | None:
        """The weighted score of one complete sheet, in points."""
        if self.state(judge, entry) != COMPLETE:
            return None
        share = weights(self.criteria)
        given = {each.id: self.points[judge.id, entry.id, each.id] for each in self.criteria}
        return sum((share[key] * points for key, points in given.items()), Fraction()) / POINT

    def marks(self) -> list[judging.Mark]:
        """What counts: complete sheets of judges who neither recused themselves nor abstained."""
        return [
            judging.Mark(judge.id, entry.id, str(each.id), Fraction(self.points[judge.id, entry.id, each.id], POINT))
            for judge in self.judges
            for entry in self.entries
            if self.state(judge, entry) == COMPLETE
            for each in self.criteria
        ]

    def weights(self) -> dict[str, Fraction]:
        return {str(key): share for key, share in weights(self.criteria).items()}


@dataclass(frozen=True)
class Place:
    """One entry in the result. Points are exact; `written` makes them readable."""

    entry: Entry
    rank: int
    """0 where nobody judged it."""
    total: Any
    jury: Any
    """Points by the declared method; None where nobody judged it."""
    dots: int
    jury_scaled: Any
    public_scaled: Any
    """0 to 100; None without a public vote."""


@dataclass(frozen=True)
class Standing:
    """The whole result with everything that is needed to explain it."""

    panel: Panel
    rules: Mapping[str, Any]
    outcome: judging.Outcome
    places: list[Place]
    """The best first."""
    mixture: Any | None
    """`judging.Mixture`; None when the judges decide alone."""
    round: Round | None
    tied: list[list[Place]]
    """Entries that were equal before the tie-break."""

    @cached_property
    def sensitivity(self) -> judging.Sensitivity | None:
        """Whether another method, or one judge fewer, would change the order; None where nobody judged.

        Reckoned when it is asked for: it takes longer than the result.
        """
        marks = self.panel.marks()
        return judging.sensitivity(marks, self.panel.weights(), self.rules["method"]) if marks else None

    @property
    def by_entry(self) -> dict[str, Place]:
        return {place.entry.id: place for place in self.places}


def standing(competition: Competition) -> Standing:
    """Reckon the result as the declared rules say."""
    panel, rules = Panel.of(competition), competition.rules
    marks, shares = panel.marks(), panel.weights()
    outcome = judging.score(marks, rules["method"], shares)
    round_ = competition.round(1) if rules["vote_on"] != "none" else None
    dots = {line.target: line.dots for line in round_.lines} if round_ else {}
    jury: dict[str, Any] = dict(outcome.scores)
    mixture = _mixed(jury, dots, rules) if round_ and jury else None
    totals = mixture.scores if mixture else jury
    ranks = judging.ranked(totals, _tie_breaks(panel, dots, rules, marks))
    places = [
        Place(
            entry=entry,
            rank=ranks.get(entry.id, 0),
            total=totals.get(entry.id),
            jury=jury.get(entry.id),
            dots=dots.get(entry.id, 0),
            jury_scaled=mixture.jury100.get(entry.id) if mixture else None,
            public_scaled=mixture.public100.get(entry.id) if mixture else None,
        )
        for entry in panel.entries
    ]
    places.sort(key=lambda place: (place.rank == 0, place.rank, place.entry.number))
    return Standing(panel, rules, outcome, places, mixture, round_, _tied(places, totals))


def _mixed(jury: Mapping[str, Any], dots: Mapping[Any, int], rules: Mapping[str, Any]) -> Any:
    public = {key: dots.get(key, 0) for key in jury}
    return judging.mix(jury, public, Fraction(rules["jury_share"], 100), rules["scale_by"])


def _tie_breaks(
    panel: Panel, dots: Mapping[Any, int], rules: Mapping[str, Any], marks: list[judging.Mark]
) -> list[Mapping[str, Any]]:
    """What decides among equals, as it was declared."""
    if rules["tie"] == "public":
        return [{entry.id: dots.get(entry.id, 0) for entry in panel.entries}]
    if rules["tie"] == "first" and panel.criteria:
        first = str(panel.criteria[0].id)
        only = [mark for mark in marks if mark.criterion == first]
        return [judging.score(only, rules["method"]).scores] if only else []
    return []


def _tied(places: list[Place], totals: Mapping[str, Any]) -> list[list[Place]]:
    before = judging.ranked(totals)
    groups: dict[int, list[Place]] = {}
    for place in places:
        if place.entry.id in before:
            groups.setdefault(before[place.entry.id], []).append(place)
    return [group for group in groups.values() if len(group) > 1]
