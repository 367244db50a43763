"""The page of one theme, for staff: the ideas and people behind it, and what followed."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, NamedTuple

from flask import abort, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents.drafts.scope import Catalogue
from facilitator.documents.evidence.across import Across
from facilitator.documents.evidence.following import Answering, Replied, followed
from facilitator.documents.evidence.heard import Heard, listen, people_of
from facilitator.documents.evidence.ideas import merged_into
from facilitator.documents.models import Proposal
from facilitator.documents.routes import documents
from facilitator.extensions import db
from facilitator.synthesis.models import Theme
from facilitator.workshop.access import activity_of, my_workshop
from facilitator.workshop.models import Workshop


class Elsewhere(NamedTuple):
    """The same matter as another workshop called it, and what followed there."""

    workshop: Workshop
    name: str
    schemes: Sequence[Answering]
    replies: Sequence[Replied]


@documents.get("/workshops/<int:workshop_id>/themes/<int:theme_id>")
@login_required
def theme(workshop_id: int, theme_id: int) -> str | Response:
    """A theme that was merged into another leads to that."""
    workshop = my_workshop(workshop_id)
    found = db.session.get(Theme, theme_id) or abort(404)
    activity = activity_of(workshop, found.activity_id)
    heirs = Theme.heirs(activity)
    if heirs[theme_id] != theme_id:
        return redirect(url_for("documents.theme", workshop_id=workshop_id, theme_id=heirs[theme_id]))
    people = people_of(workshop)  # in one query; held so that each idea finds its author without asking
    heard = next(each for each in listen(workshop) if each.activity.id == activity.id)
    if found.deleted_at or found not in heard.clusters:
        abort(404)
    every = {each.id: each for each in db.session.scalars(select(Theme).where(Theme.activity_id == activity.id))}
    context = {
        "merged": merged_into(theme_id, every),
        **_figures(heard, found),
        **_after(workshop, found, heirs),
        "everybody": people,
    }
    return render_template("documents/theme.html", workshop=workshop, theme=found, heard=heard, **context)


def _figures(heard: Heard, theme: Theme) -> dict[str, Any]:
    ideas = heard.inside(theme.id)
    return {
        "ideas": ideas,
        "people": len({each.participant_id for each in ideas if each.participant_id}),
        "line": heard.standings(heard.last)[theme.id] if heard.last else None,
    }


def _after(workshop: Workshop, theme: Theme, heirs: dict[int, int]) -> dict[str, Any]:
    after = followed(workshop.id, heirs)
    schemes = after.schemes.get(theme.id, ())
    elsewhere = _elsewhere(workshop, theme, {each.id for each in schemes})
    scopes = [(each, each.scope()) for each in Proposal.all_of(workshop)]
    proposals = [each for each, scope in scopes if scope is None or theme.id in scope]
    return {
        "schemes": schemes,
        "elsewhere": elsewhere,
        "desks": _desks([*schemes, *(scheme for each in elsewhere for scheme in each.schemes)]),
        "replies": after.replies_to(Catalogue.of(workshop.id).within([theme.id]), {each.id for each in proposals}),
        "proposal_id": proposals[0].id if proposals else None,
    }


def _elsewhere(workshop: Workshop, theme: Theme, told: Container[str]) -> list[Elsewhere]:
    """What followed the same matter at the project's other workshops, as far as one may see them."""
    across = Across(workshop.project, current_staff()) if workshop.project else None
    row = across.row_with(theme.id) if across else None
    if across is None or row is None:
        return []
    where = {each.id: each for each in across.visible}
    kin = [each for each in row.themes if each.id != theme.id]
    found = [
        Elsewhere(
            where[each.workshop_id],
            each.name,
            [scheme for scheme in row.answers.get(each.id, ()) if scheme.id not in told],
            [reply for reply in row.replies if reply.theme_id == each.id],
        )
        for each in kin
    ]
    return [each for each in found if each.schemes or each.replies]


def _desks(schemes: Sequence[Answering]) -> dict[str, str]:
    """By scheme: where it is prepared, for those who may see that."""
    ids = {each.activity.workshop_id for each in schemes}
    mine = set(
        db.session.scalars(Workshop.seen_by(current_staff()).where(Workshop.id.in_(ids)).with_only_columns(Workshop.id))
    )
    return {
        each.id: url_for(each.activity.desk[0], activity_id=each.activity.id)
        for each in schemes
        if each.activity.desk and each.activity.workshop_id in mine
    }
