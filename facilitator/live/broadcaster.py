"""One path from a commit to the screens: gather, render once per audience and language, send what is new.

Every process serves its own screens. A commit made here wakes the ticker at once; one made by another process is seen
at the next tick, in the table of versions. There is no leader and no queue between processes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, TypedDict

import gevent
from flask import Flask
from flask_babel import force_locale
from flask_socketio import SocketIO
from gevent.event import Event
from sqlalchemy import select

from facilitator.database import let_go
from facilitator.extensions import db
from facilitator.live import changes
from facilitator.live.presence import Presence, Seat
from facilitator.metrics import LATENCY, PATCHES, TICKS
from facilitator.workshop import screens, versions
from facilitator.workshop.models import Workshop

log = logging.getLogger(__name__)
EXCHANGE = 2.0
"""Seconds between two words with the other processes about who is connected."""
AFTER_FAILURE = 1.0
"""Seconds of rest when the database can't be asked, on top of the tick."""


class Patch(TypedDict):
    """One fragment on its way to the screens; `v` is the version since which it looks like this."""

    id: str
    v: int
    html: str


class Broadcaster:
    def __init__(self, app: Flask, socketio: SocketIO, presence: Presence) -> None:
        self._app = app
        self._socketio = socketio
        self._presence = presence
        self._looked: set[int] = set()
        self._shown: dict[int, int] = {}
        self._sent: dict[str, dict[str, Patch]] = {}
        self._awake = Event()
        self._exchanged = 0.0
        self._committed = 0.0
        changes.when_changed(self._wake)

    def _wake(self, _touched: set[int]) -> None:
        self._committed = self._committed or time.monotonic()
        self._awake.set()

    def look(self, workshop_id: int) -> None:
        """Look at this workshop at the next tick, though nothing was written: somebody came or went."""
        self._looked.add(workshop_id)
        self._awake.set()

    def run(self) -> None:
        """Tick for ever."""
        pause = self._app.config["SETTINGS"].tick_ms / 1000
        with self._app.app_context():
            alone = db.engine.dialect.name == "sqlite"
        while True:
            self._awake.wait(None if alone else pause)
            self._awake.clear()
            committed, self._committed = self._committed, 0.0
            try:
                with TICKS.time():
                    self.tick(alone)
                if committed:
                    LATENCY.observe(time.monotonic() - committed)
            except Exception:
                log.exception("the screens could not be served")
                gevent.sleep(AFTER_FAILURE)
            gevent.sleep(pause)

    def tick(self, alone: bool = True) -> None:
        """Send every screen of this process what has changed since the last tick."""
        looked, self._looked = self._looked, set()
        with self._app.test_request_context():
            if not alone:
                looked |= self._exchange()
            numbers = versions.current(self._presence.workshops())
            for workshop_id in looked | numbers.keys():
                number = numbers.get(workshop_id, 0)
                if workshop_id in looked or self._shown.get(workshop_id) != number:
                    self._try(workshop_id, number)

    def _exchange(self) -> set[int]:
        if time.monotonic() - self._exchanged < EXCHANGE:
            return set()
        self._exchanged = time.monotonic()
        return self._presence.exchange() & set(self._presence.workshops())

    def _try(self, workshop_id: int, number: int) -> None:
        """One workshop that can't be drawn must not keep the others waiting."""
        try:
            self._refresh(workshop_id, number)
            self._shown[workshop_id] = number
        except Exception:
            log.exception("a workshop could not be sent to its screens")
        finally:
            let_go()

    def _refresh(self, workshop_id: int, number: int) -> None:
        rooms = self._presence.rooms(workshop_id)
        self._forget(workshop_id, rooms)
        workshop = db.session.scalar(select(Workshop).where(Workshop.id == workshop_id)) if rooms else None
        if workshop is None:
            return
        for audience, locale in rooms:
            with force_locale(locale):
                self._send(workshop, audience, locale, number)

    def _forget(self, workshop_id: int, rooms: set[tuple[str, str]]) -> None:
        """What nobody has looked at for a while may have changed to and fro meanwhile."""
        kept = {room_name(workshop_id, *room) for room in rooms}
        for name in [each for each in self._sent if each.startswith(f"{workshop_id}/") and each not in kept]:
            del self._sent[name]
        if not rooms:
            self._shown.pop(workshop_id, None)

    def _send(self, workshop: Workshop, audience: str, locale: str, number: int) -> None:
        room = room_name(workshop.id, audience, locale)
        online = self._presence.online(workshop.id)
        sent = self._sent.setdefault(room, {})
        for fragment, html in screens.render(workshop, audience, online).items():
            last = sent.get(fragment)
            if last is None or last["html"] != html:
                sent[fragment] = patch = Patch(id=fragment, v=number, html=html)
                self._socketio.emit("patch", patch, to=room)
                PATCHES.labels(audience).inc()

    def catch_up(self, sid: str, seat: Seat, page: Any, seen: Mapping[str, Any]) -> None:
        """Send one screen what its room was sent since: `page` the page's version, `seen` each patched fragment's."""
        for patch in self._sent.get(room_name(seat.workshop_id, seat.audience, seat.locale), {}).values():
            # Who is connected has no version: the few screens that show it are told again.
            if seat.audience != "phone" or is_newer(patch["v"], seen.get(patch["id"], page)):
                self._socketio.emit("patch", patch, to=sid)


def room_name(workshop_id: int, audience: str, locale: str) -> str:
    return f"{workshop_id}/{audience}/{locale}"


def is_newer(version: int, seen: Any) -> bool:
    """Is the version newer than what a screen says it has seen?"""
    return not str(seen).isdecimal() or version > int(str(seen))
