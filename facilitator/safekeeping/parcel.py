"""The file that a workshop travels in: a zip of a manifest, its rows as JSON lines, its photos and its papers.

    manifest.json       format, program, schema, title, how many rows of each table, the SHA-256 of every other entry
    rows.jsonl          {"table": ..., "row": {column: value}} on each line
    photos/NAME.jpg     photos and other pictures; NAME.pdf a booklet
    exports/ID/out.pdf  files made of the proposal, under the id that their row had

A parcel comes from anywhere: everything is bounded and checked before it is believed.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from alembic.script import ScriptDirectory
from flask_babel import lazy_gettext as _

from facilitator.extensions import now
from facilitator.migrations import alembic_config
from facilitator.safekeeping.shape import RENAMED
from facilitator.safekeeping.values import Damaged, Plain
from facilitator.web.errors import Refused

FORMAT, VERSION = "facilitator-workshop", 1
SUFFIX = ".juyi"
MANIFEST, ROWS = "manifest.json", "rows.jsonl"
ENTRY = re.compile(r"rows\.jsonl|photos/[0-9a-f]{32}\.(?:jpg|pdf)|exports/[0-9]{1,9}/out\.(?:pdf|xlsx|json)", re.ASCII)
MOST_ENTRIES = 10_000
MOST_BYTES = 2**30
"""Of all entries together, unpacked."""
MOST_ENTRY_BYTES = 64 * 2**20
MOST_ROWS = 200_000
PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1

Row = dict[str, Plain]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Parcel:
    """An opened parcel, its manifest and rows read, every checksum compared."""

    manifest: dict[str, Any]
    rows: Rows
    archive: zipfile.ZipFile

    def names(self, folder: str) -> list[str]:
        return [name for name in self.archive.namelist() if name.startswith(folder + "/")]

    def open(self, name: str) -> IO[bytes]:
        return self.archive.open(name)


def write(out: IO[bytes], title: str, rows: Rows, files: Mapping[str, Path]) -> None:
    """Write a parcel; `files` gives the path on this disk for each entry's name."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        sums = {ROWS: _add(archive, ROWS, _lines(rows), zipfile.ZIP_DEFLATED)}
        for name, path in files.items():
            sums[name] = _add(archive, name, path.read_bytes())
        about = {
            "format": FORMAT,
            "version": VERSION,
            "program": program_version(),
            "schema": _revisions()[0],
            "made_at": now().isoformat(timespec="seconds"),
            "title": title,
            "rows": {table: len(each) for table, each in rows.items()},
            "files": sums,
        }
        _add(archive, MANIFEST, json.dumps(about, ensure_ascii=False, indent=1).encode(), zipfile.ZIP_DEFLATED)


def read(stream: IO[bytes]) -> Parcel:
    """Open a parcel. Raises Refused with a reason for the reader if it is none, is damaged, or is too new."""
    try:
        archive = zipfile.ZipFile(stream)
        _check_entries(archive.infolist())
        manifest = _manifest(archive)
        _check_sums(archive, manifest)
        return Parcel(manifest, _rows(archive), archive)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, zipfile.LargeZipFile) as error:
        raise _no_parcel() from error


def program_version() -> str:
    """Of this program; a checkout that isn't installed says it in its project file."""
    try:
        return metadata.version("facilitator-juyi")
    except metadata.PackageNotFoundError:
        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def _add(archive: zipfile.ZipFile, name: str, content: bytes, method: int = zipfile.ZIP_STORED) -> str:
    """Photos and papers are compressed already: they are stored as they are."""
    archive.writestr(name, content, method)
    return hashlib.sha256(content).hexdigest()


def _lines(rows: Rows) -> bytes:
    lines = ({"table": table, "row": row} for table, each in rows.items() for row in each)
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def _revisions() -> list[str]:
    """Every shape of the database that this program knows, the newest first."""
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    return [revision.revision for revision in script.walk_revisions()]


# Reading what may come from anywhere.


def _no_parcel() -> Refused:
    return Refused(_("This isn't a workshop file. Choose one that was made with “Export this workshop”."))


def _check_entries(entries: Iterable[zipfile.ZipInfo]) -> None:
    entries = list(entries)
    names = [entry.filename for entry in entries]
    if MANIFEST not in names or ROWS not in names:
        raise _no_parcel()
    sizes = [entry.file_size for entry in entries]
    if len(entries) > MOST_ENTRIES or sum(sizes) > MOST_BYTES or max(sizes) > MOST_ENTRY_BYTES:
        raise Refused(_("Unpacked, this file would be too large for a workshop. Nothing was imported."), 413)
    for entry in entries:
        if entry.filename != MANIFEST and not ENTRY.fullmatch(entry.filename):
            raise Damaged(entry.filename[:80])
        if entry.compress_type not in PLAIN_METHODS or entry.flag_bits & ENCRYPTED or names.count(entry.filename) > 1:
            raise Damaged(entry.filename)


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest = _json(archive.read(MANIFEST), MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _no_parcel()
    if not isinstance(manifest.get("files"), dict) or not isinstance(manifest.get("version"), int):
        raise Damaged(MANIFEST)
    if manifest["version"] > VERSION or manifest.get("schema") not in _revisions():
        raise Refused(
            _(
                "This file was made by a newer version of this program (%(version)s; this one is %(own)s). "
                "Bring this one up to date first.",
                version=str(manifest.get("program"))[:20],
                own=program_version(),
            )
        )
    return manifest


def _check_sums(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    entries = set(archive.namelist()) - {MANIFEST}
    if entries != set(manifest["files"]):
        raise Damaged(MANIFEST)
    for name, expected in manifest["files"].items():
        if _sum(archive, name) != expected:
            raise Refused(_("This file was damaged on its way (%(name)s). Export or copy it again.", name=name))


def _sum(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as entry:
        return hashlib.file_digest(entry, "sha256").hexdigest()  # type: ignore[arg-type]  # reads, which is all it asks


def _rows(archive: zipfile.ZipFile) -> Rows:
    rows: Rows = {}
    with archive.open(ROWS) as lines:
        for number, line in enumerate(lines, 1):
            table, row = _row(line, f"{ROWS}:{number}")
            rows.setdefault(RENAMED.get(table, table), []).append(row)
            if number > MOST_ROWS:
                raise Damaged(ROWS)
    return rows


def _row(line: bytes, where: str) -> tuple[str, Row]:
    found = _json(line, where)
    if not isinstance(found, dict) or set(found) != {"table", "row"}:
        raise Damaged(where)
    if not isinstance(found["table"], str) or not isinstance(found["row"], dict):
        raise Damaged(where)
    return found["table"], found["row"]


def _json(content: bytes, where: str) -> Any:
    try:
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Damaged(where) from error


def _no_number(name: str) -> None:
    """NaN and Infinity are no JSON, though Python reads them; PostgreSQL doesn't."""
    raise ValueError(name)
