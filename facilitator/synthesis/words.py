"""What templates say about statements and themes."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from facilitator.synthesis.models import new_id


def init_app(app: Flask) -> None:
    app.add_template_global(new_id, "fresh_id")
    app.add_template_global(source_name, "source_name")
    app.add_template_global(colour_name, "colour_name")


def source_name(source: str) -> str:
    """How it came in: phone, helper, paper or raised hands."""
    names = {"phone": _("phone"), "helper": _("helper"), "paper": _("paper"), "hands": _("hands")}
    return str(names[source])


def colour_name(colour: int) -> str:
    names = (_("Teal"), _("Ochre"), _("Blue"), _("Plum"), _("Moss"))
    more = (_("Wine"), _("Umber"), _("Petrol"), _("Fir"), _("Violet"))
    return str((*names, *more)[colour - 1])
