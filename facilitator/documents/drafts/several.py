"""The proposals of one workshop: for all of it, for some themes, one for each theme; discarded and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask import abort, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents.drafts.scope import Catalogue, Topic
from facilitator.documents.evidence.replies import Reply
from facilitator.documents.files import documents
from facilitator.documents.models import DONE, Export, Proposal, Wording
from facilitator.documents.routes import mine
from facilitator.extensions import db, now
from facilitator.synthesis.models import SHOWN, Statement
from facilitator.web.errors import Refused
from facilitator.web.htmx import go
from facilitator.workshop.access import my_workshop
from facilitator.workshop.history import deed
from facilitator.workshop.models import Workshop

__all__ = ["documents"]  # with these routes on it


class Listed(NamedTuple):
    """One proposal as the list shows it."""

    proposal: Proposal
    title: str
    topics: Sequence[Topic]
    edited: Wording | None
    """What was typed last."""
    papers: Sequence[Export]
    into: Proposal | None
    """The one that it was merged into."""
    of: Sequence[Proposal]
    """Those that it was made of."""

    @property
    def at(self) -> datetime:
        return (self.edited and self.edited.edited_at) or self.proposal.created_at


@documents.get("/workshops/<int:workshop_id>/proposals")
@login_required
def several(workshop_id: int) -> str:
    return page(my_workshop(workshop_id))


def page(workshop: Workshop, **problem: str) -> str:
    """The list. `problem`: what is wrong with the selection, by the form's name; then the ticks are kept."""
    catalogue = Catalogue.of(workshop.id)
    every = _read(workshop)
    ideas = _ideas_of(workshop)
    return render_template(
        "documents/several.html",
        workshop=workshop,
        listed=[_listed(each, every, catalogue) for each in every if not each.deleted_at],
        discarded=[_listed(each, every, catalogue) for each in every if each.deleted_at],
        topics=[(topic, sum(ideas.get(number, 0) for number in topic.ids)) for topic in catalogue.topics()],
        has_whole=any(not each.deleted_at and not each.themes for each in every),
        problem=problem,
        ticked={name: request.form.getlist(name) for name in ("proposal", "theme")},
    )


def again(workshop_id: int, form: str, error: Refused) -> tuple[str, int]:
    """The list once more, with what is wrong said at the form."""
    db.session.rollback()
    return page(my_workshop(workshop_id), **{form: str(error)}), error.status


def back_to_list(workshop_id: int) -> Response:
    """Whoever comes to a form's address on foot."""
    return redirect(url_for("documents.several", workshop_id=my_workshop(workshop_id).id))


@documents.route("/workshops/<int:workshop_id>/proposals/themes", methods=["GET", "POST"])
@login_required
def make_on_themes(workshop_id: int) -> Response | tuple[str, int]:
    """One for each theme that has ideas, or one on those that are chosen."""
    if request.method == "GET":
        return back_to_list(workshop_id)
    try:
        return _make(my_workshop(workshop_id))
    except Refused as error:
        return again(workshop_id, "themes", error)


def _make(workshop: Workshop) -> Response:
    catalogue = Catalogue.of(workshop.id)
    if request.form.get("each"):
        return _make_each(workshop, catalogue.topics())
    chosen = {int(number) for number in request.form.getlist("theme") if number.isdecimal()}
    found = catalogue.named(chosen)
    if not found:
        raise Refused(_("Choose the themes that the proposal is to speak of."))
    proposal = Proposal.on(workshop, current_staff(), found)
    db.session.commit()
    return go(url_for("documents.show", proposal_id=proposal.id))


def _make_each(workshop: Workshop, topics: Sequence[Topic]) -> Response:
    ideas = _ideas_of(workshop)
    found = [topic for topic in topics if any(ideas.get(number) for number in topic.ids)]
    if not found:
        raise Refused(_("There are no themes with ideas yet."))
    for topic in found:
        Proposal.on(workshop, current_staff(), [topic])
    db.session.commit()
    return go(url_for("documents.several", workshop_id=workshop.id))


@documents.post("/proposals/<int:proposal_id>/discard")
@login_required
def discard(proposal_id: int) -> Response:
    proposal = mine(proposal_id)
    if proposal.has_papers:
        raise Refused(_("Files were made of this proposal: people may hold them in their hands. It stays."), 409)
    if Reply.to(proposal):
        raise Refused(_("This proposal was answered. It stays."), 409)
    with deed(proposal.workshop, current_staff(), "proposal"):
        proposal.deleted_at = now()
    return go(url_for("documents.several", workshop_id=proposal.workshop_id))


@documents.post("/proposals/<int:proposal_id>/return")
@login_required
def bring_back(proposal_id: int) -> Response:
    proposal = Proposal.seen_by(current_staff(), proposal_id, discarded=True) or abort(404)
    with deed(proposal.workshop, current_staff(), "proposal"):
        proposal.deleted_at = None
    return go(url_for("documents.several", workshop_id=proposal.workshop_id))


# What the list shows.


def title_of(proposal: Proposal) -> str:
    """In the reader's language, or else in the other."""
    mine, other = ("en", "zh") if str(get_locale()) == "en" else ("zh", "en")
    titles = {each.language: each.text for each in proposal.wordings if each.section == "title"}
    return " ".join((titles.get(mine) or titles.get(other) or _("Without a title")).split())


def _read(workshop: Workshop) -> list[Proposal]:
    of_workshop = select(Proposal).where(Proposal.workshop_id == workshop.id).order_by(Proposal.id)
    wordings = selectinload(Proposal.wordings).joinedload(Wording.edited_by)
    more = selectinload(Proposal.themes), selectinload(Proposal.exports), joinedload(Proposal.created_by)
    return list(db.session.scalars(of_workshop.options(wordings, *more)).unique())


def _listed(proposal: Proposal, every: Sequence[Proposal], catalogue: Catalogue) -> Listed:
    typed = [each for each in proposal.wordings if each.edited_at]
    into = (each for each in every if each.id == proposal.merged_into_id and not each.deleted_at)
    return Listed(
        proposal,
        title_of(proposal),
        catalogue.named(each.theme_id for each in proposal.themes),
        max(typed, key=lambda each: (each.edited_at, each.id)) if typed else None,
        [each for each in proposal.exports if each.status == DONE],
        next(into, None),
        [each for each in every if each.merged_into_id == proposal.id],
    )


def _ideas_of(workshop: Workshop) -> dict[int | None, int]:
    """How many ideas each theme has."""
    ids = [activity.id for activity in workshop.activities if activity.is_heard]
    shown = select(Statement.theme_id, func.count()).where(
        Statement.activity_id.in_(ids), Statement.status == SHOWN, Statement.deleted_at.is_(None)
    )
    return {row.theme_id: row[1] for row in db.session.execute(shown.group_by(Statement.theme_id))}
