"""Arranging what was said: moving, naming, merging, splitting, letting through and hiding. All of it can be undone."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.extensions import db
from facilitator.synthesis.doubles import family_of
from facilitator.synthesis.models import COLOURS, HELD, HIDDEN, SHOWN, Statement, Theme
from facilitator.web.errors import Refused
from facilitator.web.htmx import done
from facilitator.web.text import clean
from facilitator.workshop.access import my_activity
from facilitator.workshop.history import deed
from facilitator.workshop.models import Activity

synthesis = Blueprint("synthesis", __name__, url_prefix="/synthesis/<int:activity_id>")
LONGEST_NAME = 24


@synthesis.post("/statements/<statement_id>/move")
@login_required
def move(activity_id: int, statement_id: str) -> Response:
    """From the idea's panel with `seen`, the theme in which it was seen lying; a drag just puts it there."""
    activity = my_activity(activity_id)
    try:
        with deed(activity.workshop, current_staff(), "arrange"):
            statement, theme = statement_of(activity, statement_id), _chosen_theme(activity)
            _look_again_if_moved(statement, theme)
            statement.move_to(theme, request.form.get("before"))
    except Refused as refused:
        if "seen" not in request.form:
            raise
        return _decide_again(activity, statement_id, refused)
    return answered(activity)


def _look_again_if_moved(statement: Statement, wanted: Theme | None) -> None:
    """Raises Refused where a colleague has put it elsewhere meanwhile, unless it is where it is to go."""
    lies = str(statement.theme_id or "")
    if lies in (request.form.get("seen", lies), str(wanted.id if wanted else "")):
        return
    where = statement.theme.name if statement.theme else _("Not yet grouped")
    message = _("A colleague has just put it into “%(theme)s”. Nothing was done; please look again.", theme=where)
    raise Refused(message, 409)


def _decide_again(activity: Activity, statement_id: str, refused: Refused) -> Response:
    """In the panel itself: a notice on the page would lie under it."""
    answer = make_response(_panel(activity, statement_id, refusal=str(refused)), refused.status)
    answer.headers.update({"HX-Retarget": "#panel-body", "HX-Reswap": "innerHTML"})
    return answer


@synthesis.post("/statements/<statement_id>/status")
@login_required
def moderate(activity_id: int, statement_id: str) -> Response:
    """Let through, hold or hide."""
    activity = my_activity(activity_id)
    status = request.form.get("status", "")
    if status not in (SHOWN, HELD, HIDDEN):
        abort(400)
    with deed(activity.workshop, current_staff(), "moderate"):
        statement_of(activity, statement_id).status = status
    return answered(activity)


@synthesis.post("/let-all-through")
@login_required
def let_all_through(activity_id: int) -> Response:
    activity = my_activity(activity_id)
    with deed(activity.workshop, current_staff(), "moderate"):
        for statement in Statement.of(activity, HELD):
            statement.status = SHOWN
    return answered(activity)


@synthesis.post("/themes")
@login_required
def add(activity_id: int) -> Response:
    activity = my_activity(activity_id)
    with deed(activity.workshop, current_staff(), "theme"):
        Theme.add(activity, _name())
    return answered(activity)


@synthesis.get("/themes/new")
@login_required
def new_theme(activity_id: int) -> str:
    return render_template("synthesis/_new_theme.html", activity=my_activity(activity_id))


@synthesis.get("/themes/<int:theme_id>")
@login_required
def edit(activity_id: int, theme_id: int) -> str:
    """The panel for one theme: name, colour, merge, split, dissolve."""
    activity = my_activity(activity_id)
    theme = _theme(activity, theme_id)
    others = [other for other in Theme.of(activity) if other.id != theme.id]
    context = {"activity": activity, "theme": theme, "others": others, "colours": range(1, COLOURS + 1)}
    return render_template("synthesis/_theme.html", **context)


@synthesis.get("/statements/<statement_id>")
@login_required
def show_statement(activity_id: int, statement_id: str) -> str:
    """The panel for one statement: move to a theme, let through, hide."""
    return _panel(my_activity(activity_id), statement_id)


def _panel(activity: Activity, statement_id: str, refusal: str = "") -> str:
    statement = statement_of(activity, statement_id)
    family = [each for each in family_of(statement) if not each.deleted_at]
    context = {"statement": statement, "themes": Theme.of(activity), "family": family, "refusal": refusal}
    return render_template("synthesis/_statement.html", activity=activity, **context)


@synthesis.post("/themes/<int:theme_id>")
@login_required
def rename(activity_id: int, theme_id: int) -> Response:
    activity = my_activity(activity_id)
    with deed(activity.workshop, current_staff(), "theme"):
        theme = _theme(activity, theme_id)
        theme.name = _name()
        colour = request.form.get("colour", "")
        theme.colour = int(colour) if colour.isdigit() and 1 <= int(colour) <= COLOURS else theme.colour
    return answered(activity)


@synthesis.post("/themes/<int:theme_id>/merge")
@login_required
def merge(activity_id: int, theme_id: int) -> Response:
    activity = my_activity(activity_id)
    with deed(activity.workshop, current_staff(), "merge"):
        theme, other = _theme(activity, theme_id), _chosen_theme(activity)
        if other is None or other.id == theme.id:
            raise Refused(_("Choose another theme to merge with."))
        theme.merge_into(other)
    return answered(activity)


@synthesis.post("/themes/<int:theme_id>/split")
@login_required
def split(activity_id: int, theme_id: int) -> Response:
    activity = my_activity(activity_id)
    chosen = request.form.getlist("statement")
    if not chosen:
        raise Refused(_("Choose the ideas to take out of this theme."))
    with deed(activity.workshop, current_staff(), "split"):
        _theme(activity, theme_id).split_off(chosen, _name())
    return answered(activity)


@synthesis.post("/themes/<int:theme_id>/dissolution")
@login_required
def dissolve(activity_id: int, theme_id: int) -> Response:
    activity = my_activity(activity_id)
    with deed(activity.workshop, current_staff(), "theme"):
        _theme(activity, theme_id).dissolve()
    return answered(activity)


def statement_of(activity: Activity, statement_id: str) -> Statement:
    """The idea, unless it was withdrawn."""
    found = db.session.get(Statement, statement_id)
    return found if found and found.activity_id == activity.id and not found.deleted_at else abort(404)


def _theme(activity: Activity, theme_id: int) -> Theme:
    found = db.session.get(Theme, theme_id)
    if found is None or found.activity_id != activity.id:
        abort(404)
    if found.deleted_at:
        raise Refused(_("A colleague has just removed this theme."), 409)
    return found


def _chosen_theme(activity: Activity) -> Theme | None:
    chosen = request.form.get("theme", "")
    return _theme(activity, int(chosen)) if chosen.isdigit() else None


def _name() -> str:
    name = clean(request.form.get("name", ""))
    if not name:
        raise Refused(_("Give the theme a name."))
    return name[:LONGEST_NAME]


def answered(activity: Activity) -> Response:
    answer = done(url_for("console.show", workshop_id=activity.workshop_id))
    answer.headers["HX-Trigger"] = "deed-done"
    return answer
