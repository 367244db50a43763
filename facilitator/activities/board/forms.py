"""The settings of a board."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange


class BoardForm(FlaskForm):
    title = StringField(_("Name in the agenda"), [InputRequired(_("Please give it a name.")), Length(max=80)])
    instruction = TextAreaField(
        _("The question for the room"),
        [InputRequired(_("Please write the question.")), Length(max=160)],
        description=_("Shown large on the projector and on every phone."),
    )
    minutes = IntegerField(_("Minutes for ideas"), [NumberRange(0, 240)])
    silent = BooleanField(_("Begin in silence: others' ideas stay hidden"))
    held = BooleanField(_("Hold ideas until a facilitator lets them through"))
    photos = BooleanField(_("Allow a photo with an idea"))
    most_ideas = IntegerField(_("Most ideas per person"), [NumberRange(0, 99)], description=_("0 means no limit."))
    themes = BooleanField(_("Group the ideas into themes"))
    vote_on = SelectField(
        _("Dots on"),
        choices=[
            SelectChoice("ideas", _("Ideas")),
            SelectChoice("themes", _("Themes")),
            SelectChoice("none", _("No vote")),
        ],
    )
    budget = IntegerField(_("Dots per person"), [NumberRange(1, 50)])
    cap = IntegerField(_("Most dots on one item"), [NumberRange(1, 50)])
    rounds = SelectField(
        _("Rounds"),
        coerce=int,
        choices=[SelectChoice(1, _("One")), SelectChoice(2, _("Two: vote again after talking"))],
    )
    places = IntegerField(_("Places to reveal one by one"), [NumberRange(1, 20)])

    def settings(self) -> dict[str, Any]:
        outside = {"title", "instruction", "csrf_token"}
        return {field.name: field.data for field in self if field.name not in outside}
