"""Snapshots: whole, checked, thinned out over time, and never swept away by a clock."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from facilitator.config import Settings
from facilitator.safekeeping import snapshots
from facilitator.safekeeping.copying import Damaged, copy_database
from facilitator.safekeeping.keeper import Keeper
from facilitator.safekeeping.snapshots import AT_ONCE, Snapshot
from facilitator.storage import Health
from tests.safekeeping.hall import everything, old_town, rows

EVENING = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)
# Each commit keeps the sum of the two columns: a copy of half a commit would not.
WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
print("writing", flush=True)
while True:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE pair SET a = a + 1")
    connection.execute("INSERT INTO filler VALUES (randomblob(20000))")
    connection.execute("UPDATE pair SET b = b - 1")
    connection.execute("COMMIT")
"""


def test_a_copy_taken_while_others_write_is_of_one_moment(tmp_path):
    source, target = tmp_path / "facilitator.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE pair (a, b); INSERT INTO pair VALUES (0, 0); CREATE TABLE filler (c)"
        )
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(source)], stdout=subprocess.PIPE)
    try:
        writer.stdout.readline()
        seen = []
        for _again in range(5):
            copy_database(source, target)
            seen += rows(target, "SELECT a, a + b FROM pair")
    finally:
        writer.kill()
        writer.communicate()
    assert {together for _a, together in seen} == {0}
    assert len({a for a, _together in seen}) > 1  # it was being written all the while
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]


def test_a_damaged_database_gives_no_snapshot_and_leaves_the_last_one(tmp_path):
    source, target = old_town(tmp_path), tmp_path / "copy.db"
    copy_database(source, target)
    before = target.read_bytes()
    spoil(source)
    with pytest.raises((Damaged, sqlite3.DatabaseError)):
        copy_database(source, target)
    assert target.read_bytes() == before
    assert list(tmp_path.glob("*.part")) == []


def spoil(database):
    """Bytes overwritten in the middle."""
    content = bytearray(database.read_bytes())
    content[8192 : len(content) - 8192] = bytes(byte ^ 0x5A for byte in content[8192 : len(content) - 8192])
    database.write_bytes(content)


@cache
def a_month_of(minutes):
    """What is left after forty days of snapshots, one every so many minutes."""
    kept, at = [], EVENING - timedelta(days=40)
    number = 0
    while at <= EVENING:
        number += 1
        kept.append(Snapshot(None, number, at))
        gone = {each.number for each in snapshots.superfluous(kept, at)}
        kept = [each for each in kept if each.number not in gone]
        at += timedelta(minutes=minutes)
    return kept


# All of the last hour, one an hour of a day, one a day of a month, nothing that is older.
@pytest.mark.parametrize(
    ("youngest", "oldest", "count"),
    [
        (timedelta(0), timedelta(hours=1), 6),
        (timedelta(hours=6), timedelta(hours=24), 18),
        (timedelta(days=1), timedelta(days=30), 30),
        (timedelta(days=31), timedelta(days=99), 0),
    ],
)
def test_the_older_the_fewer_stay(youngest, oldest, count):
    ages = [EVENING - each.taken_at for each in a_month_of(minutes=10)]
    assert sum(youngest <= age < oldest for age in ages) == count


@pytest.mark.parametrize("jump", [timedelta(days=800), timedelta(days=-20000)])
def test_a_clock_that_jumps_sweeps_nothing_away(jump):
    kept = a_month_of(minutes=10)
    wrong = [*kept, Snapshot(None, kept[-1].number + 1, EVENING + jump)]
    assert len(snapshots.superfluous(wrong, EVENING + jump)) <= AT_ONCE


def test_one_that_was_taken_for_a_reason_stays():
    old = Snapshot(None, 1, EVENING - timedelta(days=500), "before-0003")
    newer = [Snapshot(None, number, EVENING) for number in range(2, 30)]
    assert snapshots.superfluous([old, *newer], EVENING) == []


def test_the_newest_good_one_is_found_behind_a_damaged_one(tmp_path):
    source, folder = old_town(tmp_path), tmp_path / "snapshots"
    for _snapshot in range(3):
        copy_database(source, snapshots.next_path(folder, EVENING))
    first, second, third = (each.path for each in snapshots.kept(folder))
    third.write_bytes(third.read_bytes()[:9000])
    assert snapshots.newest_good(folder).path == second
    spoil(second)
    assert snapshots.newest_good(folder).path == first


def keeper(settings):
    return Keeper(settings, settings.file, Health())


def test_a_snapshot_is_taken_when_something_has_changed(tmp_path):
    database, settings = old_town(tmp_path), Settings(data=tmp_path)
    watch = keeper(settings)
    counts = []
    for change in ("", "", "UPDATE workshop SET title = '新'"):
        if change:
            with closing(sqlite3.connect(database)) as connection, connection:
                connection.execute(change)
        watch.keep()
        counts.append(len(snapshots.kept(settings.snapshots)))
    watch.close()
    assert (counts, watch.failure) == ([1, 1, 2], "")
    assert everything(snapshots.kept(settings.snapshots)[-1].path) == everything(database)


def test_on_another_disk_the_photos_and_the_key_come_too(tmp_path):
    old_town(tmp_path / "town")
    stick = tmp_path / "stick"
    photo = "0123456789abcdef0123456789abcdef.jpg"
    (tmp_path / "town" / "photos").mkdir()
    (tmp_path / "town" / "photos" / photo).write_bytes(b"a picture")
    booklet = photo.replace("jpg", "pdf")
    (tmp_path / "town" / "photos" / booklet).write_bytes(b"a booklet")
    (tmp_path / "town" / "secret_key").write_text("secret")
    watch = keeper(Settings(data=tmp_path / "town", snapshot_folder=str(stick)))
    watch.keep()
    watch.close()
    assert watch.failure == ""
    assert (stick / "photos" / photo).read_bytes() == b"a picture"
    assert (stick / "photos" / booklet).read_bytes() == b"a booklet"
    assert (stick / "secret_key").read_text() == "secret"


def test_a_stick_that_was_pulled_out_is_said_and_not_written_beside(tmp_path):
    old_town(tmp_path / "town")
    watch = keeper(Settings(data=tmp_path / "town", snapshot_folder=str(tmp_path / "stick" / "snapshots")))
    watch.keep()
    assert "No such file or directory" in watch.failure
    assert not (tmp_path / "stick").exists()
    (tmp_path / "stick").mkdir()
    watch.keep()
    watch.close()
    assert (watch.failure, len(snapshots.kept(tmp_path / "stick" / "snapshots"))) == ("", 1)
