"""Themes of several evenings that are the same matter: said by somebody who looked, never only guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.extensions import Model, Moment, db, now

Pair = frozenset[int]


class ThemeKin(Model):
    """Two themes and what somebody said of them: the same matter, or not the same although it looks so."""

    __tablename__ = "theme_kin"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    same: Mapped[bool] = mapped_column(default=True)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def among(cls, heirs: Mapping[int, int]) -> dict[Pair, bool]:
        """By pairs of living themes: are they the same? What was said last counts. `heirs`: who stands for whom."""
        said = select(cls).where(cls.theme_id.in_(heirs), cls.other_id.in_(heirs), cls.deleted_at.is_(None))
        return {
            frozenset((heirs[row.theme_id], heirs[row.other_id])): row.same
            for row in db.session.scalars(said.order_by(cls.id))
        }

    @classmethod
    def say(cls, theme_id: int, others: Collection[int], *, same: bool) -> None:
        """Of this theme and each of the others; what was said of them before counts no longer."""
        before = select(cls).where(
            (cls.theme_id == theme_id) & cls.other_id.in_(others)
            | (cls.other_id == theme_id) & cls.theme_id.in_(others),
            cls.deleted_at.is_(None),
        )
        for row in db.session.scalars(before):
            row.deleted_at = now()
        db.session.add_all(cls(theme_id=theme_id, other_id=other, same=same) for other in others)
