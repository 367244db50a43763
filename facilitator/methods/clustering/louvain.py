"""Louvain's method (Blondel et al. 2008): communities in a weighted graph, as many as there are.

Each node joins the neighbours it gains most with, communities become nodes, and again until nothing moves. The gain is
modularity's with a resolution γ (Reichardt & Bornholdt 2006): above 1 more and smaller communities. Nodes held in place
by hand come with an owner: those of one owner stand together from the start, those of two never meet.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Graph = NDArray[np.float64]
"""Symmetric weights; the diagonal is what a node that was a community holds within, counted twice."""
Labels = NDArray[np.intp]

FREE = -1
TRIES = 3
ROUNDS = 20


class _Level(NamedTuple):
    """A graph whose nodes are communities of another, as plain lists: arrays are slow one by one."""

    owners: list[int]
    degrees: list[float]
    ties: list[list[tuple[int, float]]]
    """Of each node: its neighbours and how strongly it is tied to them."""


def communities(graph: Graph, owners: Labels, resolution: float = 1.0) -> Labels:
    """The community of each node, numbered from 0: the best of a few tries in different orders, the same every time."""
    if not graph.sum():
        return _tied(owners)
    start = _level(graph, owners, _tied(owners))
    tries = [_communities(graph, owners, start, resolution, np.random.default_rng(seed)) for seed in range(TRIES)]
    return max(tries, key=lambda labels: _modularity(graph, labels, resolution))


def renumbered(labels: Labels) -> Labels:
    """The same groups, numbered from 0 without a gap."""
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def _communities(graph: Graph, owners: Labels, level: _Level, resolution: float, chance: np.random.Generator) -> Labels:
    labels = _tied(owners)
    while True:
        joined = renumbered(_moved(level, resolution, chance))
        if joined.max() + 1 == len(level.ties):
            return labels
        labels = joined[labels]
        level = _level(graph, owners, labels)


def _level(graph: Graph, owners: Labels, labels: Labels) -> _Level:
    merged = _merged(graph, labels)
    return _Level(_owners(owners, labels), merged.sum(1).tolist(), _ties(merged))


def _tied(owners: Labels) -> Labels:
    """Every free node by itself, those of one owner together."""
    free = np.arange(len(owners)) + len(owners)
    first = {owner: place for place, owner in reversed(list(enumerate(owners.tolist())))}
    return renumbered(np.where(owners == FREE, free, [first[owner] for owner in owners.tolist()]))


def _owners(owners: Labels, labels: Labels) -> list[int]:
    held = np.full(labels.max() + 1, FREE)
    np.maximum.at(held, labels, owners)
    return [int(owner) for owner in held]


def _merged(graph: Graph, labels: Labels) -> Graph:
    size = int(labels.max()) + 1
    rows, columns = np.nonzero(graph)
    sums = np.bincount(labels[rows] * size + labels[columns], graph[rows, columns], size * size)
    return sums.reshape(size, size).astype(np.float64)


def _moved(level: _Level, resolution: float, chance: np.random.Generator) -> Labels:
    """Nodes to the communities they gain most with, until nobody moves."""
    owners, degrees, ties = level
    size, pull = len(ties), resolution / sum(degrees)
    home, total, held = list(range(size)), list(degrees), list(owners)
    for _ in range(ROUNDS):
        moves = 0
        for node in chance.permutation(size).tolist():
            here, owner = home[node], owners[node]
            total[here] -= degrees[node]
            links = {here: 0.0}
            for near, weight in ties[node]:
                there = home[near]
                if owner == FREE or held[there] in (FREE, owner):
                    links[there] = links.get(there, 0.0) + weight
            best = _best(links, here, total, pull * degrees[node])
            total[best] += degrees[node]
            if best != here:
                home[node], moves = best, moves + 1
                if owner != FREE:
                    held[here], held[best] = FREE, owner
        if not moves:
            break
    return np.array(home, np.intp)


def _ties(graph: Graph) -> list[list[tuple[int, float]]]:
    rows, columns = np.nonzero(graph)
    ties: list[list[tuple[int, float]]] = [[] for _ in graph]
    for row, column, weight in zip(rows.tolist(), columns.tolist(), graph[rows, columns].tolist(), strict=True):
        if row != column:
            ties[row].append((column, weight))
    return ties


def _best(links: dict[int, float], here: int, total: list[float], pull: float) -> int:
    """The community with the greatest gain; the present one unless another is better."""
    best, most = here, links[here] - pull * total[here]
    for there, weight in links.items():
        gain = weight - pull * total[there]
        if gain > most + 1e-12:
            best, most = there, gain
    return best


def _modularity(graph: Graph, labels: Labels, resolution: float) -> float:
    between = _merged(graph, labels)
    whole = between.sum()
    return float(np.trace(between) / whole - resolution * ((between.sum(1) / whole) ** 2).sum())
