"""Groups of short ideas, as many as there are: neighbours in common, communities, centroids, no crumbs.

Vectors of meaning, centred so that what all ideas of the evening share no longer counts, stand beside vectors of
spelling (pieces of words, weighed by how rare they are). Each idea moves a third of the way to its nearest others, so
that chance wording counts less. It is tied to its k ≈ 1.5·√n nearest, the stronger the more neighbours two have in
common (Jarvis & Patrick 1973); Louvain finds the communities; each idea then goes to the nearest centroid, and a group
of fewer than three joins the nearest other. Finer and coarser divide and join these groups (`dividing`).

Tried on all labelled lists, and worse: whitening, without the widest directions, more weight for spelling. Within
chance: widest directions made wider, twice the neighbours to move towards, more tries of Louvain, centroids among ideas
as they stand, groups found again once the scatter within them is evened out, a consensus of nine graphs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from facilitator.methods.clustering.dividing import divided, joined
from facilitator.methods.clustering.embedding import Vectors, centroids, unit
from facilitator.methods.clustering.louvain import FREE, Graph, Labels, communities, renumbered
from facilitator.methods.clustering.wording import fragments

FEWEST = 3
"""Ideas that make a theme; what was placed by hand is one at any size."""
SPELLED = 0.15
"""Weight of spelling beside meaning."""
SPELLING_WIDTH = 64
NEIGHBOURS, FEWEST_TIES, MOST_TIES = 1.5, 5, 40
"""Ties of each idea, by the square root of how many there are; the least and the most of them."""
NEAREST = 0.4
"""Ideas that each one moves towards, by the same root, and"""
STAYS = 2.0
"""the weight of its own place beside each of theirs at most."""
REFINEMENTS = 10


@dataclass(frozen=True)
class Grouping:
    """Groups numbered from 0; `certainty` is the part of an idea's ties, by strength, that stay within its group."""

    labels: Labels
    certainty: NDArray[np.float64]
    space: Vectors


def grouped(vectors: Vectors, texts: Sequence[str], owners: Labels, grain: float = 1.0) -> Grouping:
    """Groups of at least one idea; `owners` says who was put together by hand, and is FREE for the others.

    `grain` is how many times as many groups are wished for; certainty is that of the usual grain.
    """
    own = _space(vectors, texts)
    space = _among_nearest(own)
    graph = _tied(space)
    labels = communities(graph, owners)
    labels = _without_crumbs(space, _refined(space, labels, owners), owners)
    certainty = _certainty(graph, labels)
    if grain > 1:
        labels = divided(space, labels, owners, grain, FEWEST)
    elif grain < 1:
        labels = joined(space, labels, owners, grain)
    return Grouping(labels, certainty, own)


def _space(vectors: Vectors, texts: Sequence[str]) -> Vectors:
    units = unit(vectors)
    meaning, spelling = unit(units - units.mean(0)), _spelling(texts)
    return unit(np.hstack([meaning, np.sqrt(np.float32(SPELLED)) * spelling]))


def _spelling(texts: Sequence[str]) -> Vectors:
    """What they share in writing, in as few numbers as say most of it (latent semantic analysis, Deerwester 1990)."""
    pieces = [fragments(text) for text in texts]
    common = Counter(piece for found in pieces for piece in found)
    place = {piece: column for column, piece in enumerate(sorted(p for p, times in common.items() if times > 1))}
    rare = np.array([log(len(texts) / common[piece]) + 0.1 for piece in place], np.float32)
    has = np.zeros((len(texts), len(place)), np.float32)
    for row, found in enumerate(pieces):
        has[row, [place[piece] for piece in found if piece in place]] = 1
    return unit(_reduced(unit(has * rare)))


def _reduced(rows: Vectors) -> Vectors:
    """Their most telling directions, found by a few turns of subspace iteration (Halko et al. 2011)."""
    width = min(SPELLING_WIDTH, *rows.shape)
    if not width:
        return np.zeros((len(rows), 1), np.float32)
    basis = rows.T @ np.random.default_rng(0).standard_normal((len(rows), width), np.float32)
    for _ in range(3):
        basis = np.linalg.qr(rows.T @ (rows @ np.linalg.qr(basis)[0]))[0]
    reduced = rows @ basis
    centred: Vectors = (reduced - reduced.mean(0)).astype(np.float32)
    return centred


def _among_nearest(space: Vectors) -> Vectors:
    """Every idea moved towards those nearest to it: neighbourhoods say more than one sentence does."""
    near = min(len(space) - 1, round(NEAREST * sqrt(len(space))))
    if near < 1:
        return space
    alike = space @ space.T
    nearest = _nearest(alike, near)
    pull = np.zeros_like(alike)
    np.put_along_axis(pull, nearest, np.maximum(np.take_along_axis(alike, nearest, 1), 0), axis=1)
    return unit(np.float32(STAYS) * space + pull @ space)


def _tied(space: Vectors) -> Graph:
    size = len(space)
    near = min(size - 1, MOST_TIES, max(FEWEST_TIES, round(NEIGHBOURS * sqrt(size))))
    if near < 1:
        return np.zeros((size, size))
    alike = space @ space.T
    chosen = np.zeros((size, size), np.float32)
    np.put_along_axis(chosen, _nearest(alike, near), 1, axis=1)
    both = chosen @ chosen.T
    shared = both / (2 * near - both) + np.float32(0.02)
    ties: Graph = (np.maximum(chosen, chosen.T) * np.maximum(alike, 1e-3) ** 2 * shared).astype(np.float64)
    np.fill_diagonal(ties, 0)
    return ties


def _nearest(alike: Vectors, near: int) -> NDArray[np.intp]:
    others = -alike
    np.fill_diagonal(others, 2)
    return np.argpartition(others, near - 1, axis=1)[:, :near]


def _refined(space: Vectors, labels: Labels, owners: Labels) -> Labels:
    """Every free idea in the group whose centroid is nearest, until that is so."""
    free = owners == FREE
    for _ in range(REFINEMENTS):
        nearest = (space @ centroids(space, labels).T).argmax(1)
        moved = renumbered(np.where(free, nearest, labels))
        if (moved == labels).all():
            break
        labels = moved
    return labels


def _without_crumbs(space: Vectors, labels: Labels, owners: Labels) -> Labels:
    while True:
        sizes = np.bincount(labels)
        sizes[labels[owners != FREE]] = len(labels) + 1
        smallest = int(sizes.argmin())
        if sizes[smallest] >= FEWEST or len(sizes) == 1:
            return labels
        middles = centroids(space, labels)
        alike = middles @ middles[smallest]
        alike[smallest] = -2
        labels = renumbered(np.where(labels == smallest, alike.argmax(), labels))


def _certainty(graph: Graph, labels: Labels) -> NDArray[np.float64]:
    within = (graph * (labels[:, None] == labels[None])).sum(1)
    every = graph.sum(1)
    return np.where(every > 0, within / np.maximum(every, 1e-12), 1.0)
