"""Errors in the reader's language, with what to do next."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, current_app, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException, NotFound

from facilitator.database import let_go
from facilitator.metrics import REFUSALS
from facilitator.storage import Health, Trouble, trouble_of
from facilitator.web.answers import HEADER, LATER, STALE, STRANGER
from facilitator.web.htmx import wants_partial

_log = logging.getLogger(__name__)
RETRY_AFTER = 5
"""Seconds after which a phone may try again when the disk is the matter."""
_WITHOUT_NAMES = "web/unwell.html"
_INTO_NOTICE = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}


class Refused(Exception):
    """What was asked can't be done now; the message is for the person who asked.

    `later`: it can be done under the same id once the room goes on, so a phone keeps it and sends it again.
    """

    def __init__(self, message: Any, status: int = 422, *, later: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.later = later


class Stranger(NotFound):
    """Nobody is known by this phone's cookie. For whoever has none it is the same as nothing being here."""


def init_app(app: Flask) -> None:
    app.extensions["storage"] = Health()
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _stale_page)
    app.register_error_handler(Stranger, _stranger)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _not_stored)
    app.register_error_handler(NoFreeConnection, _not_stored)
    app.register_error_handler(OSError, _not_stored)
    app.register_error_handler(500, _broken)


def _answer(title: str, advice: str, status: int, meaning: str = "") -> Any:
    headers = {HEADER: meaning} if meaning else {}
    if wants_partial():
        headers |= _INTO_NOTICE
        return render_template("web/_notice.html", title=title, advice=advice, status=status), status, headers
    return _page(title, advice, status), status, headers


def _page(title: str, advice: str, status: int) -> str:
    try:
        return render_template("web/error.html", title=title, advice=advice, status=status)
    except (DBAPIError, NoFreeConnection):
        return _render_alone(_WITHOUT_NAMES, title=title, advice=advice, status=status)


def _refused(error: Refused) -> Any:
    REFUSALS.labels(request.endpoint).inc()
    let_go()
    return _answer(str(error), "", error.status, LATER if error.later else "")


def _stale_page(error: CSRFError) -> Any:  # noqa: ARG001
    return _answer(
        _("This page has been open too long."), _("Reload it and try again; what you typed is kept."), 400, STALE
    )


def _stranger(error: Stranger) -> Any:  # noqa: ARG001
    advice = _("Come in again with your personal code; what you wrote is kept.")
    return _answer(_("This phone isn't known here any more."), advice, 404, STRANGER)


def _http_error(error: HTTPException) -> Any:
    if error.response is not None or error.code is None:
        return error
    title, advice = _words(error.code)
    return _answer(title, advice, error.code)


def _words(code: int) -> tuple[str, str]:
    known = {
        403: (_("You may not do this."), _("Ask the person who invited you.")),
        404: (_("There is nothing here."), _("Check the address, or scan the code on the big screen again.")),
        405: (_("That can't be done here."), _("Go back and try again.")),
        413: (_("That file is too large."), _("Choose a smaller picture; twelve megabytes is the limit.")),
        429: (_("Too many tries."), _("Wait ten minutes, then try again.")),
    }
    return known.get(code, (_("Something went wrong."), _("Go back and try again; what you typed is kept.")))


def _not_stored(error: DBAPIError | NoFreeConnection | OSError) -> Any:
    """The disk or the database is the matter: nothing of this was written. Said without asking the database."""
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    puzzling = trouble in (Trouble.DAMAGED, Trouble.AWAY)
    _log.error("Nothing could be kept: %s.", trouble, exc_info=error if puzzling else None)
    current_app.extensions["storage"].met(trouble)
    let_go()
    title, advice = _about(trouble)
    page = "web/_notice.html" if wants_partial() else _WITHOUT_NAMES
    headers = {"Retry-After": str(RETRY_AFTER), **(_INTO_NOTICE if wants_partial() else {})}
    return _render_alone(page, title=title, advice=advice, status=503), 503, headers


def _render_alone(page: str, **about: Any) -> str:
    """Flask's own rendering asks the database who reads this."""
    return current_app.jinja_env.get_template(page).render(**about)


def _about(trouble: Trouble) -> tuple[str, str]:
    if trouble is Trouble.BUSY:
        return _("The room is busy for a moment."), _("Try again.")
    if trouble in (Trouble.FULL, Trouble.READ_ONLY):
        advice = _("Please tell the facilitator: the disk is full or can't be written to. What you typed is kept.")
        return _("The data can't be written."), advice
    advice = _("Please tell the facilitator: the database can't be read. What you typed is kept.")
    return _("The data can't be reached just now."), advice


def _broken(error: Exception) -> Any:  # noqa: ARG001
    let_go()
    title = _("Something broke on our side.")
    return _answer(title, _("Try again in a moment; what you typed is kept."), 500)
