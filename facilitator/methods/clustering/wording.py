"""What an idea says once the polite words around it are gone: its words, its characters.

Lists of phrases stand in `phrases.json`: "please", "a suggestion about" say nothing of the theme.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

LONGEST = 300
"""Characters of an idea that count: what it is about is said by then."""
TITLE = 60
NAME = 24
"""Characters that the name of a theme has room for."""
SHORTEST, HEADING = 4, 10
"""Chinese characters, or twice as many letters, that say enough for a name, and that are read at a glance."""
ENDS = re.compile(r"(?<=\w)[\s。.！!，,；;、]+$")
PAUSES = re.compile(r"[，。；：！？,;:!?（(](?!\d)|\. |——| - ")
RARE = 5
"""Words seen less often by jieba's makers are left out."""
NAMING = {"n": 1.0, "v": 0.7, "j": 0.7, "a": 0.4, "b": 0.4, "i": 0.4, "l": 0.4, "s": 0.4, "t": 0.4}
"""What words of jieba's classes are worth in a name: nouns, verbs, … places, times; others (how many, this) nothing."""
OFTEN = 20_000
"""A word seen so often by jieba's makers counts half."""
PAIRED = 0.5
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
    """The idea as a title: one line, of a longer one the beginning that can stand over a column by itself."""
    line = ENDS.sub("", " ".join(text.split()))
    if width(line) > HEADING:
        ends = (stop.start() for stop in PAUSES.finditer(line) if width(line[: stop.start()]) >= SHORTEST)
        line = line[: next((end for end in ends if end <= NAME), len(line))]
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


def width(text: str) -> float:
    """Its length in Chinese characters; a letter is half of one."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.5 for letter in text)


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
    return (" " if LATIN.search(bare.lower()) else "").join(spoken(text)) or bare


def spoken(text: str, even: Collection[str] = ()) -> list[str]:
    """Its telling words, in their order; `even` those of the common ones."""
    found = (word for word in _cut(stripped(text).lower()) if LETTERS.search(word))
    return [word for word in found if word in even or word not in _common()]


def terms(text: str) -> frozenset[str]:
    """Words, and pairs of neighbouring Chinese words, that could name a theme."""
    words = [word for word in _cut(stripped(text).lower()) if word.strip()]
    things = ((a, b) for a, b in pairwise(words) if HAN.match(a) and HAN.match(b) and b not in _classes())
    pairs = {a + b for a, b in things if min(naming(a), naming(b)) >= PAIRED}
    return frozenset(pairs | {word for word in words if naming(word)})


@cache
def phrases() -> dict[str, Any]:
    """The lists of `phrases.json`, by their names."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("phrases.json").read_text(encoding="utf-8"))
    return found


def naming(word: str) -> float:
    """How well it names something, 0 to 1: things better than deeds, deeds better than times; common words hardly."""
    if len(word) < 2 or word in _common() or word in _nameless() or not LETTERS.search(word):
        return 0.0
    often = _segmenter().FREQ.get(word) or 0
    if HAN.match(word) and not often:
        return 0.0
    return NAMING.get(_classes().get(word, "n"), 0.0) / (1 + often / OFTEN)


def prepare() -> None:
    """Load the dictionary now (half a second), not with the first names."""
    _segmenter()


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
            word, count, kind = line.decode("utf-8").split()
            if int(count) >= RARE:
                counts[word] = int(count)
                if kind[0] != "n":
                    _classes()[word] = kind[0]
                for end in range(1, len(word)):
                    counts.setdefault(word[:end], 0)
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = counts, sum(counts.values()), True
    return tokenizer


@cache
def _classes() -> dict[str, str]:
    """Classes of the words that are no nouns, filled as the dictionary is read."""
    return {}


@cache
def _common() -> frozenset[str]:
    return frozenset(phrases()["common"].split())


@cache
def _nameless() -> frozenset[str]:
    return frozenset(phrases()["nameless"].split())


@cache
def _boilerplate() -> re.Pattern[str]:
    return re.compile("|".join(phrases()["boilerplate"]))
