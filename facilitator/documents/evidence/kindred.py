"""Saying which themes of a project are the same matter: asked pair by pair, and taken back on the same page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents.evidence.across import Across, Row
from facilitator.documents.evidence.project import AT, across_of, last_said
from facilitator.documents.routes import documents
from facilitator.extensions import db
from facilitator.synthesis.kin import ThemeKin
from facilitator.synthesis.thinking import kin
from facilitator.web.errors import Refused
from facilitator.web.htmx import wants_partial
from facilitator.workshop import history
from facilitator.workshop.access import my_workshop
from facilitator.workshop.history import deed


class Offer(NamedTuple):
    """Two rows that may be the same matter."""

    row: Row
    other: Row


@documents.get(f"{AT}/kin")
@login_required
def offers(project_id: int) -> str:
    """What may be the same under another name, by what people said. It is only asked, never taken for granted."""
    found = across_of(project_id)
    return render_template(
        "documents/_kin.html",
        project=found.project,
        offers=list(_offers(found)),
        asked=True,
        answered=False,
        following=None,
    )


@documents.post(f"{AT}/kin")
@login_required
def say_kin(project_id: int) -> Response:
    """`theme` and `other` stand for their rows: the same matter (`same` 1), or not (0)."""
    found = across_of(project_id)
    row, other = (found.row_with(request.form.get(name, 0, type=int)) for name in ("theme", "other"))
    if row is None or other is None:
        raise Refused(_("A colleague has just removed this theme."), 409)
    if row is other:
        raise Refused(_("Choose two different themes."))
    same = request.form.get("same") == "1"
    _say(row.themes[-1].workshop_id, dict.fromkeys(row.ids, other.ids), same=same)
    return _others(project_id) if wants_partial() else _back(project_id)


@documents.post(f"{AT}/parting")
@login_required
def part_kin(project_id: int) -> Response:
    """Take one theme out of its row: it is another matter."""
    found = across_of(project_id)
    theme = request.form.get("theme", 0, type=int)
    row = found.row_with(theme)
    if row is None or len(row.themes) < 2:
        raise Refused(_("A colleague has just removed this theme."), 409)
    where = next(each.workshop_id for each in row.themes if each.id == theme)
    _say(where, {theme: [each for each in row.ids if each != theme]}, same=False)
    return _back(project_id)


@documents.get(f"{AT}/kin/undo")
@login_required
def last_kin(project_id: int) -> str:
    """What could be taken back here."""
    found = across_of(project_id)
    return render_template("documents/_kin_undo.html", project=found.project, undoable=last_said(found))


@documents.post(f"{AT}/kin/undo")
@login_required
def undo_kin(project_id: int) -> Response:
    """Take back what one said last of its themes, if it still is the deed named; no room moves by it."""
    said = last_said(across_of(project_id))
    if said and said.id == request.form.get("deed", 0, type=int):
        history.take_back(my_workshop(said.workshop_id), said)
        db.session.commit()
    return _told(Response(status=204)) if wants_partial() else _back(project_id)


def _others(project_id: int) -> Response:
    """The pairs that were asked beside the one just answered stay; the next of them is at hand."""
    asked = [pair for text in request.form.getlist("pair") for pair in _pair(text)]
    answered = tuple(request.form.get(name, 0, type=int) for name in ("theme", "other"))
    found = across_of(project_id)
    left = [(pair, offer) for pair in asked for offer in _still_open(found, pair)]
    behind = asked.index(answered) if answered in asked else None
    following = None if behind is None else min(sum(pair in asked[:behind] for pair, _o in left), len(left) - 1)
    words = {"offers": [offer for _pair, offer in left], "asked": bool(asked), "following": following}
    return _told(make_response(render_template("documents/_kin.html", project=found.project, answered=True, **words)))


def _pair(text: str) -> Iterator[tuple[int, ...]]:
    numbers = text.split("-")
    if len(numbers) == 2 and all(number.isdecimal() and len(number) < 19 for number in numbers):
        yield tuple(map(int, numbers))


def _still_open(across: Across, pair: tuple[int, ...]) -> Iterator[Offer]:
    row, other = (across.row_with(theme) for theme in pair)
    if row and other and row is not other and across.may_be_same(row, other):
        yield Offer(row, other)


def _told(answer: Response) -> Response:
    answer.headers["HX-Trigger"] = "deed-done"
    return answer


def _back(project_id: int) -> Response:
    return redirect(url_for("documents.across", project_id=project_id), 303)


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
