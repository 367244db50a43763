"""Icons (lucide), referred to by name: a sprite of those that phones show, and another of all the others."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Flask, current_app
from markupsafe import Markup

from facilitator.web.assets import asset

NEAR, WIDE = "icons.svg", "icons_wide.svg"


def init_app(app: Flask) -> None:
    app.add_template_global(icon, "icon")


def icon(name: str) -> Markup:
    """A decorative icon; the words stand beside it."""
    sprite = NEAR if name in _names(str(current_app.static_folder)) else WIDE
    return _use(asset(sprite), name)


@cache
def _names(folder: str) -> frozenset[str]:
    """Those that phones show."""
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', Path(folder, NEAR).read_text(encoding="utf-8")))


@cache
def _use(sprite: str, name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(sprite, name)
