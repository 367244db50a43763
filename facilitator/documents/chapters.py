"""What kinds tell of themselves, taken into a paper: data with the kind's name, by which its template is found."""

from __future__ import annotations

from collections.abc import Sequence

from facilitator.documents.evidence.heard import Heard
from facilitator.documents.paper import Chapter
from facilitator.workshop.models import Activity
from facilitator.workshop.paperwork import Part


def chapters_of(heard: Sequence[Heard]) -> list[Chapter]:
    """The chapters of the activities that have one, in the agenda's order."""
    told = [(each.activity, each.activity.chapter(each.place)) for each in heard]
    return [chapter(activity, part) for activity, part in told if part is not None]


def chapter(activity: Activity, part: Part) -> Chapter:
    """What the activity told of itself, with the name of its kind."""
    return Chapter(id=activity.id, kind=activity.kind, **part)
