"""Louvain's method (Blondel et al. 2008): communities in a weighted graph, as many as there are.

Each node joins the neighbours it gains most with, communities become nodes, and again until nothing moves. The gain is
modularity's with a resolution γ (Reichardt & Bornholdt 2006): above 1 more and smaller communities. Nodes held in place
by hand come with an owner: those of one owner stand together from the start, those of two never meet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Graph = NDArray[np.float64]
"""Symmetric weights; the diagonal is what a node that was a community holds within, counted twice."""
Labels = NDArray[np.intp]

FREE = -1
TRIES = 3
ROUNDS = 20


def communities(graph: Graph, owners: Labels, resolution: float = 1.0) -> Labels:
    """The community of each node, numbered from 0: the best of a few tries in different orders, the same every time."""
    if not graph.sum():
        return _tied(owners)
    tries = [_communities(graph, owners, resolution, np.random.default_rng(seed)) for seed in range(TRIES)]
    return max(tries, key=lambda labels: _modularity(graph, labels, resolution))


def renumbered(labels: Labels) -> Labels:
    """The same groups, numbered from 0 without a gap."""
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def _communities(graph: Graph, owners: Labels, resolution: float, chance: np.random.Generator) -> Labels:
    labels = _tied(owners)
    while True:
        smaller, held = _merged(graph, labels), _owners(owners, labels)
        joined = renumbered(_moved(smaller, held, resolution, chance))
        if joined.max() + 1 == len(smaller):
            return labels
        labels = joined[labels]


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


def _moved(graph: Graph, owners: list[int], resolution: float, chance: np.random.Generator) -> Labels:
    """Nodes to the communities they gain most with, until nobody moves. Plain lists: arrays are slow one by one."""
    size, degrees = len(graph), graph.sum(1).tolist()
    ties = [_ties(graph, node) for node in range(size)]
    pull = resolution / float(graph.sum())
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


def _ties(graph: Graph, node: int) -> list[tuple[int, float]]:
    row = graph[node]
    near = np.flatnonzero(row)
    near = near[near != node]
    return list(zip(near.tolist(), row[near].tolist(), strict=True))


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
