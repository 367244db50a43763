"""What an idea says once the polite words around it are gone: its words, its characters.

Lists of phrases stand in `phrases.json`: "please", "a suggestion about" say nothing of the theme.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

LONGEST = 300
"""Characters of an idea that count: what it is about is said by then."""
TITLE = 60
RARE = 5
"""Words seen less often by jieba's makers are left out."""
LETTERS = re.compile(r"[^\W\d_]")
NOT_LETTERS = re.compile(r"[\W_]+")
LATIN = re.compile(r"[a-z0-9]")
HAN = re.compile(r"[\u3400-\u9fff]")


def stripped(text: str) -> str:
    """The idea without the polite words around it, one line; the whole of it where little else would remain."""
    readable = text[: 4 * LONGEST].encode("utf-8", "replace").decode("utf-8")
    whole = " ".join(unicodedata.normalize("NFKC", readable).split())[:LONGEST]
    bare = _boilerplate().sub("", whole).strip(" ,.?!，。？！、")
    return bare if len(bare) >= 3 else whole


def shown(text: str) -> str:
    """The idea as a title: one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


def says_something(text: str) -> bool:
    """Whether there is a letter in it: a row of emoji belongs to no theme."""
    return bool(LETTERS.search(unicodedata.normalize("NFKC", text)))


def characters(text: str) -> frozenset[str]:
    """Its different letters and digits, for comparing ideas that may be the same."""
    return frozenset(NOT_LETTERS.sub("", stripped(text).lower()))


def fragments(text: str) -> frozenset[str]:
    """Pieces that ideas about one thing share: pairs of Chinese characters; words and their parts of four letters."""
    found: set[str] = set()
    for run in re.findall(r"[a-z0-9]+|[^\W\d_a-z]+", stripped(text).lower()):
        if LATIN.match(run):
            marked = f"<{run}>"
            found.update([marked, *(marked[i : i + 4] for i in range(len(marked) - 3))])
        else:
            found.update([run] if len(run) == 1 else (run[i : i + 2] for i in range(len(run) - 1)))
    return frozenset(found)


def gist(text: str) -> str:
    """Its telling words in a row, the whole idea where there are none."""
    bare = stripped(text)
    words = [word for word in _cut(bare.lower()) if word not in _common() and LETTERS.search(word)]
    return (" " if LATIN.search(bare.lower()) else "").join(words) or bare


def terms(text: str) -> frozenset[str]:
    """Words, and pairs of neighbouring Chinese words, that could name a theme."""
    words = [word for word in _cut(stripped(text).lower()) if word.strip()]
    pairs = {a + b for a, b in pairwise(words) if HAN.match(a) and _names(a) and _names(b)}
    return frozenset(pairs | {word for word in words if _names(word)})


def prepare() -> None:
    """Load the dictionary now (half a second), not with the first names."""
    _segmenter()


def _names(word: str) -> bool:
    return len(word) > 1 and word not in _common() and bool(LETTERS.search(word))


def _cut(text: str) -> Iterator[str]:
    for run in re.findall(r"[\u3400-\u9fff]+|[^\W_]+(?:['’-][^\W_]+)*", text):
        yield from (_segmenter().cut(run, HMM=False) if HAN.match(run) else [run])


@cache
def _segmenter() -> Any:
    """The commoner words of jieba, in half of its memory; without its cache, a file that could be anybody's."""
    import jieba

    tokenizer = jieba.Tokenizer()
    counts: dict[str, int] = {}
    with tokenizer.get_dict_file() as file:
        for line in file:
            word, count, *_ = line.decode("utf-8").split(" ")
            if int(count) >= RARE:
                counts[word] = int(count)
                for end in range(1, len(word)):
                    counts.setdefault(word[:end], 0)
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = counts, sum(counts.values()), True
    return tokenizer


@cache
def _phrases() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("phrases.json").read_text(encoding="utf-8"))
    return found


@cache
def _common() -> frozenset[str]:
    return frozenset(_phrases()["common"].split())


@cache
def _boilerplate() -> re.Pattern[str]:
    return re.compile("|".join(_phrases()["boilerplate"]))
