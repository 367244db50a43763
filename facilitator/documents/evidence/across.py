"""The themes of one project over its workshops, side by side: what came back, what is new, what went quiet.

A workshop counts here once it has themes. A theme is the same in two of them if it has the same name, or if somebody
said so; and not the same if somebody said that. What is counted was shown to the room.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from facilitator.accounts.models import Staff
from facilitator.documents.evidence.following import Answering, Replied, answers_in, replies_in
from facilitator.documents.evidence.heard import Heard, listen
from facilitator.documents.topics import key_of
from facilitator.extensions import db, read
from facilitator.programme.models import Project
from facilitator.synthesis.kin import Pair, ThemeKin
from facilitator.synthesis.models import Theme, heirs_among
from facilitator.workshop import versions
from facilitator.workshop.kept import at_version
from facilitator.workshop.models import Activity, Workshop

NEW, BACK, QUIET = "new", "back", "quiet"
TEXTS = 12
"""Ideas of a theme by which it is compared with others."""


class Found(NamedTuple):
    """One theme of one workshop, with what was counted."""

    id: int
    name: str
    colour: int
    workshop_id: int
    ideas: int
    people: int
    dots: int | None
    """None where the room has seen no result."""
    rank: int
    texts: Sequence[str]


class Column(NamedTuple):
    """A workshop with what it holds altogether."""

    workshop: Workshop
    ideas: int
    people: int
    dots: int | None


@dataclass
class Row:
    """One matter through all workshops."""

    themes: list[Found]
    answers: dict[int, Sequence[Answering]] = field(default_factory=dict)
    """By theme: the schemes that answer it."""
    replies: list[Replied] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [theme.id for theme in self.themes]

    @property
    def name(self) -> str:
        """As it was called last."""
        return self.themes[-1].name.strip()

    @property
    def schemes(self) -> list[Answering]:
        return list({each.id: each for beside in self.answers.values() for each in beside}.values())

    @property
    def ideas(self) -> int:
        return sum(theme.ideas for theme in self.themes)

    def inside(self, workshop: Workshop) -> list[Found]:
        return [theme for theme in self.themes if theme.workshop_id == workshop.id]


class Across:
    """What the page of a project shows to one member of staff."""

    def __init__(self, project: Project, viewer: Staff) -> None:
        self.project = project
        every = list(db.session.scalars(_workshops(project, viewer)))
        self.visible = every
        themes = read(_THEMES, workshops=[each.id for each in every])
        self._heirs = heirs_among(themes)
        found = _found(every)
        self.columns = [_column(each, found[each.id]) for each in every if found[each.id]]
        self.without = [each for each in every if not found[each.id]]
        self._kin = ThemeKin.among(self._heirs)
        self.rows = _rows([theme for column in self.columns for theme in found[column.workshop.id]], self._kin)
        self._follow()
        self._sort()

    def mark(self, row: Row, column: Column) -> str:
        """How the matter stands at this workshop: new, back, quiet; empty at the first one, and before it came up."""
        at = self.columns.index(column)
        before = any(row.inside(each.workshop) for each in self.columns[:at])
        if row.inside(column.workshop):
            return BACK if before else NEW if at else ""
        return QUIET if before else ""

    def count(self, mark: str) -> int:
        """How many matters stand so at the last workshop."""
        return sum(self.mark(row, self.columns[-1]) == mark for row in self.rows) if self.columns else 0

    def row_with(self, theme_id: int) -> Row | None:
        return next((row for row in self.rows if theme_id in row.ids), None)

    def may_be_same(self, row: Row, other: Row) -> bool:
        """Has nobody said that they are not?"""
        return all(self._kin.get(frozenset((one, two))) is not False for one in row.ids for two in other.ids)

    def _follow(self) -> None:
        ids = [column.workshop.id for column in self.columns]
        schemes = answers_in(ids, self._heirs)
        replies = replies_in(ids, self._heirs)
        for row in self.rows:
            row.answers = {theme: schemes[theme] for theme in row.ids if theme in schemes}
            row.replies = [each for each in replies if each.theme_id in row.ids]

    def _sort(self) -> None:
        """What was heard last stands first, and of that what was said most."""
        last = self.columns[-1].workshop if self.columns else None
        self.rows.sort(key=lambda row: (not (last and row.inside(last)), -row.ideas))


def _rows(themes: Sequence[Found], kin: Mapping[Pair, bool]) -> list[Row]:
    """Each theme, the earliest workshop's first, joins the row that it belongs to, or begins one."""
    rows: list[Row] = []
    for theme in themes:
        row = next((row for row in rows if _belongs(theme, row, kin)), None)
        if row:
            row.themes.append(theme)
        else:
            rows.append(Row([theme]))
    return rows


def _belongs(theme: Found, row: Row, kin: Mapping[Pair, bool]) -> bool:
    said = [kin.get(frozenset((theme.id, other))) for other in row.ids]
    if False in said:
        return False
    return True in said or any(key_of(theme.name) == key_of(other.name) for other in row.themes)


# What each workshop holds, worked out once until it changes.


def _found(workshops: Sequence[Workshop]) -> dict[int, list[Found]]:
    numbers = versions.current([each.id for each in workshops])
    return {each.id: _kept(each, numbers.get(each.id, 0)) for each in workshops}


def _kept(workshop: Workshop, number: int) -> list[Found]:
    state: Hashable = tuple((each.id, each.title, str(each.settings), str(each.state)) for each in workshop.activities)
    return at_version(workshop.id, ("across", state), lambda: _worked_out(workshop), number)


def _worked_out(workshop: Workshop) -> list[Found]:
    return [_told(heard, theme) for heard in listen(workshop) for theme in heard.clusters]


def _told(heard: Heard, theme: Theme) -> Found:
    ideas = heard.inside(theme.id)
    line = heard.standings(heard.last)[theme.id] if heard.last else None
    return Found(
        id=theme.id,
        name=theme.name,
        colour=theme.colour,
        workshop_id=heard.activity.workshop_id,
        ideas=len(ideas),
        people=len({each.participant_id for each in ideas if each.participant_id}),
        dots=line.dots if line else None,
        rank=line.rank if line else 0,
        texts=[theme.name, *(each.text for each in ideas[:TEXTS])],
    )


def _column(workshop: Workshop, themes: Sequence[Found]) -> Column:
    given = [theme.dots for theme in themes if theme.dots is not None]
    people = max((theme.people for theme in themes), default=0)
    return Column(workshop, sum(theme.ideas for theme in themes), people, sum(given) if given else None)


def _workshops(project: Project, viewer: Staff) -> Any:
    mine = Workshop.seen_by(viewer).where(Workshop.project_id == project.id)
    in_order = mine.order_by(Workshop.starts_at.is_(None), Workshop.starts_at, Workshop.id)
    return in_order.options(selectinload(Workshop.activities))


_THEMES = (
    select(Theme.id, Theme.merged_into_id, Theme.deleted_at)
    .join(Activity, Activity.id == Theme.activity_id)
    .where(Activity.workshop_id.in_(bindparam("workshops", expanding=True)), Activity.deleted_at.is_(None))
)
