"""A World Café: who sits where, what is said at which table, what is harvested."""

from types import SimpleNamespace

import pytest

from facilitator.activities.world_cafe.dialogue import CafeQuestion
from facilitator.activities.world_cafe.harvest import Harvest
from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.activities.world_cafe.notes import Insight, Note
from facilitator.activities.world_cafe.tables import CafeTable, Guest, Seat
from facilitator.extensions import db
from facilitator.synthesis.models import new_id


@pytest.fixture
def cafe(app, make, visit):
    """Nine people at three tables, three rounds; the facilitator at her desk."""
    owner = make.staff()
    workshop = make.workshop(owner)
    people = make.people(workshop, 9)
    with app.app_context():
        made = WorldCafe(
            workshop_id=workshop.id,
            title="Café",
            instruction="How do we live here?",
            settings={"tables": 3, "rounds": 3, "hosted": False, "questions": "One?\n\nThree?"},
        )
        db.session.add(made)
        db.session.commit()
        number = made.id
    return SimpleNamespace(id=number, workshop=workshop, people=people, desk=visit(owner), at=f"/world_cafe/{number}")


@pytest.fixture
def go(cafe):
    """The facilitator takes the room to a step."""

    def go(step):
        cafe.desk.get(f"/workshops/{cafe.workshop.id}/console")
        moves = cafe.desk.html.split('"moves": "')[1].split('"')[0]
        cafe.desk.post(f"/workshops/{cafe.workshop.id}/moves", to=f"{cafe.id}-{step}", moves=moves)

    return go


def seats(database, number):
    """Person → table number in a round."""
    tables = {table.id: table.number for table in database.all(CafeTable)}
    taken = database.all(Seat, Seat.round == number, Seat.deleted_at.is_(None))
    return {seat.participant_id: tables[seat.cafe_table_id] for seat in taken}


def test_going_to_the_first_round_seats_everybody_so_that_nobody_meets_twice(cafe, go, database):
    go("move-1")
    met = []
    for number in (1, 2, 3):
        at = seats(database, number)
        assert sorted(at) == sorted(person.id for person in cafe.people)
        assert sorted(list(at.values()).count(table) for table in (1, 2, 3)) == [3, 3, 3]
        met += [frozenset((a, b)) for a in at for b in at if a < b and at[a] == at[b]]
    assert len(met) == len(set(met))


def test_a_round_without_a_question_of_its_own_has_the_rooms(app, cafe):
    with app.app_context():
        made = db.session.get(WorldCafe, cafe.id)
        assert [made.question(number) for number in (1, 2, 3)] == ["One?", "How do we live here?", "Three?"]


def test_a_late_comer_takes_a_seat_and_nobody_else_moves(cafe, go, phone, make, database):
    go("round-1")
    go("round-1")
    before = [seats(database, number) for number in (1, 2, 3)]
    late = make.person(cafe.workshop, "Late")
    go("round-2")
    visitor = phone(cafe.workshop, make.person(cafe.workshop, "Later"))
    visitor.post(f"{cafe.at}/seat")
    for number, then in enumerate(before, 1):
        now = seats(database, number)
        assert {person: now[person] for person in then} == then
    assert late.id in seats(database, 3) or late.id in seats(database, 2) or late.id not in seats(database, 1)


def test_a_note_belongs_to_the_table_and_the_round_in_which_it_was_written(cafe, go, phone, database):
    go("move-1")
    go("round-1")
    visitor = phone(cafe.workshop, cafe.people[0])
    note_id = new_id()
    for _again in range(2):
        visitor.post(f"{cafe.at}/notes", id=note_id, text="A bench", round="1")
    go("round-2")
    visitor.post(f"{cafe.at}/notes", id=new_id(), text="Waited for the line", round="1")
    at = {table.id: table.number for table in database.all(CafeTable)}
    notes = [(note.text, note.round, at[note.cafe_table_id]) for note in database.all(Note)]
    assert sorted(notes) == sorted(
        [
            ("A bench", 1, seats(database, 1)[cafe.people[0].id]),
            ("Waited for the line", 1, seats(database, 1)[cafe.people[0].id]),
        ]
    )


def test_nobody_reads_the_notes_of_another_table(cafe, go, phone, database):
    go("move-1")
    go("round-1")
    writer = cafe.people[0]
    phone(cafe.workshop, writer).post(f"{cafe.at}/notes", id=new_id(), text="Between us", round="1")
    at = seats(database, 1)
    for person in cafe.people[1:]:
        page = phone(cafe.workshop, person).get(f"/w/{cafe.workshop.code}")
        assert ("Between us" in page.text) == (at[person.id] == at[writer.id])


def test_the_next_guests_of_a_table_read_what_was_left_there(cafe, go, phone, database):
    go("move-1")
    go("round-1")
    writer = cafe.people[0]
    phone(cafe.workshop, writer).post(f"{cafe.at}/notes", id=new_id(), text="For the next", round="1")
    table = seats(database, 1)[writer.id]
    go("move-2")
    go("round-2")
    next_guest = next(person for person in cafe.people if seats(database, 2)[person.id] == table)
    assert "For the next" in phone(cafe.workshop, next_guest).get(f"/w/{cafe.workshop.code}").text


def test_the_code_on_a_table_corrects_where_one_sits(cafe, go, phone, database):
    go("move-1")
    go("round-1")
    person = cafe.people[0]
    wrong = next(table for table in database.all(CafeTable) if table.number != seats(database, 1)[person.id])
    visitor = phone(cafe.workshop, person).get(f"/T/{wrong.token}")
    assert f"Table {wrong.number}" in visitor.text
    visitor.send(f"/t/{wrong.token}/seat")
    assert seats(database, 1)[person.id] == wrong.number
    (seat,) = database.all(Seat, Seat.participant_id == person.id, Seat.round == 1)
    assert seat.here_at is not None


def test_a_stranger_who_scans_a_table_comes_in_first(cafe, go, visit, database):
    go("move-1")
    table = database.all(CafeTable)[0]
    visitor = visit().get(f"/T/{table.token}")
    assert visitor.path == f"/j/{cafe.workshop.code}"
    visitor.send(f"/j/{cafe.workshop.code}")
    assert visitor.path == f"/T/{table.token}"


def test_who_goes_home_leaves_an_empty_seat_and_others_stay(cafe, go, database):
    go("move-1")
    go("round-1")
    before = seats(database, 1)
    gone = cafe.people[4]
    cafe.desk.post(f"{cafe.at}/guests/{gone.id}", left="1")
    assert seats(database, 1) == {person: table for person, table in before.items() if person != gone.id}
    assert gone.id not in seats(database, 3)
    assert database.all(Guest)[0].left_at is not None


def test_a_host_stays_and_a_successor_takes_over(cafe, go, database):
    host = cafe.people[0]
    cafe.desk.post(f"{cafe.at}/tables", tables="3")
    with_hosts = {"hosted": "y"}
    assert with_hosts
    cafe.desk.post(f"{cafe.at}/hosts", table="2", person=str(host.id))
    go("move-1")
    go("round-1")
    table = next(each for each in database.all(CafeTable) if each.number == 2)
    assert table.host_id in (host.id, None)


def test_a_card_is_written_line_by_line_and_each_insight_is_a_statement(cafe, go, phone, database):
    go("move-1")
    go("round-1")
    visitor = phone(cafe.workshop, cafe.people[0])
    visitor.post(f"{cafe.at}/host")
    visitor.post(f"{cafe.at}/card", **{"title": "Sitting", "insight-1": "Shade", "insight-2": "Benches"})
    visitor.post(f"{cafe.at}/card", **{"insight-2": "", "question": "Who waters?"})
    (card,) = database.all(Harvest)
    assert (card.title, card.question) == ("Sitting", "Who waters?")
    lines = {line.slot: (line.text, line.deleted_at is None, line.round) for line in database.all(Insight)}
    assert lines == {1: ("Shade", True, 1), 2: ("Benches", False, 1)}


def test_nobody_else_writes_on_a_hosts_card(cafe, go, phone, database):
    go("move-1")
    go("round-1")
    phone(cafe.workshop, cafe.people[0]).post(f"{cafe.at}/host")
    at = seats(database, 1)
    beside = next(person for person in cafe.people[1:] if at[person.id] == at[cafe.people[0].id])
    visitor = phone(cafe.workshop, beside)
    visitor.post(f"{cafe.at}/card", title="Mine")
    assert visitor.status == 404
    assert database.all(Harvest) == []


def test_a_merged_table_is_closed_and_its_people_sit_elsewhere(cafe, go, database):
    go("move-1")
    go("round-1")
    cafe.desk.post(f"{cafe.at}/tables/3/closing")
    assert sorted(set(seats(database, 1).values())) == [1, 2]
    assert len(seats(database, 1)) == 9
    cafe.desk.get(f"/workshops/{cafe.workshop.id}/console")
    cafe.desk.send(f"/workshops/{cafe.workshop.id}/undo")
    assert sorted(set(seats(database, 1).values())) == [1, 2, 3]


def test_questions_are_carried_up_and_called_to_the_microphone(cafe, go, phone, database):
    go("dialogue")
    first, second = phone(cafe.workshop, cafe.people[0]), phone(cafe.workshop, cafe.people[1])
    ids = [new_id(), new_id()]
    first.post(f"{cafe.at}/questions", id=ids[0], text="Who pays?")
    second.post(f"{cafe.at}/questions", id=ids[1], text="When?")
    for on in ("1", "1", "0", "1"):
        first.post(f"{cafe.at}/questions/{ids[1]}/votes", on=on)
    text = second.get(f"/w/{cafe.workshop.code}").text
    assert text.index("When?") < text.index("Who pays?")
    for number in (0, 1):
        cafe.desk.post(f"{cafe.at}/questions/{ids[number]}/status", status="speaking")
    assert {question.text: question.status for question in database.all(CafeQuestion)} == {
        "Who pays?": "answered",
        "When?": "speaking",
    }


@pytest.mark.parametrize("step", ["gather", "harvest", "dialogue"])
def test_no_note_is_taken_outside_the_rounds(cafe, go, phone, database, step):
    go("move-1")
    go(step)
    visitor = phone(cafe.workshop, cafe.people[0])
    visitor.post(f"{cafe.at}/notes", id=new_id(), text="Too late", round="1")
    assert len(database.all(Note)) == (1 if step == "harvest" else 0)
