"""Which judges and entries can be compared: those joined by sheets, directly or by way of others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from facilitator.methods.judging.marks import Entry, Judge


class Group(NamedTuple):
    """Judges and entries that overlap, and have nothing to do with those of any other group."""

    judges: list[Judge]
    entries: list[Entry]


def overlapping(pairs: Iterable[tuple[Judge, Entry]]) -> list[Group]:
    """The groups that (judge, entry) pairs fall into, each in the order in which its members came first."""
    pairs = list(dict.fromkeys(pairs))
    group: dict[tuple[str, Judge | Entry], Group] = {}
    for judge, entry in pairs:
        one = group.setdefault(("judge", judge), Group([judge], []))
        other = group.setdefault(("entry", entry), Group([], [entry]))
        if one is not other:
            joined = Group([*one.judges, *other.judges], [*one.entries, *other.entries])
            group |= {("judge", judge): joined for judge in joined.judges}
            group |= {("entry", entry): joined for entry in joined.entries}
    found = {id(each): (set(each.judges), set(each.entries)) for each in group.values()}.values()
    judges, entries = (list(dict.fromkeys(side)) for side in zip(*pairs, strict=True)) if pairs else ([], [])
    return [Group([j for j in judges if j in ours], [e for e in entries if e in theirs]) for ours, theirs in found]
