"""The resident's phone: the way in, and the page that follows the room."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.web.errors import Refused, Stranger
from facilitator.web.htmx import local_path, wants_partial
from facilitator.web.text import clean
from facilitator.web.uploads import send_pdf
from facilitator.workshop import own_page, screens, versions
from facilitator.workshop.agenda import CLOSING, Stop
from facilitator.workshop.commits import together
from facilitator.workshop.joining import form_rests, is_still, known_participant, mark, recognised, remember, resumed
from facilitator.workshop.models import Activity, Participant, Workshop
from facilitator.workshop.qr import public, svg

phone = Blueprint("phone", __name__)
LONGEST_NAME = 20


@phone.before_app_request
def _ask_who_gave_it() -> None:
    """What waited on a phone counts for the one who gave it, never for whoever holds the phone by now."""
    person_mark = request.headers.get("X-Person")
    if person_mark and not is_still(person_mark):
        raise Stranger


@phone.post("/j")
def enter_code() -> Response:
    code = request.form.get("code", "")
    if Workshop.by_code(code) is None:
        raise Refused(_("No workshop has this code. Please compare it with the big screen."), 404)
    return redirect(url_for("phone.welcome", code=Workshop.by_code(code).code), 303)  # type: ignore[union-attr]


# The QR code holds the address in capitals: that makes it coarser and easier to scan from the back row.
@phone.get("/J/<code>")
@phone.get("/j/<code>")
def welcome(code: str) -> str | Response:
    workshop = _workshop(code)
    if known_participant(workshop):
        return redirect(_onward(workshop), 303)
    return render_template("workshop/phone/welcome.html", workshop=workshop, ticket=secrets.token_urlsafe(16))


@phone.post("/j/<code>")
def join(code: str) -> Response:
    workshop = _workshop(code)
    if known_participant(workshop) is None:
        workshop_id, name = workshop.id, clean(request.form.get("name", ""))[:LONGEST_NAME]
        ticket = request.form.get("ticket", "")[:64] or None
        remember(workshop_id, together(workshop_id, lambda: Participant.join(workshop_id, name, ticket)))
    return redirect(_onward(workshop), 303)


@phone.post("/j/<code>/resume")
def resume_by_code(code: str) -> Response:
    workshop = _workshop(code)
    person = recognised(workshop, request.form.get("personal_code", ""))
    if person is None and form_rests(workshop):
        raise Refused(_("Too many wrong codes. Please wait ten minutes, or ask the facilitator."), 429)
    if person is None:
        raise Refused(_("Nobody here has this personal code. Please check it and try again."), 404)
    remember(person.workshop_id, person.token)
    return redirect(_onward(workshop), 303)


@phone.get("/r/<token>")
def resume(token: str) -> Response:
    person = resumed(token) or abort(404)
    remember(person.workshop_id, person.token)
    return redirect(url_for("phone.show", code=person.workshop.code), 303)


@phone.get("/w/<code>")
def show(code: str) -> str | Response:
    workshop = _workshop(code)
    me = known_participant(workshop)
    if me is None:
        return redirect(url_for("phone.welcome", code=workshop.code), 303)
    version = versions.version(workshop.id)
    context = _context(workshop, me)
    return render_template("workshop/phone/show.html", version=version, mark=mark(me.token), **context)


@phone.get("/w/<code>/scene")
def scene(code: str) -> str:
    """The part of the page that is this person's own, for where the room is now."""
    workshop = _workshop(code)
    me = known_participant(workshop) or abort(404)
    place = screens.place(workshop)
    return render_template("workshop/phone/_scene.html", **place, **_personal(workshop, place["stop"], me))


@phone.get("/w/<code>/fragments")
def fragments(code: str) -> Response:
    """The live fragments, for a phone that was away or has no socket."""
    workshop = _workshop(code)
    person = known_participant(workshop) or abort(404)
    current_app.extensions["presence"].asked(workshop.id, person.id)
    return patches(workshop, "phone")


@phone.get("/w/<code>/me")
def me(code: str) -> str:
    """How this person comes back: link, personal code, QR for another phone; and what became of what they said."""
    workshop = _workshop(code)
    person = known_participant(workshop) or abort(404)
    link = public(url_for("phone.resume", token=person.token))
    context = {"link": link, "qr": svg(link), "parts": own_page.parts(workshop, person)}
    return render_template("workshop/phone/me.html", workshop=workshop, me=person, **context)


@phone.get("/photos/<name>")
def photo(name: str) -> Response:
    """A photo by its unguessable name."""
    if not name.endswith(".jpg"):
        abort(404)
    return send_from_directory(_photos(), name, mimetype="image/jpeg", max_age=31_536_000)


@phone.get("/booklets/<name>")
def booklet(name: str) -> Response:
    """A PDF by its unguessable name."""
    if not name.endswith(".pdf"):
        abort(404)
    return send_pdf(_photos(), name, f"{name[:6]}.pdf")


def _photos() -> Path:
    return Path(current_app.config["SETTINGS"].data).resolve() / "photos"


def my_part(activity: Activity, me: Participant, **more: object) -> str | Response:
    """Answer to what one person did: their own part of the page, which nobody else is sent."""
    workshop = activity.workshop
    if not wants_partial():
        return redirect(url_for("phone.show", code=workshop.code), 303)
    if workshop.activity_id != activity.id:
        return Response(status=204)
    context = {**screens.place(workshop), "me": me, **activity.personal(workshop.step, me), **more}
    return render_template("workshop/phone/_scene.html", **context)


def patches(workshop: Workshop, audience: str) -> Response:
    """Every fragment of one audience with its version, as the live script takes it from the socket too."""
    version = versions.version(workshop.id)
    online = current_app.extensions["presence"].online(workshop.id)
    every = screens.render(workshop, audience, online)
    return jsonify([{"id": name, "v": version, "html": html} for name, html in every.items()])


def _onward(workshop: Workshop) -> str:
    """Where somebody goes who is in now: to the room, or to what was scanned before coming in."""
    return local_path(request.values.get("next"), url_for("phone.show", code=workshop.code))


def _workshop(code: str) -> Workshop:
    return Workshop.by_code(code) or abort(404)


def _context(workshop: Workshop, me: Participant) -> dict[str, Any]:
    shared = screens.context(workshop, "phone")
    return {**shared, **_personal(workshop, shared["stop"], me)}


def _personal(workshop: Workshop, stop: Stop, me: Participant) -> dict[str, Any]:
    if stop.step == CLOSING:
        return {"me": me, "parts": own_page.parts(workshop, me)}
    page = request.args.get("page", 1, type=int)
    own = stop.activity.personal(stop.step.key, me, page) if stop.activity else {}
    return {**own, "me": me}
