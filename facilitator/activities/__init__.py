"""The list of kinds. A kind is a folder beside this file and a line in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint
from flask_wtf import FlaskForm

from facilitator.activities.board.forms import BoardForm
from facilitator.activities.board.models import Board
from facilitator.activities.board.routes import board
from facilitator.activities.competition import soundness as competition_soundness
from facilitator.activities.competition.beginnings import BEGINNINGS as COMPETITION_BEGINNINGS
from facilitator.activities.competition.desk import competition
from facilitator.activities.competition.forms import CompetitionForm
from facilitator.activities.competition.models import Competition
from facilitator.activities.world_cafe import soundness as cafe_soundness
from facilitator.activities.world_cafe.beginnings import BEGINNINGS as CAFE_BEGINNINGS
from facilitator.activities.world_cafe.desk import world_cafe
from facilitator.activities.world_cafe.forms import WorldCafeForm
from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.workshop.beginnings import Template
from facilitator.workshop.models import Activity
from facilitator.workshop.soundness import Ask, Finding


@dataclass(frozen=True)
class Kind:
    model: type[Activity]
    form: type[FlaskForm]
    """Fields `title`, `instruction` and the kind's settings; `settings()` gives the latter."""
    blueprint: Blueprint
    findings: Callable[[Ask], Iterable[Finding]] = lambda _ask: ()
    """What is wrong with what the kind holds, for `facilitator check`."""
    beginnings: tuple[Template, ...] = ()
    """Agendas to begin with, in which the kind comes first."""


KINDS: dict[str, Kind] = {
    "board": Kind(Board, BoardForm, board),
    "world_cafe": Kind(WorldCafe, WorldCafeForm, world_cafe, cafe_soundness.findings, CAFE_BEGINNINGS),
    "competition": Kind(
        Competition, CompetitionForm, competition, competition_soundness.findings, COMPETITION_BEGINNINGS
    ),
}
