"""A plan for all rounds: construct, bend to what was asked for, mend; search only where that isn't enough."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from facilitator.methods.rotation import counting
from facilitator.methods.rotation.annealing import NEVER, Effort, Units, anneal
from facilitator.methods.rotation.bound import Certificate, certificate, least_weight
from facilitator.methods.rotation.party import Impossible, Party, Reason, Rounds
from facilitator.methods.rotation.starting import Seats, bent, constructed, thrown


@dataclass(frozen=True)
class Plan:
    """Where everybody sits, and what can be said of it."""

    party: Party
    rounds: Rounds

    @property
    def hosts(self) -> list[int]:
        """The hosts, by table."""
        return [self.party.hosts[table] for table in sorted(self.party.hosts)]

    @cached_property
    def certificate(self) -> Certificate:
        """How many repeat meetings there are, and how many can't be avoided."""
        return certificate(self.party, self.rounds)

    @property
    def repeats(self) -> int:
        """Σ (meetings - 1) over the pairs that meet, those kept together among them."""
        return self.certificate.repeats

    @property
    def bound(self) -> int:
        """As few repeats as any plan has that lets as few pairs meet a third time."""
        return self.certificate.bound

    @property
    def is_proved_best(self) -> bool:
        """Whether no such plan has fewer repeats."""
        return self.certificate.is_proved_best

    @cached_property
    def revisits(self) -> int:
        """How often somebody who isn't meant to stay comes to a table again."""
        return counting.revisits(self.rounds, counting.staying(self.party))

    @cached_property
    def unevenness(self) -> int:
        """Guests of one label beyond an even mix, over all tables and rounds."""
        return counting.unevenness(self.party, self.rounds)


def plan(party: Party, seed: int = 0, *, pause: Callable[[], object] = lambda: None) -> Plan:
    """Seats for all rounds of the party: fewest repeat meetings, then fewest tables seen again.

    The same for the same seed. `pause` is called every few milliseconds of a search, to let others work.
    Raises `Impossible` if no plan was found that keeps guests apart; what contradicts itself, `Party` has refused.
    """
    return Plan(party, seat(party, seed, pause=pause))


def seat(
    party: Party, seed: int = 0, *, past: Rounds = (), pause: Callable[[], object] = lambda: None
) -> list[list[list[int]]]:
    """rounds[r][t] of the party's rounds. Whoever met in the `past` meets again now; tables have the same numbers."""
    first = None if past else _constructed(party, random.Random(seed))  # noqa: S311 - nothing secret
    if first is not None and _is_perfect(party, first):
        return _tables(party, first)
    found = _searched(party, first, past, seed, pause)
    _refuse_meetings(party, found)
    return found


def _constructed(party: Party, randomly: random.Random) -> Seats | None:
    seats = constructed(party)
    return seats and bent(party, seats, randomly)


def _is_perfect(party: Party, seats: Seats) -> bool:
    made = Plan(party, _tables(party, seats))
    apart = (
        any(frozenset(pair) in party.apart_pairs for pair in counting.meetings(made.rounds)) if party.apart else False
    )
    return made.is_proved_best and not (made.revisits or made.unevenness or apart)


def _tables(party: Party, seats: Seats) -> list[list[list[int]]]:
    rounds: list[list[list[int]]] = []
    for tables in seats:
        rounds.append([[] for _ in range(party.tables)])
        for guest in sorted(tables):
            rounds[-1][tables[guest]].append(guest)
    return rounds


def _searched(
    party: Party, first: Seats | None, past: Rounds, seed: int, pause: Callable[[], object]
) -> list[list[list[int]]]:
    crew = _Crew(party, past)
    target = 0 if past else least_weight(party)
    efforts = _efforts(party, mend=first is not None)
    found: list[tuple[tuple[int, int], list[list[int]]]] = []
    for effort in efforts:
        start = crew.start(first if effort.hot < 0.4 else None)
        found.append(anneal(crew.units, party.tables, start, target, effort, seed, pause))
        if found[-1][0][0] <= target:
            break
    return crew.tables(min(found, key=lambda one: one[0])[1])


def _efforts(party: Party, *, mend: bool) -> list[Effort]:
    """From seats that are nearly right one stays cool; a small party is cheap to begin again with."""
    seats = len(party.guests) * party.rounds
    gentle = Effort(steps=40_000 + 150 * seats, hot=0.3)
    thorough = Effort(steps=300_000 + 400 * seats, hot=0.4, runs=3 if seats < 300 else 1)
    return [gentle, thorough] if mend else [thorough]


def _refuse_meetings(party: Party, rounds: Rounds) -> None:
    met = {frozenset(pair) for pair in counting.meetings(rounds)} if party.apart else set()
    if wrong := met & party.apart_pairs:
        pair = sorted(min(wrong, key=sorted))
        raise Impossible(Reason.NOT_FOUND, pair, f"Found no plan that keeps {pair[0]} and {pair[1]} apart.")


class _Crew:
    """The party as units: groups, single guests, and as many empty seats as make all tables equal."""

    def __init__(self, party: Party, past: Rounds) -> None:
        self.party = party
        grouped = set().union(*party.together)
        self.members: list[tuple[int, ...]] = [tuple(sorted(group)) for group in party.together]
        self.members += [(guest,) for guest in party.guests if guest not in grouped]
        self.empty = -len(party.guests) % party.tables
        self.units = self._units(past)

    def _units(self, past: Rounds) -> Units:
        every, empty = self.members, self.empty
        hosts, staying = set(self.party.hosts.values()), counting.staying(self.party)
        labels, limits = self._labels()
        weight, price = self._prices(past)
        return Units(
            seats=[len(members) for members in every] + [1] * empty,
            weight=weight,
            price=price,
            visits=self._visits(past),
            fixed={unit for unit, members in enumerate(every) if hosts & set(members)},
            roams=[0 if staying & set(members) else len(members) for members in every] + [0] * empty,
            labels=labels,
            limits=limits,
        )

    def _prices(self, past: Rounds) -> tuple[list[list[int]], list[list[int]]]:
        sizes = [len(members) for members in self.members]
        weight = [[one * other for other in sizes] + [0] * self.empty for one in sizes]
        weight += [[0] * (len(sizes) + self.empty) for _ in range(self.empty)]
        price = [[0] * len(row) for row in weight]
        unit_of = {guest: unit for unit, members in enumerate(self.members) for guest in members}
        for (a, b), count in counting.meetings(past).items():
            if a in unit_of and b in unit_of:
                _both_ways(price, unit_of[a], unit_of[b], price[unit_of[a]][unit_of[b]] + count)
        empty = range(len(sizes), len(sizes) + self.empty)
        never = [(unit_of[a], unit_of[b]) for a, b in map(sorted, self.party.apart_pairs)]
        # Two empty seats at one table would make it two smaller than the fullest.
        never += [(one, other) for one in empty for other in empty if one < other]
        for one, other in never:
            _both_ways(price, one, other, NEVER)
            _both_ways(weight, one, other, 0)
        for unit in range(len(weight)):
            weight[unit][unit] = price[unit][unit] = 0
        return weight, price

    def _visits(self, past: Rounds) -> list[list[int]]:
        visits = [[0] * self.party.tables for _ in range(len(self.members) + self.empty)]
        unit_of = {guest: unit for unit, members in enumerate(self.members) for guest in members}
        for tables in past:
            for table, guests in enumerate(tables):
                for guest in guests:
                    if guest in unit_of and table < self.party.tables:
                        visits[unit_of[guest]][table] += 1
        return visits

    def _labels(self) -> tuple[list[dict[int, int]], list[tuple[int, int]]]:
        party = self.party
        every = [
            (c, label) for c, category in enumerate(party.categories) for label in dict.fromkeys(category.values())
        ]
        number = {key: k for k, key in enumerate(every)}
        labels = [
            dict(
                Counter(
                    number[c, category[guest]]
                    for guest in members
                    for c, category in enumerate(party.categories)
                    if guest in category
                )
            )
            for members in self.members
        ]
        totals = Counter(k for each in labels for k in each for _ in range(each[k]))
        limits = [(totals[k] // party.tables, -(-totals[k] // party.tables)) for k in range(len(every))]
        return [*labels, *({} for _ in range(self.empty))], limits

    def start(self, first: Seats | None) -> Callable[[random.Random], list[list[int]]]:
        """A start of the search from these seats, or from a throw."""

        def begin(randomly: random.Random) -> list[list[int]]:
            seats = first or [thrown(self.party, randomly) for _ in range(self.party.rounds)]
            return [self._by_unit(tables) for tables in seats]

        return begin

    def _by_unit(self, tables: dict[int, int]) -> list[int]:
        sizes = Counter(tables.values())
        short = [table for table in range(self.party.tables) if sizes[table] < self.party.sizes[0]]
        return [tables[members[0]] for members in self.members] + short

    def tables(self, seats: list[list[int]]) -> list[list[list[int]]]:
        """rounds[r][t] of the guests, from seats[r][unit]."""
        by_guest = [
            {guest: row[unit] for unit, members in enumerate(self.members) for guest in members} for row in seats
        ]
        return _tables(self.party, by_guest)


def _both_ways(matrix: list[list[int]], one: int, other: int, value: int) -> None:
    matrix[one][other] = matrix[other][one] = value
