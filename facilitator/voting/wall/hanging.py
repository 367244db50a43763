"""What of a wall the screens show: however many ideas hang there, only so many are read and sent.

Statements are built once and read rows, not objects: they run at every tick for every kind of screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, cast, func, select
from sqlalchemy.sql.selectable import Subquery

from facilitator.extensions import read
from facilitator.synthesis.models import HELD, HIDDEN, SHOWN, Statement, Theme
from facilitator.web.text import mask

statement, theme = Statement.__table__, Theme.__table__
EVERY = (SHOWN, HELD, HIDDEN)


class Card(NamedTuple):
    """An idea as it hangs on the wall."""

    id: str
    number: int
    text: str
    photo: str
    source: str
    status: str
    times: int = 1
    """How many said it: more than one where it stands for others that were merged into it."""

    @property
    def public_text(self) -> str:
        """As the room may read it: telephone and identity numbers are masked."""
        return mask(self.text)


class Heading(NamedTuple):
    """A theme as it stands over its ideas."""

    id: int
    name: str
    colour: int


class Listed(NamedTuple):
    """The ideas of one theme, or those without one: some of them, and how many were said in all."""

    cards: list[Card]
    many: int
    """Each as often as it was said, like everywhere in the room: what was merged counts too."""
    lines: int = 2
    """That each of them may take on the big screen."""

    @property
    def more(self) -> int:
        return self.many - sum(card.times for card in self.cards)


NONE = Listed([], 0)


def tally_of(activity_id: int) -> dict[str, int]:
    """How many ideas there are of each status."""
    return {row[0]: row[1] for row in read(_STATUSES, activity=activity_id)}


def headings(activity_id: int) -> list[Heading]:
    """The themes of an activity, in their order."""
    return [Heading(*row) for row in read(_HEADINGS, activity=activity_id)]


def newest(activity_id: int, most: int) -> list[Card]:
    """The ideas that came last and are shown, the newest first."""
    return [Card(*row) for row in read(_NEWEST, activity=activity_id, most=most)]


def last_of_each(activity_id: int, most: int, *, loose: int = 0, statuses: Iterable[str] = (SHOWN,)) -> Lists:
    """The last ideas of each theme (and of those without one, `loose` if given), in the order they hang in."""
    return _lists(_LAST, activity_id, statuses, most, loose or most)


def first_of_each(activity_id: int, most: int) -> Lists:
    """The first ideas of each theme, of those that are shown."""
    return _lists(_FIRST, activity_id, (SHOWN,), most, most)


Lists = dict[int | None, Listed]


def _lists(found: Select[Any], activity_id: int, statuses: Iterable[str], most: int, loose: int) -> Lists:
    lists: Lists = {}
    for inside, many, *card in read(found, activity=activity_id, statuses=list(statuses), most=most, loose=loose):
        lists.setdefault(inside, Listed([], many)).cards.append(Card(*card))
    return lists


def times_said(key: ColumnElement[Any]) -> ColumnElement[int]:
    """How many on the wall say what the one of this id says, itself included."""
    other = statement.alias()
    shown = (other.c.status == SHOWN) & other.c.deleted_at.is_(None)
    merged = select(func.count()).select_from(other).where(other.c.merged_into_id == key, shown)
    return merged.scalar_subquery() + 1


_CARD = (
    statement.c.id,
    statement.c.number,
    statement.c.text,
    statement.c.photo,
    statement.c.source,
    statement.c.status,
)
WAS_SAID = (statement.c.activity_id == bindparam("activity"), statement.c.deleted_at.is_(None))
"""All of it, also what another card stands for."""
# What was merged hangs there in the one that stands for it; off the wall it lies by itself, to be let through.
HANGS = (*WAS_SAID, statement.c.merged_into_id.is_(None) | (statement.c.status != SHOWN))
_STATUSES = select(statement.c.status, func.count()).where(*WAS_SAID).group_by(statement.c.status)
# A theme that was taken away holds nothing any more.
IN_THEMES = statement.outerjoin(theme, (theme.c.id == statement.c.theme_id) & theme.c.deleted_at.is_(None))
EVERY_CARD = (
    select(*_CARD, times_said(statement.c.id)).select_from(IN_THEMES).where(*HANGS).order_by(statement.c.number)
)
"""All ideas of an activity in the order they came, whatever their status."""
_HEADINGS = (
    select(theme.c.id, theme.c.name, theme.c.colour)
    .where(theme.c.activity_id == bindparam("activity"), theme.c.deleted_at.is_(None))
    .order_by(theme.c.position, theme.c.id)
)
_NEWEST = (
    select(*_CARD, times_said(statement.c.id))
    .where(*HANGS, statement.c.status == SHOWN)
    .order_by(statement.c.number.desc())
    .limit(bindparam("most"))
)
_MERGED = (
    select(statement.c.merged_into_id.label("head"), func.count().label("many"))
    .where(*WAS_SAID, statement.c.status == SHOWN, statement.c.merged_into_id.is_not(None))
    .group_by(statement.c.merged_into_id)
    .subquery()
)
"""How many went into each idea that stands for others."""


def _placed(*, from_the_end: bool) -> Subquery:
    """Each idea with its place in its list and how many were said in that."""
    order = (statement.c.position, statement.c.number)
    ends = [column.desc() for column in order] if from_the_end else list(order)
    place = func.row_number().over(partition_by=theme.c.id, order_by=ends)
    times = 1 + func.coalesce(_MERGED.c.many, 0)
    many = cast(func.sum(times).over(partition_by=theme.c.id), Integer)  # PostgreSQL adds up to decimals
    return (
        select(theme.c.id.label("inside"), many.label("many"), place.label("place"), *_CARD, times.label("times"))
        .select_from(IN_THEMES.outerjoin(_MERGED, _MERGED.c.head == statement.c.id))
        .where(*HANGS, statement.c.status.in_(bindparam("statuses", expanding=True)))
        .subquery()
    )


def _some(*, from_the_end: bool) -> Select[Any]:
    placed = _placed(from_the_end=from_the_end)
    columns = [placed.c[column.name] for column in (*_CARD, placed.c.times)]
    wanted = (placed.c.place <= bindparam("most")) & placed.c.inside.is_not(None)
    loose = (placed.c.place <= bindparam("loose")) & placed.c.inside.is_(None)
    order = placed.c.place.desc() if from_the_end else placed.c.place
    return select(placed.c.inside, placed.c.many, *columns).where(wanted | loose).order_by(placed.c.inside, order)


_LAST = _some(from_the_end=True)
_FIRST = _some(from_the_end=False)
