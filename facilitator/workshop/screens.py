"""The fragments of the three screens. The page's first render and every later patch are the same template.

A fragment is the same for everybody of its audience: nothing personal, no form token, no text input.
"""

from __future__ import annotations

from typing import Any

from flask import render_template

from facilitator.workshop import agenda
from facilitator.workshop.models import Workshop

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
        "scene": f"{stop.key}-{workshop.locked:d}{workshop.paused:d}",
    }


def context(workshop: Workshop, audience: str, online: int = 0) -> dict[str, Any]:
    """What the templates of one audience may use."""
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
        shared.update(_for_the_bar(workshop, stop))
    return shared


def render(workshop: Workshop, audience: str, online: int = 0) -> dict[str, str]:
    """HTML of each fragment of one audience, by the id of its element."""
    return dict(render_each(workshop, audience, context(workshop, audience, online)))


def render_each(workshop: Workshop, audience: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    names = {part: f"{audience}-{part}" for part in AUDIENCES[audience]}
    return [(name, render_template(template(workshop, audience, part), **values)) for part, name in names.items()]


def template(workshop: Workshop, audience: str, part: str) -> str:
    activity = agenda.here(workshop).activity
    if part == "stage" and activity:
        return f"activities/{activity.kind}/_{audience}.html"
    return f"workshop/{audience}/_{part}.html"


def _for_the_bar(workshop: Workshop, stop: agenda.Stop) -> dict[str, Any]:
    return {
        "stops": agenda.stops(workshop),
        "previous": agenda.beside(workshop, -1),
        "following": agenda.beside(workshop, 1),
        "hidden_places": stop.activity.hidden_places(stop.step.key) if stop.activity else None,
    }
