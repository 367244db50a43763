"""How many ideas a theme's card on the big screen has room for: each in two lines at most, and none cut through.

Measures are those of a screen of 1920 × 1080; the style sheet (wall/columns.css) has the same ones and scales them to
the stage that there is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from facilitator.voting.wall.hanging import NONE, Heading, Listed, Lists

WIDTH, HEIGHT = 1792, 634
"""Of the stage."""
COUNT, BADGE = 2, 2
"""Room for the figure beside a name and for the mark of what was said several times, in characters."""
NAME_LINES, LINES = 3, 2
"""Of a name and of one idea, at most."""
MOST = 15
"""Cards that show ideas; where there are more of them, they are names and figures alone."""
ABREAST = {1: 2, 2: 2, 3: 3, 4: 4, 5: 3, 6: 3, 7: 4, 8: 4, 9: 5, 10: 5, 11: 4, 12: 4}
"""Cards side by side, by how many there are."""


class Print(NamedTuple):
    """Sizes of the letters on a card, and what a line of them takes."""

    key: str
    gap: int
    edges: int
    sides: int
    name: int
    name_line: int
    idea: int
    idea_line: int
    between: int
    more: int


LARGE = Print("large", gap=28, edges=50, sides=52, name=40, name_line=52, idea=32, idea_line=43, between=12, more=48)
SMALL = Print("small", gap=28, edges=32, sides=44, name=36, name_line=48, idea=30, idea_line=38, between=7, more=38)
SLIM = Print("slim", gap=18, edges=26, sides=36, name=34, name_line=42, idea=30, idea_line=37, between=6, more=34)
DENSE = Print("dense", gap=14, edges=21, sides=32, name=30, name_line=35, idea=29, idea_line=34, between=4, more=33)
NAMES = Print("names", gap=16, edges=26, sides=36, name=36, name_line=40, idea=0, idea_line=0, between=0, more=0)
"""In one row of cards, in two, in two of five, in three; names alone."""


class Spread(NamedTuple):
    """How the cards lie on the stage."""

    abreast: int
    rows: int
    size: Print


class Cut(NamedTuple):
    """What of a card's ideas is written out."""

    many: int
    lines: int
    """That each of them may take."""


def spread(many: int) -> Spread:
    """So many cards."""
    abreast = ABREAST.get(many, 5 if many <= 20 else 6)
    rows = ceil(many / abreast)
    return Spread(abreast, rows, NAMES if many > MOST else (LARGE, SLIM if abreast == 5 else SMALL, DENSE)[rows - 1])


def hung(themes: Sequence[Heading], lists: Lists) -> dict[str, object]:
    """Context of the template: how the cards are laid out, and the lists of what they have room for.

    The last ones stay, the newest first.
    """
    names: dict[int | None, str] = {each.id: each.name for each in themes}
    if lists.get(None, NONE).many:
        names[None] = ""
    layout = spread(len(names))
    return {
        "layout": layout,
        "lists": {key: _hung(listed, names.get(key, ""), layout) for key, listed in lists.items()},
    }


def _hung(listed: Listed, name: str, layout: Spread) -> Listed:
    newest = listed.cards[::-1]
    found = cut(name, [(card.text, BADGE if card.times > 1 else 0) for card in newest], listed.more > 0, layout)
    return Listed(newest[: found.many][::-1], listed.many, found.lines)


def cut(name: str, ideas: Sequence[tuple[str, int]], others: bool, layout: Spread, high: int = HEIGHT) -> Cut:
    """How many of the ideas find room; each is its text and what stands before it, in characters.

    `others`: there are more of them, which a line says. If nothing finds room in two lines, one has to do.
    """
    if layout.size is NAMES:
        return Cut(0, 1)
    size = layout.size
    inside = (WIDTH - size.gap * (layout.abreast - 1)) / layout.abreast - size.sides
    room = (high - size.gap * (layout.rows - 1)) / layout.rows - size.edges
    room -= size.name_line * min(NAME_LINES, _lines(name, inside / size.name - COUNT))
    taken = [_lines(text, inside / size.idea, before) for text, before in ideas]
    found = (Cut(_fitting(size, room, [min(lines, each) for each in taken], others), lines) for lines in (LINES, 1))
    return next((each for each in found if each.many), Cut(0, 1))


def _fitting(size: Print, room: float, taken: Sequence[int], others: bool) -> int:
    for many in range(len(taken), 0, -1):
        ideas = sum(size.between + size.idea_line * lines for lines in taken[:many])
        if ideas + (size.more if others or many < len(taken) else 0) <= room:
            return many
    return 0


def _lines(text: str, wide: float, before: int = 0) -> int:
    """That a text takes, in so many characters a line; what words leave free at a line's end is reckoned in."""
    return max(1, ceil((before + width(text)) / wide))


def width(text: str) -> float:
    """Of a text in one line, in Chinese characters."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.56 for each in text)
