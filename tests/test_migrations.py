"""The database that the migrations make is the one the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

import facilitator.app  # noqa: F401  every table is registered by importing the application
from facilitator.extensions import db
from facilitator.migrations import alembic_config, upgrade


def migrated(folder):
    address = f"sqlite:///{folder / 'facilitator.db'}"
    upgrade(address)
    return address, create_engine(address)


def test_a_fresh_database_is_what_the_models_say(tmp_path):
    _address, engine = migrated(tmp_path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        assert inspect(connection).get_table_names() != []
    engine.dispose()


def test_upgrading_again_keeps_what_is_there(tmp_path):
    address, engine = migrated(tmp_path)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO neighbourhood (name, name_en) VALUES ('共和九村', '')"))
    upgrade(address)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM neighbourhood")) == "共和九村"
    engine.dispose()


def test_the_history_is_one_line():
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(script.get_heads()) == 1


def test_the_database_checks_references_and_never_stops_the_room_to_wait(app):
    with app.app_context(), db.engine.connect() as connection:
        pragmas = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 1, 10]
