"""The statements behind one dot. Each is built once: putting one together costs more than running it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, false, func, insert, select, update

from facilitator.activities.board.dots import Dot
from facilitator.extensions import Moment
from facilitator.synthesis.models import SHOWN, Statement, Theme
from facilitator.workshop.models import Activity, Participant, Workshop

dot: Any = Dot.__table__
statement: Any = Statement.__table__
theme: Any = Theme.__table__
activity: Any = Activity.__table__
workshop: Any = Workshop.__table__
participant: Any = Participant.__table__


def _list(name: str) -> Any:
    return bindparam(name, expanding=True)


def _lying(on_themes: bool) -> list[Any]:
    """A dot lies where it was put; once that is hidden, withdrawn or dissolved, it is back in its owner's hand."""
    # Asked of the few ideas that this person's dots are on, never of the whole wall.
    on_the_wall = select(statement.c.id).where(statement.c.id == dot.c.statement_id, *_shown()).correlate(dot).exists()
    stands = dot.c.theme_id.in_(_list("standing")) if on_themes else on_the_wall
    return [*_whose(), dot.c.round == bindparam("vote"), dot.c.withdrawn_at.is_(None), stands]


def _shown() -> list[Any]:
    return [statement.c.status == SHOWN, statement.c.deleted_at.is_(None)]


def _whose() -> list[Any]:
    return [dot.c.activity_id == bindparam("board"), dot.c.participant_id == bindparam("person")]


def _target(on_themes: bool) -> Any:
    return dot.c.theme_id if on_themes else dot.c.statement_id


def _placing(on_themes: bool) -> Any:
    given = select(func.count()).select_from(dot).where(*_lying(on_themes))
    there = given.where(_target(on_themes).in_(_list("same")))
    table, more = (theme, []) if on_themes else (statement, _shown())
    can_be_voted_for = select(table.c.id).where(
        table.c.id == bindparam("target"),
        table.c.activity_id == bindparam("board"),
        table.c.deleted_at.is_(None),
        *more,
    )
    values = {
        "id": bindparam("dot_id"),
        "activity_id": bindparam("board"),
        "participant_id": bindparam("person"),
        "round": bindparam("vote"),
        _target(on_themes).key: bindparam("target"),
        "placed_at": bindparam("moment", type_=Moment),
    }
    row = select(*values.values()).where(
        given.scalar_subquery() < bindparam("budget"),
        there.scalar_subquery() < bindparam("cap"),
        can_be_voted_for.exists(),
        _is_open(),
        ~select(dot.c.id).where(dot.c.id == bindparam("dot_id")).exists(),
    )
    # Was it inserted? PostgreSQL's driver forgets the count otherwise.
    return insert(dot).from_select(list(values), row).execution_options(preserve_rowcount=True)


def _is_open() -> Any:
    here = workshop.c.activity_id == bindparam("board"), workshop.c.step.in_(_list("steps"))
    return select(workshop.c.id).where(workshop.c.id == bindparam("room"), *here, workshop.c.paused == false()).exists()


def _mine(on_themes: bool) -> Select[Any]:
    return select(_target(on_themes), dot.c.id).where(*_lying(on_themes)).order_by(dot.c.placed_at)


def _lay_on(on_themes: bool) -> Select[Any]:
    which = [*_whose(), dot.c.id == bindparam("dot_id")]
    return select(_target(on_themes).label("target"), dot.c.withdrawn_at).where(*which)


WHO = (
    select(
        activity.c.settings,
        workshop.c.id.label("workshop_id"),
        workshop.c.code,
        workshop.c.step,
        workshop.c.paused,
        (workshop.c.activity_id == activity.c.id).label("is_here"),
        participant.c.id.label("participant_id"),
    )
    .join(workshop, workshop.c.id == activity.c.workshop_id)
    .join(participant, participant.c.workshop_id == workshop.c.id)
    .where(
        activity.c.id == bindparam("board"),
        activity.c.kind == "board",
        activity.c.deleted_at.is_(None),
        workshop.c.deleted_at.is_(None),
        participant.c.token.in_(_list("tokens")),
    )
)
THEMES = select(theme.c.id, theme.c.merged_into_id, theme.c.deleted_at).where(theme.c.activity_id == bindparam("board"))
INSERT = {on_themes: _placing(on_themes) for on_themes in (False, True)}
GIVEN = {on_themes: _mine(on_themes) for on_themes in (False, True)}
WITHDRAW = (
    update(dot)
    .where(
        *_whose(),
        dot.c.id == bindparam("dot_id"),
        # A round that is over stays as it was counted.
        dot.c.round == bindparam("vote"),
        dot.c.withdrawn_at.is_(None),
        _is_open(),
    )
    .values(withdrawn_at=bindparam("moment", type_=Moment))
)
LAY_ON = {on_themes: _lay_on(on_themes) for on_themes in (False, True)}
OWNER = select(dot.c.participant_id).where(dot.c.id == bindparam("dot_id"))
