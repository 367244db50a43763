"""One person's pile of loose ideas while the room helps grouping: a tap says where the uppermost belongs.

As with dots (ballot.py), what is asked for most often is plain SQL, and no row becomes an object.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, NamedTuple

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import Connection, Executable

from facilitator.extensions import db, now, read
from facilitator.voting import pile_queries
from facilitator.voting.placings import HELPING, SORTING
from facilitator.web.errors import Refused
from facilitator.web.recent import recent
from facilitator.web.text import mask
from facilitator.workshop.commits import together

AHEAD = 6
"""Ideas that lie ready on the phone: so many taps it can take without a line."""
FRESH = 2.0
"""Seconds for which it may go on saying which ideas were proposed for least: it only orders them."""
KEPT = 64
NONE, SKIP = "none", "skip"
"""What may be tapped beside a theme."""


class Loose(NamedTuple):
    """An idea without a theme, as a phone shows it."""

    number: int
    text: str
    photo: str
    placing_id: str = ""
    """What the person proposed for it, if that is the last thing they did."""

    @property
    def public_text(self) -> str:
        """As the room may read it: telephone and identity numbers are masked."""
        return mask(self.text)


class Sheet(NamedTuple):
    """What one person sees of their pile."""

    ideas: Sequence[Loose]
    """The last one done with, if there is one, and the next few, in this person's order."""
    done: int
    many: int

    @property
    def next(self) -> Loose | None:
        """The uppermost."""
        return next((idea for idea in self.ideas if not idea.placing_id), None)

    @property
    def last(self) -> Loose | None:
        """The one that "Back" brings back."""
        return next((idea for idea in self.ideas if idea.placing_id), None)


@dataclass(frozen=True)
class Pile:
    """What one person may do with the loose ideas of one activity now."""

    activity_id: int
    workshop_id: int
    code: str
    participant_id: int
    is_at_hand: bool
    """Is the room at this step, and asked to help?"""
    paused: bool

    @classmethod
    def of(cls, activity_id: int, tokens: Collection[str]) -> Pile | None:
        """The pile of whoever holds one of the tokens; None when that is nobody of this workshop."""
        return cls._asked(pile_queries.WHO, activity=activity_id, tokens=list(tokens))

    @classmethod
    def of_person(cls, activity_id: int, participant_id: int) -> Pile | None:
        """The same of a person who is known."""
        return cls._asked(pile_queries.WHO_IS, activity=activity_id, person=participant_id)

    @classmethod
    def _asked(cls, who: Executable, **about: Any) -> Pile | None:
        found = next(iter(read(who, **about)), None)
        if found is None:
            return None
        is_at_hand = bool(found.is_here) and found.step == SORTING and bool(found.state.get(HELPING))
        whose = (about["activity"], found.workshop_id, found.code, found.participant_id)
        return cls(*whose, is_at_hand=is_at_hand, paused=found.paused)

    def put(self, placing_id: str, number: int, choice: str) -> None:
        """Propose a theme for the idea of this number (or none of them, or nothing); durable on return.

        The same id again changes nothing. An idea that is hidden, or in a theme by now, is passed over: that is
        nobody's fault. Raises Refused.
        """
        theme = int(choice) if choice.isdecimal() and len(choice) < 10 else None
        if theme is None and choice not in (NONE, SKIP):
            raise Refused(_("This page is out of date. Please reload it; your text is kept."), 400)
        self._check_open()
        about = {"placing_id": placing_id, "number": number, "theme": theme, "skipped": choice == SKIP}
        if not together(self.workshop_id, lambda: self._write(about)):
            self._explain(about)

    def take_back(self, placing_id: str) -> int | None:
        """Say nothing of that idea any more; gives its number. What isn't there is no error. Raises Refused."""
        self._check_open()
        values = {**self._own, **self._while_open, "placing_id": placing_id, "moment": now()}
        together(self.workshop_id, lambda: bool(db.session.connection().execute(pile_queries.WITHDRAW, values)))
        mine = read(pile_queries.MINE, placing_id=placing_id, person=self.participant_id)
        return mine[0].number if mine else None

    def sheet(self, first: Sequence[int] = ()) -> Sheet:
        """What lies on the phone now: the ideas of these numbers stay uppermost, so that none slips under a finger."""
        return sheet(self.activity_id, self.participant_id, first)

    @property
    def _own(self) -> dict[str, int]:
        return {"activity": self.activity_id, "person": self.participant_id}

    @property
    def _while_open(self) -> dict[str, Any]:
        return {"room": self.workshop_id, "step": SORTING}

    def _check_open(self) -> None:
        if self.is_at_hand and self.paused:
            raise Refused(_("We are taking a short break. It goes on in a moment."), 409, later=True)
        if not self.is_at_hand:
            raise _closed()

    def _write(self, about: dict[str, Any]) -> bool:
        connection: Connection = db.session.connection()
        values = {**self._own, **self._while_open, **about, "moment": now()}
        written = bool(connection.execute(pile_queries.INSERT, values).rowcount)
        if written:
            connection.execute(pile_queries.REPLACE, values)
        return written

    def _explain(self, about: dict[str, Any]) -> None:
        """Nothing was written: because it was before, or the idea is no longer loose; else it is refused."""
        if read(pile_queries.MINE, placing_id=about["placing_id"], person=self.participant_id):
            return
        if not read(pile_queries.IS_OPEN, activity=self.activity_id, **self._while_open):
            raise _closed()
        if about["theme"] and not read(pile_queries.STANDS, activity=self.activity_id, theme=about["theme"]):
            raise Refused(_("This theme is gone. Please choose again."), 409)


def sheet(activity_id: int, participant_id: int, first: Sequence[int] = ()) -> Sheet:
    """One person's pile: what was proposed for least comes first, and else everybody has an order of their own."""
    rows = read(pile_queries.LOOSE, activity=activity_id, person=participant_id)
    waiting = {row[1]: row for row in rows if not row[4]}
    kept = [waiting.pop(number) for number in dict.fromkeys(first) if number in waiting][:AHEAD]
    often = _proposed_for(activity_id)
    # Of numbers, which every process mixes in the same way.
    turn = {number: (often[row[0]], hash((participant_id, number))) for number, row in waiting.items()}
    following = [waiting[number] for number in nsmallest(AHEAD - len(kept), turn, key=turn.__getitem__)]
    last = sorted((row for row in rows if row[4]), key=lambda row: row[5])[-1:]
    ideas = [Loose(row[1], row[2], row[3], row[4] or "") for row in [*last, *kept, *following]]
    return Sheet(ideas, sum(bool(row[4]) for row in rows), len(rows))


def _proposed_for(activity_id: int) -> Counter[str]:
    """How many people have proposed something for each idea, as it was at most FRESH seconds ago."""
    # The application is named because each has a database of its own.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return _counted(app, activity_id, int(time.monotonic() / FRESH))


@recent(seconds=FRESH, most=KEPT)
def _counted(app: Flask, activity_id: int, beat: int) -> Counter[str]:  # noqa: ARG001
    counts: Counter[str] = Counter()
    for idea, _theme, people in read(pile_queries.COUNTED, activity=activity_id):
        counts[idea] += people
    return counts


def _closed() -> Refused:
    return Refused(_("Grouping together is closed. Thank you for helping!"), 409)
