"""Icons: one sprite of those in use (lucide), referred to by name."""

from __future__ import annotations

from flask import Flask, url_for
from markupsafe import Markup


def init_app(app: Flask) -> None:
    app.add_template_global(icon, "icon")


def icon(name: str) -> Markup:
    """A decorative icon; the words stand beside it."""
    sprite = url_for("static", filename="icons.svg")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(sprite, name)
