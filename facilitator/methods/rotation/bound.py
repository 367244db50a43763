"""How many repeat meetings no plan can avoid.

A pair that meets m times counts m - 1 repeats and weighs C(m, 2): one for each two rounds in which it sits together.
Weight is what the search minimises, since counting repeats alone would weld couples together for all rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from facilitator.methods.rotation.counting import meetings
from facilitator.methods.rotation.party import Party, Rounds


@dataclass(frozen=True)
class Certificate:
    """What can be said of a plan, as numbers."""

    repeats: int
    """Σ (meetings - 1) over the pairs that meet."""
    bound: int
    """No plan with as few third meetings as this one (see `welds`) has fewer repeats."""
    floor: int
    """No plan at all has fewer repeats, not even one that keeps some pairs together in all rounds."""
    forced: int
    """Those of them that were asked for: pairs kept together meet in every round. Within the bounds too."""
    welds: int
    """Σ (C(meetings, 2) - (meetings - 1)) of all other pairs: 0 when nobody meets anybody a third time."""

    @property
    def is_proved_best(self) -> bool:
        """Whether fewer repeats would take more third meetings."""
        return self.repeats == self.bound


def certificate(party: Party, rounds: Rounds) -> Certificate:
    """What can be said of these rounds of the party."""
    forced = (party.rounds - 1) * len(party.together_pairs)
    met = meetings(rounds).items()
    counts = [count for pair, count in met if frozenset(pair) not in party.together_pairs]
    repeats = sum(count - 1 for count in counts)
    welds = sum(map(_pairs, counts)) - repeats
    unmet, weight = _too_many(party), least_weight(party)
    floor = max(unmet, -(-2 * weight // party.rounds))
    bound = max(floor, weight - welds)
    return Certificate(repeats + forced, bound + forced, floor + forced, forced, welds)


def least_weight(party: Party) -> int:
    """No plan weighs less: Σ C(meetings, 2) over all pairs but those kept together.

    The largest of three: each two rounds taken alone (pigeonhole), all meetings spread over all pairs that may meet,
    and the same for each guest.
    """
    return max(_pigeonhole(party) * _pairs(party.rounds), _balance(party), _balance_of_each(party), _euler(party))


def _pigeonhole(party: Party) -> int:
    """Pairs that meet in both of two rounds: who share a table now come from at most as many tables as there are."""
    again = sum(_spread(size, party.tables) for size in party.sizes)
    return max(0, again - len(party.together_pairs))


def _balance(party: Party) -> int:
    """With a host at every table, guests among themselves and guests with hosts are counted each for itself."""
    guests, tables = len(party.guests), party.tables
    if len(party.hosts) < tables or party.together_pairs or party.apart_pairs:
        return _spread(_meetings(party), _pairs_that_may(party))
    moving = guests - tables
    among = party.rounds * sum(_pairs(size - 1) for size in party.sizes)
    return _spread(among, _pairs(moving)) + _spread(party.rounds * moving, moving * tables)


def _balance_of_each(party: Party) -> int:
    """Half of what each guest must meet again, since every pair is two guests'."""
    hosts = set(party.hosts.values())
    barred = {guest: (len(hosts) - 1 if guest in hosts else 0) for guest in party.guests}
    never = [pair for pair in party.apart_pairs if not pair <= hosts]
    for pair in (*party.together_pairs, *never):
        for guest in pair:
            barred[guest] += 1
    always = {guest: len(group) - 1 for group in party.together for guest in group}
    others = len(party.guests) - 1
    each = (
        _spread(party.rounds * max(0, party.sizes[-1] - 1 - always.get(guest, 0)), others - barred[guest])
        for guest in party.guests
    )
    return -(-sum(each) // 2)


def _euler(party: Party) -> int:
    """Euler's officers: 36 in six rows of six can't be ranged four ways (Tarry 1900; two meet again at the least)."""
    return 2 if (len(party.guests), party.tables) == (36, 6) and party.rounds >= 4 else 0


def _too_many(party: Party) -> int:
    """Meetings beyond the first of every pair that may meet."""
    return max(0, _meetings(party) - _pairs_that_may(party))


def _meetings(party: Party) -> int:
    return party.rounds * max(0, sum(map(_pairs, party.sizes)) - len(party.together_pairs))


def _pairs_that_may(party: Party) -> int:
    hosts = set(party.hosts.values())
    apart = sum(not pair <= hosts for pair in party.apart_pairs)
    return _pairs(len(party.guests)) - _pairs(len(hosts)) - apart - len(party.together_pairs)


def _spread(things: int, places: int) -> int:
    """Pairs of things in one place when they are spread as evenly as can be."""
    if places < 1:
        return 0
    each, more = divmod(things, places)
    return more * _pairs(each + 1) + (places - more) * _pairs(each)


def _pairs(number: int) -> int:
    return comb(number, 2)
