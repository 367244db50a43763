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

from flask import current_app, session
from limits import RateLimitItem, parse
from sqlalchemy import select

from facilitator.extensions import db, limiter
from facilitator.workshop.models import Participant, Workshop

MOST_ROOMS = 8
"""Workshops remembered by one phone; the oldest is forgotten first."""


def remember(person: Participant) -> None:
    """Put the person into this phone's cookie."""
    people = {number: token for number, token in _people().items() if number != str(person.workshop_id)}
    people[str(person.workshop_id)] = person.token
    session["people"] = dict(list(people.items())[-MOST_ROOMS:])
    session.permanent = True


def known_participant(workshop: Workshop) -> Participant | None:
    """Who this phone is in the workshop, by its cookie alone."""
    token = _people().get(str(workshop.id))
    return _with_token(workshop, token) if token else None


def tokens() -> list[str]:
    """Everybody this phone is, in whichever workshop."""
    return [token for token in _people().values() if isinstance(token, str)]


def resumed(token: str) -> Participant | None:
    """The person of a resume link."""
    return db.session.scalar(select(Participant).where(Participant.token == token))


def recognised(workshop: Workshop, code: str) -> Participant | None:
    """The person of a personal code; a wrong one counts against the workshop's tries."""
    if form_rests(workshop):
        return None
    person = Participant.by_personal_code(workshop, code)
    if person is None:
        limiter.limiter.hit(_tries(), "personal-code", str(workshop.id))
    return person


def form_rests(workshop: Workshop) -> bool:
    """Have there been too many wrong personal codes just now?"""
    return not limiter.limiter.test(_tries(), "personal-code", str(workshop.id))


def _tries() -> RateLimitItem:
    return parse(current_app.config["SETTINGS"].code_tries)


def _people() -> dict[str, str]:
    people = session.get("people")
    return people if isinstance(people, dict) else {}


def _with_token(workshop: Workshop, token: str) -> Participant | None:
    return db.session.scalar(
        select(Participant).where(Participant.token == token, Participant.workshop_id == workshop.id)
    )
