"""The best seats for one guest, or one group, while everybody else stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from facilitator.methods.rotation.course import Course
from facilitator.methods.rotation.party import Impossible, Reason

WIDTH = 60
"""Ways through the rounds that are followed at once."""


class _Way(NamedTuple):
    """Tables for the first of some rounds, cheapest first when sorted."""

    repeats: int
    crowding: int
    """Seats beyond the even size, summed."""
    sizes: int
    revisits: int
    seats: tuple[int, ...]


def placed(course: Course, unit: Collection[int], rounds: Iterable[int], into: Collection[int] | None = None) -> Course:
    """The course with the unit seated in these rounds, nobody else moved: fewest repeats, then smallest tables.

    Where people sit already it is one of the smallest tables; in rounds to come no table grows more than one beyond an
    even size. `into`: the only tables to choose from. Raises `Impossible` if the unit is kept apart from every table.
    """
    order = list(rounds)
    empty = course.without(unit, order)
    met = _met(empty, unit)
    ways = [_Way(0, 0, 0, 0, ())]
    for r in order:
        ways = sorted(step for way in ways for step in _steps(empty, unit, r, way, (order, met, into)))[:WIDTH]
    if not ways:
        message = f"No table is free of those from whom {', '.join(map(str, sorted(unit)))} should be kept apart."
        raise Impossible(Reason.NOT_FOUND, unit, message)
    return empty.seating(unit, dict(zip(order, ways[0].seats, strict=True)))


def new_repeats(course: Course, guest: int, r: int, table: int) -> int:
    """Whom the guest would meet again at this table in round r, all other rounds being as they are."""
    return len(_met(course, [guest], r).intersection(course.rounds[r][table]) - {guest})


def _met(course: Course, unit: Iterable[int], but: int | None = None) -> set[int]:
    """Whom any of the unit meets, leaving out one round."""
    some = set(unit)
    shared = (
        guests for r, tables in enumerate(course.rounds) if r != but for guests in tables if not some.isdisjoint(guests)
    )
    return {guest for guests in shared for guest in guests} - some


_Around = tuple[list[int], set[int], Collection[int] | None]


def _steps(course: Course, unit: Collection[int], r: int, way: _Way, around: _Around) -> Iterator[_Way]:
    """The way continued to each table that is possible in round r."""
    order, met, into = around
    tables = course.rounds[r]
    so_far = met.union(*(course.rounds[k][table] for k, table in zip(order, way.seats, strict=False)))
    even = -(-(len(course.guests(r)) + len(unit)) // len(course.tables))
    for table in _possible(course, unit, r, into, even):
        size = len(tables[table])
        yield _Way(
            way.repeats + len(so_far.intersection(tables[table])) * len(unit),
            way.crowding + max(0, size + len(unit) - even),
            way.sizes + size,
            way.revisits + _visits(course, unit, table) + way.seats.count(table),
            (*way.seats, table),
        )


def _visits(course: Course, unit: Collection[int], table: int) -> int:
    return sum(not set(unit).isdisjoint(tables[table]) for tables in course.rounds if table < len(tables))


def _possible(course: Course, unit: Collection[int], r: int, into: Collection[int] | None, even: int) -> list[int]:
    opponents, tables = course.opponents(unit), course.rounds[r]
    partners = course.unit(next(iter(unit))) - set(unit)
    if with_them := [table for table in course.tables if partners.intersection(tables[table])]:
        return [table for table in with_them[:1] if opponents.isdisjoint(tables[table])]
    among = [table for table in (course.tables if into is None else into) if opponents.isdisjoint(tables[table])]
    smallest = min((len(tables[table]) for table in among), default=0)
    # A table that nearly died out comes first: otherwise somebody else would have to move there.
    urgent = r <= course.now or smallest < course.enough(r)
    most = smallest if urgent else max(smallest, even + 1 - len(unit))
    return [table for table in among if len(tables[table]) <= most]
