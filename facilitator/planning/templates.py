"""Agendas to begin with."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from facilitator.activities import KINDS
from facilitator.activities.board.models import Board
from facilitator.workshop.beginnings import Template
from facilitator.workshop.models import Activity


def _brainstorm() -> list[Activity]:
    return [
        Board(
            title=_("Ideas and priorities"),
            instruction=_("What should change first where we live?"),
            settings={"minutes": 10, "vote_on": "ideas", "budget": 5, "cap": 2},
        )
    ]


def _salon() -> list[Activity]:
    return [
        Board(
            title=_("Warming up"),
            instruction=_("What do you like about living here?"),
            settings={"minutes": 5, "themes": False, "vote_on": "none"},
        ),
        Board(
            title=_("What bothers us"),
            instruction=_("What bothers you every day where you live?"),
            settings={"minutes": 10, "silent": True, "vote_on": "themes", "budget": 3, "cap": 1},
        ),
        Board(
            title=_("What we could do"),
            instruction=_("What could we do about it together this year?"),
            settings={"minutes": 12, "vote_on": "ideas", "budget": 5, "cap": 2, "rounds": 2},
        ),
    ]


TEMPLATES = {
    template.key: template
    for template in (
        Template(
            "brainstorm",
            _l("Brainstorm and vote"),
            _l("One question: ideas, themes, dots, result. About 40 minutes."),
            "lightbulb",
            _brainstorm,
        ),
        Template(
            "salon",
            _l("Salon"),
            _l("Warming up, what bothers us, what we could do, with a second vote after talking. About 90 minutes."),
            "messages-square",
            _salon,
        ),
        *(template for kind in KINDS.values() for template in kind.beginnings),
        Template("empty", _l("Empty agenda"), _l("Build it yourself, one activity after the other."), "list", list),
    )
}
