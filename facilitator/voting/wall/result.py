"""How a result stands on the big screen, so that all of it can be read from the back.

A few lines stand one below the other, more of them in two columns. What is still too much turns its pages below the
first places. Equals are never parted: either all of them stand still or all of them turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from facilitator.methods import tally

ALONE = 8
"""Lines that stand one below the other, with their bars."""
ROWS, COLUMNS = 6, 2
"""Of lines on the screen when there are more."""
STILL = 3
"""Lines above those that turn their pages, at most."""


def parted(lines: Sequence[tally.Line]) -> dict[str, object]:
    """`still` lines above, `turning` ones below, and how many `rows` of these there are."""
    if len(lines) <= ALONE:
        return {"still": lines, "turning": [], "rows": 0}
    if len(lines) <= ROWS * COLUMNS:
        return {"still": [], "turning": lines, "rows": -(-len(lines) // COLUMNS)}
    still = _first_places(lines)
    return {"still": lines[:still], "turning": lines[still:], "rows": ROWS - still}


def _first_places(lines: Sequence[tally.Line]) -> int:
    """How many lines are in the first places, those that fit above with all their equals."""
    many = 0
    for _rank, equals in groupby(lines, key=lambda line: line.rank):
        more = len(list(equals))
        if many + more > STILL:
            break
        many += more
    return many
