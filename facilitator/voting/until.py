"""When a vote ends by itself: a kind may have the setting `vote_until`, a moment in the town's time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from facilitator.workshop.forms import TOWN_TIME

SETTING = "vote_until"


def ends_at(settings: Mapping[str, Any]) -> datetime | None:
    """The moment after which no dot moves; None: when the facilitator moves on."""
    written = settings.get(SETTING) or ""
    return datetime.fromisoformat(written).replace(tzinfo=TOWN_TIME).astimezone(UTC) if written else None


def is_over(settings: Mapping[str, Any], at: datetime) -> bool:
    """Has the vote ended by itself at this moment?"""
    end = ends_at(settings)
    return end is not None and end <= at
