"""Ideas that may be the same, said twice: offered to the facilitator, never merged by themselves.

The encoder tells that a lamp is broken from a swing that is broken less well than that both are about the same thing.
So what is alike is looked at once more: other numbers and opposites are two ideas (`differing`), and where a word or
two stand in the place of others, those words must mean the same as well: a lift is an elevator, and no ramp.
`python -m tests.bench.themes` tells what that is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from facilitator.methods.clustering.differing import Words, differ, exchanged, exclude
from facilitator.methods.clustering.embedding import Vectors, embed, unit
from facilitator.methods.clustering.wording import HAN, fragments

SPELLED = 0.3
"""Weight of spelling beside meaning."""
SURE, PERHAPS = 0.85, 0.63
"""Both together, of those that are offered first, and at least."""
THIRD, APART = 3, 0.08
"""What is less than sure must stand out, for in a list on one thing all is alike: so much nearer than the third nearest
(as Lowe 2004 matches pictures). Lists of 250 ideas, 25 of them said twice, then offer a third less for nothing and lose
one in a hundred."""
EXCHANGED = 1.2
"""Least sum of the cosines of two ideas and of the words that are exchanged in them."""

Fragments = frozenset[str]


class Pair(NamedTuple):
    """Two ideas by their places, the smaller first, and how alike they are, up to 1."""

    first: int
    second: int
    meaning: float
    """Cosine of their vectors."""
    spelling: float
    """How much of the one with fewer pieces of words is in the other, which may only say more."""

    @property
    def alike(self) -> float:
        """Meaning and spelling together: up to 1.3."""
        return self.meaning + SPELLED * self.spelling

    @property
    def sure(self) -> bool:
        """Is it hardly another idea? Of others the facilitator is asked whether they say the same, perhaps."""
        return self.alike >= SURE


def duplicates(texts: Sequence[str], vectors: Vectors) -> list[Pair]:
    """Pairs that may say the same, the surest first. Ideas without a letter or digit are like none."""
    if len(texts) < 2:
        return []
    pairs = [pair for pair in _alike(texts, vectors) if not differ(texts[pair.first], texts[pair.second])]
    apart = _on_other_things(pairs, texts)
    return sorted((pair for pair in pairs if pair not in apart), key=lambda pair: (-pair.alike, pair))


def _alike(texts: Sequence[str], vectors: Vectors) -> Iterator[Pair]:
    pieces = [fragments(text) for text in texts]
    meaning = _cosines(vectors, [bool(each) for each in pieces])
    clear = _standing_out(meaning)
    hopeful = (meaning >= SURE - SPELLED) | (clear & (meaning >= PERHAPS - SPELLED))
    firsts, seconds = np.nonzero(np.triu(hopeful, 1))
    least = np.where(clear, PERHAPS, SURE)[firsts, seconds]
    columns = (firsts, seconds, meaning[firsts, seconds], least)
    for first, second, cosine, enough in zip(*(column.tolist() for column in columns), strict=True):
        spelling = _within(pieces[first], pieces[second])
        if cosine + SPELLED * spelling >= enough:
            yield Pair(first, second, cosine, spelling)


def _cosines(vectors: Vectors, telling: list[bool]) -> Vectors:
    units = unit(vectors) * np.array(telling, np.float32)[:, None]
    cosines: Vectors = np.minimum(units @ units.T, np.float32(1))
    return cosines


def _standing_out(meaning: Vectors) -> NDArray[np.bool_]:
    """Which two lie together where others don't: at least one of them is clearly less like its third nearest."""
    others = meaning.copy()
    np.fill_diagonal(others, -2)
    third = -min(THIRD, len(others))
    clearly = meaning >= np.partition(others, third, axis=1)[:, third, None] + APART
    return clearly | clearly.T


def _within(one: Fragments, other: Fragments) -> float:
    return len(one & other) / min(len(one), len(other))


def _on_other_things(pairs: Sequence[Pair], texts: Sequence[str]) -> set[Pair]:
    """Those where words stand in the place of others that mean something else."""
    found = ((pair, exchanged(texts[pair.first], texts[pair.second])) for pair in pairs)
    swaps = {pair: words for pair, words in found if words}
    vectors = _vectors({words for swap in swaps.values() for words in swap})
    return {
        pair
        for pair, (left, right) in swaps.items()
        if exclude(left, right) or pair.meaning + float(vectors[left] @ vectors[right]) < EXCHANGED
    }


def _vectors(said: set[Words]) -> dict[Words, Vectors]:
    """All at once: that is ten times as quick as one after the other."""
    ordered = sorted(said)
    lines = [("" if HAN.match(words[0]) else " ").join(words) for words in ordered]
    return dict(zip(ordered, embed(lines), strict=True))
