"""Rubrics to begin with; their words stand in rubrics.json in both languages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import get_locale

from facilitator.activities.competition.rubric import Criterion

FIRST = "renewal"


@cache
def ready() -> dict[str, dict[str, Any]]:
    """By name: `{"name", "name_en", "criteria": [columns of a criterion …]}`."""
    text = (Path(__file__).parent / "rubrics.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def names() -> list[tuple[str, str]]:
    """(name, what it is called in the reader's language)."""
    english = str(get_locale()) == "en"
    return [(key, about["name_en"] if english else about["name"]) for key, about in ready().items()]


def criteria(name: str) -> list[Criterion]:
    """New rows of the ready rubric of this name."""
    rows = ready()[name]["criteria"]
    return [
        Criterion(position=position, **{**row, "anchors": dict(row["anchors"])}) for position, row in enumerate(rows)
    ]
