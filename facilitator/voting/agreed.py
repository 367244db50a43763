"""What the room proposes for the loose ideas: seen by everybody, taken by the facilitator alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from facilitator.extensions import db, read
from facilitator.methods.agreement import NOTHING, Agreement, agreements
from facilitator.synthesis.doubles import family_of, stands
from facilitator.synthesis.models import Statement, Theme
from facilitator.voting import pile_queries
from facilitator.voting.ballot import Merged
from facilitator.voting.pile import Loose
from facilitator.voting.placings import Placing

NOBODY = 0
DEED = "agreed"
"""Following the room, as the record of deeds names it."""


class Proposed(NamedTuple):
    """A loose idea, and where the room would put it."""

    idea: Loose
    agreement: Agreement

    @property
    def pair(self) -> str:
        """What is sent to take it: the idea's number and the theme."""
        return f"{self.idea.number}-{self.agreement.leading}"


class Said(NamedTuple):
    """What the room says of all loose ideas, the clearest first."""

    people: int
    """How many have helped."""
    ideas: Sequence[Proposed]

    @property
    def agreed(self) -> list[Proposed]:
        return [each for each in self.ideas if each.agreement.is_agreed]

    @property
    def contested(self) -> list[Proposed]:
        """Enough people said something, and not the same: for the room to talk about."""
        return [each for each in self.ideas if each.agreement.is_heard and not each.agreement.is_agreed]

    @property
    def heard(self) -> list[int]:
        """Numbers of the ideas about which enough people said something."""
        return [each.idea.number for each in self.ideas if each.agreement.is_heard]

    @property
    def unheard(self) -> int:
        """Ideas about which too few have said anything."""
        return sum(not each.agreement.is_heard for each in self.ideas)

    def joining(self, theme_id: int) -> list[Proposed]:
        """Those that the room would put into this theme."""
        return [each for each in self.agreed if each.agreement.leading == theme_id]


def said(activity_id: int) -> Said:
    """What the room proposes now, in three statements however many ideas there are."""
    loose = read(pile_queries.LOOSE, activity=activity_id, person=NOBODY)
    found = agreements(
        (tuple(row) for row in read(pile_queries.COUNTED, activity=activity_id)),
        _heirs(activity_id),
    )
    ideas = [Proposed(Loose(row.number, row.text, row.photo), found.get(row.id, NOTHING)) for row in loose]
    ideas.sort(key=lambda each: (-each.agreement.share, -each.agreement.votes, each.idea.number))
    return Said(read(pile_queries.HELPERS, activity=activity_id)[0][0], ideas)


def take(activity_id: int, pairs: Iterable[tuple[int, int]]) -> int:
    """Put loose ideas (by number) into themes, at their end; gives how many. What a colleague placed stays there."""
    heirs = _heirs(activity_id)
    wanted = {number: heirs[theme] for number, theme in pairs if theme in heirs}
    of_activity = (Statement.activity_id == activity_id, Statement.deleted_at.is_(None))
    ideas = db.session.scalars(select(Statement).where(*of_activity, Statement.number.in_(wanted)))
    loose = [idea for idea in ideas if stands(idea) and idea.theme_id not in heirs.values()]
    ends = select(Statement.theme_id, func.max(Statement.position)).where(*of_activity).group_by(Statement.theme_id)
    last = {theme: place for theme, place in db.session.execute(ends).all() if theme}
    for idea in sorted(loose, key=lambda idea: idea.number):
        theme = wanted[idea.number]
        last[theme] = last.get(theme, 0) + 1
        idea.theme_id, idea.position = theme, last[theme]
    return len(loose)


def said_of(statement: Statement, theme_id: int, at: datetime) -> tuple[int, int]:
    """When an idea was put into this theme: how many people had proposed it, of how many who had proposed anything.

    For it or for another that says the same; of each person the last word.
    """
    standing = select(Placing.participant_id, Placing.theme_id).where(
        Placing.statement_id.in_([each.id for each in family_of(statement)]),
        Placing.skipped.is_(False),
        Placing.placed_at <= at,
        Placing.withdrawn_at.is_(None) | (Placing.withdrawn_at > at),
    )
    rows = db.session.execute(standing.order_by(Placing.placed_at))
    words = {row.participant_id: row.theme_id for row in rows}
    # Themes have been merged since: whoever proposed what is the same by now proposed it.
    heirs = Theme.heirs(statement.activity)
    proposed = [heirs[theme] if theme else None for theme in words.values()]
    return proposed.count(heirs[theme_id]), len(proposed)


def _heirs(activity_id: int) -> dict[int, int]:
    """The living theme that stands for each, without those that are gone."""
    merged = Merged(db.session.connection(), activity_id)
    return {theme: merged.heir(theme) for theme in merged.standing()}
