"""Pages of a workshop's journey: export it to a file, import one that came."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import IO, Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required, off_the_loop
from facilitator.extensions import db, now
from facilitator.safekeeping import parcel
from facilitator.safekeeping.arrival import Arrival
from facilitator.safekeeping.packing import gather, pack, still
from facilitator.safekeeping.parcel import SUFFIX, Parcel
from facilitator.safekeeping.unpacking import AlreadyHere, Luggage, luggage, unpack
from facilitator.web.errors import Refused
from facilitator.workshop.access import my_workshop
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.models import Workshop

parcels = Blueprint("parcels", __name__, url_prefix="/workshops")
LONGEST_TITLE = 80


@parcels.url_value_preprocessor
def _let_parcels_in(endpoint: str | None, values: dict[str, Any] | None) -> None:  # noqa: ARG001
    """A parcel may be larger than a photo, if it is staff who bring it. Before anything reads the form."""
    if request.method == "POST" and current_user.is_authenticated:
        request.max_content_length = current_app.config["SETTINGS"].max_parcel_mb * 1024 * 1024


@parcels.get("/<int:workshop_id>/parcel")
@login_required
def send(workshop_id: int) -> Response:
    """The whole workshop as one file. It holds the people's names and personal links."""
    name = file_name(my_workshop(workshop_id))
    db.session.rollback()  # one connection at a time, and none while the file is written
    with still(db.engine) as connection:
        load = gather(connection, workshop_id, _data())
    # The answer closes it.
    out: IO[bytes] = tempfile.TemporaryFile(dir=_data())  # noqa: SIM115
    off_the_loop(pack, load, out)
    out.seek(0)
    return send_file(out, "application/zip", as_attachment=True, download_name=name, max_age=0)


@parcels.get("/import")
@login_required
def choose() -> str:
    return _page()


@parcels.post("/import")
@login_required
def receive() -> Response | tuple[str, int]:
    try:
        arrival = _receive(request.files.get("parcel"), as_copy=request.form.get("copy") == "1")
    except Refused as error:
        db.session.rollback()
        return _page(error), error.status
    for line in arrival.told():
        flash(line)
    return redirect(url_for("workshops.agenda", workshop_id=arrival.workshop_id), 303)


@parcels.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> tuple[str, int]:  # noqa: ARG001
    most = current_app.config["SETTINGS"].max_parcel_mb
    return _page(Refused(_("That file is too large: %(most)d MB is the limit here.", most=most))), 413


def _receive(upload: Any, as_copy: bool) -> Arrival:
    if upload is None or not upload.filename:
        raise Refused(_("Choose a file first."))
    importer = current_staff().id
    db.session.rollback()
    with luggage(_data()) as pieces:
        opened = off_the_loop(_open, upload.stream, pieces)
        with opened.archive:
            arrival = unpack(db.session.connection(), opened, pieces, importer, _copy_title if as_copy else None)
            db.session.commit()
    return arrival


def _open(stream: IO[bytes], pieces: Luggage) -> Parcel:
    """What takes its time and needs no database."""
    opened = parcel.read(stream)
    pieces.keep_photos(opened)
    return opened


def _copy_title(title: str) -> str:
    return str(_("%(title)s (copy)", title=title))[:LONGEST_TITLE]


def _page(error: Refused | None = None) -> str:
    here = None
    if isinstance(error, AlreadyHere):
        here = db.session.scalar(Workshop.seen_by(current_staff()).where(Workshop.id == error.workshop_id))
    return render_template("safekeeping/import.html", error=error, here=here, suffix=SUFFIX)


def file_name(workshop: Workshop) -> str:
    """A name that any system can keep: the title and the day."""
    title = re.sub(r"[\\/:*?\"<>|\s]+", "-", workshop.title)[:60].strip("-.")
    day = (workshop.starts_at or now()).astimezone(TOWN_TIME).date().isoformat()
    return f"{title or workshop.code}-{day}{SUFFIX}"


def _data() -> Path:
    return Path(current_app.config["SETTINGS"].data).resolve()
