"""The suggestion of themes: which idea in which, what each is called, what stays unsorted, and where late ones go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from facilitator.methods.clustering.embedding import Vectors, unit
from facilitator.methods.clustering.grouping import FEWEST, Grouping, grouped
from facilitator.methods.clustering.louvain import FREE, Labels
from facilitator.methods.clustering.naming import Naming
from facilitator.methods.clustering.wording import says_something, shown, stripped

COARSER, USUAL, FINER = 0.6, 1.0, 1.6
"""Grains: how many times as many themes as usual."""
UNCERTAIN = 0.2
"""An idea with a smaller part of its ties in its theme is left unsorted."""


@dataclass(frozen=True)
class Theme:
    """A theme by its number, with its ideas by their places."""

    number: int
    title: str
    keywords: list[str]
    central: int
    """The place of the idea that gave the title."""
    members: list[int]


@dataclass(frozen=True)
class Suggestion:
    """A theme's number for each idea, None for those left unsorted; themes by size, numbers of locked ones as given."""

    labels: list[int | None]
    themes: list[Theme]
    confidence: list[float]
    """0 to 1: how much of what ties an idea to its nearest lies within its theme; 1 for what was placed by hand."""

    @property
    def unsorted(self) -> list[int]:
        """Places of the ideas that are in no theme."""
        return [place for place, label in enumerate(self.labels) if label is None]


class Middles(NamedTuple):
    """Where all ideas and each theme have their middle; enough to place a late idea."""

    everywhere: Vectors
    themes: dict[int, Vectors]


class Near(NamedTuple):
    """The nearest theme, and how clearly it is: 0 if the next is as near or the idea lies apart from all, at most 1."""

    theme: int | None
    confidence: float


def suggest(
    vectors: Vectors, texts: Sequence[str], locked: Mapping[int, int] | None = None, grain: float = USUAL
) -> Suggestion:
    """Themes for these ideas. `locked` gives the theme of ideas placed by hand, by their places: these stay.

    Deterministic; another order of the ideas gives the same groups. Equal ideas are together unless locked apart.
    """
    locked = dict(locked or {})
    copies = _copies(texts, locked)
    numbers: list[int | None] = [locked.get(place) for place in range(len(texts))]
    confidence = [float(place in locked) for place in range(len(texts))]
    space = np.zeros((len(texts), 1), np.float32)
    if copies:
        first = [places[0] for places in copies]
        found, owners = _grouped(vectors, texts, first, locked, grain)
        space = np.zeros((len(texts), found.space.shape[1]), np.float32)
        counts = np.bincount(found.labels, weights=[len(places) for places in copies]).tolist()
        named = _numbered(found.labels, owners, counts, first)
        for row, places in enumerate(copies):
            number, certainty = named.get(int(found.labels[row])), float(found.certainty[row])
            for place in places:
                space[place] = found.space[row]
                if place not in locked and number is not None and certainty >= UNCERTAIN:
                    numbers[place], confidence[place] = number, certainty
    return Suggestion(numbers, _themes(numbers, texts, space), confidence)


def middles(vectors: Vectors, labels: Sequence[int | None]) -> Middles:
    """The middles of these themes, for `nearest`; at least one idea."""
    units = unit(vectors)
    everywhere = units.mean(0)
    own = unit(units - everywhere)
    members = _members(labels)
    return Middles(everywhere, {number: unit(own[places].mean(0)) for number, places in members.items()})


def nearest(vector: Vectors, to: Middles) -> Near:
    """The theme that a late idea is nearest to, as a suggestion; None if there is no theme or the idea says nothing."""
    own = unit(unit(vector) - to.everywhere)
    if not to.themes or not np.any(vector):
        return Near(None, 0.0)
    alike = sorted(((float(own @ middle), -number) for number, middle in to.themes.items()), reverse=True)
    best, theme = alike[0][0], -alike[0][1]
    second = max(0.0, alike[1][0]) if len(alike) > 1 else 0.0
    return Near(theme, max(0.0, min(1.0, best - second)))


def _copies(texts: Sequence[str], locked: Mapping[int, int]) -> list[list[int]]:
    """Places of ideas that say the same and stand in the same place, in an order that doesn't depend on theirs."""
    places: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        if says_something(text):
            places[stripped(text).casefold(), locked.get(place, FREE)].append(place)
    return [places[key] for key in sorted(places)]


def _grouped(
    vectors: Vectors, texts: Sequence[str], first: list[int], locked: Mapping[int, int], grain: float
) -> tuple[Grouping, list[int]]:
    themes = sorted(set(locked.values()))
    owners = [themes.index(locked[place]) if place in locked else FREE for place in first]
    found = grouped(vectors[first], [texts[place] for place in first], np.array(owners, np.intp), grain)
    return found, [locked.get(place, FREE) for place in first]


def _numbered(labels: Labels, locks: Sequence[int], counts: Sequence[float], first: Sequence[int]) -> dict[int, int]:
    """The number of each group: that of its lock, or the next free one, the greatest group first. None for crumbs."""
    held = {int(group): lock for group, lock in zip(labels, locks, strict=True) if lock != FREE}
    firsts = {
        group: min(place for place, label in zip(first, labels, strict=True) if label == group)
        for group in range(len(counts))
    }
    others = [group for group in range(len(counts)) if group not in held and counts[group] >= FEWEST]
    others.sort(key=lambda group: (-counts[group], firsts[group]))
    start = max([-1, *(lock for lock in locks if lock != FREE)]) + 1
    return held | {group: number for number, group in enumerate(others, start)}


def _themes(numbers: Sequence[int | None], texts: Sequence[str], space: Vectors) -> list[Theme]:
    naming, members = Naming(texts), _members(numbers)
    return [
        Theme(number, shown(texts[central]), keywords, central, places)
        for number, places in sorted(members.items())
        for keywords in [naming.keywords(places)]
        for central in [naming.title(places, space, keywords)]
    ]


def _members(labels: Sequence[int | None]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        if label is not None:
            members[label].append(place)
    return members
