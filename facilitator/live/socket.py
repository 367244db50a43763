"""Joining the live path. What a socket may hear is decided by its signed cookie, never by what it says."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_babel import get_locale
from flask_login import current_user
from flask_socketio import ConnectionRefusedError as Refusal
from flask_socketio import join_room
from sqlalchemy import select

from facilitator.accounts.models import Staff
from facilitator.extensions import db, socketio
from facilitator.live.broadcaster import Broadcaster, room_name
from facilitator.live.presence import Presence, Seat
from facilitator.live.taps import Taps
from facilitator.workshop.joining import known_at, mark
from facilitator.workshop.models import Workshop


def init_app(app: Flask, presence: Presence, broadcaster: Broadcaster) -> None:
    app.extensions["presence"] = presence
    app.extensions["broadcaster"] = broadcaster

    @socketio.on("connect")
    def connect(auth: Any) -> None:
        seat = _seat(auth if isinstance(auth, dict) else {})
        if seat is None:
            raise Refusal("not here")
        presence.sit(_sid(), seat)
        join_room(room_name(seat.workshop_id, seat.audience, seat.locale))
        seen = auth.get("versions")
        broadcaster.catch_up(_sid(), seat, auth.get("page"), seen if isinstance(seen, dict) else {})
        broadcaster.look(seat.workshop_id)

    # Without a request and its session, which Flask-SocketIO makes anew for each event: a tap needs neither.
    socketio.server.on("tap", Taps(app, presence).heard)

    @socketio.on("disconnect")
    def disconnect(reason: Any = None) -> None:  # noqa: ARG001
        seat = presence.leave(_sid())
        if seat:
            broadcaster.look(seat.workshop_id)


def _seat(auth: dict[str, Any]) -> Seat | None:
    """Where this socket belongs: `auth` names the page it stands on, the cookie says whether it may."""
    loaders = {"phone": _phone, "console": _console, "projector": _projector}
    loader = loaders.get(str(auth.get("audience")))
    return loader(str(auth.get("key", ""))) if loader else None


def _phone(code: str) -> Seat | None:
    me = known_at(code)
    return Seat(me.workshop_id, "phone", str(get_locale()), me.participant_id, mark(me.token)) if me else None


def _console(workshop_id: str) -> Seat | None:
    if not isinstance(current_user._get_current_object(), Staff) or not workshop_id.isdigit():  # noqa: SLF001
        return None
    mine = Workshop.seen_by(current_user).where(Workshop.id == int(workshop_id))
    workshop = db.session.scalar(mine)
    return Seat(workshop.id, "console", str(get_locale())) if workshop else None


def _projector(token: str) -> Seat | None:
    found = select(Workshop).where(Workshop.screen_token == token, Workshop.deleted_at.is_(None))
    workshop = db.session.scalar(found)
    return Seat(workshop.id, "projector", workshop.language) if workshop else None


def _sid() -> str:
    return request.sid  # type: ignore[attr-defined,no-any-return]  # Flask-SocketIO adds it
