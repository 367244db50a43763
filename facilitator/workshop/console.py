"""The facilitator's console: one bar that runs the room. Every command can be undone."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.extensions import db
from facilitator.web.errors import Refused
from facilitator.web.htmx import done, local_path
from facilitator.web.text import clean
from facilitator.workshop import agenda, history, screens, versions
from facilitator.workshop.access import my_workshop
from facilitator.workshop.history import Deed, deed
from facilitator.workshop.models import Activity, Workshop
from facilitator.workshop.phone import patches

console = Blueprint("console", __name__, url_prefix="/workshops/<int:workshop_id>")
LONGEST_MESSAGE = 120
LONGEST_TIMER = 4 * 3600


@console.get("/console")
@login_required
def show(workshop_id: int) -> str:
    workshop = my_workshop(workshop_id)
    version = versions.version(workshop.id)
    online = current_app.extensions["presence"].online(workshop.id)
    values = screens.context(workshop, "console", online)
    return render_template("workshop/console/show.html", version=version, **values, **_own_deeds(workshop))


@console.get("/console/fragments")
@login_required
def fragments(workshop_id: int) -> Response:
    return patches(my_workshop(workshop_id), "console")


@console.get("/console/undo")
@login_required
def undo_buttons(workshop_id: int) -> str:
    """What this person could undo and redo: their own part of the console."""
    workshop = my_workshop(workshop_id)
    return render_template("workshop/console/_undo.html", workshop=workshop, **_own_deeds(workshop))


@console.get("/undo/of")
@login_required
def undo_of(workshop_id: int) -> str:
    """The same away from the console: only deeds called `name`, so that no other page takes the room back a step."""
    workshop, names = my_workshop(workshop_id), request.args.getlist("name")
    back = local_path(request.args.get("back"), "")
    own = {key: _if_called(names, value) for key, value in _own_deeds(workshop).items()}
    return render_template("workshop/_undo_of.html", workshop=workshop, names=names, back=back, **own)


@console.post("/moves")
@login_required
def move(workshop_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    with deed(workshop, current_staff(), "move"):
        agenda.move(workshop, request.form.get("to", ""), _number("moves"))
    return _done(workshop)


@console.post("/timer")
@login_required
def timer(workshop_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    with deed(workshop, current_staff(), "timer"):
        seconds = max(-LONGEST_TIMER, min(LONGEST_TIMER, _number("seconds")))
        agenda.add_time(workshop, seconds) if seconds else agenda.start_timer(workshop, 0)
    return _done(workshop)


@console.post("/switches/<name>")
@login_required
def switch(workshop_id: int, name: str) -> Response:
    """Pause, lock posting, full-screen QR: on or off as the button said, so that two presses don't cancel out."""
    workshop = my_workshop(workshop_id)
    on = request.form.get("on") == "1"
    with deed(workshop, current_staff(), name):
        if name == "paused":
            agenda.pause(workshop, on)
        elif name in ("locked", "show_code"):
            setattr(workshop, name, on)
    return _done(workshop)


@console.get("/message")
@login_required
def message_panel(workshop_id: int) -> str:
    return render_template("workshop/console/_message.html", workshop=my_workshop(workshop_id))


@console.post("/message")
@login_required
def message(workshop_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    with deed(workshop, current_staff(), "message"):
        workshop.message = clean(request.form.get("message", ""))[:LONGEST_MESSAGE]
    return _done(workshop)


@console.post("/reveals")
@login_required
def reveal(workshop_id: int) -> Response:
    """Show the next hidden place (if `hidden` of them still are), or hide the result again."""
    workshop = my_workshop(workshop_id)
    stop = agenda.here(workshop)
    more = request.form.get("more") == "1"
    with deed(workshop, current_staff(), "reveal"):
        if stop.activity and (not more or stop.activity.hidden_places(stop.step.key) == _number("hidden")):
            stop.activity.reveal(stop.step.key, more)
    return _done(workshop)


@console.post("/undo")
@login_required
def undo(workshop_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    history.undo(workshop, current_staff(), _number("deed"))
    db.session.commit()
    return _done(workshop, request.form.get("back"))


@console.post("/redo")
@login_required
def redo(workshop_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    history.redo(workshop, current_staff(), _number("deed"))
    db.session.commit()
    return _done(workshop, request.form.get("back"))


def _done(workshop: Workshop, back: str | None = None) -> Response:
    answer = done(local_path(back, url_for("console.show", workshop_id=workshop.id)))
    answer.headers["HX-Trigger"] = "deed-done"
    return answer


def _if_called(names: list[str], value: object) -> object:
    return None if isinstance(value, Deed) and value.name not in names else value


def _own_deeds(workshop: Workshop) -> dict[str, object]:
    staff = current_staff()
    return {
        "undoable": history.last_deed(workshop, staff),
        "redoable": history.last_undone(workshop, staff),
        "deed_names": deed_names(),
    }


def deed_names() -> dict[str, str]:
    return {
        **{name: said for kind in Activity.__mapper__.self_and_descendants for name, said in kind.class_.deeds.items()},
        "move": _("moving the room"),
        "timer": _("the timer"),
        "paused": _("the pause"),
        "locked": _("locking posts"),
        "show_code": _("the QR code"),
        "message": _("the message"),
        "reveal": _("the reveal"),
        "enter": _("an idea entered"),
        "count": _("the counts"),
        "microphone": _("the microphone"),
        "agenda": _("the agenda"),
        "moderate": _("showing or hiding an idea"),
        "arrange": _("moving an idea"),
        "theme": _("a theme"),
        "suggest": _("the suggested themes"),
        "merge": _("merging themes"),
        "double": _("merging two ideas"),
        "keep-apart": _("keeping two ideas apart"),
        "keep-rest": _("keeping all other pairs as they are"),
        "take-apart": _("taking an idea apart again"),
        "split": _("splitting a theme"),
        "reply": _("a reply"),
        "kin": _("which themes are the same"),
        "edit": _("the workshop's details"),
        "delete": _("deleting"),
        "proposal": _("discarding a proposal"),
    }


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not text.lstrip("-").isdecimal():
        raise Refused(_("This page is out of date. Please reload it."), 400)
    return int(text)
