"""What a phone says when it moves a dot or proposes a theme, over HTTP and over its open socket."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _

from facilitator.voting import pile_rows, rows, targets
from facilitator.voting.ballot import Ballot, Moved
from facilitator.voting.pile import Pile
from facilitator.voting.wall.hanging import headings
from facilitator.web.errors import Refused, Stranger
from facilitator.workshop.taps import Fields, quick

MOST_LYING = 20
CLIENT_ID = re.compile(r"[0-9a-f]{32}")


def client_id(fields: Fields) -> str:
    """The id that the phone gave to what it sends. Raises Refused."""
    sent = fields.get("id", "")
    if not CLIENT_ID.fullmatch(sent):
        raise Refused(_("This page is out of date. Please reload it; your text is kept."), 400)
    return sent


def round_meant(fields: Fields) -> int | None:
    """A dot that waited on a phone must not fall into the next round."""
    try:
        return int(fields.get("round", ""))
    except ValueError:
        return None


def answer(ballot: Ballot, moved: Moved) -> str:
    """The hand and the one idea or theme that changed, not the whole list: this is the answer sent most often.

    Empty when the room has gone on.
    """
    if not ballot.is_at_hand:
        return ""
    found = targets.line(ballot.activity_id, ballot.on_themes, moved.target)
    return rows.answer(found, moved.given, ballot.activity_id, ballot.budget, ballot.cap)


@quick("voting.place_dot")
def place(person_id: int, fields: Fields, activity_id: int) -> str:
    ballot = _ballot(person_id, fields, activity_id)
    return answer(ballot, ballot.place(client_id(fields), fields.get("target", "")))


@quick("voting.withdraw_dot")
def withdraw(person_id: int, fields: Fields, activity_id: int, dot_id: Any) -> str:
    ballot = _ballot(person_id, fields, activity_id)
    return answer(ballot, ballot.withdraw(dot_id))


def idea(fields: Fields) -> int:
    """The number of the idea that lay uppermost."""
    return next(iter(_numbers(fields.get("idea", ""))), 0)


def next_idea(pile: Pile, fields: Fields, back: int | None = None) -> str:
    """The pile after a tap. What lies on the phone stays there, in its order, under what was brought back."""
    lying = [*([back] if back else []), *_numbers(fields.get("idea", "")), *_numbers(fields.get("ahead", ""))]
    themes = headings(pile.activity_id)
    return pile_rows.answer(pile.sheet(lying), themes, pile.activity_id, fields.get("themes", ""))


def _numbers(written: str) -> list[int]:
    return [int(each) for each in written.split()[:MOST_LYING] if each.isdecimal() and len(each) < 10]


@quick("voting.propose")
def propose(person_id: int, fields: Fields, activity_id: int) -> str:
    pile = _pile(person_id, activity_id)
    pile.put(client_id(fields), idea(fields), fields.get("theme", ""))
    return next_idea(pile, fields)


@quick("voting.take_back")
def take_back(person_id: int, fields: Fields, activity_id: int, placing_id: str) -> str:
    pile = _pile(person_id, activity_id)
    return next_idea(pile, fields, pile.take_back(placing_id))


def _pile(person_id: int, activity_id: int) -> Pile:
    pile = Pile.of_person(activity_id, person_id)
    if pile is None:
        raise Stranger
    return pile


def _ballot(person_id: int, fields: Fields, activity_id: int) -> Ballot:
    ballot = Ballot.of_person(activity_id, person_id, round_meant(fields))
    if ballot is None:
        raise Stranger
    return ballot
