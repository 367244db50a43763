"""The way of one dot: what a hall sends five hundred times a second when it votes.

Everything is asked in two statements, one to read who this is and what is open, one to write with every check inside
it, and no row becomes an object. The statements are built once: putting one together costs more than running it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, false, func, insert, select, update

from facilitator.activities.board.dots import VOTES, Dot
from facilitator.extensions import Moment, db, now
from facilitator.synthesis.models import SHOWN, Statement, Theme
from facilitator.web.errors import Refused
from facilitator.workshop.commits import together
from facilitator.workshop.models import Activity, Participant, Workshop

dot: Any = Dot.__table__
statement: Any = Statement.__table__
theme: Any = Theme.__table__
activity: Any = Activity.__table__
workshop: Any = Workshop.__table__
participant: Any = Participant.__table__


@dataclass(frozen=True)
class Ballot:
    """What one person may do with dots on one board now."""

    activity_id: int
    workshop_id: int
    code: str
    participant_id: int
    number: int
    """The round that the person means; 0 when there is none."""
    is_at_hand: bool
    """Is the room at this round?"""
    paused: bool
    on_themes: bool
    budget: int
    cap: int

    @classmethod
    def of(
        cls, activity_id: int, tokens: Collection[str], defaults: dict[str, Any], meant: int | None = None
    ) -> Ballot | None:
        """The ballot of whoever holds one of the tokens, for the round meant, else the one that is open.

        None when that is nobody of this workshop.
        """
        found = db.session.execute(_WHO, {"board": activity_id, "tokens": list(tokens)}).first()
        if found is None:
            return None
        settings = {**defaults, **found.settings}
        running = VOTES.get(found.step, 0) if found.is_here else 0
        number = running if meant is None else meant
        return cls(
            activity_id,
            found.workshop_id,
            found.code,
            found.participant_id,
            number,
            number == running != 0,
            found.paused,
            settings["vote_on"] == "themes",
            settings["budget"],
            settings["cap"],
        )

    def place(self, dot_id: str, target: str) -> None:
        """Put one dot on an idea or theme; durable on return. The same id again changes nothing. Raises Refused."""
        key = _key(self, target)
        if key is None or not (self._open and together(self.workshop_id, lambda: self._insert(dot_id, key))):
            self._accept_repetition(dot_id, key)

    def withdraw(self, dot_id: str) -> Any:
        """Take one's dot back; gives what it lay on. A dot that isn't there (any more) is no error. Raises Refused."""
        own = {**self._own, "dot_id": dot_id}
        if self._open:
            together(self.workshop_id, lambda: self._withdraw(own))
        if db.session.scalar(_STILL_LIES, own):
            raise self._closed()
        return self._heir(db.session.scalar(_LAY_ON[self.on_themes], own))

    def given(self) -> dict[Any, list[str]]:
        """Where the person's dots lie: target → ids, the newest last."""
        found: dict[Any, list[str]] = defaultdict(list)
        merged = Merged(self.activity_id) if self.on_themes else None
        for target, dot_id in db.session.execute(_GIVEN[self.on_themes], {**self._own, **_standing(merged)}):
            found[merged.heir(target) if merged else target].append(dot_id)
        return dict(found)

    @property
    def _open(self) -> bool:
        return self.is_at_hand and not self.paused

    @property
    def _own(self) -> dict[str, int]:
        return {"board": self.activity_id, "person": self.participant_id, "vote": self.number}

    @property
    def _while_open(self) -> dict[str, Any]:
        return {"room": self.workshop_id, "steps": [step for step, number in VOTES.items() if number == self.number]}

    def _withdraw(self, own: dict[str, Any]) -> None:
        db.session.connection().execute(_WITHDRAW, {**own, **self._while_open, "moment": now()})

    def _insert(self, dot_id: str, key: int | str) -> bool:
        merged = Merged(self.activity_id) if self.on_themes else None
        values = {
            **self._own,
            **self._while_open,
            **_standing(merged),
            "dot_id": dot_id,
            "target": key,
            "same": merged.gone_into(key) if merged else [key],
            "budget": self.budget,
            "cap": self.cap,
            "moment": now(),
        }
        return bool(db.session.connection().execute(_INSERT[self.on_themes], values).rowcount)

    def _heir(self, target: Any) -> Any:
        return Merged(self.activity_id).heir(target) if self.on_themes else target

    def _accept_repetition(self, dot_id: str, key: Any) -> None:
        """A dot that is in the database already was sent again: fine, whatever has happened since."""
        owner = db.session.scalar(_OWNER, {"dot_id": dot_id})
        if owner != self.participant_id:
            raise Refused(self._why_not(key), 409) if self._open else self._closed()

    def _why_not(self, key: Any) -> str:
        given = self.given()
        if sum(len(dots) for dots in given.values()) >= self.budget:
            return str(_("All your dots are placed. Take one back to move it."))
        if len(given.get(key, ())) >= self.cap:
            return str(_("No more than %(cap)d of your dots can be on the same one.", cap=self.cap))
        return str(_("This can no longer be voted for."))

    def _closed(self) -> Refused:
        if self.is_at_hand:
            return Refused(_("We are taking a short break. Please try again in a moment."), 409, later=True)
        return Refused(_("This vote is closed."), 409)


class Merged:
    """What became of a board's themes, in one statement."""

    def __init__(self, activity_id: int) -> None:
        rows = db.session.execute(_THEMES, {"board": activity_id}).all()
        self._into = {row.id: row.merged_into_id for row in rows if row.deleted_at}
        self._living = {row.id for row in rows if not row.deleted_at}
        self._all = [row.id for row in rows]

    def heir(self, theme_id: Any) -> Any:
        """The theme that now stands for this one, through all merges."""
        seen: set[Any] = set()
        while theme_id not in seen:
            seen.add(theme_id)
            theme_id = self._into.get(theme_id) or theme_id
        return theme_id

    def gone_into(self, theme_id: Any) -> list[Any]:
        """The theme and those that were merged into it."""
        return [each for each in self._all if self.heir(each) == theme_id]

    def standing(self) -> list[Any]:
        """Themes on which a dot counts: the living, and those merged into them."""
        return [each for each in self._all if self.heir(each) in self._living]


def _key(ballot: Ballot, target: str) -> int | str | None:
    if not ballot.on_themes:
        return target
    return int(target) if target.isdecimal() and len(target) < 10 else None


def _standing(merged: Merged | None) -> dict[str, Any]:
    return {"standing": merged.standing()} if merged else {}


def _list(name: str) -> Any:
    return bindparam(name, expanding=True)


def _lying(on_themes: bool) -> list[Any]:
    """A dot lies where it was put; once that is hidden, withdrawn or dissolved, it is back in its owner's hand."""
    on_the_wall = select(statement.c.id).where(statement.c.activity_id == bindparam("board"), *_shown())
    stands = dot.c.theme_id.in_(_list("standing")) if on_themes else dot.c.statement_id.in_(on_the_wall)
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
    return insert(dot).from_select(list(values), row)


def _is_open() -> Any:
    here = workshop.c.activity_id == bindparam("board"), workshop.c.step.in_(_list("steps"))
    return select(workshop.c.id).where(workshop.c.id == bindparam("room"), *here, workshop.c.paused == false()).exists()


def _mine(on_themes: bool) -> Select[Any]:
    return select(_target(on_themes), dot.c.id).where(*_lying(on_themes)).order_by(dot.c.placed_at)


_WHO = (
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
_THEMES = select(theme.c.id, theme.c.merged_into_id, theme.c.deleted_at).where(
    theme.c.activity_id == bindparam("board")
)
_INSERT = {on_themes: _placing(on_themes) for on_themes in (False, True)}
_GIVEN = {on_themes: _mine(on_themes) for on_themes in (False, True)}
_WITHDRAW = (
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
_LAY_ON = {each: select(_target(each)).where(*_whose(), dot.c.id == bindparam("dot_id")) for each in (False, True)}
_STILL_LIES = select(dot.c.id).where(*_whose(), dot.c.id == bindparam("dot_id"), dot.c.withdrawn_at.is_(None))
_OWNER = select(dot.c.participant_id).where(dot.c.id == bindparam("dot_id"))
