"""A plan under way: what happened, what is planned, and what can be said about one guest's seat."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace

from facilitator.methods.rotation import counting
from facilitator.methods.rotation.party import Rounds, joined
from facilitator.methods.rotation.planning import Plan


@dataclass(frozen=True)
class Course:
    """All rounds of a café, some of them over.

    Rounds before `now` are facts, `now` is the one in which people sit (-1: nobody sits yet), the rest is planned.
    A table keeps its number; a closed one is empty from then on, rounds before a table was added are shorter.
    """

    rounds: Rounds
    now: int
    hosts: Mapping[int, int]
    """Table → guest who stays there for the rest."""
    apart: tuple[frozenset[int], ...] = ()
    together: tuple[frozenset[int], ...] = ()
    categories: tuple[Mapping[int, Hashable], ...] = ()
    closed: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "together", joined(self.together))

    @property
    def tables(self) -> list[int]:
        """The tables that are open."""
        return [table for table in range(len(self.rounds[-1])) if table not in self.closed]

    @property
    def coming(self) -> range:
        """Rounds that can still be changed without anybody getting up."""
        return range(self.now + 1, len(self.rounds))

    @property
    def repeats(self) -> int:
        """Σ (meetings - 1) over all pairs in all rounds, past and planned."""
        return counting.repeats(self.rounds)

    def since(self, first: int | None) -> range:
        """Rounds from `first` on; if that isn't said, from the one in which people sit."""
        return range(max(0, self.now) if first is None else first, len(self.rounds))

    def guests(self, r: int) -> set[int]:
        """Who sits in round r."""
        return {guest for guests in self.rounds[r] for guest in guests}

    def table_of(self, guest: int, r: int) -> int | None:
        """Where the guest sits in round r."""
        return next((table for table, guests in enumerate(self.rounds[r]) if guest in guests), None)

    def enough(self, r: int) -> int:
        """As few guests as a table can go on with in round r: half of an even share, two at least."""
        share = len(self.guests(r)) // len(self.tables)
        return min(share, max(2, -(-share // 2)))

    def unit(self, guest: int) -> frozenset[int]:
        """The guest with all who are kept together with them."""
        return next((group for group in self.together if guest in group), frozenset([guest]))

    def opponents(self, unit: Iterable[int]) -> set[int]:
        """Who may not share a table with any of these."""
        some = set(unit)
        direct = {other for group in self.apart if group & some for other in group} - some
        return {guest for other in direct for guest in self.unit(other)} - some

    def without(self, unit: Iterable[int], rounds: Iterable[int]) -> Course:
        """The same with these guests' seats empty in these rounds."""
        some, empty = set(unit), set(rounds)
        left = [
            [[guest for guest in guests if r not in empty or guest not in some] for guests in tables]
            for r, tables in enumerate(self.rounds)
        ]
        return replace(self, rounds=left)

    def seating(self, unit: Iterable[int], seats: Mapping[int, int]) -> Course:
        """The same with these guests at table seats[r] in each of those rounds r, wherever they sat in them before."""
        some = frozenset(unit)
        seated = [
            [sorted({*guests, *(some if seats.get(r) == table else ())}) for table, guests in enumerate(tables)]
            for r, tables in enumerate(self.without(some, seats).rounds)
        ]
        return replace(self, rounds=seated)


def under_way(plan: Plan, now: int = -1) -> Course:
    """The course of a plan whose round `now` goes on."""
    party = plan.party
    return Course(plan.rounds, now, party.hosts, party.apart, party.together, party.categories)


@dataclass(frozen=True)
class Seat:
    """Why somebody sits at a table."""

    table: int
    host: int | None
    """Who stays at this table; None if nobody does, and for the host."""
    new: tuple[int, ...]
    """Whom the guest meets here for the first time."""
    again: Mapping[int, tuple[int, ...]]
    """Whom the guest has met before → in which rounds."""
    before: tuple[int, ...]
    """Rounds in which the guest sat at this table before."""
    kept: tuple[int, ...]
    """Of those met again the ones who are kept together with the guest."""


def explained(course: Course, guest: int, r: int) -> Seat | None:
    """Why the guest sits where they sit in round r; None for somebody who doesn't sit then."""
    table = course.table_of(guest, r)
    if table is None:
        return None
    earlier = [(k, course.table_of(guest, k)) for k in range(r)]
    met = {
        other: tuple(k for k, then in earlier if then is not None and other in course.rounds[k][then])
        for other in course.rounds[r][table]
        if other != guest
    }
    host = course.hosts.get(table)
    return Seat(
        table=table,
        host=None if host == guest else host,
        new=tuple(other for other, rounds in met.items() if not rounds),
        again={other: rounds for other, rounds in met.items() if rounds},
        before=tuple(k for k, then in earlier if then == table),
        kept=tuple(other for other, rounds in met.items() if rounds and other in course.unit(guest)),
    )
