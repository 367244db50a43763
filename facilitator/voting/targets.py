"""What can be voted for: the ideas on the wall, or the themes. Read as plain rows: every phone asks for its ballot."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import bindparam, select

from facilitator.extensions import read
from facilitator.synthesis.models import SHOWN, Statement, Theme
from facilitator.voting.wall import hanging
from facilitator.web.recent import recent
from facilitator.web.text import mask

EXAMPLES = 3
"""Ideas shown below a theme that can be voted for."""
FRESH = 2.0
"""Seconds for which the line under a dot may be shown again as it was read."""
KEPT = 2048
"""Lines remembered so on each shelf."""
statement, theme = Statement.__table__, Theme.__table__


PAGES: dict[str, Callable[[int, Any], str]] = {}
"""Kinds of statements that have a page of their own on the phone → its address, by activity and statement."""


class Target(NamedTuple):
    """One line of the ballot, the same for everybody: so it is drawn once for the whole room."""

    id: Any
    number: int
    text: str
    colour: int = 0
    photo: str = ""
    examples: tuple[str, ...] = ()
    kind: str = ""
    times: int = 1
    """How many ideas it stands for."""

    @property
    def title(self) -> str:
        """As the room may read it: telephone and identity numbers are masked."""
        return mask(self.text)

    def page(self, activity_id: int) -> str:
        """Where one reads more of it; empty where the line says all."""
        return PAGES[self.kind](activity_id, self.id) if self.kind in PAGES else ""


def ids(activity_id: int, on_themes: bool) -> list[Any]:
    """All that can be voted for in an activity, in the order in which it came."""
    return [row[0] for row in read(_THEMES if on_themes else _IDEAS, activity=activity_id)]


def chosen(activity_id: int, on_themes: bool, wanted: Sequence[Any]) -> list[Target]:
    """Those with these ids, in the order asked for; what can't be voted for any more is left out."""
    found = {target.id: target for target in (_themes(activity_id) if on_themes else _ideas(activity_id, wanted))}
    return [found[key] for key in wanted if key in found]


def line(activity_id: int, on_themes: bool, key: Any) -> Target | None:
    """The line that a dot was moved on, as it was read at most FRESH seconds ago: a hall votes for the same few.

    It is only shown. Whether the dot counts is asked where it is written.
    """
    # The application is named because each has a database of its own.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        return _line(app, activity_id, on_themes, key, int(time.monotonic() / FRESH))
    except IndexError:
        return None


@recent(seconds=FRESH, most=KEPT)
def _line(app: Flask, activity_id: int, on_themes: bool, key: Any, beat: int) -> Target:  # noqa: ARG001
    return chosen(activity_id, on_themes, [key])[0]


def forget() -> None:
    """Read every line anew: the rows behind the ids are others now."""
    _line.forget()


def _ideas(activity_id: int, wanted: Sequence[Any]) -> list[Target]:
    rows = read(_SOME_IDEAS, activity=activity_id, wanted=list(wanted))
    return [
        Target(key, number, text, colour or 0, photo, kind=kind, times=times)
        for key, number, text, photo, kind, times, colour in rows
    ]


def _themes(activity_id: int) -> list[Target]:
    lists = hanging.first_of_each(activity_id, EXAMPLES)
    return [
        Target(key, key, name, colour, examples=_texts(lists.get(key, hanging.NONE)))
        for key, name, colour in read(_SOME_THEMES, activity=activity_id)
    ]


def _texts(listed: hanging.Listed) -> tuple[str, ...]:
    return tuple(card.public_text for card in listed.cards)


_ON_THE_WALL = (
    statement.c.activity_id == bindparam("activity"),
    statement.c.status == SHOWN,
    statement.c.deleted_at.is_(None),
    statement.c.merged_into_id.is_(None),
)
_SAID = (
    statement.c.id,
    statement.c.number,
    statement.c.text,
    statement.c.photo,
    statement.c.kind,
    hanging.times_said(statement.c.id),
)
_IDEAS = select(statement.c.id).where(*_ON_THE_WALL).order_by(statement.c.number)
_SOME_IDEAS = (
    select(*_SAID, theme.c.colour)
    .select_from(
        statement.outerjoin(theme, (theme.c.id == statement.c.theme_id) & theme.c.deleted_at.is_(None)),
    )
    .where(*_ON_THE_WALL, statement.c.id.in_(bindparam("wanted", expanding=True)))
)
_LIVING = (theme.c.activity_id == bindparam("activity"), theme.c.deleted_at.is_(None))
_THEMES = select(theme.c.id).where(*_LIVING).order_by(theme.c.position, theme.c.id)
_SOME_THEMES = select(theme.c.id, theme.c.name, theme.c.colour).where(*_LIVING)
