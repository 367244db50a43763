"""A World Café: who sits where, who hosts, and what happens when people come late or go home."""

from collections import Counter

import pytest
from sqlalchemy import event

from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.activities.world_cafe.tables import Guest, Pair, Seat
from facilitator.extensions import db
from facilitator.workshop.models import Participant
from tests.activities.cafes import met_twice


@pytest.fixture
def hosted(open_cafe):
    """Twelve people at three tables; the first three host."""
    cafe = open_cafe(12, hosted=True)
    for number, person in enumerate(cafe.people[:3], 1):
        cafe.do("hosts", table=str(number), person=str(person.id))
    return cafe


# --- The plan


def test_going_to_the_first_round_seats_everybody_so_that_nobody_meets_twice(cafe):
    cafe.go("move-1")
    for at in cafe.plan():
        assert sorted(at) == sorted(person.id for person in cafe.people)
        assert Counter(at.values()) == {1: 3, 2: 3, 3: 3}
    assert met_twice(cafe.plan()) == []


def test_a_round_without_a_question_of_its_own_has_the_rooms(app, cafe):
    with app.app_context():
        made = db.session.get(WorldCafe, cafe.id)
        assert [made.question(number) for number in (1, 2, 3)] == ["One?", "How do we live here?", "Three?"]


def test_phone_projector_and_console_name_the_table_that_the_database_holds(cafe, visit):
    cafe.go("move-1")
    wall = visit().get(f"/screen/{cafe.workshop.screen_token}").page
    desk = cafe.desk.get(f"/workshops/{cafe.workshop.id}/console").page
    for person in cafe.people:
        number, name = cafe.seats(1)[person.id], f"Person {person.number}"
        assert f"Table {number} " in cafe.phone(person).page.text_of("mine")
        assert name in wall.text_of(f"wall-table-{number}")
        assert name in desk.text_of(f"desk-table-{number}")


def test_the_plan_is_shown_before_with_what_is_proved_of_it_and_kept_as_shown(cafe):
    page = cafe.desk.get(f"{cafe.at}/certificate")
    assert "0 repeat meetings, proved best" in page.text
    cafe.do("plan")
    planned = cafe.plan()
    assert [sorted(at) for at in planned] == [sorted(person.id for person in cafe.people)] * 3
    cafe.go("move-1", "round-1")
    assert cafe.plan() == planned


@pytest.mark.parametrize("before", ["lobby", "gather"])
def test_before_the_first_round_everybody_can_be_seated_anew_as_more_come(cafe, before):
    if before == "gather":
        cafe.go("gather")
    cafe.do("plan")
    late = cafe.make.person(cafe.workshop, "Late")
    cafe.do("plan")
    assert cafe.desk.status == 204, cafe.desk.text
    assert [late.id in at for at in cafe.plan()] == [True, True, True]


def test_while_a_round_is_on_nobody_is_seated_anew(cafe):
    cafe.go("move-1", "round-1")
    before = cafe.plan()
    cafe.make.person(cafe.workshop, "Late")
    cafe.do("plan")
    assert (cafe.desk.status, "A round is on." in cafe.desk.text) == (409, True)
    assert cafe.plan() == before


def test_what_contradicts_itself_is_said_with_names_and_nothing_is_written(cafe):
    first, second = (str(person.id) for person in cafe.people[:2])
    for together in ("0", "1"):
        cafe.do("pairs", first=first, second=second, together=together)
    assert (
        "Person 1, Person 2 are to be kept apart and together at once." in cafe.desk.get(f"{cafe.at}/certificate").text
    )
    cafe.do("plan")
    assert cafe.desk.status == 409
    assert cafe.seats(1) == {}


def test_pairs_stay_apart_and_together_in_every_round_and_for_late_comers(open_cafe):
    cafe = open_cafe(12)
    ids = [person.id for person in cafe.people]
    for first, second, together in ((0, 1, "0"), (2, 3, "1"), (0, 4, "0")):
        cafe.do("pairs", first=str(ids[first]), second=str(ids[second]), together=together)
    cafe.go("move-1", "round-1")
    enemy, friend = (cafe.make.person(cafe.workshop, name) for name in ("Enemy", "Friend"))
    cafe.do("pairs", first=str(enemy.id), second=str(ids[5]), together="0")
    cafe.do("pairs", first=str(friend.id), second=str(ids[6]), together="1")
    cafe.do("latecomers")
    for at in cafe.plan():
        assert [at[ids[a]] == at[ids[b]] for a, b in ((0, 1), (2, 3), (0, 4))] == [False, True, False]
        assert (at[enemy.id] == at[ids[5]], at[friend.id] == at[ids[6]]) == (False, True)


def test_a_pair_named_while_a_round_is_on_is_heeded_from_the_next_one_and_only_they_move(open_cafe):
    cafe = open_cafe(12)
    cafe.go("move-1", "round-1")
    before = cafe.plan()
    first = cafe.people[0]
    second = cafe.beside(first, 2)[0]
    cafe.do("pairs", first=str(first.id), second=str(second.id), together="0")
    after = cafe.plan()
    assert after[0] == before[0]
    assert [at[first.id] == at[second.id] for at in after[1:]] == [False, False]
    moved = {who for then, at in zip(before, after, strict=True) for who in at if at[who] != then[who]}
    assert moved <= {first.id, second.id}


def test_three_who_come_together_stay_so_though_they_were_named_in_pairs(open_cafe):
    cafe = open_cafe(12)
    first, second, third = (cafe.make.person(cafe.workshop, name) for name in ("Ann", "Ben", "Cid"))
    for one, other in ((first, second), (second, third)):
        cafe.do("pairs", first=str(one.id), second=str(other.id), together="1")
    cafe.go("move-1", "round-1")
    cafe.do(f"guests/{third.id}", left="1")
    cafe.do(f"guests/{third.id}", left="0")
    assert [len({at[each.id] for each in (first, second, third)}) for at in cafe.plan()] == [1, 1, 1]


def test_a_pair_that_is_taken_back_no_longer_binds(cafe):
    first, second = (str(person.id) for person in cafe.people[:2])
    cafe.do("pairs", first=first, second=second, together="1")
    (pair,) = cafe.database.all(Pair)
    cafe.do(f"pairs/{pair.id}/deletion")
    cafe.go("move-1")
    assert met_twice(cafe.plan()) == []


@pytest.mark.parametrize(
    ("setting", "trait"),
    [("mix_neighbourhoods", "neighbourhood"), ("mix_ages", "age"), ("mix_partners", "partner")],
)
def test_what_is_mixed_reaches_every_table_evenly(open_cafe, setting, trait):
    """Six of one kind and six of another at three tables: two of each, in every round."""
    cafe = open_cafe(12, **{setting: True})
    for index, person in enumerate(cafe.people):
        cafe.do(f"guests/{person.id}", **{trait: "A" if index < 6 else "B"})
    cafe.go("move-1")
    kind = {guest.participant_id: guest.traits[trait] for guest in cafe.database.all(Guest)}
    for at in cafe.plan():
        mixed = Counter((table, kind[person]) for person, table in at.items())
        assert mixed == {(table, label): 2 for table in (1, 2, 3) for label in "AB"}


def test_what_one_says_of_oneself_on_the_phone_is_kept_while_the_tables_are_set(open_cafe):
    cafe = open_cafe(9, mix_neighbourhoods=True, mix_ages=True)
    cafe.go("gather")
    visitor = cafe.phone(cafe.people[0])
    visitor.send("/traits", neighbourhood=" 共和九村 ", age="60-")
    cafe.go("move-1")
    visitor.post(f"{cafe.at}/traits", htmx=True, neighbourhood="Elsewhere")
    assert visitor.status == 409
    assert [guest.traits for guest in cafe.database.all(Guest)] == [{"neighbourhood": "共和九村", "age": "60-"}]


def test_a_hall_is_seated_without_a_question_for_each_of_its_people(app, open_cafe):
    """Every seat is a row of its own; what is asked beside that is less than one thing for each person."""
    cafe, heard = open_cafe(60, tables=12), []
    with app.app_context():
        engine = db.engine

    def hear(_connection, _cursor, text, *_rest):
        heard.append(text.split()[0])

    event.listen(engine, "before_cursor_execute", hear)
    cafe.desk.post(f"/workshops/{cafe.workshop.id}/moves", htmx=True, to=f"{cafe.id}-move-1", moves="0")
    event.remove(engine, "before_cursor_execute", hear)
    assert len(cafe.seats(1)) == 60
    assert heard.count("SELECT") < 30


# --- Hosts


def test_a_host_stays_at_one_table_in_all_rounds_and_says_so_on_the_phone(hosted):
    hosted.go("move-1")
    assert [[at[person.id] for person in hosted.people[:3]] for at in hosted.plan()] == [[1, 2, 3]] * 3
    others = [{at[person.id] for at in hosted.plan()} for person in hosted.people[3:]]
    assert others == [{1, 2, 3}] * 9
    assert "You are the host of this table." in hosted.phone(hosted.people[0]).text
    guest = hosted.beside(hosted.people[0])[0]
    assert "Host: Person 1" in hosted.phone(guest).text


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_host_who_hands_over_stays_a_guest_of_the_table_till_the_round_ends(open_cafe, number):
    """Also where another table is smaller."""
    cafe = open_cafe(11, hosted=True)
    old = cafe.people[number - 1]
    for table, person in enumerate(cafe.people[:3], 1):
        cafe.do("hosts", table=str(table), person=str(person.id))
    cafe.go("move-1", "round-1")
    before, new = cafe.plan(), cafe.beside(old)[0]
    cafe.do("hosts", table=str(number), person=str(new.id))
    after = cafe.plan()
    assert cafe.hosts()[number] == new.id
    assert [at[new.id] for at in after] == [number] * 3
    assert after[0] == before[0]
    moved = {who for then, at in zip(before, after, strict=True) for who in then if at.get(who) != then[who]}
    assert moved <= {old.id, new.id}
    assert [old.id in at for at in after] == [True, True, True]


def test_who_becomes_host_is_still_kept_apart_and_together_in_the_rounds_to_come(open_cafe):
    cafe = open_cafe(12)
    host, enemy, friend = cafe.people[:3]
    cafe.do("pairs", first=str(host.id), second=str(enemy.id), together="0")
    cafe.do("pairs", first=str(host.id), second=str(friend.id), together="1")
    cafe.go("move-1", "round-1")
    cafe.phone(host).post(f"{cafe.at}/host", htmx=True)
    number = cafe.seats(1)[host.id]
    assert cafe.hosts() == {number: host.id}
    for at in cafe.plan():
        assert (at[host.id], at[friend.id], at[enemy.id] == number) == (number, number, False)


def test_a_host_who_goes_home_has_a_successor_from_the_same_table(hosted):
    hosted.go("move-1", "round-1")
    before, gone = hosted.seats(1), hosted.people[1]
    able = {person.id for person in hosted.beside(gone)}
    hosted.do(f"guests/{gone.id}", left="1")
    successor = hosted.hosts()[2]
    assert successor in able
    assert [at[successor] for at in hosted.plan()] == [2, 2, 2]
    assert [gone.id in at for at in hosted.plan()] == [False, False, False]
    assert hosted.seats(1) == {who: table for who, table in before.items() if who != gone.id}


def test_one_person_never_hosts_two_tables(hosted):
    hosted.do("hosts", table="3", person=str(hosted.people[0].id))
    assert hosted.hosts() == {2: hosted.people[1].id, 3: hosted.people[0].id}
    hosted.go("move-1", "round-1")
    host = hosted.people[0]
    hosted.phone(host).get(f"/T/{hosted.table(1).token}").send(f"/t/{hosted.table(1).token}/seat")
    visitor = hosted.phone(host).post(f"{hosted.at}/host", htmx=True)
    assert (visitor.status, "You host table 3 already." in visitor.text) == (409, True)
    assert hosted.hosts() == {2: hosted.people[1].id, 3: hosted.people[0].id}


def test_tables_that_are_closed_and_opened_again_come_without_their_old_host(hosted):
    """Otherwise somebody who hosts another table by then would host two."""
    hosted.do("tables", tables="2")
    hosted.do("hosts", table="1", person=str(hosted.people[2].id))
    hosted.do("tables", tables="3")
    assert hosted.hosts() == {1: hosted.people[2].id, 2: hosted.people[1].id}
    hosted.do("plan")
    assert hosted.desk.status == 204, hosted.desk.text


def test_a_table_without_a_host_gets_who_takes_it_on_the_phone_and_nobody_after(cafe):
    cafe.go("move-1", "round-1")
    first = cafe.people[0]
    second = cafe.beside(first)[0]
    number = cafe.seats(1)[first.id]
    cafe.phone(first).post(f"{cafe.at}/host", htmx=True)
    late = cafe.phone(second).post(f"{cafe.at}/host", htmx=True)
    assert (late.status, "This table has a host already." in late.text) == (409, True)
    assert cafe.hosts() == {number: first.id}
    assert [at[first.id] for at in cafe.plan()] == [number] * 3


def test_a_round_that_is_added_in_mid_flight_finds_the_hosts_at_their_tables(app, hosted):
    hosted.go("move-1", "round-1")
    with app.app_context():
        here = db.session.get(WorldCafe, hosted.id)
        here.settings = {**here.settings, "rounds": 4}
        db.session.commit()
    hosted.go("move-4")
    at = hosted.seats(4)
    assert [at[person.id] for person in hosted.people[:3]] == [1, 2, 3]
    assert hosted.sizes(4) == [4, 4, 4]


# --- Coming late, going home


def test_a_late_comer_takes_a_seat_by_phone_and_nobody_else_moves(cafe):
    cafe.go("move-1", "round-1", "move-2", "round-2")
    before = cafe.plan()
    late = cafe.make.person(cafe.workshop, "Late")
    visitor = cafe.phone(late)
    assert "You have no table in this round yet." in visitor.text
    visitor.press("Find me a table")
    number = cafe.seats(2)[late.id]
    assert f"Table {number} " in visitor.page.text_of("mine")
    after = cafe.plan()
    assert [late.id in at for at in after] == [False, True, True]
    assert [{who: at[who] for who in then} for then, at in zip(before, after, strict=True)] == before


def test_late_comers_without_a_phone_are_entered_at_the_desk_and_sit_at_once(cafe):
    cafe.go("move-1", "round-1")
    before = cafe.plan()
    cafe.do("guests", people="Old Gu, 共和九村, 60-, 智库\n\nEmma")
    new = {person.name: person.id for person in cafe.database.all(Participant) if person.name}
    assert sorted(new) == ["Emma", "Old Gu"]
    assert cafe.database.all(Guest)[0].traits == {"neighbourhood": "共和九村", "age": "60-", "partner": "智库"}
    after = cafe.plan()
    assert [sorted(set(at) - set(then)) for then, at in zip(before, after, strict=True)] == [sorted(new.values())] * 3
    assert [{who: at[who] for who in then} for then, at in zip(before, after, strict=True)] == before
    assert cafe.sizes(1) == [3, 4, 4]


def test_whoever_came_meanwhile_is_seated_with_the_next_round(cafe):
    cafe.go("move-1", "round-1")
    late = cafe.make.person(cafe.workshop, "Late")
    desk = cafe.desk.get(f"/workshops/{cafe.workshop.id}/console")
    assert "1 person has no seat yet: Late" in desk.text
    cafe.go("move-2")
    assert [late.id in at for at in cafe.plan()] == [False, True, True]


def test_a_step_back_seats_a_late_comer_there_and_moves_nobody_in_the_rounds_to_come(cafe):
    cafe.go("move-1", "round-1")
    late = cafe.make.person(cafe.workshop, "Late")
    cafe.go("move-2")
    before = cafe.plan()
    cafe.go("move-1")
    assert late.id in cafe.seats(1)
    assert cafe.plan()[1:] == before[1:]


def test_who_goes_home_leaves_an_empty_seat_and_others_stay(cafe):
    cafe.go("move-1", "round-1")
    before = cafe.plan()
    gone = cafe.people[4]
    cafe.do(f"guests/{gone.id}", left="1")
    without = [{person: table for person, table in at.items() if person != gone.id} for at in before]
    assert cafe.plan() == without
    assert [guest.left_at is not None for guest in cafe.database.all(Guest)] == [True]
    cafe.undo()
    assert cafe.plan() == before
    assert [guest.left_at for guest in cafe.database.all(Guest)] in ([], [None])


def test_who_comes_back_has_a_seat_again(cafe):
    cafe.go("move-1", "round-1")
    person = cafe.people[4]
    cafe.do(f"guests/{person.id}", left="1")
    others = cafe.plan()
    cafe.do(f"guests/{person.id}", left="0")
    assert [person.id in at for at in cafe.plan()] == [True, True, True]
    assert [{who: at[who] for who in then} for then, at in zip(others, cafe.plan(), strict=True)] == others
    assert [guest.left_at for guest in cafe.database.all(Guest)] == [None]


@pytest.mark.parametrize("way", ["find", "scan"])
def test_who_was_thought_gone_and_sits_down_after_all_is_here_again(cafe, way):
    cafe.go("move-1", "round-1")
    person = cafe.people[4]
    cafe.do("no-shows", person=str(person.id))
    visitor = cafe.phone(person)
    if way == "find":
        visitor.press("Find me a table")
    else:
        visitor.get(f"/T/{cafe.table(2).token}").send(f"/t/{cafe.table(2).token}/seat")
    assert person.id in cafe.seats(1)
    assert [guest.left_at for guest in cafe.database.all(Guest)] == [None]
    cafe.go("move-2")
    assert person.id in cafe.seats(2)


def test_whoever_was_not_seen_is_let_go_together(cafe):
    cafe.go("move-1", "round-1")
    here = cafe.people[:7]
    for person in here:
        cafe.phone(person).press("I sit here now")
    cafe.do("no-shows")
    gone = {guest.participant_id for guest in cafe.database.all(Guest) if guest.left_at}
    assert gone == {person.id for person in cafe.people[7:]}
    assert sorted(cafe.seats(1)) == sorted(person.id for person in here)


# --- Where people really sit


def test_the_code_on_a_table_corrects_where_one_sits(cafe):
    cafe.go("move-1", "round-1")
    before = cafe.seats(1)
    person = cafe.people[0]
    wrong = next(table for table in cafe.tables() if table.number != before[person.id])
    visitor = cafe.phone(person).get(f"/T/{wrong.token}")
    assert f"Your plan says table {before[person.id]}." in visitor.text
    visitor.send(f"/t/{wrong.token}/seat")
    assert cafe.seats(1) == {**before, person.id: wrong.number}
    (seat,) = cafe.database.all(Seat, Seat.participant_id == person.id, Seat.round == 1)
    assert seat.here_at is not None


def test_whom_one_really_met_counts_when_a_late_comer_of_the_next_round_is_placed(open_cafe):
    """The late-comer sat by code with those of table 1; in the next round a table without any of them is free."""
    cafe = open_cafe(6, tables=3, rounds=2)
    cafe.go("move-1", "round-1")
    late = cafe.make.person(cafe.workshop, "Late")
    table = cafe.table(1)
    cafe.phone(late).get(f"/T/{table.token}").send(f"/t/{table.token}/seat")
    met = {who for who, number in cafe.seats(1).items() if number == 1} - {late.id}
    cafe.go("move-2")
    then = cafe.seats(2)
    assert {who for who in met if then[who] == then[late.id]} == set()


def test_a_stranger_who_scans_a_table_comes_in_first_and_then_sits_there(cafe, visit):
    cafe.go("move-1")
    before, table = cafe.seats(1), cafe.table(2)
    visitor = visit().get(f"/T/{table.token}")
    assert visitor.path == f"/j/{cafe.workshop.code}"
    visitor.send(f"/j/{cafe.workshop.code}", name="Late")
    assert visitor.path == f"/T/{table.token}"
    visitor.send(f"/t/{table.token}/seat")
    (late,) = cafe.database.all(Participant, Participant.name == "Late")
    assert cafe.seats(1) == {**before, late.id: 2}
    assert [late.id in at for at in cafe.plan()] == [True, True, True]


def test_a_code_from_another_evening_leads_nowhere(cafe, visit):
    cafe.go("move-1")
    visitor = visit().get("/T/ZZZZZZ")
    assert visitor.status == 404


def test_outside_the_rounds_a_tables_code_says_so_and_seats_nobody(cafe):
    cafe.go("move-1")
    cafe.go("harvest")
    before = cafe.plan()
    table = cafe.table(1)
    visitor = cafe.phone(cafe.people[0]).get(f"/T/{table.token}")
    assert "No round is on just now." in visitor.text
    visitor.post(f"/t/{table.token}/seat")
    assert visitor.status == 409
    assert cafe.plan() == before


def test_at_the_desk_somebody_is_put_where_they_really_sit(cafe):
    cafe.go("move-1", "round-1")
    before = cafe.seats(1)
    person = cafe.people[0]
    to = next(number for number in (1, 2, 3) if number != before[person.id])
    cafe.do(f"tables/{to}/sitters", person=str(person.id))
    assert cafe.seats(1) == {**before, person.id: to}
    cafe.undo()
    assert cafe.seats(1) == before


def test_a_host_sees_who_is_missing_and_ticks_who_is_here(hosted):
    hosted.go("move-1", "round-1")
    host = hosted.people[0]
    guest, other = hosted.beside(host)[0], hosted.elsewhere(host)[0]
    visitor = hosted.phone(host)
    visitor.post(f"{hosted.at}/sitters/{guest.id}", htmx=True)
    assert "1 of " in visitor.text
    visitor.post(f"{hosted.at}/sitters/{other.id}", htmx=True)
    assert visitor.status == 404
    seen = hosted.database.all(Seat, Seat.here_at.is_not(None))
    assert [(seat.participant_id, seat.round) for seat in seen] == [(guest.id, 1)]


def test_a_host_s_list_that_renews_itself_after_the_round_puts_nothing_in_its_place(hosted):
    hosted.go("move-1", "round-1")
    visitor = hosted.phone(hosted.people[0])
    visitor.get(f"{hosted.at}/sitters")
    assert visitor.status == 200
    hosted.go("harvest")
    visitor.get(f"{hosted.at}/sitters")
    assert (visitor.status, visitor.text) == (204, "")


# --- Tables that come and go


def test_a_merged_table_is_closed_its_people_sit_elsewhere_and_undo_brings_all_back(cafe):
    cafe.go("move-1", "round-1")
    before = cafe.plan()
    staying = {who: table for who, table in before[0].items() if table != 3}
    cafe.do("tables/3/closing")
    for at in cafe.plan():
        assert sorted(at) == sorted(before[0])
        assert set(at.values()) == {1, 2}
    assert {who: cafe.seats(1)[who] for who in staying} == staying
    assert cafe.sizes(1) == [4, 5]
    cafe.undo()
    assert cafe.plan() == before
    assert [table.deleted_at for table in cafe.tables()] == [None] * 3


def test_the_code_on_a_closed_table_tells_where_one_sits_now(cafe):
    cafe.go("move-1", "round-1")
    person = next(each for each in cafe.people if cafe.seats(1)[each.id] == 3)
    token = cafe.table(3).token
    cafe.do("tables/3/closing")
    seats = cafe.seats(1)
    visitor = cafe.phone(person).get(f"/T/{token}")
    assert "This table was closed." in visitor.text
    assert f"Your place in this round is at table {seats[person.id]}." in visitor.text
    assert "I sit here now" not in visitor.text
    assert f'href="/w/{cafe.workshop.code}"' in visitor.html
    visitor.post(f"/t/{token}/seat")
    assert (visitor.status, cafe.seats(1)) == (409, seats)
    cafe.go("harvest")
    assert "This table was closed." in visitor.get(f"/T/{token}").text


def test_the_last_table_is_not_merged_away(open_cafe):
    cafe = open_cafe(4, tables=1)
    cafe.go("move-1", "round-1")
    cafe.do("tables/1/closing")
    assert cafe.desk.status == 409
    assert [table.deleted_at for table in cafe.tables()] == [None]


def test_a_table_is_added_from_the_next_round_on_and_an_even_share_comes_to_it(open_cafe):
    cafe = open_cafe(12)
    cafe.go("move-1", "round-1")
    before = cafe.plan()
    cafe.do("tables/new")
    assert cafe.seats(1) == before[0]
    assert [cafe.sizes(number) for number in (2, 3)] == [[3, 3, 3, 3]] * 2
    moved = [{who for who in at if at[who] != then[who]} for then, at in zip(before[1:], cafe.plan()[1:], strict=True)]
    assert [{at[who] for who in there} for there, at in zip(moved, cafe.plan()[1:], strict=True)] == [{4}, {4}]
    cafe.undo()
    assert cafe.plan() == before


@pytest.mark.parametrize(("tables", "sizes"), [("0", [3, 4, 4]), ("4", [2, 3, 3, 3]), ("2", [5, 6])])
def test_there_are_as_many_tables_as_suit_the_people_or_as_were_set(open_cafe, tables, sizes):
    cafe = open_cafe(11, tables=1)
    cafe.do("tables", tables=tables)
    cafe.go("move-1")
    assert [cafe.sizes(number) for number in (1, 2, 3)] == [sizes] * 3


def test_more_tables_than_a_hall_holds_are_refused(cafe):
    cafe.do("tables", tables="101")
    assert cafe.desk.status == 422
    assert cafe.tables() == []
