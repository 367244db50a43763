"""Group commit: what waits is written in one transaction, and nobody is answered before it is on the disk.

A hall writes in bursts: three hundred people vote in the same ten seconds. Committed one by one, each waits for the
disk behind all others; together they wait for it once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import gevent
from flask import Flask, current_app, request
from flask_babel import force_locale, get_locale
from gevent.event import AsyncResult, Event

from facilitator.database import let_go
from facilitator.extensions import db
from facilitator.metrics import BATCHES, WRITES
from facilitator.storage import trouble_of
from facilitator.workshop.versions import claim

T = TypeVar("T")
GATHER = 0.004
"""Seconds from the first job until writing begins: those of a burst share one commit, and nobody notices the wait."""
MOST = 100
"""Jobs in one transaction: on SQLite nothing else happens meanwhile."""


def init_app(app: Flask) -> None:
    app.extensions["commits"] = Commits(app)


def together(workshop_id: int, job: Callable[[], T]) -> T:
    """Run a job that writes to a workshop, and return what it gives once that is durable.

    The job runs in another greenlet with a `db.session` of its own, shared with the jobs beside it: it takes ids, not
    rows, from here, doesn't commit, and doesn't wait for anything but the database. It may run twice. What it raises
    is raised here, and nothing of it is written. Rows that this request has loaded are read again afterwards.
    """
    # A request in the queue holds no connection: the writer may need the last one.
    if db.session.registry.has():
        let_go()
    commits: Commits = current_app.extensions["commits"]
    return commits.run(workshop_id, job)


class _Turn(Generic[T]):
    def __init__(self, workshop_id: int, job: Callable[[], T]) -> None:
        self.workshop_id = workshop_id
        self.job = job
        self.locale = get_locale()
        self.answer = AsyncResult()

    def take(self) -> T:
        with force_locale(self.locale):  # a refusal is read by the one who asked
            claim(self.workshop_id)
            return self.job()


class Commits:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._waiting: deque[_Turn[Any]] = deque()
        self._awake = Event()
        self._writer: gevent.Greenlet | None = None

    def run(self, workshop_id: int, job: Callable[[], T]) -> T:
        turn = _Turn(workshop_id, job)
        self._waiting.append(turn)
        self._awake.set()
        if not self._writer:  # not yet, or no longer
            self._writer = gevent.spawn(self._work)
        with WRITES.labels(request.endpoint if request else "none").time():
            return cast(T, turn.answer.get())

    def waiting(self) -> int:
        """Jobs that nobody has begun to write."""
        return len(self._waiting)

    def _work(self) -> None:
        # One greenlet, context and session for all evenings: making them anew costs as much as writing a dot.
        with self._app.app_context():
            while self._awake.wait():
                gevent.sleep(GATHER)
                self._awake.clear()
                while self._waiting:
                    self._write_some()

    def _write_some(self) -> None:
        turns = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        # Always in the same order: two processes must not wait for each other's rooms.
        self._write(sorted(turns, key=lambda turn: turn.workshop_id))

    def _write(self, turns: list[_Turn[Any]]) -> None:
        try:
            results = self._in_one_transaction(turns)
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to the one who asked
            let_go()
            if len(turns) == 1 or trouble_of(error):  # what the disk or a lock spoilt, it spoils for each
                for turn in turns:
                    turn.answer.set_exception(error)
            else:
                for turn in turns:
                    self._write([turn])  # one of them spoilt it: the others must not pay for it
        else:
            for turn, result in zip(turns, results, strict=True):
                turn.answer.set(result)

    def _in_one_transaction(self, turns: list[_Turn[Any]]) -> list[Any]:
        results = [turn.take() for turn in turns]
        db.session.commit()
        BATCHES.observe(len(turns))
        return results
