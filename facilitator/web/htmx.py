"""Page or partial? And the way back after a write."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, request
from werkzeug.wrappers import Response


def wants_partial() -> bool:
    return request.headers.get("HX-Request") == "true"


def done(location: str) -> Response:
    """Answer a write: nothing to swap for htmx (the live path brings the change), else back to the page."""
    return Response(status=204) if wants_partial() else redirect(location, 303)


def go(location: str) -> Response:
    """Send the whole page elsewhere."""
    return Response(status=204, headers={"HX-Redirect": location}) if wants_partial() else redirect(location, 303)


def local_path(target: str | None, otherwise: str = "/") -> str:
    """The target if it is a path of this site, so that a link can't lead elsewhere."""
    parts = urlsplit(target or "")
    safe = not parts.scheme and not parts.netloc and parts.path.startswith("/") and "\\" not in (target or "")
    return str(target) if safe and target and not target.startswith("//") else otherwise
