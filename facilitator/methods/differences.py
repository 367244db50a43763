"""What changed between two texts: Chinese by the character, Latin by the word, read as a person would mark it.

Whole sentences are compared first and only what is left of them piece by piece, so that a moved or rewritten sentence
isn't torn into syllables that happen to agree (difflib's matching of blocks, Ratcliff and Obershelp 1988).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

SAME, GONE, NEW = "same", "gone", "new"
TOKEN = re.compile(r"[0-9A-Za-z\u00c0-\u024f'’]+|\s|.", re.DOTALL)
SENTENCE = re.compile(r".*?(?:[。！？；.!?]+[”’」）\"]*\s*|\n+|$)", re.DOTALL)
ALIKE = 0.35
"""Of two stretches less alike than this, one is said to have taken the other's place."""
SHORTEST = 2
"""Characters that must agree between two changes, else they are one."""
MOST = 4_000_000
"""Pairs that are looked at, else one text has taken the other's place: ten thousand full stops would take minutes."""


class Piece(NamedTuple):
    """A stretch of text."""

    kind: str
    """same, gone or new."""
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The pieces in order; without those that are gone they are `after`, without those that are new `before`."""
    pieces = (
        piece
        for one, other in _blocks(_parts(SENTENCE, before), _parts(SENTENCE, after))
        for piece in _within("".join(one), "".join(other))
    )
    return list(_settled(list(_joined(pieces))))


def _parts(pattern: re.Pattern[str], text: str) -> list[str]:
    return [part for part in pattern.findall(text) if part]


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Stretches of the one beside stretches of the other; those that agree are equal."""
    if len(before) * len(after) > MOST:
        yield before, after
        return
    for _tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield before[a:b], after[c:d]


def _within(before: str, after: str) -> Iterator[Piece]:
    if before == after:
        yield Piece(SAME, before)
        return
    one, other = _parts(TOKEN, before), _parts(TOKEN, after)
    if len(one) * len(other) <= MOST:
        matcher = SequenceMatcher(None, one, other, autojunk=False)
        if matcher.ratio() >= ALIKE:
            for tag, a, b, c, d in matcher.get_opcodes():
                yield from _changed("".join(one[a:b]), "".join(other[c:d]), tag == "equal")
            return
    yield from _changed(before, after, same=False)


def _changed(before: str, after: str, same: bool) -> Iterator[Piece]:
    if same:
        yield Piece(SAME, before)
        return
    yield from (piece for piece in (Piece(GONE, before), Piece(NEW, after)) if piece.text)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind become one; within a change what is gone comes first."""
    gone = new = ""
    for piece in pieces:
        if piece.kind == SAME:
            yield from _changed(gone, new, same=False)
            gone = new = ""
            yield piece
        else:
            gone, new = gone + piece.text * (piece.kind == GONE), new + piece.text * (piece.kind == NEW)
    yield from _changed(gone, new, same=False)


def _settled(pieces: list[Piece]) -> Iterator[Piece]:
    """A single character that agrees between two changes belongs to both, or one reads confetti."""
    widened: list[Piece] = []
    for at, piece in enumerate(pieces):
        between = 0 < at < len(pieces) - 1 and piece.kind == SAME and len(piece.text) < SHORTEST
        if between and piece.text.strip() and _is_both(pieces[at - 1], pieces[at - 2 : at - 1]) and _begins(pieces, at):
            widened += [Piece(GONE, piece.text), Piece(NEW, piece.text)]
        else:
            widened.append(piece)
    yield from _same_joined(_joined(iter(widened)))


def _is_both(last: Piece, before: Sequence[Piece]) -> bool:
    return last.kind == NEW and any(piece.kind == GONE for piece in before)


def _begins(pieces: Sequence[Piece], at: int) -> bool:
    return [piece.kind for piece in pieces[at + 1 : at + 3]] == [GONE, NEW]


def _same_joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in pieces:
        if last and last.kind == piece.kind:
            last = Piece(last.kind, last.text + piece.text)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last
