"""Everything as a table that turns its pages: number, idea, theme, where it was said, dots that were revealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from facilitator.extensions import read
from facilitator.methods import tally
from facilitator.synthesis.models import SHOWN
from facilitator.voting.wall.hanging import HANGS, IN_THEMES, Heading, statement, theme, times_said
from facilitator.web.text import mask

MOST = 154
"""Rows sent: nobody looks on for longer than these pages take to turn."""
PAGE = 7
LONGEST = 70


class Row(NamedTuple):
    """One idea."""

    number: int
    text: str
    theme: Heading | None
    origin: str
    dots: int | None
    """On the idea, or on its theme where themes are voted on; None as long as nothing is revealed."""
    times: int = 1
    """How many said it."""


def shown(
    activity_id: int, themes: Sequence[Heading], origins: Mapping[str, str], last: tally.Round | None
) -> dict[str, Any]:
    """Context of the template: by the dots of the last round that the room has seen, else as they came."""
    said = read(_SAID, activity=activity_id)
    dots = {line.target: line.dots for line in last.lines} if last else {}
    key = "inside" if last and last.on == "themes" else "id"
    said.sort(key=lambda row: (-dots.get(getattr(row, key), 0), row.number))
    named = {each.id: each for each in themes}
    rows = [
        Row(
            row.number,
            _short(mask(row.text)),
            named.get(row.inside),
            origins.get(row.id, ""),
            dots.get(getattr(row, key), 0) if last else None,
            row.times,
        )
        for row in said[:MOST]
    ]
    return {
        "leaves": [rows[first : first + PAGE] for first in range(0, len(rows), PAGE)],
        "more_rows": len(said) - len(rows),
        "round": last,
        "with_origins": any(row.origin for row in rows),
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


_TIMES = times_said(statement.c.id).label("times")
_SAID = (
    select(statement.c.id, statement.c.number, statement.c.text, theme.c.id.label("inside"), _TIMES)
    .select_from(IN_THEMES)
    .where(*HANGS, statement.c.status == SHOWN)
)
