"""What a competition leaves behind, read once: its chapter, its papers, its tables and every figure's evidence.

Whoever asks for a record has seen to it that the scores may be read: see `Competition.refusal` and `is_awarded`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from facilitator.activities.competition.entries import Entry, Picture, pictures_of
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.rubric import POINT, Criterion
from facilitator.activities.competition.standing import ABSTAINED, COMPLETE, RECUSED, Panel, Place, Standing
from facilitator.extensions import db
from facilitator.methods import judging
from facilitator.methods.judging.scoring import TRIMMED_FROM
from facilitator.workshop.models import Participant

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

FITTED = ("calibrated", "robust")
"""Methods that weigh the judges against each other."""
EVEN = 0.05
"""Points of severity that nobody would notice."""


@dataclass(frozen=True)
class Record:
    """The result with what explains it."""

    competition: Competition
    standing: Standing

    @classmethod
    def of(cls, competition: Competition) -> Record:
        return cls(competition, competition.standing())

    @property
    def panel(self) -> Panel:
        return self.standing.panel

    @cached_property
    def entries(self) -> list[Entry]:
        """By number."""
        return sorted(self.panel.entries, key=lambda entry: entry.number)

    @property
    def judges(self) -> list[Judge]:
        return self.panel.judges

    @property
    def criteria(self) -> list[Criterion]:
        return self.panel.criteria

    @property
    def ranked(self) -> list[Place]:
        """Those that were judged, the best first."""
        return [place for place in self.standing.places if place.rank]

    def place(self, entry: Entry) -> Place:
        return self.standing.by_entry[entry.id]

    @cached_property
    def pictures(self) -> Mapping[str, list[Picture]]:
        return pictures_of(self.entries)

    def cover(self, entry: Entry) -> str:
        """The picture that stands for it, as large as there is one."""
        mine = self.pictures[entry.id]
        after = [each for each in mine if each.side != "before"] or mine
        return after[0].photo if after else entry.pdf_page

    def pair(self, entry: Entry) -> tuple[str, str] | None:
        """Its first pictures before and after."""
        sides = [[each.photo for each in self.pictures[entry.id] if each.side == side] for side in ("before", "after")]
        return (sides[0][0], sides[1][0]) if all(sides) else None

    # What the judges gave.

    def points(self, judge: Judge, entry: Entry, criterion: Criterion) -> Fraction | None:
        """One score of a sheet that counts."""
        if self.panel.state(judge, entry) != COMPLETE:
            return None
        return Fraction(self.panel.points[judge.id, entry.id, criterion.id], POINT)

    def given(self, entry: Entry, criterion: Criterion) -> list[Fraction]:
        """The scores of all sheets that count."""
        every = (self.points(judge, entry, criterion) for judge in self.judges)
        return [each for each in every if each is not None]

    def mean(self, entry: Entry, criterion: Criterion) -> Fraction | None:
        """Their mean; where the method leaves out the highest and the lowest, without these."""
        given = self.given(entry, criterion)
        kept = sorted(given)[1:-1] if self.method == "trimmed" and len(given) >= TRIMMED_FROM else given
        return sum(kept, Fraction()) / len(kept) if kept else None

    def out(self, state: str) -> list[tuple[Judge, Entry]]:
        """Who recused themselves, or abstained, of what."""
        return [
            (judge, entry) for judge in self.judges for entry in self.entries if self.panel.state(judge, entry) == state
        ]

    @property
    def recused(self) -> list[tuple[Judge, Entry]]:
        return self.out(RECUSED)

    @property
    def abstained(self) -> list[tuple[Judge, Entry]]:
        return self.out(ABSTAINED)

    # What residents gave.

    @cached_property
    def ballots(self) -> list[tuple[int, str]]:
        """(person, entry) of each dot from a phone."""
        return [(person, entry) for person, entry in self.competition.ballots(1) if self.knows(entry)]

    @cached_property
    def people(self) -> Mapping[int, Participant]:
        room = select(Participant).where(Participant.workshop_id == self.competition.workshop_id)
        return {person.id: person for person in db.session.scalars(room)}

    # How the result came about.

    @property
    def method(self) -> str:
        return str(self.standing.rules["method"])

    @property
    def severity(self) -> Mapping[int, float]:
        """By judge, where the method makes use of it."""
        return self.standing.outcome.severity if self.method in FITTED else {}

    def number(self, entry_id: str) -> int:
        """Of the entry."""
        return self._numbers[entry_id]

    def knows(self, entry_id: str) -> bool:
        """Is this one of the entries?"""
        return entry_id in self._numbers

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {entry.id: entry.number for entry in self.entries}

    def numbers(self, ids: Iterable[str]) -> list[int]:
        """Of entries, in order."""
        return sorted(self.number(each) for each in ids)

    @cached_property
    def judge_numbers(self) -> dict[int, int]:
        return {judge.id: judge.number for judge in self.judges}


def shown(value: Any, places: int = 2) -> str:
    """A number as papers print it; empty where there is none."""
    return "" if value is None else str(judging.rounded(value, places))


def short(value: Any) -> str:
    """A score as a judge gave it: 8.5, 7."""
    return shown(value).rstrip("0").rstrip(".") if value is not None else ""
