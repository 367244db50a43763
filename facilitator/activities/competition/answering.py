"""Which themes an entry answers: chosen by staff or by the team, from the evenings of its project and neighbourhood."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from facilitator.accounts.models import Staff
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.models import Competition
from facilitator.synthesis.answers import Answer, Offered

ASKED = "answers-asked"
"""Stands in a form that offers themes: an empty choice is one too."""


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


def _offered(here: Competition, entry: Entry | None, viewer: Staff | None) -> Offered:
    return Offered(here.workshop, viewer or here.workshop.owner, entry.neighbourhood if entry else "")
