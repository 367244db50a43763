"""What stands in the middle of a suggested theme, and is there one like it in another activity?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facilitator.methods.clustering import Vectors
from facilitator.methods.clustering.embedding import unit

ALIKE = 0.5
"""Least cosine of their middles. On the labelled lists halves of one narrow theme have .55 and more (95 %), different
themes at most .43 (99 %); of broad themes few are recognised, and hardly one wrongly."""

PERHAPS = 0.3
"""Enough to ask whether two are the same: in the demo's evenings those that are have .35 or more, others at most .2."""


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


def _middles(own: Vectors, groups: Sequence[Sequence[int]]) -> Vectors:
    return unit(np.array([own[list(places)].mean(0) for places in groups]))
