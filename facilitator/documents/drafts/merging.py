"""Of several proposals a new one: their themes together, their words one after the other, with where each is from."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask_babel import gettext as _

from facilitator.accounts.models import Staff
from facilitator.database import NUMBERING, take_turns
from facilitator.documents.drafts.beginning import first_words
from facilitator.documents.drafts.scope import Catalogue, Topic
from facilitator.documents.models import LANGUAGES, LONGEST, MOST_ROWS, PASSAGES, ROWS, Proposal
from facilitator.documents.paper import PlanRow
from facilitator.extensions import db
from facilitator.web.errors import Refused
from facilitator.workshop.models import Workshop

FRESH = ("title",)
"""Passages that a union says anew."""
IN_A_LINE = ("proposers", "lead", "seconders", "contact")
LISTED = ("signatures",)
"""One on a line; nobody signs twice."""


def merge(workshop: Workshop, proposals: Sequence[Proposal], staff: Staff) -> Proposal:
    """A new proposal of these; they stay as they are, marked. Raises Refused where it would be too long."""
    take_turns(db.session.connection(), NUMBERING)
    topics = _union(workshop, proposals)
    words = first_words(workshop, topics)
    for key in PASSAGES:
        if key not in FRESH:
            words |= {(key, language): _joined(proposals, key, language) for language in LANGUAGES}
    words[ROWS, ""] = json.dumps(_plan(proposals), ensure_ascii=False)
    if any(len(text) > LONGEST for text in words.values()):
        raise Refused(_("Together they are too long: no passage may have more than %(most)d characters.", most=LONGEST))
    made = Proposal.make(workshop, staff, topics, words)
    for each in proposals:
        each.merged_into_id = made.id
    return made


def _union(workshop: Workshop, proposals: Sequence[Proposal]) -> list[Topic]:
    """The themes of all of them; none where one speaks of the whole workshop."""
    if any(not each.themes for each in proposals):
        return []
    return Catalogue.of(workshop.id).named(theme.theme_id for each in proposals for theme in each.themes)


def _joined(proposals: Sequence[Proposal], section: str, language: str) -> str:
    """What all say alike stands once and without a mark."""
    said: dict[str, list[Proposal]] = {}
    for each in proposals:
        wording = each.wording(section, language)
        if wording and (text := wording.text.strip()):
            said.setdefault(text, []).append(each)
    if section in LISTED:
        return "\n".join(dict.fromkeys(line.strip() for text in said for line in text.splitlines() if line.strip()))
    if len(said) < 2:
        return next(iter(said), "")
    put, between = (_behind, "；" if language == "zh" else "; ") if section in IN_A_LINE else (_above, "\n")
    return between.join(put(text, language, of) for text, of in said.items())


def _above(text: str, language: str, of: Sequence[Proposal]) -> str:
    return f"【出自{_numbers(of)}】\n{text}" if language == "zh" else f"[From {_numbers_en(of)}]\n{text}"


def _behind(text: str, language: str, of: Sequence[Proposal]) -> str:
    return f"{text}（{_numbers(of)}）" if language == "zh" else f"{text} ({_numbers_en(of)})"


def _numbers(of: Sequence[Proposal]) -> str:
    return "、".join(each.label for each in of)


def _numbers_en(of: Sequence[Proposal]) -> str:
    return ", ".join(f"No. {each.number} of {each.year}" for each in of)


def _plan(proposals: Sequence[Proposal]) -> list[PlanRow]:
    rows: list[PlanRow] = []
    for each in proposals:
        rows += [row for row in each.plan() if row not in rows]
    if len(rows) > MOST_ROWS:
        raise Refused(
            _("Together their plans have %(now)d rows; at most %(most)d can be kept.", now=len(rows), most=MOST_ROWS)
        )
    return rows
