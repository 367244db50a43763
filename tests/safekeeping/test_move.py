"""A town goes from a SQLite file to PostgreSQL and back, and every row of it is the same."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import contextmanager

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, select

import facilitator.app  # noqa: F401  every table is registered by importing the application
from facilitator.config import Settings
from facilitator.demo.load import load
from facilitator.extensions import db
from facilitator.migrations import upgrade
from facilitator.safekeeping.holding import holding
from facilitator.safekeeping.move_commands import move_command
from tests.postgres import rows
from tests.safekeeping.conftest import publish, spend_evening
from tests.safekeeping.towns import town


def run(*arguments, database=""):
    """The command, without the two seconds in which the program starts."""
    done = CliRunner().invoke(move_command, [*map(str, arguments)], env={"FACILITATOR_DATABASE_URL": database or None})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """A data folder with the demo's town and an evening with something of everything."""
    folder = tmp_path_factory.mktemp("origin")
    app = town(folder)
    publish(app, spend_evening(app, "庙行"))
    with app.app_context():
        load(app)
        db.engine.dispose()
    return folder


@contextmanager
def opened(address):
    engine = create_engine(re.sub("^postgresql:", "postgresql+psycopg:", address))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def content(address):
    """Every row of every table: each column's type and value."""
    with opened(address) as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for name, table in db.metadata.tables.items()
        }


def file_in(folder):
    return f"sqlite:///{folder / 'facilitator.db'}"


def test_there_and_back_again(origin, postgres, tmp_path):
    before = content(file_in(origin))
    assert min(len(before[name]) for name in ("dot", "statement", "deed", "export", "wording", "hand_count")) > 0
    address = postgres.new_database()
    there = run("--to", address, "--data", origin)
    assert there.exit_code == 0, there.output
    assert content(address) == before
    assert f"{len(before['dot'])}  dot" in there.output
    assert f"All {sum(map(len, before.values())):,} rows were read again" in there.output
    assert f"Photos, papers and the signing key stay where they are: {origin}" in there.output

    home = tmp_path / "home" / "facilitator.db"
    back = run("--to", f"sqlite:///{home}", "--data", home.parent, database=address)
    assert back.exit_code == 0, back.output
    assert f"Start with: without FACILITATOR_DATABASE_URL, facilitator serve --data {home.parent}" in back.output
    assert content(f"sqlite:///{home}") == before
    assert content(file_in(origin)) == before
    with sqlite3.connect(home) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_new_town_counts_on_from_where_the_old_one_stood(origin, postgres):
    """Else the next participant would be given the number of the first."""
    address = postgres.new_database()
    assert run("--to", address, "--data", origin).exit_code == 0
    tables = [table for table in db.metadata.sorted_tables if table.autoincrement_column is not None]
    assert len(tables) > 8
    for table in tables:
        key = table.autoincrement_column.name
        [[last]] = rows(address, f'SELECT coalesce(max({key}), 0) FROM "{table.name}"')
        [[following]] = rows(address, f"SELECT nextval(pg_get_serial_sequence('\"{table.name}\"', '{key}'))")
        assert (table.name, following) == (table.name, last + 1)


def test_the_schema_is_the_one_of_the_migrations(origin, postgres):
    address, migrated = postgres.new_database(), postgres.new_database()
    assert run("--to", address, "--data", origin).exit_code == 0
    upgrade(Settings(database_url=migrated).database)
    shape = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
    ours = f"{shape} WHERE table_schema = 'public' ORDER BY 1, 2"
    assert rows(address, ours) == rows(migrated, ours)
    assert rows(address, "SELECT * FROM alembic_version") == rows(migrated, "SELECT * FROM alembic_version")


def test_a_full_target_is_refused(origin, postgres):
    address = postgres.new_database()
    assert run("--to", address, "--data", origin).exit_code == 0
    before = content(address)
    again = run("--to", address, "--data", origin)
    assert again.exit_code == 1
    assert "Nothing was moved. The target isn't empty: there are rows in" in again.output
    assert content(address) == before


def test_a_target_of_something_else_is_refused(origin, postgres):
    address = postgres.new_database()
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE recipes (id int)")
    refused = run("--to", address, "--data", origin)
    assert "The target holds tables of something else (recipes)." in refused.output
    assert rows(address, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("recipes",)]


def test_what_can_not_arrive_whole_does_not_arrive(origin, postgres, tmp_path):
    """SQLite holds what PostgreSQL can't: the move is undone, and may be tried again once it is mended."""
    folder = tmp_path / "town"
    folder.mkdir()
    with sqlite3.connect(origin / "facilitator.db") as old, sqlite3.connect(folder / "facilitator.db") as copy:
        old.backup(copy)
        copy.execute("UPDATE participant SET number = 3000000000 WHERE id = 1")
    address = postgres.new_database()
    failed = run("--to", address, "--data", folder)
    assert failed.exit_code == 1
    assert "Nothing was moved. The database says: integer out of range" in failed.output
    assert rows(address, "SELECT count(*) FROM staff") == [(0,)]
    with sqlite3.connect(folder / "facilitator.db") as copy:
        copy.execute("UPDATE participant SET number = 999 WHERE id = 1")
    assert run("--to", address, "--data", folder).exit_code == 0


def test_nobody_moves_a_town_while_its_server_runs(origin, postgres):
    address = postgres.new_database()
    with holding(Settings(data=origin), "the server on port 8000"):
        refused = run("--to", address, "--data", origin)
    assert refused.exit_code == 1
    assert "is in use by another program (the server on port 8000" in refused.output
    assert rows(address, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_nobody_moves_a_town_away_from_servers_on_postgresql(origin, postgres, tmp_path):
    address = postgres.new_database()
    assert run("--to", address, "--data", origin).exit_code == 0
    target = tmp_path / "facilitator.db"
    with psycopg.connect(address):
        refused = run("--to", f"sqlite:///{target}", "--data", tmp_path, database=address)
    assert "Others are connected to the old database (1). Stop the servers first." in refused.output
    assert content(f"sqlite:///{target}")["staff"] == []


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nonsense", "This isn't the address of a database: nonsense"),
        ("mysql://root@localhost/town", "A town can live in postgresql or sqlite, not in mysql."),
        ("postgresql://nobody@127.0.0.1:1/town", "Nothing was moved. The database says: connection failed"),
    ],
)
def test_where_a_town_can_not_go(origin, target, reason):
    refused = run("--to", target, "--data", origin)
    assert (refused.exit_code, reason in refused.output) == (1, True), refused.output


def test_a_town_does_not_move_into_itself(origin):
    refused = run("--to", f"sqlite:///{origin.resolve()}/facilitator.db", "--data", origin)
    assert "Source and target are the same database." in refused.output


def test_there_must_be_a_town(tmp_path):
    refused = run("--to", f"sqlite:///{tmp_path}/b.db", "--data", tmp_path / "a")
    assert "There is no town in" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_not_shown(origin):
    refused = run("--to", "postgresql://nobody:sesame@127.0.0.1:1/town", "--data", origin)
    assert "sesame" not in refused.output


def test_as_one_types_it(origin, postgres):
    address = postgres.new_database()
    command = [sys.executable, "-m", "facilitator", "move", "--to", address, "--data", str(origin)]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Start with: FACILITATOR_DATABASE_URL={address} facilitator serve --data {origin}" in done.stdout
    assert content(address) == content(file_in(origin))


def test_a_row_that_comes_out_other_than_it_went_in_undoes_the_move(origin, postgres):
    address = postgres.new_database()
    upgrade(Settings(database_url=address).database)
    with psycopg.connect(address) as connection:
        connection.execute(
            "CREATE FUNCTION whisper() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN NEW.text := rtrim(NEW.text, '。'); RETURN NEW; END $$"
        )
        connection.execute("CREATE TRIGGER whisper BEFORE INSERT ON statement FOR EACH ROW EXECUTE FUNCTION whisper()")
    refused = run("--to", address, "--data", origin)
    assert "Nothing was moved. Rows of statement came out other than they went in." in refused.output
    assert {name: len(found) for name, found in content(address).items() if found} == {}
