"""Two sentences that are alike and still say two things: other numbers, the opposite, one thing in place of another."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import takewhile

from facilitator.methods.clustering.wording import phrases, spoken, stripped

EXCHANGED = 2
"""Words at most that stand in place of as many others, everything else being the same."""
KEPT = 4096
"""Sentences whose words are kept while their pairs are gone through."""
NUMERALS = dict(zip(phrases()["numerals"], "01223456789", strict=True))
COUNTED = re.compile(f"[{''.join(NUMERALS)}](?=[{phrases()['counted']}])")


def differ(one: str, other: str) -> bool:
    """Whether each names a number, a gate or a day that the other doesn't, or one says the opposite of the other."""
    left, right = _marks(one), _marks(other)
    return bool(left - right and right - left) or _opposed(_sides(one), _sides(other))


def exchanged(one: str, other: str) -> bool:
    """Whether a word or two of one stands in the place of others in the other, and nothing else is different."""
    left, right = _words(one), _words(other)
    start = _same(left, right)
    left, right = left[start:], right[start:]
    end = _same(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    return bool(start + end) and min(len(left), len(right)) > 0 and max(len(left), len(right)) <= EXCHANGED


def _same(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


@lru_cache(KEPT)
def _words(text: str) -> tuple[str, ...]:
    return tuple(spoken(text))


@lru_cache(KEPT)
def _marks(text: str) -> frozenset[str]:
    """三号楼 is 3号楼."""
    line = COUNTED.sub(lambda found: NUMERALS[found[0]], stripped(text).lower())
    return frozenset(found[0] for found in _marked().finditer(line))


@lru_cache(KEPT)
def _sides(text: str) -> tuple[int, int]:
    """Which of the opposites it says, a bit for each: those that stand first, those that stand second."""
    line = stripped(text).lower()
    one, other = (
        sum(1 << place for place, pair in enumerate(_opposites()) if pair[side].search(line)) for side in (0, 1)
    )
    return one & ~other, other & ~one


def _opposed(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return bool(one[0] & other[1] | one[1] & other[0])


@cache
def _marked() -> re.Pattern[str]:
    return re.compile("|".join(phrases()["marks"]))


@cache
def _opposites() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    return [(re.compile(one), re.compile(other)) for one, other in phrases()["opposites"]]
