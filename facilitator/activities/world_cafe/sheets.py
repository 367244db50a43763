"""The café as tables for a workbook: people are numbers, texts are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facilitator.activities.world_cafe.record import Record, at
from facilitator.web.text import mask

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe

Row = dict[str, Any]


def sheets(cafe: WorldCafe) -> dict[str, list[Row]]:
    """Tables, seats, notes (insights have a line), questions."""
    record = Record.of(cafe)
    return {
        "cafe_rounds": [{"round": number, "text": mask(cafe.question(number))} for number in record.rounds],
        "cafe_tables": [_table(record, table) for table in record.used],
        "cafe_seats": [
            {"round": seat.round, "table": record.number(seat), "person": record.people[seat.participant_id].number}
            for seat in record.seats
        ],
        "cafe_notes": [
            {
                "idea": note.number,
                "table": record.number(note),
                "round": note.round,
                "line": note.slot or "",
                "text": note.public_text,
            }
            for note in record.said
        ],
        "cafe_questions": [
            {
                "text": question.public_text,
                "person": (record.who(question.participant_id) or {"person": ""})["person"],
                "voices": len(record.voices(question)),
                "status": question.status,
            }
            for question in record.questions
        ],
    }


def _table(record: Record, table: Any) -> Row:
    card = record.cards.get(table.id)
    return {
        "table": table.number,
        "host": (record.who(table.host_id) or {"person": ""})["person"],
        "title": card.public_title if card else "",
        "question": card.public_question if card else "",
        "insights": len(at(record.insights, table)),
        "notes": len(at(record.notes, table)),
        "photo": "yes" if card and card.photo else "",
    }
