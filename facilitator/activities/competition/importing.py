"""Entries from a spreadsheet: read with suspicion, looked at row by row, and taken in whole or not at all."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO, StringIO
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from facilitator.activities.competition import answering, pictures
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.models import Competition
from facilitator.extensions import db
from facilitator.synthesis.answers import Answer
from facilitator.synthesis.models import new_id
from facilitator.web.errors import Refused
from facilitator.web.text import clean

MOST_BYTES = 2 * 2**20
MOST_UNPACKED = 40 * 2**20
MOST_ROWS = 300
MOST_COLUMNS = 30
MOST_NUMBER = 9999
LONGEST_ANSWERS = 400
SEEK_HEAD = 10
"""Rows in which the head may stand."""
NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass
class Line:
    """One row of the list, and what it would do."""

    row: int
    number: str
    said: dict[str, str]
    problems: list[str] = field(default_factory=list)
    does: str = NEW
    entry_id: str = ""
    """The entry that it changes."""
    answers: str = ""
    """The names of the themes that it answers; empty says nothing of them."""

    def plain(self) -> dict[str, Any]:
        return {"row": self.row, "number": self.number, "answers": self.answers, **self.said}


@dataclass(frozen=True)
class Reading:
    """What stands in a list: the rows below the head, as text by the names of our columns."""

    rows: list[dict[str, Any]]
    strange: list[Any]
    """Heads of columns that are left out: nobody knows them, or an earlier one has the same meaning."""
    missing: list[str]
    """Names of our columns that the list doesn't have."""


def read(content: bytes, name: str) -> Reading:
    """Raises Refused with a reason in words."""
    if len(content) > MOST_BYTES:
        raise Refused(
            _l("That file is too large for a list of entries: 2 MB is the limit. Pictures don't belong in it.")
        )
    table = list(islice(_xlsx(content) if content.startswith(b"PK") else _csv(content, name), MOST_ROWS + SEEK_HEAD))
    at, columns = _head(table)
    rows = [
        {"row": number, **{key: row[place] for key, place in columns.items() if place < len(row)}}
        for number, row in enumerate(table[at + 1 :], at + 2)
        if any(row)
    ]
    if not rows:
        raise Refused(_l("There is nothing below the head of this list."))
    if len(rows) > MOST_ROWS or len(table) >= MOST_ROWS + SEEK_HEAD:
        raise Refused(_l("That list is too long: %(most)d entries are the most.", most=MOST_ROWS))
    return Reading(rows, _strange(table[at:], columns), [key for key in names() if key not in columns])


def _strange(table: Sequence[Sequence[str]], columns: Mapping[str, int]) -> list[Any]:
    """Of the columns in which anything stands."""
    from openpyxl.utils import get_column_letter

    known = set(columns.values())
    return [
        column[0] or _l("column %(letter)s, which has no name", letter=get_column_letter(place))
        for place, column in enumerate(zip_longest(*table, fillvalue=""), 1)
        if place - 1 not in known and any(column)
    ]


def _xlsx(content: bytes) -> Iterator[list[str]]:
    """The first sheet, formulas as the text that they are: nothing is ever reckoned."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_archive(archive)
        sheet = load_workbook(BytesIO(content), read_only=True).worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=MOST_ROWS + SEEK_HEAD + 1, max_col=MOST_COLUMNS, values_only=True)
        found = [[_text(value) for value in row] for row in rows]
    except Refused:
        raise
    except Exception as error:  # a hostile file can raise whatever it likes
        raise Refused(_l("That file can't be read. Save it as .xlsx or .csv, then choose it again.")) from error
    yield from found


def _check_archive(archive: zipfile.ZipFile) -> None:
    if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
        raise Refused(_l("Unpacked, that file would be too large."))
    sheets = sorted(each for each in archive.namelist() if each.startswith("xl/worksheets/sheet"))
    if sheets and re.search(rb"<(?:\w+:)?mergeCell\b", archive.read(sheets[0])):
        raise Refused(_l("This list has merged cells. Unmerge them, so that each row says everything itself."))


def _csv(content: bytes, name: str) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")  # as spreadsheets in Chinese save it
    if "\0" in text or not name.lower().endswith((".csv", ".txt", ".tsv")):
        raise Refused(_l("That file can't be read. Save it as .xlsx or .csv, then choose it again."))
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max((",", ";", "\t", "\uff0c"), key=first.count)
    try:
        yield from (
            [_text(value) for value in row[:MOST_COLUMNS]] for row in csv.reader(StringIO(text), delimiter=mark)
        )
    except csv.Error as error:
        raise Refused(_l("That file can't be read. Save it as .xlsx or .csv, then choose it again.")) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "\n".join(clean(line) for line in str(value).splitlines()).strip()


@cache
def names() -> dict[str, list[str]]:
    """What each column may be called."""
    text = (Path(__file__).parent / "columns.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def heads(language: str) -> dict[str, str]:
    """What each column is called in the list that we give out."""
    return {key: words[0] if language == "zh" else words[-1] for key, words in names().items()}


def _head(table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    known = {word.casefold(): key for key, words in names().items() for word in words}
    for at, row in enumerate(table[:SEEK_HEAD]):
        columns: dict[str, int] = {}
        for place, word in enumerate(row):
            key = known.get(word.casefold().strip(" :*\uff1a"))
            if key:
                columns.setdefault(key, place)
        if "title" in columns:
            return at, columns
    known_heads = " · ".join(f"{words[0]}/{words[-1]}" for words in names().values())
    raise Refused(_l("No column “Title” was found. These columns are known: %(heads)s", heads=known_heads))


# --- What it would do


def look(competition: Competition, rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Each row with what is wrong with it, and whether it is new or changes an entry that is here."""
    by_number = {each.number: each for each in _every(competition)}
    by_title = {each.text: each for each in by_number.values() if each.deleted_at is None}
    taken: set[str] = set()
    lines = []
    for row in rows:
        line = _line(row)
        entry = by_number.get(int(line.number)) if line.number.isdigit() else None
        if not line.number:
            entry = by_title.get(line.said.get("title", ""))
        if line.number and line.number in taken:
            line.problems.append(_("This number stands in the list twice."))
        taken |= {line.number} if line.number else set()
        _compare(line, entry)
        _compare_answers(competition, line, entry)
        lines.append(line)
    return lines


def _line(row: Mapping[str, Any]) -> Line:
    number = str(row.get("number", "")).strip().lstrip("#")
    number = str(int(number)) if number.isascii() and number.isdigit() else number
    said = {key: str(row.get(key, "")) for key in pictures.LONGEST if str(row.get(key, ""))}
    line = Line(int(row.get("row", 0)), number, said, answers=str(row.get("answers", ""))[:LONGEST_ANSWERS])
    if number and not (number.isdigit() and 0 < int(number) <= MOST_NUMBER):
        line.problems.append(_("“%(number)s” is no number from 1 to %(most)d.", number=number[:20], most=MOST_NUMBER))
    for key, text in said.items():
        if len(text) > pictures.LONGEST[key]:
            most = pictures.LONGEST[key]
            line.problems.append(_("“%(what)s…” is too long: %(most)d signs fit.", what=text[:12], most=most))
    return line


def _compare(line: Line, entry: Entry | None) -> None:
    if entry is None or entry.deleted_at is not None:
        line.does = NEW
        if not line.said.get("title"):
            line.problems.append(_("The title is missing."))
        return
    line.entry_id = entry.id
    now = {"title": entry.text, **{key: getattr(entry, key) for key in pictures.LONGEST if key != "title"}}
    line.does = CHANGED if any(now[key] != text for key, text in line.said.items()) else SAME


def _compare_answers(competition: Competition, line: Line, entry: Entry | None) -> None:
    if not line.answers:
        return
    offered, chosen, unknown = answering.named(competition, _neighbourhood(line, entry), line.answers)
    now = Answer.themes_of([line.entry_id])[line.entry_id]
    unknown = [name for name in unknown if name not in {theme.name for theme in now}]
    line.problems += [_("“%(name)s” is no theme of this project or neighbourhood.", name=name[:24]) for name in unknown]
    if line.does == SAME and chosen != {theme.id for theme in now if theme in offered}:
        line.does = CHANGED


def _neighbourhood(line: Line, entry: Entry | None) -> str:
    return line.said.get("neighbourhood") or (entry.neighbourhood if entry else "")


def _every(competition: Competition) -> list[Entry]:
    """Also those whose adding was undone: their numbers are not given twice."""
    return list(db.session.scalars(select(Entry).where(Entry.activity_id == competition.id)))


def take(competition: Competition, lines: Iterable[Line], helper_id: int) -> list[tuple[str, Entry]]:
    """Write the lines; gives what was done to which entry. Raises Refused if any of them has a problem."""
    lines = list(lines)
    if any(line.problems for line in lines):
        raise Refused(_("Nothing was imported: some rows have problems."))
    gone = {each.number: each for each in _every(competition) if each.deleted_at is not None}
    done: list[tuple[str, Entry]] = []
    # Those that say their number first: the others take what is free behind them.
    for line in sorted(lines, key=lambda line: not line.number):
        entry = db.session.get(Entry, line.entry_id) if line.entry_id else None
        revived = gone.get(int(line.number)) if line.number and entry is None else None
        if entry or revived:
            pictures.write(entry or revived, line.said)  # type: ignore[arg-type]
        if revived:
            revived.deleted_at = None
            entry = revived
            done.append((NEW, revived))
        elif entry is None:
            more = {key: text for key, text in line.said.items() if key != "title"}
            about = {**more, "number": int(line.number), "position": int(line.number)} if line.number else more
            entry = Entry.add(competition, line.said["title"], new_id(), helper_id=helper_id, **about)
            done.append((NEW, entry))
        elif line.does == CHANGED:
            done.append((CHANGED, entry))
        if line.answers:
            offered, chosen, _unknown = answering.named(competition, entry.neighbourhood, line.answers)
            Answer.settle(entry.id, offered, chosen)
    return done
