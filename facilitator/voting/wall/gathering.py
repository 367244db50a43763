"""How the big screen shows a room's ideas before and while they are gathered into themes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import bindparam, func, select

from facilitator.extensions import read
from facilitator.synthesis.models import SHOWN
from facilitator.voting.wall.hanging import HANGS, IN_THEMES, WAS_SAID, statement, theme

MOSAIC = 80
"""Small cards that hang side by side while nothing is grouped: so many can still be seen to travel."""
TOGETHER = 80
"""Ideas of each theme that the screen knows to be in it, though it writes out only a few."""


def inside(activity_id: int) -> dict[int | None, list[int]]:
    """The numbers of the last ideas of each theme, and of those without one: where each card flies to."""
    found: dict[int | None, list[int]] = defaultdict(list)
    for key, number in read(_INSIDE, activity=activity_id, most=TOGETHER):
        found[key].append(number)
    return dict(found)


def stand_ins(activity_id: int) -> dict[int, list[int]]:
    """The numbers of what was merged, by that of the idea which stands for it."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, merged in read(_MERGED, activity=activity_id):
        found[number].append(merged)
    return dict(found)


_LAST_FIRST = func.row_number().over(
    partition_by=theme.c.id, order_by=(statement.c.position.desc(), statement.c.number.desc())
)
_PLACED = (
    select(theme.c.id.label("inside"), statement.c.number, _LAST_FIRST.label("place"))
    .select_from(IN_THEMES)
    .where(*HANGS, statement.c.status == SHOWN)
    .subquery()
)
_INSIDE: Any = (
    select(_PLACED.c.inside, _PLACED.c.number)
    .where(_PLACED.c.place <= bindparam("most"))
    .order_by(_PLACED.c.inside, _PLACED.c.place)
)

_head = statement.alias("head")
_MERGED = (
    select(_head.c.number, statement.c.number)
    .join(_head, _head.c.id == statement.c.merged_into_id)
    .where(*WAS_SAID, statement.c.status == SHOWN)
    .order_by(statement.c.number)
)
