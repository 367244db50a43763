"""What the program writes about its own work; about the people in the room it writes nothing.

A line says when, how grave, what, and the request it belongs to. Only our own words go into it: an exception's text
may hold what somebody typed, so it is left out unless its kind can't hold any; what libraries say comes without its
values. On a laptop a quiet evening writes nothing at all (level `warning`).
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from traceback import extract_tb
from types import TracebackType
from typing import Any

import gevent
from flask import has_request_context, request
from jinja2 import UndefinedError

OURS = "facilitator"
LEVELS = {name.lower(): level for name, level in logging.getLevelNamesMapping().items()}
REQUEST_ID = "facilitator.request_id"
"""Where a request's id stands in its WSGI environment."""
# Their texts speak of our code, not of anybody's data.
_ABOUT_CODE = (AttributeError, ImportError, NameError, TypeError, UndefinedError, sqlite3.OperationalError)
_log = logging.getLogger(__name__)


def configure(level: str, form: str) -> None:
    """Write the log to standard error: `form` is plain or json. Raises ValueError for a word that is neither."""
    formatters = {"plain": Plain, "json": Json}
    if level.lower() not in LEVELS or form not in formatters:
        raise ValueError("The log's level is one of debug, info, warning, error; its format is plain or json.")
    handler = logging.StreamHandler()
    handler.setFormatter(formatters[form]())
    for name in ("engineio.server", "socketio.server"):
        # A logger without a level they would give a handler of their own, and it tells everything.
        logging.getLogger(name).setLevel(logging.ERROR)
        logging.getLogger(name).handlers.clear()
    logging.basicConfig(handlers=[handler], force=True, level=max(logging.WARNING, LEVELS[level.lower()]))
    logging.getLogger(OURS).setLevel(LEVELS[level.lower()])
    # gevent would print the arguments of what failed: join codes among them.
    gevent.get_hub().print_exception = _report


def _report(context: Any, kind: type[BaseException], error: BaseException, trace: TracebackType) -> None:  # noqa: ARG001
    _log.error("Something in the background failed.", exc_info=(kind, error, trace))


class Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        when = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z"
        head = {"time": when, "level": record.levelname.lower(), "message": words(record), "worker": os.getpid()}
        failure = list(_failure(record))
        more = {"trace": failure[:-1], "error": failure[-1]} if failure else {}
        return json.dumps({**head, **about(record), **more}, ensure_ascii=False)


class Plain(logging.Formatter):
    """For people: one line, and what failed below it."""

    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%H:%M:%S", time.localtime(record.created))
        pairs = " ".join(f"{name}={value}" for name, value in about(record).items())
        line = f"{when} {record.levelname.lower():7} {words(record)} {pairs}".rstrip()
        failure = list(_failure(record))
        return "\n    ".join([line, "Traceback:", *failure] if failure else [line])


def words(record: logging.LogRecord) -> str:
    """The message; of what isn't ours the bare words, for its values may be anybody's."""
    return record.getMessage() if record.name.split(".")[0] == OURS else f"{record.name}: {record.msg}"


def about(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says beside its words: given as `extra={"about": ...}`, and the request it was written in."""
    given: dict[str, Any] = getattr(record, "about", {})
    name = request.environ.get(REQUEST_ID) if has_request_context() else None
    return {"request": name, "endpoint": request.endpoint, **given} if name else given


def _failure(record: logging.LogRecord) -> Iterator[str]:
    """Where it went wrong, step by step, and last what it was."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return
    for step in extract_tb(error.__traceback__):
        yield f"{_short(step.filename)}:{step.lineno} {step.name}: {step.line}"
    yield " < ".join(_named(each) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _named(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, OSError):
        return f"{name}: {error.strerror}"  # without the file's name
    if isinstance(error, _ABOUT_CODE):
        return f"{name}: {error}"
    return f"{name} {code}" if (code := getattr(error, "sqlstate", None)) else name


def _short(path: str) -> str:
    """Without the folders above: they may carry the name of the computer's owner."""
    return path.rpartition("site-packages/")[2] if "site-packages/" in path else "/".join(path.split("/")[-3:])
