"""The projector: a secret address, so that the hall's computer needs no account."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import force_locale
from werkzeug.wrappers import Response

from facilitator.workshop import screens, versions
from facilitator.workshop.access import workshop_on_screen
from facilitator.workshop.phone import patches

projector = Blueprint("projector", __name__, url_prefix="/screen")


@projector.get("/<token>")
def show(token: str) -> str:
    workshop = workshop_on_screen(token)
    version = versions.version(workshop.id)
    with force_locale(workshop.language):
        values = screens.context(workshop, "projector")
        return render_template("workshop/projector/show.html", version=version, **values)


@projector.get("/<token>/fragments")
def fragments(token: str) -> Response:
    workshop = workshop_on_screen(token)
    with force_locale(workshop.language):
        return patches(workshop, "projector")
