"""Ideas that may say the same, at the facilitator's desk: two side by side, to be merged or kept. Never by themselves.

Which pairs are left for later stands in the panel alone: `12-33,4-9`, by the ideas' numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from flask import abort, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.extensions import db
from facilitator.synthesis import doubles
from facilitator.synthesis.doubles import KeptApart
from facilitator.synthesis.late import synthesis
from facilitator.synthesis.models import SHOWN, Statement
from facilitator.synthesis.routes import answered, statement_of
from facilitator.synthesis.thinking import doubles as alike
from facilitator.web.errors import Refused
from facilitator.web.text import clean
from facilitator.workshop.access import my_activity
from facilitator.workshop.history import deed
from facilitator.workshop.models import Activity

__all__ = ["synthesis"]  # with these routes on it
MOST_FOUND = 12
"""Ideas listed where one is looked for by hand."""
LONGEST = 100


class Side(NamedTuple):
    """One of the two, with all who stand behind it."""

    idea: Statement
    originals: list[Statement]
    people: int


class Pair(NamedTuple):
    """Two ideas that may say the same."""

    first: Side
    second: Side
    surely: bool = True
    """False where they may as well say two things."""

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.first, self.second

    @property
    def key(self) -> str:
        return f"{self.first.idea.number}-{self.second.idea.number}"

    @property
    def stays(self) -> Side:
        """The wording that is proposed: more people stand behind it, else it came first."""
        return max(self.sides, key=lambda side: (side.people, -side.idea.number))

    @property
    def seen(self) -> str:
        """A mark of what the panel shows: it is another once one of the two was reworded, moved or merged."""
        shown = [(each.id, each.text, each.theme_id) for side in self.sides for each in side.originals]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


@synthesis.get("/doubles")
@login_required
def offer(activity_id: int) -> str:
    """The next pair, or the one that is asked for by hand."""
    activity = _heard(activity_id)
    by_hand = [statement_of(activity, key) for key in request.args.getlist("idea")]
    return _panel(activity, by_hand=_pair(*by_hand) if len(by_hand) == 2 else None)


@synthesis.post("/doubles")
@login_required
def merge_ideas(activity_id: int) -> Response:
    activity = _heard(activity_id)
    try:
        with deed(activity.workshop, current_staff(), "double"):
            pair = _chosen_pair(activity)
            ideas = [side.idea for side in pair.sides]
            head, other = sorted(ideas, key=lambda idea: idea.id != request.form.get("stays"))
            if not doubles.is_merged(head, other):  # as it is where the button was pressed twice
                _look_again_unless_seen(pair)
                doubles.merge(head, other)
    except Refused as refused:
        return _again(activity, refused)
    return _next(activity)


@synthesis.post("/doubles/apart")
@login_required
def keep_both(activity_id: int) -> Response:
    activity = _heard(activity_id)
    try:
        with deed(activity.workshop, current_staff(), "keep-apart"):
            pair = _chosen_pair(activity)
            _look_again_unless_seen(pair)
            KeptApart.keep([(pair.first.idea, pair.second.idea)], current_staff())
    except Refused as refused:
        return _again(activity, refused)
    return _next(activity)


@synthesis.post("/doubles/apart/rest")
@login_required
def keep_rest(activity_id: int) -> Response:
    """Keep all pairs that the panel had still to show: `rest` names them, those left for later not among them."""
    activity = _heard(activity_id)
    rest = list(_named(activity, request.form.get("rest", "")))
    with deed(activity.workshop, current_staff(), "keep-rest"):
        KeptApart.keep(rest, current_staff())
    return _next(activity, kept=len(rest))


def _named(activity: Activity, keys: str) -> Iterator[tuple[Statement, Statement]]:
    """Pairs by their keys, without what was withdrawn meanwhile."""
    ideas = {str(idea.number): idea for idea in Statement.of(activity)}
    for first, _hyphen, second in (key.partition("-") for key in keys.split(",")):
        if first in ideas and second in ideas and first != second:
            yield ideas[first], ideas[second]


@synthesis.post("/statements/<statement_id>/apart")
@login_required
def take_apart(activity_id: int, statement_id: str) -> Response:
    activity = _heard(activity_id)
    with deed(activity.workshop, current_staff(), "take-apart"):
        doubles.take_apart(statement_of(activity, statement_id), current_staff())
    return answered(activity)


@synthesis.get("/statements/<statement_id>/same")
@login_required
def look_for_same(activity_id: int, statement_id: str) -> str:
    """Find the other one by hand: by its number or words; at first the latest are listed."""
    activity = _heard(activity_id)
    statement, words = statement_of(activity, statement_id), clean(request.args.get("words", ""))[:LONGEST]
    others = [each for each in Statement.on_wall(activity) if each.id != statement.id]
    found = [each for each in others if _answers(each, words)] if words else others[::-1]
    context = {"found": found[:MOST_FOUND], "more": max(0, len(found) - MOST_FOUND), "words": words}
    return render_template("synthesis/_same.html", activity=activity, statement=statement, **context)


def _answers(statement: Statement, words: str) -> bool:
    number = words.removeprefix("#")
    if number.isdecimal() and statement.number == int(number):
        return True
    return all(word.casefold() in statement.text.casefold() for word in words.split())


def _heard(activity_id: int) -> Activity:
    """Designs that take part in a competition are never merged."""
    activity = my_activity(activity_id)
    return activity if activity.is_heard else abort(404)


def _chosen_pair(activity: Activity) -> Pair:
    """The pair as it stands now."""
    found = [db.session.get(Statement, request.form.get(name, "")) for name in ("first", "second")]
    first, second = (each if each and each.activity_id == activity.id else abort(404) for each in found)
    return _pair(first, second)


def _look_again_unless_seen(pair: Pair) -> None:
    """Raises Refused unless the pair is what the panel showed."""
    if pair.first.idea is pair.second.idea or pair.seen != request.form.get("seen"):
        message = _("Meanwhile one of the two was changed, moved or merged. Nothing was done; please look again.")
        raise Refused(message, 409)


def _next(activity: Activity, kept: int = 0) -> Response:
    answer = make_response(_panel(activity, place=_place() + 1, kept=kept))
    answer.headers["HX-Trigger"] = "deed-done"
    return answer


def _again(activity: Activity, refused: Refused) -> Response:
    """In the panel itself: a notice on the page would lie under it."""
    return make_response(_panel(activity, refusal=str(refused)), refused.status)


def _place() -> int:
    """How many pairs the open panel has shown, this one among them."""
    return max(1, request.values.get("place", 1, type=int))


def _panel(activity: Activity, *, by_hand: Pair | None = None, place: int = 0, **told: Any) -> str:
    later = [key for key in request.values.get("later", "").split(",") if key]
    every, is_poor = _pairs(activity)
    left = [pair for pair in every if pair.key not in later]
    pair = by_hand or next(iter(left), None)
    context = {"pair": pair, "left": left, "waiting": len(every) - len(left), "later": later, **told}
    context |= {"by_hand": bool(by_hand), "place": place or _place(), "is_poor": is_poor and not by_hand}
    return render_template("synthesis/_doubles.html", activity=activity, **context)


def _pairs(activity: Activity) -> tuple[list[Pair], bool]:
    """What the machine finds alike, the surest first, without what was kept apart; and is its model missing?"""
    ideas = Statement.on_wall(activity)
    found, is_poor = alike([idea.text for idea in ideas]) if len(ideas) > 1 else ([], False)
    apart = KeptApart.of(activity)
    found = [each for each in found if frozenset(ideas[place].id for place in each[:2]) not in apart]
    sides = _sides(activity, {place for each in found for place in each[:2]}, ideas)
    return [Pair(sides[first], sides[second], surely) for first, second, surely in found], is_poor


def _sides(activity: Activity, places: Iterable[int], ideas: list[Statement]) -> dict[int, Side]:
    families: dict[str, list[Statement]] = {}
    for each in Statement.of(activity, SHOWN):
        families.setdefault(each.merged_into_id or each.id, []).append(each)
    return {place: _side(ideas[place], families[ideas[place].id]) for place in places}


def _pair(first: Statement, second: Statement) -> Pair:
    return Pair(_side(first, doubles.originals(first)), _side(second, doubles.originals(second)))


def _side(idea: Statement, originals: list[Statement]) -> Side:
    return Side(idea, originals, doubles.people_behind(originals))
