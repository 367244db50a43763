"""The page of a project: its themes over all its workshops."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO

from flask import abort, render_template, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents.evidence.across import BACK, NEW, QUIET, Across
from facilitator.documents.routes import documents
from facilitator.documents.writing.cells import harmless
from facilitator.extensions import db
from facilitator.programme.models import Project
from facilitator.programme.stages import STAGES
from facilitator.workshop import history
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.history import Deed

AT = "/projects/<int:project_id>/themes"


@documents.get(AT)
@login_required
def across(project_id: int) -> str:
    found = across_of(project_id)
    return render_template(
        "documents/across.html", across=found, project=found.project, stages=STAGES, undoable=last_said(found)
    )


@documents.get(f"{AT}.csv")
@login_required
def across_table(project_id: int) -> Response:
    """The same for people who count on: one line for each theme at each workshop."""
    found = across_of(project_id)
    out = StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in line] for line in _lines(found))
    name = f"{found.project.name}.csv"
    content = BytesIO(out.getvalue().encode("utf-8-sig"))  # the mark by which spreadsheets know it
    return send_file(content, "text/csv; charset=utf-8", as_attachment=True, download_name=name, max_age=0)


def across_of(project_id: int) -> Across:
    """Whoever may see none of its workshops finds nothing; the secretariat sees all."""
    project = db.session.get(Project, project_id) or abort(404)
    found = Across(project, current_staff())
    return found if found.visible or current_staff().is_secretariat else abort(404)


def last_said(across: Across) -> Deed | None:
    """What one said last of its themes, whatever one did since and in whichever of its workshops it stands."""
    return history.newest([each.id for each in across.visible], current_staff(), "kin")


def _lines(across: Across) -> Iterator[list[str | int]]:
    columns = (_("Theme"), _("Workshop"), _("Date"), _("called then"), _("Ideas"), _("People"), _("Dots"), _("Place"))
    yield [*columns, _("How it stands")]
    said = {NEW: _("new"), BACK: _("came back"), QUIET: _("not heard this time"), "": ""}
    for row in across.rows:
        for column in across.columns:
            workshop, mark = column.workshop, across.mark(row, column)
            day = f"{workshop.starts_at.astimezone(TOWN_TIME):%Y-%m-%d}" if workshop.starts_at else ""
            about = [row.name, workshop.title, day]
            if mark == QUIET:
                yield [*about, "", 0, 0, "", "", said[mark]]
            for each in row.inside(workshop):
                dots = ["", ""] if each.dots is None else [each.dots, each.rank]
                yield [*about, each.name, each.ideas, each.people, *dots, said[mark]]
