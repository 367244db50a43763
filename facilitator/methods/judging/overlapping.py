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
    group: dict[tuple[str, Judge | Entry], Group] = {}
    for judge, entry in pairs:
        one = group.setdefault(("judge", judge), Group([judge], []))
        other = group.setdefault(("entry", entry), Group([], [entry]))
        if one is not other:
            joined = Group([*one.judges, *other.judges], [*one.entries, *other.entries])
            group |= {("judge", judge): joined for judge in joined.judges}
            group |= {("entry", entry): joined for entry in joined.entries}
    return list({id(each): each for each in group.values()}.values())
