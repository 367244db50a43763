"""The page of a project: its themes over all its workshops, and saying which of them are the same matter."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import NamedTuple

from flask import abort, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents.across import BACK, NEW, QUIET, Across, Row
from facilitator.documents.cells import harmless
from facilitator.documents.routes import documents
from facilitator.extensions import db
from facilitator.programme.models import Project
from facilitator.programme.stages import STAGES
from facilitator.synthesis.kin import ThemeKin
from facilitator.synthesis.thinking import kin
from facilitator.web.errors import Refused
from facilitator.workshop.access import my_workshop
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.history import deed

AT = "/projects/<int:project_id>/themes"


class Offer(NamedTuple):
    """Two rows that may be the same matter."""

    row: Row
    other: Row


@documents.get(AT)
@login_required
def across(project_id: int) -> str:
    found = _across(project_id)
    return render_template("documents/across.html", across=found, project=found.project, stages=STAGES)


@documents.get(f"{AT}.csv")
@login_required
def across_table(project_id: int) -> Response:
    """The same for people who count on: one line for each theme at each workshop."""
    found = _across(project_id)
    out = StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in line] for line in _lines(found))
    name = f"{found.project.name}.csv"
    content = BytesIO(out.getvalue().encode("utf-8-sig"))  # the mark by which spreadsheets know it
    return send_file(content, "text/csv; charset=utf-8", as_attachment=True, download_name=name, max_age=0)


@documents.get(f"{AT}/kin")
@login_required
def offers(project_id: int) -> str:
    """What may be the same under another name, by what people said. It is only asked, never taken for granted."""
    found = _across(project_id)
    return render_template("documents/_kin.html", project=found.project, offers=list(_offers(found)), asked=True)


@documents.post(f"{AT}/kin")
@login_required
def say_kin(project_id: int) -> Response:
    """`theme` and `other` stand for their rows: the same matter (`same` 1), or not (0)."""
    found = _across(project_id)
    row, other = (found.row_with(request.form.get(name, 0, type=int)) for name in ("theme", "other"))
    if row is None or other is None:
        raise Refused(_("A colleague has just removed this theme."), 409)
    if row is other:
        raise Refused(_("Choose two different themes."))
    same = request.form.get("same") == "1"
    _say(row.themes[-1].workshop_id, dict.fromkeys(row.ids, other.ids), same=same)
    return redirect(url_for("documents.across", project_id=project_id), 303)


@documents.post(f"{AT}/parting")
@login_required
def part_kin(project_id: int) -> Response:
    """Take one theme out of its row: it is another matter."""
    found = _across(project_id)
    theme = request.form.get("theme", 0, type=int)
    row = found.row_with(theme)
    if row is None or len(row.themes) < 2:
        raise Refused(_("A colleague has just removed this theme."), 409)
    where = next(each.workshop_id for each in row.themes if each.id == theme)
    _say(where, {theme: [each for each in row.ids if each != theme]}, same=False)
    return redirect(url_for("documents.across", project_id=project_id), 303)


def _across(project_id: int) -> Across:
    """Whoever may see none of its workshops finds nothing; the secretariat sees all."""
    project = db.session.get(Project, project_id) or abort(404)
    found = Across(project, current_staff())
    return found if found.visible or current_staff().is_secretariat else abort(404)


def _say(workshop_id: int, pairs: dict[int, list[int]], *, same: bool) -> None:
    """The deed stands with the workshop of the theme, where it can be undone."""
    with deed(my_workshop(workshop_id), current_staff(), "kin"):
        for theme, others in pairs.items():
            ThemeKin.say(theme, others, same=same)


def _offers(across: Across) -> Iterator[Offer]:
    """Workshop by workshop: what came up there, beside what there was before."""
    for at, column in enumerate(across.columns[1:], 1):
        earlier = [each.workshop for each in across.columns[:at]]
        before = [row for row in across.rows if any(map(row.inside, earlier))]
        new = [row for row in across.rows if row not in before and row.inside(column.workshop)]
        if new and before:
            like = kin([_texts(row) for row in new], [_texts(row) for row in before])
            for row, place in zip(new, like, strict=True):
                if place is not None and across.may_be_same(row, before[place]):
                    yield Offer(row, before[place])


def _texts(row: Row) -> list[str]:
    return [text for theme in row.themes for text in theme.texts]


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
