"""An agenda to begin with."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from facilitator.activities.competition import rubrics
from facilitator.activities.competition.models import Competition
from facilitator.workshop.beginnings import Template
from facilitator.workshop.models import Activity


def _competition() -> list[Activity]:
    made = Competition(
        title=_("Design competition"),
        instruction=_("Which scheme makes our corner better for everybody?"),
        settings={},
        criteria=rubrics.criteria(rubrics.FIRST),
    )
    return [made]


BEGINNINGS = (
    Template(
        "competition",
        _l("Design competition"),
        _l("Entries in a gallery, judges with a rubric, the room's dots, an award. One evening, or a call of weeks."),
        "trophy",
        _competition,
    ),
)
