"""A long list in pages, so that what is sent doesn't grow with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    items: Sequence[T]
    number: int
    """From 1."""
    last: int

    @property
    def beside(self) -> list[tuple[int, bool]]:
        """The pages before and after this one that there are: (number, is it the one after?)."""
        return [
            (number, number > self.number) for number in (self.number - 1, self.number + 1) if 0 < number <= self.last
        ]


def page_of(every: Sequence[T], number: int, size: int) -> Page[T]:
    """The page of this number, or the nearest there is; an empty list has one empty page."""
    last = max(1, -(-len(every) // size))
    number = min(max(number, 1), last)
    return Page(every[(number - 1) * size : number * size], number, last)
