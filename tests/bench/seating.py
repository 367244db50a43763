"""`python -m tests.bench.seating`: World Café seating, measured on this machine, one process.

The halls that must have no repeat meeting; the share of all halls of 3 to 30 tables whose plan is at the bound, and of
those where no plan at all could have fewer repeats, not even with more third meetings; what the constraints cost; and
what a tenth of the guests coming and going does to the others. Takes a minute or two.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from facilitator.methods.rotation import Course, Party, Plan, exchange, numbered, plan, under_way

HALLS = [(16, 4, 4, 4), (16, 4, 4, 0), (20, 4, 4, 4), (32, 8, 6, 0), (32, 8, 6, 8), (60, 10, 3, 0), (60, 10, 3, 10)]
HALLS += [(93, 15, 4, 15), (108, 15, 4, 15), (200, 25, 4, 0), (200, 25, 4, 25), (500, 60, 3, 0), (500, 60, 3, 60)]
GRID = list(product(range(3, 31), range(4, 9), range(3, 6)))
CHURN = [(60, 12, 3, 0), (60, 10, 3, 10), (93, 15, 4, 15), (200, 25, 4, 0), (500, 60, 3, 60)]
RUNS = 20


def main() -> None:
    for part in (_halls, _grid, _constraints, _churn):
        for line in part():
            print(line, flush=True)
        print()


def _halls() -> Iterator[str]:
    yield "guests/tables/rounds, hosts   repeats  bound  revisits  seconds"
    for guests, tables, rounds, hosts in HALLS:
        made, seconds = _timed(numbered(guests, tables, rounds, hosts))
        name = f"{guests}/{tables}/{rounds}, {hosts}"
        yield f"{name:<28} {made.repeats:>8} {made.bound:>6} {made.revisits:>9} {seconds:>8.3f}"


def _grid() -> Iterator[str]:
    yield "3–30 tables × 4–8 a table × 3–5 rounds   at the bound   of any plan   slowest   all"
    for name, hosted, more in (
        ("no hosts", False, 0),
        ("a host at each table", True, 0),
        ("no hosts, a third of the tables with one more", False, 3),
    ):
        yield from _grid_of(name, hosted, more)


def _grid_of(name: str, hosted: bool, more: int) -> Iterator[str]:
    times, beyond, least = [], [], 0
    for tables, each, rounds in GRID:
        guests = tables * each + (tables // more if more else 0)
        made, seconds = _timed(numbered(guests, tables, rounds, tables if hosted else 0))
        times.append(seconds)
        least += made.repeats == made.certificate.floor
        if not made.is_proved_best:
            beyond.append(f"{guests}/{tables}/{rounds}: {made.repeats} (bound {made.bound})")
    share = 1 - len(beyond) / len(GRID)
    yield f"{name:<46} {share:>6.1%} {least / len(GRID):>13.1%} {max(times):>7.1f} s {sum(times):>5.0f} s"
    yield from (f"    {line}" for line in beyond)


def _constraints() -> Iterator[str]:
    yield "200/25/4 with                     hosts  repeats (asked for)  bound  revisits  uneven  seconds"
    for (name, asked), hosts in product(_asked(), (0, 25)):
        made, seconds = _timed(numbered(200, 25, 4, hosts, **asked))
        figures = f"{made.repeats:>8} {made.certificate.forced:>11} {made.bound:>6} {made.revisits:>9}"
        yield f"{name:<34} {hosts:>4} {figures} {made.unevenness:>7} {seconds:>8.2f}"


def _asked() -> Iterator[tuple[str, dict]]:
    chance = random.Random(1)
    guests = chance.sample(range(26, 201), 120)
    pairs = [guests[n : n + 2] for n in range(0, 80, 2)]
    places = {guest: chance.choice("abcd") for guest in range(1, 201)}
    ages = {guest: chance.choice("yo") for guest in range(1, 201)}
    yield "20 pairs apart", {"apart": pairs[:20]}
    yield "25 and 3 × 10 apart", {"apart": [guests[:25], guests[25:35], guests[35:45], guests[45:55]]}
    yield "20 couples", {"together": pairs[:20]}
    yield "4 labels and 2 labels", {"categories": [places, ages]}
    yield "all of these", {"apart": pairs[:20], "together": pairs[20:30], "categories": [places, ages]}


def _churn() -> Iterator[str]:
    yield f"a tenth goes, a tenth comes before each round ({RUNS} times)   repeats   others moved   sizes   seconds"
    for hall in CHURN:
        began = time.perf_counter()
        first = under_way(plan(numbered(*hall)))
        ends = [_with_churn(first, random.Random(seed)) for seed in range(RUNS)]
        repeats, moved = sum(course.repeats for course, _ in ends), sum(moved for _, moved in ends)
        sizes = [len(guests) for course, _ in ends for tables in course.rounds for guests in tables]
        name, seconds = f"{hall[0]}/{hall[1]}/{hall[2]}, {hall[3]} hosts", (time.perf_counter() - began) / RUNS
        yield f"{name:<58} {repeats:>7} {moved:>13}    {min(sizes)}–{max(sizes)} {seconds:>9.2f}"


def _with_churn(course: Course, chance: random.Random) -> tuple[Course, int]:
    """The last round reached, and how many seats of others changed on the way."""
    moved = 0
    for now in range(len(course.rounds) - 1):
        before = replace(course, now=now)
        present = sorted(before.guests(now + 1) - set(before.hosts.values()))
        leaving = set(chance.sample(present, len(present) // 10))
        joining = range(1000 * (now + 1), 1000 * (now + 1) + len(leaving))
        course = exchange(before, joining, leaving, since=now + 1)
        moved += len(_seats(before, leaving) - _seats(course, set(joining)))
    return course, moved


def _seats(course: Course, but: set[int]) -> set[tuple[int, int, int]]:
    return {
        (r, table, guest)
        for r in course.coming
        for table, guests in enumerate(course.rounds[r])
        for guest in guests
        if guest not in but
    }


def _timed(party: Party) -> tuple[Plan, float]:
    began = time.perf_counter()
    made = plan(party)
    return made, time.perf_counter() - began


if __name__ == "__main__":
    main()
