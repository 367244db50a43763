"""The settings of a design competition."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

WRITTEN = "%Y-%m-%dT%H:%M"
"""How a moment in the town's time stands in the settings."""


class LocalMoment(DateTimeLocalField):
    """A moment in the town's time, kept as text: settings are JSON."""

    def process_data(self, value: Any) -> None:
        self.data = datetime.strptime(value, WRITTEN) if value else None  # noqa: DTZ007  the town's own time


class CompetitionForm(FlaskForm):
    title = StringField(_("Name in the agenda"), [InputRequired(_("Please give it a name.")), Length(max=80)])
    instruction = TextAreaField(
        _("The task of the competition"),
        [InputRequired(_("Please write the task.")), Length(max=160)],
        description=_("Shown large on the projector and on every phone."),
    )
    entries_until = LocalMoment(
        _("Teams may change their entry until"), [Optional()], description=_("Left empty: until the first score is in.")
    )
    blind = BooleanField(_("Judges don't see the teams' names"))
    lot = BooleanField(_("Draw lots for the order of presentation"))
    minutes = IntegerField(_("Minutes to present an entry"), [NumberRange(0, 60)])
    question_minutes = IntegerField(_("Minutes for questions after it"), [NumberRange(0, 60)])
    lowest = IntegerField(_("Lowest score"), [NumberRange(0, 10)])
    highest = IntegerField(_("Highest score"), [NumberRange(1, 100)])
    half_points = BooleanField(_("Half points"))
    panel = IntegerField(
        _("Judges for each entry"), [NumberRange(0, 50)], description=_("0: every judge scores every entry.")
    )
    method = SelectField(
        _("Method of the jury's score"),
        choices=[
            SelectChoice("mean", _("Weighted mean")),
            SelectChoice("trimmed", _("Without the highest and the lowest (from five judges on)")),
            SelectChoice("calibrated", _("Calibrated: strict and mild judges are balanced")),
            SelectChoice("robust", _("Robust: single outliers weigh less")),
        ],
    )
    vote_on = SelectField(
        _("How the public votes"),
        choices=[SelectChoice("ideas", _("Dots from the room")), SelectChoice("none", _("No public vote"))],
    )
    vote_until = LocalMoment(
        _("The public vote ends"), [Optional()], description=_("Left empty: when the facilitator moves on.")
    )
    budget = IntegerField(_("Dots per person"), [NumberRange(1, 50)])
    cap = IntegerField(_("Most dots on one entry"), [NumberRange(1, 50)])
    jury_share = IntegerField(_("Share of the jury, in percent"), [NumberRange(0, 100)])
    scale_by = SelectField(
        _("Jury and public on one scale"),
        choices=[
            SelectChoice("minmax", _("From the lowest to the highest: 0 to 100")),
            SelectChoice("rank", _("By rank")),
        ],
    )
    tie = SelectField(
        _("Among equals decides"),
        choices=[
            SelectChoice("public", _("The public vote")),
            SelectChoice("first", _("The first criterion")),
            SelectChoice("shared", _("Nothing: they share the place")),
        ],
    )
    places = IntegerField(_("Places to reveal one by one"), [NumberRange(1, 20)])

    def validate_highest(self, field: Field) -> None:
        if field.data is not None and self.lowest.data is not None and field.data <= self.lowest.data:
            raise ValidationError(gettext("The highest score must be above the lowest."))

    def settings(self) -> dict[str, Any]:
        own = {name: value for name, value in self.data.items() if name not in ("title", "instruction", "csrf_token")}
        return {
            name: f"{value:{WRITTEN}}" if isinstance(value, datetime) else value or _empty(value)
            for name, value in own.items()
        }


def _empty(value: Any) -> Any:
    return "" if value is None else value
