"""What the undo button takes back of entries and rubric stands in the log too: a line is never without its answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect

from facilitator.activities.competition import audit
from facilitator.activities.competition.entries import Entry, Picture
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.rubric import Criterion
from facilitator.extensions import db
from facilitator.synthesis.answers import Answer
from facilitator.workshop.history import Deed

_SEEN: dict[str, type[Entry | Picture | Criterion | Answer]] = {
    "competition_entry": Entry,
    "competition_picture": Picture,
    "competition_criterion": Criterion,
    "theme_answer": Answer,
}


@event.listens_for(Deed.undone_at, "set")
def _note(deed: Deed, value: Any, _before: Any, _initiator: Any) -> None:
    """A line for each entry and criterion that the deed touched; not while a deed arrives in a parcel."""
    if not inspect(deed).persistent:
        return
    act = "undone" if value else "redone"
    for activity_id, about in _touched(deed):
        here = db.session.get_one(Competition, activity_id)
        audit.note(here, act, staff_id=deed.staff_id, **about)


def _touched(deed: Deed) -> list[tuple[int, dict[str, Any]]]:
    """(competition, what the line is about), each once: a picture belongs to its entry, and so do its answers."""
    found: dict[Any, tuple[int, dict[str, Any]]] = {}
    for row in deed.rows:
        subject = db.session.get_one(_SEEN[row["table"]], row["id"]) if row["table"] in _SEEN else None
        if isinstance(subject, Picture):
            subject = db.session.get_one(Entry, subject.entry_id)
        if isinstance(subject, Answer):
            subject = db.session.get(Entry, subject.statement_id)
        if isinstance(subject, Entry):
            found[subject.id] = subject.activity_id, {"entry_id": subject.id}
        elif isinstance(subject, Criterion):
            found[subject.id] = subject.activity_id, {"criterion_id": subject.id}
    return list(found.values())
