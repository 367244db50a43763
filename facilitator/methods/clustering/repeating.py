"""Ideas that may be the same, said twice: offered to the facilitator, never merged by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from facilitator.methods.clustering.differing import differ, exchanged
from facilitator.methods.clustering.embedding import Vectors, unit
from facilitator.methods.clustering.wording import characters

MEANING = 0.70
"""Least cosine of their vectors, and"""
EXCHANGED = 0.80
"""where nothing but a word or two is exchanged, for a lamp that is broken is no swing that is broken; and"""
SPELLING = 0.30
"""least part of their characters in common (Jaccard). `python -m tests.bench.themes` tells what that is worth."""


class Pair(NamedTuple):
    """Two ideas by their places, the smaller first, and how alike they are."""

    first: int
    second: int
    meaning: float
    spelling: float


def duplicates(texts: Sequence[str], vectors: Vectors) -> list[Pair]:
    """Pairs alike in meaning and in spelling, by their places. Ideas without a letter or digit are like none."""
    if not texts:
        return []
    meaning, spelling = _cosines(vectors), _overlaps(texts)
    found = np.argwhere(np.triu((meaning >= MEANING) & (spelling >= SPELLING), 1))
    pairs = [Pair(int(i), int(j), float(meaning[i, j]), float(spelling[i, j])) for i, j in found]
    return [pair for pair in pairs if _one_idea(pair, texts[pair.first], texts[pair.second])]


def _one_idea(pair: Pair, one: str, other: str) -> bool:
    return not differ(one, other) and (pair.meaning >= EXCHANGED or not exchanged(one, other))


def _cosines(vectors: Vectors) -> Vectors:
    units = unit(vectors)
    cosines: Vectors = np.minimum(units @ units.T, np.float32(1))
    return cosines


def _overlaps(texts: Sequence[str]) -> Vectors:
    sets = [characters(text) for text in texts]
    place = {character: column for column, character in enumerate(sorted(frozenset().union(*sets)))}
    has = np.zeros((len(sets), len(place)), np.float32)
    for row, found in enumerate(sets):
        has[row, [place[character] for character in found]] = 1
    common, sizes = has @ has.T, has.sum(1)
    shares: Vectors = common / np.maximum(sizes[:, None] + sizes[None] - common, np.float32(1))
    return shares
