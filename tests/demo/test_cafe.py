"""`--demo`: the World Café of 境聚里, as the room would remember it."""

from collections import Counter

import pytest
from PIL import Image
from sqlalchemy import select

from facilitator.activities.world_cafe import seating
from facilitator.activities.world_cafe.harvest import Harvest
from facilitator.activities.world_cafe.notes import Insight, Note
from facilitator.activities.world_cafe.tables import CafeTable, Guest, Seat
from facilitator.demo.load import load
from facilitator.extensions import db
from facilitator.programme.models import Neighbourhood
from facilitator.questions.models import Question, QuestionVote
from facilitator.synthesis.models import Theme
from facilitator.workshop.models import Participant, Workshop

CODE = "GJC48P"
PARTNERS = {"智库", "规划", "治理", "媒体", "教育"}
TABLES = range(1, 9)


@pytest.fixture
def told(app, loaded_once):
    return loaded_once("demo", lambda: load(app))


@pytest.fixture
def sitting(told, database):
    """Round → table → who was there."""
    number = {table.id: table.number for table in database.all(CafeTable)}
    at = {(round_, table): set() for round_ in (1, 2, 3) for table in TABLES}
    for seat in database.all(Seat, Seat.deleted_at.is_(None)):
        at[seat.round, number[seat.cafe_table_id]].add(seat.participant_id)
    return at


def test_forty_eight_named_people_of_the_town_came_and_two_stayed_away(told, app, database):
    with app.app_context():
        room = Workshop.by_code(CODE)
        assert (room.title, room.step) == ("境聚里世界咖啡馆 · 家门口的小空间", "harvest")
        room_id = room.id
    people = {each.id: each.name for each in database.all(Participant, Participant.workshop_id == room_id)}
    guests = database.all(Guest)
    assert len(set(people.values()) - {""}) == len(guests) == 48
    assert {each.traits["neighbourhood"] for each in guests} <= {each.name for each in database.all(Neighbourhood)}
    assert {each.traits["age"] for each in guests} == {"-30", "30-44", "45-59", "60-"}
    assert {each.traits.get("partner") for each in guests} == {*PARTNERS, None}
    assert {people[each.participant_id] for each in guests if each.left_at} == {"鲍老伯", "丁一"}


def test_eight_partners_host_and_everybody_else_changes_tables(sitting, database):
    hosts = {table.number: table.host_id for table in database.all(CafeTable)}
    partner = {each.participant_id: each.traits.get("partner") for each in database.all(Guest)}
    assert sorted(hosts) == list(TABLES)
    assert {partner[host] for host in hosts.values()} <= PARTNERS
    assert [number for (_round, number), there in sitting.items() if hosts[number] not in there] == []
    visits = Counter((who, number) for (_round, number), there in sitting.items() for who in there)
    again = {who for (who, _number), times in visits.items() if times > 1}
    assert again == set(hosts.values())


def test_nobody_met_the_same_person_twice(sitting, app):
    pairs = Counter(frozenset((a, b)) for there in sitting.values() for a in there for b in there if a < b)
    assert set(pairs.values()) == {1}
    with app.app_context():
        assert seating.course(Workshop.by_code(CODE).activities[0]).repeats == 0


def test_a_late_comer_sat_in_the_last_two_rounds_and_all_who_came_were_seen(sitting, database):
    [late] = database.all(Participant, Participant.name == "盛夏")
    rounds = {round_: set().union(*(sitting[round_, table] for table in TABLES)) for round_ in (1, 2, 3)}
    assert [len(there) for there in rounds.values()] == [45, 46, 46]
    assert [late.id in there for there in rounds.values()] == [False, True, True]
    assert {len(there) for there in sitting.values()} == {5, 6}
    assert database.count(Seat, Seat.deleted_at.is_(None), Seat.here_at.is_(None)) == 0


def test_notes_were_written_by_who_sat_there_then(sitting, told, database):
    number = {table.id: table.number for table in database.all(CafeTable)}
    notes = database.all(Note, Note.slot == 0)
    assert len(notes) == len({note.text for note in notes}) == 112
    assert [
        each.text for each in notes if each.participant_id not in sitting[each.round, number[each.cafe_table_id]]
    ] == []
    written = Counter((note.round, number[note.cafe_table_id]) for note in notes)
    assert set(written) == set(sitting)
    assert set(written.values()) == {4, 5, 6}
    assert len([note for note in notes if note.text_en]) == 43


def test_every_table_has_its_card_and_all_of_it_is_sorted_into_five_themes(told, app, database):
    cards, lines = database.all(Harvest), database.all(Insight)
    assert len(cards) == 8
    assert [card.cafe_table_id for card in cards if not (card.title and card.question)] == []
    assert set(Counter(line.cafe_table_id for line in lines).values()) == {3, 4, 5}
    with app.app_context():
        cafe = Workshop.by_code(CODE).activities[0]
        themes = Theme.of(cafe)
        assert [theme.name for theme in themes] == ["坐得下来", "走得安心", "花园与孩子", "说得清、有回音", "管得长久"]
        assert sum(len(theme.statements()) for theme in themes) == 112 + len(lines)


def test_most_tables_photographed_their_cloth(told, app, database):
    folder = app.config["SETTINGS"].data / "photos"
    photos = [card.photo for card in database.all(Harvest) if card.photo]
    assert [Image.open(folder / name).size for name in photos] == [(1280, 960)] * 6
    assert len({(folder / name).read_bytes() for name in photos}) == 6


def test_nine_questions_wait_for_the_experts_carried_by_others(told, app, database):
    questions = database.all(Question, Question.subject_id.is_(None))
    assert Counter(each.status for each in questions) == {"waiting": 5, "answered": 2, "speaking": 1, "parked": 1}
    carried = {}
    with_asker = {each.id: each.participant_id for each in questions}
    with app.app_context():
        every = select(QuestionVote.question_id, QuestionVote.participant_id)
        voices = db.session.execute(every.where(QuestionVote.question_id.in_(with_asker))).all()
    for question, person in voices:
        carried.setdefault(question, []).append(person)
    assert sorted(map(len, carried.values())) == [4, 5, 6, 8, 15, 17, 19, 21, 26]
    assert [question for question, people in carried.items() if with_asker[question] in people] == []
