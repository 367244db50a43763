"""By what is judged: criteria with weights and worded anchors, on one scale."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, DecimalException
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.extensions import Model, Moment, db
from facilitator.web.errors import Refused

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

POINT = 100
"""Points are kept in hundredths: whole numbers, so that sums are exact."""


class Scale(NamedTuple):
    """From the lowest to the highest score by steps, all in hundredths of a point."""

    lowest: int
    highest: int
    step: int

    def values(self) -> range:
        return range(self.lowest, self.highest + 1, self.step)

    def read(self, text: str) -> int:
        """A score as it was typed, in hundredths. Raises Refused."""
        try:
            points = Decimal(text.strip().replace("，", ".").replace(",", ".")) * POINT
        except DecimalException as error:
            raise Refused(_("Please enter a number.")) from error
        if not points.is_finite() or points != points.to_integral_value() or int(points) not in self.values():
            lowest, highest, step = (written(each) for each in self)
            raise Refused(
                _("Scores go from %(low)s to %(high)s in steps of %(step)s.", low=lowest, high=highest, step=step)
            )
        return int(points)


class Criterion(Model):
    """One thing that is looked at."""

    __tablename__ = "competition_criterion"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    weight: Mapped[int] = mapped_column(default=1)
    """In proportion to the others'."""
    anchors: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What a score means, in words: "8" → words. Those in English have `en` before the score."""
    position: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def of(cls, competition: Competition) -> list[Criterion]:
        living = select(cls).where(cls.activity_id == competition.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(living.order_by(cls.position, cls.id)))

    @property
    def said(self) -> str:
        """Its name in the reader's language."""
        return self.name_en or self.name if str(get_locale()) == "en" else self.name

    def words(self) -> list[tuple[str, str]]:
        """(score, what it means) from the highest to the lowest, in the reader's language where it has one."""
        english = str(get_locale()) == "en"
        plain = {score: text for score, text in self.anchors.items() if not score.startswith("en")}
        told = {score: (self.anchors.get(f"en{score}") or text) if english else text for score, text in plain.items()}
        return sorted(told.items(), key=lambda pair: Decimal(pair[0]), reverse=True)

    def plain(self) -> dict[str, Any]:
        """What it says and where it stands."""
        kept = ("name", "name_en", "weight", "position")
        return {"anchors": dict(self.anchors), **{name: getattr(self, name) for name in kept}}

    def copy(self) -> Criterion:
        return Criterion(**self.plain())


def weights(criteria: list[Criterion]) -> dict[int, Fraction]:
    """By the id of each criterion: its share of the whole."""
    every = sum(each.weight for each in criteria)
    return {each.id: Fraction(each.weight, every) for each in criteria} if every else {}


def written(points: int) -> str:
    """Hundredths as people write a score: 850 is 8.5."""
    return f"{Decimal(points) / POINT:f}".rstrip("0").rstrip(".") if points % POINT else str(points // POINT)
