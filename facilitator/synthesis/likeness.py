"""What stands in the middle of a theme, what fits into it, and is there one like it in another activity?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from facilitator.methods.clustering import Middles, Vectors
from facilitator.methods.clustering.embedding import unit

ALIKE = 0.5
"""Least cosine of their middles. On the labelled lists halves of one narrow theme have .55 and more (95 %), different
themes at most .43 (99 %); of broad themes few are recognised, and hardly one wrongly."""

PERHAPS = 0.3
"""Enough to ask whether two are the same: in the demo's evenings those that are have .35 or more, others at most .2."""
ODD = 0.1
"""Share of a theme's ideas that may lie anywhere."""


def likes(
    vectors: Vectors, groups: Sequence[Sequence[int]], others: Sequence[Sequence[int]], least: float = ALIKE
) -> list[int | None]:
    """For each group the one among the others that it is most like, if that is most like it too; all by places."""
    if not groups or not others:
        return [None] * len(groups)
    units = unit(vectors)
    own = unit(units - units.mean(0))
    alike = _middles(own, groups) @ _middles(own, others).T
    best, back = alike.argmax(1), alike.argmax(0)
    return [
        int(other) if back[other] == group and alike[group, other] >= least else None
        for group, other in enumerate(best)
    ]


def central(vectors: Vectors, places: Sequence[int]) -> list[int]:
    """These places, those nearest to the middle of all of them first: what they say shows what they are about."""
    own = unit(vectors[list(places)])
    return [places[at] for at in np.argsort(-(own @ own.mean(0)), kind="stable")]


def fitting(vectors: Vectors, labels: Sequence[int | None], to: Middles) -> Callable[[int, int], bool]:
    """Says of an idea, by its place, and a theme whether it lies as near to its middle as all but the odd ones there.

    An idea about something new has a nearest theme too. With this, on narrow themes, a third as many of those are taken
    for clear, at the cost of one in twenty of the others (labelled lists, two of seven themes left out).
    """
    own = unit(unit(vectors) - to.everywhere)
    edges = {theme: _edge(own[[label == theme for label in labels]]) for theme in to.themes}
    return lambda place, theme: bool(own[place] @ to.themes[theme] >= edges[theme])


def _edge(own: Vectors) -> float:
    """How near the tenth least near of a theme's ideas is to the middle of the others; a single one tells nothing."""
    if len(own) < 2:
        return -1.0
    others = unit(own.sum(0) - own)
    return float(np.quantile((own * others).sum(1), ODD, method="inverted_cdf"))


def _middles(own: Vectors, groups: Sequence[Sequence[int]]) -> Vectors:
    return unit(np.array([own[list(places)].mean(0) for places in groups]))
