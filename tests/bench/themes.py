"""`python -m tests.bench.themes`: what suggested themes are worth, and what they cost.

Samples of 60, 200 and 500 ideas (fewer where there aren't as many) from 6 to 10 labels of each labelled set, the number
of groups left to the method; beside it the plain way: TF-IDF of character pairs and words, k-means told the true number
of groups. The sets lie beside the checkout, or where FACILITATOR_THEMES_DATA says: any CSV with `text` and `label`.
What is left unsorted counts as a group of its own. Seconds are the processor's, of one thread. Takes about a minute.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import comb, log
from pathlib import Path
from statistics import fmean, median
from typing import NamedTuple

import psutil

from facilitator.methods import clustering
from facilitator.methods.clustering.wording import fragments, prepare

import numpy as np  # isort: skip  # after our package, which keeps it to one thread

DATA = Path(os.environ.get("FACILITATOR_THEMES_DATA") or Path(__file__).parents[3] / "shared" / "data" / "clustering")
SIZES = (60, 200, 500)
SEEDS = 6
MOST = 10


class Sample(NamedTuple):
    name: str
    texts: list[str]
    labels: list[str]


class Figures(NamedTuple):
    ari: float
    nmi: float
    f1: float
    groups: float
    seconds: float


def main() -> None:
    if "--memory" in sys.argv:
        print(_own_memory())
        return
    sets = {path.stem: _read(path) for path in sorted(DATA.glob("*.csv"))}
    if not sets:
        print("Themes: the data isn't here, left out.")
        return
    prepare()
    measured: dict[int, list[Figures]] = defaultdict(list)
    print(f"{'set':<14} {'ideas':>5} {'method':<14} {'ARI':>6} {'NMI':>6} {'pair-F1':>8} {'k/k*':>6} {'seconds':>8}")
    for name, rows in sets.items():
        for size in SIZES:
            for line in _compared(name, rows, size, measured):
                print(line, flush=True)
    for part in (_goals, _cost):
        for line in part(measured):
            print(line, flush=True)


def _compared(name: str, rows: list, size: int, measured: dict[int, list[Figures]]) -> Iterator[str]:
    samples = [_sample(name, rows, size, seed) for seed in range(SEEDS)]
    for method, group in METHODS.items():
        figures = [_figures(sample, group) for sample in samples]
        if group is _suggested:
            measured[size] += figures
        means = [fmean(column) for column in zip(*figures, strict=True)]
        middle = median(one.groups for one in figures)
        shown = len(samples[0].texts)
        yield (
            f"{name:<14} {shown:>5} {method:<14} {means[0]:>6.3f} {means[1]:>6.3f} {means[2]:>8.3f} "
            f"{middle:>6.2f} {means[4]:>8.2f}"
        )


def _goals(measured: dict[int, list[Figures]]) -> Iterator[str]:
    at_200, at_500 = measured[200], measured[500]
    yield ""
    yield _goal("ARI at 200 ideas, mean", fmean(one.ari for one in at_200), "≥ 0.55", lambda value: value >= 0.55)
    middle = median(one.groups for one in at_200)
    yield _goal("k/k* at 200 ideas, median", middle, "1.0 ± 0.15", lambda value: abs(value - 1) <= 0.15)
    spent = max(one.seconds for one in at_500)
    yield _goal("500 ideas with stored vectors, most seconds", spent, "≤ 0.3", lambda value: value <= 0.3)


def _cost(_: dict[int, list[Figures]]) -> Iterator[str]:
    texts = [text for path in sorted(DATA.glob("*.csv")) for text, _ in _read(path)]
    many = (texts * (2000 // len(texts) + 1))[:2000]
    began = time.process_time()
    vectors = clustering.embed(many)
    embedded = time.process_time() - began
    clustering.suggest(vectors, many)
    clustering.duplicates(many, vectors)
    spent = time.process_time() - began
    yield _goal("an idea's vector, milliseconds", 1000 * embedded / len(many), "≤ 2", lambda value: value <= 2)
    yield _goal("2,000 ideas, all of it, seconds", spent, "< 5", lambda value: value < 5)
    told = subprocess.run([sys.executable, "-m", __spec__.name, "--memory"], capture_output=True, text=True, check=True)
    yield _goal("resident memory after 500 ideas, MB", float(told.stdout), "≤ 250", lambda value: value <= 250)


def _own_memory() -> float:
    texts = [text for path in sorted(DATA.glob("*.csv")) for text, _ in _read(path)[:250]][:500]
    vectors = clustering.embed(texts)
    clustering.suggest(vectors, texts)
    clustering.duplicates(texts, vectors)
    return psutil.Process().memory_info().rss / 1e6


def _goal(name: str, value: float, goal: str, reached) -> str:
    return f"{name:<46} {value:>8.2f}   {goal:<11} {'yes' if reached(value) else 'NO'}"


def _read(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["label"]) for row in csv.DictReader(file)]


def _sample(name: str, rows: list[tuple[str, str]], size: int, seed: int) -> Sample:
    chance = np.random.default_rng([seed, size])
    names = sorted({label for _, label in rows})
    wanted = min(int(chance.integers(6, MOST + 1)), len(names))
    chosen = set(chance.choice(names, wanted, replace=False).tolist())
    pool = [row for row in rows if row[1] in chosen]
    picked = chance.choice(len(pool), min(size, len(pool)), replace=False)
    return Sample(name, *map(list, zip(*(pool[place] for place in picked), strict=True)))


def _figures(sample: Sample, group) -> Figures:
    given = _vectors(sample.texts)
    began = time.process_time()
    found = group(sample, given)
    seconds = time.process_time() - began
    return Figures(*agreement(sample.labels, found), len(set(found) - {None}) / len(set(sample.labels)), seconds)


def _vectors(texts: Sequence[str]):
    missing = [text for text in texts if text not in KNOWN]
    KNOWN.update(zip(missing, clustering.embed(missing), strict=True))
    return np.array([KNOWN[text] for text in texts])


KNOWN: dict = {}


def _suggested(sample: Sample, vectors) -> list[int | None]:
    return clustering.suggest(vectors, sample.texts).labels


def _by_characters(sample: Sample, _) -> list[int | None]:
    return clustering.suggest(clustering.embed(sample.texts, clustering.characters()), sample.texts).labels


def _baseline(sample: Sample, _) -> list[int]:
    """TF-IDF and k-means, best of five starts, told how many labels there are."""
    pieces = [fragments(text) for text in sample.texts]
    common = Counter(piece for found in pieces for piece in found)
    place = {piece: column for column, piece in enumerate(sorted(common))}
    rows = np.zeros((len(pieces), len(place)), np.float32)
    for row, found in enumerate(pieces):
        for piece in found:
            rows[row, place[piece]] = log((1 + len(pieces)) / (1 + common[piece])) + 1
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    runs = [_k_means(rows, len(set(sample.labels)), seed) for seed in range(5)]
    return max(runs)[1]


def _k_means(rows, groups: int, seed: int) -> tuple[float, list[int]]:
    middles = rows[np.random.default_rng(seed).choice(len(rows), groups, replace=False)]
    for _ in range(30):
        labels = (rows @ middles.T).argmax(1)
        middles = np.stack([rows[labels == g].mean(0) if (labels == g).any() else middles[g] for g in range(groups)])
        middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-9)
    return float((rows @ middles.T).max(1).sum()), labels.tolist()


METHODS = {"suggested": _suggested, "by characters": _by_characters, "TF-IDF, k told": _baseline}


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


if __name__ == "__main__":
    main()
