"""Seats by simulated annealing, where no construction fits or something asked for has bent it.

Units move: a guest, a group kept together, or an empty seat (so that exchanging seats keeps the sizes within one).
The energy is the weight of `bound.py`, a price for each label beyond an even mix, and a small one for each table seen
again. Everything is counted in steps and never in seconds, so that a seed gives the same plan on any machine.

Source: Kirkpatrick, Gelatt & Vecchi, Optimization by Simulated Annealing, Science 220 (1983).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import exp, log

NEVER = 10_000
"""The price of seating a pair that is kept apart."""
UNEVEN = 3
"""The price of one label beyond an even mix, in repeat meetings."""
REVISIT = 0.1
BREATH = 500
"""Steps at one temperature, and between two calls of `pause`: some milliseconds."""


@dataclass
class Units:
    """What is to be seated, each unit by its index."""

    seats: list[int]
    """How many seats a unit takes."""
    weight: list[list[int]]
    """weight[u][v]: the pairs of guests that a meeting of u and v makes; 0 where they don't count."""
    price: list[list[int]]
    """price[u][v]: what the next meeting costs: weight times the meetings so far, or NEVER."""
    visits: list[list[int]]
    """visits[u][t]: how often a unit has been at a table before."""
    fixed: set[int]
    """Units that stay where they start."""
    roams: list[int]
    """How many guests of a unit would like a new table in every round."""
    labels: list[dict[int, int]] = field(default_factory=list)
    """labels[u][k]: how many guests of unit u carry label k."""
    limits: list[tuple[int, int]] = field(default_factory=list)
    """limits[k]: fewest and most of label k at a table of an even mix."""


@dataclass(frozen=True)
class Effort:
    """How long to search: steps from the first temperature to the last, and from the first again."""

    steps: int
    hot: float = 0.6
    cold: float = 0.12
    runs: int = 1
    polish: int = 100_000
    """Steps for fewer revisits once the target is reached, at a temperature where nothing else moves."""


Start = Callable[[random.Random], list[list[int]]]
"""Makes seats[r][u] = table, to begin a run with."""


def anneal(
    units: Units, tables: int, start: Start, target: int, effort: Effort, seed: int, pause: Callable[[], object]
) -> tuple[tuple[int, int], list[list[int]]]:
    """(energy, revisits) and seats[r][u] = table of the best met; ends early at energy `target` without revisits."""
    randomly = random.Random(seed)  # noqa: S311 - the same plan for the same seed, nothing secret
    best: tuple[tuple[int, int], list[list[int]]] | None = None
    for _ in range(effort.runs):
        run = _Run(units, tables, start(randomly), randomly)
        run.cool(target, effort, pause)
        if best is None or run.best_energy < best[0]:
            best = run.best_energy, run.best
        if best[0][0] <= target:
            break
    assert best is not None  # noqa: S101 - at least one run
    return best


class _Run:
    """One cooling: where everybody sits, and what the next meeting of any two would cost."""

    def __init__(self, units: Units, tables: int, seats: list[list[int]], randomly: random.Random) -> None:
        self.units, self.tables, self.random = units, tables, randomly
        self.seats = [[-1] * len(units.seats) for _ in seats]
        self.at: list[list[list[int]]] = [[[] for _ in range(tables)] for _ in seats]
        self.price = [row[:] for row in units.price]
        self.visits = [row[:] for row in units.visits]
        self.mix = [[[0] * len(units.limits) for _ in range(tables)] for _ in seats]
        self.energy = len(seats) * tables * sum(low for low, _ in units.limits) * UNEVEN
        self.revisits = 0
        for r, row in enumerate(seats):
            for unit, table in enumerate(row):
                self._sit(r, unit, table)
        self._keep()

    def cool(self, target: int, effort: Effort, pause: Callable[[], object]) -> None:
        movable = [unit for unit in range(len(self.units.seats)) if unit not in self.units.fixed]
        left, temperature = effort.steps // BREATH, effort.hot
        factor = exp(log(effort.cold / effort.hot) / left)
        while left > 0 and movable and self.tables > 1 and self.best_energy > (target, 0):
            if self.best_energy[0] <= target:
                left = min(left, effort.polish // BREATH)
                temperature = min(temperature, REVISIT / 3)
            pause()
            self._some_steps(movable, temperature)
            left, temperature = left - 1, temperature * factor

    def _some_steps(self, movable: list[int], temperature: float) -> None:
        choose, rounds = self.random.random, len(self.seats)
        for _ in range(BREATH):
            r, unit = int(choose() * rounds), movable[int(choose() * len(movable))]
            # Who sits well rarely gains by moving: look at those who don't, and sometimes at anybody.
            if choose() > 0.15 and not self._is_uneasy(r, unit):
                continue
            if self.units.seats[unit] > 1:
                self._exchange_group(r, unit, temperature)
            else:
                self._exchange(r, unit, movable[int(choose() * len(movable))], temperature)
            if (self.energy, self.revisits) < self.best_energy:
                self._keep()

    def _is_uneasy(self, r: int, unit: int) -> bool:
        table = self.seats[r][unit]
        price, weight = self.price[unit], self.units.weight[unit]
        return (
            any(price[other] > weight[other] for other in self.at[r][table])
            or (self.units.roams[unit] > 0 and self.visits[unit][table] > 1)
            or any(not low <= n <= high for n, (low, high) in zip(self.mix[r][table], self.units.limits, strict=True))
        )

    def _exchange(self, r: int, one: int, other: int, temperature: float) -> None:
        """Let two units of one seat change places, if the energy allows."""
        here, there = self.seats[r][one], self.seats[r][other]
        if here == there or self.units.seats[other] > 1:
            return
        energy, revisits = self._difference(r, one, other)
        if self._accepts(energy + REVISIT * revisits, temperature):
            self._rise(r, one)
            self._rise(r, other)
            self._sit(r, one, there)
            self._sit(r, other, here)

    def _difference(self, r: int, one: int, other: int) -> tuple[int, int]:
        """Energy and revisits if both changed places: the loop that takes the time of the whole search."""
        here, there = self.seats[r][one], self.seats[r][other]
        price, weight = self.price[one], self.units.weight[one]
        price2, weight2 = self.price[other], self.units.weight[other]
        energy = -2 * price[other]  # both loops meet the pair itself, which shares no table before or after
        for x in self.at[r][there]:
            energy += price[x] - price2[x] + weight2[x]
        for x in self.at[r][here]:
            energy += price2[x] - price[x] + weight[x]
        visits, visits2 = self.visits[one], self.visits[other]
        revisits = self.units.roams[one] * (visits[there] - visits[here] + 1)
        revisits += self.units.roams[other] * (visits2[here] - visits2[there] + 1)
        if self.units.limits:
            energy += self._mix_difference(r, one, other)
        return energy, revisits

    def _mix_difference(self, r: int, one: int, other: int) -> int:
        labels, labels2 = self.units.labels[one], self.units.labels[other]
        if labels == labels2:
            return 0
        here, there = self.mix[r][self.seats[r][one]], self.mix[r][self.seats[r][other]]
        energy = 0
        for k in {*labels, *labels2}:
            more = labels2.get(k, 0) - labels.get(k, 0)
            low, high = self.units.limits[k]
            energy += _beyond(here[k] + more, low, high) - _beyond(here[k], low, high)
            energy += _beyond(there[k] - more, low, high) - _beyond(there[k], low, high)
        return UNEVEN * energy

    def _exchange_group(self, r: int, group: int, temperature: float) -> None:
        """Let a group change places with as many seats of another table: done, and undone if the energy forbids."""
        here, there = self.seats[r][group], int(self.random.random() * self.tables)
        others = self._filling(r, there, self.units.seats[group])
        if here == there or others is None:
            return
        before = self.energy + REVISIT * self.revisits
        self._move(r, [group], there, others, here)
        if not self._accepts(self.energy + REVISIT * self.revisits - before, temperature):
            self._move(r, [group], here, others, there)

    def _filling(self, r: int, table: int, seats: int) -> list[int] | None:
        """Some units of the table that take just so many seats."""
        chosen: list[int] = []
        for unit in self.random.sample(self.at[r][table], len(self.at[r][table])):
            if unit not in self.units.fixed and self.units.seats[unit] <= seats:
                chosen.append(unit)
                seats -= self.units.seats[unit]
        return None if seats else chosen

    def _move(self, r: int, some: Sequence[int], there: int, others: Sequence[int], here: int) -> None:
        for unit in (*some, *others):
            self._rise(r, unit)
        for unit in some:
            self._sit(r, unit, there)
        for unit in others:
            self._sit(r, unit, here)

    def _accepts(self, energy: float, temperature: float) -> bool:
        return energy <= 0 or (energy < 12 * temperature and self.random.random() < exp(-energy / temperature))

    def _sit(self, r: int, unit: int, table: int) -> None:
        price, weight = self.price, self.units.weight[unit]
        for other in self.at[r][table]:
            self.energy += price[unit][other]
            price[unit][other] += weight[other]
            price[other][unit] += weight[other]
        self._mingle(r, unit, table, 1)
        self.revisits += self.units.roams[unit] * self.visits[unit][table]
        self.visits[unit][table] += 1
        self.at[r][table].append(unit)
        self.seats[r][unit] = table

    def _rise(self, r: int, unit: int) -> None:
        table = self.seats[r][unit]
        self.at[r][table].remove(unit)
        price, weight = self.price, self.units.weight[unit]
        for other in self.at[r][table]:
            price[unit][other] -= weight[other]
            price[other][unit] -= weight[other]
            self.energy -= price[unit][other]
        self._mingle(r, unit, table, -1)
        self.visits[unit][table] -= 1
        self.revisits -= self.units.roams[unit] * self.visits[unit][table]

    def _mingle(self, r: int, unit: int, table: int, sign: int) -> None:
        if not self.units.limits:
            return
        mix = self.mix[r][table]
        for k, number in self.units.labels[unit].items():
            low, high = self.units.limits[k]
            self.energy -= UNEVEN * _beyond(mix[k], low, high)
            mix[k] += sign * number
            self.energy += UNEVEN * _beyond(mix[k], low, high)

    def _keep(self) -> None:
        self.best_energy = self.energy, self.revisits
        self.best = [row[:] for row in self.seats]


def _beyond(number: int, low: int, high: int) -> int:
    """How many too many, or too few."""
    return max(0, low - number, number - high)
