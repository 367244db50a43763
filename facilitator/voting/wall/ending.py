"""What an activity brought to the evening, for the screen that thanks everybody."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import bindparam, func, select

from facilitator.extensions import read
from facilitator.methods import tally
from facilitator.synthesis.models import SHOWN
from facilitator.synthesis.names import key
from facilitator.voting.wall.hanging import IN_THEMES, WAS_SAID, headings, statement, theme
from facilitator.workshop.ending import Brought, First

FIRST = 3


def brought(activity_id: int, last: tally.Round | None) -> Brought:
    """Its ideas and themes, and what lay on these in the last vote that the room saw revealed."""
    inside: dict[int | None, int] = {row[0]: row[1] for row in read(_INSIDE, activity=activity_id)}
    themes = headings(activity_id)
    dots = _on_themes(activity_id, last) if last else Counter()
    weights: Any = dots or inside
    # Those of equal weight stay as they hang.
    first = sorted((each for each in themes if weights.get(each.id)), key=lambda each: -weights[each.id])[:FIRST]
    return Brought(
        ideas=sum(inside.values()),
        themes=frozenset(key(each.name) for each in themes),
        dots=last.dots if last else 0,
        first=[First(each.name, each.colour, weights[each.id]) for each in first],
        by_dots=bool(dots),
    )


def _on_themes(activity_id: int, last: tally.Round) -> Counter[int]:
    of_idea = {} if last.on == "themes" else {row[0]: row[1] for row in read(_THEME_OF, activity=activity_id)}
    dots: Counter[int] = Counter()
    for line in last.lines:
        inside: Any = line.target if last.on == "themes" else of_idea.get(str(line.target))
        if inside:
            dots[inside] += line.dots
    return dots


_INSIDE = (
    select(theme.c.id, func.count())
    .select_from(IN_THEMES)
    .where(*WAS_SAID, statement.c.status == SHOWN)
    .group_by(theme.c.id)
)
_THEME_OF = (
    select(statement.c.id, theme.c.id)
    .select_from(IN_THEMES)
    .where(statement.c.activity_id == bindparam("activity"), theme.c.id.is_not(None))
)
