"""Icons: one sprite of those in use (lucide), referred to by name."""

from __future__ import annotations

from functools import cache

from flask import Flask
from markupsafe import Markup

from facilitator.web.assets import asset


def init_app(app: Flask) -> None:
    app.add_template_global(icon, "icon")


def icon(name: str) -> Markup:
    """A decorative icon; the words stand beside it."""
    return _use(asset("icons.svg"), name)


@cache
def _use(sprite: str, name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(sprite, name)
