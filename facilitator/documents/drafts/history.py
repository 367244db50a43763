"""How a proposal came to say what it says: its versions, its files, and what changed between any two of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents import paper
from facilitator.documents.drafts.revisions import Revision, key_of, reword, texts_at
from facilitator.documents.drafts.several import documents, title_of
from facilitator.documents.models import DONE, ROWS, Export, Proposal, Wording
from facilitator.documents.proposal import gather
from facilitator.documents.routes import LABELS, mine
from facilitator.documents.sheets import KIT
from facilitator.documents.topics import topics
from facilitator.extensions import db
from facilitator.methods.differences import Piece, differences
from facilitator.web.errors import Refused
from facilitator.web.htmx import go

__all__ = ["documents"]  # with these routes on it
NOW = "now"


class Point(NamedTuple):
    """A moment at which one can look: a version, a file, or now."""

    key: str
    label: str
    at: datetime | None
    by: str
    texts: Mapping[str, str]
    shown: paper.Paper | None
    """The figures of that moment; a version has none of its own."""


class Change(NamedTuple):
    """A passage that isn't the same in both."""

    key: str
    label: str
    language: str
    pieces: Sequence[Piece]
    version: int
    """Of the wording as it stands now."""
    is_older: bool
    """Does it stand otherwise now, so that the earlier one can be put back?"""


class Moved(NamedTuple):
    """A figure that isn't the same in both."""

    label: str
    before: int | None
    after: int | None


@documents.get("/proposals/<int:proposal_id>/history")
@login_required
def history(proposal_id: int) -> str:
    proposal = mine(proposal_id)
    revisions = Revision.all_of(proposal)
    return render_template(
        "documents/history.html",
        proposal=proposal,
        title=title_of(proposal),
        revisions=[(each, passages_of(each)) for each in reversed(revisions)],
        files=_files(proposal),
        name_of=_name,
    )


@documents.get("/proposals/<int:proposal_id>/history/comparison")
@login_required
def changes(proposal_id: int) -> str:
    proposal = mine(proposal_id)
    revisions = Revision.all_of(proposal)
    one, other = (_point(proposal, revisions, request.args.get(name, "")) for name in ("one", "other"))
    return render_template(
        "documents/changes.html",
        proposal=proposal,
        title=title_of(proposal),
        one=one,
        other=other,
        changes=list(_changes(proposal, one, other)),
        figures=list(_moved(one, other)),
    )


@documents.post("/proposals/<int:proposal_id>/history/restoration")
@login_required
def put_back(proposal_id: int) -> Response:
    """A passage says again what it said then; that is a new version."""
    proposal = mine(proposal_id)
    then = _point(proposal, Revision.all_of(proposal), request.form.get("one", ""))
    key, version = request.form.get("key", ""), request.form.get("version", "")
    wording = next((each for each in proposal.wordings if key_of(each) == key), None) or abort(404)
    typed_on = int(version) if version.isdecimal() and len(version) < 9 else 0
    if wording.version != typed_on or not reword(wording, _text(then, wording), typed_on, current_staff(), then.key):
        raise Refused(_("A colleague has just changed this passage. Look at the differences once more."), 409)
    db.session.commit()
    return go(url_for("documents.history", proposal_id=proposal.id))


# Moments.


def _files(proposal: Proposal) -> list[Export]:
    return [each for each in proposal.exports if each.status == DONE and each.document != KIT]


def _point(proposal: Proposal, revisions: Sequence[Revision], key: str) -> Point:
    number = int(key[1:]) if key[1:].isdecimal() and len(key) < 10 else 0
    if key == NOW:
        said = {key_of(each): each.text for each in proposal.wordings}
        return Point(key, _name(key), None, "", said, gather(proposal))
    if key.startswith("v"):
        found = next((each for each in revisions if each.number == number), None) or abort(404)
        said = texts_at(revisions, number)
        return Point(key, _name(key), found.ended_at, found.staff.name, said, None)
    made = next((each for each in _files(proposal) if f"p{each.check_code}" == key), None) or abort(404)
    return Point(key, _name(key), made.created_at, "", _printed(made.paper), made.paper)


def _name(key: str) -> str:
    if key == NOW:
        return str(_("as it stands now"))
    if key.startswith("v"):
        return str(_("version %(number)s", number=key[1:]))
    return str(_("file %(code)s", code=key[1:]))


def _printed(shown: paper.Paper) -> dict[str, str]:
    words = {f"{key}-{lang}": said[lang] for key, said in shown["wording"].items() for lang in ("zh", "en")}
    return words | {f"{ROWS}-": json.dumps(shown["plan"], ensure_ascii=False)}


# Words.


def passages_of(revision: Revision) -> list[str]:
    """What was changed in it, by name; nothing for the beginning, which is all of it."""
    return [label_of_passage(key) for key in revision.texts] if revision.number > 1 else []


def label_of_passage(key: str) -> str:
    section, _dash, language = key.partition("-")
    name = _("Plan") if section == ROWS else str(LABELS[section])
    return f"{name} · {'English' if language == 'en' else '中文'}" if language else name


def _changes(proposal: Proposal, one: Point, other: Point) -> Iterator[Change]:
    for wording in proposal.wordings:
        key = key_of(wording)
        before, after = _read(_text(one, wording), wording), _read(_text(other, wording), wording)
        if before != after:
            is_older = _text(one, wording) != wording.text
            pieces = differences(before, after)
            yield Change(key, label_of_passage(key), wording.language, pieces, wording.version, is_older)


def _text(point: Point, wording: Wording) -> str:
    return point.texts.get(key_of(wording), "[]" if wording.section == ROWS else "")


def _read(text: str, wording: Wording) -> str:
    """The plan's rows as lines."""
    if wording.section != ROWS:
        return text
    return "".join(" · ".join(filter(None, (row["what"], row["who"], row["when"]))) + "\n" for row in json.loads(text))


# Figures.


def _moved(one: Point, other: Point) -> Iterator[Moved]:
    if one.shown is None or other.shown is None:
        return
    before, after = figures_of(one.shown), figures_of(other.shown)
    for key in {**before, **after}:
        if before.get(key) != after.get(key):
            yield Moved(key, before.get(key), after.get(key))


def figures_of(shown: paper.Paper) -> dict[str, int]:
    """The paper's figures by their names."""
    figures = totals_of(shown)
    for topic in topics(shown):
        for words, count in (
            (_("Ideas in “%(theme)s”", theme=topic["name"]), topic["ideas"]),
            (_("Dots on “%(theme)s”", theme=topic["name"]), topic["dots"]),
        ):
            figures[words] = count
    return figures


def totals_of(shown: paper.Paper) -> dict[str, int]:
    totals: Mapping[str, Any] = shown["totals"]
    return {name: totals[key] for key, name in _names().items() if key in totals}


def _names() -> dict[str, str]:
    return {
        "people": _("People who joined with a phone"),
        "writers": _("People whose ideas are counted"),
        "ideas": _("Ideas"),
        "without_phone": _("Ideas of people without a phone"),
        "held_back": _("Ideas not let onto the wall"),
        "themes": _("Themes"),
        "dots": _("Dots"),
        "voters": _("Voters"),
        "loose": _("Ideas in no theme"),
        "photos": _("Photos"),
    }
