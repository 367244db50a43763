"""What one judge sees: their own entries, and what they themselves gave. Nobody else's scores are read here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from facilitator.activities.competition.entries import AFTER, BEFORE, Entry, Picture, pictures_of
from facilitator.activities.competition.judges import Assignment, Judge, Judgement, Score
from facilitator.activities.competition.rubric import POINT, Criterion, Scale, written
from facilitator.activities.competition.standing import ABSTAINED, BEGUN, COMPLETE, OPEN, OTHERS, RECUSED, Panel
from facilitator.web.text import mask

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

MOST_CHIPS = 11
"""Whole scores that fit beside each other; a longer scale is typed."""
IN_A_ROW = 6
"""On a narrow phone, each wide enough for a thumb."""
HOW_FAR = {
    OPEN: _l("Not begun"),
    BEGUN: _l("Unfinished"),
    COMPLETE: _l("Done"),
    RECUSED: _l("Recused"),
    ABSTAINED: _l("Abstained"),
}


@dataclass(frozen=True)
class Sheet:
    """One entry, and what the judge gave it."""

    entry: Entry
    state: str
    points: dict[int, int]
    """By criterion, in hundredths."""
    total: Fraction | None
    """Weighted, in points, once every criterion has its score."""
    note: str
    pictures: Sequence[Picture]

    @property
    def is_waiting(self) -> bool:
        return self.state in (OPEN, BEGUN)

    @property
    def is_out(self) -> bool:
        return self.state in (RECUSED, ABSTAINED)

    @property
    def how_far(self) -> str:
        return str(HOW_FAR[self.state])

    @property
    def given(self) -> dict[str, str]:
        """By criterion, as the judge gave it."""
        return {str(key): written(points) for key, points in self.points.items()}

    @property
    def own_total(self) -> str:
        return "" if self.total is None else f"{float(self.total):.2f}"

    def about(self) -> str:
        """Its text in the reader's language."""
        entry = self.entry
        return mask(entry.about_en) or entry.public_about if str(get_locale()) == "en" else entry.public_about

    def pairs(self) -> list[tuple[Picture, Picture]]:
        """Before and after, side by side."""
        return list(zip(self._on(BEFORE), self._on(AFTER), strict=False))

    def singles(self) -> list[Picture]:
        paired = {picture.id for pair in self.pairs() for picture in pair}
        return [each for each in self.pictures if each.id not in paired]

    @property
    def mark(self) -> str:
        """Another one as soon as the judge has said something else of it."""
        return _digest([self.state, self.given, self.note])

    def _on(self, side: str) -> list[Picture]:
        return [each for each in self.pictures if each.side == side]


@dataclass(frozen=True)
class Bench:
    """All that one judge has to judge."""

    competition: Competition
    judge: Judge
    criteria: list[Criterion]
    sheets: list[Sheet]
    is_asked: bool
    """Have they been asked for conflicts of interest?"""

    @classmethod
    def of(cls, competition: Competition, judge: Judge) -> Bench:
        entries, judgements = Entry.in_order(competition), Judgement.of([judge])
        panel = Panel(
            entries=entries,
            judges=[judge],
            criteria=Criterion.of(competition),
            points=Score.of([judge]),
            judgements=judgements,
            assigned=Assignment.pairs(competition) if competition.has_panels else None,
        )
        pictures = pictures_of(entries)
        sheets = [_sheet(panel, judge, entry, pictures[entry.id]) for entry in entries]
        own = [sheet for sheet in sheets if sheet.state != OTHERS]
        return cls(competition, judge, panel.criteria, own, bool(judgements))

    @property
    def is_locked(self) -> bool:
        return self.judge.locked_at is not None or bool(self.competition.revealed)

    @property
    def missing(self) -> list[Sheet]:
        """Those that still wait for the judge."""
        return [sheet for sheet in self.sheets if sheet.is_waiting]

    @property
    def is_blind(self) -> bool:
        return bool(self.competition.setting("blind"))

    @property
    def scale(self) -> Scale:
        return self.competition.scale

    @property
    def chips(self) -> list[str]:
        """The whole scores, when they are few enough to be tapped."""
        whole = range(self.scale.lowest, self.scale.highest + 1, POINT)
        return [written(points) for points in whole] if len(whole) <= MOST_CHIPS else []

    @property
    def columns(self) -> int:
        """In how many columns the chips stand on a phone: at most two rows."""
        return len(self.chips) if len(self.chips) <= IN_A_ROW else -(-len(self.chips) // 2)

    @property
    def lowest(self) -> str:
        return written(self.scale.lowest)

    @property
    def highest(self) -> str:
        return written(self.scale.highest)

    @property
    def has_halves(self) -> bool:
        return self.scale.step < POINT

    @property
    def step(self) -> str:
        return written(self.scale.step)

    @property
    def reminder(self) -> datetime | None:
        """When the facilitator last asked for what is still missing."""
        return self.judge.reminded_at if self.missing and not self.is_locked else None

    def share(self, criterion: Criterion) -> str:
        """Its weight in percent, as exact as it takes for all of them to be a hundred."""
        every = sum(each.weight for each in self.criteria)
        return f"{100 * criterion.weight / every:.1f}".removesuffix(".0") if every else "0"

    def meaning(self, criterion: Criterion, given: str) -> str:
        """The words of the anchor at this score, or of the nearest below."""
        reached = [words for score, words in criterion.words() if given and Decimal(score) <= Decimal(given)]
        return reached[0] if reached else ""

    def sheet(self, entry_id: str) -> Sheet | None:
        return next((each for each in self.sheets if each.entry.id == entry_id), None)

    @property
    def presenting(self) -> Entry | None:
        """Who presents now, also when others judge it."""
        return self.competition.presenting

    def base_mark(self) -> str:
        """Another one as soon as the page has another shape: other entries or criteria, locked or not."""
        sheets = [
            [each.entry.id, each.entry.text, each.entry.about, [picture.photo for picture in each.pictures]]
            for each in self.sheets
        ]
        criteria = [[each.id, each.name, each.weight, each.anchors] for each in self.criteria]
        return _digest([sheets, criteria, list(self.scale), self.is_locked, self.is_blind, self.is_asked])

    def marks(self) -> dict[str, str]:
        """By entry: what a page that shows less than all of the judge's own acts can be told by."""
        return {sheet.entry.id: sheet.mark for sheet in self.sheets}

    def now_mark(self) -> str:
        """Another one as soon as there is something to tell."""
        presenting = self.competition.state.get("presenting", "")
        return _digest([self.base_mark(), self.marks(), presenting, str(self.reminder)])


def _sheet(panel: Panel, judge: Judge, entry: Entry, pictures: Sequence[Picture]) -> Sheet:
    judgement = panel.judgements.get((judge.id, entry.id))
    keys = [each.id for each in panel.criteria if (judge.id, entry.id, each.id) in panel.points]
    return Sheet(
        entry=entry,
        state=panel.state(judge, entry),
        points={key: panel.points[judge.id, entry.id, key] for key in keys},
        total=panel.total(judge, entry),
        note=judgement.note if judgement else "",
        pictures=pictures,
    )


def _digest(told: Any) -> str:
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
