"""Groups of short ideas, as many as there are: neighbours in common, communities, centroids, no crumbs.

Vectors of meaning, centred so that what all ideas of the evening share no longer counts, stand beside vectors of
spelling (pieces of words, weighed by how rare they are). Each idea is tied to its k ≈ 2.5·log2 n nearest, the stronger
the more neighbours two have in common (Jarvis & Patrick 1973); Louvain finds the communities; each idea then goes to
the nearest centroid, and a group of fewer than three joins the nearest other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log2

import numpy as np
from numpy.typing import NDArray

from facilitator.methods.clustering.embedding import Vectors, unit
from facilitator.methods.clustering.louvain import FREE, Graph, Labels, communities, renumbered
from facilitator.methods.clustering.wording import fragments

FEWEST = 3
"""Ideas that make a theme; what was placed by hand is one at any size."""
SPELLED = 0.15
"""Weight of spelling beside meaning."""
SPELLING_WIDTH = 64
NEIGHBOURS = 2.5
"""Ties of each idea, by the logarithm of how many there are; fewer where finer themes are asked for."""
REFINEMENTS = 10


@dataclass(frozen=True)
class Grouping:
    """Groups numbered from 0; `certainty` is the part of an idea's ties, by strength, that stay within its group."""

    labels: Labels
    certainty: NDArray[np.float64]
    space: Vectors


def grouped(vectors: Vectors, texts: Sequence[str], owners: Labels, resolution: float = 1.0) -> Grouping:
    """Groups of at least one idea; `owners` says who was put together by hand, and is FREE for the others."""
    space = _space(vectors, texts)
    graph = _tied(space, resolution)
    labels = communities(graph, owners, resolution)
    labels = _without_crumbs(space, _refined(space, labels, owners), owners)
    return Grouping(labels, _certainty(graph, labels), space)


def centroids(vectors: Vectors, labels: Labels) -> Vectors:
    """The direction of each group, by its number."""
    member = np.zeros((labels.max() + 1, len(labels)), np.float32)
    member[labels, np.arange(len(labels))] = 1
    return unit(member @ vectors)


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


def _tied(space: Vectors, resolution: float) -> Graph:
    size = len(space)
    near = min(size - 1, max(5, round(NEIGHBOURS * log2(size) / resolution))) if size > 1 else 0
    if not near:
        return np.zeros((size, size))
    alike = space @ space.T
    np.fill_diagonal(alike, -2)
    nearest = np.argpartition(-alike, near - 1, axis=1)[:, :near]
    chosen = np.zeros((size, size), np.float32)
    np.put_along_axis(chosen, nearest, 1, axis=1)
    both = chosen @ chosen.T
    shared = both / (2 * near - both) + np.float32(0.02)
    ties: Graph = (np.maximum(chosen, chosen.T) * np.maximum(alike, 1e-3) ** 2 * shared).astype(np.float64)
    return ties


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
