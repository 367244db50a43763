"""What happens in a hall while a plan is under way: nobody moves who need not.

Each function takes a `Course` and returns the next one. Guests kept apart stay apart and groups stay together. Sizes
may come to differ by more than one; what is guaranteed is that
- where people sit already, only those move of whom it is asked;
- in rounds to come others move only to a table left with fewer than half of an even share (or fewer than two guests);
- who is seated anew makes no table more than one larger than an even share, unless being kept apart or together, or
  tables already that large, leave no other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from facilitator.methods.rotation.course import Course
from facilitator.methods.rotation.party import Impossible, Party, Reason
from facilitator.methods.rotation.placing import new_repeats, placed
from facilitator.methods.rotation.planning import seat


def join(course: Course, guests: Iterable[int], *, since: int | None = None) -> Course:
    """Late-comers, from the round that goes on, or from round `since`. A seat that somebody has already they keep.

    Who hosts a table sits there.
    """
    return _evened(_joined(course, guests, since))


def leave(course: Course, guests: Collection[int], *, since: int | None = None) -> Course:
    """Leavers and no-shows, gone from the round that goes on, or from round `since`. A host gets a successor."""
    return _evened(_left(course, guests, since))


def exchange(course: Course, joining: Iterable[int], leaving: Collection[int], *, since: int | None = None) -> Course:
    """Some leave, others come: newcomers fill the gaps before anybody else would have to."""
    return _evened(_joined(_left(course, leaving, since), joining, since))


def succeed(course: Course, table: int, successor: int | None = None, *, since: int | None = None) -> Course:
    """The host of a table goes home; the successor stays there for the rest of the rounds.

    If nobody is named it is who sits there then and would meet fewest people again. Their other seats stay empty.
    """
    host = course.hosts[table]
    return _evened(_succeeded(course.without([host], course.since(since)), table, successor, course.since(since)))


def merge(course: Course, table: int, into: Collection[int] | None = None, *, since: int | None = None) -> Course:
    """Close a table from the round that goes on or from round `since`: its people go where they meet fewest again.

    `into`: the only tables they may go to. The host is a guest like others from then on.
    """
    closed = course.closed | {table}
    if (into is not None and not set(into) <= set(course.tables) - {table}) or len(course.tables) < 2:
        raise Impossible(Reason.TABLES, (), f"There is no open table to take the guests of table {table + 1}.")
    hosts = {at: host for at, host in course.hosts.items() if at != table}
    smaller = replace(course, closed=closed, hosts=hosts)
    homeless: dict[frozenset[int], list[int]] = {}
    for r in course.since(since):
        for unit in {course.unit(guest).intersection(course.rounds[r][table]) for guest in course.rounds[r][table]}:
            homeless.setdefault(unit, []).append(r)
    for unit, rounds in homeless.items():
        smaller = smaller.without(unit, rounds)
    for unit, rounds in sorted(homeless.items(), key=lambda one: (-len(one[0]), min(one[0]))):
        smaller = placed(smaller, unit, rounds, into)
    return _evened(smaller)


def add_table(course: Course, host: int | None = None, *, since: int | None = None) -> Course:
    """One more table, from the next round or from round `since`: as few come to it as make an even share.

    They come from the largest tables. `host`: somebody who stays at it from then on.
    """
    table, rounds = len(course.rounds[-1]), course.since(course.now + 1 if since is None else since)
    larger = replace(course, rounds=[[*t, []] if r in rounds else t for r, t in enumerate(course.rounds)])
    if host is not None:
        if host in course.hosts.values():
            raise Impossible(Reason.HOSTS, [host], f"{host} hosts another table.")
        larger = _staying(larger, table, host, rounds)
    for r in rounds:
        share = len(larger.guests(r)) // len(larger.tables)
        larger = _drawn(larger, r, table, share)
    return larger


def correct(course: Course, guest: int, table: int, r: int | None = None) -> Course:
    """The guest really sits at this table in the round that goes on, or sat there in round r. Nothing else changes."""
    return course.seating([guest], {max(0, course.now) if r is None else r: table})


def replan(
    course: Course, seed: int = 0, *, since: int | None = None, pause: Callable[[], object] = lambda: None
) -> Course:
    """Seat everybody anew from the next round on (or from round `since`), given who met whom and sat where till then.

    For this anybody moves: sizes are within one again, hosts stay, and repeats are as few as the search finds.
    Guests are those of round `since`.
    """
    rounds = course.since(course.now + 1 if since is None else since)
    if not rounds:
        return course
    tables, present = course.tables, course.guests(rounds[0])
    party = _party(course, present, len(rounds))
    # The open tables come first, as the party numbers them; whoever met at a closed one did meet.
    order = [*tables, *sorted(course.closed)]
    past = [[t[table] if table < len(t) else [] for table in order] for t in course.rounds[: rounds[0]]]
    planned = [_planned(course, r, present) for r in rounds]
    found = seat(party, seed, past=past, first=planned, pause=pause)
    fresh = [[t[tables.index(table)] if table in tables else [] for table in range(len(order))] for t in found]
    return replace(course, rounds=[*course.rounds[: rounds[0]], *fresh])


def _planned(course: Course, r: int, present: set[int]) -> dict[int, int]:
    return {g: at for at, table in enumerate(course.tables) for g in course.rounds[r][table] if g in present}


def _party(course: Course, present: set[int], rounds: int) -> Party:
    number = {table: at for at, table in enumerate(course.tables)}
    return Party(
        guests=tuple(sorted(present)),
        tables=len(number),
        rounds=rounds,
        hosts={number[table]: host for table, host in course.hosts.items() if host in present},
        apart=tuple(group & present for group in course.apart),
        together=tuple(group & present for group in course.together),
        categories=course.categories,
    )


def _joined(course: Course, guests: Iterable[int], since: int | None) -> Course:
    newcomers = list(dict.fromkeys(guests))
    for unit in dict.fromkeys(course.unit(guest) & frozenset(newcomers) for guest in newcomers):
        course = _seated(course, unit, course.since(since))
    return course


def _seated(course: Course, unit: frozenset[int], rounds: range) -> Course:
    """The same with those of the unit who have no seat in a round at one."""
    missing: dict[frozenset[int], list[int]] = {}
    for r in rounds:
        missing.setdefault(unit - course.guests(r), []).append(r)
    own = next((table for table, host in course.hosts.items() if host in unit), None)
    for some, at in missing.items():
        if some:
            course = placed(course, some, at) if own is None else course.seating(some, dict.fromkeys(at, own))
    return course


def _left(course: Course, guests: Collection[int], since: int | None) -> Course:
    rounds = course.since(since)
    emptied = course.without(guests, rounds)
    for table, host in course.hosts.items():
        if host in guests:
            emptied = _succeeded(emptied, table, None, rounds)
    return emptied


def _succeeded(course: Course, table: int, successor: int | None, rounds: range) -> Course:
    without = replace(course, hosts={at: host for at, host in course.hosts.items() if at != table})
    if successor is not None:
        return _staying(without, table, successor, rounds)
    able = [guest for guest in course.rounds[rounds[0]][table] if _may_stay(without, table, guest, rounds)]
    ways = ((_staying(without, table, guest, rounds), guest) for guest in able)
    # A table whose last guest was its host goes on without one.
    return min(ways, key=lambda way: (len(course.unit(way[1])), way[0].repeats, way[1]), default=(without, 0))[0]


def _may_stay(course: Course, table: int, guest: int, rounds: range) -> bool:
    unit = course.unit(guest)
    opponents = course.opponents(unit)
    hosts = set(course.hosts.values())
    return not unit & hosts and all(opponents.isdisjoint(course.rounds[r][table]) for r in rounds)


def _staying(course: Course, table: int, guest: int, rounds: range) -> Course:
    """The guest, with all of their group, at this table for all of the rounds, as its host."""
    if not _may_stay(course, table, guest, rounds):
        raise Impossible(Reason.NOT_FOUND, [guest], f"{guest} can't stay at table {table + 1} for the rest.")
    hosts = {**course.hosts, table: guest}
    seated = course
    for r in rounds:
        seated = seated.seating(course.unit(guest) & course.guests(r), {r: table})
    return replace(seated, hosts=hosts)


def _evened(course: Course) -> Course:
    """In rounds to come nobody sits at a table that has nearly died out."""
    for r in course.coming:
        for table in course.tables:
            course = _drawn(course, r, table, course.enough(r))
    return course


def _drawn(course: Course, r: int, table: int, least: int) -> Course:
    """Guests from the largest tables come to this one until `least` sit there; who would meet fewest again comes."""
    while len(course.rounds[r][table]) < least:
        able = _able(course, r, table)
        if not able:
            break
        guest = min(able, key=lambda guest: (new_repeats(course, guest, r, table), guest))
        course = course.seating([guest], {r: table})
    return course


def _able(course: Course, r: int, table: int) -> list[int]:
    """Of the largest tables that can spare anybody those who may come."""
    sizes = {at: len(course.rounds[r][at]) for at in course.tables}
    by_size: dict[int, list[int]] = {}
    for at, size in sizes.items():
        if size > sizes[table] + 1:
            by_size.setdefault(size, []).extend(g for g in course.rounds[r][at] if _may_come(course, r, table, g))
    return next((by_size[size] for size in sorted(by_size, reverse=True) if by_size[size]), [])


def _may_come(course: Course, r: int, table: int, guest: int) -> bool:
    alone = len(course.unit(guest)) == 1 and guest not in course.hosts.values()
    return alone and course.opponents([guest]).isdisjoint(course.rounds[r][table])
