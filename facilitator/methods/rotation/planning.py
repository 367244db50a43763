"""A plan for all rounds: construct, bend to what was asked for, mend; search only where that isn't enough."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from facilitator.methods.rotation import counting
from facilitator.methods.rotation.annealing import Effort, anneal
from facilitator.methods.rotation.bound import Certificate, certificate
from facilitator.methods.rotation.crew import Crew, by_table
from facilitator.methods.rotation.party import Impossible, Party, Reason, Rounds
from facilitator.methods.rotation.starting import Seats, bent, constructed

GENTLY, HOTLY = 0.3, 0.4
"""First temperatures: to mend seats that are nearly right, and to find some at all."""


@dataclass(frozen=True)
class Plan:
    """Where everybody sits, and what can be said of it."""

    party: Party
    rounds: Rounds

    @property
    def hosts(self) -> list[int]:
        """The hosts, by table."""
        return [self.party.hosts[table] for table in sorted(self.party.hosts)]

    @cached_property
    def certificate(self) -> Certificate:
        """How many repeat meetings there are, and how many can't be avoided."""
        return certificate(self.party, self.rounds)

    @property
    def repeats(self) -> int:
        """Σ (meetings - 1) over the pairs that meet, those kept together among them."""
        return self.certificate.repeats

    @property
    def bound(self) -> int:
        """As few repeats as any plan has that lets as few pairs meet a third time."""
        return self.certificate.bound

    @property
    def is_proved_best(self) -> bool:
        """Whether no such plan has fewer repeats."""
        return self.certificate.is_proved_best

    @cached_property
    def revisits(self) -> int:
        """How often somebody who isn't meant to stay comes to a table again."""
        return counting.revisits(self.rounds, counting.staying(self.party))

    @cached_property
    def unevenness(self) -> int:
        """Guests of one label beyond an even mix, over all tables and rounds."""
        return counting.unevenness(self.party, self.rounds)


def plan(party: Party, seed: int = 0, *, quick: bool = False, pause: Callable[[], object] = lambda: None) -> Plan:
    """Seats for all rounds of the party: fewest repeat meetings, then fewest tables seen again.

    The same for the same seed. `quick` is for a preview: where no construction fits there may be some more repeats,
    but it takes a tenth of the three seconds. `pause` is called every few milliseconds of a search, to let others work.
    Raises `Impossible` if no plan was found that keeps guests apart; what contradicts itself, `Party` has refused.
    """
    return Plan(party, seat(party, seed, quick=quick, pause=pause))


def seat(
    party: Party,
    seed: int = 0,
    *,
    past: Rounds = (),
    first: Seats | None = None,
    quick: bool = False,
    pause: Callable[[], object] = lambda: None,
) -> list[list[list[int]]]:
    """rounds[r][t] of the party's rounds. Whoever met in the `past` meets again now; tables have the same numbers.

    `first`: seats from which to begin; without them they are constructed.
    """
    randomly = random.Random(seed)  # noqa: S311 - the same plan for the same seed, nothing secret
    seats = first or constructed(party)
    level = seats and bent(party, seats, randomly)
    if level and not past and _is_perfect(party, level):
        return by_table(party, level)
    efforts = _efforts(party, mend=bool(level), quick=quick)
    found = _searched(Crew(party, past), level or None, efforts, seed, pause)
    _refuse_meetings(party, found)
    return found


def _is_perfect(party: Party, seats: Seats) -> bool:
    made = Plan(party, by_table(party, seats))
    apart = (
        any(frozenset(pair) in party.apart_pairs for pair in counting.meetings(made.rounds)) if party.apart else False
    )
    return made.is_proved_best and not (made.revisits or made.unevenness or apart)


def _searched(
    crew: Crew, first: Seats | None, efforts: list[Effort], seed: int, pause: Callable[[], object]
) -> list[list[list[int]]]:
    """The best that the efforts find, one after the other until one reaches what can't be bettered."""
    party, target = crew.party, crew.target
    found: list[tuple[tuple[int, int], list[list[int]]]] = []
    for effort in efforts:
        start = crew.start(first if effort.hot <= GENTLY else None)
        found.append(anneal(crew.units, party.tables, start, target, effort, seed, pause))
        if found[-1][0][0] <= target:
            break
    return crew.tables(min(found, key=lambda one: one[0])[1])


def _efforts(party: Party, *, mend: bool, quick: bool) -> list[Effort]:
    """From seats that are nearly right one stays cool; a small party is cheap to begin again with."""
    seats = len(party.guests) * party.rounds
    gentle = Effort(steps=40_000 + 150 * seats, hot=GENTLY if mend else HOTLY)
    thorough = Effort(steps=300_000 + 400 * seats, hot=HOTLY, runs=5 if seats < 300 else 1)
    return [gentle] if quick else [gentle, thorough] if mend else [thorough]


def _refuse_meetings(party: Party, rounds: Rounds) -> None:
    met = {frozenset(pair) for pair in counting.meetings(rounds)} if party.apart else set()
    if wrong := met & party.apart_pairs:
        pair = sorted(min(wrong, key=sorted))
        raise Impossible(Reason.NOT_FOUND, pair, f"Found no plan that keeps {pair[0]} and {pair[1]} apart.")
