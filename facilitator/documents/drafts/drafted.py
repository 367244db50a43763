"""The proposals of a workshop as far as its ideas are concerned: titles, plans, what each speaks of, what was made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import get_locale
from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased

from facilitator.documents.drafts.scope import Catalogue
from facilitator.documents.models import DONE, ROWS, Export, Proposal, ProposalTheme, Wording
from facilitator.documents.paper import PlanRow
from facilitator.extensions import read


class Drafted(NamedTuple):
    """A proposal as far as ideas are concerned."""

    id: int
    title: str
    is_made: bool
    """Has a paper been made of it? Until then it is a draft, and its plan is nobody's promise."""
    plan: Sequence[PlanRow]
    themes: frozenset[int] | None
    """What it speaks of; None where it speaks of the whole workshop."""

    def holds(self, theme_id: int | None) -> bool:
        return self.themes is None or theme_id in self.themes

    def about(self, theme: str) -> list[PlanRow]:
        """The rows of the plan that name this theme."""
        return [row for row in self.plan if theme in row["what"]] if self.is_made else []


def drafted(workshop_id: int, catalogue: Catalogue) -> list[Drafted]:
    """Those that speak for themselves, in the reader's language; a draft that went into another doesn't."""
    rows = read(_WORDINGS, workshop=workshop_id)
    chosen = read(_CHOSEN, workshop=workshop_id) if rows else []
    found = []
    for number in dict.fromkeys(row.id for row in rows):
        themes = [theme for proposal, theme in chosen if proposal == number]
        scope = catalogue.within(themes) if themes else None
        found.append(_one_drafted([row for row in rows if row.id == number], scope))
    return found


def _one_drafted(rows: Sequence[Any], scope: frozenset[int] | None) -> Drafted:
    texts = {(row.section, row.language): row.text for row in rows}
    mine, other = ("en", "zh") if get_locale().language == "en" else ("zh", "en")
    title = texts.get(("title", mine)) or texts.get(("title", other), "")
    plan: list[PlanRow] = json.loads(texts.get((ROWS, ""), "[]"))
    return Drafted(rows[0].id, " ".join(title.split()), bool(rows[0].is_made), plan, scope)


_MADE = (
    select(Export.id)
    .where(Export.proposal_id == Proposal.id, Export.status == DONE, Export.document == "proposal")
    .exists()
)
_into = aliased(Proposal)
# A draft that went into another speaks through that one.
_SUPERSEDED = select(_into.id).where(_into.id == Proposal.merged_into_id, _into.deleted_at.is_(None)).exists()
_WORDINGS = (
    select(Proposal.id, Wording.section, Wording.language, Wording.text, _MADE.label("is_made"))
    .join(Wording, Wording.proposal_id == Proposal.id)
    .where(Proposal.workshop_id == bindparam("workshop"), Proposal.deleted_at.is_(None))
    .where(Wording.section.in_(("title", ROWS)), or_(_MADE, ~_SUPERSEDED))
    .order_by(Proposal.id)
)
_CHOSEN = (
    select(ProposalTheme.proposal_id, ProposalTheme.theme_id)
    .join(Proposal, Proposal.id == ProposalTheme.proposal_id)
    .where(Proposal.workshop_id == bindparam("workshop"))
)
