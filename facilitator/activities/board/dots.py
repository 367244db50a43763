"""Dots: one row each, placed and withdrawn by the person whose they are.

The checks stand inside the INSERT: two taps at the same moment can't both pass a budget of one.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, exists, func, insert, literal, select, update
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.extensions import Model, Moment, db, now
from facilitator.methods.tally import Count
from facilitator.synthesis.models import SHOWN, Statement, Theme
from facilitator.web.errors import Refused
from facilitator.workshop.models import Participant

if TYPE_CHECKING:
    from facilitator.activities.board.models import Board


class Dot(Model):
    __tablename__ = "dot"
    __table_args__ = (Index(None, "activity_id", "round"), Index(None, "participant_id", "activity_id", "round"))

    id: Mapped[str] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    round: Mapped[int]
    statement_id: Mapped[str | None] = mapped_column(ForeignKey("statement.id"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    placed_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def pairs(cls, board: Board, number: int) -> list[tuple[int, Any]]:
        """(person, target) of each dot that lies on the board in this round."""
        rows = select(cls.participant_id, _target_column(board)).where(_lying(board, number))
        return [(person, target) for person, target in db.session.execute(rows)]


class HandCount(Model):
    """Dots from paper ballots or raised hands, as a member of staff counted them."""

    __tablename__ = "hand_count"
    __table_args__ = (UniqueConstraint("activity_id", "round", "target", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    round: Mapped[int]
    target: Mapped[str]
    """Id of the idea or the theme."""
    source: Mapped[str]
    dots: Mapped[int]
    voters: Mapped[int]
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def ever(cls, board: Board, number: int) -> list[HandCount]:
        """Also those that were undone: what is counted again takes its old row."""
        return list(db.session.scalars(select(cls).where(cls.activity_id == board.id, cls.round == number)))

    @classmethod
    def rows(cls, board: Board, number: int) -> list[HandCount]:
        return [row for row in cls.ever(board, number) if row.deleted_at is None]

    @classmethod
    def of(cls, board: Board, number: int) -> list[Count]:
        """Counts as the tally takes them; a count for a merged theme goes with it."""
        heirs = Theme.heirs(board) if board.on_themes else {}
        return [
            Count(heirs.get(int(row.target)) if board.on_themes else row.target, row.source, row.dots, row.voters)
            for row in cls.rows(board, number)
        ]


def place(board: Board, participant: Participant, dot_id: str, target: str, number: int) -> None:
    """Put one dot on an idea or theme. The same id again changes nothing. Raises Refused with the reason."""
    if _over(board, number, _own(board, participant, dot_id)):
        return
    if _insert(board, participant, dot_id, target, number):
        board.workshop.touch()
    elif not db.session.scalar(select(exists().where(Dot.id == dot_id, Dot.participant_id == participant.id))):
        raise Refused(_why_not(board, participant, number), 409)


def withdraw(board: Board, participant: Participant, dot_id: str, number: int) -> str:
    """Take back one's dot; gives the id of what it lay on. A dot that isn't there (any more) is no error."""
    # A round that is over stays as it was counted.
    own = (*_own(board, participant, dot_id), Dot.round == number)
    if _over(board, number, (*own, Dot.withdrawn_at.is_not(None))):
        return ""
    db.session.execute(
        update(Dot.__table__).where(*own, Dot.withdrawn_at.is_(None)).values(withdrawn_at=now())  # type: ignore[arg-type]
    )
    board.workshop.touch()
    lay_on = db.session.scalar(select(_target_column(board)).where(*own))
    return str(_heirs(board).get(lay_on, lay_on) or "")


def dots_of(board: Board, participant: Participant, number: int) -> dict[Any, list[str]]:
    """One person's dots: target → ids, the newest last."""
    rows = select(_target_column(board), Dot.id).where(_lying(board, number), Dot.participant_id == participant.id)
    heirs = _heirs(board)
    given: dict[Any, list[str]] = defaultdict(list)
    for target, dot_id in db.session.execute(rows.order_by(Dot.placed_at)):
        given[heirs.get(target, target)].append(dot_id)
    return dict(given)


def placed(board: Board, number: int) -> dict[str, int]:
    """How many people have placed dots, and how many dots: all that may be said before the reveal."""
    counts = select(func.count(Dot.participant_id.distinct()), func.count()).where(_lying(board, number))
    voters, dots = db.session.execute(counts).one()
    return {"voters": voters, "dots": dots}


def _own(board: Board, participant: Participant, dot_id: str) -> tuple[ColumnElement[bool], ...]:
    return Dot.id == dot_id, Dot.participant_id == participant.id, Dot.activity_id == board.id


def _over(board: Board, number: int, done: tuple[ColumnElement[bool], ...]) -> bool:
    """Is the vote over, but what is asked was done before? A phone that never heard so asks again.

    Raises Refused when the vote is over and it wasn't.
    """
    try:
        board.check_open_for_dots(number)
    except Refused:
        if not db.session.scalar(select(exists().where(*done))):
            raise
        return True
    return False


def _insert(board: Board, participant: Participant, dot_id: str, target: str, number: int) -> bool:
    own = (_lying(board, number), Dot.participant_id == participant.id)
    column = _target_column(board)
    key = int(target) if board.on_themes and target.isdigit() else target
    given = select(func.count()).where(*own).scalar_subquery()
    given_here = select(func.count()).where(*own, column.in_(_counting_for(board, key))).scalar_subquery()
    values = {
        "id": dot_id,
        "activity_id": board.id,
        "participant_id": participant.id,
        "round": number,
        column.key: key,
        "placed_at": literal(now(), Moment),
    }
    row = select(*(value if isinstance(value, ColumnElement) else literal(value) for value in values.values())).where(
        given < board.setting("budget"),
        given_here < board.setting("cap"),
        _can_be_voted_for(board, key),
        ~exists().where(Dot.id == dot_id),
    )
    done = db.session.execute(insert(Dot.__table__).from_select(list(values), row))  # type: ignore[arg-type]
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _can_be_voted_for(board: Board, key: int | str) -> ColumnElement[bool]:
    if board.on_themes:
        return exists().where(Theme.id == key, Theme.activity_id == board.id, Theme.deleted_at.is_(None))
    return exists().where(Statement.id == key, *_on_the_wall(board))


def _on_the_wall(board: Board) -> tuple[ColumnElement[bool], ...]:
    return Statement.activity_id == board.id, Statement.status == SHOWN, Statement.deleted_at.is_(None)


def _counting_for(board: Board, key: int | str) -> list[int | str]:
    """The target and the themes that were merged into it."""
    return [key, *(theme for theme, heir in _heirs(board).items() if heir == key)]


def _heirs(board: Board) -> dict[Any, int]:
    return Theme.heirs(board) if board.on_themes else {}


def _why_not(board: Board, participant: Participant, number: int) -> str:
    given = sum(len(dots) for dots in dots_of(board, participant, number).values())
    if given >= board.setting("budget"):
        return str(_("All your dots are placed. Take one back to move it."))
    return str(_("No more than %(cap)d of your dots can be on the same one.", cap=board.setting("cap")))


def _target_column(board: Board) -> Any:
    return Dot.theme_id if board.on_themes else Dot.statement_id


def _lying(board: Board, number: int) -> ColumnElement[bool]:
    """A dot lies where it was put; once that is hidden, withdrawn or dissolved, it is back in its owner's hand."""
    if board.on_themes:
        living = {theme.id for theme in Theme.of(board)}
        stands = Dot.theme_id.in_([theme for theme, heir in _heirs(board).items() if heir in living])
    else:
        stands = Dot.statement_id.in_(select(Statement.id).where(*_on_the_wall(board)))
    return (Dot.activity_id == board.id) & (Dot.round == number) & Dot.withdrawn_at.is_(None) & stands
