"""One whole, checked copy of a database: `python -m facilitator.safekeeping.copying SOURCE TARGET [DATA]`.

In a polite process of its own, so that the room never waits for it. The copy is read in one go: in WAL mode a reader
keeps no writer waiting, while a copy taken in small steps begins again with every vote.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from facilitator.disk import settle
from facilitator.storage import Trouble, trouble_of

POLITE = 10


class Damaged(Exception):
    """The database can't be trusted; the message says what SQLite found."""


def main(source: str, target: str, data: str = "") -> int:
    os.nice(POLITE)
    try:
        copy_database(Path(source), Path(target))
        if data:
            copy_files(Path(data), Path(target).parent)
    except (Damaged, OSError, sqlite3.Error) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def copy_database(source: Path, target: Path) -> None:
    """Copy the database as it is at this moment, also while it is written to; the target appears whole or not at all.

    Raises Damaged, OSError or sqlite3.Error; then nothing is left behind.
    """
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        _copy(source, part)
        put_in_place(part, target)
    finally:
        part.unlink(missing_ok=True)


def copy_files(data: Path, folder: Path) -> None:
    """Bring what stands beside the database to the folder. A photo never changes: what is there already stays."""
    kept = (path for path in (data / "photos").glob("*.*") if path.suffix in (".jpg", ".pdf"))
    wanted = [data / "secret_key", *sorted(kept)]
    for source in wanted:
        target = folder / source.relative_to(data)
        if source.is_file() and not source.is_symlink() and not target.exists():
            target.parent.mkdir(exist_ok=True)
            part = target.with_name(f"{target.name}.part")
            shutil.copyfile(source, part)
            part.chmod(0o600)
            put_in_place(part, target)


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing; also for a file on a disk that can't be written to."""
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=5)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if trouble_of(error) not in (Trouble.READ_ONLY, Trouble.AWAY) or _has_log(path):
            raise
        # A database in WAL mode wants to write beside itself; where it can't, it is at rest, and may be taken as it is.
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True)
    return connection


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def faults(path: Path, thorough: bool = False) -> list[str]:
    """What SQLite finds wrong with the file, in its words; empty if it is sound."""
    try:
        with closing(open_to_read(path)) as connection:
            found = connection.execute(f"PRAGMA {'integrity' if thorough else 'quick'}_check(20)").fetchall()
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [line for (line,) in found if line != "ok"]


def put_in_place(part: Path, target: Path) -> None:
    """Give the finished file its name, so that a power cut leaves the old one or the new one, never half of it."""
    settle(part)
    part.replace(target)
    settle(target)


def _copy(source: Path, part: Path) -> None:
    with closing(open_to_read(source)) as origin, closing(sqlite3.connect(part)) as copy:
        origin.backup(copy)
        # One file that needs no other beside it, readable also from a stick that is write-protected.
        copy.execute("PRAGMA journal_mode=DELETE")
        part.chmod(0o600)
    if found := faults(part):
        raise Damaged("; ".join(found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
