"""Areas in proportion to their weight, as square as can be, in one rectangle.

Source: Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Area(NamedTuple):
    """One rectangle: its corner and its size, in the measure of the whole."""

    x: float
    y: float
    width: float
    height: float


def squarified(weights: Sequence[float], width: float, height: float) -> list[Area]:
    """An area for each weight (all above zero, best in falling order), which together fill the whole."""
    scale = width * height / sum(weights) if weights else 0.0
    waiting, areas = [weight * scale for weight in weights], list[Area]()
    room = Area(0.0, 0.0, width, height)
    while waiting:
        row = _row(waiting, min(room.width, room.height))
        placed, room = _laid(row, room)
        areas += placed
        waiting = waiting[len(row) :]
    return areas


def _row(waiting: Sequence[float], side: float) -> list[float]:
    """The first of them that stand along the shorter side, as long as that makes them squarer."""
    row = [waiting[0]]
    for size in waiting[1:]:
        if _worst([*row, size], side) > _worst(row, side):
            break
        row.append(size)
    return row


def _worst(row: Sequence[float], side: float) -> float:
    """The most oblong of a row, as long side by short."""
    deep = sum(row) / side
    return max(max(deep * deep / size, size / (deep * deep)) for size in row)


def _laid(row: Sequence[float], room: Area) -> tuple[list[Area], Area]:
    """The row in its room, and the room that is left."""
    across = room.width >= room.height
    deep = sum(row) / (room.height if across else room.width)
    areas, along = [], 0.0
    for size in row:
        long = size / deep
        areas.append(Area(room.x, room.y + along, deep, long) if across else Area(room.x + along, room.y, long, deep))
        along += long
    if across:
        return areas, Area(room.x + deep, room.y, room.width - deep, room.height)
    return areas, Area(room.x, room.y + deep, room.width, room.height - deep)
