"""One path from a commit to the screens: gather, render once per audience and language, send what is new.

Versions are "<boot>.<n>": n grows with every tick that looks at a workshop, boot names this run of the server. A screen
ignores an n that isn't newer, and after a restart begins again with the new boot.
"""

from __future__ import annotations

import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypedDict

import gevent
from flask import Flask
from flask_babel import force_locale
from flask_socketio import SocketIO
from gevent.event import Event
from sqlalchemy import select

from facilitator.extensions import db
from facilitator.live import changes
from facilitator.live.presence import Presence, Seat
from facilitator.workshop import screens
from facilitator.workshop.models import Workshop

log = logging.getLogger(__name__)


class Patch(TypedDict):
    """One fragment on its way to the screens."""

    id: str
    v: str
    html: str


class Broadcaster:
    def __init__(self, app: Flask, socketio: SocketIO, presence: Presence) -> None:
        self._app = app
        self._socketio = socketio
        self._presence = presence
        self._touched: set[int] = set()
        self._sent: dict[str, dict[str, Patch]] = defaultdict(dict)
        self._boot = secrets.token_hex(4)
        self._count: dict[int, int] = defaultdict(int)
        self._awake = Event()
        changes.when_changed(self.touch)

    def touch(self, workshop_id: int) -> None:
        """A commit changed this workshop."""
        self._count[workshop_id] += 1
        self.look(workshop_id)

    def look(self, workshop_id: int) -> None:
        """Look at this workshop at the next tick: somebody came or went."""
        self._touched.add(workshop_id)
        self._awake.set()

    def version(self, workshop_id: int) -> str:
        """The version of a page rendered now. Ask before reading the data: a later patch must win."""
        return f"{self._boot}.{self._count[workshop_id]}"

    def run(self) -> None:
        """Tick for ever."""
        pause = self._app.config["SETTINGS"].tick_ms / 1000
        while True:
            self._awake.wait()
            self._awake.clear()
            self.tick()
            gevent.sleep(pause)

    def tick(self) -> None:
        """Send every screen what has changed since the last tick."""
        touched, self._touched = self._touched, set()
        for workshop_id in touched:
            try:
                self._refresh(workshop_id)
            except Exception:
                log.exception("a workshop could not be sent to its screens")

    def _refresh(self, workshop_id: int) -> None:
        rooms = self._presence.rooms(workshop_id)
        if not rooms:
            return
        version = self.version(workshop_id)
        with self._app.test_request_context():
            workshop = db.session.scalar(select(Workshop).where(Workshop.id == workshop_id))
            if workshop is None:
                return
            for audience, locale in rooms:
                with force_locale(locale):
                    self._send(workshop, audience, locale, version)

    def _send(self, workshop: Workshop, audience: str, locale: str, version: str) -> None:
        room = room_name(workshop.id, audience, locale)
        online = self._presence.online(workshop.id)
        for fragment, html in screens.render(workshop, audience, online).items():
            last = self._sent[room].get(fragment)
            if last is None or last["html"] != html:
                self._sent[room][fragment] = patch = Patch(id=fragment, v=version, html=html)
                self._socketio.emit("patch", patch, to=room)

    def catch_up(self, sid: str, seat: Seat, page: str, seen: Mapping[str, Any]) -> None:
        """Send one screen what its room was sent since: `page` the page's version, `seen` each patched fragment's."""
        for patch in self._sent[room_name(seat.workshop_id, seat.audience, seat.locale)].values():
            if is_newer(patch["v"], str(seen.get(patch["id"], page))):
                self._socketio.emit("patch", patch, to=sid)


def room_name(workshop_id: int, audience: str, locale: str) -> str:
    return f"{workshop_id}/{audience}/{locale}"


def is_newer(version: str, seen: str) -> bool:
    """Is the version newer than what a screen has seen? Anything is, after a restart."""
    boot, _, count = version.partition(".")
    seen_boot, _, seen_count = seen.partition(".")
    return boot != seen_boot or not seen_count.isdecimal() or int(count) > int(seen_count)
