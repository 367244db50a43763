"""What a theme is called: two words that stand in it and hardly elsewhere, and the idea nearest to its middle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

import numpy as np

from facilitator.methods.clustering.embedding import Vectors
from facilitator.methods.clustering.wording import stripped, terms

KEYWORDS = 2
SHORT = 12
"""Chinese characters, or twice as many letters, that a title may have for nothing; each more costs a little."""
LONGER = 0.008


class Naming:
    """The words of all ideas, from which each theme takes its own."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._terms = [terms(text) for text in texts]
        self._everywhere = Counter(term for found in self._terms for term in found)

    def keywords(self, members: Sequence[int]) -> list[str]:
        """At most two, in order of how much they tell; a word said once only if none is said twice."""
        within = Counter(term for member in members for term in self._terms[member])
        often = [term for term, times in within.items() if times > 1]
        ordered = sorted(often or within, key=lambda term: (-self._telling(term, within[term], len(members)), term))
        return _apart(ordered)

    def title(self, members: Sequence[int], space: Vectors) -> int:
        """The place of the short idea nearest to the middle of the theme."""
        own = space[list(members)]
        middle = own @ own.mean(0)
        longer = [LONGER * max(0.0, _length(stripped(self._texts[member])) - SHORT) for member in members]
        return members[int((middle - np.array(longer)).argmax())]

    def _telling(self, term: str, times: int, size: int) -> float:
        everywhere = self._everywhere[term]
        rare = log(1 + len(self._texts) / everywhere)
        return times / size * rare * times / everywhere * (1.3 if _length(term) >= 4 else 1)


def _apart(ordered: Iterable[str]) -> list[str]:
    """The first ones of which none is part of another."""
    picked: list[str] = []
    for term in ordered:
        if not any(term in other or other in term for other in picked):
            picked.append(term)
        if len(picked) == KEYWORDS:
            break
    return picked


def _length(text: str) -> float:
    return sum(1.0 if ord(letter) > 0x2E7F else 0.5 for letter in text)
