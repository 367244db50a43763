"""Lines that look the same to everybody: drawn once for the whole room, not once for each phone.

They are kept by what they say, so nothing has to be thrown away when an idea changes: it is another line then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

from facilitator.activities.board.targets import Target
from facilitator.activities.board.wall import Card

KEPT = 8192
"""Lines; about half a kilobyte each."""


def ballot_rows(targets: Iterable[Target], given: Mapping[Any, Sequence[str]], activity_id: int, cap: int) -> Markup:
    """The lines of one person's ballot; only those with own dots are drawn for this person alone."""
    language = get_locale().language
    return _joined(
        ballot_row(target, given[target.id], activity_id, cap) if given.get(target.id) else _unmarked(target, language)
        for target in targets
    )


def ballot_row(target: Target, own: Sequence[str], activity_id: int, cap: int) -> Markup:
    """One line with the ids of one's dots on it."""
    return _draw("_target", target=target, own=own, activity_id=activity_id, cap=cap)


def cards(listed: Iterable[Card], activity_id: int) -> Markup:
    """Ideas as they lie on the console, ready to be moved."""
    language = get_locale().language
    return _joined(_card(card, activity_id, language) for card in listed)


@lru_cache(KEPT)
def _unmarked(target: Target, language: str) -> Markup:  # noqa: ARG001  the language it is drawn in
    return _draw("_target", target=target, own=())


@lru_cache(KEPT)
def _card(card: Card, activity_id: int, language: str) -> Markup:  # noqa: ARG001  the language it is drawn in
    return _draw("_card", idea=card, activity_id=activity_id)


def _joined(lines: Iterable[Markup]) -> Markup:
    # Markup's own join would escape each of them again.
    return Markup("".join(lines))  # noqa: S704  drawn by templates


def _draw(name: str, **values: Any) -> Markup:
    template = current_app.jinja_env.get_template(f"activities/board/{name}.html")
    return Markup(template.render(values))  # noqa: S704  a template's own work
