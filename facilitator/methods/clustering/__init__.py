"""Themes: short ideas, in Chinese or English, grouped by what they are about and named in their own words.

`embed(texts)` gives vectors (kept with each idea), `suggest(vectors, texts, locked, FINER)` a `Suggestion`; a late idea
goes to `nearest(vector, middles(vectors, labels))`, and `duplicates(texts, vectors)` are offered. `best().warning` says
so when the language model is missing. Import it where it is used: numpy comes with it, and with the first vectors and
names a model of 130 MB and a dictionary of 60 MB, which the room's server can do without. Arithmetic keeps to one
thread, unless the environment says otherwise: the other cores are the room's, and threads that wait for them are slow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from facilitator.methods.clustering.embedding import CHARACTERS, ENCODER, WIDTH, Model, Vectors, best, characters, embed
from facilitator.methods.clustering.reconciling import pile_vectors, reconciled
from facilitator.methods.clustering.repeating import Pair, duplicates
from facilitator.methods.clustering.suggesting import (
    COARSER,
    FINER,
    USUAL,
    Middles,
    Near,
    Suggestion,
    Theme,
    middles,
    nearest,
    suggest,
)
from facilitator.methods.clustering.wording import prepare

__all__ = [
    "CHARACTERS",
    "COARSER",
    "ENCODER",
    "FINER",
    "USUAL",
    "WIDTH",
    "Middles",
    "Model",
    "Near",
    "Pair",
    "Suggestion",
    "Theme",
    "Vectors",
    "best",
    "characters",
    "duplicates",
    "embed",
    "middles",
    "nearest",
    "pile_vectors",
    "prepare",
    "reconciled",
    "suggest",
]
