"""The cookie that says who a phone belongs to, read also by a computer whose clock was put back.

Flask takes a cookie signed in the future for a forgery. In a hall it means that the laptop's clock was wrong by an
hour and has been set: nobody shall be a stranger for that.
"""

from __future__ import annotations

import time
from copy import deepcopy
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

KEPT = 4096
"""Cookies; about a kilobyte each."""
SURE_FOR = 3600
"""Seconds."""


class _Forgiving(TimestampSigner):
    def unsign(self, signed_value: Any, max_age: int | None = None, return_timestamp: Any = False) -> Any:
        try:
            return super().unsign(signed_value, max_age, return_timestamp)
        except SignatureExpired as error:
            if error.date_signed is None or error.date_signed.timestamp() <= self.get_timestamp():
                raise
            return super().unsign(signed_value, None, return_timestamp)


class ForgivingCookies(SecureCookieSessionInterface):
    """Reads cookies forgivingly, and the same cookie once an hour: a phone sends it with every dot."""

    def __init__(self) -> None:
        self._opened = lru_cache(KEPT)(self._open)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        opened = self._opened(app, cookie, int(time.time() // SURE_FOR))
        # What one request writes into its session is not the next one's.
        return self.session_class(deepcopy(opened))

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = _Forgiving
        return serializer

    def _open(self, app: Flask, cookie: str, hour: int) -> dict[str, Any]:  # noqa: ARG002  each hour anew
        """What a cookie holds; nothing if it isn't ours or is too old."""
        serializer = self.get_signing_serializer(app)
        age = int(app.permanent_session_lifetime.total_seconds())
        try:
            return dict(serializer.loads(cookie, max_age=age)) if serializer else {}
        except BadSignature:
            return {}
