"""The party as the search sees it: units that change places."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable
from itertools import combinations

from facilitator.methods.rotation import counting
from facilitator.methods.rotation.annealing import NEVER, Units
from facilitator.methods.rotation.bound import least_weight
from facilitator.methods.rotation.party import Party, Rounds
from facilitator.methods.rotation.starting import Seats, thrown


class Crew:
    """The party as units: groups, single guests, and as many empty seats as make all tables equal."""

    def __init__(self, party: Party, past: Rounds) -> None:
        self.party = party
        grouped = set().union(*party.together)
        self.members: list[tuple[int, ...]] = [tuple(sorted(group)) for group in party.together]
        self.members += [(guest,) for guest in party.guests if guest not in grouped]
        self.unit_of = {guest: unit for unit, members in enumerate(self.members) for guest in members}
        self.empty = -len(party.guests) % party.tables
        self.units = self._units(past)
        # With a past some may have to meet again whatever is done; how many isn't known.
        self.target = 0 if past else least_weight(party)

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
        """Weights, and what the next meeting costs, of all pairs of units."""
        sizes = [len(members) for members in self.members] + [0] * self.empty
        weight = [[one * other for other in sizes] for one in sizes]
        price = [[0] * len(sizes) for _ in sizes]
        for (a, b), count in counting.meetings(past).items():
            if {a, b} <= self.unit_of.keys():
                one, other = self.unit_of[a], self.unit_of[b]
                _both_ways(price, one, other, price[one][other] + count)
        for one, other in self._never():
            _both_ways(price, one, other, NEVER)
            _both_ways(weight, one, other, 0)
        for unit in range(len(sizes)):
            weight[unit][unit] = price[unit][unit] = 0
        return weight, price

    def _never(self) -> list[tuple[int, int]]:
        """Units kept apart. Two empty seats at one table would make it two smaller than the fullest."""
        apart = [(self.unit_of[a], self.unit_of[b]) for a, b in map(sorted, self.party.apart_pairs)]
        empty = range(len(self.members), len(self.members) + self.empty)
        return apart + list(combinations(empty, 2))

    def _visits(self, past: Rounds) -> list[list[int]]:
        visits = [[0] * self.party.tables for _ in range(len(self.members) + self.empty)]
        seats = ((table, guest) for tables in past for table, guests in enumerate(tables) for guest in guests)
        for table, guest in seats:
            if guest in self.unit_of and table < self.party.tables:
                visits[self.unit_of[guest]][table] += 1
        return visits

    def _labels(self) -> tuple[list[dict[int, int]], list[tuple[int, int]]]:
        """How many of each label a unit has, and how many of each a table should have."""
        carried = [Counter(key for guest in members for key in self._carries(guest)) for members in self.members]
        totals = sum(carried, Counter[tuple[int, Hashable]]())
        number = {key: k for k, key in enumerate(totals)}
        labels = [{number[key]: count for key, count in each.items()} for each in carried]
        limits = [(total // self.party.tables, -(-total // self.party.tables)) for total in totals.values()]
        return [*labels, *({} for _ in range(self.empty))], limits

    def _carries(self, guest: int) -> list[tuple[int, Hashable]]:
        return [(c, category[guest]) for c, category in enumerate(self.party.categories) if guest in category]

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
        return by_table(self.party, by_guest)


def by_table(party: Party, seats: Seats) -> list[list[list[int]]]:
    """rounds[r][t] of the guests, from seats[r][guest]."""
    rounds: list[list[list[int]]] = []
    for tables in seats:
        rounds.append([[] for _ in range(party.tables)])
        for guest in sorted(tables):
            rounds[-1][tables[guest]].append(guest)
    return rounds


def _both_ways(matrix: list[list[int]], one: int, other: int, value: int) -> None:
    matrix[one][other] = matrix[other][one] = value
