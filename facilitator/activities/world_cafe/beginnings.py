"""An agenda to begin with."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.workshop.beginnings import Template
from facilitator.workshop.models import Activity


def _cafe() -> list[Activity]:
    questions = [
        _("What makes this place ours?"),
        _("What stands in the way?"),
        _("What do we begin with this year?"),
    ]
    settings = {"rounds": 3, "minutes": 20, "questions": "\n".join(questions)}
    return [WorldCafe(title=_("World Café"), instruction=_("How do we want to live together here?"), settings=settings)]


BEGINNINGS = (
    Template(
        "world_cafe",
        _l("World Café"),
        _l("Three rounds at small tables with hosts, everybody meets new people, then the harvest. About two hours."),
        "coffee",
        _cafe,
    ),
)
