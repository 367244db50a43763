"""What every evening of the demo needs: its plan, its people, its themes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from facilitator.extensions import db
from facilitator.synthesis.models import Theme
from facilitator.workshop.models import Activity, Participant, Workshop

HERE = Path(__file__).parent
COME_EVERY = timedelta(seconds=11)

Plan = dict[str, Any]


def content(name: str) -> Plan:
    return cast(Plan, json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")))


def join(workshop: Workshop, name: str) -> Participant:
    """One person after the other comes in from the beginning on."""
    token = Participant.join(workshop.id, name)
    person = db.session.scalars(select(Participant).where(Participant.token == token)).one()
    if workshop.starts_at:
        person.joined_at = workshop.starts_at + COME_EVERY * person.number
    db.session.flush()
    return person


def make_theme(activity: Activity, row: Plan) -> Theme:
    theme = Theme.add(activity, row["name"])
    theme.name_en = row["name_en"]
    return theme
