"""Which screens are connected to this process."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Seat:
    """One connected screen."""

    workshop_id: int
    audience: str
    locale: str
    participant_id: int | None = None


class Presence:
    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}
        self._by_workshop: dict[int, set[str]] = defaultdict(set)

    def sit(self, sid: str, seat: Seat) -> None:
        self._seats[sid] = seat
        self._by_workshop[seat.workshop_id].add(sid)

    def leave(self, sid: str) -> Seat | None:
        seat = self._seats.pop(sid, None)
        if seat:
            self._by_workshop[seat.workshop_id].discard(sid)
        return seat

    def rooms(self, workshop_id: int) -> set[tuple[str, str]]:
        """(audience, locale) of everything that someone is looking at."""
        return {(seat.audience, seat.locale) for seat in self._of(workshop_id)}

    def online(self, workshop_id: int) -> int:
        """People with at least one phone connected."""
        return len({seat.participant_id for seat in self._of(workshop_id)} - {None})

    def screens(self, workshop_id: int, audience: str) -> int:
        """Connected screens of one audience."""
        return sum(seat.audience == audience for seat in self._of(workshop_id))

    def _of(self, workshop_id: int) -> list[Seat]:
        return [self._seats[sid] for sid in self._by_workshop.get(workshop_id, ())]
