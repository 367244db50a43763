"""A database of any earlier release: brought up to date as a whole, or left as it was."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from facilitator.config import Settings
from facilitator.safekeeping import opening, snapshots
from tests.safekeeping.hall import RELEASES, Browser, Hall, everything, old_town, rows

SHAPES = sorted(path.name.split(".")[0] for path in RELEASES.glob("*.sql.gz"))


def columns(database):
    return {
        table: [row[1] for row in rows(database, f"PRAGMA table_info({table})")]
        for (table,) in rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if table != "alembic_version"
    }


def content(database, shape):
    """Every row of the given tables and columns."""
    return {
        table: sorted(rows(database, f"SELECT {', '.join(names)} FROM {table}"), key=repr)
        for table, names in shape.items()
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_everything_of_an_earlier_release_is_there_after_the_upgrade(tmp_path, shape):
    database, settings = old_town(tmp_path / "town", shape), Settings(data=tmp_path / "town")
    was = columns(database)
    before = content(database, was)
    told = opening.open_database(settings)
    assert content(database, was) == before
    assert sum(map(len, before.values())) > 500
    assert snapshots.revision(database) == opening.known_revisions(settings)[0]
    [snapshot] = snapshots.kept(settings.snapshots)
    assert str(snapshot.path) in told[0]
    assert content(snapshot.path, was) == before
    assert opening.open_database(settings) == []


def test_the_evening_of_an_earlier_release_goes_on(tmp_path):
    old_town(tmp_path)
    with Hall(tmp_path) as hall:
        resident = Browser(hall).joins()
        assert resident.get("/w/GHJ9CN").status == 200
        assert "请回到座位" in resident.text
    assert "The database was upgraded from 0002" in hall.said
    assert rows(tmp_path / "facilitator.db", "SELECT count(*) FROM participant") == [(32,)]


def test_an_upgrade_that_fails_leaves_everything_as_it_was(tmp_path):
    database, settings = old_town(tmp_path), Settings(data=tmp_path)
    # A table of somebody's own stands where the upgrade wants to make one, after it has made another.
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE presence (note TEXT)")
    before = everything(database)
    with pytest.raises(opening.CannotOpen, match=r"from 0002 to \d+ failed: .*presence.*\n.*again as it was before"):
        opening.open_database(settings)
    assert everything(database) == before


def test_without_room_for_a_copy_there_is_no_upgrade(tmp_path):
    database = old_town(tmp_path / "town")
    before = everything(database)
    settings = Settings(data=tmp_path / "town", snapshot_folder=str(tmp_path / "no" / "stick"))
    with pytest.raises(opening.CannotOpen, match="no copy of it could be made first"):
        opening.open_database(settings)
    assert everything(database) == before


def test_a_newer_database_is_refused_and_left_alone(tmp_path):
    database = old_town(tmp_path)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = shutil.copyfile(database, tmp_path / "before").read_bytes()
    hall = Hall(tmp_path)
    assert "was written by a newer release (its shape is 9999" in hall.ended()
    assert (hall.process.returncode, database.read_bytes()) == (1, before)
