"""Which judge sees which entries, when not everybody can see all: evenly, and so that panels overlap.

Panels that have no judge in common can't be calibrated, so judges and entries are joined in one piece wherever that can
be. Pairs of judges sit together about equally often, as in a balanced incomplete block design (Yates 1936), so that
each is measured against all the others.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from enum import StrEnum
from random import Random
from typing import TypeVar

from facilitator.methods.judging.overlapping import Group, overlapping

Judge = TypeVar("Judge", bound=Hashable)
Entry = TypeVar("Entry", bound=Hashable)

TRIES = 40
"""Exchanges tried for each seat of a panel to spread the pairs."""
MOST_TRIES = 20_000


class Reason(StrEnum):
    """Why there is no assignment, for an app that words it."""

    EACH = "each"
    """An entry is to be seen by no judge at all."""
    TWICE = "twice"
    """A judge or an entry is listed twice."""
    JUDGES = "judges"
    """There are fewer judges than each entry needs."""
    CONFLICTS = "conflicts"
    """There would be enough, but not enough who may judge these entries."""


class Impossible(ValueError):
    """No assignment: `reason` says why, `about` which entries (or who is listed twice) it is about."""

    def __init__(self, reason: Reason, about: Sequence[Hashable], message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.about = tuple(about)


def panels(
    judges: Sequence[Judge],
    entries: Sequence[Entry],
    each: int,
    conflicts: Collection[tuple[Judge, Entry]] = frozenset(),
) -> dict[Judge, list[Entry]]:
    """Judge → entries, in the order given: every entry is seen by `each` judges, none of them in conflict with it.

    Judges see equally many entries, or one more or less where that can't be; conflicts may force more. The same lists
    give the same assignment. Raises Impossible if there aren't enough judges for an entry.
    """
    _check(judges, entries, each, conflicts)
    barred = {(judges.index(j), entries.index(e)) for j, e in conflicts if j in judges and e in entries}
    draft = _Draft(len(judges), len(entries), barred)
    draft.fill(each)
    draft.level()
    draft.spread(Random(0))  # noqa: S311 (the same every time)
    draft.join()
    return {judge: [entry for e, entry in enumerate(entries) if j in draft.panels[e]] for j, judge in enumerate(judges)}


def connected(assignment: Mapping[Judge, Sequence[Entry]]) -> bool:
    """Whether all judges who see anything are joined by the entries they see, so that calibration can compare them."""
    return len(overlapping((judge, entry) for judge, seen in assignment.items() for entry in seen)) <= 1


def _check(
    judges: Sequence[Hashable], entries: Sequence[Hashable], each: int, conflicts: Collection[tuple[Hashable, Hashable]]
) -> None:
    if each < 1:
        raise Impossible(Reason.EACH, entries, "Every entry needs at least one judge.")
    if twice := [name for names in (judges, entries) for name, often in Counter(names).items() if often > 1]:
        raise Impossible(Reason.TWICE, twice, f"Listed twice: {_listed(twice)}.")
    if entries and len(judges) < each:
        raise Impossible(Reason.JUDGES, entries, f"{each} judges for each entry, but there are {len(judges)}.")
    known = set(judges)
    kept_out = Counter(entry for judge, entry in set(conflicts) if judge in known)
    if short := [entry for entry in entries if len(judges) - kept_out[entry] < each]:
        raise Impossible(Reason.CONFLICTS, short, f"Fewer than {each} judges may judge {_listed(short)}.")


class _Draft:
    """An assignment in the making: judges and entries are numbers."""

    def __init__(self, judges: int, entries: int, barred: set[tuple[int, int]]) -> None:
        self.judges = range(judges)
        self.barred = barred
        self.panels: list[set[int]] = [set() for _ in range(entries)]
        self.load = [0] * judges
        self.together: Counter[tuple[int, int]] = Counter()

    def fill(self, each: int) -> None:
        """Seat who has least to see, then who sat least with the others; first where few may judge."""
        eligible = [[judge for judge in self.judges if self._may(judge, entry)] for entry in range(len(self.panels))]
        for entry in sorted(range(len(self.panels)), key=lambda entry: len(eligible[entry])):
            for _ in range(each):
                left = [judge for judge in eligible[entry] if judge not in self.panels[entry]]
                self._seat(min(left, key=lambda judge: (self.load[judge], self._met(judge, entry), judge)), entry)

    def level(self) -> None:
        """Hand entries on, along chains of judges if need be, until no chain leads to somebody with two fewer."""
        while chain := next(filter(None, map(self._chain, self._loaded())), None):
            for giver, taker, entry in chain:
                self._move(giver, taker, entry)

    def spread(self, chance: Random) -> None:
        """Exchange two judges between two panels wherever pairs then sit together more evenly."""
        seats = self._seats()
        for _ in range(min(MOST_TRIES, TRIES * len(seats))):
            one, other = chance.randrange(len(seats)), chance.randrange(len(seats))
            (a, x), (b, y) = seats[one], seats[other]
            if self._can_exchange(a, x, b, y):
                before = self._exchange(a, x, b, y)
                if before < 0:
                    self._exchange(b, x, a, y)
                else:
                    seats[one], seats[other] = (b, x), (a, y)

    def join(self) -> None:
        """Join panels that don't overlap, if that can be, by exchanges, or else by moves that leave loads less even."""
        while step := next(self._joining(), None):
            for giver, taker, entry in step:
                self._move(giver, taker, entry)

    def _joining(self) -> Iterator[list[tuple[int, int, int]]]:
        """Ways to join two groups: they trade seats, of which one may be left without its group falling apart."""
        group = {judge: n for n, group in enumerate(self._groups()) for judge in group.judges}
        if len(set(group.values())) < 2:
            return
        seats = self._seats()
        spare = [(judge, entry) for judge, entry in seats if self._is_spare(judge, entry)]
        for a, x in spare:
            for b, y in seats:
                if group[a] != group[b] and self._can_exchange(a, x, b, y):
                    yield [(a, b, x), (b, a, y)]
        for a, x in spare:
            for b in sorted(group, key=lambda judge: (self.load[judge], judge)):
                if group[a] != group[b] and self._may(b, x):
                    yield [(a, b, x)]

    def _groups(self, but: tuple[int, int] | None = None) -> list[Group]:
        return overlapping(seat for seat in self._seats() if seat != but)

    def _is_spare(self, judge: int, entry: int) -> bool:
        """Whether judge and entry would still be joined without this seat."""
        return any(judge in group.judges and entry in group.entries for group in self._groups(but=(judge, entry)))

    def _seats(self) -> list[tuple[int, int]]:
        return [(judge, entry) for entry, panel in enumerate(self.panels) for judge in sorted(panel)]

    def _loaded(self) -> list[int]:
        """Judges who see at least two entries more than somebody else, who has most first."""
        above = [judge for judge in self.judges if self.load[judge] >= min(self.load) + 2]
        return sorted(above, key=lambda judge: -self.load[judge])

    def _chain(self, start: int) -> list[tuple[int, int, int]]:
        """(giver, taker, entry) from this judge on to one with at least two entries fewer; empty if there is none."""
        came: dict[int, tuple[int, int]] = {}
        waiting = deque([start])
        while waiting:
            giver = waiting.popleft()
            for taker, entry in self._takers(giver):
                if taker == start or taker in came:
                    continue
                came[taker] = (giver, entry)
                if self.load[taker] <= self.load[start] - 2:
                    return list(_back(taker, start, came))
                waiting.append(taker)
        return []

    def _takers(self, giver: int) -> Iterator[tuple[int, int]]:
        """Who could take which entry from this judge."""
        for entry, panel in enumerate(self.panels):
            if giver in panel:
                yield from ((judge, entry) for judge in self.judges if judge not in panel and self._may(judge, entry))

    def _may(self, judge: int, entry: int) -> bool:
        return (judge, entry) not in self.barred

    def _can_exchange(self, a: int, x: int, b: int, y: int) -> bool:
        return a not in self.panels[y] and b not in self.panels[x] and self._may(a, y) and self._may(b, x)

    def _exchange(self, a: int, x: int, b: int, y: int) -> int:
        """Let a and b change places between panels x and y; how much more evenly pairs sit together then."""
        return self._move(a, b, x) + self._move(b, a, y)

    def _move(self, giver: int, taker: int, entry: int) -> int:
        """Hand an entry on; how much Σ (times together)² falls, halved."""
        self.panels[entry].remove(giver)
        self.load[giver] -= 1
        gain = 0
        for other in self.panels[entry]:
            self.together[_pair(giver, other)] -= 1
            gain += self.together[_pair(giver, other)] - self.together[_pair(taker, other)]
            self.together[_pair(taker, other)] += 1
        self.panels[entry].add(taker)
        self.load[taker] += 1
        return gain

    def _seat(self, judge: int, entry: int) -> None:
        for other in self.panels[entry]:
            self.together[_pair(judge, other)] += 1
        self.panels[entry].add(judge)
        self.load[judge] += 1

    def _met(self, judge: int, entry: int) -> int:
        return sum(self.together[_pair(judge, other)] for other in self.panels[entry])


def _back(taker: int, start: int, came: Mapping[int, tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    while taker != start:
        giver, entry = came[taker]
        yield giver, taker, entry
        taker = giver


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _listed(names: Sequence[Hashable]) -> str:
    return ", ".join(map(str, names))
