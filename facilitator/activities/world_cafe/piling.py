"""A table groups its own notes: at its host's phone, or at the desk in its place."""

from __future__ import annotations

from typing import NamedTuple

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.activities.world_cafe import piles
from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.activities.world_cafe.routes import AT, world_cafe
from facilitator.activities.world_cafe.tables import CafePile, CafeTable
from facilitator.extensions import db
from facilitator.voting.taps import client_id
from facilitator.web.errors import Refused
from facilitator.web.htmx import wants_partial
from facilitator.workshop.access import me_at, my_activity
from facilitator.workshop.commits import together
from facilitator.workshop.history import deed

__all__ = ["world_cafe"]  # with these routes on it


class Chosen(NamedTuple):
    """What a form says is to be put together: under a name, or `into` a pile that is there."""

    pile_id: str
    name: str
    notes: list[str]
    into: str

    @classmethod
    def sent(cls) -> Chosen:
        form = request.form
        return cls(client_id(form), form.get("name", ""), form.getlist("note"), form.get("into", ""))


# --- The host's phone


@world_cafe.post(f"{AT}/piles")
def pile(activity_id: int) -> str | Response:
    """Put notes of my table together."""
    workshop_id, table_id = _my_table(activity_id)
    chosen = Chosen.sent()
    together(workshop_id, lambda: _put(_open_for_me(activity_id, table_id), chosen))
    return _my_grouping(activity_id, table_id)


@world_cafe.post(f"{AT}/piles/<pile_id>")
def rename_pile(activity_id: int, pile_id: str) -> str | Response:
    workshop_id, table_id = _my_table(activity_id)
    name = request.form.get("name", "")
    together(workshop_id, lambda: piles.rename(_pile(_open_for_me(activity_id, table_id), pile_id), name))
    return _my_grouping(activity_id, table_id)


@world_cafe.post(f"{AT}/piles/<pile_id>/deletion")
def take_pile_apart(activity_id: int, pile_id: str) -> str | Response:
    workshop_id, table_id = _my_table(activity_id)
    together(workshop_id, lambda: piles.take_apart(_pile(_open_for_me(activity_id, table_id), pile_id)))
    return _my_grouping(activity_id, table_id)


def _my_table(activity_id: int) -> tuple[int, int]:
    """The ids of the workshop and of the table that I host. Raises Refused when I host none."""
    cafe, me = me_at(activity_id)
    if not isinstance(cafe, WorldCafe):
        abort(404)
    table = piles.hosted(cafe, me)
    if table is None:
        raise Refused(_("Only the host of a table groups its notes."), 409)
    return cafe.workshop_id, table.id


def _open_for_me(activity_id: int, table_id: int) -> CafeTable:
    db.session.get_one(WorldCafe, activity_id).check_open_for_piles()
    return db.session.get_one(CafeTable, table_id)


def _my_grouping(activity_id: int, table_id: int) -> str | Response:
    cafe = db.session.get_one(WorldCafe, activity_id)
    if not wants_partial():
        return redirect(url_for("phone.show", code=cafe.workshop.code), 303)
    grouping = piles.notes_of(db.session.get_one(CafeTable, table_id))
    return render_template("activities/world_cafe/_grouping.html", activity=cafe, grouping=grouping)


# --- The desk


@world_cafe.get(f"{AT}/tables/<int:number>/piles")
@login_required
def table_piles(activity_id: int, number: int) -> str:
    """The panel in which the desk groups in a table's place."""
    return _panel(_table(activity_id, number)[1])


@world_cafe.post(f"{AT}/tables/<int:number>/piles")
@login_required
def pile_at_desk(activity_id: int, number: int) -> Response:
    cafe, table = _table(activity_id, number)
    chosen = Chosen.sent()
    with deed(cafe.workshop, current_staff(), "piles"):
        _put(_open(cafe, table), chosen)
    return _done(table)


@world_cafe.post(f"{AT}/tables/<int:number>/piles/<pile_id>")
@login_required
def rename_pile_at_desk(activity_id: int, number: int, pile_id: str) -> Response:
    cafe, table = _table(activity_id, number)
    with deed(cafe.workshop, current_staff(), "piles"):
        piles.rename(_pile(_open(cafe, table), pile_id), request.form.get("name", ""))
    return _done(table)


@world_cafe.post(f"{AT}/tables/<int:number>/piles/<pile_id>/deletion")
@login_required
def take_pile_apart_at_desk(activity_id: int, number: int, pile_id: str) -> Response:
    cafe, table = _table(activity_id, number)
    with deed(cafe.workshop, current_staff(), "piles"):
        piles.take_apart(_pile(_open(cafe, table), pile_id))
    return _done(table)


def _table(activity_id: int, number: int) -> tuple[WorldCafe, CafeTable]:
    cafe = my_activity(activity_id)
    every = CafeTable.ever(cafe) if isinstance(cafe, WorldCafe) else []
    table = next((table for table in every if table.number == number), None)
    return (cafe, table) if isinstance(cafe, WorldCafe) and table else abort(404)


def _open(cafe: WorldCafe, table: CafeTable) -> CafeTable:
    cafe.check_open_for_piles(desk=True)
    return table


def _panel(table: CafeTable) -> str:
    cafe = db.session.get_one(WorldCafe, table.activity_id)
    context = {"activity": cafe, "grouping": piles.notes_of(table), "desk": True}
    return render_template("activities/world_cafe/_grouping.html", **context)


def _done(table: CafeTable) -> Response:
    """The panel as it is now; what is on the page beside it learns of it by `deed-done`."""
    if not wants_partial():
        cafe = db.session.get_one(WorldCafe, table.activity_id)
        return redirect(url_for("console.show", workshop_id=cafe.workshop_id), 303)
    answer = make_response(_panel(table))
    answer.headers["HX-Trigger"] = "deed-done"
    return answer


# --- Both


def _put(table: CafeTable, chosen: Chosen) -> None:
    if chosen.into:
        piles.put_to(_pile(table, chosen.into), chosen.notes)
    else:
        piles.put_together(table, chosen.pile_id, chosen.name, chosen.notes)


def _pile(table: CafeTable, pile_id: str) -> CafePile:
    found = db.session.get(CafePile, pile_id)
    return found if found and found.cafe_table_id == table.id else abort(404)
