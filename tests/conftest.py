"""The real application, a real database migrated as on a facilitator's laptop, and visitors who read and press.

Nothing is patched here: the server of a hall runs in a process of its own (tests/live), where gevent comes first.
No test holds an application context while a visitor asks for pages: a context would carry one person's sign-in
and language over to the next.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import Connection, event, func, select

from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.extensions import db, limiter
from facilitator.migrations import upgrade
from facilitator.voting import targets
from tests.factories import Factories
from tests.postgres import Postgres, running
from tests.visitors import Visitor

os.environ.setdefault("FACILITATOR_THINK_AHEAD", "0")
"""Servers that tests start need no language model beside them."""
DATABASE = os.environ.get("FACILITATOR_TEST_DATABASE", "sqlite")
"""`postgresql` runs the tests of rooms and documents on that."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests; each takes databases of its own."""
    yield from running()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Flask:
    """One application for all tests; each of them begins with empty tables."""
    address = request.getfixturevalue("postgres").new_database() if DATABASE == "postgresql" else ""
    settings = Settings(data=tmp_path_factory.mktemp("data"), database_url=address)
    upgrade(settings.database)
    return create_app(settings)


@pytest.fixture(autouse=True)
def clean(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that used the application: no rows, no photos, no counted tries."""
    yield
    if "app" in request.fixturenames:
        _empty(request.getfixturevalue("app"))


def _empty(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        unchecked, checked = _CHECKS[db.engine.dialect.name]
        connection.exec_driver_sql(unchecked)
        guards = _guards(connection)
        for name, _made in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for table in db.metadata.tables.values():
            connection.execute(table.delete())
        for _name, made in guards:
            connection.exec_driver_sql(made)
        connection.commit()
        connection.exec_driver_sql(checked)
        connection.commit()  # else PostgreSQL takes it back, and this connection goes on without its checks
        limiter.reset()
        targets.forget()
    shutil.rmtree(app.config["SETTINGS"].data / "photos", ignore_errors=True)


def _guards(connection: Connection) -> list[Any]:
    """What keeps rows from being deleted, name and statement; PostgreSQL switches it off with the checks."""
    if connection.dialect.name != "sqlite":
        return []
    return list(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


_CHECKS = {
    "sqlite": ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON"),
    "postgresql": ("SET session_replication_role = replica", "SET session_replication_role = DEFAULT"),
}


class Database:
    """What the database holds, read apart from any request."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def get(self, row: Any, number: Any = None) -> Any:
        """The row as it is now: given a row, or a model and its id."""
        model, key = (row, number) if isinstance(row, type) else (type(row), row.id)
        with self._app.app_context():
            found = db.session.get(model, key)
            if found is not None:
                db.session.expunge(found)
            return found

    def all(self, model: Any, *criteria: Any) -> list[Any]:
        """Rows in the order of their ids."""
        with self._app.app_context():
            rows = db.session.scalars(select(model).where(*criteria).order_by(model.id)).all()
            db.session.expunge_all()
            return list(rows)

    def count(self, model: Any, *criteria: Any) -> int:
        with self._app.app_context():
            return db.session.scalar(select(func.count()).select_from(model).where(*criteria)) or 0


@pytest.fixture
def database(app: Flask) -> Database:
    return Database(app)


@pytest.fixture
def make(app: Flask) -> Factories:
    return Factories(app)


@pytest.fixture
def visit(app: Flask) -> Any:
    """A new browser: `visit()`, `visit("zh")`, or signed in already: `visit(staff)`."""

    def visit(who: Any = None) -> Visitor:
        visitor = Visitor(app, who if isinstance(who, str) else "en")
        if who is not None and not isinstance(who, str):
            visitor.is_signed_in_as(who)
        return visitor

    return visit


@pytest.fixture
def phone(visit: Any) -> Any:
    """A resident's phone in a workshop: `phone(workshop)`, of a person made before or of a new one."""

    def phone(workshop: Any, person: Any = None, language: str = "en") -> Visitor:
        visitor = visit(language)
        if person:
            visitor.get(f"/r/{person.token}")
        else:
            visitor.get(f"/j/{workshop.code}")
            visitor.send(f"/j/{workshop.code}")
        return visitor

    return phone


@pytest.fixture
def queries(app: Flask) -> Any:
    """How many statements a call sends to the database: `queries(lambda: ...)`. What the ticker asks isn't its."""

    def counted(action: Any) -> int:
        heard: list[str] = []

        def hear(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if gevent.getcurrent() is not app.extensions["ticker"]:
                heard.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", hear)
        try:
            action()
        finally:
            event.remove(engine, "before_cursor_execute", hear)
        return len(heard)

    return counted
