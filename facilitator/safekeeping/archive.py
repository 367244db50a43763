"""A backup: one zip file with everything that another computer needs to go on.

It holds the database, the photos, the exported papers, the key that signs the cookies (phones stay who they are) and a
manifest with the size and SHA-256 of each. Whoever has the file has all of it: keep it as safe as the computer itself.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from facilitator.safekeeping.copying import copy_database, copy_files, faults, put_in_place
from facilitator.safekeeping.snapshots import revision

DATABASE = "facilitator.db"
FORMAT = 1
_MANIFEST = "manifest.json"
_MOST_MANIFEST = 64 * 2**20
_BLOCK = 2**20
# The only names that are ever read or written: a hostile archive has nothing else to offer.
_ALLOWED = re.compile(
    r"facilitator\.db|secret_key|demo_password|photos/[0-9a-f]{32}\.(jpg|pdf)|exports/\d{1,12}/out\.(pdf|xlsx|json)"
)
_PRIVATE = 0o600


class Unreadable(Exception):
    """The file is no backup that can be trusted; the message says why."""


@dataclass(frozen=True)
class Contents:
    """What a checked file holds."""

    made_at: str
    revision: str
    files: int
    bytes: int


def write(data: Path, copy_to: Callable[[Path], None], target: Path) -> Contents:
    """Back up the town, also while the server runs; the file appears whole or not at all.

    `copy_to` makes a SQLite file of the database as it is at one moment. What it raises, and OSError, is raised here.
    """
    part, copy = (target.with_name(f".{target.name}.{end}") for end in ("part", "db"))
    try:
        copy_to(copy)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        part.touch(mode=_PRIVATE)
        with zipfile.ZipFile(part, "w") as archive:
            # The database first: a photo is on the disk before any row names it.
            files = {name: _add(archive, name, path) for name, path in _everything(data, copy)}
            shape = revision(copy)
            about = {"format": FORMAT, "made_at": made, "revision": shape, "files": files}
            archive.writestr(_MANIFEST, json.dumps(about, indent=1), zipfile.ZIP_DEFLATED)
        put_in_place(part, target)
    finally:
        for leftover in (part, copy):
            leftover.unlink(missing_ok=True)
    return Contents(made, shape, len(files), sum(file["bytes"] for file in files.values()))


def unpack(source: Path, folder: Path) -> Contents:
    """Check a backup, or a snapshot, as a whole and lay its parts into the folder. Raises Unreadable or OSError."""
    contents = _unpack_zip(source, folder) if zipfile.is_zipfile(source) else _take_snapshot(source, folder)
    if found := faults(folder / DATABASE, thorough=True):
        raise Unreadable(f"Its database is damaged ({found[0]}).")
    if not revision(folder / DATABASE):
        raise Unreadable("Its database holds no town.")
    return contents


def is_whole(source: Path) -> bool:
    """Does it stand for everything (a backup), or for the database alone (a snapshot)?"""
    return zipfile.is_zipfile(source)


def _everything(data: Path, copy: Path) -> Iterator[tuple[str, Path]]:
    yield DATABASE, copy
    beside = [data / "secret_key", data / "demo_password", *data.glob("photos/*.*"), *data.glob("exports/*/out.*")]
    for path in sorted(beside):
        name = path.relative_to(data).as_posix()
        if path.is_file() and _ALLOWED.fullmatch(name):
            yield name, path


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    # Pictures and papers are compressed already.
    how = zipfile.ZIP_STORED if path.suffix in (".jpg", ".pdf", ".xlsx") else zipfile.ZIP_DEFLATED
    info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
    info.compress_type, info.external_attr = how, _PRIVATE << 16
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
        return _pour(source, target)


def _pour(source: IO[bytes], target: IO[bytes], most: int | None = None) -> dict[str, Any]:
    """Copy; gives size and digest. Stops as soon as there is more than was said."""
    digest, size = hashlib.sha256(), 0
    while block := source.read(_BLOCK):
        size += len(block)
        if most is not None and size > most:
            raise Unreadable("A file in it is larger than it says.")
        digest.update(block)
        target.write(block)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _unpack_zip(source: Path, folder: Path) -> Contents:
    try:
        with zipfile.ZipFile(source) as archive:
            about = _manifest(archive)
            files = _promised(archive, about)
            _check_room(folder, sum(file["bytes"] for file in files.values()))
            for name, promised in files.items():
                _extract(archive, name, promised, folder / name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"It is damaged or no backup of this program ({error}).") from error
    total = sum(file["bytes"] for file in files.values())
    return Contents(str(about["made_at"]), str(about["revision"]), len(files), total)


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    info = archive.getinfo(_MANIFEST)
    if info.file_size > _MOST_MANIFEST:
        raise Unreadable("Its list of files is too long.")
    about = json.loads(archive.read(info))
    if about["format"] != FORMAT:
        raise Unreadable(f"It was made by a newer release (format {about['format']}).")
    return cast(dict[str, Any], about)


def _promised(archive: zipfile.ZipFile, about: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the manifest lists, if the archive holds just that under names we know."""
    files = cast(dict[str, dict[str, Any]], about["files"])
    held = sorted(archive.namelist())
    strange = [name for name in held if name != _MANIFEST and not _ALLOWED.fullmatch(name)]
    if strange:
        raise Unreadable(f"It holds a file that no backup has: {strange[0]!r}.")
    if held != sorted([*files, _MANIFEST]) or DATABASE not in files:
        raise Unreadable("What it holds isn't what it lists.")
    return files


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Unreadable(f"It needs {needed // 2**20} MB, and {free // 2**20} MB are free in {folder.parent}.")


def _extract(archive: zipfile.ZipFile, name: str, promised: dict[str, Any], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=_PRIVATE)
    with archive.open(name) as source, target.open("wb") as file:
        found = _pour(source, file, int(promised["bytes"]))
    if found != {"bytes": promised["bytes"], "sha256": promised["sha256"]}:
        raise Unreadable(f"{name} in it is damaged.")


def _take_snapshot(source: Path, folder: Path) -> Contents:
    """A snapshot on another disk has photos and the key beside it: they come too, the present ones stay if not."""
    if found := faults(source, thorough=True):
        raise Unreadable(f"It is neither a backup nor a sound database ({found[0]}).")
    copy_database(source, folder / DATABASE)
    if (source.parent / "photos").is_dir():
        copy_files(source.parent, folder)
    made = datetime.fromtimestamp(source.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return Contents(made, revision(source), 1, source.stat().st_size)
