"""What was asked for lately: like `lru_cache`, but it lets go of what nobody asks for any more.

A cache that only forgets when it is full grows all evening, with lines of ideas that have long been taken back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Remembers what a function gave for these values, on two shelves of at most so many things.

    What is asked for lies on the upper shelf. When that is full, or has been in use for `seconds`, the next new thing
    makes it the lower one, and what lay there is gone, unless it was asked for meanwhile.
    """

    def __init__(self, work_out: Callable[..., T], *, seconds: float, most: int) -> None:
        self._work_out = work_out
        self._seconds = seconds
        self._most = most
        self.forget()

    def __call__(self, *of: Hashable) -> T:
        try:
            return self._upper[of]
        except KeyError:
            pass
        value = self._lower[of] if of in self._lower else self._work_out(*of)
        self._keep(of, value)
        return value

    def __len__(self) -> int:
        return len(self._upper.keys() | self._lower.keys())

    def forget(self) -> None:
        self._upper: dict[Any, T] = {}
        self._lower: dict[Any, T] = {}
        self._since = time.monotonic()

    def _keep(self, key: Any, value: T) -> None:
        now = time.monotonic()
        if len(self._upper) >= self._most or now - self._since >= self._seconds:
            self._lower, self._upper, self._since = self._upper, {}, now
        self._upper[key] = value


def recent(*, seconds: float, most: int) -> Callable[[Callable[..., T]], Recent[T]]:
    """Decorate a function with it."""
    return lambda work_out: Recent(work_out, seconds=seconds, most=most)
