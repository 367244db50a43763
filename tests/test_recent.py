"""Memory stays flat in a long evening: what nobody asks for any more is let go."""

from facilitator.extensions import db
from facilitator.web.recent import Recent
from facilitator.workshop import kept, versions


def test_no_more_is_remembered_than_two_shelves_hold():
    lines = Recent(str, seconds=3600, most=10)
    assert [lines(number) for number in range(1000)] == [str(number) for number in range(1000)]
    assert len(lines) <= 20


def test_what_is_asked_for_stays_while_what_is_not_goes():
    drawn = []
    lines = Recent(drawn.append, seconds=0, most=10)  # a shelf's time is up with every new thing
    for number in range(100):
        lines("on the wall")
        lines(number)
    assert drawn.count("on the wall") == 1
    assert len(lines) <= 2


def test_nothing_is_drawn_anew_while_the_shelf_is_in_use():
    drawn = []
    lines = Recent(drawn.append, seconds=3600, most=10)
    for number in (1, 2, 1, 2, 1):
        lines(number)
    assert drawn == [1, 2]


def test_what_fails_is_tried_again():
    lines = Recent(lambda key: found[key], seconds=3600, most=10)
    found = {}
    try:
        lines("idea")
    except KeyError:
        found["idea"] = "a bench"
    assert lines("idea") == "a bench"


def test_of_a_room_only_the_newest_version_is_kept(app, make):
    """The keys differ with what the room says of itself, at each place that is revealed."""
    workshop, other = make.workshop(make.staff()), make.workshop(make.staff())
    with app.app_context():
        for number in range(20):
            for each in (workshop, other) if number == 0 else (workshop,):
                versions.claim(each.id)
                db.session.commit()
                for what in ("wall", "result"):
                    assert kept.at_version(each.id, (what, number), lambda: number) == number  # noqa: B023
    rooms = [room for room, _what in kept._kept]
    assert (rooms.count(workshop.id), rooms.count(other.id)) == (2, 2)
