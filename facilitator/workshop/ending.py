"""What the evening brought, as the big screen says it when the room is thanked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class First(NamedTuple):
    """One of the first themes."""

    name: str
    colour: int
    many: int
    """Dots, or ideas where nothing was voted on."""


class Brought(NamedTuple):
    """Figures of one activity, or of all together."""

    ideas: int = 0
    themes: frozenset[str] = frozenset()
    """By name: one name is one theme in the whole workshop."""
    dots: int = 0
    first: Sequence[First] = ()
    by_dots: bool = False
    """Are the first themes those with the most dots?"""


def together(every: Iterable[Brought]) -> Brought:
    """Of all activities; the first themes are those of the one that was voted on, or of the one with the most ideas."""
    found = list(every)
    main = max(found, key=lambda each: (bool(each.first), each.by_dots, each.dots, each.ideas), default=Brought())
    return Brought(
        sum(each.ideas for each in found),
        frozenset().union(*(each.themes for each in found)),
        sum(each.dots for each in found),
        main.first,
        main.by_dots,
    )
