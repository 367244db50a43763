"""The board on the phone: ideas and dots. And what staff enter for those without a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required, off_the_loop
from facilitator.activities.board import rows, taps, targets
from facilitator.activities.board.dots import HandCount
from facilitator.activities.board.ideas import Idea
from facilitator.activities.board.models import RESULTS, Board
from facilitator.activities.board.taps import client_id, round_meant
from facilitator.activities.board.voting import Ballot, Moved
from facilitator.activities.board.wall import every_card
from facilitator.extensions import db
from facilitator.synthesis.models import Theme
from facilitator.web.errors import Refused, Stranger
from facilitator.web.htmx import done, wants_partial
from facilitator.web.pages import Page, page_of
from facilitator.web.uploads import keep_photo
from facilitator.workshop import screens
from facilitator.workshop.access import me_at, my_activity
from facilitator.workshop.commits import together
from facilitator.workshop.history import deed
from facilitator.workshop.joining import tokens
from facilitator.workshop.models import Participant

board = Blueprint("board", __name__, url_prefix="/board")
for helper in (rows.ballot_rows, rows.hand, rows.cards):
    board.add_app_template_global(helper, helper.__name__)
ON_PAGE = 100
"""Ideas on one page of all of them."""
ON_PAPER = 50
"""Lines on one page of paper and hands."""
T = TypeVar("T")


@board.post("/<int:activity_id>/ideas")
def post(activity_id: int) -> str | Response:
    wall, me = _my_board(activity_id)
    idea_id = client_id(request.form)
    if Idea.known(wall, me, idea_id) is None:
        wall.check_open_for_ideas()
        photo, text = _photo() if wall.setting("photos") else "", request.form.get("text", "")
        person_id = me.id
        together(wall.workshop_id, lambda: _post(activity_id, person_id, idea_id, text, photo))
    return _my_part(wall, me, posted=True)


def _post(activity_id: int, person_id: int, idea_id: str, text: str, photo: str) -> None:
    wall, me = db.session.get_one(Board, activity_id), db.session.get_one(Participant, person_id)
    wall.post(me, idea_id, text, photo)


@board.post("/<int:activity_id>/ideas/<idea_id>")
def reword(activity_id: int, idea_id: str) -> str | Response:
    wall, me = _my_board(activity_id)
    idea = _my_idea(wall, me, idea_id)
    if not idea.says(request.form.get("text", "")):
        wall.check_open_for_ideas()
        idea.reword(request.form.get("text", ""), wall.first_status())
        db.session.commit()
    return _my_part(wall, me)


@board.post("/<int:activity_id>/ideas/<idea_id>/withdrawal")
def withdraw_idea(activity_id: int, idea_id: str) -> str | Response:
    wall, me = _my_board(activity_id)
    idea = Idea.known(wall, me, idea_id) or abort(404)
    if not idea.deleted_at:
        wall.check_open_for_ideas()
        idea.withdraw()
        db.session.commit()
    return _my_part(wall, me)


@board.post("/<int:activity_id>/dots")
def place_dot(activity_id: int) -> str | Response:
    ballot, target = _my_ballot(activity_id), request.form.get("target", "")
    return _dot_moved(ballot, ballot.place(client_id(request.form), target))


@board.post("/<int:activity_id>/dots/<dot_id>/withdrawal")
def withdraw_dot(activity_id: int, dot_id: str) -> str | Response:
    ballot = _my_ballot(activity_id)
    return _dot_moved(ballot, ballot.withdraw(dot_id))


@board.get("/<int:activity_id>/entries/new")
@login_required
def entry_panel(activity_id: int) -> str:
    return render_template("activities/board/_entry.html", activity=_staff_board(activity_id))


@board.post("/<int:activity_id>/entries")
@login_required
def enter_for_someone(activity_id: int) -> Response:
    wall = _staff_board(activity_id)
    source = request.form.get("source", "helper")
    if source not in ("helper", "paper"):
        abort(400)
    with deed(wall.workshop, current_staff(), "enter"):
        Idea.add_for_someone(wall, request.form.get("text", ""), source, current_staff().id)
    return done(url_for("console.show", workshop_id=wall.workshop_id))


@board.get("/<int:activity_id>/everything")
@login_required
def everything(activity_id: int) -> str:
    """All ideas of a board or of one theme, page by page: the console shows the last of each."""
    wall = _staff_board(activity_id)
    themes = Theme.of(wall)
    choices = [(_("All ideas"), ""), *((theme.name, str(theme.id)) for theme in themes), (_("Not yet grouped"), "0")]
    inside = request.args.get("theme", "")
    page = _page(every_card(wall.id, int(inside) if inside.isdecimal() else None), ON_PAGE)
    return render_template("activities/board/everything.html", activity=wall, choices=choices, inside=inside, page=page)


@board.route("/<int:activity_id>/counts/<int:number>", methods=["GET", "POST"])
@login_required
def counts(activity_id: int, number: int) -> str | Response:
    """Paper ballots and raised hands, as a small grid: dots and people for each idea or theme."""
    wall = _staff_board(activity_id)
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
    return render_template("activities/board/counts.html", activity=wall, **context)


def _save_counts(wall: Board, number: int) -> None:
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


def _my_board(activity_id: int) -> tuple[Board, Participant]:
    activity, me = me_at(activity_id)
    return (activity, me) if isinstance(activity, Board) else abort(404)


def _staff_board(activity_id: int) -> Board:
    activity = my_activity(activity_id)
    return activity if isinstance(activity, Board) else abort(404)


def _my_idea(wall: Board, me: Participant, idea_id: str) -> Idea:
    return next((idea for idea in Idea.by(wall, me) if idea.id == idea_id), None) or abort(404)


def _my_ballot(activity_id: int) -> Ballot:
    ballot = Ballot.of(activity_id, tokens(), Board.defaults(), round_meant(request.form))
    if ballot is None:
        raise Stranger
    return ballot


def _photo() -> str:
    upload = request.files.get("photo")
    if not upload or not upload.filename:
        return ""
    return off_the_loop(keep_photo, upload.stream, current_app.config["SETTINGS"].data / "photos")


def _my_part(wall: Board, me: Participant, **more: object) -> str | Response:
    """The personal part of the phone's page, which nobody else is sent."""
    if not wants_partial():
        return redirect(url_for("phone.show", code=wall.workshop.code), 303)
    if wall.workshop.activity_id != wall.id:
        return Response(status=204)
    context = {**screens.place(wall.workshop), "me": me, **wall.personal(wall.workshop.step, me), **more}
    return render_template("activities/board/_mine.html", **context)


def _dot_moved(ballot: Ballot, moved: Moved) -> str | Response:
    if not wants_partial():
        return redirect(url_for("phone.show", code=ballot.code), 303)
    return taps.answer(ballot, moved) or Response(status=204)
