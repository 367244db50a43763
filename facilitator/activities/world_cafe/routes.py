"""The World Café on the phone: one's table, its notes, the host's card."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import off_the_loop
from facilitator.activities.world_cafe import harvest, seating, views
from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.activities.world_cafe.notes import Note
from facilitator.activities.world_cafe.stages import GATHER
from facilitator.activities.world_cafe.tables import CafeTable, Guest, Seat
from facilitator.extensions import db
from facilitator.voting.taps import client_id
from facilitator.web.errors import Refused
from facilitator.web.htmx import wants_partial
from facilitator.web.text import clean
from facilitator.web.uploads import keep_photo
from facilitator.workshop.access import me_at
from facilitator.workshop.commits import together
from facilitator.workshop.joining import known_participant
from facilitator.workshop.models import Participant
from facilitator.workshop.phone import my_part

# Without a prefix: the address in a table's QR code is short, so that it can be scanned from across the table.
world_cafe = Blueprint("world_cafe", __name__)
LONGEST_TRAIT = 20
AT = "/world_cafe/<int:activity_id>"


# --- One's own seat


@world_cafe.post(f"{AT}/seat")
def find_seat(activity_id: int) -> str | Response:
    """A late-comer asks for a table."""
    cafe, me = _my_cafe(activity_id)
    if not cafe.round_now:
        raise Refused(_("The tables are not set yet. Your table stands here as soon as they are."), 409)
    person_id = me.id
    together(cafe.workshop_id, lambda: seating.take_in(_cafe(activity_id), person_id))
    return my_part(cafe, me)


@world_cafe.post(f"{AT}/here")
def be_here(activity_id: int) -> str | Response:
    """I sit at my table."""
    cafe, me = _my_cafe(activity_id)
    on, person_id = request.form.get("on", "1") == "1", me.id
    together(cafe.workshop_id, lambda: seating.seen(_cafe(activity_id), _person(person_id), on))
    return my_part(cafe, me)


@world_cafe.get(f"{AT}/why")
def why(activity_id: int) -> str:
    """Why I sit at this table: asked for only by whoever wants to know."""
    cafe, me = _my_cafe(activity_id)
    return render_template("activities/world_cafe/_why.html", **views.why(cafe, me))


@world_cafe.get("/T/<token>")
@world_cafe.get("/t/<token>")
def table(token: str) -> str | Response:
    """What a table's QR code leads to: do I sit here?"""
    found = CafeTable.by_token(token) or abort(404)
    cafe = _cafe(found.activity_id)
    me = known_participant(cafe.workshop)
    if me is None:
        return redirect(url_for("phone.welcome", code=cafe.workshop.code, next=request.path), 303)
    seat = Seat.taken_by(cafe, me, cafe.round_now) if cafe.round_now else None
    context = {"cafe": cafe, "table": found, "seat": seat, "me": me, "workshop": cafe.workshop}
    return render_template("activities/world_cafe/table.html", **context)


@world_cafe.post("/t/<token>/seat")
def sit_here(token: str) -> Response:
    """Whatever the plan says: I sit at this table."""
    found = CafeTable.by_token(token) or abort(404)
    cafe = _cafe(found.activity_id)
    me = known_participant(cafe.workshop) or abort(404)
    if found.deleted_at:
        raise Refused(_("Table %(number)d was closed.", number=found.number), 409)
    if not cafe.round_now:
        raise Refused(_("No round is on just now. Please look up to the big screen."), 409)
    ids = (found.id, found.activity_id, me.id)
    together(cafe.workshop_id, lambda: _sit(*ids))
    return redirect(url_for("phone.show", code=cafe.workshop.code), 303)


def _sit(table_id: int, activity_id: int, person_id: int) -> None:
    seating.correct(_cafe(activity_id), _person(person_id), db.session.get_one(CafeTable, table_id))


@world_cafe.post(f"{AT}/traits")
def tell_traits(activity_id: int) -> str | Response:
    """What one says of oneself, so that the tables are mixed well. All of it is optional."""
    cafe, me = _my_cafe(activity_id)
    if not cafe.is_here(GATHER):
        raise Refused(_("The tables are set already."), 409)
    said = {trait: clean(request.form.get(trait, ""))[:LONGEST_TRAIT] for trait in ("neighbourhood", "age")}
    person_id = me.id
    together(cafe.workshop_id, lambda: _tell(activity_id, person_id, said))
    return my_part(cafe, me)


def _tell(activity_id: int, person_id: int, said: dict[str, str]) -> None:
    guest = Guest.one(_cafe(activity_id), person_id)
    guest.traits = {**guest.traits, **said}


# --- Notes of a table


@world_cafe.post(f"{AT}/notes")
def post(activity_id: int) -> str | Response:
    """A note to the table at which one sits in the round that the phone named: it may have waited for the line."""
    cafe, me = _my_cafe(activity_id)
    note_id, number = client_id(request.form), request.form.get("round", 0, type=int)
    if not Note.is_known(cafe, me, note_id):
        text, person_id = request.form.get("text", ""), me.id
        together(cafe.workshop_id, lambda: _post(activity_id, person_id, note_id, text, number))
    return my_part(cafe, me, posted=True)


def _post(activity_id: int, person_id: int, note_id: str, text: str, number: int) -> None:
    cafe, me = _cafe(activity_id), _person(person_id)
    if Note.is_known(cafe, me, note_id):
        return
    cafe.check_open_for_notes(number)
    seat = Seat.taken_by(cafe, me, number)
    if seat is None:
        raise Refused(_("You have no seat in this round yet. Please find your table first."), 409)
    Note.add(cafe, note_id, text, seat.table, number, participant_id=me.id)


@world_cafe.post(f"{AT}/notes/<note_id>/withdrawal")
def withdraw(activity_id: int, note_id: str) -> str | Response:
    cafe, me = _my_cafe(activity_id)
    note = Note.by_id(cafe, note_id)
    if note is None or note.participant_id != me.id or note.slot:
        abort(404)
    if not note.deleted_at:
        cafe.check_open_for_notes(note.round)
        note.withdraw()
        db.session.commit()
    return my_part(cafe, me)


# --- The host


@world_cafe.post(f"{AT}/host")
def host(activity_id: int) -> str | Response:
    """I host this table, which has nobody yet."""
    cafe, me = _my_cafe(activity_id)
    person_id = me.id
    together(cafe.workshop_id, lambda: _take_over(activity_id, person_id))
    return my_part(cafe, me)


def _take_over(activity_id: int, person_id: int) -> None:
    cafe, me = _cafe(activity_id), _person(person_id)
    seat = Seat.taken_by(cafe, me, len(cafe.numbers) if cafe.is_past() else cafe.round_now)
    if seat is None or seat.table.host_id not in (None, me.id):
        raise Refused(_("This table has a host already."), 409)
    elsewhere = [table.number for table in CafeTable.of(cafe) if table.host_id == me.id and table.id != seat.table.id]
    if elsewhere:
        raise Refused(_("You host table %(number)d already.", number=elsewhere[0]), 409)
    seating.hand_over(cafe, seat.table, me.id)


@world_cafe.get(f"{AT}/sitters")
def sitters(activity_id: int) -> str | tuple[str, int]:
    """Who should be at my table, and who is: a part of the host's page that renews itself.

    The round may be over before the page knows: then there is nothing to put in its place.
    """
    cafe, me = _my_cafe(activity_id)
    context = {"activity": cafe, **views.personal(cafe, cafe.workshop.step, me)}
    if not context.get("is_host"):
        return "", 204
    return render_template("activities/world_cafe/_sitters.html", **context)


@world_cafe.post(f"{AT}/sitters/<int:person_id>")
def mark_sitter(activity_id: int, person_id: int) -> str | tuple[str, int] | Response:
    """The host sees somebody at the table, or doesn't."""
    cafe, me = _my_cafe(activity_id)
    mine, on = _my_table(cafe, me), request.form.get("on", "1") == "1"
    if person_id not in [seat.participant_id for seat in Seat.at(mine, cafe.round_now)]:
        abort(404)
    together(cafe.workshop_id, lambda: seating.seen(_cafe(activity_id), _person(person_id), on))
    return sitters(activity_id) if wants_partial() else _back(cafe)


@world_cafe.post(f"{AT}/card")
def write_card(activity_id: int) -> str | Response:
    """The harvest card, saved as it is typed: only what is named, and isn't as it `was` on this phone, is written."""
    cafe, me = _my_cafe(activity_id)
    table_id, person_id, said = _my_table(cafe, me).id, me.id, touched()
    cafe.check_open_for_card()
    together(cafe.workshop_id, lambda: _write(activity_id, table_id, person_id, said))
    if not wants_partial():
        return _back(cafe)
    kept = [(name, text) for name, text in request.form.items() if f"was-{name}" in request.form]
    return render_template("activities/world_cafe/_card_saved.html", kept=kept)


def touched() -> dict[str, str]:
    """The fields of a card that aren't as they `was` where they are sent from."""
    return {name: text for name, text in request.form.items() if text != request.form.get(f"was-{name}")}


def _write(activity_id: int, table_id: int, person_id: int, said: dict[str, str]) -> None:
    cafe, table = _cafe(activity_id), db.session.get_one(CafeTable, table_id)
    harvest.save(cafe, table, _person(person_id), cafe.round_now or len(cafe.numbers), said)


@world_cafe.post(f"{AT}/card/photo")
def photograph(activity_id: int) -> str | Response:
    """The tablecloth as it looks now; a new photo takes the place of the old one."""
    cafe, me = _my_cafe(activity_id)
    mine = _my_table(cafe, me)
    cafe.check_open_for_card()
    upload = request.files.get("photo")
    if not upload or not upload.filename:
        raise Refused(_("Please choose a photo."))
    name = off_the_loop(keep_photo, upload.stream, current_app.config["SETTINGS"].data / "photos")
    table_id, person_id = mine.id, me.id
    together(cafe.workshop_id, lambda: _show(table_id, person_id, name))
    return my_part(cafe, me)


def _show(table_id: int, person_id: int, name: str) -> None:
    card = harvest.Harvest.of(db.session.get_one(CafeTable, table_id))
    card.photo, card.edited_by_id = name, person_id
    db.session.add(card)


# --- Below all of them


def _my_cafe(activity_id: int) -> tuple[WorldCafe, Participant]:
    activity, me = me_at(activity_id)
    return (activity, me) if isinstance(activity, WorldCafe) else abort(404)


def _cafe(activity_id: int) -> WorldCafe:
    found = db.session.get(WorldCafe, activity_id)
    if found is None or found.deleted_at or found.workshop.deleted_at:
        abort(404)
    return found


def _person(person_id: int) -> Participant:
    return db.session.get_one(Participant, person_id)


def _my_table(cafe: WorldCafe, me: Participant) -> CafeTable:
    """The table that this person hosts, or where they sit while it has no host."""
    number = cafe.round_now or len(cafe.numbers)
    hosted = [table for table in CafeTable.of(cafe) if table.host_id == me.id]
    seat = Seat.taken_by(cafe, me, number)
    if not hosted and seat is not None and seat.table.host_id is None:
        hosted = [seat.table]
    return hosted[0] if hosted else abort(404)


def _back(cafe: WorldCafe) -> Response:
    return redirect(url_for("phone.show", code=cafe.workshop.code), 303)
