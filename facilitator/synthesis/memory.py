"""What each text means, as the thinker remembers it: while it lives, and on a shelf for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from facilitator.methods import clustering
from facilitator.methods.clustering.embedding import unit
from facilitator.synthesis.shelf import Half, Shelf

MOST_KNOWN = 20_000
"""Texts in memory: 25 MB."""


class Read(NamedTuple):
    """A vector for each text; `is_poor` when the language model is missing."""

    vectors: clustering.Vectors
    is_poor: bool


class Memory:
    """Vectors of texts: those that are known, those on the shelf, the others made now."""

    def __init__(self, path: Path | None = None) -> None:
        self._known: dict[str, Half] = {}
        self._shelf = Shelf(path) if path else None

    def read(self, texts: Sequence[str]) -> Read:
        self._make_room(texts)
        new = self._unknown(texts)
        if new and self._shelf:
            self._known.update(self._shelf.take(new))
            new = self._unknown(new)
        if new:
            model = clustering.best()
            if model.warning:  # vectors of another kind: they compare with none of those that are known
                return Read(clustering.embed(texts, model), True)
            self._learn(new, model)
        known = [self._known[text] for text in texts]
        return Read(unit(np.array(known, np.float32).reshape(len(known), clustering.WIDTH)), False)

    def _unknown(self, texts: Iterable[str]) -> list[str]:
        return [text for text in dict.fromkeys(texts) if text not in self._known]

    def _make_room(self, texts: Sequence[str]) -> None:
        if len(self._known) + len(self._unknown(texts)) > MOST_KNOWN:
            self._known.clear()

    def _learn(self, texts: list[str], model: clustering.Model) -> None:
        made = dict(zip(texts, clustering.embed(texts, model).astype(np.float16), strict=True))
        self._known.update(made)
        if self._shelf:
            self._shelf.put(made)
