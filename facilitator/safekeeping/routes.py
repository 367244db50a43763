"""What the facilitator must know about the disk, the database and the clock, while the room runs."""

from __future__ import annotations

import shutil
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _

from facilitator.accounts.access import login_required
from facilitator.safekeeping.keeper import Keeper
from facilitator.storage import Trouble

storage = Blueprint("storage", __name__)
LOW = 200 * 2**20
"""Free bytes below which the console says so."""


@storage.get("/storage")
@login_required
def notices() -> str:
    """Lines for the console; nothing if all is well."""
    return render_template("safekeeping/_notices.html", lines=[line for line in _lines() if line])


def _lines() -> list[Any]:
    keeper: Keeper | None = current_app.extensions.get("keeper")
    return [_trouble(current_app.extensions["storage"].trouble), _room(), *(_kept(keeper) if keeper else ())]


def _trouble(trouble: Trouble | None) -> str:
    told = {
        Trouble.BUSY: _("Another program holds the database. Close it; what people send is kept on their phones."),
        Trouble.FULL: _(
            "The disk is full: nothing new can be kept. Make room on it, and the room goes on by itself. "
            "What people send is kept on their phones until then."
        ),
        Trouble.READ_ONLY: _(
            "The disk can only be read: nothing new can be kept. What people send is kept on their phones."
        ),
        Trouble.DAMAGED: _("The database is damaged. Start the server again: it names the newest good snapshot."),
        Trouble.AWAY: _("The database does not answer. What people send is kept on their phones."),
    }
    return str(told[trouble]) if trouble else ""


def _room() -> str:
    free = shutil.disk_usage(current_app.config["SETTINGS"].data).free
    if current_app.extensions["storage"].trouble is Trouble.FULL or free > LOW:
        return ""
    return str(_("Only %(free)d MB are left on the disk. Please make room.", free=free // 2**20))


def _kept(keeper: Keeper) -> list[str]:
    jump = round(keeper.jump())
    return [
        str(_("The last snapshot could not be made: %(why)s.", why=keeper.failure)) if keeper.failure else "",
        str(_("The clock of this computer jumped by %(jump)d seconds: look at the timer.", jump=jump)) if jump else "",
    ]
