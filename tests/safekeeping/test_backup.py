"""One file with everything; put in place elsewhere, or here with what was there moved aside."""

import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import psycopg
import pytest
from click.testing import CliRunner

import facilitator.app  # noqa: F401  every table is registered by importing the application
from facilitator.config import Settings
from facilitator.safekeeping import opening, restoring, snapshots
from facilitator.safekeeping.commands import backup, check, restore
from facilitator.safekeeping.copying import copy_database
from facilitator.safekeeping.holding import holding
from facilitator.safekeeping.move_commands import move_command
from tests.safekeeping.hall import Browser, Hall, everything, old_town, rows
from tests.safekeeping.test_snapshots import spoil

PHOTO = "photos/0123456789abcdef0123456789abcdef.jpg"
BESIDE = {
    PHOTO: b"a picture",
    PHOTO.replace("jpg", "pdf"): b"%PDF a booklet",
    "exports/1/out.pdf": b"%PDF",
    "secret_key": b"secret",
    "demo_password": b"password",
}


def run(command, *words):
    """What the command says, and its exit code."""
    ran = CliRunner().invoke(command, [str(word) for word in words])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran.output, ran.exit_code


@pytest.fixture
def town(tmp_path):
    """A data folder with something of everything, and what must not travel."""
    folder = tmp_path / "town"
    old_town(folder)
    for name, content in {**BESIDE, "exports/2/progress.json": b"{}", "photos/.part": b"half"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def archive(town, tmp_path):
    assert run(backup, tmp_path / "town.zip", "--data", town)[1] == 0
    return tmp_path / "town.zip"


def beside(folder):
    parts = [path for name in ("photos", "exports", "secret_key", "demo_password") for path in whole(folder / name)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in parts}


def whole(path):
    return [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path] if path.exists() else []


def test_a_backup_put_in_place_elsewhere_is_the_same_town(town, archive, tmp_path):
    said, code = run(restore, archive, "--data", tmp_path / "elsewhere")
    assert (code, "is in place" in said, "before" in said) == (0, True, False)
    assert everything(tmp_path / "elsewhere" / "facilitator.db") == everything(town / "facilitator.db")
    assert beside(tmp_path / "elsewhere") == BESIDE


def test_what_was_there_is_moved_aside_as_a_whole(town, archive):
    (town / "facilitator.db").unlink()
    old_town(town)
    with_more = dict(beside(town), **{"photos/new.jpg": b"new"})
    (town / "photos" / "new.jpg").write_bytes(b"new")
    said, code = run(restore, archive, "--data", town)
    [aside] = town.glob("before-restore-*")
    assert (code, str(aside) in said) == (0, True)
    assert beside(aside) == with_more
    assert everything(aside / "facilitator.db") == everything(town / "facilitator.db")
    assert beside(town) == BESIDE


def test_a_snapshot_takes_the_place_of_the_database_alone(town):
    copy = snapshots.next_path(town / "snapshots", datetime.now(UTC))
    copy_database(town / "facilitator.db", copy)
    spoil(town / "facilitator.db")
    (town / "facilitator.db-wal").write_bytes(b"of the old database")
    before = beside(town)
    assert run(restore, copy, "--data", town)[1] == 0
    assert everything(town / "facilitator.db") == everything(copy)
    assert not (town / "facilitator.db-wal").exists()
    assert beside(town) == before


def test_a_backup_is_private_and_never_overwrites(town, archive):
    assert archive.stat().st_mode & 0o777 == 0o600
    said, code = run(backup, archive, "--data", town)
    assert (code, "is there already" in said) == (1, True)


def test_while_the_server_runs_a_backup_is_made_and_a_restore_refused(town, tmp_path):
    with Hall(town, "--demo") as hall:
        Browser(hall).joins()
        _said, backed_up = run(backup, tmp_path / "running.zip", "--data", town)
        said, restored = run(restore, tmp_path / "running.zip", "--data", town)
        assert (backed_up, restored) == (0, 1)
        assert f"the server on port {hall.port}, process {hall.process.pid}" in said
    run(restore, tmp_path / "running.zip", "--data", tmp_path / "elsewhere")
    assert rows(
        tmp_path / "elsewhere" / "facilitator.db", "SELECT count(*) FROM participant WHERE workshop_id = 1"
    ) == [(32,)]


def test_the_phones_of_the_evening_are_known_on_the_other_computer(town, tmp_path):
    with Hall(town) as hall:
        resident = Browser(hall).joins()
        run(backup, tmp_path / "running.zip", "--data", town)
    run(restore, tmp_path / "running.zip", "--data", tmp_path / "elsewhere")
    with Hall(tmp_path / "elsewhere") as hall:
        resident._root = f"http://127.0.0.1:{hall.port}"
        resident.get("/w/GHJ9CN")
        assert (resident.status, resident.path.endswith("/w/GHJ9CN")) == (200, True)


def test_two_servers_on_one_folder(town):
    with Hall(town) as first:
        second = Hall(town)
        said = second.ended()
        assert f"in use by another program (the server on port {first.port}, process {first.process.pid}" in said
        assert (second.process.returncode, "Traceback" in said) == (1, False)
        first.kill()
    # However it ended, it holds the folder no longer.
    with holding(Settings(data=town), "a test"):
        pass


def rewritten(archive, change):
    """The archive with some of its files changed; the manifest as `change` leaves it."""
    with zipfile.ZipFile(archive) as source:
        files = {name: source.read(name) for name in source.namelist()}
    about = json.loads(files.pop("manifest.json"))
    change(files, about)
    with zipfile.ZipFile(archive, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
        target.writestr("manifest.json", json.dumps(about))


def add(name):
    def change(files, about):
        files[name] = b"x"
        about["files"][name] = {
            "bytes": 1,
            "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        }

    return change


def other_bytes(files, about):
    files[PHOTO] = b"another"


def larger_than_it_says(files, about):
    files[PHOTO] = bytes(10_000_000)


def unlisted(files, about):
    del about["files"][PHOTO]


def of_tomorrow(files, about):
    about["format"] = 2


def shape_of_tomorrow(files, about):
    about["revision"] = "9999"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (add("../outside"), "It holds a file that no backup has"),
        (add("/etc/outside"), "It holds a file that no backup has"),
        (add("photos/../../outside.jpg"), "It holds a file that no backup has"),
        (add("in_use"), "It holds a file that no backup has"),
        (other_bytes, "is damaged"),
        (larger_than_it_says, "larger than it says"),
        (unlisted, "isn't what it lists"),
        (of_tomorrow, "newer release"),
        (shape_of_tomorrow, "newer release"),
    ],
)
def test_an_archive_that_is_not_as_it_should_be_changes_nothing(town, archive, tmp_path, change, words):
    rewritten(archive, change)
    refused(town, archive, tmp_path, words)


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_something_else_changes_nothing(town, archive, tmp_path, content):
    archive.write_bytes(content)
    refused(town, archive, tmp_path, "neither a backup nor a sound database|holds no town")


@pytest.mark.parametrize("cut", [30, 5000])
def test_half_an_archive_changes_nothing(town, archive, tmp_path, cut):
    archive.write_bytes(archive.read_bytes()[:-cut])
    refused(town, archive, tmp_path, "neither a backup nor|is damaged")


def refused(town, archive, tmp_path, words):
    before, database = beside(town), everything(town / "facilitator.db")
    said, code = run(restore, archive, "--data", town)
    assert code == 1
    assert "Nothing was changed." in said
    assert any(each in said for each in words.split("|")), said
    assert beside(town) == before
    assert everything(town / "facilitator.db") == database
    assert {path.name for path in tmp_path.iterdir()} == {"town", "town.zip"}
    assert not list(town.glob("restoring*"))


# Ends the process at the n-th rename, as a power cut would.
CUT_OFF = """
import os, sys
from pathlib import Path
from facilitator.safekeeping import restoring
left = int(sys.argv[2])
rename = Path.rename
def cut_off(self, target):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return rename(self, target)
Path.rename = cut_off
restoring.commit(Path(sys.argv[1]), whole=True)
"""


@pytest.mark.parametrize("renames", range(1, 10))
def test_a_restore_that_is_cut_off_is_finished_by_the_next_start(town, archive, tmp_path, renames):
    before, database = beside(town), everything(town / "facilitator.db")
    folder = restoring.lay_ready(town)
    with zipfile.ZipFile(archive) as source:
        source.extractall(folder)
    (folder / "manifest.json").unlink()
    (folder / "secret_key").write_bytes(b"another secret")
    ended = subprocess.run([sys.executable, "-c", CUT_OFF, str(town), str(renames)], check=False, env={**os.environ})
    said = [run(check, "--data", town)[0], run(backup, tmp_path / "half.zip", "--data", town)[0]]
    assert ["A restore was cut off" in each for each in said] == [True, True]
    told = restoring.finish(town)
    [aside] = town.glob("before-restore-*")
    assert (ended.returncode == 9) == bool(told)
    assert beside(aside) == before
    assert everything(aside / "facilitator.db") == database
    assert beside(town) == {**BESIDE, "secret_key": b"another secret"}
    assert everything(town / "facilitator.db") == database
    assert not list(town.glob("restoring*"))


def test_a_town_on_postgresql_is_backed_up_into_the_same_kind_of_file(postgres, tmp_path):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    old_town(here)
    opening.open_database(Settings(data=here))
    (here / PHOTO).parent.mkdir()
    (here / PHOTO).write_bytes(b"a picture")
    address = postgres.new_database()
    assert CliRunner().invoke(move_command, ["--to", address, "--data", str(here)]).exit_code == 0
    servers = {"FACILITATOR_DATABASE_URL": address}
    with psycopg.connect(address):  # a server is at work
        made = CliRunner().invoke(backup, [str(tmp_path / "town.zip"), "--data", str(here)], env=servers)
        looked = CliRunner().invoke(check, ["--data", str(here)], env=servers)
    assert made.exit_code == 0, made.output
    assert (looked.exit_code, "31 people, 99 statements" in looked.output) == (0, True), looked.output
    assert CliRunner().invoke(restore, [str(tmp_path / "town.zip"), "--data", str(here)], env=servers).exit_code == 1
    assert run(restore, tmp_path / "town.zip", "--data", elsewhere)[1] == 0
    assert everything(elsewhere / "facilitator.db") == everything(here / "facilitator.db")
    assert beside(elsewhere) == {PHOTO: b"a picture"}
