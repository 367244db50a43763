"""What a person's own page tells beside the way back, and again when the evening closes.

The layers above fill it in: what became of somebody's words is known only where the papers are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from facilitator.workshop.models import Participant, Workshop


class Told(NamedTuple):
    """One part of the page: its template, and what that shows as `told`."""

    template: str
    tell: Callable[[Workshop, Participant], Mapping[str, Any]]
    head: str
    """What stands above everything else: what is new, in a line."""


PARTS: list[Told] = []


def parts(workshop: Workshop, me: Participant) -> list[tuple[Told, Mapping[str, Any]]]:
    return [(part, part.tell(workshop, me)) for part in PARTS]
