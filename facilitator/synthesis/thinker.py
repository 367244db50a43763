"""Thinks about ideas in a process of its own: `python -m facilitator.synthesis.thinker` answers each line with one.

The language model takes 130 MB and some tenths of a second, which the room's server must not give. What was read once
is known for as long as the process lives: suggestions for the same ideas, finer or coarser, come at once. It ends with
the server, whose end of the pipe it reads from.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Sequence
from typing import Any

from facilitator.methods import clustering

MEMORY = 2048 * 2**20
MOST_KNOWN = 50_000
GRAINS = {"coarser": clustering.COARSER, "usual": clustering.USUAL, "finer": clustering.FINER}


def main() -> None:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    known: dict[str, Any] = {}
    for line in sys.stdin:
        question = json.loads(line)
        sys.stdout.write(json.dumps(ANSWERS[question.pop("about")](known, **question)) + "\n")
        sys.stdout.flush()


def themes(known: dict[str, Any], texts: list[str], locked: dict[str, int], grain: str) -> dict[str, Any]:
    """Suggested themes: `{"labels", "themes": [{"number", "title", "keywords", "members"}], "warning"}`."""
    model = clustering.best()
    vectors = _vectors(known, texts, model)
    placed = {int(place): theme for place, theme in locked.items()}
    found = clustering.suggest(vectors, texts, placed, GRAINS[grain])
    groups = [
        {"number": each.number, "title": each.title, "keywords": each.keywords, "members": each.members}
        for each in found.themes
    ]
    return {"labels": found.labels, "themes": groups, "warning": bool(model.warning)}


def doubles(known: dict[str, Any], texts: list[str]) -> list[tuple[int, int, float]]:
    """Pairs that may say the same, by their places, with the cosine of their meaning."""
    pairs = clustering.duplicates(texts, _vectors(known, texts, clustering.best()))
    return [(pair.first, pair.second, pair.meaning) for pair in pairs]


def _vectors(known: dict[str, Any], texts: Sequence[str], model: clustering.Model) -> Any:
    import numpy as np

    # Without the language model a vector depends on all the others: none can be kept.
    if model.warning:
        return clustering.embed(texts, model)
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if len(known) + len(new) > MOST_KNOWN:
        known.clear()
        new = list(dict.fromkeys(texts))
    if new:
        known.update(zip(new, clustering.embed(new, model), strict=True))
    return np.array([known[text] for text in texts])


ANSWERS: dict[str, Callable[..., Any]] = {"themes": themes, "doubles": doubles}

if __name__ == "__main__":
    main()
