"""What of a competition can't change any more, and why, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import select

from facilitator.activities.competition.audit import AuditLine
from facilitator.activities.competition.judges import Judge, Score
from facilitator.extensions import db
from facilitator.workshop.forms import TOWN_TIME

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

SCALE = ("lowest", "highest", "half_points")
"""Settings that what was scored already hangs on."""


def why_rubric_stands(competition: Competition) -> str:
    """Why criteria and scale are fixed; empty while they may change."""
    if not Score.is_begun(competition):
        return ""
    scores = select(AuditLine).where(AuditLine.activity_id == competition.id, AuditLine.act == "score")
    first = db.session.scalar(scores.order_by(AuditLine.id).limit(1))
    judge = db.session.get(Judge, first.judge_id) if first else None
    if first is None or judge is None:
        return str(_("The first score is in: criteria and scale stand as they are."))
    when = format_datetime(first.at.astimezone(TOWN_TIME), "yyyy-MM-dd HH:mm", rebase=False)
    words = _("The first score is in (%(name)s, %(when)s): criteria and scale stand as they are.")
    return str(words) % {"name": judge.name, "when": when}


def fixed_settings(competition: Competition, rules: tuple[str, ...]) -> dict[str, str]:
    """Settings that can't change any more, each with the reason."""
    scale = why_rubric_stands(competition)
    found = dict.fromkeys(SCALE, scale) if scale else {}
    if competition.rules_stand:
        found |= dict.fromkeys(rules, str(_("The scores were locked: by what the result is reckoned stands.")))
    return found
