"""Who is to be seated, and what must hold at every table."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import combinations

Rounds = Sequence[Sequence[Sequence[int]]]
"""rounds[r][t] is the sorted list of guests at table t in round r; both count from 0. A closed table is empty."""


class Reason(StrEnum):
    """Why there is no plan, for an app that words it."""

    TABLES = "tables"
    HOSTS = "hosts"
    UNKNOWN = "unknown"
    TOGETHER_TOO_LARGE = "together too large"
    APART_TOO_MANY = "apart too many"
    APART_AND_TOGETHER = "apart and together"
    HOSTS_TOGETHER = "hosts together"
    NO_ROOM = "no room"
    NOT_FOUND = "not found"
    """The only one that isn't a proof: the search ended with guests together who are to be apart."""


class Impossible(ValueError):
    """What was asked contradicts itself. `reason` and `guests` say what, the message says it in English."""

    def __init__(self, reason: Reason, guests: Iterable[int], message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.guests = tuple(sorted(guests))


@dataclass(frozen=True)
class Party:
    """Guests for a number of tables and rounds; raises `Impossible` when nobody could seat them as asked.

    `guests`: distinct ids, the hosts among them. `hosts`: table → guest who stays there in all rounds.
    `apart`: groups no two of whom ever share a table. `together`: groups that always do; what overlaps is one group.
    `categories`: for each category the label of a guest, for an even mix; who has no label counts nowhere.
    """

    guests: tuple[int, ...]
    tables: int
    rounds: int
    hosts: Mapping[int, int]
    apart: tuple[frozenset[int], ...] = ()
    together: tuple[frozenset[int], ...] = ()
    categories: tuple[Mapping[int, Hashable], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "together", joined(self.together))
        for check in (_enough, _known, _groups_fit, _no_contradiction, _apart_fits):
            check(self)

    @property
    def sizes(self) -> list[int]:
        """Seats at each table, larger ones first; in a plan any table may be one of the larger ones."""
        seats, more = divmod(len(self.guests), self.tables)
        return [seats + 1] * more + [seats] * (self.tables - more)

    @cached_property
    def together_pairs(self) -> frozenset[frozenset[int]]:
        """Pairs that meet in every round because it was asked for."""
        return frozenset(_pairs(self.together))

    @cached_property
    def apart_pairs(self) -> frozenset[frozenset[int]]:
        """Pairs that may never meet, as it was asked for; an apart guest parts the whole of a together group."""
        group = {guest: members for members in self.together for guest in members}
        return frozenset(
            frozenset((one, other))
            for pair in _pairs(self.apart)
            for a, b in [tuple(pair)]
            for one in group.get(a, (a,))
            for other in group.get(b, (b,))
        )


def numbered(
    guests: int,
    tables: int,
    rounds: int,
    hosts: int = 0,
    *,
    apart: Iterable[Iterable[int]] = (),
    together: Iterable[Iterable[int]] = (),
    categories: Iterable[Mapping[int, Hashable]] = (),
) -> Party:
    """A party of `guests` people in all, numbered from 1; the first `hosts` of them stay, one at each table."""
    return Party(
        guests=tuple(range(1, guests + 1)),
        tables=tables,
        rounds=rounds,
        hosts={table: table + 1 for table in range(hosts)},
        apart=tuple(frozenset(group) for group in apart),
        together=tuple(frozenset(group) for group in together),
        categories=tuple(categories),
    )


def joined(groups: Iterable[frozenset[int]]) -> tuple[frozenset[int], ...]:
    """Groups that share a guest, as one; a group of one asks for nothing."""
    joined: list[frozenset[int]] = []
    for group in groups:
        touching = [other for other in joined if other & group]
        joined = [other for other in joined if not other & group] + [group.union(*touching)]
    return tuple(group for group in joined if len(group) > 1)


def _pairs(groups: Iterable[frozenset[int]]) -> Iterator[frozenset[int]]:
    return (frozenset(pair) for group in groups for pair in combinations(sorted(group), 2))


def _enough(party: Party) -> None:
    if party.rounds < 1 or party.tables < 1 or len(party.guests) < party.tables:
        message = f"{len(party.guests)} guests can't fill {party.tables} tables in {party.rounds} rounds."
        raise Impossible(Reason.TABLES, (), message)
    if any(not 0 <= table < party.tables for table in party.hosts):
        message = f"More hosts than tables: each of the {party.tables} tables has room for one."
        raise Impossible(Reason.HOSTS, party.hosts.values(), message)


def _known(party: Party) -> None:
    named = set(party.hosts.values()).union(*party.apart, *party.together)
    if unknown := named - set(party.guests):
        raise Impossible(Reason.UNKNOWN, unknown, f"Not among the guests: {_listed(unknown)}.")
    if len(set(party.guests)) < len(party.guests) or len(set(party.hosts.values())) < len(party.hosts):
        raise Impossible(Reason.UNKNOWN, (), "A guest is listed twice.")


def _groups_fit(party: Party) -> None:
    hosts = set(party.hosts.values())
    for group in party.together:
        if len(group) > party.sizes[0]:
            message = f"{_listed(group)} want to sit together, but a table has {party.sizes[0]} seats."
            raise Impossible(Reason.TOGETHER_TOO_LARGE, group, message)
        if len(group & hosts) > 1:
            message = f"{_listed(group & hosts)} host different tables and can't sit together."
            raise Impossible(Reason.HOSTS_TOGETHER, group & hosts, message)


def _no_contradiction(party: Party) -> None:
    for group in party.apart:
        for other in party.together:
            if len(both := group & other) > 1:
                message = f"{_listed(both)} are to be kept apart and together."
                raise Impossible(Reason.APART_AND_TOGETHER, both, message)


def _apart_fits(party: Party) -> None:
    """Mutually apart guests need a table each; hosts are apart by sitting at tables of their own."""
    for group in (*party.apart, *_cliques(party)):
        if len(group) > party.tables:
            message = (
                f"{len(group)} guests are to be kept apart, but there are {party.tables} tables: {_listed(group)}."
            )
            raise Impossible(Reason.APART_TOO_MANY, group, message)


def _cliques(party: Party) -> Iterator[frozenset[int]]:
    """For each guest who is kept apart, a set of guests all kept apart of each other, found greedily."""
    neighbours: dict[int, set[int]] = {}
    hosts = (frozenset(pair) for pair in combinations(party.hosts.values(), 2))
    for one, other in map(tuple, (*party.apart_pairs, *hosts)):
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    for guest in set().union(*party.apart):
        clique, left = {guest}, set(neighbours[guest]) if guest in neighbours else set()
        while left:
            best = max(left, key=lambda other: (len(neighbours[other] & left), -other))
            clique.add(best)
            left &= neighbours[best]
        yield frozenset(clique)


def _listed(guests: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(guests)))
