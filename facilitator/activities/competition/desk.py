"""The competition at the facilitator's desk: entries. What staff do here can be undone."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required, off_the_loop
from facilitator.activities.competition import (
    answering,
    importing,
    judging,
    jury,
    logbook,
    outcome,
    pictures,
    rubric_desk,
    tables,
    team,
    undoing,
)
from facilitator.activities.competition.access import staff_competition
from facilitator.activities.competition.entries import MOST_PICTURES, Entry, pictures_of
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.office import done, link_page, note, page
from facilitator.activities.competition.routes import AT, competition
from facilitator.synthesis.answers import Answer, seen_by
from facilitator.synthesis.models import HIDDEN, SHOWN, new_id
from facilitator.web.errors import Refused
from facilitator.web.htmx import wants_partial
from facilitator.workshop.history import deed
from facilitator.workshop.qr import public

MEGABYTE = 2**20
LARGE = {
    "competition.add_entry": "desk",
    "competition.edit_entry": "desk",
    "competition.team": "team",
}
"""Forms that bring many pictures at once."""


@competition.url_value_preprocessor
def _let_pictures_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Before anything reads the form. For staff, and for teams by a link that is known."""
    whose = LARGE.get(endpoint or "") if request.method == "POST" else None
    token = str((values or {}).get("token", ""))
    if whose and (current_user.is_authenticated if whose == "desk" else Entry.by_token(token)):
        request.max_content_length = pictures.MEGABYTES[whose] * MEGABYTE


@competition.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> Any:
    """Raised while the form is read, so there are no words yet to give back: the browser still has them."""
    most = (request.max_content_length or 0) // MEGABYTE
    advice = _("Go back: what you typed is still there. Choose fewer or smaller files, then save again.")
    title = _("These files together are too large: %(most)d MB is the limit.", most=most)
    page = "web/_notice.html" if wants_partial() else "web/error.html"
    return render_template(page, title=title, advice=advice, status=error.code), 413


# --- Entries


@competition.get(f"{AT}/entries")
@login_required
def entries(activity_id: int) -> str:
    here = staff_competition(activity_id)
    every = Entry.ever(here)
    context = {"entries": every, "pictures": pictures_of(every), "most": MOST_PICTURES, "HIDDEN": HIDDEN}
    answers = Answer.themes_of([entry.id for entry in every])
    seen = seen_by(current_staff(), [theme for themes in answers.values() for theme in themes])
    return page("entries", here, answers=answers, seen=seen, **context)


@competition.route(f"{AT}/entries/new", methods=["GET", "POST"])
@login_required
def add_entry(activity_id: int) -> str | Response | tuple[str, int]:
    here = staff_competition(activity_id)
    if request.method == "GET":
        return _form(here, None)
    said = pictures.words(request.form)
    if not said.get("title"):
        return _form(here, None, said, [_("Please give the scheme a title.")]), 422
    came = pictures.Delivery.received(MOST_PICTURES)
    with deed(here.workshop, current_staff(), "entry"):
        title = said.pop("title")
        entry = Entry.add(here, title, new_id(), helper_id=current_staff().id, **said)
        came.unpack(entry)
        pictures.settle(entry)
        answering.settle(here, entry, request.form, current_staff())
        note(here, "entry", entry_id=entry.id)
    return _saved(here, entry, came)


@competition.route(f"{AT}/entries/<entry_id>/edit", methods=["GET", "POST"])
@login_required
def edit_entry(activity_id: int, entry_id: str) -> str | Response | tuple[str, int]:
    here, entry = _entry(activity_id, entry_id)
    if request.method == "GET":
        return _form(here, entry)
    said = pictures.words(request.form)
    if not said.get("title", "-"):
        return _form(here, entry, said, [_("Please give the scheme a title.")]), 422
    came = pictures.Delivery.received(pictures.room_for(entry))
    with deed(here.workshop, current_staff(), "entry"):
        pictures.write(entry, said)
        if here.is_awarded and "chosen-asked" in request.form:
            entry.chosen = request.form.get("chosen") == "1"
        pictures.arrange(entry, request.form)
        came.unpack(entry)
        pictures.settle(entry)
        answering.settle(here, entry, request.form, current_staff())
        note(here, "entry-changed", entry_id=entry.id)
    return _saved(here, entry, came)


@competition.post(f"{AT}/entries/<entry_id>/standing")
@login_required
def take_out(activity_id: int, entry_id: str) -> Response:
    """Out of the competition (`out` 1), or in again (0); what was given to it stays with it."""
    here, entry = _entry(activity_id, entry_id)
    here.check_unlocked()
    out = request.form.get("out") == "1"
    with deed(here.workshop, current_staff(), "entry"):
        entry.status = HIDDEN if out else SHOWN
        note(here, "entry-out" if out else "entry-in", entry_id=entry.id)
    return done(here, "entries")


@competition.get(f"{AT}/entries/<entry_id>/link")
@login_required
def team_link(activity_id: int, entry_id: str) -> str:
    """How the team comes to its own page."""
    here, entry = _entry(activity_id, entry_id)
    link = public(url_for("competition.team", token=entry.token))
    whom = [_("%(number)d “%(title)s”", number=entry.number, title=entry.text), entry.team]
    return link_page(here, link, " · ".join(filter(None, whom)), _("The team's own page"), "entries")


def _form(
    here: Competition, entry: Entry | None, said: dict[str, str] | None = None, problems: list[str] | None = None
) -> str:
    context = {
        "entry": entry,
        "values": {**team.values_of(entry), **(said or {})},
        "longest": pictures.LONGEST,
        "most": MOST_PICTURES,
        "problems": problems or [],
        **answering.context(here, entry, current_staff()),
    }
    return page("entry_form", here, **context)


def _saved(here: Competition, entry: Entry, came: pictures.Delivery) -> Response | tuple[str, int]:
    if came.refused:
        return _form(here, entry, problems=came.refused), 422
    flash(_("Saved."))
    stays = bool(request.form.get("move")) or bool(came.pictures)
    address = url_for("competition.edit_entry", activity_id=here.id, entry_id=entry.id)
    return redirect(address if stays else url_for("competition.entries", activity_id=here.id), 303)


def _entry(activity_id: int, entry_id: str) -> tuple[Competition, Entry]:
    here = staff_competition(activity_id)
    return here, Entry.by_id(here, entry_id) or abort(404)


# --- A list of entries


@competition.route(f"{AT}/entries/import", methods=["GET", "POST"])
@login_required
def bring_list(activity_id: int) -> str | Response | tuple[str, int]:
    """Choose a spreadsheet, look at what it would do, then take it in: `rows` are those that were looked at."""
    here = staff_competition(activity_id)
    if request.method == "GET":
        return page("import", here)
    try:
        reading = _reading()
    except Refused as error:
        return page("import", here, error=error), error.status
    lines = importing.look(here, reading.rows)
    if "rows" not in request.form or any(line.problems for line in lines):
        return _look_first(here, reading, lines)
    with deed(here.workshop, current_staff(), "entry"):
        taken = importing.take(here, importing.look(here, reading.rows), current_staff().id)
        for act, entry in taken:
            note(here, "entry" if act == importing.NEW else "entry-changed", entry_id=entry.id, said={"by": "list"})
    flash(ngettext("%(num)d entry was imported.", "%(num)d entries were imported.", len(taken)))
    return redirect(url_for("competition.entries", activity_id=here.id), 303)


def _look_first(here: Competition, reading: importing.Reading, lines: list[importing.Line]) -> str:
    heads = importing.heads(get_locale().language)
    about = {"strange": reading.strange, "missing": [heads[key] for key in reading.missing]}
    return page("import", here, lines=lines, rows=json.dumps([line.plain() for line in lines]), **about)


def _reading() -> importing.Reading:
    if "rows" in request.form:
        return importing.Reading(_looked_at(request.form["rows"]), [], [])
    upload = request.files.get("list")
    if upload is None or not upload.filename:
        raise Refused(_("Choose a file first."))
    content = upload.stream.read(importing.MOST_BYTES + 1)
    return off_the_loop(importing.read, content, upload.filename)


def _looked_at(text: str) -> list[dict[str, Any]]:
    """The rows of the preview come back from a browser: they are believed no more than the file was."""
    try:
        rows = json.loads(text)
    except ValueError:
        abort(400)
    if not isinstance(rows, list) or len(rows) > importing.MOST_ROWS:
        abort(400)
    known = ("row", "number", "answers", *pictures.LONGEST)
    if not all(isinstance(row, dict) and all(isinstance(row.get(key, ""), str | int) for key in known) for row in rows):
        abort(400)
    return [{key: row[key] for key in known if key in row} for row in rows]


@competition.get(f"{AT}/entries/list.xlsx")
@login_required
def list_template(activity_id: int) -> Response:
    """The list as it stands, to be filled in further: empty at first."""
    here = staff_competition(activity_id)
    heads = importing.heads(get_locale().language)
    every = Entry.ever(here)
    answers = Answer.themes_of([entry.id for entry in every])
    rows = [
        (
            *(entry.number, entry.text, entry.team, entry.neighbourhood, entry.site, entry.about, entry.about_en),
            "、".join(theme.name for theme in answers[entry.id]),
        )
        for entry in every
    ]
    content = tables.workbook(_("Entries"), list(heads.values()), rows, (8, 28, 24, 18, 24, 60, 60, 30))
    return send_file(BytesIO(content), tables.XLSX, as_attachment=True, download_name=f"{_('Entries')}.xlsx", max_age=0)


WITH_ROUTES = (judging, jury, logbook, outcome, rubric_desk, team)
LISTENING = (undoing,)
__all__ = ["competition"]  # with the routes of all of them on it
