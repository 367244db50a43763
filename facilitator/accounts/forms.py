"""The forms of accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

SHORTEST_PASSWORD = 10

_email = [
    InputRequired(_("Please enter an e-mail address.")),
    Regexp(r"^[^@\s]+@[^@\s]+$", message=_("That doesn't look like an e-mail address.")),
    Length(max=200),
]


def _trimmed(text: str | None) -> str | None:
    """Pasted addresses bring spaces along."""
    return text.strip() if text else text


class SignInForm(FlaskForm):
    email = EmailField(_("E-mail"), _email, filters=[_trimmed], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _("Password"), [InputRequired(_("Please enter your password."))], render_kw={"autocomplete": "current-password"}
    )


class AcceptForm(FlaskForm):
    name = StringField(
        _("Your name"),
        [InputRequired(_("Please enter your name.")), Length(max=60)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(_("E-mail"), _email, filters=[_trimmed], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _("Password"),
        [
            InputRequired(_("Please choose a password.")),
            Length(min=SHORTEST_PASSWORD, max=200, message=_("Use at least ten characters.")),
        ],
        description=_("At least ten characters; a short sentence is easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("The password again"),
        [EqualTo("password", _("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class InviteForm(FlaskForm):
    role = SelectField(
        _("Role"),
        choices=[
            SelectChoice("facilitator", _("Facilitator: own workshops and those shared with them")),
            SelectChoice("secretariat", _("Secretariat: everything")),
        ],
    )
