"""The settings of a World Café."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from facilitator.activities.world_cafe.models import MOST_ROUNDS


class WorldCafeForm(FlaskForm):
    title = StringField(_("Name in the agenda"), [InputRequired(_("Please give it a name.")), Length(max=80)])
    instruction = TextAreaField(
        _("The question for the room"),
        [InputRequired(_("Please write the question.")), Length(max=160)],
        description=_("Shown large on the projector and on every phone."),
    )
    rounds = IntegerField(_("Rounds of talk"), [NumberRange(1, MOST_ROUNDS)])
    questions = TextAreaField(
        _("A question for each round, one on each line"),
        [Length(max=1000)],
        description=_("A round without a line of its own talks about the question for the room."),
    )
    minutes = IntegerField(_("Minutes for a round"), [NumberRange(0, 240)])
    move_minutes = IntegerField(_("Minutes to change tables"), [NumberRange(0, 30)])
    tables = IntegerField(
        _("Tables"), [NumberRange(0, 100)], description=_("0: as many as suit the people, four or five at each.")
    )
    hosted = BooleanField(_("A host stays at each table"))
    welcome = TextAreaField(
        _("What a host says to welcome a round"),
        [Length(max=400)],
        description=_("Stands on the hosts' phones. Left empty, a short text of ours stands there."),
    )
    mix_neighbourhoods = BooleanField(_("Mix neighbourhoods at each table"))
    mix_ages = BooleanField(_("Mix ages at each table"))
    mix_partners = BooleanField(_("Mix kinds of partners at each table"))
    themes = BooleanField(_("Group the harvest into themes"))
    vote_on = SelectField(
        _("Dots on"),
        choices=[
            SelectChoice("themes", _("Themes")),
            SelectChoice("ideas", _("Notes and insights")),
            SelectChoice("none", _("No vote")),
        ],
    )
    budget = IntegerField(_("Dots per person"), [NumberRange(1, 50)])
    cap = IntegerField(_("Most dots on one item"), [NumberRange(1, 50)])
    places = IntegerField(_("Places to reveal one by one"), [NumberRange(1, 20)])
    dialogue = BooleanField(_("A dialogue with experts at the end"))

    def settings(self) -> dict[str, Any]:
        outside = {"title", "instruction", "csrf_token"}
        return {field.name: field.data for field in self if field.name not in outside}
