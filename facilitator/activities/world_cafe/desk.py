"""The World Café at the facilitator's desk: seating, tables, cards. All of it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from flask import abort, make_response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.activities.world_cafe import harvest, reconciling, seating, views
from facilitator.activities.world_cafe.models import MOST_ROUNDS, WorldCafe
from facilitator.activities.world_cafe.notes import Note
from facilitator.activities.world_cafe.piling import world_cafe
from facilitator.activities.world_cafe.routes import AT, LONGEST_TRAIT, touched
from facilitator.activities.world_cafe.tables import CafeTable, Guest, Pair, Seat
from facilitator.extensions import db, now
from facilitator.methods.rotation import Impossible
from facilitator.synthesis.suggestions import panel, taken
from facilitator.web.errors import Refused
from facilitator.web.htmx import done
from facilitator.web.text import clean
from facilitator.workshop.access import my_activity
from facilitator.workshop.history import deed
from facilitator.workshop.models import Participant

__all__ = ["world_cafe"]  # with these routes on it
TRAITS = ("neighbourhood", "age", "partner")
MOST_AT_ONCE = 500
"""People entered in one go."""


# --- Setting the tables


@world_cafe.get(f"{AT}/seating")
@login_required
def seats(activity_id: int) -> str:
    """Who is here, who hosts, who must or mustn't sit together; and the plan that follows from it."""
    cafe = _staff_cafe(activity_id)
    here, hosted = seating.people(cafe), bool(cafe.setting("hosted"))
    tables = CafeTable.of(cafe)
    context = {
        "people": here,
        "guests": Guest.of(cafe),
        "gone": _gone(cafe),
        "tables": tables,
        "host_of": {table.host_id: table.number for table in tables if table.host_id},
        "wanted": seating.table_count(cafe, len(here)),
        "suggested": seating.suggested_tables(len(here), hosted=hosted),
        "advised": seating.advice(len(here), hosted=hosted),
        "pairs": Pair.of(cafe),
        "names": {person.id: views.name_of(person) for person in here},
    }
    return render_template("activities/world_cafe/seating.html", activity=cafe, workshop=cafe.workshop, **context)


@world_cafe.get(f"{AT}/certificate")
@login_required
def certificate(activity_id: int) -> Response:
    """The plan for who is here now, table by table, with what is proved of it; nothing while it is as `seen`."""
    cafe = _staff_cafe(activity_id)
    names = {person.id: views.name_of(person) for person in seating.people(cafe)}
    found = views.certificate(cafe)
    rounds = found["plan"].rounds if found["plan"] else found["why"]
    seen = f"{len(names)}-{crc32(repr((rounds, names, cafe.turn(), get_locale())).encode()):x}"
    before = request.args.get("seen", "")
    if before == seen:
        return Response(status=204)
    context = {**found, "names": names, "seen": seen}
    answer = make_response(render_template("activities/world_cafe/_certificate.html", activity=cafe, **context))
    if before and before.partition("-")[0] != str(len(names)):
        answer.headers["HX-Trigger"] = "people-changed"
    return answer


@world_cafe.post(f"{AT}/plan")
@login_required
def seat_everyone(activity_id: int) -> Response:
    """Seat everybody as the plan shows it."""
    cafe = _staff_cafe(activity_id)
    if cafe.round_now or cafe.is_past():
        raise Refused(_("A round is on. Late-comers get a seat by themselves; move others at their table."), 409)
    with _possible(cafe):
        planned = seating.plan(cafe)
        with deed(cafe.workshop, current_staff(), "seating"):
            seating.seat_everyone(cafe, planned)
    return _done(cafe, "seats")


@world_cafe.post(f"{AT}/tables")
@login_required
def set_tables(activity_id: int) -> Response:
    """How many tables, where 0 leaves it to the suggestion, and rounds; or both `as` suggested."""
    cafe = _staff_cafe(activity_id)
    count = request.form.get("tables", 0, type=int)
    rounds = request.form.get("rounds", len(cafe.numbers), type=int)
    if request.form.get("as") == "suggested":
        advised = seating.advice(len(seating.people(cafe)), hosted=bool(cafe.setting("hosted")))
        count, rounds = advised.tables, advised.rounds
    if not 0 <= count <= 100 or not 1 <= rounds <= MOST_ROUNDS:
        raise Refused(_("Please enter whole numbers."))
    if cafe.state.get("seating"):
        rounds = len(cafe.numbers)
    with deed(cafe.workshop, current_staff(), "tables"):
        cafe.settings = {**cafe.settings, "tables": count, "rounds": rounds}
        if not cafe.state.get("seating"):
            CafeTable.set_up(cafe, seating.table_count(cafe, len(seating.people(cafe))))
    return _done(cafe, "seats")


@world_cafe.post(f"{AT}/guests")
@login_required
def add_guests(activity_id: int) -> Response:
    """People without a phone, or known beforehand: one on each line, name, neighbourhood, age, kind of partner."""
    cafe = _staff_cafe(activity_id)
    lines = [line for line in request.form.get("people", "").splitlines() if line.strip()][:MOST_AT_ONCE]
    if not lines:
        raise Refused(_("Write a few words first."))
    with deed(cafe.workshop, current_staff(), "guests"):
        for line in lines:
            _add_guest(cafe, line)
        if cafe.round_now:
            seating.complete(cafe, cafe.round_now)
    return _done(cafe, "seats")


def _add_guest(cafe: WorldCafe, line: str) -> None:
    name, *traits = [clean(part)[:LONGEST_TRAIT] for part in line.replace("，", ",").split(",")]
    person = Participant.by_token(Participant.join(cafe.workshop_id, name)) or abort(404)
    if any(traits):
        Guest.one(cafe, person.id).traits = dict(zip(TRAITS, traits, strict=False))


@world_cafe.post(f"{AT}/guests/<int:person_id>")
@login_required
def change_guest(activity_id: int, person_id: int) -> Response:
    """Traits of somebody, or that they have gone home (`left` 1) or are back (`left` 0)."""
    cafe = _staff_cafe(activity_id)
    person = _guest(cafe, person_id)
    with _possible(cafe), deed(cafe.workshop, current_staff(), "guests"):
        if request.form.get("left") == "1":
            seating.let_go(cafe, [person.id])
        elif request.form.get("left") == "0":
            seating.bring_back(cafe, person.id)
        else:
            said = {trait: clean(request.form[trait])[:LONGEST_TRAIT] for trait in TRAITS if trait in request.form}
            guest = Guest.one(cafe, person.id)
            guest.traits = {**guest.traits, **said}
    return _done(cafe, "seats")


@world_cafe.post(f"{AT}/hosts")
@login_required
def choose_host(activity_id: int) -> Response:
    """Somebody hosts a table (`table` its number; 0: the first without a host), or nobody does any more."""
    cafe = _staff_cafe(activity_id)
    person_id = request.form.get("person", 0, type=int)
    person = _guest(cafe, person_id) if person_id else None
    with _possible(cafe), deed(cafe.workshop, current_staff(), "tables"):
        table = _table_for_host(cafe, request.form.get("table", 0, type=int))
        for other in CafeTable.of(cafe):
            if person and other.host_id == person.id and other.id != table.id:
                seating.hand_over(cafe, other, None)
        db.session.flush()
        seating.hand_over(cafe, table, person.id if person else None)
    return _done(cafe, "seats")


def _table_for_host(cafe: WorldCafe, number: int) -> CafeTable:
    if not CafeTable.of(cafe):
        CafeTable.set_up(cafe, seating.table_count(cafe, len(seating.people(cafe))))
    tables = CafeTable.of(cafe)
    if number:
        return next((table for table in tables if table.number == number), None) or abort(404)
    free = [table for table in tables if table.host_id is None]
    if not free:
        raise Refused(_("Every table has a host already."), 409)
    return free[0]


@world_cafe.post(f"{AT}/pairs")
@login_required
def pair(activity_id: int) -> Response:
    """Two people always together, or never."""
    cafe = _staff_cafe(activity_id)
    first, second = (_guest(cafe, request.form.get(name, 0, type=int)) for name in ("first", "second"))
    if first.id == second.id:
        raise Refused(_("Please choose two different people."))
    about = {"first_id": first.id, "second_id": second.id, "together": request.form.get("together") == "1"}
    with _possible(cafe), deed(cafe.workshop, current_staff(), "seating"):
        db.session.add(Pair(activity_id=cafe.id, **about))
        db.session.flush()
        seating.heed(cafe)
    return _done(cafe, "seats")


@world_cafe.post(f"{AT}/pairs/<int:pair_id>/deletion")
@login_required
def unpair(activity_id: int, pair_id: int) -> Response:
    cafe = _staff_cafe(activity_id)
    found = next((each for each in Pair.of(cafe) if each.id == pair_id), None) or abort(404)
    with deed(cafe.workshop, current_staff(), "seating"):
        found.deleted_at = now()
    return _done(cafe, "seats")


# --- While the rounds are on


@world_cafe.post(f"{AT}/last-minutes")
@login_required
def call_last_minutes(activity_id: int) -> Response:
    cafe = _staff_cafe(activity_id)
    with deed(cafe.workshop, current_staff(), "last-minutes"):
        last = cafe.round_now if request.form.get("on", "1") == "1" else 0
        cafe.state = {**cafe.state, "last": last}
    return _done(cafe)


@world_cafe.post(f"{AT}/latecomers")
@login_required
def seat_latecomers(activity_id: int) -> Response:
    """Whoever has no seat in this round gets one; nobody else moves."""
    cafe = _staff_cafe(activity_id)
    with _possible(cafe), deed(cafe.workshop, current_staff(), "seating"):
        if cafe.round_now:
            seating.complete(cafe, cafe.round_now)
    return _done(cafe)


@world_cafe.post(f"{AT}/no-shows")
@login_required
def let_missing_go(activity_id: int) -> Response:
    """Who was not seen at a table in this round has gone home; those named by `person` alone, if any are."""
    cafe = _staff_cafe(activity_id)
    named = request.form.getlist("person", type=int)
    missing = [seat.participant_id for seat in Seat.of(cafe) if seat.round == cafe.round_now and not seat.here_at]
    with _possible(cafe), deed(cafe.workshop, current_staff(), "guests"):
        seating.let_go(cafe, [each for each in missing if not named or each in named])
    return _done(cafe)


@world_cafe.post(f"{AT}/tables/new")
@login_required
def add_table(activity_id: int) -> Response:
    cafe = _staff_cafe(activity_id)
    with _possible(cafe), deed(cafe.workshop, current_staff(), "tables"):
        seating.add_table(cafe)
    return _done(cafe)


@world_cafe.get(f"{AT}/tables/<int:number>")
@login_required
def table_panel(activity_id: int, number: int) -> str:
    """One table: who sits there, its host, its notes and card."""
    cafe = _staff_cafe(activity_id)
    table = _table(cafe, number)
    now_on = cafe.round_now or len(cafe.numbers)
    every = views.tables_at(cafe, now_on)
    context = {
        **views.card_of(table),
        "table": table,
        "at": next((each for each in every if each.id == table.id), None),
        "others": [each for each in every if each.id != table.id],
        "notes": Note.ever(table),
        "round": now_on,
    }
    return render_template("activities/world_cafe/_table_panel.html", activity=cafe, workshop=cafe.workshop, **context)


@world_cafe.post(f"{AT}/tables/<int:number>/closing")
@login_required
def close_table(activity_id: int, number: int) -> Response:
    """Merge it into the others: its people go where they meet fewest again."""
    cafe = _staff_cafe(activity_id)
    with _possible(cafe), deed(cafe.workshop, current_staff(), "tables"):
        seating.merge(cafe, _table(cafe, number))
    return _done(cafe)


@world_cafe.post(f"{AT}/tables/<int:number>/sitters")
@login_required
def put(activity_id: int, number: int) -> Response:
    """Somebody really sits at this table in this round."""
    cafe = _staff_cafe(activity_id)
    person = _guest(cafe, request.form.get("person", 0, type=int))
    with _possible(cafe), deed(cafe.workshop, current_staff(), "seating"):
        seating.correct(cafe, person, _table(cafe, number))
        cafe.turned()
    return _done(cafe)


@world_cafe.post(f"{AT}/tables/<int:number>/card")
@login_required
def fill_card(activity_id: int, number: int) -> Response:
    """A card in the host's place, from paper for example."""
    cafe = _staff_cafe(activity_id)
    with deed(cafe.workshop, current_staff(), "harvest"):
        harvest.save(cafe, _table(cafe, number), None, cafe.round_now or len(cafe.numbers), touched())
    return _done(cafe)


# --- What the tables have grouped


@world_cafe.get(f"{AT}/together")
@login_required
def bring_together(activity_id: int) -> str:
    """Common themes for the piles of all tables, to be looked at, named, and taken all or some."""
    cafe = _staff_cafe(activity_id)
    found = reconciling.brought_together(cafe)
    words = {"heading": _("Bring the tables together"), "nothing": _("No pile of the tables waits for a theme.")}
    return panel([cafe], found, url=url_for("world_cafe.bring_together", activity_id=cafe.id), **words)


@world_cafe.post(f"{AT}/together")
@login_required
def take_together(activity_id: int) -> Response:
    cafe = _staff_cafe(activity_id)
    return taken(cafe.workshop, [cafe])


# --- Below all of them


def _staff_cafe(activity_id: int) -> WorldCafe:
    activity = my_activity(activity_id)
    return activity if isinstance(activity, WorldCafe) else abort(404)


def _guest(cafe: WorldCafe, person_id: int) -> Participant:
    person = db.session.get(Participant, person_id)
    return person if person and person.workshop_id == cafe.workshop_id else abort(404)


def _gone(cafe: WorldCafe) -> list[Participant]:
    left = select(Guest.participant_id).where(Guest.activity_id == cafe.id, Guest.left_at.is_not(None))
    return list(db.session.scalars(select(Participant).where(Participant.id.in_(left)).order_by(Participant.number)))


def _table(cafe: WorldCafe, number: int) -> CafeTable:
    return next((table for table in CafeTable.ever(cafe) if table.number == number), None) or abort(404)


@contextmanager
def _possible(cafe: WorldCafe) -> Iterator[None]:
    """What contradicts itself is refused in words."""
    try:
        yield
    except Impossible as error:
        names = {person.id: views.name_of(person) for person in seating.people(cafe)}
        raise Refused(views.why_not(error, names), 409) from error


def _done(cafe: WorldCafe, page: str = "") -> Response:
    """For htmx what is on the page learns of it by `deed-done`."""
    address = url_for(f"world_cafe.{page}", activity_id=cafe.id) if page else ""
    answer = done(address or url_for("console.show", workshop_id=cafe.workshop_id))
    answer.headers["HX-Trigger"] = "deed-done"
    return answer
