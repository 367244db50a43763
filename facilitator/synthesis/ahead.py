"""The thinker reads ideas as they come, so that a suggestion needn't wait for it. The room never waits for this.

A commit only notes what was said; a greenlet hands it on, a few ideas at a time, while nobody asks for anything.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import gevent
from flask import Flask, current_app
from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session as UnitOfWork

from facilitator.extensions import db
from facilitator.synthesis.models import Statement
from facilitator.synthesis.sorting import sorts
from facilitator.synthesis.thinking import NoAnswer, Thinker
from facilitator.workshop.models import Activity, Workshop

FEW = 16
"""Texts handed over at once: whoever asks meanwhile waits some 30 ms."""
PAUSE, GATHER = 0.03, 0.2
"""Seconds between two such; and until there are as many."""
PATIENCE, AT_FIRST = 25, 55
"""Seconds for them; and while it has yet to load the model, on a machine that may be busy with starting."""
REST = 60
"""Seconds after a thinker didn't answer, until it is asked again."""
LATELY = 12 * 3600
"""Seconds."""
MOST = 5000
"""Texts that wait: of more, the older ones are read when somebody asks."""
_log = logging.getLogger(__name__)


class Said(NamedTuple):
    activity_id: int
    text: str | None
    """None for all that was said there."""


@contextmanager
def thinking_ahead(app: Flask) -> Iterator[None]:
    """As long as a server serves, unless its settings say no."""
    if app.config["SETTINGS"].think_ahead:
        app.extensions["ahead"] = Ahead(app, app.extensions["thinker"])
        app.extensions["ahead"].wake()
    try:
        yield
    finally:
        ahead = app.extensions.pop("ahead", None)
        if ahead:
            ahead.close()
        app.extensions["thinker"].close()


class Ahead:
    def __init__(self, app: Flask, thinker: Thinker) -> None:
        self._app = app
        self._thinker = thinker
        self._waiting: deque[Said] = deque(maxlen=MOST)
        self._worker: Any = None
        self._answers: bool | None = None
        """None until it is known."""
        self._retry: Any = None
        self._rests_until = 0.0

    def wake(self) -> None:
        """Start the thinker if ideas were read lately: this server comes back in the middle of an evening."""
        if self._thinker.was_used_within(LATELY):
            self._try()

    def note(self, said: list[Said]) -> None:
        """Neither waits nor fails: somebody's idea is being acknowledged."""
        if time.monotonic() < self._rests_until:
            return
        self._waiting.extend(said)
        if not self._worker:  # not yet, or no longer
            self._worker = gevent.spawn(self._work)

    @property
    def is_reading(self) -> bool:
        return bool(self._worker)

    def close(self) -> None:
        for each in (self._worker, self._retry):
            if each:
                each.kill()

    def _try(self) -> None:
        if not self._worker:
            self._worker = gevent.spawn(self._work, first=True)

    def _work(self, *, first: bool = False) -> None:
        try:
            if first:
                self._ask([])
            while self._waiting:
                gevent.sleep(PAUSE if len(self._waiting) >= FEW else GATHER)
                if not self._thinker.is_busy:
                    self._read(self._next())
        except NoAnswer:
            self._tell(answers=False)
        except Exception:  # noqa: BLE001  whatever it is, the room goes on
            _log.exception("Ideas couldn't be read ahead: they are when somebody asks for themes.")
        else:
            return
        self._waiting.clear()
        self._rests_until = time.monotonic() + REST
        self._retry = gevent.spawn_later(REST, self._try)

    def _read(self, texts: list[str]) -> None:
        if texts:
            self._ask(texts)

    def _ask(self, texts: list[str]) -> None:
        self._thinker.ask("read", PATIENCE if self._answers else AT_FIRST, texts=texts)
        self._tell(answers=True)

    def _tell(self, *, answers: bool) -> None:
        """Once each time it changes."""
        if answers and self._answers is False:
            _log.warning("The thinker answers again: ideas are read as they come.")
        if not answers and self._answers is not False:
            _log.warning("The thinker takes long. Nothing is lost: ideas are read when somebody asks for themes.")
        self._answers = answers

    def _next(self) -> list[str]:
        """The next few texts, of activities that sort."""
        said = [self._waiting.popleft() for _each in range(min(FEW, len(self._waiting)))]
        with self._app.app_context():
            every = db.session.scalars(select(Activity).where(Activity.id.in_({each.activity_id for each in said})))
            sorting = {activity.id for activity in every if sorts(activity)}
            whole = {each.activity_id for each in said if each.text is None} & sorting
            self._waiting.extend(_all_of(whole))
        return [each.text for each in said if each.text and each.activity_id in sorting]


def _all_of(activities: set[int]) -> list[Said]:
    said = select(Statement.activity_id, Statement.text)
    rows = db.session.execute(said.where(Statement.activity_id.in_(activities), Statement.deleted_at.is_(None)))
    return [Said(*row) for row in rows] if activities else []


@event.listens_for(UnitOfWork, "after_flush")
def _listen(unit: UnitOfWork, context: Any) -> None:  # noqa: ARG001
    if current_app and "ahead" in current_app.extensions:
        said = [new for each in (*unit.new, *unit.dirty) if (new := _new(each))]
        if said:
            unit.info.setdefault("said", []).extend(said)


def _new(row: Any) -> Said | None:
    """What an idea says that is new or reworded; all ideas of an activity to which the room has come."""
    if isinstance(row, Statement) and _is_changed(row, "text"):
        return Said(row.activity_id, row.text)
    if isinstance(row, Workshop) and row.activity_id and (_is_changed(row, "step") or _is_changed(row, "activity_id")):
        return Said(row.activity_id, None)
    return None


def _is_changed(row: Any, column: str) -> bool:
    return bool(inspect(row).attrs[column].history.has_changes())


@event.listens_for(UnitOfWork, "after_commit")
def _hand_on(unit: UnitOfWork) -> None:
    said = unit.info.pop("said", None)
    ahead = current_app.extensions.get("ahead") if said and current_app else None
    if said and ahead:
        ahead.note(said)


@event.listens_for(UnitOfWork, "after_rollback")
def _forget(unit: UnitOfWork) -> None:
    unit.info.pop("said", None)
