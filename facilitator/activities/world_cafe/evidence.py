"""What stands behind the figures of a café's papers: one row for each that was counted. People are pseudonyms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from facilitator.activities.world_cafe.notes import Note
from facilitator.activities.world_cafe.record import Record, at
from facilitator.web.text import mask, mask_name
from facilitator.workshop.models import Participant
from facilitator.workshop.paperwork import Trace

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe


def evidence(cafe: WorldCafe, key: str) -> Trace | None:
    record = Record.of(cafe)
    whole: dict[str, Callable[[Record], Trace]] = {
        "people": _people,
        "tables": _tables,
        "rounds": _rounds,
        "notes": lambda record: _notes(record, _("Notes of the tables"), record.notes),
        "insights": lambda record: _notes(record, _("Insights on the harvest cards"), record.insights),
        "questions": _questions,
    }
    return whole[key](record) if key in whole else _of_part(record, key)


def _of_part(record: Record, key: str) -> Trace | None:
    """Keys of one round (`round-2-people`), one table (`table-7-notes`), one question (`voices-…`)."""
    found = re.fullmatch(r"(round|table|voices)-(\w+?)(?:-(people|notes))?", key)
    if not found:
        return None
    part, name, what = found.groups()
    if part == "voices":
        return _voices(record, name)
    if not name.isdecimal() or (part, what) == ("table", "people"):
        return None
    return _of_round(record, int(name), what) if part == "round" else _of_table(record, int(name))


def _of_round(record: Record, number: int, what: str) -> Trace | None:
    if number not in record.rounds:
        return None
    if what == "notes":
        title = _("Notes of round %(number)d", number=number)
        return _notes(record, title, [note for note in record.notes if note.round == number])
    here = [seat for seat in record.seats if seat.round == number]
    rows = [(*_person(record.people[seat.participant_id]), record.number(seat)) for seat in here]
    columns = (_("Person"), _("Name, masked"), _("Table"))
    return Trace(_("People at the tables in round %(number)d", number=number), columns, rows)


def _of_table(record: Record, number: int) -> Trace | None:
    table = next((each for each in record.used if each.number == number), None)
    return _notes(record, _("Notes of table %(number)d", number=number), at(record.notes, table)) if table else None


def _people(record: Record) -> Trace:
    rows = []
    for person in record.guests:
        seats = {seat.round: record.number(seat) for seat in record.seats if seat.participant_id == person.id}
        rows.append((*_person(person), *(seats.get(number, "—") for number in record.rounds)))
    columns = [_("Round %(number)d", number=number) for number in record.rounds]
    return Trace(_("People at the tables"), (_("Person"), _("Name, masked"), *columns), rows)


def _tables(record: Record) -> Trace:
    rows = [
        (table.number, mask_name(table.host.name) if table.host else "—", len(at(record.notes, table)))
        for table in record.used
    ]
    return Trace(_("Tables of the café"), (_("Table"), _("Host, masked"), _("Notes")), rows)


def _rounds(record: Record) -> Trace:
    rows = [(number, mask(record.cafe.question(number))) for number in record.rounds]
    return Trace(_("Rounds of the café"), (_("Round"), _("Question")), rows)


def _notes(record: Record, title: str, notes: Iterable[Note]) -> Trace:
    rows: Sequence[Sequence[object]] = [
        (f"#{note.number}", note.public_text, record.number(note), note.round, _name(record, note.participant_id))
        for note in notes
    ]
    return Trace(title, (_("Number"), _("Text"), _("Table"), _("Round"), _("Person")), rows)


def _questions(record: Record) -> Trace:
    words = {"answered": _("answered"), "parked": _("parked")}
    rows = [
        (each.public_text, len(record.voices(each)), words.get(each.status, _("open"))) for each in record.questions
    ]
    return Trace(_("Questions to the experts"), (_("Question"), _("Voices"), _("What became of it")), rows)


def _voices(record: Record, question_id: str) -> Trace | None:
    question = next((each for each in record.questions if each.id == question_id), None)
    if question is None:
        return None
    rows = [_person(person) for person in record.voices(question)]
    return Trace(_("Voices for “%(question)s”", question=question.public_text), (_("Person"), _("Name, masked")), rows)


def _person(person: Participant) -> tuple[str, str]:
    return _("Participant %(number)02d", number=person.number), mask_name(person.name)


def _name(record: Record, person_id: int | None) -> str:
    person = record.people.get(person_id or 0)
    return _person(person)[0] if person else "—"
