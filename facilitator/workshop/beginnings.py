"""Agendas to begin with: a kind brings its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from facilitator.workshop.models import Activity


@dataclass(frozen=True)
class Template:
    """One tile of the page that begins a workshop; `make` gives its activities, in order."""

    key: str
    title: Any
    about: Any
    icon: str
    make: Callable[[], list[Activity]]
