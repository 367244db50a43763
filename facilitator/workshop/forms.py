"""The forms of a workshop."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from facilitator.extensions import db
from facilitator.programme.models import Project
from facilitator.workshop.models import Workshop

TOWN_TIME = ZoneInfo("Asia/Shanghai")


class WorkshopForm(FlaskForm):
    title = StringField(_("Title"), [InputRequired(_("Please give the workshop a title.")), Length(max=80)])
    neighbourhood_id = SelectField(_("Neighbourhood"), coerce=lambda text: int(text or 0))
    project_id = SelectField(_("Project"), coerce=lambda text: int(text or 0))
    starts_at = DateTimeLocalField(_("Date and time"), [Optional()])
    place = StringField(_("Place"), [Length(max=80)])
    purpose = TextAreaField(
        _("Purpose"), [Length(max=400)], description=_("In a sentence or two: what is this evening for?")
    )
    language = SelectField(
        _("Language of the projector and the documents"),
        choices=[SelectChoice("zh_Hans", "中文"), SelectChoice("en", "English")],
    )

    @classmethod
    def about(cls, workshop: Workshop | None, choices: dict[str, list[tuple[int, Any]]]) -> WorkshopForm:
        form = cls(obj=workshop)
        form.neighbourhood_id.choices = [SelectChoice(*each) for each in choices["neighbourhoods"]]
        form.project_id.choices = [SelectChoice(*each) for each in choices["projects"]]
        if workshop and workshop.starts_at and not form.is_submitted():
            form.starts_at.data = workshop.starts_at.astimezone(TOWN_TIME).replace(tzinfo=None)
        return form

    def fill(self, workshop: Workshop) -> None:
        for name in ("title", "place", "purpose", "language"):
            setattr(workshop, name, (getattr(self, name).data or "").strip())
        workshop.project_id = self.project_id.data or None
        workshop.neighbourhood_id = self.neighbourhood_id.data or _where(workshop.project_id)
        workshop.starts_at = _in_utc(self.starts_at.data)


def _where(project_id: int | None) -> int | None:
    """The neighbourhood of a project, where none was chosen."""
    project = db.session.get(Project, project_id) if project_id else None
    return project.neighbourhood_id if project else None


def _in_utc(local: datetime | None) -> datetime | None:
    return local.replace(tzinfo=TOWN_TIME).astimezone(UTC) if local else None
