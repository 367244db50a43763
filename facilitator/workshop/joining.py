"""How a phone becomes somebody, and stays the same somebody.

A person is known by a token. It travels in the signed cookie, in the resume link, and stands behind a personal code
of four characters that is read out or copied by hand.

Guessing: nothing is limited per address, since a whole hall shares one. A join code has 28^6 = 480 million values and
opens nothing but the door to say one's own name. The 614,656 personal codes of a workshop are guarded by a count of
wrong codes *per workshop* (setting CODE_TRIES): past it the form rests for everybody, while cookies and resume links
(128 random bits) go on working. With 300 people in the room and eight tries in ten minutes, three hours of guessing
find anybody at all with a chance of 7 %, one given person with 0.02 %; and the facilitator sees the form resting.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from flask import current_app, session
from sqlalchemy import bindparam, select

from facilitator.extensions import limiter, read
from facilitator.workshop.models import Participant, Workshop

MOST_ROOMS = 8
"""Workshops remembered by one phone; the oldest is forgotten first."""


def remember(room: int | str, token: str) -> None:
    """Put the person of this token into this phone's cookie, under a workshop's id or the name of another room."""
    people = {name: held for name, held in _people().items() if name != str(room)}
    people[str(room)] = token
    session["people"] = dict(list(people.items())[-MOST_ROOMS:])
    session.permanent = True


def known_participant(workshop: Workshop) -> Participant | None:
    """Who this phone is in the workshop, by its cookie alone."""
    token = _people().get(str(workshop.id))
    person = Participant.by_token(token) if token else None
    return person if person and person.workshop_id == workshop.id else None


def held_in(room: str) -> str:
    """The token of the person that this phone is in a room by its name; empty when it is nobody there."""
    return _people().get(room, "")


class Known(NamedTuple):
    """Who a phone is, without loading anything."""

    workshop_id: int
    participant_id: int
    token: str


def known_at(code: str) -> Known | None:
    """Who this phone is in the workshop of a join code; asked by a whole hall when the server comes back."""
    held = tokens()
    if not held:
        return None
    found = read(_KNOWN_AT, code=code.upper(), held=held)
    return Known(*found[0]) if found else None


def tokens() -> list[str]:
    """Everybody this phone is, in whichever workshop."""
    return [token for token in _people().values() if isinstance(token, str)]


def mark(token: str) -> str:
    """A name for a person under which a phone keeps what it will send; it opens nothing."""
    return sha256(token.encode()).hexdigest()[:20]


def is_still(person_mark: str) -> bool:
    """Does this phone still hold the person who gave what it sends now?"""
    return person_mark in map(mark, tokens())


def resumed(token: str) -> Participant | None:
    """The person of a resume link."""
    return Participant.by_token(token)


def recognised(workshop: Workshop, code: str) -> Participant | None:
    """The person of a personal code; a wrong one counts against the workshop's tries."""
    if form_rests(workshop):
        return None
    person = Participant.by_personal_code(workshop, code)
    if person is None:
        limiter.hit(_tries(), "personal-code", str(workshop.id))
    return person


def form_rests(workshop: Workshop) -> bool:
    """Have there been too many wrong personal codes just now?"""
    return not limiter.is_open(_tries(), "personal-code", str(workshop.id))


_person: Any = Participant.__table__
_room: Any = Workshop.__table__
_KNOWN_AT = (
    select(_room.c.id, _person.c.id, _person.c.token)
    .join(_person, _person.c.workshop_id == _room.c.id)
    .where(
        _room.c.code == bindparam("code"),
        _room.c.deleted_at.is_(None),
        _person.c.token.in_(bindparam("held", expanding=True)),
    )
)


def _tries() -> str:
    return str(current_app.config["SETTINGS"].code_tries)


def _people() -> dict[str, str]:
    people = session.get("people")
    return people if isinstance(people, dict) else {}
