"""Which themes a proposal speaks of: chosen once, found again after merges, in every activity under the same name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from facilitator.documents.topics import key_of
from facilitator.extensions import read
from facilitator.synthesis.models import Theme, heirs_among
from facilitator.workshop.models import Activity


class Kept(NamedTuple):
    """A theme as it stands in the database, living or not."""

    id: int
    name: str
    name_en: str
    colour: int
    merged_into_id: int | None
    deleted_at: datetime | None


class Topic(NamedTuple):
    """Living themes of one name, in however many activities."""

    name: str
    name_en: str
    colour: int
    ids: frozenset[int]


@dataclass(frozen=True)
class Catalogue:
    """Every theme that a workshop ever had."""

    every: Sequence[Kept]

    @classmethod
    def of(cls, workshop_id: int) -> Catalogue:
        return cls([Kept(*row) for row in read(_EVERY, workshop=workshop_id)])

    def topics(self) -> list[Topic]:
        """What can be chosen, in the order of the agenda."""
        by_name: dict[str, list[Kept]] = {}
        for theme in self._living():
            by_name.setdefault(key_of(theme.name), []).append(theme)
        return [_topic(same) for same in by_name.values()]

    def within(self, chosen: Iterable[int]) -> frozenset[int]:
        """The living themes that now stand for those chosen, with all of the same name."""
        return frozenset(number for topic in self.named(chosen) for number in topic.ids)

    def named(self, chosen: Iterable[int]) -> list[Topic]:
        """The same as topics."""
        heirs = heirs_among(self.every)
        now = {heirs[number] for number in chosen if number in heirs}
        return [topic for topic in self.topics() if topic.ids & now]

    def same(self) -> dict[int, frozenset[int]]:
        """By living theme: all of its name."""
        return {number: topic.ids for topic in self.topics() for number in topic.ids}

    def _living(self) -> list[Kept]:
        return [theme for theme in self.every if theme.deleted_at is None]


def _topic(same: Sequence[Kept]) -> Topic:
    english = next((theme.name_en for theme in same if theme.name_en), "")
    return Topic(same[0].name, english, same[0].colour, frozenset(theme.id for theme in same))


_EVERY = (
    select(Theme.id, Theme.name, Theme.name_en, Theme.colour, Theme.merged_into_id, Theme.deleted_at)
    .join(Activity, Activity.id == Theme.activity_id)
    .where(Activity.workshop_id == bindparam("workshop"), Activity.deleted_at.is_(None))
    .order_by(Activity.position, Activity.id, Theme.position, Theme.id)
)
