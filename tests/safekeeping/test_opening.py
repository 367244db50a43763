"""What the server says when it can't start on what it finds, and the way out that it names."""

import re
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from facilitator.config import Settings
from facilitator.safekeeping import opening
from facilitator.safekeeping.commands import backup, check, restore
from tests.safekeeping.hall import Browser, Hall, everything, old_town, rows
from tests.safekeeping.test_backup import run
from tests.safekeeping.test_snapshots import spoil

PHOTO = "0123456789abcdef0123456789abcdef.jpg"


@pytest.fixture
def town(tmp_path):
    """A town with a good snapshot."""
    old_town(tmp_path / "town")
    opening.open_database(Settings(data=tmp_path / "town"))
    (tmp_path / "town" / "photos").mkdir()
    (tmp_path / "town" / "photos" / PHOTO).write_bytes(b"a picture")
    return tmp_path / "town"


def overwritten(database):
    spoil(database)


def cut_short(database):
    database.write_bytes(database.read_bytes()[:20_000])


def something_else(database):
    database.write_bytes(b"These are the minutes of the last meeting. " * 500)


def emptied(database):
    database.write_bytes(b"")


def gone(database):
    database.unlink()


@pytest.mark.parametrize("harm", [overwritten, cut_short, something_else, emptied, gone])
def test_a_harmed_database_stays_as_it_is_and_the_way_back_is_named(town, harm):
    database = town / "facilitator.db"
    good = everything(next((town / "snapshots").glob("*.db")))
    harm(database)
    before = database.read_bytes() if database.exists() else None
    with pytest.raises(opening.CannotOpen) as refused:
        opening.open_database(Settings(data=town))
    assert (database.read_bytes() if database.exists() else None) == before
    # The command as it is printed does what it says.
    [command] = re.findall(r"^  \S+ restore (.+)$", str(refused.value), re.MULTILINE)
    said, code = run(restore, *shlex.split(command))
    assert (code, "before-restore" in said) == (0, before is not None)
    assert everything(database) == good


def test_a_server_does_not_start_on_a_damaged_database(town):
    spoil(town / "facilitator.db")
    hall = Hall(town)
    said = hall.ended()
    assert (hall.process.returncode, "Traceback" in said) == (1, False)
    assert f"The database {town / 'facilitator.db'} is damaged" in said
    assert "bin/facilitator restore" in said


def test_without_any_snapshot_a_new_folder_is_a_new_town(tmp_path):
    with Hall(tmp_path / "new" / "town") as hall:
        assert Browser(hall).get("/").status == 200
        assert "First start" in hall.said


def test_a_first_start_that_was_cut_short_before_its_first_table(tmp_path):
    with closing(sqlite3.connect(tmp_path / "facilitator.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    assert opening.open_database(Settings(data=tmp_path)) == []
    assert rows(tmp_path / "facilitator.db", "SELECT count(*) FROM workshop") == [(0,)]
    assert not (tmp_path / "snapshots").exists()


def test_what_was_committed_before_a_power_cut_is_there_again(town):
    with Hall(town, "--demo", snapshot_minutes="0") as hall:
        Browser(hall).joins()
        hall.kill()
    assert (town / "facilitator.db-wal").stat().st_size > 0
    with Hall(town):
        pass
    assert rows(town / "facilitator.db", "SELECT count(*) FROM participant WHERE workshop_id = 1") == [(32,)]


def test_a_lost_log_is_found_sound_or_said(town):
    """The log beside the database may go missing when somebody copies one file; what is left is of one moment."""
    with Hall(town, snapshot_minutes="0") as hall:
        Browser(hall).joins()
        hall.kill()
    (town / "facilitator.db-wal").unlink()
    (town / "facilitator.db-shm").unlink()
    said, code = run(check, "--data", town)
    assert (code, "31 people" in said) == (0, True), said


def test_after_an_orderly_end_one_file_holds_everything(town, tmp_path):
    with Hall(town) as hall:
        Browser(hall).joins()
    shutil.copyfile(town / "facilitator.db", tmp_path / "copied.db")
    assert rows(tmp_path / "copied.db", "SELECT count(*) FROM participant WHERE workshop_id = 1") == [(32,)]
    newest = max((town / "snapshots").glob("*.db"))
    assert everything(newest) == everything(tmp_path / "copied.db")


@contextmanager
def mounted(folder: Path, *options: str):
    """A small disk of its own in memory."""
    folder.mkdir(exist_ok=True)
    ran = subprocess.run(
        ["mount", "-t", "tmpfs", *options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        pytest.skip(f"No disk can be mounted here: {ran.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_can_only_be_read(tmp_path):
    with mounted(tmp_path / "disk") as disk:
        old_town(disk / "town")
        opening.open_database(Settings(data=disk / "town"))
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        hall = Hall(disk / "town")
        said = hall.ended()
        assert (hall.process.returncode, "Traceback" in said) == (1, False)
        assert "can't be written to (Read-only file system). The disk can only be read." in said
        # What is on it can be looked at and carried away.
        assert run(check, "--data", disk / "town")[1] == 1  # the photo that the old town names is not there
        assert run(backup, tmp_path / "rescued.zip", "--data", disk / "town")[1] == 0


def test_a_full_disk_at_the_start(tmp_path):
    with mounted(tmp_path / "disk", "-o", "size=1m") as disk:
        (disk / "town").mkdir()
        with pytest.raises(OSError, match="No space left"):
            (disk / "filler").write_bytes(bytes(2 * 2**20))
        said = Hall(disk / "town").ended()
        assert "The disk is full. Make room, then start again." in said
        assert list((disk / "town").iterdir()) == []


def test_a_database_that_another_program_holds(town):
    with closing(sqlite3.connect(town / "facilitator.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE workshop SET title = title")
        said = Hall(town).ended()
    assert "is locked by another program. Close it, then start again." in said
    assert "Traceback" not in said
