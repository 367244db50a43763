"""What the screens of a World Café show: plain data, the same for everybody of one audience, and one person's own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import func, select

from facilitator.activities.world_cafe import piles, seating, wall
from facilitator.activities.world_cafe.harvest import Harvest
from facilitator.activities.world_cafe.notes import INSIGHTS, Insight, Note
from facilitator.activities.world_cafe.stages import DIALOGUE, GATHER, HARVEST, MOVE, round_of
from facilitator.activities.world_cafe.tables import CafeTable, Guest, Seat
from facilitator.extensions import db
from facilitator.methods.rotation import Certificate, Impossible, explained
from facilitator.methods.rotation.counting import meetings
from facilitator.questions import queue
from facilitator.synthesis.models import SHOWN
from facilitator.workshop.models import Participant

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe


class Sitter(NamedTuple):
    """Somebody at a table."""

    id: int
    number: int
    name: str
    is_host: bool
    is_here: bool


class At(NamedTuple):
    """A table in one round."""

    id: int
    number: int
    host: str
    sitters: tuple[Sitter, ...]
    notes: int

    @property
    def missing(self) -> list[Sitter]:
        return [each for each in self.sitters if not each.is_here]


class Card(NamedTuple):
    """A harvest card, as others may read it."""

    table: int
    host: str
    title: str
    insights: tuple[str, ...]
    question: str
    photo: str

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.insights or self.question or self.photo)


def name_of(person: Participant) -> str:
    return person.name or str(_("Person %(number)d", number=person.number))


def shared(cafe: WorldCafe, step: str, audience: str) -> dict[str, Any]:
    """Context of the template of one audience."""
    number = round_of(step)
    context: dict[str, Any] = {
        "round": number,
        "rounds": len(cafe.numbers),
        "question": cafe.question(number) if number else "",
        "last_minutes": cafe.in_last_minutes,
    }
    if step == GATHER:
        context.update(_gathering(cafe))
    if number or step == GATHER:
        tables = tables_at(cafe, max(1, number))
        context.update(tables=tables, columns=columns(len(tables)))
        if audience == "projector" and step.startswith(MOVE):
            context["wall"] = wall.shown(tables)
    if step == HARVEST or audience == "console":
        context["cards"] = cards(cafe)
        context["gallery"] = wall.gallery([card for card in context["cards"] if not card.is_empty])
    if step == DIALOGUE:
        context.update(queue.shown(cafe))
    if audience == "console":
        context["loose"] = unseated(cafe, number) if number else []
    return context


def _gathering(cafe: WorldCafe) -> dict[str, Any]:
    count = len(seating.people(cafe))
    return {
        "guests": count,
        "wanted": seating.table_count(cafe, count),
        "is_seated": bool(cafe.state.get("seating")),
    }


def tables_at(cafe: WorldCafe, number: int) -> list[At]:
    """The tables that stand, each with who sits there in a round, the host first."""
    notes = Counter(
        dict(
            db.session.execute(
                select(Note.cafe_table_id, func.count())
                .where(Note.activity_id == cafe.id, Note.round == number, Note.deleted_at.is_(None), Note.slot == 0)
                .where(Note.status == SHOWN)
                .group_by(Note.cafe_table_id)
            ).all()
        )
    )
    seats = defaultdict(list)
    for row in db.session.execute(_seats(cafe, number)):
        seats[row.cafe_table_id].append(row)
    tables = CafeTable.of(cafe)
    hosts = _names(table.host_id for table in tables)
    return [
        At(
            table.id,
            table.number,
            hosts.get(table.host_id or 0, ""),
            tuple(
                sorted((_sitter(row, table) for row in seats[table.id]), key=lambda who: (not who.is_host, who.number))
            ),
            notes[table.id],
        )
        for table in tables
    ]


def _seats(cafe: WorldCafe, number: int) -> Any:
    columns = (Seat.cafe_table_id, Seat.here_at, Participant.id, Participant.number, Participant.name)
    taken = select(*columns).join(Participant, Participant.id == Seat.participant_id)
    return taken.where(Seat.activity_id == cafe.id, Seat.round == number, Seat.deleted_at.is_(None))


def _sitter(row: Any, table: CafeTable) -> Sitter:
    name = row.name or _("Person %(number)d", number=row.number)
    return Sitter(row.id, row.number, name, row.id == table.host_id, row.here_at is not None)


def _names(ids: Any) -> dict[int, str]:
    found = db.session.scalars(select(Participant).where(Participant.id.in_([each for each in ids if each])))
    return {person.id: name_of(person) for person in found}


def columns(count: int) -> int:
    """Of the map of so many tables: few empty places, rather wider than high."""
    least, most = max(1, ceil(sqrt(count))), max(1, ceil(sqrt(2.5 * count)))
    return min(range(least, most + 1), key=lambda each: (-count % each, abs(each * each / max(1, count) - 1.6)))


def unseated(cafe: WorldCafe, number: int) -> list[Participant]:
    """Who is here and has no seat in a round."""
    seated = {seat.participant_id for seat in Seat.of(cafe) if seat.round == number}
    return [person for person in seating.people(cafe) if person.id not in seated]


def cards(cafe: WorldCafe) -> list[Card]:
    """The harvest cards of all tables at which something was written, also of those that were closed."""
    tables = CafeTable.ever(cafe)
    kept = {card.cafe_table_id: card for card in db.session.scalars(_cards(cafe))}
    lines = defaultdict(list)
    for line in db.session.scalars(_insights(cafe)):
        lines[line.cafe_table_id].append(line.public_text)
    hosts = _names(table.host_id for table in tables)
    made = [
        _card(table, kept.get(table.id), tuple(lines[table.id]), hosts.get(table.host_id or 0, "")) for table in tables
    ]
    standing = {table.number for table in tables if table.deleted_at is None}
    return [card for card in made if card.table in standing or not card.is_empty]


def _cards(cafe: WorldCafe) -> Any:
    return (
        select(Harvest).join(CafeTable, CafeTable.id == Harvest.cafe_table_id).where(CafeTable.activity_id == cafe.id)
    )


def _insights(cafe: WorldCafe) -> Any:
    shown = (Insight.activity_id == cafe.id, Insight.deleted_at.is_(None), Insight.status == "shown")
    return select(Insight).where(*shown).order_by(Insight.cafe_table_id, Insight.slot)


def _card(table: CafeTable, kept: Harvest | None, insights: tuple[str, ...], host: str) -> Card:
    about = (kept.public_title, insights, kept.public_question, kept.photo) if kept else ("", insights, "", "")
    return Card(table.number, host, *about)


# --- One person's own


def personal(cafe: WorldCafe, step: str, me: Participant) -> Mapping[str, Any]:
    """What one phone shows beside the room's own part."""
    if step == GATHER:
        guest = Guest.of(cafe).get(me.id)
        return {
            "traits": guest.traits if guest else {},
            "asks": [trait for key, trait in seating.MIXES.items() if cafe.setting(key) and trait != "partner"],
        }
    if step == DIALOGUE:
        return queue.own(cafe, me)
    if step == HARVEST:
        hosted = piles.hosted(cafe, me)
        card = {"table": hosted, **card_of(hosted)} if hosted else {}
        return {**card, **piles.own(cafe, me)}
    number = round_of(step)
    return _at_table(cafe, me, number) if number else {}


def _at_table(cafe: WorldCafe, me: Participant, number: int) -> dict[str, Any]:
    seat = Seat.taken_by(cafe, me, number)
    if seat is None:
        return {"seat": None, "has_plan": bool(cafe.state.get("seating"))}
    table = seat.table
    every = CafeTable.of(cafe)
    is_host = table.host_id == me.id
    context: dict[str, Any] = {
        "seat": seat,
        "table": table,
        "is_host": is_host,
        "host": name_of(table.host) if table.host and not is_host else "",
        "numbers": [each.number for each in every],
        "columns": columns(len(every)),
        "written": Note.at(table, number=number),
        "earlier": Note.at(table, before=number),
        "insights": [line.text for line in Insight.on(table)],
    }
    return {**context, **_hosting(cafe, table, number)} if is_host or not table.host_id else context


def _hosting(cafe: WorldCafe, table: CafeTable, number: int) -> dict[str, Any]:
    sitters = next((each.sitters for each in tables_at(cafe, number) if each.id == table.id), ())
    return {"sitters": sitters, "welcome": cafe.setting("welcome"), **card_of(table)}


def card_of(table: CafeTable) -> dict[str, Any]:
    lines = {line.slot: line.text for line in Insight.on(table)}
    card, slots = Harvest.of(table), range(1, INSIGHTS + 1)
    kept = {f"insight-{slot}": lines.get(slot, "") for slot in slots}
    return {
        "card": card,
        "lines": [(slot, lines.get(slot, "")) for slot in slots],
        "kept": [("title", card.title), ("question", card.question), *kept.items()],
    }


def why(cafe: WorldCafe, me: Participant) -> dict[str, Any]:
    """Why one sits where one sits: whom one meets for the first time, and whom again."""
    running, number = seating.course(cafe), cafe.round_now
    seat = explained(running, me.id, number - 1) if running and number else None
    if seat is None:
        return {"seat": None}
    names = _names([seat.host, *seat.again])
    again = [names[each] for each in seat.again if each not in seat.kept]
    return {
        "seat": seat,
        "is_host": bool(running and running.hosts.get(seat.table) == me.id),
        "host": names.get(seat.host or 0, ""),
        "again": _(", ").join(again),
        "kept": _(", ").join(names[each] for each in seat.kept),
        "before": _(", ").join(str(each + 1) for each in seat.before),
    }


# --- The plan, in words


def certificate(cafe: WorldCafe) -> dict[str, Any]:
    """The plan for who is here now and what is proved of it, or why there is none."""
    count = len(seating.people(cafe))
    if count < 2:
        return {"plan": None, "why": _("As soon as people have come in, the plan stands here.")}
    try:
        planned = seating.plan(cafe)
    except Impossible as error:
        return {"plan": None, "why": why_not(error, _names(error.guests))}
    met = Counter(guest for pair in meetings(planned.rounds) for guest in pair)
    counts = [met[guest] for guest in planned.party.guests]
    said = said_of(planned.certificate)
    return {"plan": planned, "said": said, "why": "", "fewest": min(counts), "most": max(counts)}


def said_of(found: Certificate) -> str:
    """The certificate in the words of the room. Who is kept together meets in every round, and isn't counted."""
    repeats, floor = found.repeats - found.forced, found.floor - found.forced
    if repeats == 0:
        return str(_("0 repeat meetings, proved best: nobody sits with the same person twice."))
    if repeats <= floor:
        words = _("%(repeats)d repeat meetings, proved best: fewer are impossible with so many people and tables.")
        return str(words % {"repeats": repeats})
    if found.is_proved_best:
        words = _("%(repeats)d repeat meetings, proved best unless somebody were to sit together three times.")
        return str(words % {"repeats": repeats})
    if floor <= 0:
        return str(_("%(repeats)d repeat meetings; it isn't proved that there must be any.", repeats=repeats))
    return str(_("%(repeats)d repeat meetings; at least %(bound)d are unavoidable.", repeats=repeats, bound=floor))


def why_not(error: Impossible, names: Mapping[int, str]) -> str:
    """Why there is no plan, with the names of those whom it is about."""
    who = _(", ").join(names[each] for each in error.guests if each in names)
    reasons = {
        "tables": _("There are more tables than people."),
        "hosts": _("There are more hosts than tables."),
        "together too large": _("%(who)s want to sit together, but a table has too few seats.", who=who),
        "apart too many": _("%(who)s are to be kept apart, but there are too few tables.", who=who),
        "apart and together": _("%(who)s are to be kept apart and together at once.", who=who),
        "hosts together": _("%(who)s host different tables, so they can't sit together.", who=who),
        "no room": _("There is no table left for %(who)s.", who=who),
        "not found": _("No plan was found that keeps %(who)s apart.", who=who),
    }
    return str(reasons.get(str(error.reason.value), str(error)))
