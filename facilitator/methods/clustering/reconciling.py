"""Piles that several tables made of their own notes, brought together into common themes.

Average linkage (Sokal & Michener 1958) under constraints, as Davidson & Ravi (2005, "Agglomerative hierarchical
clustering with constraints") describe it: two piles of one table are never joined, for the table said that they differ;
what a facilitator has placed by hand, and what tables called by the same name, is joined before all else. Of the others
those two groups are joined that are most alike on average, until none are alike enough. A pile like no other stays.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from facilitator.methods.clustering.embedding import Vectors, unit
from facilitator.methods.clustering.louvain import FREE

NAME = 0.5
"""Weight of a pile's name beside the middle of its notes."""
FEW = 4
"""Piles whose common part can't yet be told from what they are about: so much less of it is taken off."""
ALIKE = 0.05
"""Least mean cosine of two groups that are joined: within .02 of the best adjusted Rand index on four labelled lists.

Cafés made of these (`python -m tests.bench.tables`) reach .53 (English ideas), .62 (Chinese ideas), .82 (a bank's
questions) and .50 (complaints by department); of the pairs of piles joined 74, 84, 92 and 74 % are of one label. With
characters in place of the encoder it is .20 to .24 (the bank's questions .80), and 58 to 75 % of the pairs are right.
"""


def pile_vectors(names: Vectors, notes: Sequence[Vectors]) -> Vectors:
    """What each pile is about, (n, width): the middle of its notes, at least one, and its name; without what is common.

    What all piles of the evening share says nothing of any of them.
    """
    middles = unit(np.array([said.mean(0) for said in notes]))
    about = unit(middles + np.float32(NAME) * names)
    return unit(about - about.mean(0) * np.float32(len(about) / (len(about) + FEW)))


def reconciled(
    vectors: Vectors, tables: Sequence[int], names: Sequence[str], owners: Sequence[int | None]
) -> list[list[int]]:
    """Groups of piles by their places, those of most piles first; in each the one nearest to its middle comes first.

    `owners` is the theme into which a facilitator has put a pile, None for the others. Piles of one theme are together
    and those of two are not; else no group has two piles of one table. Deterministic; another order of the piles gives
    the same groups.
    """
    held = np.array([FREE if owner is None else owner for owner in owners], np.intp)
    order = sorted(range(len(tables)), key=lambda at: (tables[at], names[at], held[at], vectors[at].tobytes()))
    rows = vectors[order]
    groups = _Groups(rows @ rows.T, _apart(np.array(tables, np.intp)[order], held[order]))
    groups.join_known(held[order].tolist(), [key(names[at]) for at in order])
    groups.join_alike()
    found = sorted((sorted(each) for each in groups.members if each), key=lambda each: (-len(each), each))
    return [[order[at] for at in _from_the_middle(rows, each)] for each in found]


def _apart(tables: NDArray[np.intp], owners: NDArray[np.intp]) -> NDArray[np.bool_]:
    held = owners != FREE
    by_hand = held[:, None] & held & (owners[:, None] != owners)
    return np.asarray((tables[:, None] == tables) | by_hand)


class _Groups:
    """Groups of piles; each is known by any of its piles, and kept in the row of its first."""

    def __init__(self, alike: NDArray[np.floating], apart: NDArray[np.bool_]) -> None:
        self.members = [[at] for at in range(len(alike))]
        self._row = list(range(len(alike)))
        self._sums, self._sizes = alike.astype(np.float64), np.ones(len(alike))
        self._apart = apart | np.eye(len(alike), dtype=bool)

    def may_join(self, one: int, other: int) -> bool:
        return not self._apart[self._row[one], self._row[other]]

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self._row[one], self._row[other]))
        if first == second:
            return
        for at in self.members[second]:
            self._row[at] = first
        self.members[first] += self.members[second]
        self.members[second] = []
        self._sizes[first] += self._sizes[second]
        self._sums[first] += self._sums[second]
        self._sums[:, first] += self._sums[:, second]
        self._apart[first] |= self._apart[second]
        self._apart[:, first] = self._apart[first]
        self._apart[second] = self._apart[:, second] = True

    def join_known(self, owners: Sequence[int], names: Sequence[str]) -> None:
        """First what lies in one theme, then what has one name, where the tables didn't say that it differs."""
        for one, other in _equal_pairs(owners):
            if owners[one] != FREE:
                self.join(one, other)
        for one, other in _equal_pairs(names):
            if self.may_join(one, other):
                self.join(one, other)

    def join_alike(self) -> None:
        """Always the two that are most alike, by the mean of their piles' likeness."""
        for _each in range(len(self._row) - 1):
            means = np.where(self._apart, -np.inf, self._sums / np.outer(self._sizes, self._sizes))
            one, other = np.unravel_index(means.argmax(), means.shape)
            if means[one, other] < ALIKE:
                return
            self.join(int(one), int(other))


def _equal_pairs(words: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """The first place of each word with each other place of it."""
    first: dict[Hashable, int] = {}
    for at, word in enumerate(words):
        if word in first:
            yield first[word], at
        first.setdefault(word, at)


def key(name: str) -> str:
    """What is the same in two names that are the same."""
    return " ".join(name.split()).casefold()


def _from_the_middle(rows: Vectors, members: list[int]) -> list[int]:
    own = rows[members]
    return [members[at] for at in np.argsort(-(own @ own.mean(0)), kind="stable")]
