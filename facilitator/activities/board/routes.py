"""Ideas on the phone, and those that staff enter for people without one."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required, off_the_loop
from facilitator.activities.board.ideas import Idea
from facilitator.activities.board.models import Board
from facilitator.extensions import db
from facilitator.voting.taps import client_id
from facilitator.web.htmx import done
from facilitator.web.uploads import keep_photo
from facilitator.workshop.access import me_at, my_activity
from facilitator.workshop.commits import together
from facilitator.workshop.history import deed
from facilitator.workshop.models import Participant
from facilitator.workshop.phone import my_part

board = Blueprint("board", __name__, url_prefix="/board")


@board.post("/<int:activity_id>/ideas")
def post(activity_id: int) -> str | Response:
    wall, me = _my_board(activity_id)
    idea_id = client_id(request.form)
    if Idea.known(wall, me, idea_id) is None:
        wall.check_open_for_ideas()
        photo, text = _photo() if wall.setting("photos") else "", request.form.get("text", "")
        person_id = me.id
        together(wall.workshop_id, lambda: _post(activity_id, person_id, idea_id, text, photo))
    return my_part(wall, me, posted=True)


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
    return my_part(wall, me)


@board.post("/<int:activity_id>/ideas/<idea_id>/withdrawal")
def withdraw_idea(activity_id: int, idea_id: str) -> str | Response:
    wall, me = _my_board(activity_id)
    idea = Idea.known(wall, me, idea_id) or abort(404)
    if not idea.deleted_at:
        wall.check_open_for_ideas()
        idea.withdraw()
        db.session.commit()
    return my_part(wall, me)


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


def _my_board(activity_id: int) -> tuple[Board, Participant]:
    activity, me = me_at(activity_id)
    return (activity, me) if isinstance(activity, Board) else abort(404)


def _staff_board(activity_id: int) -> Board:
    activity = my_activity(activity_id)
    return activity if isinstance(activity, Board) else abort(404)


def _my_idea(wall: Board, me: Participant, idea_id: str) -> Idea:
    return next((idea for idea in Idea.by(wall, me) if idea.id == idea_id), None) or abort(404)


def _photo() -> str:
    upload = request.files.get("photo")
    if not upload or not upload.filename:
        return ""
    return off_the_loop(keep_photo, upload.stream, current_app.config["SETTINGS"].data / "photos")
