"""Which themes a statement answers: a scheme says what it does for what people said, at this evening or at another.

The room reads of it what the statement's own kind lets it read (`Activity.schemes`), and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Select, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.accounts.models import Staff
from facilitator.extensions import Model, Moment, db, now
from facilitator.programme.models import Neighbourhood
from facilitator.synthesis.models import Theme
from facilitator.workshop.models import Activity, Workshop


class Answer(Model):
    __tablename__ = "theme_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[str] = mapped_column(ForeignKey("statement.id"), index=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    theme: Mapped[Theme] = relationship()

    @classmethod
    def themes_of(cls, statement_ids: Sequence[str]) -> dict[str, list[Theme]]:
        """By statement: the themes that it answers and that are still there, in one question.

        What was merged into another theme is answered under the name that it has now.
        """
        living = select(cls.statement_id, Theme).join(Theme, Theme.id == cls.theme_id)
        living = living.where(cls.statement_id.in_(statement_ids), cls.deleted_at.is_(None)).order_by(cls.id)
        found: dict[str, list[Theme]] = {each: [] for each in statement_ids}
        rows = db.session.execute(living).all()
        heirs = heirs_of([theme for _statement, theme in rows])
        for statement_id, theme in rows:
            heir = heirs[theme.id]
            if heir is not None and heir not in found[statement_id]:
                found[statement_id].append(heir)
        return found

    @classmethod
    def settle(cls, statement_id: str, offered: Iterable[Theme], chosen: set[int]) -> bool:
        """Let it answer those of the offered themes that are chosen; others stay as they are. Has anything changed?"""
        themes = {theme.id: theme for theme in offered}
        rows = list(db.session.scalars(select(cls).where(cls.statement_id == statement_id)))
        heirs = heirs_of([row.theme for row in rows])
        has: set[int] = set()
        before = [(row.id, row.deleted_at) for row in rows]
        for row in rows:
            heir = heirs[row.theme_id]
            if heir is None or heir.id not in themes:
                continue
            stays = heir.id in chosen and heir.id not in has
            row.deleted_at = None if stays else row.deleted_at or now()
            has |= {heir.id} if stays else set()
        new = [key for key in themes if key in chosen - has]
        db.session.add_all(cls(statement_id=statement_id, theme_id=key) for key in new)
        return bool(new) or before != [(row.id, row.deleted_at) for row in rows]


def heirs_of(themes: Sequence[Theme]) -> dict[int, Theme | None]:
    """Which living theme stands for each, through all merges; None where it was dissolved."""
    known = {theme.id: theme for theme in themes}
    waiting = {theme.merged_into_id for theme in themes if theme.deleted_at} - {None, *known}
    while waiting:
        more = list(db.session.scalars(select(Theme).where(Theme.id.in_(waiting))))
        known |= {theme.id: theme for theme in more}
        waiting = {theme.merged_into_id for theme in more if theme.deleted_at} - {None, *known}
    return {theme.id: _heir(theme, known) for theme in themes}


def _heir(theme: Theme, known: dict[int, Theme]) -> Theme | None:
    seen: set[int] = set()
    while theme.deleted_at and theme.merged_into_id and theme.id not in seen:
        seen.add(theme.id)
        theme = known[theme.merged_into_id]
    return None if theme.deleted_at else theme


def seen_by(staff: Staff, themes: Sequence[Theme]) -> dict[int, int]:
    """By theme: its workshop, for those that this member of staff may see."""
    mine = Workshop.seen_by(staff).with_only_columns(Workshop.id)
    where = select(Theme.id, Activity.workshop_id).join(Activity, Activity.id == Theme.activity_id)
    where = where.where(Theme.id.in_([theme.id for theme in themes]), Activity.workshop_id.in_(mine))
    return {row[0]: row[1] for row in db.session.execute(where)}


class Offered:
    """The themes that can be chosen, those of each workshop together; the latest workshop first, the own before all."""

    def __init__(self, workshop: Workshop, viewer: Staff, neighbourhood: str = "") -> None:
        rows = db.session.execute(_offered(workshop, viewer, neighbourhood)).all()
        self.groups: dict[Workshop, list[Theme]] = {}
        for theme, where in sorted(rows, key=lambda row: row[1].id != workshop.id):
            self.groups.setdefault(where, []).append(theme)

    @property
    def themes(self) -> list[Theme]:
        return [theme for themes in self.groups.values() for theme in themes]


def _offered(workshop: Workshop, viewer: Staff, neighbourhood: str) -> Select[Theme, Workshop]:
    """Of this workshop, and of those this member of staff may see of its project and of the statement's neighbourhood.

    A final may be the whole town's, with an entry for each place.
    """
    mine = Workshop.seen_by(viewer).with_only_columns(Workshop.id)
    near = Workshop.neighbourhood.has(Neighbourhood.name == neighbourhood) if neighbourhood else false()
    if workshop.project_id:
        near |= Workshop.project_id == workshop.project_id
    living = select(Theme, Workshop).join(Activity, Activity.id == Theme.activity_id)
    living = living.join(Workshop, Workshop.id == Activity.workshop_id)
    living = living.where((Workshop.id == workshop.id) | near & Workshop.id.in_(mine))
    living = living.where(Theme.deleted_at.is_(None), Activity.deleted_at.is_(None))
    return living.order_by(Workshop.starts_at.desc(), Workshop.id.desc(), Activity.position, Theme.position, Theme.id)
