"""Who sits where: the plan of `methods/rotation`, kept as seats, and every change of it.

Tables are counted from 0 there and from 1 here, rounds too. Nobody is moved who need not move.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import gevent
from sqlalchemy import select

from facilitator.activities.world_cafe.tables import CafeTable, Guest, Pair, Seat
from facilitator.extensions import db, now
from facilitator.methods import rotation
from facilitator.methods.rotation import Course, Party, Plan
from facilitator.methods.rotation.bound import least_weight
from facilitator.workshop.models import Participant

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe

WITH_HOST, WITHOUT = 6, 5
"""People at a table at most, as it is suggested: four or five, and the host."""
SMALLEST = 4
"""People at a table."""
MOST_SUGGESTED, FEWEST_SUGGESTED = 4, 3
"""Rounds. A World Café has three as a rule."""
MIXES = {"mix_neighbourhoods": "neighbourhood", "mix_ages": "age", "mix_partners": "partner"}
"""Setting → trait that it mixes."""
KEPT = 16
_plans: OrderedDict[Any, Plan] = OrderedDict()


def people(cafe: WorldCafe) -> list[Participant]:
    """Everybody who came to the workshop and has not gone home, by number."""
    gone = select(Guest.participant_id).where(Guest.activity_id == cafe.id, Guest.left_at.is_not(None))
    here = select(Participant).where(Participant.workshop_id == cafe.workshop_id, Participant.id.not_in(gone))
    return list(db.session.scalars(here.order_by(Participant.number)))


def suggested_tables(count: int, *, hosted: bool) -> int:
    """Tables for so many people: four or five at each, and a host where there are hosts."""
    return max(1, -(-count // (WITH_HOST if hosted else WITHOUT)))


class Advice(NamedTuple):
    """Tables and rounds that suit so many people."""

    tables: int
    rounds: int
    all_new: bool
    """Nobody has to meet anybody twice."""


@lru_cache(maxsize=64)
def advice(count: int, *, hosted: bool) -> Advice:
    """As many rounds as go without a repeat meeting, four at most and three at least, if need be at smaller tables.

    Where nothing goes without: three rounds, or two at two tables. What is said is true: a plan without repeats was
    made. The bound rules most others out without a search.
    """
    tables = suggested_tables(count, hosted=hosted)
    for rounds in range(MOST_SUGGESTED, FEWEST_SUGGESTED - 1, -1):
        if _all_new(count, tables, rounds, hosted=hosted):
            return Advice(tables, rounds, True)
    for smaller in range(tables + 1, count // SMALLEST + 1):
        if _all_new(count, smaller, FEWEST_SUGGESTED, hosted=hosted):
            return Advice(smaller, FEWEST_SUGGESTED, True)
    return Advice(tables, min(FEWEST_SUGGESTED, max(2, tables)), False)


def _all_new(count: int, tables: int, rounds: int, *, hosted: bool) -> bool:
    if not 1 < tables <= count:
        return False
    asked = rotation.numbered(count, tables, rounds, hosts=tables if hosted else 0)
    if least_weight(asked):
        return False
    return rotation.plan(asked, quick=True, pause=lambda: gevent.sleep(0)).repeats == 0


def table_count(cafe: WorldCafe, count: int) -> int:
    """Tables that are wanted for so many people; never more than people."""
    wanted = int(cafe.setting("tables")) or suggested_tables(count, hosted=bool(cafe.setting("hosted")))
    return max(1, min(wanted, count or 1))


# --- The plan


def party(cafe: WorldCafe) -> Party:
    """Everybody who is here, for all rounds. Raises Impossible when what was asked for contradicts itself."""
    guests = [person.id for person in people(cafe)]
    tables = table_count(cafe, len(guests))
    return Party(tuple(guests), tables, len(cafe.numbers), _hosts(cafe, guests, tables), **_wishes(cafe, set(guests)))


def plan(cafe: WorldCafe) -> Plan:
    """The plan for everybody who is here; the same people and wishes get the same plan. Raises Impossible.

    Others are served meanwhile: call it before anything is written.
    """
    asked = party(cafe)
    key = (asked.guests, asked.tables, asked.rounds, *map(repr, (asked.hosts, asked.apart, asked.together)))
    key = (*key, repr(asked.categories))
    if key not in _plans:
        _plans[key] = rotation.plan(asked, quick=True, pause=lambda: gevent.sleep(0))
        while len(_plans) > KEPT:
            _plans.popitem(last=False)
    return _plans[key]


def course(cafe: WorldCafe) -> Course | None:
    """How it stands, past and to come; None before anybody was seated."""
    seats, tables = Seat.of(cafe), CafeTable.ever(cafe)
    if not seats:
        return None
    number = {table.id: table.number - 1 for table in tables}
    rounds: list[list[list[int]]] = [[[] for _table in tables] for _round in cafe.numbers]
    for seat in seats:
        if seat.round in cafe.numbers:
            rounds[seat.round - 1][number[seat.cafe_table_id]].append(seat.participant_id)
    here = {person.id for person in people(cafe)}
    return Course(
        rounds=[[sorted(guests) for guests in at] for at in rounds],
        now=_now(cafe),
        hosts={table.number - 1: table.host_id for table in tables if table.host_id and not table.deleted_at},
        closed=frozenset(table.number - 1 for table in tables if table.deleted_at),
        **_wishes(cafe, here),
    )


def _now(cafe: WorldCafe) -> int:
    """The round in which people sit, from 0; -1 before the first."""
    if cafe.round_now:
        return cafe.round_now - 1
    return len(cafe.numbers) - 1 if cafe.is_past() else -1


def _hosts(cafe: WorldCafe, guests: Sequence[int], tables: int) -> dict[int, int]:
    if not cafe.setting("hosted"):
        return {}
    standing = {table.number - 1: table.host_id for table in CafeTable.of(cafe)}
    return {number: host for number, host in standing.items() if host in guests and number < tables and host}


def _wishes(cafe: WorldCafe, here: set[int]) -> dict[str, Any]:
    pairs = [pair for pair in Pair.of(cafe) if {pair.first_id, pair.second_id} <= here]
    return {
        "apart": tuple(frozenset((each.first_id, each.second_id)) for each in pairs if not each.together),
        "together": tuple(frozenset((each.first_id, each.second_id)) for each in pairs if each.together),
        "categories": tuple(_labels(cafe, here)),
    }


def _labels(cafe: WorldCafe, here: set[int]) -> Iterable[dict[int, str]]:
    guests = Guest.of(cafe)
    for setting, trait in MIXES.items():
        if cafe.setting(setting):
            said = {person: guest.traits.get(trait) for person, guest in guests.items() if person in here}
            labels = {person: label for person, label in said.items() if label}
            if labels:
                yield labels


# --- What changes it. Each is called inside a deed or a group commit.


def seat_everyone(cafe: WorldCafe, planned: Plan) -> None:
    """Seat everybody as planned, in all rounds."""
    CafeTable.set_up(cafe, planned.party.tables)
    keep(cafe, rotation.under_way(planned))


def complete(cafe: WorldCafe, number: int) -> None:
    """Before a round: whoever has no seat in it gets one; before the first, everybody."""
    running = course(cafe)
    if running is None:
        if len(people(cafe)) > 1:
            seat_everyone(cafe, plan(cafe))
        return
    missing = [person.id for person in people(cafe) if person.id not in running.guests(number - 1)]
    if missing:
        keep(cafe, rotation.join(running, missing, since=number - 1))


def take_in(cafe: WorldCafe, person_id: int) -> None:
    """A late-comer gets a seat, now and in the rounds to come; nobody else moves."""
    _has_come(cafe, person_id)
    running = course(cafe)
    if running is not None and person_id not in running.guests(max(0, running.now)):
        keep(cafe, rotation.join(running, [person_id]), quietly=True)


def _has_come(cafe: WorldCafe, person_id: int) -> None:
    """Whoever sits down has not gone home, whatever was thought."""
    guest = Guest.of(cafe).get(person_id)
    if guest is not None and guest.left_at is not None:
        guest.left_at = None
        db.session.flush()


def heed(cafe: WorldCafe) -> None:
    """Who is kept apart or together is so in the rounds to come too: of two people one changes tables, and no host."""
    running = course(cafe)
    if running is not None:
        keep(cafe, _heeding(running))


def _heeding(running: Course) -> Course:
    for pairs, together in ((running.apart, False), (running.together, True)):
        for first, second in (pair for group in pairs for pair in combinations(sorted(group), 2)):
            guests = [guest for guest in (first, second) if guest not in running.hosts.values()]
            wrong = [r for r in running.coming if _share(running, first, second, r) not in (None, together)]
            if wrong and guests:
                running = rotation.join(running.without(guests[-1:], wrong), guests[-1:], since=wrong[0])
    return running


def _share(running: Course, first: int, second: int, r: int) -> bool | None:
    """Do they share a table in this round? None if one of them isn't here."""
    tables = running.table_of(first, r), running.table_of(second, r)
    return None if None in tables else tables[0] == tables[1]


def let_go(cafe: WorldCafe, person_ids: Sequence[int]) -> None:
    """These have gone home: their seats from now on are empty, and a host's table has a successor."""
    for person_id in person_ids:
        Guest.one(cafe, person_id).left_at = now()
    running = course(cafe)
    if running is not None:
        keep(cafe, rotation.leave(running, list(person_ids)))


def bring_back(cafe: WorldCafe, person_id: int) -> None:
    """Here again."""
    Guest.one(cafe, person_id).left_at = None
    running = course(cafe)
    if running is not None:
        keep(cafe, rotation.join(running, [person_id]))


def hand_over(cafe: WorldCafe, table: CafeTable, successor_id: int | None) -> None:
    """Another host for a table, from now on; the one before is a guest of it like others for this round."""
    running = course(cafe)
    if running is None or successor_id is None:
        table.host_id = successor_id
        return
    before = running.hosts.get(table.number - 1)
    if before == successor_id:
        return
    if before is not None:
        keep(cafe, _handed_over(running, table.number - 1, before, successor_id))
    else:
        keep(cafe, _staying(running, table.number - 1, successor_id))


def _handed_over(running: Course, table: int, before: int, successor: int) -> Course:
    succeeded = rotation.succeed(running, table, successor)
    if running.now >= 0 and before in running.guests(running.now):
        succeeded = rotation.correct(succeeded, before, table)
    return rotation.join(succeeded, [before])


def _staying(running: Course, table: int, host: int) -> Course:
    """The same with a host at a table that had none: who sits there now stays there."""
    seats = dict.fromkeys(running.since(None), table)
    return _heeding(replace(running.seating([host], seats), hosts={**running.hosts, table: host}))


def merge(cafe: WorldCafe, table: CafeTable) -> None:
    """Close a table in mid-flight: its people go where they meet fewest again."""
    running = course(cafe)
    table.deleted_at, table.host_id = now(), None
    if running is not None:
        keep(cafe, rotation.merge(running, table.number - 1))


def add_table(cafe: WorldCafe) -> CafeTable:
    """One more table, from the next round on."""
    running = course(cafe)
    closed = [each for each in CafeTable.ever(cafe) if each.deleted_at]
    table = CafeTable(activity_id=cafe.id, number=len(CafeTable.ever(cafe)) + 1)
    if running is None and closed:
        table = closed[0]
        table.deleted_at = None
    db.session.add(table)
    db.session.flush()
    if running is not None and running.coming:
        keep(cafe, rotation.add_table(running))
    return table


def correct(cafe: WorldCafe, person: Participant, table: CafeTable) -> None:
    """Where somebody really sits in this round."""
    _has_come(cafe, person.id)
    running = course(cafe)
    if running is None or not cafe.round_now:
        return
    if person.id not in running.guests(running.now):
        running = rotation.join(running, [person.id])
    keep(cafe, rotation.correct(running, person.id, table.number - 1), quietly=True)
    seen(cafe, person)


def seen(cafe: WorldCafe, person: Participant, is_here: bool = True) -> None:
    """Somebody is at their table, or isn't."""
    seat = Seat.taken_by(cafe, person, cafe.round_now)
    if seat is not None and is_here != bool(seat.here_at):
        seat.here_at = now() if is_here else None


# --- Writing it down


def keep(cafe: WorldCafe, course: Course, *, quietly: bool = False) -> None:
    """Write seats and hosts as the course has them. `quietly`: only the one who asked needs to know."""
    tables = {table.number - 1: table for table in CafeTable.ever(cafe)}
    wanted = {
        (number, guest): tables[at].id
        for number, rounds in enumerate(course.rounds, 1)
        for at, guests in enumerate(rounds)
        for guest in guests
    }
    known = {(seat.round, seat.participant_id): seat for seat in Seat.ever(cafe)}
    for key, table_id in wanted.items():
        if key in known:
            _move(known[key], table_id)
        else:
            number, guest = key
            db.session.add(Seat(activity_id=cafe.id, round=number, participant_id=guest, cafe_table_id=table_id))
    for key, seat in known.items():
        if key not in wanted and seat.deleted_at is None:
            seat.deleted_at = now()
    for at, table in tables.items():
        if table.host_id != course.hosts.get(at):
            table.host_id = course.hosts.get(at)
    if not quietly:
        cafe.turned()
    db.session.flush()


def _move(seat: Seat, table_id: int) -> None:
    if seat.deleted_at is not None:
        seat.deleted_at = None
    if seat.cafe_table_id != table_id:
        seat.cafe_table_id, seat.here_at = table_id, None
