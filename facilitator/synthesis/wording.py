"""What may be said in one statement."""

from __future__ import annotations

from flask_babel import gettext as _

from facilitator.web.errors import Refused
from facilitator.web.text import clean

LONGEST = 200
"""Characters."""


def checked(text: str) -> str:
    """The text, cleaned. Raises Refused unless it has 1 to 200 characters."""
    text = clean(text)
    if not text:
        raise Refused(_("Write a few words first."))
    if len(text) > LONGEST:
        raise Refused(_("Please shorten it to %(most)d characters; it has %(now)d.", most=LONGEST, now=len(text)))
    return text
