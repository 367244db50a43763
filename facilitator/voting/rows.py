"""Lines that look the same to everybody: drawn once for the whole room, not once for each phone.

They are kept by what they say, so nothing has to be thrown away when an idea changes: it is another line then, and
the one that nobody draws any more is soon forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

from facilitator.voting.targets import Target
from facilitator.voting.wall.hanging import Card
from facilitator.web.recent import recent

MOST = 1024
"""Lines on each shelf; two to three kilobytes each."""
KEPT_FOR = 60.0
"""Seconds since a line was last drawn: it hangs on a wall that somebody looks at."""


def ballot_rows(targets: Iterable[Target], given: Mapping[Any, Sequence[str]], activity_id: int, cap: int) -> Markup:
    """The lines of one person's ballot."""
    language = get_locale().language
    return joined(_ballot_row(target, given.get(target.id, ()), activity_id, cap, language) for target in targets)


def answer(target: Target | None, given: Mapping[Any, Sequence[str]], activity_id: int, budget: int, cap: int) -> str:
    """What a dot is answered with: the hand, and the line that it changed."""
    language = get_locale().language
    line = _ballot_row(target, given.get(target.id, ()), activity_id, cap, language) if target else ""
    return draw("_dot", target=target, line=line, hand=hand(given, budget, cap))


def hand(given: Mapping[Any, Sequence[str]], budget: int, cap: int) -> Markup:
    """How many dots are left."""
    return _hand(max(0, budget - sum(map(len, given.values()))), budget, cap, get_locale().language)


def cards(listed: Iterable[Card], activity_id: int) -> Markup:
    """Ideas as they lie on the console, ready to be moved."""
    language = get_locale().language
    return joined(_card(card, activity_id, language) for card in listed)


def _ballot_row(target: Target, own: Sequence[str], activity_id: int, cap: int, language: str) -> Markup:
    line = _marked(target, len(own), activity_id, cap, language)
    for place, dot_id in zip(places(len(own)), own, strict=True):
        line = line.replace(place, dot_id)
    return line


@recent(seconds=KEPT_FOR, most=MOST)
def _marked(target: Target, dots: int, activity_id: int, cap: int, language: str) -> Markup:  # noqa: ARG001
    """A line with so many dots on it, and places where their ids go."""
    return draw("_target", target=target, own=places(dots), activity_id=activity_id, cap=cap)


@lru_cache
def places(count: int) -> tuple[str, ...]:
    """Ids that nothing has: a phone makes them of 128 random bits."""
    return tuple(f"{number:032x}" for number in range(count))


@recent(seconds=KEPT_FOR, most=MOST)
def _hand(free: int, budget: int, cap: int, language: str) -> Markup:  # noqa: ARG001  the language it is drawn in
    return draw("_hand", free=free, budget=budget, cap=cap)


@recent(seconds=KEPT_FOR, most=MOST)
def _card(card: Card, activity_id: int, language: str) -> Markup:  # noqa: ARG001  the language it is drawn in
    return draw("_card", idea=card, activity_id=activity_id)


def joined(lines: Iterable[Markup]) -> Markup:
    """Lines one after the other."""
    # Markup's own join would escape each of them again.
    return Markup("".join(lines))  # noqa: S704  drawn by templates


def draw(name: str, **values: Any) -> Markup:
    """A template of `voting/`, without what every page would be given."""
    template = current_app.jinja_env.get_template(f"voting/{name}.html")
    return Markup(template.render(values))  # noqa: S704  a template's own work
