"""The heat on the wall: where the dots lie, as areas and colours with their figures; without a vote, where ideas lie.

Only what the room has seen revealed comes in here: the rounds are given by `VotingActivity.seen_rounds`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import func, select

from facilitator.extensions import read
from facilitator.methods import tally
from facilitator.methods.treemap import Area, squarified
from facilitator.synthesis.models import SHOWN
from facilitator.voting.targets import Target
from facilitator.voting.wall.hanging import IN_THEMES, WAS_SAID, Heading, statement, theme

WIDTH, HEIGHT = 1792, 560
"""Of the picture; the screen scales it."""
MOST = 12
"""Areas; of the others the screen says how many they are."""
LEAST = 1 / 30
"""Of the whole: a smaller area could hold no words."""
STEPS = 5
"""Of the ramp, beside "none"."""
SIZES = (60, 52, 46, 40, 36, 32, 28, 24)
SMALL, FEWEST = 24, 3
"""The smallest figures; the fewest characters of a name that stand in one line."""
PADDING, LEADING = 18, 1.22

Named = Callable[[Sequence[tally.Line]], dict[Any, Target]]


class Warm(NamedTuple):
    """One thing with what lies on it."""

    id: str
    name: str
    colour: int
    weight: int
    """Dots, or ideas where nothing is voted on."""
    people: int


class Tile(NamedTuple):
    """Its place in the picture."""

    warm: Warm
    area: Area
    step: int
    """Of the ramp: 0 for none, STEPS for the most."""
    size: int
    lines: int


def of_round(counted: tally.Round, named: Named) -> dict[str, Any]:
    """Context of the template: the dots of a round that the room has seen."""
    # A theme without a dot is part of the picture; an idea without one is one of hundreds.
    lines = [line for line in counted.lines if line.dots or counted.on == "themes"]
    targets = named(lines[:MOST])
    warm = [
        Warm(str(line.target), targets[line.target].title, targets[line.target].colour, line.dots, line.voters)
        for line in lines[:MOST]
        if line.target in targets
    ]
    left = lines[MOST:]
    return {"round": counted, "tiles": tiles(warm), "others": len(left), "rest": sum(line.dots for line in left)}


def of_themes(activity_id: int, themes: Sequence[Heading]) -> dict[str, Any]:
    """The same without a vote: how many ideas lie in each theme, and of how many people."""
    found = {key: (ideas, people) for key, ideas, people in read(_INSIDE, activity=activity_id)}
    warm = [Warm(str(each.id), each.name, each.colour, *found.get(each.id, (0, 0))) for each in themes]
    if None in found:
        warm.append(Warm("0", _("Not yet grouped") if themes else _("Ideas"), 0, *found[None]))
    warm.sort(key=lambda each: -each.weight)
    left = warm[MOST:]
    return {"round": None, "tiles": tiles(warm[:MOST]), "others": len(left), "rest": sum(each.weight for each in left)}


def tiles(warm: Sequence[Warm]) -> list[Tile]:
    """Places for all of them, in their order."""
    whole = sum(each.weight for each in warm)
    top = max((each.weight for each in warm), default=0)
    areas = squarified([max(each.weight, LEAST * whole, 0.01) for each in warm], WIDTH, HEIGHT)
    return [
        Tile(each, area, ceil(STEPS * each.weight / top) if top else 0, *_words(each.name, area))
        for each, area in zip(warm, areas, strict=True)
    ]


def _words(name: str, area: Area) -> tuple[int, int]:
    """In which size a name can be read there whole, and in how many lines; else the smallest, cut off."""
    wide, high = area.width - 2 * PADDING, area.height - 2 * PADDING
    for size in SIZES:
        lines = ceil(_width(name) * size / wide)
        if wide >= FEWEST * size and lines * LEADING * size + _figures(size, wide) <= high:
            return size, lines
    size = SIZES[-1]
    return size, max(1, int((high - _figures(size, wide)) / (LEADING * size)))


def _figures(size: int, wide: float) -> float:
    """How high the dots and the people stand below the name, in one line or in two."""
    small = max(SMALL, 0.62 * size)
    return (1.7 if wide >= 9.5 * small else 3.0) * small


def _width(text: str) -> float:
    """Of a text, in widths of a Chinese character; what words leave free at a line's end is reckoned in."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.62 for each in text)


_INSIDE = (
    select(theme.c.id, func.count(), func.count(statement.c.participant_id.distinct()))
    .select_from(IN_THEMES)
    .where(*WAS_SAID, statement.c.status == SHOWN)
    .group_by(theme.c.id)
)
