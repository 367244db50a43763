"""The way of one dot: what a hall sends five hundred times a second when it votes.

Two statements ask and write everything, with every check inside the writing one, and no row becomes an object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from flask_babel import gettext as _
from sqlalchemy import Connection, Executable

from facilitator.extensions import db, now, read
from facilitator.voting import queries
from facilitator.voting.dots import VOTES
from facilitator.voting.until import is_over
from facilitator.web.errors import Refused
from facilitator.workshop.commits import together
from facilitator.workshop.models import Activity

T = TypeVar("T")
STEPS = {0: "", **{number: step for step, number in VOTES.items()}}
Given = dict[Any, list[str]]
"""Where one person's dots lie: target → ids, the newest last."""


class Moved(NamedTuple):
    """What one dot's move changed."""

    target: Any
    given: Given


@dataclass(frozen=True)
class Ballot:
    """What one person may do with dots on one activity now."""

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
    is_over: bool = False
    """Has the vote ended by itself?"""

    @classmethod
    def of(cls, activity_id: int, tokens: Collection[str], meant: int | None = None) -> Ballot | None:
        """The ballot of whoever holds one of the tokens, for the round meant, else the one that is open.

        None when that is nobody of this workshop, or nothing is voted on in such an activity.
        """
        return cls._asked(meant, queries.WHO, activity=activity_id, tokens=list(tokens))

    @classmethod
    def of_person(cls, activity_id: int, participant_id: int, meant: int | None = None) -> Ballot | None:
        """The same of a person who is known; None when they are nobody of this workshop."""
        return cls._asked(meant, queries.WHO_IS, activity=activity_id, person=participant_id)

    @classmethod
    def _asked(cls, meant: int | None, who: Executable, **about: Any) -> Ballot | None:
        found = next(iter(read(who, **about)), None)
        if found is None or "vote_on" not in defaults_of(found.kind):
            return None
        settings = {**defaults_of(found.kind), **found.settings}
        running = VOTES.get(found.step, 0) if found.is_here else 0
        number = running if meant is None else meant if meant in STEPS else 0
        return cls(
            about["activity"],
            found.workshop_id,
            found.code,
            found.participant_id,
            number,
            number == running != 0,
            found.paused,
            settings["vote_on"] == "themes",
            settings["budget"],
            settings["cap"],
            is_over(settings, now()),
        )

    def place(self, dot_id: str, target: str) -> Moved:
        """Put one dot on an idea or theme; durable on return. The same id again changes nothing. Raises Refused."""
        key = self._key(target)
        placed, given = self._write(lambda connection: self._insert(connection, dot_id, key))
        if not placed and not self._is_own(dot_id):
            raise self._refusal(given, key)
        return Moved(_where(dot_id, given) or key, given)

    def withdraw(self, dot_id: str) -> Moved:
        """Take one's dot back; durable on return. A dot that isn't there (any more) is no error. Raises Refused."""
        values = {**self._own, **self._while_open, "dot_id": dot_id, "moment": now()}
        self._write(lambda connection: connection.execute(queries.WITHDRAW, values))
        with db.engine.connect() as connection:
            lay = connection.execute(queries.LAY_ON[self.on_themes], {**self._own, "dot_id": dot_id}).first()
            if lay and lay.withdrawn_at is None:
                raise self._closed()
            return Moved(self._heir(connection, lay.target if lay else None), self._given(connection))

    @property
    def _open(self) -> bool:
        return self.is_at_hand and not self.paused and not self.is_over

    @property
    def _own(self) -> dict[str, int]:
        return {"activity": self.activity_id, "person": self.participant_id, "vote": self.number}

    @property
    def _while_open(self) -> dict[str, Any]:
        return {"room": self.workshop_id, "step": STEPS[self.number]}

    def _key(self, target: str) -> int | str | None:
        if not self.on_themes:
            return target
        return int(target) if target.isdecimal() and len(target) < 10 else None

    def _write(self, job: Callable[[Connection], T]) -> tuple[T | None, Given]:
        """Do the job while the round is open; gives its result and where the dots lie then."""

        def written() -> tuple[T, Given]:
            connection = db.session.connection()
            return job(connection), self._given(connection)

        if self._open:
            return together(self.workshop_id, written)
        with db.engine.connect() as connection:
            return None, self._given(connection)

    def _insert(self, connection: Connection, dot_id: str, key: int | str | None) -> bool:
        merged = self._merged(connection)
        values = {
            **self._own,
            **self._while_open,
            **_standing(merged),
            "dot_id": dot_id,
            "target": key,
            **({"same": merged.gone_into(key)} if merged else {}),
            "budget": self.budget,
            "cap": self.cap,
            "moment": now(),
        }
        return bool(connection.execute(queries.INSERT[self.on_themes], values).rowcount)

    def _given(self, connection: Connection) -> Given:
        return given_by(connection, self.participant_id, self.activity_id, self.number, self.on_themes)

    def _merged(self, connection: Connection) -> Merged | None:
        return Merged(connection, self.activity_id) if self.on_themes else None

    def _heir(self, connection: Connection, target: Any) -> Any:
        merged = self._merged(connection)
        return merged.heir(target) if merged else target

    def _head(self, key: Any) -> Any:
        """The idea that stands for this one; an old page may still show what was merged."""
        with db.engine.connect() as connection:
            return key if self.on_themes else connection.scalar(queries.HEAD, {"target": key})

    def _is_own(self, dot_id: str) -> bool:
        """Was a dot only sent again? Then it is in the database, whatever has happened since."""
        with db.engine.connect() as connection:
            return bool(connection.scalar(queries.OWNER, {"dot_id": dot_id}) == self.participant_id)

    def _refusal(self, given: Given, key: Any) -> Refused:
        if not self._open:
            return self._closed()
        if sum(len(dots) for dots in given.values()) >= self.budget:
            return Refused(_("All your dots are placed. Take one back to move it."), 409)
        if len(given.get(self._head(key), ())) >= self.cap:
            return Refused(_("No more than %(cap)d of your dots can be on the same one.", cap=self.cap), 409)
        return Refused(_("This can no longer be voted for."), 409)

    def _closed(self) -> Refused:
        if self.is_at_hand and self.paused and not self.is_over:
            return Refused(_("We are taking a short break. It goes on in a moment."), 409, later=True)
        return Refused(_("This vote is closed."), 409)


def defaults_of(kind: str) -> dict[str, Any]:
    """The settings of a kind of activity as they are at first."""
    return dict(Activity.__mapper__.polymorphic_map[kind].class_.defaults())


def given_by(connection: Connection, participant_id: int, activity_id: int, number: int, on_themes: bool) -> Given:
    """Where one person's dots of this round lie."""
    merged = Merged(connection, activity_id) if on_themes else None
    own = {"person": participant_id, "activity": activity_id, "vote": number, **_standing(merged)}
    found: Given = defaultdict(list)
    for target, dot_id in connection.execute(queries.GIVEN[on_themes], own):
        found[merged.heir(target) if merged else target].append(dot_id)
    return dict(found)


class Merged:
    """What became of an activity's themes, in one statement."""

    def __init__(self, connection: Connection, activity_id: int) -> None:
        rows = connection.execute(queries.THEMES, {"activity": activity_id}).all()
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


def _where(dot_id: str, given: Given) -> Any:
    """What this dot counts for."""
    return next((target for target, dots in given.items() if dot_id in dots), None)


def _standing(merged: Merged | None) -> dict[str, Any]:
    return {"standing": merged.standing()} if merged else {}
