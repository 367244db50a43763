"""Two minutes before the start: is everything there?"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from facilitator.accounts.access import login_required
from facilitator.workshop.access import my_workshop
from facilitator.workshop.models import Workshop
from facilitator.workshop.qr import public

preflight = Blueprint("preflight", __name__, url_prefix="/workshops/<int:workshop_id>")
ENOUGH_GB = 0.5


@dataclass(frozen=True)
class Check:
    """One line of the page: is it well, what was found, what to do if not."""

    well: bool
    title: Any
    found: Any
    advice: Any = ""


@preflight.get("/preflight")
@login_required
def show(workshop_id: int) -> str:
    workshop = my_workshop(workshop_id)
    now = round(time.time() * 1000)
    return render_template("workshop/preflight.html", workshop=workshop, checks=_checks(workshop), now=now)


@preflight.get("/poster")
@login_required
def poster(workshop_id: int) -> str:
    """The way in, for the hall's door: one sheet of paper from the browser's own print command."""
    return render_template("workshop/poster.html", workshop=my_workshop(workshop_id))


def _checks(workshop: Workshop) -> list[Check]:
    return [_address(), projector(workshop), _agenda(workshop), disk()]


def _address() -> Check:
    host = urlsplit(public("/")).hostname or ""
    return Check(
        not _is_loopback(host),
        _("Address for phones"),
        public("/"),
        _("Phones can't reach this address. Connect this computer to the hall's Wi-Fi and start again."),
    )


def projector(workshop: Workshop) -> Check:
    screens = current_app.extensions["presence"].screens(workshop.id, "projector")
    found = _("%(screens)d open", screens=screens) if screens else _("none open")
    return Check(screens > 0, _("Projector"), found, _("Press “Open the projector” and drag it to the second screen."))


def _agenda(workshop: Workshop) -> Check:
    steps = sum(len(activity.steps()) for activity in workshop.activities)
    found = ngettext("%(num)d step", "%(num)d steps", steps)
    return Check(steps > 0, _("Agenda"), found, _("Add the first activity to the agenda."))


def disk() -> Check:
    free = shutil.disk_usage(current_app.config["SETTINGS"].data).free / 2**30
    found = _("%(free)s GB free", free=f"{free:.1f}")
    return Check(free > ENOUGH_GB, _("Disk"), found, _("Make room on this computer's disk."))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
