"""Counting what happened at the tables: who met whom, and who came to a table again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from itertools import combinations

from facilitator.methods.rotation.party import Party, Rounds

Pair = tuple[int, int]


def meetings(rounds: Rounds) -> Counter[Pair]:
    """(smaller id, larger id) → in how many rounds they share a table."""
    return Counter(pair for tables in rounds for guests in tables for pair in combinations(sorted(guests), 2))


def repeats(rounds: Rounds) -> int:
    """Σ (meetings - 1) over all pairs that meet."""
    return sum(count - 1 for count in meetings(rounds).values())


def revisits(rounds: Rounds, staying: Collection[int] = ()) -> int:
    """How often a guest who isn't meant to stay sits at a table again: Σ (rounds - different tables)."""
    visits = Counter((guest, table) for tables in rounds for table, guests in enumerate(tables) for guest in guests)
    return sum(count - 1 for (guest, _), count in visits.items() if guest not in staying)


def staying(party: Party) -> frozenset[int]:
    """The hosts, and who is kept together with one."""
    hosts = frozenset(party.hosts.values())
    return hosts.union(*(group for group in party.together if group & hosts))


def unevenness(party: Party, rounds: Rounds) -> int:
    """Guests of one label beyond an even mix, over all tables: below the floor or above the ceiling of its share."""
    return sum(
        max(0, low - here, here - low - bool(more))
        for category in party.categories
        for label, number in Counter(category[guest] for guest in party.guests if guest in category).items()
        for low, more in [divmod(number, party.tables)]
        for tables in rounds
        for here in (sum(category.get(guest) == label for guest in guests) for guests in tables)
    )
