"""Where people would put the loose ideas: one row for each tap. How one is made and taken back stands in pile.py."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.extensions import Model, Moment, now

SORTING = "sort"
"""The step in which themes are made."""
HELPING = "helping"
"""In an activity's state: does the room help? Not there: it was never asked."""


class Placing(Model):
    """One person's proposal for one idea. Of one person and idea at most one row stands; the later tap replaced it."""

    __tablename__ = "idea_placing"  # the bare word belongs to PostgreSQL
    __table_args__ = (
        # They hold all that is counted at every tick, so that no row of a hall's thousands is looked up for it.
        Index("ix_idea_placing_counted", "activity_id", "statement_id", "theme_id", "skipped", "withdrawn_at"),
        Index(None, "activity_id", "participant_id", "statement_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    statement_id: Mapped[str] = mapped_column(ForeignKey("statement.id"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    """None: in none of these."""
    skipped: Mapped[bool] = mapped_column(default=False)
    """Seen, and passed on without a word: it is done with, and no voice."""
    placed_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
