"""How the big screen shows who sits where.

Beside each table as long as every name can be read from ten metres, else in one list by name that turns its pages.

Measures are those of a screen of 1920 × 1080; the style sheet scales them to the stage that there is.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect
from collections.abc import Iterable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.views import At, Card

WIDTH, HEIGHT = 1792, 620
"""Of the stage."""
GAP, PADDING, LINE = 20, 22, 1.28
SIZES = (84, 76, 68, 60, 54, 48, 44, 40, 36)
"""Of names beside a table, each with a class of its own. What would be smaller comes in the list by name."""
LIST_SIZE, LIST_SMALL, LIST_MANY, LIST_GAP = 44, 36, 150, 28
"""Of the list: the size of names, that for very many, how many these are; and what lies between two columns."""
USUAL = 0.9
"""Of the names are to fit; the few that are longer are written smaller."""
SIGN = 0.9
"""Width of the cup or the tick behind a name."""
CARD_GAP, CARD_PADDING, CARD_HEAD = 24, 52, 190
"""Of harvest cards: between two, at the sides of one, and what its edges, table and title take."""
Way = tuple[int, int]
CARD_WAYS: dict[int, list[Way]] = {
    1: [(1, 42), (1, 34)],
    2: [(2, 42), (2, 34)],
    3: [(3, 32), (2, 34)],
    4: [(4, 32), (3, 32), (2, 34)],
}
"""How many hang side by side, and the size of their words: by how many it would be at best."""
_INITIALS = "ABCDEFGHJKLMNOPQRSTWXYZ"
_FIRST_OF = (
    *(0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8),
    *(0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1),
)
"""GB 2312 lists the usual characters by their sound: the first of each initial."""
_LAST = 0xD7F9


class Named(NamedTuple):
    """One line of the list by name."""

    initial: str
    """Only at the first name that begins with it."""
    name: str
    table: int
    is_host: bool
    is_here: bool


def shown(tables: Sequence[At]) -> dict[str, Any]:
    """What the template needs: `size` and `columns` of the tables, or `names` and `columns` of a list."""
    widths = sorted(width(who.name) for at in tables for who in at.sitters) or [1.0]
    most = max((len(at.sitters) for at in tables), default=0)
    usual = widths[int(USUAL * (len(widths) - 1))]
    longest = usual + SIGN
    long = {who.id for at in tables for who in at.sitters if width(who.name) > usual}
    for size in SIZES:
        for columns in range(1, min(8, len(tables)) + 1):
            for abreast in (1, 2):
                if _fits(size, columns, abreast, len(tables), most, longest):
                    return {"size": size, "columns": columns, "abreast": abreast, "long": long, "names": []}
    size = LIST_SMALL if len(widths) > LIST_MANY else LIST_SIZE
    return {"size": size, "columns": _list_columns(longest, size), "names": by_name(tables)}


def gallery(written: Sequence[Card]) -> dict[str, Any]:
    """How harvest cards hang: `abreast`, `size` of their words, and `cuts`: table → lines left to each of its texts.

    Long cards get more width and smaller words before any is cut short: nothing ends in the middle of a line at a
    card's lower edge.
    """
    ways = CARD_WAYS[{0: 1, 1: 1, 2: 2, 3: 3, 5: 3, 6: 3}.get(len(written), 4)]
    way = next((way for way in ways if all(_lines_of(each, way) <= _room(each, way) for each in written)), ways[-1])
    cuts = {each.table: _cut(each, way) for each in written if _lines_of(each, way) > _room(each, way)}
    return {"abreast": way[0], "size": way[1], "cuts": cuts}


def _cut(card: Card, way: Way) -> int:
    """The most lines that each text may have, the short ones taking what they need."""
    return next((cut for cut in range(6, 1, -1) if _lines_of(card, way, cut) <= _room(card, way)), 1)


def _lines_of(card: Card, way: Way, cut: int = 99) -> int:
    abreast, size = way
    wide = ((WIDTH - CARD_GAP * (abreast - 1)) / abreast - CARD_PADDING) / size - 1  # without the dot before it
    return sum(min(cut, ceil((width(text) + 0.5) / wide)) for text in (*card.insights, card.question) if text)


def _room(card: Card, way: Way) -> int:
    """Lines that a card holds below its title."""
    texts = len(card.insights) + bool(card.question)
    return int((HEIGHT - CARD_HEAD - 6 * texts) / (1.3 * way[1]))


def _fits(size: int, columns: int, abreast: int, tables: int, most: int, longest: float) -> bool:
    rows = -(-tables // columns)
    wide = (WIDTH - GAP * (columns - 1)) / columns - 2 * PADDING - 2.1 * size
    high = (HEIGHT - GAP * (rows - 1)) / rows - 2 * 12
    lines = -(-most // abreast)
    return lines * LINE * size <= high and longest * size <= (wide - (abreast - 1) * 0.5 * size) / abreast


def _list_columns(longest: float, size: int) -> int:
    wide = (longest + 3.2) * size  # with the initial and the number
    return max(1, min(8, int((WIDTH + LIST_GAP) // (wide + LIST_GAP))))


def width(text: str) -> float:
    """Of a text, in widths of a Chinese character."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.6 for each in text)


def by_name(tables: Iterable[At]) -> list[Named]:
    """Everybody in the order of a telephone book: Latin letters and Chinese sounds together, the others at the end."""
    everybody = sorted((_key(who.name, who.number), at.number, who) for at in tables for who in at.sitters)
    lines, before = [], ""
    for (initial, *_rest), table, who in everybody:
        shown_initial = initial if initial not in (before, "~") else ""
        lines.append(Named(shown_initial, who.name, table, who.is_host, who.is_here))
        before = initial
    return lines


def _key(name: str, number: int) -> tuple[str, bytes, int]:
    return initial(name), name.casefold().encode("gb18030", "replace"), number


def initial(name: str) -> str:
    """The letter under which one looks for a name; "~" where there is none."""
    first = name[:1].upper()
    if first.isascii():
        return first if first.isalpha() else "~"
    code = first.encode("gb18030", "replace")
    place = int.from_bytes(code) if len(code) == 2 else 0
    return _INITIALS[bisect(_FIRST_OF, place) - 1] if _FIRST_OF[0] <= place <= _LAST else "~"
