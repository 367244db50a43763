"""`python -m tests.bench.tables`: what bringing tables' piles together is worth, on cafés made of labelled lists.

Each café has 2 to 12 tables and 4 to 8 of a list's labels; each table makes a pile of 1 to 6 ideas for 2 to 5 of them,
puts one idea in twelve into the wrong one, and halves one greater pile in seven. A pile is called by its most telling
word, by its shortest idea or by its label. How sure a method must be is what the thresholds show: the adjusted Rand
index against the labels, which part of the joined pairs of two tables is right, which part of the right ones is
joined, and how many groups there are for each label. Takes two minutes.
"""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import combinations
from statistics import fmean
from typing import NamedTuple

from facilitator.methods import clustering
from facilitator.methods.clustering import reconciling
from facilitator.methods.clustering.naming import Naming
from tests.bench.groupings import agreement
from tests.bench.themes import DATA, OURS, _sets

CAFES = 60
THRESHOLDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
WRONG, HALVED = 1 / 12, 1 / 7
Row = tuple[str, str]


class Pile(NamedTuple):
    table: int
    label: str
    ideas: list[str]
    name: str = ""


def main() -> None:
    for model in (clustering.best(), clustering.characters()):
        print(f"{model.name}: at each threshold ARI, precision, recall, groups for each label")
        for name, rows in (_sets(OURS, "ideas_*.csv") | _sets(DATA, "*.csv")).items():
            _print(name, [_cafe(rows, random.Random(f"{name} {seed}")) for seed in range(CAFES)], model)


def _print(name: str, cafes: list[list[Pile]], model: clustering.Model) -> None:
    read = [(piles, _read(piles, model)) for piles in cafes]
    for least in THRESHOLDS:
        reconciling.ALIKE = least
        figures = [_figures(piles, vectors) for piles, vectors in read]
        right, joined, same = (sum(each[part] for each in figures) for part in (2, 3, 4))
        means = f"{fmean(each[0] for each in figures):.2f} {right / max(1, joined):.2f} {right / same:.2f}"
        print(f"{name:<10} {least:.2f}   {means} {fmean(each[1] for each in figures):.2f}", flush=True)


def _read(piles: list[Pile], model: clustering.Model) -> clustering.Vectors:
    names = clustering.embed([pile.name for pile in piles], model)
    return clustering.pile_vectors(names, [clustering.embed(pile.ideas, model) for pile in piles])


def _figures(piles: list[Pile], vectors: clustering.Vectors) -> tuple[float, float, int, int, int]:
    tables, names = [pile.table for pile in piles], [pile.name for pile in piles]
    groups = clustering.reconciled(vectors, tables, names, [None] * len(piles))
    found = {place: number for number, group in enumerate(groups) for place in group}
    pairs = [(one, two) for one, two in combinations(range(len(piles)), 2) if tables[one] != tables[two]]
    joined = {pair for pair in pairs if found[pair[0]] == found[pair[1]]}
    same = {pair for pair in pairs if piles[pair[0]].label == piles[pair[1]].label}
    labels = [pile.label for pile in piles]
    ari = agreement(labels, [found[place] for place in range(len(piles))])[0]
    return ari, len(groups) / len(set(labels)), len(joined & same), len(joined), len(same)


def _cafe(rows: list[Row], chance: random.Random) -> list[Pile]:
    pools = defaultdict(list)
    for text, label in rows:
        pools[label].append(text)
    labels = chance.sample(sorted(pools), min(len(pools), chance.randint(4, 8)))
    for label in labels:
        chance.shuffle(pools[label])
    piles = [pile for table in range(chance.randint(2, 12)) for pile in _table(table, labels, pools, chance)]
    return _named(piles, chance)


def _table(table: int, labels: list[str], pools: dict[str, list[str]], chance: random.Random) -> list[Pile]:
    piles = []
    for label in chance.sample(labels, chance.randint(2, min(5, len(labels)))):
        ideas = [pools[label].pop() for _ in range(min(chance.randint(1, 6), len(pools[label])))]
        halves = [ideas[:2], ideas[2:]] if len(ideas) > 3 and chance.random() < HALVED else [ideas]
        piles += [Pile(table, label, half) for half in halves if half]
    return [pile._replace(ideas=[_misplaced(idea, piles, chance) for idea in pile.ideas]) for pile in piles]


def _misplaced(idea: str, piles: list[Pile], chance: random.Random) -> str:
    return chance.choice(chance.choice(piles).ideas) if chance.random() < WRONG else idea


def _named(piles: list[Pile], chance: random.Random) -> list[Pile]:
    naming, at, named = Naming([idea for pile in piles for idea in pile.ideas]), 0, []
    for pile in piles:
        words = naming.keywords(range(at, at + len(pile.ideas)))
        at += len(pile.ideas)
        shortest = min(pile.ideas, key=len)[:24]
        name = chance.choice([*words[:1], shortest, pile.label.replace("_", " ")])
        named.append(pile._replace(name=name))
    return named


if __name__ == "__main__":
    main()
