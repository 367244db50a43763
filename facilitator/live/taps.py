"""The quick lane: a dot goes over the phone's open socket, for half of what a request costs.

The lane knows two answers only: "kept", which is the HTML that the page shows, and "ask over HTTP", which is None. A
break, a full hand, a locked database, a stranger, nonsense: all of that is told, and put into words, by HTTP, where the
phone sends the same under the same id. So an answer that is lost here costs nothing but a second try.
"""

from __future__ import annotations

import logging
import time
from typing import Any, NamedTuple

from flask import Flask, request
from flask_babel import force_locale
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException

from facilitator.live.presence import Presence, Seat
from facilitator.metrics import TAPS
from facilitator.web.answers import KEPT
from facilitator.web.errors import Refused
from facilitator.web.language import PARSED
from facilitator.workshop.taps import Tap, quick_write

LONGEST = 200
"""Characters of an address, a name or a value: nothing that is tapped is longer."""
MOST_FIELDS = 10
log = logging.getLogger(__name__)
_BARE = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "QUERY_STRING": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "wsgi.url_scheme": "http",
}
"""A request of which nothing is known but its address: no cookie, no form. Who taps is known by the socket."""
_TOLD_OVER_HTTP = (Refused, HTTPException, DBAPIError, NoFreeConnection, OSError)


class _Sent(NamedTuple):
    url: str
    fields: dict[str, str]
    owner: str
    """Whose page it was tapped on: never whoever holds the phone by now."""


class Taps:
    def __init__(self, app: Flask, presence: Presence) -> None:
        self._app = app
        self._presence = presence
        self._under_way: set[str] = set()

    def heard(self, sid: str, *sent: Any) -> str | None:
        """Answer one tap of a socket: HTML, durable by then, or None. A phone sends one at a time."""
        seat, tap = self._presence.seat(sid), _read(sent)
        if seat is None or tap is None or not seat.mark or tap.owner != seat.mark or sid in self._under_way:
            return None
        self._under_way.add(sid)
        try:
            return self._answer(seat, tap)
        finally:
            self._under_way.discard(sid)

    def _answer(self, seat: Seat, tap: _Sent) -> str | None:
        began = time.perf_counter()
        with self._app.request_context({**_BARE, "PATH_INFO": tap.url}), force_locale(PARSED[seat.locale]):
            write = quick_write(request.endpoint)
            if write is None:
                return None
            answer = _done(write, seat, tap)
            _count(KEPT if answer is not None else "again", time.perf_counter() - began)
            return answer


def _done(write: Tap, seat: Seat, tap: _Sent) -> str | None:
    try:
        return write(seat.participant_id, tap.fields, **(request.view_args or {}))
    except _TOLD_OVER_HTTP:
        return None
    except Exception:
        log.exception("a tap failed")
        return None


def _read(sent: tuple[Any, ...]) -> _Sent | None:
    """What a phone says, unless it makes no sense."""
    if len(sent) != 3 or not isinstance(sent[1], dict) or len(sent[1]) > MOST_FIELDS:
        return None
    words = [sent[0], sent[2], *sent[1], *sent[1].values()]
    return _Sent(*sent) if all(isinstance(word, str) and len(word) <= LONGEST for word in words) else None


def _count(meaning: str, seconds: float) -> None:
    TAPS.labels(request.endpoint, meaning).observe(seconds)
    if log.isEnabledFor(logging.INFO):
        about = {"endpoint": request.endpoint, "meaning": meaning, "ms": round(seconds * 1000, 1)}
        log.info("tapped", extra={"about": about})
