"""What a theme is called: two words that stand in it and hardly elsewhere, and the idea nearest to its middle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

import numpy as np

from facilitator.methods.clustering.embedding import Vectors, unit
from facilitator.methods.clustering.wording import NAME, naming, shown, stripped, terms, width

KEYWORDS = 2
SHORT = 12
"""Chinese characters, or twice as many letters, that a title may have for nothing; each more costs a little."""
LONGER = 0.008
NAMED, ROOM = 0.1, 0.05
"""What it is worth that a title has one of the theme's words, and that a name has room for the whole idea."""
PAIR = 1.2
"""Worth of two words that are said together, beside the best single one."""


class Naming:
    """The words of all ideas, from which each theme takes its own."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        found = [terms(text) for text in texts]
        known = frozenset().union(*found)
        self._terms = [frozenset(_singular(term, known) for term in one) for one in found]
        self._everywhere = Counter(term for one in self._terms for term in one)

    def keywords(self, members: Sequence[int]) -> list[str]:
        """At most two, in order of how much they tell; a word said once only if none is said twice."""
        within = Counter(term for member in members for term in self._terms[member])
        often = [term for term, times in within.items() if times > 1]
        worth = {term: self._telling(term, within[term], len(members)) for term in often or filter(naming, within)}
        return _apart(sorted(worth, key=lambda term: (-worth[term], term)))

    def title(self, members: Sequence[int], space: Vectors, keywords: Sequence[str]) -> int:
        """The place of the short idea nearest to the middle of the theme, rather one with its words in the name."""
        own = space[list(members)]
        middle = own @ unit(own.mean(0))
        return members[int((middle + np.array([self._fit(member, keywords) for member in members])).argmax())]

    def _telling(self, term: str, times: int, size: int) -> float:
        everywhere = self._everywhere[term]
        rare = log(1 + len(self._texts) / everywhere)
        worth = naming(term) or PAIR
        return worth * times / size * rare * times / everywhere

    def _fit(self, member: int, keywords: Sequence[str]) -> float:
        idea = self._texts[member]
        named = any(word in shown(idea).lower() for word in keywords)
        return NAMED * named + ROOM * (len(idea) <= NAME) - LONGER * max(0.0, width(stripped(idea)) - SHORT)


def _singular(term: str, known: frozenset[str]) -> str:
    """Lamps are a lamp, where both are said."""
    return term[:-1] if term.endswith("s") and term[:-1] in known else term


def _apart(ordered: Iterable[str]) -> list[str]:
    """The first ones of which none is part of another."""
    picked: list[str] = []
    for term in ordered:
        if not any(term in other or other in term for other in picked):
            picked.append(term)
        if len(picked) == KEYWORDS:
            break
    return picked
