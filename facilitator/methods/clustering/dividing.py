"""Finer and coarser: the usual groups divided where they are widest, or joined where they are nearest.

So a finer theme always lies within a usual one, and a facilitator finds again what she has read. By hand stays: what
has one owner is never divided, groups of two owners are never joined.
"""

from __future__ import annotations

import numpy as np

from facilitator.methods.clustering.embedding import Vectors, centroids
from facilitator.methods.clustering.louvain import FREE, Labels, renumbered

TURNS = 20


def divided(space: Vectors, labels: Labels, owners: Labels, grain: float, fewest: int) -> Labels:
    """About `grain` times as many groups, one more at least, as far as there are `fewest` ideas for each."""
    labels, whole = labels.copy(), set[int]()
    wanted = max(_count(labels) + 1, round(_count(labels) * grain))
    while _count(labels) < wanted:
        widths = _widths(space, labels)
        widths[list(whole)] = -1
        widest = int(widths.argmax())
        if widths[widest] < 0:
            break
        members = np.flatnonzero(labels == widest)
        second = _second_half(space[members], owners[members], fewest)
        if second is None:
            whole.add(widest)
        else:
            labels[members[second]] = _count(labels)
    return labels


def joined(space: Vectors, labels: Labels, owners: Labels, grain: float) -> Labels:
    """About `grain` times as many groups, one fewer at least, as far as owners allow."""
    wanted = max(1, min(_count(labels) - 1, round(_count(labels) * grain)))
    while _count(labels) > wanted:
        sizes = np.bincount(labels)
        middles = centroids(space, labels)
        # Ward's cost of joining two, so that great groups don't swallow the rest
        cost = (1 - middles @ middles.T) * (sizes[:, None] * sizes / (sizes[:, None] + sizes))
        held = np.isin(np.arange(len(sizes)), labels[owners != FREE])
        cost[np.tri(len(sizes), dtype=bool) | (held[:, None] & held)] = np.inf
        if not np.isfinite(cost).any():
            break
        one, other = np.unravel_index(cost.argmin(), cost.shape)
        labels = renumbered(np.where(labels == other, one, labels))
    return labels


def _count(labels: Labels) -> int:
    return int(labels.max()) + 1


def _widths(space: Vectors, labels: Labels) -> Vectors:
    """How far the ideas of each group lie from its middle, all together."""
    apart = 1 - (space * centroids(space, labels)[labels]).sum(1)
    return np.bincount(labels, apart).astype(np.float32)


def _second_half(space: Vectors, owners: Labels, fewest: int) -> Labels | None:
    """The places of the half without an owner, None where it can't be divided: two-means from the widest direction."""
    kept = owners != FREE
    side = _along_widest(space)
    for _ in range(TURNS):
        if kept.any() and side[kept].mean() > 0.5:
            side = ~side
        side[kept] = False
        if min(side.sum(), (~side).sum()) < fewest:
            return None
        middles = centroids(space, side.astype(np.intp))
        moved = space @ middles[1] > space @ middles[0]
        if (moved == side).all():
            break
        side = moved
    side[kept] = False
    return np.flatnonzero(side) if min(side.sum(), (~side).sum()) >= fewest else None


def _along_widest(space: Vectors) -> np.ndarray:
    centred = space - space.mean(0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    along = centred @ direction
    return np.asarray(along > np.median(along))
