"""Each request gets an id, is timed and counted. A person reads the id out; the log's lines carry it."""

from __future__ import annotations

import logging
import random
import re
import time
from types import TracebackType
from typing import Any

from flask import Flask, Response, request, request_started

from facilitator.logs import REQUEST_ID
from facilitator.metrics import ANSWERS, SECONDS

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9-]{8,64}")
# As in join codes: read aloud in a hall, nothing that sounds or looks like something else.
ALPHABET = "23456789ACDEFGHJKMNPQRTUVWXY"
_BEGAN = "facilitator.began"
_log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Call it before other parts: what is registered first ends last, and is timed with the rest inside."""
    request_started.connect(_begin, app)
    app.after_request(_end)
    app.log_exception = _log_exception  # type: ignore[method-assign]  # Flask's own writes the address
    app.add_template_global(request_id, "request_id")


def request_id() -> str:
    """The id of the request that is being answered."""
    return str(request.environ.get(REQUEST_ID, ""))


def _begin(_app: Flask, **_more: Any) -> None:
    sent = request.headers.get(HEADER, "")
    request.environ[REQUEST_ID] = sent if SANE.fullmatch(sent) else _new_id()
    request.environ[_BEGAN] = time.perf_counter()


def _new_id() -> str:
    return "".join(random.choices(ALPHABET, k=8))  # noqa: S311  a name, no secret


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    seconds = time.perf_counter() - request.environ[_BEGAN]
    endpoint = request.endpoint or "none"
    SECONDS.labels(endpoint).observe(seconds)
    ANSWERS.labels(endpoint, response.status_code).inc()
    if _log.isEnabledFor(logging.INFO):
        about = {"method": request.method, "status": response.status_code, "ms": round(seconds * 1000, 1)}
        _log.info("answered", extra={"about": about})
    return response


def _log_exception(exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
    _log.error("A request failed.", exc_info=exc_info)
