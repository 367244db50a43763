"""Where a World Café can be: `gather`, `move-1`, `round-1`, `move-2` …, `harvest` … `dialogue`."""

from __future__ import annotations

GATHER, MOVE, ROUND, HARVEST, DIALOGUE = "gather", "move-", "round-", "harvest", "dialogue"


def round_of(step: str) -> int:
    """The round of a step of one; 0 for every other step."""
    for name in (MOVE, ROUND):
        if step.startswith(name) and step.removeprefix(name).isdecimal():
            return int(step.removeprefix(name))
    return 0
