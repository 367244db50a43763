"""Papers beside the proposal, made by the same line of exports: those that kinds offer, and those of every workshop.

A sheet is named by one word that stands in the export's row: `booklet-12` is the paper of this name of activity 12,
`kit` what is printed for the room before the start, `summary` the page for the notice board, `minutes` a short report.
"""

from __future__ import annotations

from typing import NamedTuple, TypedDict

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from facilitator.documents.chapters import chapter
from facilitator.documents.paper import Chapter
from facilitator.web.errors import Refused
from facilitator.workshop.models import Activity, Workshop
from facilitator.workshop.paperwork import Offer, Paperwork

PROPOSAL, KIT = "proposal", "kit"
COMMON = {
    "summary": Offer(
        _l("Page for the notice board"), _l("the result on one page, readable from two metres"), icon="megaphone"
    ),
    "minutes": Offer(_l("Short minutes"), _l("what came of it and what is to be done")),
}
"""Made of the proposal's own figures, so that every workshop has them."""
EDITED = ("minutes",)
"""Of these, which offices go on writing: they can be had as Word too."""


class Sheet(TypedDict):
    """What the process that prints needs of a sheet."""

    name: str
    parts: list[Chapter]
    """One of each activity that it is made of; their templates stand in the kinds' folders. None where the paper's own
    figures are enough."""


class Offered(NamedTuple):
    """A paper that can be asked for on the proposal's page."""

    document: str
    offer: Offer
    activity: Activity
    refusal: str
    """Why it can't be made (yet); empty where it can."""


def offered(workshop: Workshop) -> list[Offered]:
    """The papers that the workshop's activities offer, in the agenda's order."""
    return [
        Offered(f"{name}-{activity.id}", offer, activity, activity.refusal(name))
        for activity in workshop.activities
        for name, offer in activity.offers.items()
    ]


def common() -> list[tuple[str, str, Offer]]:
    """The papers of every workshop: name, kind of file, what is said of it."""
    return [(name, kind, offer) for name, offer in COMMON.items() for kind in formats_of(name)]


def has_prints(workshop: Workshop) -> bool:
    """Is anything printed for the room beside the poster?"""
    return any(type(activity).prints is not Paperwork.prints for activity in workshop.activities)


def sheet_of(workshop: Workshop, document: str, switches: frozenset[str]) -> Sheet | None:
    """The sheet of this name; None when the workshop has no such thing. Raises Refused while it can't be made."""
    if document == KIT:
        made = [(activity, activity.prints()) for activity in workshop.activities]
        parts = [chapter(activity, part) for activity, part in made if part is not None]
        return Sheet(name=KIT, parts=parts) if parts else None
    if document in COMMON:
        return Sheet(name=document, parts=[])
    for each in offered(workshop):
        if each.document == document:
            if each.refusal:
                raise Refused(each.refusal, 409)
            name, _dash, _number = document.rpartition("-")
            return Sheet(name=name, parts=[chapter(each.activity, each.activity.paper(name, switches))])
    return None


def formats_of(document: str) -> tuple[str, ...]:
    """The kinds of file that a sheet can be had as."""
    return ("pdf", "docx") if document in EDITED else ("pdf",)


def photos_of(sheet: Sheet | None) -> list[str]:
    """The names of the files that it shows."""
    return [name for part in sheet["parts"] for name in part["photos"]] if sheet else []


def label_of(workshop: Workshop, document: str) -> str:
    """What people call an export's document."""
    if document == KIT:
        return str(_("Print kit"))
    if document in COMMON:
        return str(COMMON[document].label)
    found = next((each for each in offered(workshop) if each.document == document), None)
    return f"{found.offer.label} · {found.activity.title}" if found else ""
