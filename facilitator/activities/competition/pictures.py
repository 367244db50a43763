"""An entry as its form sends it: words, pictures, a booklet. The same form for staff and for the team.

What is good of it is kept even if a file among it isn't: nothing that was typed is lost to a wrong file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from facilitator.accounts.access import off_the_loop
from facilitator.activities.competition.entries import MOST_PICTURES, SIDES, Entry, Picture
from facilitator.extensions import db
from facilitator.web.errors import Refused
from facilitator.web.text import clean
from facilitator.web.uploads import Booklet, keep_pdf, keep_picture

LONGEST = {"title": 40, "team": 60, "neighbourhood": 40, "site": 80, "about": 1200, "about_en": 2400}
LONGEST_CAPTION = 80
MEGABYTES = {"desk": 160, "team": 80}
"""All files of one form together."""


def words(form: Mapping[str, str]) -> dict[str, str]:
    """The words of an entry, cleaned and of a length that fits; only those that were sent."""
    return {name: _written(form[name], longest) for name, longest in LONGEST.items() if name in form}


def _written(text: str, longest: int) -> str:
    """Lines stay lines."""
    lines = [clean(line) for line in text.splitlines()]
    return "\n".join(lines).strip()[:longest]


def write(entry: Entry, said: Mapping[str, str]) -> None:
    """Put the words in place; `title` is the statement's text."""
    for name, text in said.items():
        column = "text" if name == "title" else name
        if getattr(entry, column) != text:
            setattr(entry, column, text)


@dataclass
class Delivery:
    """Files that came with a form and were kept, and what is wrong with those that were not."""

    pictures: list[tuple[str, str]] = field(default_factory=list)
    """(photo, thumb) of each."""
    booklet: Booklet | None = None
    refused: list[str] = field(default_factory=list)

    @classmethod
    def received(cls, room: int) -> Delivery:
        """Keep the request's files, of the pictures as many as there is room for.

        It takes its time: no database is needed, and nobody waits for one.
        """
        came = cls()
        for upload in _chosen("pictures"):
            if len(came.pictures) >= room:
                came.refused.append(_("%(most)d pictures are the most; the others were not taken.", most=MOST_PICTURES))
                break
            came._take_picture(upload)
        for upload in _chosen("pdf")[:1]:
            came._take_booklet(upload)
        return came

    def _take_picture(self, upload: FileStorage) -> None:
        try:
            self.pictures.append(off_the_loop(keep_picture, upload.stream, folder()))
        except Refused as error:
            self.refused.append(f"{_called(upload)}: {error}")

    def _take_booklet(self, upload: FileStorage) -> None:
        try:
            self.booklet = keep_pdf(upload.stream, folder())
        except Refused as error:
            self.refused.append(f"{_called(upload)}: {error}")

    def unpack(self, entry: Entry) -> None:
        """Give the files to the entry, behind those it has."""
        last = max((each.position for each in living(entry)), default=0)
        for place, (photo, thumb) in enumerate(self.pictures, last + 1):
            db.session.add(Picture(entry_id=entry.id, photo=photo, thumb=thumb, position=place))
        if self.booklet:
            entry.pdf, entry.pdf_page = self.booklet.pdf, self.booklet.page


def arrange(entry: Entry, form: MultiDict[str, str]) -> None:
    """Captions, sides, order (the ids as `picture` in turn) and what to take away, as the form says."""
    known = {str(each.id): each for each in living(entry)}
    for key, picture in known.items():
        if form.get(f"remove-{key}"):
            picture.remove()
        if f"caption-{key}" in form:
            picture.caption = clean(form[f"caption-{key}"])[:LONGEST_CAPTION]
        if form.get(f"side-{key}") in SIDES:
            picture.side = form[f"side-{key}"]
    for place, picture in enumerate(_in_order(known, form), 1):
        picture.position = place
    if form.get("remove-pdf"):
        entry.pdf = entry.pdf_page = ""


def _in_order(known: dict[str, Picture], form: MultiDict[str, str]) -> list[Picture]:
    """As sent; one whose `move` button was pressed changes places with its neighbour."""
    named = [known[key] for key in dict.fromkeys(form.getlist("picture")) if key in known]
    row = named + [each for each in known.values() if each not in named]
    to, _sep, key = form.get("move", "").partition("-")
    if key in known and to in ("up", "down"):
        at = row.index(known[key])
        row.insert(max(0, at + (1 if to == "down" else -1)), row.pop(at))
    return row


def living(entry: Entry) -> list[Picture]:
    """The pictures as they are in this very transaction."""
    db.session.flush()
    db.session.expire(entry, ["pictures"])
    return list(entry.pictures)


def settle(entry: Entry) -> None:
    """After a change of its pictures: the cover follows."""
    living(entry)
    entry.show_cover()


def room_for(entry: Entry | None) -> int:
    return MOST_PICTURES - len(entry.pictures if entry else ())


def folder() -> Path:
    return Path(current_app.config["SETTINGS"].data) / "photos"


def _chosen(name: str) -> list[FileStorage]:
    return [upload for upload in request.files.getlist(name) if upload.filename]


def _called(upload: FileStorage) -> Any:
    return clean(upload.filename or "")[:60]
