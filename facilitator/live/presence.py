"""Which screens are connected: to this process at once, to the others as they last said."""

from __future__ import annotations

import secrets
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, ForeignKey, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.extensions import Model, Moment, db, now

FORGOTTEN = timedelta(seconds=10)
"""A process that has said nothing for so long is gone, and its screens with it."""

RECENT = 10.0
"""Seconds in which a phone without a socket asks at least once."""

T = TypeVar("T")


class PresenceRow(Model):
    """What one process says of the screens that are connected to it."""

    __tablename__ = "presence"

    worker: Mapped[str] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), primary_key=True, index=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    screens: Mapped[int]
    people: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Seat:
    """One connected screen."""

    workshop_id: int
    audience: str
    locale: str
    participant_id: int | None = None
    mark: str = ""
    """Whose page it is, as the page says it too (workshop/joining.py)."""


class _Room:
    """The screens of one workshop, counted as they come and go: a tick must not look at each of two thousand."""

    def __init__(self) -> None:
        self.sids: set[str] = set()
        self.screens: Counter[tuple[str, str]] = Counter()
        self.people: Counter[int] = Counter()

    def add(self, sid: str, seat: Seat) -> None:
        self.sids.add(sid)
        self.screens[seat.audience, seat.locale] += 1
        if seat.participant_id is not None:
            self.people[seat.participant_id] += 1

    def remove(self, sid: str, seat: Seat) -> None:
        self.sids.discard(sid)
        _less(self.screens, (seat.audience, seat.locale))
        if seat.participant_id is not None:
            _less(self.people, seat.participant_id)


def _less(counter: Counter[T], key: T) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


_NOBODY = _Room()
Elsewhere = dict[tuple[int, str], tuple[int, int]]


class Presence:
    def __init__(self) -> None:
        self._worker = secrets.token_hex(4)
        self._seats: dict[str, Seat] = {}
        self._rooms: dict[int, _Room] = defaultdict(_Room)
        self._elsewhere: Elsewhere = {}
        self._asked: dict[tuple[int, int], float] = {}

    def sit(self, sid: str, seat: Seat) -> None:
        self._seats[sid] = seat
        self._rooms[seat.workshop_id].add(sid, seat)

    def leave(self, sid: str) -> Seat | None:
        seat = self._seats.pop(sid, None)
        if seat:
            self._rooms[seat.workshop_id].remove(sid, seat)
            if not self._rooms[seat.workshop_id].sids:
                del self._rooms[seat.workshop_id]
        return seat

    def seat(self, sid: str) -> Seat | None:
        """Where a socket of this process belongs."""
        return self._seats.get(sid)

    def workshops(self) -> list[int]:
        """Workshops that somebody looks at through this process."""
        return list(self._rooms)

    def rooms(self, workshop_id: int) -> set[tuple[str, str]]:
        """(audience, locale) of everything that someone is looking at through this process."""
        return set(self._room(workshop_id).screens)

    def online(self, workshop_id: int) -> int:
        """People with at least one phone connected; one with phones at two processes counts twice."""
        return self._people(workshop_id) + self._elsewhere.get((workshop_id, "phone"), (0, 0))[1]

    def screens(self, workshop_id: int, audience: str) -> int:
        """Connected screens of one audience."""
        return self._screens(workshop_id, audience) + self._elsewhere.get((workshop_id, audience), (0, 0))[0]

    def sids(self, workshop_id: int) -> list[str]:
        """The sockets of this process that look at the workshop."""
        return list(self._room(workshop_id).sids)

    def seated(self) -> Counter[str]:
        """Screens of this process, by audience."""
        return Counter(seat.audience for seat in self._seats.values())

    def asked(self, workshop_id: int, participant_id: int) -> None:
        """A phone fetched its fragments: once after a sleep, again and again where no socket can be had."""
        self._asked[workshop_id, participant_id] = time.monotonic()

    def asking(self, workshop_id: int) -> int:
        """People whose phone has no socket here and fetches instead."""
        self._asked = {key: moment for key, moment in self._asked.items() if time.monotonic() - moment < RECENT}
        here = self._room(workshop_id).people
        return sum(room == workshop_id and person not in here for room, person in self._asked)

    def watched(self) -> set[int]:
        """Workshops that somebody looks at through this process, with a socket or without."""
        return {*self._rooms, *(room for room, _person in self._asked)}

    def exchange(self) -> set[int]:
        """Tell the other processes who is connected here, and hear it from them; gives the workshops with news."""
        with db.engine.begin() as connection:
            self._tell(connection)
            heard = self._hear(connection)
        before, self._elsewhere = self._elsewhere, heard
        return {key[0] for key in heard.keys() | before.keys() if heard.get(key) != before.get(key)}

    def _tell(self, connection: Connection) -> None:
        table: Any = PresenceRow.__table__
        connection.execute(
            delete(table).where((table.c.worker == self._worker) | (table.c.seen_at < now() - 6 * FORGOTTEN))
        )
        rows = [self._row(workshop_id, audience) for workshop_id, audience in self._audiences()]
        if rows:
            connection.execute(insert(table), rows)

    def _hear(self, connection: Connection) -> Elsewhere:
        table: Any = PresenceRow.__table__
        others = (
            select(table.c.workshop_id, table.c.audience, func.sum(table.c.screens), func.sum(table.c.people))
            .where(table.c.worker != self._worker, table.c.seen_at > now() - FORGOTTEN)
            .group_by(table.c.workshop_id, table.c.audience)
        )
        return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in connection.execute(others)}

    def _audiences(self) -> set[tuple[int, str]]:
        return {(seat.workshop_id, seat.audience) for seat in self._seats.values()}

    def _row(self, workshop_id: int, audience: str) -> dict[str, Any]:
        return {
            "worker": self._worker,
            "workshop_id": workshop_id,
            "audience": audience,
            "screens": self._screens(workshop_id, audience),
            "people": self._people(workshop_id) if audience == "phone" else 0,
            "seen_at": now(),
        }

    def _screens(self, workshop_id: int, audience: str) -> int:
        counted = self._room(workshop_id).screens
        return sum(screens for (each, _locale), screens in counted.items() if each == audience)

    def _people(self, workshop_id: int) -> int:
        return len(self._room(workshop_id).people)

    def _room(self, workshop_id: int) -> _Room:
        return self._rooms.get(workshop_id, _NOBODY)
