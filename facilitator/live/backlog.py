"""Whom the news does not reach: screens that take nothing of what is sent to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from facilitator.live.outbox import Outbox
from facilitator.live.presence import Presence

SLOW = 2.0
"""Seconds without a byte after which a screen is behind; less is a radio that takes turns."""


class Backlog:
    """Of the screens that are connected to this process."""

    def __init__(self, server: Any, presence: Presence) -> None:
        self._server = server
        self._presence = presence

    def behind(self, workshop_id: int) -> int:
        """Screens of a workshop that have taken nothing for a while."""
        outboxes = map(self._server.manager.outbox, self._presence.sids(workshop_id))
        return sum(outbox is not None and outbox.stuck > SLOW for outbox in outboxes)

    def waiting(self) -> tuple[int, int]:
        """How many screens have something waiting for them, and how many bytes it is."""
        sizes = [outbox.waiting for outbox in self._outboxes() if outbox.waiting]
        return len(sizes), sum(sizes)

    def _outboxes(self) -> Iterable[Outbox]:
        return [phone.queue for phone in self._server.eio.sockets.values() if isinstance(phone.queue, Outbox)]
