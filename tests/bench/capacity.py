"""On paper: what 100, 1,000 and 10,000 rooms at the same time need, reckoned from the figures that were measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.bench.figures import Results

ROOMS = (100, 1_000, 10_000)
PHONES, SCREENS = 60, 2
"""In each room: phones; console and projector."""
DOTS, MINUTE = 5, 60
"""Everybody places so many dots in so many seconds: the busiest minute of an evening."""
TICKS = 5
"""A second, with the default FACILITATOR_TICK_MS."""
QUIET = 0.1
"""Share of that load that a room has on average over an evening of two hours."""
FULL = 0.6
"""Share of a core that one worker may be busy, so that it still answers at once."""
MOST_WORKERS = 100_000

UNITS = {
    "vote": ("growth-vote-phones-100", 1.0, "one vote: request, check, commit"),
    "phones": ("growth-phones-ideas-60", 1.0, "one vote shown at once: the same, and one rendering for the phones"),
    "shown": ("growth-shown-ideas-60", 1.0, "the same for phones, console and projector"),
    "patch": ("change-each", 0.001, "one patch to one phone"),
    "database": ("postgres-1-database", 1.0, "one vote in PostgreSQL itself"),
    "join": ("joins-cpu", 1.0, "one join"),
    "phone": ("joins-memory", 1.0, "memory for each connected phone"),
    "empty": ("joins-empty", 1.0, "memory of a worker without phones"),
    "bytes": ("votes-bytes", 1.0, "one patch while people vote"),
}
"""Name → (key of a measured figure, what to multiply it by: processor time in milliseconds, what it is)."""


@dataclass(frozen=True)
class Needs:
    """What so many rooms need at the same time."""

    rooms: int
    votes: float
    """A second; each is one small transaction when nothing is written together."""
    workers_kept: int
    """Workers of one core, when all phones of a room are at the same worker."""
    workers_spread: int | None
    """The same when each phone is at any worker; None when no number of workers is enough."""
    database_cores: float
    megabits: float
    gigabytes: float
    renderings: float
    """Share of the workers' time that goes into drawing, when rooms are kept together."""


def needs(rooms: int, share: float, unit: dict[str, float]) -> Needs:
    """`share` is how much of the busiest minute's load every room has."""
    votes = share * PHONES * DOTS / MINUTE
    shown = TICKS * (1 - math.exp(-votes / TICKS))  # ticks in which somebody voted
    for_phones = shown * max(0.0, unit["phones"] - unit["vote"]) / 1000
    drawing = shown * max(0.0, unit["shown"] - unit["vote"]) / 1000
    rest = (votes * unit["vote"] + shown * (PHONES + SCREENS) * unit["patch"]) / 1000
    kept = math.ceil(rooms * (drawing + rest) / FULL)
    return Needs(
        rooms=rooms,
        votes=rooms * votes,
        workers_kept=kept,
        workers_spread=_spread(rooms, for_phones, drawing - for_phones + rest),
        database_cores=rooms * votes * unit["database"] / 1000,
        megabits=rooms * shown * (PHONES + SCREENS) * unit["bytes"] * 8 / 1e6,
        gigabytes=(rooms * PHONES * unit["phone"] / 1e6) + kept * unit["empty"] / 1000,
        renderings=drawing / (drawing + rest),
    )


def _spread(rooms: int, for_phones: float, rest: float) -> int | None:
    """The fewest workers when a room's phones are spread over all of them: each draws every room it has a phone of."""
    for workers in range(1, MOST_WORKERS):
        draws = 1 - (1 - 1 / workers) ** PHONES  # the chance that a room has a phone at this worker
        if rooms * (draws * for_phones + rest / workers) <= FULL:
            return workers
    return None


def tables(known: Results) -> dict[str, str]:
    """Mark → Markdown, for docs/capacity.md; empty while a figure is missing."""
    figures = {row["key"]: row for scenario in known.values() for row in scenario["rows"]}
    if not all(key in figures for key, _factor, _name in UNITS.values()):
        return {}
    unit = {name: figures[key]["figure"] * factor for name, (key, factor, _text) in UNITS.items()}
    return {
        "units": _units(figures),
        "busiest": _table([needs(rooms, 1.0, unit) for rooms in ROOMS]),
        "average": _table([needs(rooms, QUIET, unit) for rooms in ROOMS]),
    }


def _units(figures: dict[str, dict]) -> str:
    rows = [f"| {name} | {figures[key]['text']} | `{key}` |" for key, _factor, name in UNITS.values()]
    return "\n".join(["| unit | measured | row of `tests/bench/results.json` |", "|---|---|---|", *rows])


def _table(columns: list[Needs]) -> str:
    lines = {
        "rooms at the same time": [f"{each.rooms:,}" for each in columns],
        "phones": [f"{each.rooms * PHONES:,}" for each in columns],
        "votes a second": [f"{each.votes:,.0f}" for each in columns],
        "workers, rooms kept together": [f"{each.workers_kept:,}" for each in columns],
        "workers, phones spread at random": [_count(each.workers_spread) for each in columns],
        "share of drawing in the work (kept together)": [f"{100 * each.renderings:.0f} %" for each in columns],
        "PostgreSQL, cores": [f"{each.database_cores:,.1f}" for each in columns],
        "outgoing, Mbit/s": [f"{each.megabits:,.0f}" for each in columns],
        "memory of all workers, GB": [f"{each.gigabytes:,.1f}" for each in columns],
    }
    head, *rest = [f"| {name} | {' | '.join(values)} |" for name, values in lines.items()]
    return "\n".join([head, "|---" * (len(columns) + 1) + "|", *rest])


def _count(workers: int | None) -> str:
    return f"more than {MOST_WORKERS:,}" if workers is None else f"{workers:,}"
