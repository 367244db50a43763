"""The café's own papers: the harvest booklet, and what is printed for the tables before the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from facilitator.activities.world_cafe import seating
from facilitator.activities.world_cafe.chapter import told
from facilitator.activities.world_cafe.record import Record, at
from facilitator.activities.world_cafe.tables import CafeTable, Seat
from facilitator.web.text import mask, mask_name
from facilitator.workshop.models import Participant
from facilitator.workshop.paperwork import Figure, Part
from facilitator.workshop.qr import public

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe


def booklet(cafe: WorldCafe, switches: frozenset[str]) -> Part:
    """What was said and harvested, table by table; with the switch `seats` also who sat where, masked."""
    record = Record.of(cafe)
    part = told(record)
    part["content"]["tables"] = [_table(record, table) for table in record.used]
    part["content"]["seats"] = _plan(record) if "seats" in switches else None
    return part


def _table(record: Record, table: CafeTable) -> dict[str, Any]:
    rounds = [{"number": number, "notes": _notes(record, table, number)} for number in record.rounds]
    return {"table": table.number, "rounds": [each for each in rounds if each["notes"]]}


def _notes(record: Record, table: CafeTable, number: int) -> list[dict[str, Any]]:
    return [
        {
            "number": str(note.number),
            "text": note.public_text,
            "text_en": mask(note.text_en),
            "name": (record.who(note.participant_id) or {"name": ""})["name"],
        }
        for note in at(record.notes, table, number)
    ]


def _plan(record: Record) -> list[dict[str, Any]]:
    return [
        {"number": number, "tables": [_sitting(record, table, number) for table in record.used]}
        for number in record.rounds
    ]


def _sitting(record: Record, table: CafeTable, number: int) -> dict[str, Any]:
    here = [seat for seat in record.seats if (seat.round, seat.cafe_table_id) == (number, table.id)]
    people = sorted((record.people[seat.participant_id] for seat in here), key=lambda person: person.number)
    return {"table": table.number, "names": [mask_name(person.name) or f"#{person.number}" for person in people]}


def prints(cafe: WorldCafe) -> Part:
    """A tent for each table and a card for each guest. It stays in the room: names and codes stand in full."""
    tables, people = CafeTable.of(cafe), seating.people(cafe)
    tents, cards = [_tent(table) for table in tables], _cards(cafe, tables, people)
    return Part(
        title="世界咖啡馆",
        title_en="World Café",
        figures=[
            Figure(key="tents", value=len(tents), zh="个桌牌", en="table tents"),
            Figure(key="cards", value=len(cards), zh="张座位卡", en="seat cards"),
        ],
        photos=[],
        content={
            "name": cafe.title,
            "question": cafe.instruction,
            "tents": tents,
            "cards": cards,
            "lacks": _lacks(tents, cafe),
        },
    )


def _lacks(tents: list[Any], cafe: WorldCafe) -> str:
    if not tents:
        return str(_("The tables are not set yet: open “People and seating” first, then print again."))
    return "" if cafe.state.get("seating") else str(_("Nobody is seated yet: the seat cards carry no table numbers."))


def _tent(table: CafeTable) -> dict[str, Any]:
    address = public(url_for("world_cafe.table", token=table.token)).upper()
    return {"number": table.number, "address": address}


def _cards(cafe: WorldCafe, tables: list[CafeTable], people: list[Participant]) -> list[dict[str, Any]]:
    number = {table.id: table.number for table in tables}
    hosts = {table.host_id for table in tables}
    sits = {(seat.participant_id, seat.round): number.get(seat.cafe_table_id) for seat in Seat.of(cafe)}
    return [
        {
            "name": person.name or f"No. {person.number}",
            "code": person.personal_code,
            "host": person.id in hosts,
            "tables": [sits.get((person.id, each)) for each in cafe.numbers],
            "link": public(url_for("phone.resume", token=person.token)),
        }
        for person in people
    ]
