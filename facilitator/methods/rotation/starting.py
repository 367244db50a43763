"""Where a search begins: the constructed seats bent to what was asked for, or a throw of the dice."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from facilitator.methods.rotation.construction import rings, seated
from facilitator.methods.rotation.party import Impossible, Party, Reason

Seats = list[dict[int, int]]
"""seats[r][guest] = table."""
THROWS = 200


def constructed(party: Party) -> Seats | None:
    """Seats by a construction, with nobody apart at one table if that is free to have; None where none fits.

    Only the hosts are sure to be where they belong: whoever is beyond the known rows has no seat yet, and with hosts
    at some of the tables only sizes may differ by two.
    """
    hosted = len(party.hosts) == party.tables
    moving = _in_rings(party)
    rows = -(-len(moving) // party.tables)
    if party.rounds == party.tables + 1 and not len(moving) % party.tables**2 and not party.hosts:
        return _one_more_round(party)
    matrix = rings(party.tables, rows + hosted, party.rounds, hosted=hosted)
    if matrix is None:
        return None
    known, add = (matrix[0][:-1] if hosted else matrix[0]), matrix[1]
    moving = moving[: len(known) * party.tables]
    hosts = {guest: table for table, guest in party.hosts.items()}
    by_round = [seated(party.tables, known, add, len(moving), r) for r in range(party.rounds)]
    return [hosts | dict(zip(moving, tables, strict=True)) for tables in by_round]


def _one_more_round(party: Party) -> Seats | None:
    """As many rounds as tables, and then each ring at a table of its own: the lines of an affine plane."""
    before = constructed(replace(party, rounds=party.tables))
    by_ring = {guest: n // party.tables % party.tables for n, guest in enumerate(_in_rings(party))}
    return [*before, by_ring] if before and len(before[0]) == len(party.guests) else None


def bent(party: Party, seats: Seats, randomly: random.Random) -> Seats | None:
    """The seats with groups brought together and sizes within one; None if that leaves nobody to move."""
    free = set(party.guests) - set(party.hosts.values()) - set().union(*party.together)
    complete = [_gathered(party, _everybody(party, tables, randomly)) for tables in seats]
    level = [_level(party, tables, free, randomly) for tables in complete]
    return None if None in level else [tables for tables in level if tables]


def thrown(party: Party, randomly: random.Random) -> dict[int, int]:
    """One round at random: groups sit together, hosts at their tables, sizes are within one."""
    for _ in range(THROWS):
        if seats := _throw(party, randomly):
            return seats
    message = "The groups that want to sit together don't go round the tables."
    raise Impossible(Reason.NO_ROOM, set().union(*party.together), message)


def _in_rings(party: Party) -> list[int]:
    """Who moves, by rings: who is kept apart shares a ring, whose guests never meet; then label by label."""
    hosts = set(party.hosts.values())
    moving = [guest for guest in party.guests if guest not in hosts]
    rows: list[list[int]] = [[] for _ in range(-(-len(moving) // party.tables))]
    placed: set[int] = set()
    for component in sorted(_components(party, hosts), key=lambda component: (-len(component), min(component))):
        # The last ring may be short; everybody else fills up what is left.
        row = next((row for row in rows[:-1] if len(row) + len(component) <= party.tables), None)
        if row is not None:
            row += sorted(component)
            placed |= component
    others = iter(sorted((guest for guest in moving if guest not in placed), key=lambda guest: _labels(party, guest)))
    for row in rows:
        row += [guest for _, guest in zip(range(party.tables - len(row)), others, strict=False)]
    return [guest for row in rows for guest in row]


def _components(party: Party, hosts: set[int]) -> list[set[int]]:
    """Guests who are kept apart, with all whom that binds."""
    components: list[set[int]] = []
    for pair in party.apart_pairs:
        if pair & hosts:
            continue
        touching = [component for component in components if component & pair]
        components = [component for component in components if not component & pair]
        components.append(set(pair).union(*touching))
    return components


def _labels(party: Party, guest: int) -> tuple[str, ...]:
    return tuple(str(category.get(guest, "")) for category in party.categories)


def _everybody(party: Party, tables: dict[int, int], randomly: random.Random) -> dict[int, int]:
    """Whoever has no seat yet at some table: the last ones at the emptiest."""
    missing = [guest for guest in party.guests if guest not in tables]
    order = sorted(range(party.tables), key=lambda _: randomly.random())
    return tables | {guest: order[n % party.tables] for n, guest in enumerate(missing)}


def _gathered(party: Party, tables: dict[int, int]) -> dict[int, int]:
    """Every group at the table of its host, or else of its first member."""
    hosts = {guest: table for table, guest in party.hosts.items()}
    gathered = dict(tables)
    for group in party.together:
        first = next((guest for guest in group if guest in hosts), min(group))
        gathered |= dict.fromkeys(group, tables[first])
    return gathered


def _level(party: Party, tables: dict[int, int], free: set[int], randomly: random.Random) -> dict[int, int] | None:
    """Move free guests from the fullest table to the emptiest until sizes are within one."""
    at = _at(party, tables)
    while True:
        fullest, emptiest = max(at, key=len), min(at, key=len)
        if len(fullest) - len(emptiest) <= 1:
            return {guest: table for table, guests in enumerate(at) for guest in guests}
        able = [guest for guest in fullest if guest in free]
        if not able:
            return None
        guest = randomly.choice(able)
        fullest.remove(guest)
        emptiest.append(guest)


def _at(party: Party, tables: dict[int, int]) -> list[list[int]]:
    at: list[list[int]] = [[] for _ in range(party.tables)]
    for guest, table in tables.items():
        at[table].append(guest)
    return at


def _throw(party: Party, randomly: random.Random) -> dict[int, int] | None:
    hosts = {guest: table for table, guest in party.hosts.items()}
    tables = dict(hosts)
    most = party.sizes[0]
    room = [most - (table in party.hosts) for table in range(party.tables)]
    for group in sorted(party.together, key=lambda group: (not group & set(hosts), -len(group), randomly.random())):
        newcomers = group - set(hosts)
        table = next((hosts[guest] for guest in group if guest in hosts), None)
        if table is None:
            table = max(range(party.tables), key=lambda table: (room[table] >= len(group), randomly.random()))
        tables |= dict.fromkeys(newcomers, table)
        room[table] -= len(newcomers)
    if min(room) < 0:
        return None
    others = [guest for guest in party.guests if guest not in tables]
    randomly.shuffle(others)
    return _fill(tables, others, room, randomly)


def _fill(
    tables: dict[int, int], others: Iterable[int], room: list[int], randomly: random.Random
) -> dict[int, int] | None:
    """Everybody else where most seats are free; None if a table stays more than one short."""
    for guest in others:
        table = max(range(len(room)), key=lambda table: (room[table], randomly.random()))
        tables[guest] = table
        room[table] -= 1
    return tables if min(room) >= 0 and max(room) <= 1 else None
