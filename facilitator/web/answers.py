"""What a phone reads from an answer before it believes it: that it is ours, and what became of what was sent.

A hall's portal answers 200 with a page of its own, a proxy 502, a login page redirects: none of them carries the
header. What waits on a phone is struck off only when an answer says `kept` or `refused`; after anything else, or
nothing, it goes on waiting and is sent again under the same id.
"""

from __future__ import annotations

from flask import Flask, Response, request

HEADER = "X-Facilitator"

HERE = "here"
"""An answer to a question."""
KEPT = "kept"
"""A write that is committed; so is one that was known already by its id."""
REFUSED = "refused"
"""Not done, and asking again won't help; the body says why."""
LATER = "later"
"""Not done now: a break, a full disk, something broken. The same may be sent again."""
STALE = "stale"
"""The form token is too old; every page carries a fresh one."""
STRANGER = "stranger"
"""This browser isn't known here (any more)."""


def init_app(app: Flask) -> None:
    app.after_request(_mark)


def _mark(response: Response) -> Response:
    response.headers.setdefault(HEADER, _meaning(response.status_code))
    return response


def _meaning(status: int) -> str:
    """What an answer means that nobody has given another meaning."""
    if status >= 500 or status == 429:
        return LATER
    if status >= 400:
        return REFUSED
    return HERE if request.method in ("GET", "HEAD", "OPTIONS") else KEPT
