"""The competition as tables for a workbook: people and judges are numbers, and formulas reckon the result again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

Row = dict[str, Any]


def sheets(competition: Competition) -> dict[str, list[Row]]:  # noqa: ARG001
    return {}
