"""Which activities group what was said into themes."""

from __future__ import annotations

from facilitator.workshop.models import Activity, Workshop


def sorts(activity: Activity) -> bool:
    """Are its ideas grouped into themes?"""
    return "themes" in activity.defaults() and bool(activity.setting("themes"))


def sorting(workshop: Workshop) -> list[Activity]:
    """Those of its agenda that do, in order."""
    return [activity for activity in workshop.activities if sorts(activity)]
