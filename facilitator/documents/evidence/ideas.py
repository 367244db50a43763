"""The page of one idea, for staff: who said it, where it has been, what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import select

from facilitator.accounts.models import Staff
from facilitator.documents.evidence.fates import fate_of
from facilitator.extensions import db
from facilitator.synthesis.doubles import family_of
from facilitator.synthesis.models import HELD, HIDDEN, SHOWN, Statement, Theme
from facilitator.voting.agreed import DEED, said_of
from facilitator.workshop.access import my_workshop
from facilitator.workshop.history import Deed


class Event(NamedTuple):
    """One thing that was done to an idea."""

    at: datetime
    what: str
    by: str


def about(statement: Statement) -> dict[str, Any]:
    """What the page shows; an idea that no paper counts has none."""
    workshop = my_workshop(statement.activity.workshop_id)
    of_activity = select(Theme).where(Theme.activity_id == statement.activity_id)
    themes = {theme.id: theme for theme in db.session.scalars(of_activity)}
    fate = fate_of(workshop, statement.id) or abort(404)
    place = fate.number.removesuffix(str(statement.number))
    return {
        "workshop": workshop,
        "statement": statement,
        "fate": fate,
        "place": place,
        "merged": merged_into(statement.theme_id, themes),
        "family": [each for each in family_of(statement) if not each.deleted_at and each.id != statement.id],
        "events": list(_events(workshop.id, statement, {key: theme.name for key, theme in themes.items()}, place)),
    }


def merged_into(theme_id: int | None, themes: Mapping[int, Theme]) -> list[str]:
    """The names of the themes that went into this one, through all merges."""
    into = [theme for theme in themes.values() if theme_id and theme.merged_into_id == theme_id and theme.deleted_at]
    return [name for theme in into for name in (theme.name, *merged_into(theme.id, themes))]


def _events(workshop_id: int, statement: Statement, names: Mapping[int, str], place: str) -> Iterator[Event]:
    """What stands in the record of what staff did, without what was undone."""
    numbers = {each.id: f"{place}{each.number}" for each in Statement.of(statement.activity)}
    done = select(Deed.done_at, Deed.rows, Deed.name, Staff.name).join(Staff, Staff.id == Deed.staff_id)
    done = done.where(Deed.workshop_id == workshop_id, Deed.undone_at.is_(None)).order_by(Deed.id)
    for at, rows, deed, by in db.session.execute(done):
        for row in rows:
            if row["table"] == "statement" and row["id"] == statement.id:
                why = _why(statement, row["after"], at) if deed == DEED else ""
                yield from (Event(at, what + why, by) for what in _said(row["after"], names))
                yield from (Event(at, what, by) for what in _merged(row, numbers))
            elif row["table"] == "statement" and row["after"].get("merged_into_id") == statement.id:
                yield Event(at, _("#%(number)s was merged into it", number=numbers.get(row["id"], "")), by)


def _why(statement: Statement, after: Mapping[str, Any], at: datetime) -> str:
    """How many in the room put it there, when the desk followed the room."""
    votes, voices = said_of(statement, after["theme_id"], at) if after.get("theme_id") else (0, 0)
    return _(": %(votes)d of %(all)d in the room put it there", votes=votes, all=voices) if votes else ""


def _merged(row: Mapping[str, Any], numbers: Mapping[str, str]) -> Iterator[str]:
    if row["after"].get("merged_into_id"):
        yield _("Merged into #%(number)s", number=numbers.get(row["after"]["merged_into_id"], ""))
    elif row["before"].get("merged_into_id"):
        yield _("Stands for itself again")


def _said(after: Mapping[str, object], names: Mapping[int, str]) -> Iterator[str]:
    statuses = {SHOWN: _("Put on the wall"), HELD: _("Kept waiting"), HIDDEN: _("Taken off the wall")}
    if after.get("status") in statuses:
        yield statuses[str(after["status"])]
    if "theme_id" in after:
        name = names.get(after["theme_id"])  # type: ignore[call-overload]
        yield _("Moved into “%(theme)s”", theme=name) if name else _("Taken out of its theme")
