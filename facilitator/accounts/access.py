"""Who is asking? Everything staff may touch is loaded through the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import gevent
from flask import Flask, abort, redirect, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from facilitator.accounts.models import Staff
from facilitator.extensions import login
from facilitator.web.answers import HEADER, STRANGER
from facilitator.web.htmx import go, wants_partial

T = TypeVar("T")
__all__ = ["current_staff", "login_required", "off_the_loop", "require_secretariat"]


def init_app(app: Flask) -> None:
    login.init_app(app)
    login.user_loader(Staff.from_cookie)
    login.unauthorized_handler(_ask_to_sign_in)


def current_staff() -> Staff:
    """The signed-in member of staff; use behind `login_required`."""
    if not isinstance(current_user._get_current_object(), Staff):  # noqa: SLF001  werkzeug's proxy offers no other way
        abort(401)
    return current_user._get_current_object()  # type: ignore[no-any-return]  # noqa: SLF001


def require_secretariat() -> Staff:
    staff = current_staff()
    if not staff.is_secretariat:
        abort(404)
    return staff


def off_the_loop(work: Callable[..., T], *args: object) -> T:
    """Run work that burns CPU in gevent's thread pool, so that the room doesn't wait for it."""
    answer, error = gevent.get_hub().threadpool.apply(_tried, (work, args))
    if error is not None:
        raise error
    return answer  # type: ignore[no-any-return]


def _tried(work: Callable[..., T], args: tuple[object, ...]) -> tuple[T | None, Exception | None]:
    """The pool logs whatever is raised in it as broken, also what is only meant for the one who asked."""
    try:
        return work(*args), None
    except Exception as error:  # noqa: BLE001  raised again where it was waited for
        return None, error


def _ask_to_sign_in() -> Response:
    address = url_for("accounts.sign_in", next=request.path if request.method == "GET" else None)
    answer = go(address) if wants_partial() else redirect(address, 303)
    answer.headers[HEADER] = STRANGER
    return answer
