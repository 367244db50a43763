"""The fragments of the three screens. The page's first render and every later patch are the same template.

A fragment is the same for everybody of its audience: nothing personal, no form token, no text input.
"""

from __future__ import annotations

from typing import Any

from flask import render_template

from facilitator.workshop import agenda
from facilitator.workshop.ending import together
from facilitator.workshop.models import Activity, Workshop

AUDIENCES = {
    "phone": ("bar", "stage"),
    "projector": ("head", "stage", "foot"),
    "console": ("head", "agenda", "stage", "side", "bar"),
}


def place(workshop: Workshop) -> dict[str, Any]:
    """Where the room is: what every template may use. `scene` changes when a phone needs another personal part."""
    stop = agenda.here(workshop)
    return {
        "workshop": workshop,
        "activity": stop.activity,
        "step": stop.step.key,
        "stop": stop,
        "scene": f"{stop.key}-{stop.activity.turn() if stop.activity else 0}{workshop.locked:d}{workshop.paused:d}",
    }


def context(workshop: Workshop, audience: str, online: int = 0) -> dict[str, Any]:
    """What the templates of one audience may use. Where something is revealed, the activity gives `hidden_places`."""
    shared = {
        **place(workshop),
        "people": workshop.head_count(),
        "online": online,
        "audience": audience,
        "hidden_places": None,
    }
    stop = shared["stop"]
    if stop.activity:
        shared.update(stop.activity.view(stop.step.key, audience))
    if audience == "console":
        shared.update(_beside(workshop, stop))
    if audience == "projector" and shared["step"] == agenda.CLOSING.key:
        shared["brought"] = together(each.brought() for each in workshop.activities)
    return shared


def render(workshop: Workshop, audience: str, online: int = 0) -> dict[str, str]:
    """HTML of each fragment of one audience, by the id of its element."""
    values = context(workshop, audience, online)
    names = {part: template(values["activity"], audience, part) for part in AUDIENCES[audience]}
    return {f"{audience}-{part}": render_template(name, **values) for part, name in names.items()}


def template(activity: Activity | None, audience: str, part: str) -> str:
    if part == "stage" and activity:
        return f"activities/{activity.kind}/_{audience}.html"
    return f"workshop/{audience}/_{part}.html"


def _beside(workshop: Workshop, stop: agenda.Stop) -> dict[str, Any]:
    every = agenda.stops(workshop)
    return {
        "stops": every,
        "previous": agenda.neighbour(every, stop, -1),
        "following": agenda.neighbour(every, stop, 1),
    }
