"""Questions from the room, whatever kind takes them."""

from types import SimpleNamespace

import pytest

from facilitator.extensions import db
from facilitator.questions import soundness
from facilitator.questions.models import Question, Questioned, QuestionVote
from facilitator.questions.queue import every, queue, shown
from facilitator.synthesis.models import new_id
from facilitator.web.errors import Refused
from facilitator.workshop.models import Participant, Workshop


class Panel(Questioned):
    """A kind of its own: the room asks about one idea after the other."""

    def __init__(self, activity_id, workshop, subject):
        self.id, self.workshop, self.subject = activity_id, workshop, subject

    def asking(self):
        return self.subject


@pytest.fixture
def room(app, make):
    """A board with two ideas about which questions can be asked, and three people."""
    workshop = make.workshop()
    board = make.board(workshop)
    ideas = [make.idea(board, text).id for text in ("A bench", "A lamp")]
    people = [person.id for person in make.people(workshop, 3)]
    with app.app_context():
        here = db.session.get_one(Workshop, workshop.id)

        def about(subject):
            return Panel(board.id, here, subject)

        def ask(subject, text, person=0):
            question_id = new_id()
            Question.ask(about(subject), db.session.get_one(Participant, people[person]), question_id, text)
            db.session.flush()
            return question_id

        yield SimpleNamespace(id=board.id, workshop=here, ideas=ideas, people=people, about=about, ask=ask)
        db.session.rollback()


def texts(asked):
    return [each.text for each in asked]


def test_a_question_about_one_thing_stands_in_the_queue_of_that_alone(room):
    bench, lamp = room.ideas
    room.ask(bench, "Who paints it?")
    room.ask(lamp, "How bright?")
    room.ask("", "Who pays?")
    panel = room.about(lamp)
    assert [texts(queue(panel, subject)) for subject in (bench, lamp, "")] == [
        ["Who paints it?"],
        ["How bright?"],
        ["Who pays?"],
    ]
    assert sorted(texts(queue(panel))) == ["How bright?", "Who paints it?", "Who pays?"]


def test_whoever_speaks_has_been_answered_when_another_is_called_also_about_something_else(room):
    bench, lamp = room.ideas
    first, second = room.ask(bench, "Who paints it?"), room.ask(lamp, "How bright?")
    for each in (first, second):
        db.session.get_one(Question, each).call("speaking")
    assert [each.text for each in shown(room.about(bench), bench)["done"]] == ["Who paints it?"]
    assert shown(room.about(lamp), lamp)["speaking"].text == "How bright?"


def test_papers_tell_of_all_questions_by_their_voices(room):
    bench, lamp = room.ideas
    room.ask(bench, "Who paints it?")
    carried = room.ask(lamp, "How bright?", person=1)
    for person in room.people[1:]:
        QuestionVote.put(carried, person, True)
    QuestionVote.put(carried, room.people[2], False)
    told = [(question.text, question.subject_id, voices) for question, voices in every(room.about(""))]
    assert told == [("How bright?", lamp, [room.people[1]]), ("Who paints it?", bench, [])]


def test_nobody_asks_while_questions_are_closed_or_the_room_rests(room):
    with pytest.raises(Refused) as closed:
        room.ask(None, "Too late?")
    room.workshop.paused = True
    with pytest.raises(Refused) as paused:
        room.ask("", "Now?")
    # What was asked during a pause is sent once more when it is over.
    assert [(said.value.status, said.value.later) for said in (closed, paused)] == [(409, False), (409, True)]
    assert queue(room.about("")) == []


def test_where_nothing_is_asked_phones_are_told_so(make, phone, database):
    workshop = make.workshop()
    board = make.board(workshop)
    make.room_at(workshop, board, "collect")
    resident = phone(workshop)
    resident.post(f"/questions/{board.id}", htmx=True, id=new_id(), text="Who pays?")
    assert (resident.status, "Questions are closed just now" in resident.text) == (409, True)
    assert database.count(Question) == 0


def test_questions_in_good_order_have_no_findings_and_each_fault_has_its_own(room, make):
    def found():
        asked = soundness.findings(lambda query: db.session.connection().exec_driver_sql(query).all())
        return [finding.text for finding in asked]

    question = db.session.get_one(Question, room.ask(room.ideas[0], "Who paints it?"))
    QuestionVote.put(question.id, room.people[1], True)
    assert found() == []
    here, stranger = f"Activity {room.id}: 1", Participant(number=1, token="t", personal_code="AAAA")
    elsewhere = Workshop(title="Elsewhere", owner_id=room.workshop.owner_id)
    db.session.add(elsewhere)
    db.session.flush()
    stranger.workshop_id = elsewhere.id
    db.session.add(stranger)
    db.session.flush()
    QuestionVote.put(question.id, stranger.id, True)
    assert found() == [f"{here} voices of people from another workshop."]
    QuestionVote.put(question.id, stranger.id, True)
    question.participant_id = stranger.id
    db.session.flush()
    assert f"{here} questions of people from another workshop." in found()


def test_two_at_the_microphone_and_one_about_a_thing_elsewhere_are_found(room, make):
    other = make.idea(make.board(room.workshop), "A ramp").id
    for subject in (room.ideas[0], other):
        db.session.get_one(Question, room.ask(subject, "Who pays?")).status = "speaking"
    db.session.flush()
    asked = soundness.findings(lambda query: db.session.connection().exec_driver_sql(query).all())
    assert [finding.text for finding in asked] == [
        f"Activity {room.id}: 2 questions are at the microphone at once.",
        f"Activity {room.id}: 1 questions about something in another activity.",
    ]
