"""Thinks about ideas in a process of its own: `python -m facilitator.synthesis.thinker FILE`, a line for each line.

The language model takes 130 MB and some tenths of a second, which the room's server must not give. What was read once
is remembered (`memory.py`): suggestions for the same ideas, finer or coarser, come at once. It ends with the server,
whose end of the pipe it reads from, and when nobody has asked anything for long; the next question starts another.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any

from facilitator.methods import clustering
from facilitator.synthesis.likeness import PERHAPS, central, fitting, likes
from facilitator.synthesis.memory import Memory

MEMORY = 2048 * 2**20
IDLE = 45 * 60
"""Seconds without a question after which it gives its memory back."""
GRAINS = {"coarser": clustering.COARSER, "usual": clustering.USUAL, "finer": clustering.FINER}


def main() -> None:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    memory = Memory(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    signal.alarm(IDLE)
    for line in sys.stdin:
        signal.alarm(0)
        question = json.loads(line)
        sys.stdout.write(json.dumps(ANSWERS[question.pop("about")](memory, **question)) + "\n")
        sys.stdout.flush()
        signal.alarm(IDLE)


def read(memory: Memory, texts: list[str]) -> None:
    """Remember what these mean, before anybody asks."""
    clustering.prepare()
    memory.read(texts)


def themes(
    memory: Memory, texts: list[str], locked: dict[str, int], grain: str, others: list[list[str]]
) -> dict[str, Any]:
    """Suggested themes: `{"themes": [{"number", "title", "keywords", "members", "like"}], "warning"}`.

    Those first that are nearest to the middle of their theme.
    """
    vectors, is_poor = memory.read([*texts, *chain.from_iterable(others)])
    placed = {int(place): theme for place, theme in locked.items()}
    found = clustering.suggest(vectors[: len(texts)], texts, placed, GRAINS[grain])
    new = [each.members for each in found.themes if each.number not in placed.values()]
    like = iter(likes(vectors, new, _places(others, len(texts))))
    groups = [
        {
            "number": each.number,
            "title": each.title,
            "keywords": each.keywords,
            "members": central(vectors, each.members),
            "like": None if each.number in placed.values() else next(like),
        }
        for each in found.themes
    ]
    return {"themes": groups, "warning": is_poor}


def _places(others: list[list[str]], begin: int) -> list[range]:
    """Where each of these lists lies when they follow one another."""
    ends = list(accumulate((len(texts) for texts in others), initial=begin))
    return [range(start, end) for start, end in pairwise(ends)]


def doubles(memory: Memory, texts: list[str]) -> dict[str, Any]:
    """`{"pairs": [[place, place, do they hardly say two things]], "warning"}` of those that may say the same.

    The surest first.
    """
    vectors, is_poor = memory.read(texts)
    pairs = clustering.duplicates(texts, vectors)
    return {"pairs": [(pair.first, pair.second, pair.sure) for pair in pairs], "warning": is_poor}


def nearest(memory: Memory, texts: list[str], themes: dict[str, int]) -> dict[str, Any]:
    """`{"near": [[place, theme, how clearly, fits]], "warning"}` for each text without a theme that one is near to."""
    vectors, is_poor = memory.read(texts)
    labels = [themes.get(str(place)) for place in range(len(texts))]
    to = clustering.middles(vectors, labels)
    found = [(place, clustering.nearest(vectors[place], to)) for place, label in enumerate(labels) if label is None]
    inside = fitting(vectors, labels, to)
    near = [
        [place, each.theme, each.confidence, inside(place, each.theme)]
        for place, each in found
        if each.theme is not None
    ]
    return {"near": near, "warning": is_poor}


def kin(memory: Memory, texts: list[str], sizes: list[int], first: int) -> list[int | None]:
    """For each of the first groups the one of the others that it is most like, counted from the first of those.

    `sizes`: how many of the texts each group has, one group after the other.
    """
    ends = [0, *accumulate(sizes)]
    places = [range(start, end) for start, end in pairwise(ends)]
    return likes(memory.read(texts)[0], places[:first], places[first:], PERHAPS)


def piles(
    memory: Memory, names: list[str], notes: list[list[str]], tables: list[int], owners: list[int | None]
) -> dict[str, Any]:
    """Piles of several tables brought together: `{"groups": [[place]], "warning"}`, the most central of each first."""
    vectors, is_poor = memory.read([*names, *chain.from_iterable(notes)])
    said = [vectors[list(places)] for places in _places(notes, len(names))]
    about = clustering.pile_vectors(vectors[: len(names)], said)
    return {"groups": clustering.reconciled(about, tables, names, owners), "warning": is_poor}


ANSWERS: dict[str, Callable[..., Any]] = {
    "read": read,
    "themes": themes,
    "doubles": doubles,
    "nearest": nearest,
    "kin": kin,
    "piles": piles,
}

if __name__ == "__main__":
    main()
