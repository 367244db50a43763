"""Which themes an entry answers: chosen by staff or by the team, from the evenings of its project and neighbourhood."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.datastructures import MultiDict

from facilitator.accounts.models import Staff
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.models import Competition
from facilitator.synthesis.answers import Answer, Offered
from facilitator.synthesis.models import Theme
from facilitator.web.text import clean

ASKED = "answers-asked"
"""Stands in a form that offers themes: an empty choice is one too."""

BETWEEN = re.compile(r"[,;、，；\n]")
"""Stands between the names of themes in a list."""


def settle(here: Competition, entry: Entry, form: MultiDict[str, str], viewer: Staff | None = None) -> None:
    """What the form says; a team, which is no staff, is offered what the evening's owner may see."""
    if ASKED in form:
        chosen = {int(key) for key in form.getlist("answer") if key.isdecimal() and len(key) < 10}
        Answer.settle(entry.id, _offered(here, entry, viewer).themes, chosen)


def context(here: Competition, entry: Entry | None, viewer: Staff | None = None) -> dict[str, Any]:
    """What the form's fields need."""
    return {
        "offered": _offered(here, entry, viewer).groups,
        "answered": {theme.id for theme in Answer.themes_of([entry.id])[entry.id]} if entry else set(),
    }


def named(here: Competition, neighbourhood: str, text: str) -> tuple[list[Theme], set[int], list[str]]:
    """What a list's cell says: the themes that were offered, the ids of those it names, and the names of no theme."""
    offered = Offered(here.workshop, here.workshop.owner, neighbourhood).themes
    names = {clean(name).casefold(): clean(name) for name in BETWEEN.split(text) if clean(name)}
    chosen = {theme.id for theme in offered if clean(theme.name).casefold() in names}
    known = {clean(theme.name).casefold() for theme in offered}
    return offered, chosen, [name for key, name in names.items() if key not in known]


def _offered(here: Competition, entry: Entry | None, viewer: Staff | None) -> Offered:
    return Offered(here.workshop, viewer or here.workshop.owner, entry.neighbourhood if entry else "")
