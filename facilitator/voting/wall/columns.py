"""How many ideas a theme's card on the big screen has room for: each in two lines at most, and none cut through.

Measures are those of a screen of 1920 × 1080; the style sheet scales them to the stage that there is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from facilitator.voting.wall.hanging import NONE, Card, Heading, Listed, Lists

WIDTH, HEIGHT, GAP = 1792, 634, 28
"""Of the stage, and between two cards."""
COUNT, BADGE = 2, 2
"""Room for the figure beside a name and for the mark of what was said several times, in characters."""
LINES = 2
"""Of one idea."""
ABREAST = {1: 2, 2: 2, 3: 3, 4: 4, 5: 3, 6: 3, 7: 4, 8: 4}
"""Cards side by side, by how many there are; where there are more of them, they show no ideas."""


class Print(NamedTuple):
    """Sizes of the letters on a card, and what a line of them takes."""

    edges: int
    sides: int
    name: int
    name_line: int
    idea: int
    idea_line: int
    between: int
    more: int


LARGE = Print(edges=50, sides=52, name=40, name_line=52, idea=32, idea_line=43, between=12, more=48)
SMALL = Print(edges=32, sides=44, name=36, name_line=48, idea=30, idea_line=38, between=7, more=38)
"""In one row of cards, and in two."""


def hung(themes: Sequence[Heading], lists: Lists) -> Lists:
    """The lists without the ideas that their cards have no room for; the last ones stay."""
    names: dict[int | None, str] = {each.id: each.name for each in themes}
    if lists.get(None, NONE).many:
        names[None] = ""
    abreast = ABREAST.get(len(names))
    if abreast is None:
        return lists
    small = len(names) > abreast
    wide = (WIDTH - GAP * (abreast - 1)) / abreast
    return {
        key: _cut(listed, names.get(key, ""), SMALL if small else LARGE, wide, (HEIGHT - GAP) / 2 if small else HEIGHT)
        for key, listed in lists.items()
    }


def _cut(listed: Listed, name: str, size: Print, wide: float, high: float) -> Listed:
    inside = wide - size.sides
    room = high - size.edges - size.name_line * min(LINES, _lines(name, inside / size.name - COUNT))
    heights = [size.between + size.idea_line * _lines_of(card, inside / size.idea) for card in listed.cards]
    for first in range(len(heights)):
        left = Listed(listed.cards[first:], listed.many)
        if sum(heights[first:]) + (size.more if left.more else 0) <= room:
            return left
    return Listed(listed.cards[-1:], listed.many)


def _lines_of(card: Card, wide: float) -> int:
    return min(LINES, _lines(card.text, wide, BADGE if card.times > 1 else 0))


def _lines(text: str, wide: float, before: int = 0) -> int:
    """That a text takes, in so many characters a line; what words leave free at a line's end is reckoned in."""
    taken = before + sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.56 for each in text)
    return max(1, ceil(taken / wide))
