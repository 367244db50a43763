"""A World Café: what is said at which table, what is harvested, what the experts are asked."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from facilitator.activities.world_cafe import soundness
from facilitator.activities.world_cafe.harvest import Harvest
from facilitator.activities.world_cafe.notes import Insight, Note
from facilitator.activities.world_cafe.tables import CafeTable, Seat
from facilitator.extensions import db
from facilitator.questions.models import Question, QuestionVote
from facilitator.synthesis.models import HELD, HIDDEN, Statement, new_id
from facilitator.web.answers import HEADER, LATER, REFUSED
from facilitator.workshop.models import Activity, Participant, Workshop


@pytest.fixture
def talking(cafe):
    """The first round is on."""
    cafe.go("move-1", "round-1")
    return cafe


def notes(cafe):
    """(text, round, table) of every note that stands."""
    number = {table.id: table.number for table in cafe.tables()}
    said = cafe.database.all(Note, Note.slot == 0, Note.deleted_at.is_(None))
    return sorted((note.text, note.round, number[note.cafe_table_id]) for note in said)


def set_status(app, text, status):
    with app.app_context():
        db.session.scalars(select(Statement).where(Statement.text == text)).one().status = status
        db.session.commit()


# --- Notes


def test_a_note_belongs_to_the_table_and_the_round_in_which_it_was_written(talking):
    writer, note_id = talking.people[0], new_id()
    for _again in range(2):
        talking.say(writer, "A bench", note_id=note_id)
    talking.go("move-2", "round-2")
    talking.say(writer, "Waited for the line", number=1)
    talking.say(writer, "Now", number=2)
    first, second = talking.seats(1)[writer.id], talking.seats(2)[writer.id]
    assert notes(talking) == [("A bench", 1, first), ("Now", 2, second), ("Waited for the line", 1, first)]


def test_nobody_reads_the_notes_of_another_table(talking, visit):
    writer = talking.people[0]
    talking.say(writer, "Between us")
    beside = talking.beside(writer)
    for person in talking.people[1:]:
        for visitor in (talking.phone(person), talking.phone(person).get(f"/w/{talking.workshop.code}/scene")):
            assert ("Between us" in visitor.text) == (person in beside)
    assert "Between us" not in visit().get(f"/screen/{talking.workshop.screen_token}").text


def test_the_next_guests_of_a_table_read_what_was_left_there_and_nobody_else_does(talking):
    writer = talking.people[0]
    talking.say(writer, "For the next")
    table = talking.seats(1)[writer.id]
    talking.go("move-2", "round-2")
    for person in talking.people:
        at = talking.seats(2)[person.id]
        assert ("For the next" in talking.phone(person).page.text_of("mine")) == (at == table)


@pytest.mark.parametrize("status", [HELD, HIDDEN])
def test_what_the_facilitator_holds_back_is_neither_read_nor_counted(app, talking, visit, status):
    writer = talking.people[0]
    talking.say(writer, "Shown")
    talking.say(writer, "Rude words")
    set_status(app, "Rude words", status)
    texts = [talking.phone(person).text for person in (writer, *talking.beside(writer))]
    assert [("Shown" in text, "Rude words" in text) for text in texts] == [(True, False)] * 3
    number = talking.seats(1)[writer.id]
    wall = visit().get(f"/screen/{talking.workshop.screen_token}").page
    assert "1 note" in wall.text_of(f"wall-table-{number}")
    assert "Rude words" in talking.desk.get(f"{talking.at}/tables/{number}").text


def test_a_note_is_withdrawn_by_its_author_alone_and_stays_so(talking):
    writer, other = talking.people[0], talking.beside(talking.people[0])[0]
    note_id = new_id()
    talking.say(writer, "Withdraw me", note_id=note_id)
    theirs = talking.phone(other).post(f"{talking.at}/notes/{note_id}/withdrawal", htmx=True)
    assert (theirs.status, len(notes(talking))) == (404, 1)
    for _again in range(2):
        talking.phone(writer).post(f"{talking.at}/notes/{note_id}/withdrawal", htmx=True)
    talking.say(writer, "Withdraw me", note_id=note_id)
    assert notes(talking) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" \n\u200b ", "Write a few words first."),
        ("x" * 201, "Please shorten it to 200 characters; it has 201."),
    ],
)
def test_too_little_or_too_much_is_refused_with_a_reason(talking, text, message):
    visitor = talking.say(talking.people[0], text)
    assert (visitor.status, message in visitor.text) == (422, True)
    assert notes(talking) == []


@pytest.mark.parametrize(("step", "kept"), [("gather", 0), ("harvest", 1), ("dialogue", 0)])
def test_a_note_that_waited_for_the_line_is_taken_until_the_harvest_ends(talking, step, kept):
    talking.go(step)
    visitor = talking.say(talking.people[0], "Late", number=1)
    assert (visitor.status, len(notes(talking))) == ((200, 1) if kept else (409, 0))


@pytest.mark.parametrize("number", [0, 2, 4, 99])
def test_no_note_is_taken_for_a_round_that_has_not_begun(talking, number):
    assert talking.say(talking.people[0], "Early", number=number).status == 409
    assert notes(talking) == []


def test_a_break_asks_to_wait_and_a_closed_round_says_so(talking):
    writer, room = talking.people[0], f"/workshops/{talking.workshop.id}"
    talking.desk.get(f"{room}/console")
    talking.desk.press("Pause")
    paused = talking.say(writer, "In the break")
    assert (paused.status, paused.answer.headers[HEADER]) == (409, LATER)
    talking.desk.press("Go on")
    talking.desk.press("Lock posting")
    locked = talking.say(writer, "Locked")
    assert (locked.status, locked.answer.headers[HEADER]) == (409, REFUSED)
    talking.desk.press("Posting locked")
    talking.say(writer, "Open again")
    assert [text for text, _round, _table in notes(talking)] == ["Open again"]


def test_who_has_no_seat_in_a_round_leaves_no_note_in_it(talking):
    late = talking.make.person(talking.workshop, "Late")
    visitor = talking.say(late, "From the door")
    assert (visitor.status, "You have no seat in this round yet." in visitor.text) == (409, True)
    assert notes(talking) == []


@pytest.mark.parametrize("owner", ["beside", "board"])
def test_nobody_takes_the_id_of_something_else_that_was_said(talking, owner):
    writer = talking.people[0]
    if owner == "beside":
        known = new_id()
        talking.say(talking.beside(writer)[0], "Theirs", note_id=known)
    else:
        workshop = talking.make.workshop()
        known = talking.make.idea(talking.make.board(workshop), "Theirs").id
    visitor = talking.say(writer, "Mine", note_id=known)
    assert (visitor.status, "Please reload it; your text is kept." in visitor.text) == (409, True)
    assert [said.text for said in talking.database.all(Statement)] == ["Theirs"]


@pytest.mark.parametrize("sent", ["", "1", "x" * 32, "A" * 32])
def test_an_id_that_no_phone_makes_is_refused(talking, sent):
    visitor = talking.phone(talking.people[0])
    visitor.post(f"{talking.at}/notes", htmx=True, id=sent, text="A bench", round="1")
    assert (visitor.status, notes(talking)) == (400, [])


def test_people_of_another_workshop_and_strangers_find_nothing(talking, visit, phone):
    elsewhere = talking.make.workshop()
    known, name = phone(elsewhere, talking.make.person(elsewhere)), f"{talking.at}/notes"
    stranger = visit().get("/")
    for visitor in (known, stranger):
        for path in (name, f"{talking.at}/seat", f"{talking.at}/here", f"{talking.at}/host", f"{talking.at}/card"):
            visitor.post(path, htmx=True, id=new_id(), text="Hello", round="1", title="Mine")
            assert visitor.status in (401, 403, 404), path
    assert (notes(talking), talking.database.all(Harvest), talking.hosts()) == ([], [], {})


def test_staff_of_another_house_neither_see_nor_change_the_seating(talking, visit):
    other, before = visit(talking.make.staff()), talking.plan()
    for path in ("seating", "certificate", "tables/1"):
        assert other.get(f"{talking.at}/{path}").status == 404
    for path in ("plan", "tables", "guests", "hosts", "pairs", "no-shows", "tables/new", "tables/1/closing"):
        assert other.post(f"{talking.at}/{path}", people="X", person="1", first="1", second="2").status == 404, path
    assert talking.plan() == before


# --- The harvest card


@pytest.fixture
def host(talking):
    """The phone of who hosts the first person's table."""
    visitor = talking.phone(talking.people[0])
    visitor.post(f"{talking.at}/host", htmx=True)
    return visitor


def test_a_card_is_written_line_by_line_and_each_insight_is_a_statement(talking, host):
    host.post(f"{talking.at}/card", **{"title": "Sitting", "insight-1": "Shade", "insight-2": "Benches"})
    host.post(f"{talking.at}/card", **{"insight-2": "", "question": "Who waters?"})
    (card,) = talking.database.all(Harvest)
    assert (card.title, card.question, card.edited_by_id) == ("Sitting", "Who waters?", talking.people[0].id)
    lines = {line.slot: (line.text, line.deleted_at is None, line.round) for line in talking.database.all(Insight)}
    assert lines == {1: ("Shade", True, 1), 2: ("Benches", False, 1)}


def test_an_emptied_insight_comes_back_as_the_same_statement(talking, host):
    for text in ("Shade", "", "Shade, and water"):
        host.post(f"{talking.at}/card", **{"insight-1": text})
    (line,) = talking.database.all(Insight)
    assert (line.text, line.deleted_at) == ("Shade, and water", None)


def test_two_phones_of_a_table_without_a_host_write_different_lines_of_one_card(talking):
    first, second = talking.people[0], talking.beside(talking.people[0])[0]
    talking.phone(first).post(f"{talking.at}/card", htmx=True, title="Sitting")
    talking.phone(second).post(f"{talking.at}/card", htmx=True, **{"insight-1": "Shade"})
    talking.phone(first).post(f"{talking.at}/card", htmx=True, question="Who waters?")
    (card,) = talking.database.all(Harvest)
    assert (card.title, card.question) == ("Sitting", "Who waters?")
    assert [line.text for line in talking.database.all(Insight)] == ["Shade"]


def test_nobody_else_writes_on_a_hosts_card(talking, host):
    visitor = talking.phone(talking.beside(talking.people[0])[0])
    visitor.post(f"{talking.at}/card", title="Mine")
    assert (visitor.status, talking.database.all(Harvest)) == (404, [])


def test_the_host_still_writes_in_the_harvest_and_no_longer_after_it(talking, host):
    talking.go("harvest")
    host.post(f"{talking.at}/card", htmx=True, title="Last words")
    talking.go("dialogue")
    late = host.post(f"{talking.at}/card", htmx=True, title="Too late")
    assert (late.status, [card.title for card in talking.database.all(Harvest)]) == (409, ["Last words"])


def test_texts_that_no_form_sends_are_cut_and_cleaned(talking, host):
    host.post(f"{talking.at}/card", htmx=True, **{"title": "T" * 90, "insight-1": "\u202eI" * 300, "insight-6": "Six"})
    (card,) = talking.database.all(Harvest)
    assert card.title == "T" * 40
    assert [line.text for line in talking.database.all(Insight)] == ["I" * 200]


def test_the_tablecloth_is_photographed_and_shown_with_the_card(app, talking, host, visit):
    cloth = BytesIO()
    Image.new("RGB", (2400, 1800), "beige").save(cloth, "PNG")
    cloth.seek(0)
    host.post(f"{talking.at}/card/photo", htmx=True, photo=(cloth, "cloth.png"))
    (card,) = talking.database.all(Harvest)
    assert Image.open(app.config["SETTINGS"].data / "photos" / card.photo).size == (1600, 1200)
    host.post(f"{talking.at}/card/photo", htmx=True, photo=(BytesIO(b"no picture"), "cloth.png"))
    assert (host.status, talking.database.all(Harvest)[0].photo) == (422, card.photo)
    talking.go("harvest")
    assert card.photo in visit().get(f"/screen/{talking.workshop.screen_token}").html


def test_the_gallery_shows_every_card_on_all_screens_with_numbers_masked(talking, host, visit):
    host.post(f"{talking.at}/card", htmx=True, **{"title": "Sitting", "insight-1": "Call 13812345678"})
    talking.go("harvest")
    number = talking.seats(1)[talking.people[0].id]
    pages = [talking.phone(talking.people[5]), visit().get(f"/screen/{talking.workshop.screen_token}")]
    for visitor in pages:
        assert ("Sitting" in visitor.text, "13812345678" in visitor.text) == (True, False)
    talking.do(f"tables/{number}/card", title="Sitting well")
    assert "Sitting well" in talking.phone(talking.people[5]).text
    talking.undo()
    assert [card.title for card in talking.database.all(Harvest)] == ["Sitting"]


def test_what_was_written_at_a_table_stays_when_it_is_merged(talking, host, visit):
    number = talking.seats(1)[talking.people[0].id]
    host.post(f"{talking.at}/card", htmx=True, title="Sitting")
    talking.say(talking.people[0], "A bench")
    talking.do(f"tables/{number}/closing")
    talking.go("harvest")
    assert "Sitting" in visit().get(f"/screen/{talking.workshop.screen_token}").text
    assert notes(talking) == [("A bench", 1, number)]


# --- The dialogue with the experts


@pytest.fixture
def asking(cafe):
    cafe.go("move-1")
    cafe.go("dialogue")
    return cafe


def ask(cafe, person, text, question_id=""):
    return cafe.phone(person).post(f"/questions/{cafe.id}", htmx=True, id=question_id or new_id(), text=text)


def test_questions_are_carried_up_and_called_to_the_microphone(asking):
    first, second = asking.people[:2]
    ids = [new_id(), new_id()]
    ask(asking, first, "Who pays?", ids[0])
    ask(asking, second, "When?", ids[1])
    for on in ("1", "1", "0", "1"):
        asking.phone(first).post(f"/questions/{asking.id}/{ids[1]}/votes", htmx=True, on=on)
    text = asking.phone(second).text
    assert text.index("When?") < text.index("Who pays?")
    with_voices = [(vote.question_id, vote.participant_id, vote.withdrawn_at) for vote in voices(asking)]
    assert with_voices == [(ids[1], first.id, None)]
    for number in (0, 1):
        asking.call(ids[number], "speaking")
    assert {question.text: question.status for question in asking.database.all(Question)} == {
        "Who pays?": "answered",
        "When?": "speaking",
    }
    asking.desk.get(f"/workshops/{asking.workshop.id}/console")
    assert "Undo: the microphone" in asking.desk.page.titles
    asking.undo()
    assert {question.status for question in asking.database.all(Question, Question.id == ids[0])} == {"speaking"}


def voices(cafe):
    with cafe.desk.client.application.app_context():
        found = list(db.session.scalars(select(QuestionVote)))
        db.session.expunge_all()
        return found


def test_five_questions_of_one_person_wait_and_a_sixth_when_one_was_answered(asking):
    person, ids = asking.people[0], [new_id() for _number in range(6)]
    asked = [ask(asking, person, f"Question {number}?", ids[number]).status for number in range(6)]
    assert asked == [200] * 5 + [409]
    again = ask(asking, person, "Question 0?", ids[0])
    assert (again.status, asking.database.count(Question)) == (200, 5)
    asking.call(ids[0], "answered")
    assert ask(asking, person, "Question 5?", ids[5]).status == 200
    assert asking.database.count(Question) == 6


def test_a_question_taken_away_is_seen_nowhere_and_carried_by_nobody(asking, visit):
    question_id = new_id()
    ask(asking, asking.people[0], "Rude?", question_id)
    asking.call(question_id, "deleted")
    carried = asking.phone(asking.people[1]).post(f"/questions/{asking.id}/{question_id}/votes", htmx=True, on="1")
    assert (carried.status, voices(asking)) == (404, [])
    assert "Rude?" not in asking.phone(asking.people[0]).text
    assert "Rude?" not in visit().get(f"/screen/{asking.workshop.screen_token}").text


def test_outside_the_dialogue_and_from_elsewhere_nobody_asks_or_carries(asking, phone):
    question_id = new_id()
    ask(asking, asking.people[0], "Who pays?", question_id)
    elsewhere = asking.make.workshop()
    stranger = phone(elsewhere, asking.make.person(elsewhere))
    for path in ("", f"/{question_id}/votes"):
        stranger.post(f"/questions/{asking.id}{path}", htmx=True, id=new_id(), text="Me too?", on="1")
        assert stranger.status in (401, 403, 404)
    asking.go("harvest")
    assert ask(asking, asking.people[1], "Late?").status == 409
    late = asking.phone(asking.people[1]).post(f"/questions/{asking.id}/{question_id}/votes", htmx=True, on="1")
    assert late.status == 409
    assert ([each.text for each in asking.database.all(Question)], voices(asking)) == (["Who pays?"], [])


def test_a_number_in_a_question_is_masked_and_the_one_at_the_microphone_is_seen_by_all(asking, visit):
    question_id = new_id()
    ask(asking, asking.people[0], "Call 13812345678?", question_id)
    asking.call(question_id, "speaking")
    for visitor in (asking.phone(asking.people[3]), visit().get(f"/screen/{asking.workshop.screen_token}")):
        assert "At the microphone" in visitor.text
        assert ("13812345678" in visitor.text, "Call 138" in visitor.text) == (False, True)


# --- Keeping


def test_a_cafe_in_good_order_has_no_findings_and_each_fault_has_its_own(app, talking):
    talking.say(talking.people[0], "A bench")
    other = talking.make.workshop()
    stranger = talking.make.person(other)
    (note,) = talking.database.all(Note)

    def found(change=None):
        with app.app_context():
            if change:
                change()
                db.session.flush()
            asked = soundness.findings(lambda query: db.session.connection().exec_driver_sql(query).all())
            said = [finding.text for finding in asked]
            db.session.rollback()
        return said

    def elsewhere():
        table = CafeTable(activity_id=_activity(other), number=1)
        db.session.add(table)
        db.session.flush()
        return table.id

    assert found() == []
    here = f"World Café {talking.id}: "
    assert found(lambda: setattr(_first(Seat), "participant_id", stranger.id)) == [
        f"{here}1 seats of people from another workshop."
    ]
    assert found(lambda: setattr(_first(Seat), "cafe_table_id", elsewhere())) == [
        f"{here}1 seats at tables of another one."
    ]
    assert found(lambda: setattr(db.session.get(Note, note.id), "cafe_table_id", elsewhere())) == [
        f"{here}1 notes at tables of another one."
    ]


def _first(model):
    return db.session.scalars(select(model).order_by(model.id).limit(1)).one()


def _activity(workshop):
    activity = Activity(kind="board", workshop_id=workshop.id, title="Other")
    db.session.add(activity)
    db.session.flush()
    return activity.id


def test_a_cafe_that_travels_keeps_who_sat_where_and_every_card(app, talking, host):
    host.post(f"{talking.at}/card", htmx=True, **{"title": "Sitting", "insight-1": "Shade", "question": "Who waters?"})
    talking.say(talking.people[0], "A bench")
    talking.desk.get(f"/workshops/{talking.workshop.id}/parcel")
    parcel = BytesIO(talking.desk.answer.data)
    talking.desk.get("/workshops/import")
    talking.desk.send("/import", parcel=(parcel, "cafe.juyi"), copy="1")
    original, copy = (told(app, workshop.id) for workshop in talking.database.all(Workshop))
    assert copy == original
    assert len(copy["seats"]) == 27
    assert copy["cards"] == [(talking.seats(1)[talking.people[0].id], "Sitting", "Who waters?")]


def told(app, workshop_id):
    """What a café holds, without any number of the database."""
    here = Activity.workshop_id == workshop_id
    seat = select(Seat.round, Participant.number, CafeTable.number).join(Seat.participant).join(Seat.table)
    card = select(CafeTable.number, Harvest.title, Harvest.question).join(Harvest.table)
    said = select(Note.text, Note.round, Note.slot, CafeTable.number).join(Note.table)
    table = select(CafeTable.number, Participant.number).outerjoin(CafeTable.host)
    with app.app_context():
        asked = {
            "tables": table.join(Activity, Activity.id == CafeTable.activity_id),
            "seats": seat.join(Activity, Activity.id == Seat.activity_id),
            "cards": card.join(Activity, Activity.id == CafeTable.activity_id),
            "notes": said.join(Activity, Activity.id == CafeTable.activity_id),
        }
        return {name: sorted(map(tuple, db.session.execute(query.where(here)))) for name, query in asked.items()}


@pytest.mark.parametrize("page", ["phone", "scene", "projector", "console", "seating"])
@pytest.mark.parametrize("step", ["move-1", "round-2", "harvest", "dialogue"])
def test_pages_ask_the_database_as_often_for_three_of_everything_as_for_one(open_cafe, queries, visit, page, step):
    cafe = open_cafe(12)
    cafe.go("move-1", "round-1")
    asked = []
    for _more in range(2):
        fill(cafe, 1 if not asked else 2)
        cafe.go("move-1" if step != "move-1" else "round-1", step)
        visitor, address = {
            "phone": (cafe.phone(cafe.people[0]), f"/w/{cafe.workshop.code}"),
            "scene": (cafe.phone(cafe.people[0]), f"/w/{cafe.workshop.code}/scene"),
            "projector": (visit(), f"/screen/{cafe.workshop.screen_token}"),
            "console": (cafe.desk, f"/workshops/{cafe.workshop.id}/console"),
            "seating": (cafe.desk, f"{cafe.at}/seating"),
        }[page]
        visitor.get(address)
        asked.append(queries(lambda visitor=visitor, address=address: visitor.get(address)))
    assert asked[0] == asked[1]


def fill(cafe, count):
    """So many more notes, insights, questions and voices, people, traits, pairs, tables."""
    cafe.go("round-1")
    first = cafe.people[0]
    for number in range(count):
        cafe.say(first, f"Note {number} of {count}")
        cafe.phone(first).post(f"{cafe.at}/card", htmx=True, **{f"insight-{number + count}": "Shade", "title": "T"})
        pair = {"first": str(cafe.people[number + count].id), "second": str(cafe.people[number + count + 3].id)}
        cafe.do("pairs", **pair, together="0")
        cafe.do("guests", people=f"Guest {number} of {count}, 共和九村")
        cafe.do("tables/new")
        leaver = cafe.people[number + count + 6]
        cafe.do(f"guests/{leaver.id}", left="1")
    cafe.go("dialogue")
    for number in range(count):
        question_id = new_id()
        ask(cafe, cafe.people[1], f"Question {number} of {count}?", question_id)
        cafe.phone(cafe.people[2]).post(f"/questions/{cafe.id}/{question_id}/votes", htmx=True, on="1")
