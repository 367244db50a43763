"""The migrations lead to the tables that the models describe, and a second start finds nothing to do."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

import facilitator.app  # noqa: F401  every table is registered by importing the application
from facilitator.extensions import db
from facilitator.migrations import alembic_config, upgrade


@pytest.fixture
def engine(tmp_path):
    database = f"sqlite:///{tmp_path / 'facilitator.db'}"
    upgrade(database)
    engine = create_engine(database)
    yield engine
    engine.dispose()


def test_migrated_tables_are_those_of_the_models(engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    assert set(inspect(engine).get_table_names()) - {"alembic_version"} == set(db.metadata.tables)


def test_a_second_start_changes_nothing(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO neighbourhood (name, name_en) VALUES ('共和九村', '')")
    upgrade(str(engine.url))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM neighbourhood").scalars().all() == ["共和九村"]


def test_history_is_one_line_of_dated_files():
    scripts = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(scripts.get_heads()) == 1
    names = [Path(script.path).name for script in scripts.walk_revisions()]
    assert [name for name in names if not re.fullmatch(r"\d{8}_[a-z]+(_[a-z]+)+\.py", name)] == []
    assert names == sorted(names, reverse=True)
