"""What followed a workshop's themes: the schemes that answer them, as far as the room may read, and the replies."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import get_locale
from sqlalchemy import bindparam, select

from facilitator.documents.evidence.replies import DECISIONS, Reply
from facilitator.documents.models import Proposal
from facilitator.extensions import db, read
from facilitator.synthesis.answers import Answer
from facilitator.synthesis.models import SHOWN, Statement, Theme
from facilitator.voting.targets import PAGES
from facilitator.web.text import mask
from facilitator.workshop.models import Activity
from facilitator.workshop.paperwork import Scheme


class Answering(NamedTuple):
    """A scheme that answers a theme."""

    id: str
    activity: Activity
    kind: str
    scheme: Scheme

    @property
    def title(self) -> str:
        return self.scheme.title_en or self.scheme.title if get_locale().language == "en" else self.scheme.title

    def page(self, workshop_id: int) -> str:
        """Where the people of this workshop read more of it; empty for those of another."""
        here = self.activity.workshop_id == workshop_id and self.kind in PAGES
        return PAGES[self.kind](self.activity.id, self.id) if here else ""


class Replied(NamedTuple):
    """A reply in the reader's language, where it was given in it."""

    id: int
    proposal_id: int
    who: str
    decision: str
    decided: str
    text: str
    said_on: str
    theme_id: int | None


class Followed(NamedTuple):
    """By living theme: what followed."""

    schemes: Mapping[int, Sequence[Answering]]
    replies: Sequence[Replied]

    def replies_to(self, themes: Container[int], proposals: Container[int]) -> list[Replied]:
        """Those to any of these themes, which are of one name, and those to the whole of these proposals."""
        return [
            each
            for each in self.replies
            if (each.theme_id in themes if each.theme_id else each.proposal_id in proposals)
        ]


def followed(workshop_id: int, heirs: Mapping[int, int]) -> Followed:
    """`heirs`: by every theme that ever was, which living theme stands for it."""
    return Followed(answers_in([workshop_id], heirs), replies_in([workshop_id], heirs))


def answers_in(workshop_ids: Sequence[int], heirs: Mapping[int, int]) -> dict[int, list[Answering]]:
    """By living theme of these workshops: the schemes that answer it."""
    return _schemes_for(read(_ANSWERS, workshops=list(workshop_ids)), heirs)


def _schemes_for(rows: Iterable[Any], heirs: Mapping[int, int]) -> dict[int, list[Answering]]:
    found: dict[int, list[Answering]] = {}
    told: dict[int, tuple[Activity, Mapping[str, Scheme]] | None] = {}
    for theme_id, statement_id, kind, activity_id in rows:
        if activity_id not in told:
            told[activity_id] = _told(activity_id)
        activity, schemes = told[activity_id] or (None, {})
        beside = found.setdefault(heirs.get(theme_id, theme_id), [])
        if activity and statement_id in schemes and all(each.id != statement_id for each in beside):
            beside.append(Answering(statement_id, activity, kind, schemes[statement_id]))
    # The places first, in their order; the rest by number.
    return {
        theme: sorted(beside, key=lambda each: (each.scheme.rank or 10_000, each.scheme.number))
        for theme, beside in found.items()
        if beside
    }


def _told(activity_id: int) -> tuple[Activity, Mapping[str, Scheme]] | None:
    activity = db.session.get(Activity, activity_id)
    if activity is None or activity.deleted_at or activity.workshop.deleted_at:
        return None
    return activity, activity.schemes()


def replies_in(workshop_ids: Sequence[int], heirs: Mapping[int, int]) -> list[Replied]:
    """What was replied to the proposals of these workshops, the earliest first."""
    english = get_locale().language == "en"
    return [
        Replied(
            id=row.id,
            proposal_id=row.proposal_id,
            who=row.who,
            decision=row.decision,
            decided=str(DECISIONS[row.decision]),
            text=mask((row.text_en or row.text) if english else (row.text or row.text_en)),
            said_on=row.said_on,
            theme_id=heirs.get(row.theme_id, row.theme_id) if row.theme_id else None,
        )
        for row in read(_REPLIES, workshops=list(workshop_ids))
    ]


_WORKSHOPS: Any = bindparam("workshops", expanding=True)
_ANSWERS = (
    select(Answer.theme_id, Statement.id, Statement.kind, Statement.activity_id)
    .join(Theme, Theme.id == Answer.theme_id)
    .join(Activity, Activity.id == Theme.activity_id)
    .join(Statement, Statement.id == Answer.statement_id)
    .where(
        Activity.workshop_id.in_(_WORKSHOPS),
        Answer.deleted_at.is_(None),
        Statement.deleted_at.is_(None),
        Statement.status == SHOWN,
    )
    .order_by(Statement.number, Statement.id)
)
_REPLIES = (
    select(
        Reply.id,
        Reply.proposal_id,
        Reply.theme_id,
        Reply.who,
        Reply.decision,
        Reply.text,
        Reply.text_en,
        Reply.said_on,
    )
    .join(Proposal, Proposal.id == Reply.proposal_id)
    .where(Proposal.workshop_id.in_(_WORKSHOPS), Proposal.deleted_at.is_(None), Reply.deleted_at.is_(None))
    .order_by(Reply.said_on, Reply.id)
)
