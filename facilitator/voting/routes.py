"""Dots on the phone, and what staff counts by hand or looks through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.extensions import db
from facilitator.synthesis.models import HELD, HIDDEN, SHOWN, SOURCES
from facilitator.synthesis.words import source_name
from facilitator.voting import rows, taps, targets
from facilitator.voting.ballot import Ballot, Moved
from facilitator.voting.dots import HandCount, counted_for_merged
from facilitator.voting.models import RESULTS, VotingActivity
from facilitator.voting.search import WITH, WITHOUT, Search
from facilitator.voting.taps import client_id, round_meant
from facilitator.voting.wall import views
from facilitator.voting.wall.hanging import Heading, headings
from facilitator.web.errors import Refused, Stranger
from facilitator.web.htmx import done, wants_partial
from facilitator.web.pages import Page, page_of
from facilitator.workshop.access import my_activity
from facilitator.workshop.history import deed
from facilitator.workshop.joining import tokens

voting = Blueprint("voting", __name__, url_prefix="/voting/<int:activity_id>")
for helper in (rows.ballot_rows, rows.hand, rows.cards):
    voting.add_app_template_global(helper, helper.__name__)
ON_PAGE = 100
"""Statements on one page of all of them."""
ON_PAPER = 50
"""Lines on one page of paper and hands."""
T = TypeVar("T")


@voting.post("/dots")
def place_dot(activity_id: int) -> str | Response:
    ballot, target = _my_ballot(activity_id), request.form.get("target", "")
    return _dot_moved(ballot, ballot.place(client_id(request.form), target))


@voting.post("/dots/<dot_id>/withdrawal")
def withdraw_dot(activity_id: int, dot_id: str) -> str | Response:
    ballot = _my_ballot(activity_id)
    return _dot_moved(ballot, ballot.withdraw(dot_id))


@voting.get("/everything")
@login_required
def everything(activity_id: int) -> str:
    """All statements of an activity, or those that are looked for, page by page: the console shows the last of each."""
    wall = _staff_activity(activity_id)
    search, rounds = Search.asked(request.args), wall.rounds()
    found = search.cards(wall.id, rounds)
    context = {"search": search, "choices": _choices(headings(wall.id), with_dots=bool(rounds))}
    context.update(many=sum(card.times for card in found), cards_many=len(found))
    return render_template("voting/everything.html", activity=wall, page=_page(found, ON_PAGE), **context)


def _choices(themes: Sequence[Heading], *, with_dots: bool) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """What the ideas can be narrowed down by: name, words, (value, words) of each choice."""
    if themes:
        named = [(str(theme.id), theme.name) for theme in themes]
        yield "theme", _("Theme"), [("", _("Every theme")), *named, ("0", _("Not yet grouped"))]
    yield "source", _("Source"), [("", _("Every source")), *((source, source_name(source)) for source in SOURCES)]
    statuses = [(SHOWN, _("on the wall")), (HELD, _("waiting")), (HIDDEN, _("hidden"))]
    yield "status", _("Status"), [("", _("Every status")), *statuses]
    if with_dots:
        yield "dots", _("Dots"), [("", _("With or without")), (WITH, _("with dots")), (WITHOUT, _("without dots"))]


@voting.post("/view")
@login_required
def show_view(activity_id: int) -> Response:
    """Put another picture of the ideas on the big screen, if the room is still at that step."""
    wall, step, view = _staff_activity(activity_id), request.form.get("step", ""), request.form.get("view", "")
    found = next((each for each in wall.offered_views(step) if each.key == view), None) or abort(404)
    if found.hindrance:
        raise Refused(_("Nobody sees where the dots are before the result is revealed."), 409)
    if wall.is_here(step):
        with deed(wall.workshop, current_staff(), "view"):
            views.choose(wall, step, view)
    answer = done(url_for("console.show", workshop_id=wall.workshop_id))
    answer.headers["HX-Trigger"] = "deed-done"
    return answer


@voting.route("/counts/<int:number>", methods=["GET", "POST"])
@login_required
def counts(activity_id: int, number: int) -> str | Response:
    """Paper ballots and raised hands, as a small grid: dots and people for each idea or theme."""
    wall = _staff_activity(activity_id)
    if number not in RESULTS.values():
        abort(404)
    if request.method == "POST":
        with deed(wall.workshop, current_staff(), "count"):
            _save_counts(wall, number)
        return redirect(url_for("console.show", workshop_id=wall.workshop_id), 303)
    page = _page(targets.ids(wall.id, wall.on_themes), ON_PAPER)
    known = {(row.target, row.source): row for row in HandCount.rows(wall, number)}
    listed = targets.chosen(wall.id, wall.on_themes, page.items)
    context = {"number": number, "known": known, "listed": listed, "page": page}
    context["merged"] = counted_for_merged(wall, number)
    return render_template("voting/counts.html", activity=wall, **context)


def _save_counts(wall: VotingActivity, number: int) -> None:
    known = {(row.target, row.source): row for row in HandCount.ever(wall, number)}
    for target in map(str, targets.ids(wall.id, wall.on_themes)):
        for source in ("paper", "hands"):
            if f"dots-{source}-{target}" not in request.form:
                continue  # it stands on another page
            dots, voters = (_whole(f"{kind}-{source}-{target}") for kind in ("dots", "voters"))
            row = known.get((target, source))
            if row:
                row.dots, row.voters, row.deleted_at = dots, voters, None
            elif dots or voters:
                more = {"source": source, "dots": dots, "voters": voters, "counted_by_id": current_staff().id}
                db.session.add(HandCount(activity_id=wall.id, round=number, target=target, **more))


def _page(every: Sequence[T], size: int) -> Page[T]:
    return page_of(every, request.args.get("page", 1, type=int), size)


def _whole(name: str) -> int:
    text = request.form.get(name, "").strip() or "0"
    if not text.isdecimal() or int(text) > 10_000:
        raise Refused(_("Please enter whole numbers."))
    return int(text)


def _staff_activity(activity_id: int) -> VotingActivity:
    activity = my_activity(activity_id)
    return activity if isinstance(activity, VotingActivity) else abort(404)


def _my_ballot(activity_id: int) -> Ballot:
    ballot = Ballot.of(activity_id, tokens(), round_meant(request.form))
    if ballot is None:
        raise Stranger
    return ballot


def _dot_moved(ballot: Ballot, moved: Moved) -> str | Response:
    if not wants_partial():
        return redirect(url_for("phone.show", code=ballot.code), 303)
    return taps.answer(ballot, moved) or Response(status=204)
