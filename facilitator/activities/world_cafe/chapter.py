"""The café's chapter in a proposal: its questions, its figures, the card of each table, the dialogue.

Plain data. Names are masked, telephone and identity numbers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facilitator.activities.world_cafe.harvest import Harvest
from facilitator.activities.world_cafe.record import Record, at
from facilitator.activities.world_cafe.tables import CafeTable
from facilitator.questions.models import ANSWERED, PARKED, Question
from facilitator.web.text import mask
from facilitator.workshop.paperwork import Figure, Part, Where

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe


def chapter(cafe: WorldCafe, place: str = "") -> Part | None:
    """None before the first round."""
    record = Record.of(cafe)
    return None if record.is_empty else told(record, place)


def told(record: Record, place: str = "") -> Part:
    """`place` stands before the numbers of notes and insights."""
    cards = [_card(record, table, place) for table in record.used]
    return Part(
        title="世界咖啡馆",
        title_en="World Café",
        figures=_figures(record),
        photos=[card["photo"] for card in cards if card["photo"]],
        content={
            "name": record.cafe.title,
            "question": mask(record.cafe.instruction),
            "rounds": [_round(record, number) for number in record.rounds],
            "cards": cards,
            "asked": [_asked(record, question) for question in record.questions],
        },
    )


def wheres(cafe: WorldCafe) -> dict[str, Where]:
    """Table and round of each note; of an insight, that it stands on the table's card."""
    record = Record.of(cafe)
    return {note.id: _where(record.number(note), 0 if note.slot else note.round) for note in record.said}


def _where(table: int, number: int) -> Where:
    if number:
        return Where(zh=f"第{table}桌 · 第{number}轮", en=f"table {table}, round {number}")
    return Where(zh=f"第{table}桌 · 收获卡", en=f"table {table}, harvest card")


def _figures(record: Record) -> list[Figure]:
    return [
        _figure("people", len(record.guests), "人入座", "person at the tables", "people at the tables"),
        _figure("tables", len(record.used), "张桌", "table", "tables"),
        _figure("rounds", len(record.rounds), "轮谈话", "round", "rounds"),
        _figure("notes", len(record.notes), "条记录", "note", "notes"),
        _figure("insights", len(record.insights), "条要点", "insight", "insights"),
        _figure("questions", len(record.questions), "个提问", "question to the experts", "questions to the experts"),
    ]


def _figure(key: str, value: int, zh: str, one: str, many: str) -> Figure:
    return Figure(key=key, value=value, zh=zh, en=one if value == 1 else many)


def _round(record: Record, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "question": mask(record.cafe.question(number)),
        "people": len({seat.participant_id for seat in record.seats if seat.round == number}),
        "notes": sum(note.round == number for note in record.notes),
    }


def _card(record: Record, table: CafeTable, place: str) -> dict[str, Any]:
    card = record.cards.get(table.id) or Harvest(title="", question="", photo="")
    return {
        "table": table.number,
        "host": record.who(table.host_id),
        "title": card.public_title,
        "insights": [
            {"number": f"{place}{line.number}", "text": line.public_text, "text_en": mask(line.text_en)}
            for line in at(record.insights, table)
        ],
        "question": card.public_question,
        "photo": card.photo,
        "notes": len(at(record.notes, table)),
    }


def _asked(record: Record, question: Question) -> dict[str, Any]:
    return {
        "key": question.id,
        "text": question.public_text,
        "by": record.who(question.participant_id),
        "voices": len(record.voices(question)),
        "became": question.status if question.status in (ANSWERED, PARKED) else "open",
    }
