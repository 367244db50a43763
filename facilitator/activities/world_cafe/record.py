"""What a World Café leaves behind, read once: its chapter, its booklet, its tables and every figure's evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

from sqlalchemy import Select, select

from facilitator.activities.world_cafe.harvest import Harvest
from facilitator.activities.world_cafe.notes import Note
from facilitator.activities.world_cafe.tables import CafeTable, Seat
from facilitator.extensions import db
from facilitator.questions.models import Question
from facilitator.questions.queue import every
from facilitator.synthesis.models import SHOWN
from facilitator.web.text import mask_name
from facilitator.workshop.models import Participant

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe


class Who(TypedDict):
    """A pseudonym: the number in the workshop, and the masked name if one was given."""

    person: int
    name: str


@dataclass(frozen=True)
class Record:
    """Rows of one café; notes and insights as others may read them, seats of the rounds that were held."""

    cafe: WorldCafe
    tables: dict[int, CafeTable]
    """By id, also those that were closed."""
    people: dict[int, Participant]
    seats: list[Seat]
    said: list[Note]
    """Notes and insights, in the order of their numbers."""
    cards: dict[int, Harvest]
    """By table."""

    @classmethod
    def of(cls, cafe: WorldCafe) -> Record:
        room = select(Participant).where(Participant.workshop_id == cafe.workshop_id)
        shown = (Note.activity_id == cafe.id, Note.deleted_at.is_(None), Note.status == SHOWN)
        return cls(
            cafe,
            {table.id: table for table in CafeTable.ever(cafe)},
            {person.id: person for person in db.session.scalars(room)},
            [seat for seat in Seat.of(cafe) if seat.round in held(cafe)],
            list(db.session.scalars(select(Note).where(*shown).order_by(Note.number))),
            {card.cafe_table_id: card for card in db.session.scalars(_cards(cafe))},
        )

    @property
    def is_empty(self) -> bool:
        """Did nothing happen yet?"""
        return not (self.seats or self.said or self.cards)

    @property
    def rounds(self) -> range:
        return held(self.cafe)

    @cached_property
    def notes(self) -> list[Note]:
        return [note for note in self.said if not note.slot]

    @cached_property
    def insights(self) -> list[Note]:
        """By table, then by their line on the card."""
        lines = [note for note in self.said if note.slot]
        return sorted(lines, key=lambda each: (self.number(each), each.slot))

    @cached_property
    def used(self) -> list[CafeTable]:
        """The tables at which somebody sat or something was written, by number."""
        ids = {seat.cafe_table_id for seat in self.seats} | {note.cafe_table_id for note in self.said} | set(self.cards)
        return [table for table in self.tables.values() if table.id in ids]

    @cached_property
    def guests(self) -> list[Participant]:
        """Who sat at a table, hosts too, by number."""
        ids = {seat.participant_id for seat in self.seats}
        return sorted((self.people[each] for each in ids), key=lambda person: person.number)

    @cached_property
    def questions(self) -> list[Question]:
        """To the experts: who was carried by most comes first."""
        return [question for question, _voices in self._asked]

    def voices(self, question: Question) -> list[Participant]:
        """Who carries a question."""
        return self._voices.get(question.id, [])

    @cached_property
    def _asked(self) -> list[tuple[Question, list[int]]]:
        return every(self.cafe)

    @cached_property
    def _voices(self) -> dict[str, list[Participant]]:
        return {question.id: [self.people[each] for each in voices] for question, voices in self._asked}

    def number(self, row: Note | Seat) -> int:
        """Of the table."""
        return self.tables[row.cafe_table_id].number

    def who(self, person_id: int | None) -> Who | None:
        person = self.people.get(person_id or 0)
        return Who(person=person.number, name=mask_name(person.name)) if person else None


def held(cafe: WorldCafe) -> range:
    """The rounds that have begun."""
    return cafe.numbers if cafe.is_past() else range(1, cafe.round_now + 1)


def at(rows: Iterable[Note], table: CafeTable, number: int = 0) -> list[Note]:
    """What was said at a table, in one round or in all."""
    return [row for row in rows if row.cafe_table_id == table.id and number in (0, row.round)]


def _cards(cafe: WorldCafe) -> Select[Any]:
    of_cafe = select(Harvest).join(CafeTable, CafeTable.id == Harvest.cafe_table_id)
    return of_cafe.where(CafeTable.activity_id == cafe.id)
