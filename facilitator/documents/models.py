"""A proposal's wording and its exports. Its figures are not kept here: they are counted from the room each time."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self, cast

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.accounts.models import Staff
from facilitator.database import NUMBERING, take_turns
from facilitator.documents.drafts.beginning import first_words
from facilitator.documents.drafts.scope import Catalogue, Topic
from facilitator.documents.paper import Paper, Passage, PlanRow
from facilitator.extensions import Model, Moment, db, now
from facilitator.workshop.models import Workshop

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
OPEN = (QUEUED, RUNNING)
FORMATS = ("pdf", "docx", "xlsx", "json")
LANGUAGES = ("zh", "en")
ROWS = "rows"
"""The section that holds the plan's table, as JSON, in no language."""
PASSAGES = (
    "title",
    "proposers",
    "lead",
    "seconders",
    "contact",
    "matter",
    "situation",
    "sources",
    "themes",
    "advice",
    "plan",
    "dissent",
    "signatures",
)
LONGEST = 20_000
MOST_ROWS = 60
"""Of a plan."""
CODE_ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
CODE_LENGTH = 8


def new_check_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class Proposal(Model):
    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), index=True)
    year: Mapped[int]
    number: Mapped[int]
    """Counts from 1 in each year."""
    created_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    """The one that was made of this and others; this one stays as it is."""
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    workshop: Mapped[Workshop] = relationship()
    created_by: Mapped[Staff] = relationship()
    themes: Mapped[list[ProposalTheme]] = relationship(back_populates="proposal", order_by="ProposalTheme.theme_id")
    """What it speaks of; nothing here means the whole workshop. See `drafts/scope.py`."""
    wordings: Mapped[list[Wording]] = relationship(back_populates="proposal", order_by="Wording.id")
    exports: Mapped[list[Export]] = relationship(back_populates="proposal", order_by="Export.id.desc()")

    @classmethod
    def seen_by(cls, staff: Staff, proposal_id: int, *, discarded: bool = False) -> Self | None:
        """The proposal, if this member of staff may see its workshop."""
        mine = Workshop.seen_by(staff).with_only_columns(Workshop.id)
        gone = cls.deleted_at.is_not(None) if discarded else cls.deleted_at.is_(None)
        return db.session.scalar(select(cls).where(cls.id == proposal_id, cls.workshop_id.in_(mine), gone))

    @classmethod
    def all_of(cls, workshop: Workshop) -> list[Self]:
        """The workshop's proposals, oldest first, without those that were discarded."""
        living = select(cls).where(cls.workshop_id == workshop.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(living.order_by(cls.id)))

    @classmethod
    def of(cls, workshop: Workshop, staff: Staff) -> Self:
        """The proposal of the whole workshop; made with its first wording if there is none yet."""
        return cls._whole(workshop) or cls.on(workshop, staff, [])

    @classmethod
    def _whole(cls, workshop: Workshop) -> Self | None:
        """The newest, where the whole one was merged with others into another."""
        return next((each for each in reversed(cls.all_of(workshop)) if not each.themes), None)

    @classmethod
    def on(cls, workshop: Workshop, staff: Staff, topics: Sequence[Topic]) -> Self:
        """The proposal on just these themes, or on the whole workshop; made if there is none yet.

        Two people may press the button at the same time, in this room or in two.
        """
        take_turns(db.session.connection(), NUMBERING)
        known = (
            cls._on(workshop, {number for topic in topics for number in topic.ids}) if topics else cls._whole(workshop)
        )
        return known or cls.make(workshop, staff, topics, first_words(workshop, topics))

    @classmethod
    def _on(cls, workshop: Workshop, themes: set[int]) -> Self | None:
        catalogue = Catalogue.of(workshop.id)
        scopes = ((each, catalogue.within(theme.theme_id for theme in each.themes)) for each in cls.all_of(workshop))
        return next((each for each, scope in scopes if each.themes and scope == themes), None)

    @classmethod
    def make(
        cls, workshop: Workshop, staff: Staff, topics: Sequence[Topic], words: Mapping[tuple[str, str], str]
    ) -> Self:
        """A new one, with the next number of the year; whoever calls has taken turns."""
        year = now().year
        last = db.session.scalar(select(func.max(cls.number)).where(cls.year == year)) or 0
        proposal = cls(workshop=workshop, year=year, number=last + 1, created_by_id=staff.id)
        proposal.themes = [ProposalTheme(theme_id=number) for topic in topics for number in sorted(topic.ids)]
        proposal.wordings = [
            Wording(section=key, language=language, text=words.get((key, language), ""))
            for key in PASSAGES
            for language in LANGUAGES
        ]
        proposal.wordings.append(Wording(section=ROWS, language="", text=words.get((ROWS, ""), "[]")))
        db.session.add(proposal)
        db.session.flush()
        return proposal

    @property
    def has_papers(self) -> bool:
        """Was a file made of it, or is one on its way? Then people may hold it in their hands."""
        return any(each.status in (*OPEN, DONE) for each in self.exports)

    @property
    def is_made(self) -> bool:
        """Is a file of the proposal itself there?"""
        return any(each.status == DONE and each.document == "proposal" for each in self.exports)

    @property
    def label(self) -> str:
        return f"〔{self.year}〕第{self.number}号"

    def topics(self) -> list[Topic]:
        """What it speaks of, as it is called now; none where it speaks of the whole workshop."""
        return Catalogue.of(self.workshop_id).named(each.theme_id for each in self.themes) if self.themes else []

    def scope(self) -> frozenset[int] | None:
        """The ids of its themes; None where nothing is left out."""
        return frozenset(number for topic in self.topics() for number in topic.ids) if self.themes else None

    def wording(self, section: str, language: str) -> Wording | None:
        return next((each for each in self.wordings if (each.section, each.language) == (section, language)), None)

    def passages(self) -> dict[str, Passage]:
        texts = {(each.section, each.language): each.text for each in self.wordings}
        return {key: Passage(zh=texts.get((key, "zh"), ""), en=texts.get((key, "en"), "")) for key in PASSAGES}

    def plan(self) -> list[PlanRow]:
        rows = self.wording(ROWS, "")
        return cast(list[PlanRow], json.loads(rows.text)) if rows else []


class ProposalTheme(Model):
    """A theme that a proposal speaks of, as it was chosen."""

    __tablename__ = "proposal_theme"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)

    proposal: Mapped[Proposal] = relationship(back_populates="themes")


class Wording(Model):
    """One passage in one language, as typed last. Each save names the version it was typed on."""

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("proposal_id", "section", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    section: Mapped[str]
    language: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    edited_at: Mapped[datetime | None] = mapped_column(Moment)

    proposal: Mapped[Proposal] = relationship(back_populates="wordings")
    edited_by: Mapped[Staff | None] = relationship()

    def reword(self, text: str, typed_on: int, staff: Staff) -> bool:
        """Save the text if nobody else saved another since version `typed_on`; False leaves theirs as it is."""
        if text == self.text:
            return True
        # One's own save that was under way while one typed on is no conflict.
        mine_before = (Wording.version == typed_on + 1) & (Wording.edited_by_id == staff.id)
        unchanged = update(Wording).where(Wording.id == self.id, (Wording.version == typed_on) | mine_before)
        newer = {"text": text, "version": Wording.version + 1, "edited_by_id": staff.id, "edited_at": now()}
        saved = cast("CursorResult[Any]", db.session.execute(unchanged.values(newer))).rowcount == 1
        db.session.refresh(self)
        return saved


class Export(Model):
    """One file made of a proposal, and the figures it shows: they stay as they were when it was made."""

    __tablename__ = "export"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    document: Mapped[str] = mapped_column(default="proposal", server_default="proposal")
    """Which paper it is: see `documents/sheets.py`."""
    format: Mapped[str] = mapped_column(info={"one_of": FORMATS})
    variant: Mapped[str]
    status: Mapped[str] = mapped_column(default=QUEUED, index=True)
    check_code: Mapped[str] = mapped_column(unique=True, default=new_check_code, info={"printed": True})
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    file_name: Mapped[str] = mapped_column(default="", info={"folder": "exports"})
    message: Mapped[str] = mapped_column(default="")
    """Why it failed: a word of `jobs.REASONS`, or one line about this machine."""
    missing: Mapped[str] = mapped_column(default="")
    """Characters that could not be drawn."""
    worker: Mapped[str] = mapped_column(default="")
    """Which process makes it."""
    created_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    proposal: Mapped[Proposal] = relationship(back_populates="exports")

    @classmethod
    def by_check_code(cls, code: str) -> Self | None:
        return db.session.scalar(select(cls).where(cls.check_code == code.upper(), cls.status == DONE))

    @classmethod
    def next_in_line(cls) -> Self | None:
        """The next that waits. Until the commit it is ours alone: other workers look past it."""
        waiting = select(cls).where(cls.status == QUEUED).order_by(cls.id).limit(1)
        return db.session.scalar(waiting.with_for_update(skip_locked=True))

    @classmethod
    def count_open(cls) -> int:
        return db.session.scalar(select(func.count()).where(cls.status.in_(OPEN))) or 0

    @classmethod
    def anybody_waits(cls) -> bool:
        return db.session.scalar(select(cls.id).where(cls.status == QUEUED).limit(1)) is not None

    @classmethod
    def give_up_lost(cls, alive: set[str], message: str) -> list[int]:
        """What dead workers were making has failed; gives the ids."""
        lost = db.session.scalars(select(cls).where(cls.status == RUNNING, cls.worker.not_in(alive))).all()
        for export in lost:
            export.end(FAILED, message)
        return [export.id for export in lost]

    @classmethod
    def asked_already(cls, proposal: Proposal, kind: str, variant: str, document: str) -> Self | None:
        """The same file on its way: a second press of the button asks for nothing new."""
        same = select(cls).where(cls.proposal_id == proposal.id, cls.format == kind, cls.variant == variant)
        same = same.where(cls.document == document)
        return db.session.scalar(same.where(cls.status.in_(OPEN)))

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def paper(self) -> Paper:
        return cast(Paper, self.snapshot)

    def end(self, status: str, message: str = "") -> None:
        self.status, self.message, self.ended_at = status, message, now()
