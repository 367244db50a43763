"""Where a World Café can be: `gather`, `move-1`, `round-1`, `move-2` …, `harvest`, `sort`, and what follows."""

from __future__ import annotations

GATHER, MOVE, ROUND, HARVEST, SORT = "gather", "move-", "round-", "harvest", "sort"


def round_of(step: str) -> int:
    """The round of a step of one; 0 for every other step."""
    for name in (MOVE, ROUND):
        if step.startswith(name) and step.removeprefix(name).isdecimal():
            return int(step.removeprefix(name))
    return 0
