"""Before the server starts: is the folder ours, the database sound and of a shape that this release knows?

Whatever is found, nothing is changed that could not be had back, and the message says the way out.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from facilitator.config import Settings
from facilitator.migrations import alembic_config, upgrade
from facilitator.safekeeping import restoring, snapshots
from facilitator.safekeeping.copying import copy_database, faults, open_to_read, put_in_place
from facilitator.storage import Trouble, trouble_of

_CHECKOUT = Path(__file__).resolve().parents[2] / "bin" / "facilitator"
COMPANIONS = ("-wal", "-shm", "-journal")


class CannotOpen(Exception):
    """The server must not start on this data; the message says why and what to do."""


def open_folder(settings: Settings) -> None:
    """See to it that the data folder is there and can be written to. Raises CannotOpen."""
    probe = settings.data / f".probe-{os.getpid()}"
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(bytes(4096))
    except OSError as error:
        raise CannotOpen(_about_folder(settings.data, error)) from error
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def open_database(settings: Settings) -> list[str]:
    """Bring the database up to date; gives what is worth telling. Raises CannotOpen."""
    database = settings.file
    if database is None:
        _upgrade_server(settings)
        return []
    told = restoring.finish(settings.data)
    if _is_new(settings, database):
        upgrade(settings.database)
        return told
    _examine(settings, database)
    return told + _bring_up_to_date(settings, database)


def _upgrade_server(settings: Settings) -> None:
    try:
        upgrade(settings.database)
    except OperationalError as error:
        address = make_url(settings.database).render_as_string(hide_password=True)
        raise CannotOpen(
            f"The database {address} does not answer: {_first_line(error.orig or error)}\n"
            "Nothing was changed. Is PostgreSQL running, and are user, password and name right?"
        ) from error


def known_revisions(settings: Settings) -> list[str]:
    """Shapes of the database that this release knows, the newest first."""
    script = ScriptDirectory.from_config(alembic_config(settings.database))
    return [each.revision for each in script.walk_revisions()]


def way_back(settings: Settings) -> str:
    """The newest good snapshot, and the command that puts it in place."""
    snapshot = snapshots.newest_good(settings.snapshots)
    if snapshot is None:
        return f"There is no good snapshot in {settings.snapshots}. If you have a backup: {_command('FILE', settings)}"
    at = snapshot.taken_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"The newest good snapshot is of {at}. To go on from it:\n\n  {_command(str(snapshot.path), settings)}\n"


def _command(file: str, settings: Settings) -> str:
    program = str(_CHECKOUT) if _CHECKOUT.exists() else "facilitator"
    return f"{shlex.quote(program)} restore {shlex.quote(file)} --data {shlex.quote(str(settings.data))}"


def _is_new(settings: Settings, database: Path) -> bool:
    """Nothing has been kept here yet. An empty file where there was a town is no new one."""
    if not _is_empty(database):
        return False
    if snapshots.kept(settings.snapshots):
        what = "is empty" if database.exists() else "is gone"
        raise CannotOpen(f"The database {database} {what}, but there was one before.\n{way_back(settings)}")
    return True


def _is_empty(database: Path) -> bool:
    """Nothing, or what is left of a first start that was cut short."""
    if not database.exists() or not database.stat().st_size:
        return True
    with suppress(sqlite3.DatabaseError), closing(open_to_read(database)) as connection:
        return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return False


def _examine(settings: Settings, database: Path) -> None:
    if found := faults(database):
        raise CannotOpen(_about_faults(settings, database, found))
    known, here = known_revisions(settings), snapshots.revision(database)
    if here and here not in known:
        raise CannotOpen(
            f"The database {database} was written by a newer release (its shape is {here}, this one knows up to "
            f"{known[0]}). Nothing was changed. Install that release again, or use another folder: --data FOLDER"
        )


def _bring_up_to_date(settings: Settings, database: Path) -> list[str]:
    """Migrate, with a snapshot to go back to."""
    newest, here = known_revisions(settings)[0], snapshots.revision(database)
    if here == newest:
        return []
    before = _snapshot_before(settings, database, newest)
    try:
        upgrade(settings.database)
    except Exception as error:
        _go_back(database, before)
        raise CannotOpen(
            f"The upgrade of the database from {here or 'an unknown shape'} to {newest} failed: {_first_line(error)}\n"
            f"It is again as it was before. The release that you had until now goes on working; a copy is {before}"
        ) from error
    return [f"The database was upgraded from {here} to {newest}. As it was before: {before}"]


def _snapshot_before(settings: Settings, database: Path, newest: str) -> Path:
    try:
        target = snapshots.next_path(settings.snapshots, datetime.now(UTC), f"before-{newest}")
        copy_database(database, target)
    except (OSError, sqlite3.Error) as error:
        raise CannotOpen(
            f"The database must be upgraded, but no copy of it could be made first in {settings.snapshots}: {error}\n"
            "Nothing was changed. Make room there, then start again."
        ) from error
    return target


def _go_back(database: Path, before: Path) -> None:
    part = database.with_name(f"{database.name}.part")
    copy_database(before, part)
    for companion in COMPANIONS:
        database.with_name(database.name + companion).unlink(missing_ok=True)
    put_in_place(part, database)


def _about_folder(folder: Path, error: OSError) -> str:
    advice: dict[Trouble | None, str] = {
        Trouble.FULL: "The disk is full. Make room, then start again.",
        Trouble.READ_ONLY: "The disk can only be read. Connect it for writing, or choose another folder: --data FOLDER",
    }
    told = advice.get(trouble_of(error), "Choose a folder that you may write to: --data FOLDER")
    return f"The data folder {folder} can't be written to ({error.strerror}). {told}"


def _about_faults(settings: Settings, database: Path, found: list[str]) -> str:
    if found == ["database is locked"]:
        return f"The database {database} is locked by another program. Close it, then start again."
    return (
        f"The database {database} is damaged ({found[0].splitlines()[0]}).\n"
        f"Nothing was changed: it stays as it is, and restoring moves it aside.\n{way_back(settings)}"
    )


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
