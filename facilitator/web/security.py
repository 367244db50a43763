"""Headers of every answer. Nothing inline, nothing from outside."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self' ws: wss:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Resume links are secrets in an address: no page tells another site where it was.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=()",
}


def init_app(app: Flask) -> None:
    app.after_request(_secure)
    app.add_template_global(csrf_field, "csrf_field")


def csrf_field() -> Markup:
    """The form's token, for browsers without JavaScript; not for live fragments, which are everybody's."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _secure(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
