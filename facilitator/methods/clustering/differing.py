"""Two sentences that are alike and still say two things: other numbers, the opposite, one thing in place of another."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import takewhile

from facilitator.methods.clustering.wording import HAN, phrases, spoken, stripped

EXCHANGED = 2
"""Words at most that stand in place of as many others, everything else being the same."""
KEPT = 4096
"""Sentences whose words are kept while their pairs are gone through."""
NUMERALS = dict(zip(phrases()["numerals"], "01223456789", strict=True))
COUNTED = re.compile(f"[{''.join(NUMERALS)}](?=[{phrases()['counted']}])")
PAUSES = re.compile("[，,；;。！!？?]")

Words = tuple[str, ...]


def differ(one: str, other: str) -> bool:
    """Whether each names a number, a gate or a day that the other doesn't, or one says the opposite of the other."""
    left, right = _marks(one), _marks(other)
    return bool(left - right and right - left) or _opposed(_sides(one), _sides(other)) or _denied(one, other)


def exchanged(one: str, other: str) -> tuple[Words, Words] | None:
    """The word or two of one that stand in the place of others in the other, where nothing else is different."""
    left, right = _words(one), _words(other)
    start = _same(left, right)
    left, right = left[start:], right[start:]
    end = _same(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    few = min(len(left), len(right)) > 0 and max(len(left), len(right)) <= EXCHANGED
    return (left, right) if few else None


def exclude(left: Words, right: Words) -> bool:
    """Whether these, one in place of the other, can't both be meant: high and low, a week and a month."""
    ours, theirs = _excluding(left), _excluding(right)
    return bool({place for place, _word in ours - theirs} & {place for place, _word in theirs - ours})


@lru_cache(KEPT)
def _excluding(words: Words) -> frozenset[tuple[int, str]]:
    line = f" {' '.join(words)} "
    return frozenset((place, word) for place, row in enumerate(_exclusive()) for word in row if word in line)


def _same(left: Words, right: Words) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


def _denied(one: str, other: str) -> bool:
    """Does one of them only say that what the other says is not so?"""
    left, right = _plain(one), _plain(other)
    return left[0] == right[0] and left[1] != right[1]


@lru_cache(KEPT)
def _words(text: str) -> Words:
    """Those that tell, and those that deny, with pauses: what follows one is rather added than exchanged."""
    parts = (spoken(part, _denials()) for part in PAUSES.split(stripped(text)))
    return tuple(word for part in parts for word in (*part, ",") if word not in _fillers())


@lru_cache(KEPT)
def _plain(text: str) -> tuple[str, int]:
    """Its words as if it denied nothing, and whether it does so oddly often."""
    line, denied = _negators().subn("", stripped(text).lower())
    return "".join(spoken(line)), denied % 2


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
def _fillers() -> frozenset[str]:
    return frozenset(phrases()["fillers"].split())


@cache
def _denials() -> frozenset[str]:
    return frozenset(phrases()["denials"].split())


@cache
def _negators() -> re.Pattern[str]:
    return re.compile("|".join(phrases()["negators"]))


@cache
def _exclusive() -> list[Words]:
    """Rows of words of which each excludes the others; those that aren't Chinese stand between spaces."""
    rows = (line.split() for line in phrases()["exclusive"])
    return [tuple(word if HAN.match(word) else f" {word} " for word in row) for row in rows]


@cache
def _marked() -> re.Pattern[str]:
    return re.compile("|".join(phrases()["marks"]))


@cache
def _opposites() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    return [(re.compile(one), re.compile(other)) for one, other in phrases()["opposites"]]
