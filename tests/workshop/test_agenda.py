"""Where the room is, and how it moves on."""

from datetime import timedelta

import pytest

from facilitator.extensions import db, now
from facilitator.workshop import agenda
from facilitator.workshop.models import Activity, Workshop


@pytest.fixture
def evening(make):
    """Two boards: the first with every step there is, the second with the least."""
    workshop = make.workshop()
    make.board(workshop, silent=True, rounds=2)
    make.board(workshop, title="Warming up", themes=False, vote_on="none")
    return workshop


@pytest.fixture
def room(app, evening):
    """The workshop inside the application: what agenda.py gets to see."""
    with app.app_context():
        yield db.session.get(Workshop, evening.id)


def keys(workshop):
    return [stop.key for stop in agenda.stops(workshop)]


def walk(workshop):
    """Press "next" to the end; the keys of all stops on the way."""
    seen = [agenda.here(workshop).key]
    while stop := agenda.beside(workshop, 1):
        assert agenda.move(workshop, stop.key, workshop.moves)
        seen.append(agenda.here(workshop).key)
    return seen


def test_the_room_goes_from_the_lobby_through_every_step_to_the_closing(room):
    first, second = (activity.id for activity in room.activities)
    steps = ["silent", "collect", "sort", "vote", "result", "vote-again", "result-again"]
    expected = ["0-lobby", *(f"{first}-{step}" for step in steps), f"{second}-collect", "0-closing"]
    assert keys(room) == expected
    assert walk(room) == expected
    assert room.moves == len(expected) - 1


def test_there_is_nothing_before_the_lobby_and_nothing_after_the_closing(room):
    assert agenda.beside(room, -1) is None
    walk(room)
    assert agenda.beside(room, 1) is None


def test_an_empty_agenda_has_a_lobby_and_a_closing(app, make):
    workshop = make.workshop()
    with app.app_context():
        assert keys(db.session.get(Workshop, workshop.id)) == ["0-lobby", "0-closing"]


def test_a_button_on_an_older_picture_of_the_room_does_nothing(room):
    to = agenda.beside(room, 1).key
    assert agenda.move(room, to, room.moves)
    assert not agenda.move(room, "0-closing", room.moves - 1)
    assert (agenda.here(room).key, room.moves) == (to, 1)


@pytest.mark.parametrize("key", ["0-lobby", "999-collect", "", "0-nowhere"])
def test_a_place_that_is_none_or_where_the_room_is_moves_nothing(room, key):
    assert not agenda.move(room, key, room.moves)
    assert (agenda.here(room).key, room.moves) == ("0-lobby", 0)


def test_a_move_opens_what_was_shut_and_starts_the_steps_own_time(room):
    agenda.pause(room, True)
    room.locked = room.show_code = True
    agenda.move(room, agenda.beside(room, 1).key, room.moves)
    assert (room.paused, room.locked, room.show_code) == (False, False, False)
    assert agenda.seconds_left(room) in range(595, 601)
    agenda.move(room, "0-closing", room.moves)
    assert agenda.seconds_left(room) is None


def test_taking_the_activity_out_from_under_the_room_leaves_it_in_the_lobby(room):
    first = room.activities[0]
    agenda.move(room, f"{first.id}-sort", room.moves)
    first.deleted_at = now()
    db.session.commit()
    assert agenda.here(room).key == "0-lobby"


def test_taking_a_later_activity_out_leaves_the_room_at_the_end_of_the_one_before(room):
    first, second = room.activities
    agenda.move(room, f"{second.id}-collect", room.moves)
    second.deleted_at = now()
    db.session.commit()
    assert agenda.here(room).key == f"{first.id}-result-again"


def test_taking_away_the_step_leaves_the_room_at_the_start_of_its_activity(room):
    first = room.activities[0]
    agenda.move(room, f"{first.id}-result-again", room.moves)
    first.settings = {"silent": True, "rounds": 1}
    db.session.commit()
    assert agenda.here(room).key == f"{first.id}-silent"


def test_the_room_goes_on_from_where_it_was_left(room):
    first = room.activities[0]
    agenda.move(room, f"{first.id}-sort", room.moves)
    first.settings = {"silent": True, "themes": False}
    db.session.commit()
    assert agenda.beside(room, 1).key == f"{first.id}-collect"


def test_an_activity_that_comes_first_while_the_room_is_live_does_not_move_it(app, make, evening, room):
    first = room.activities[0]
    agenda.move(room, f"{first.id}-sort", room.moves)
    second = room.activities[1]
    first.position, second.position = 1, 0
    db.session.commit()
    db.session.expire(room)
    assert [each.id for each in room.activities] == [second.id, first.id]
    assert agenda.here(room).key == f"{first.id}-sort"


def test_a_deleted_activity_is_in_no_agenda(room):
    first, second = room.activities
    first.deleted_at = now()
    db.session.commit()
    db.session.expire(room)
    assert keys(room) == ["0-lobby", f"{second.id}-collect", "0-closing"]
    assert db.session.get(Activity, first.id) is not None


# --- The timer


def test_more_time_is_added_to_what_is_left(room):
    agenda.start_timer(room, 300)
    agenda.add_time(room, 60)
    assert agenda.seconds_left(room) in range(355, 361)


def test_more_time_after_the_end_counts_from_now(room):
    room.timer_ends_at = now() - timedelta(minutes=5)
    assert agenda.seconds_left(room) in range(-305, -299)
    agenda.add_time(room, 60)
    assert agenda.seconds_left(room) in range(55, 61)


def test_the_timer_stands_still_in_a_pause_and_goes_on_after_it(room):
    agenda.start_timer(room, 300)
    agenda.pause(room, True)
    assert (room.timer_ends_at, room.timer_left in range(295, 301)) == (None, True)
    agenda.add_time(room, 60)
    assert room.timer_left in range(355, 361)
    agenda.pause(room, False)
    assert room.timer_left is None
    assert agenda.seconds_left(room) in range(355, 361)


def test_pausing_twice_is_pausing_once(room):
    agenda.start_timer(room, 300)
    agenda.pause(room, True)
    left = room.timer_left
    agenda.pause(room, True)
    assert (room.paused, room.timer_left) == (True, left)


def test_a_pause_without_a_timer_makes_none(room):
    agenda.pause(room, True)
    agenda.pause(room, False)
    assert agenda.seconds_left(room) is None


def test_no_seconds_take_the_timer_away(room):
    agenda.start_timer(room, 300)
    agenda.start_timer(room, 0)
    assert agenda.seconds_left(room) is None
