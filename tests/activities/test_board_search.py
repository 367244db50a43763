"""Looking through a wall: by words, theme, source, status and dots; the next page keeps what was asked."""

import pytest

from facilitator.extensions import db
from facilitator.synthesis.models import HELD, HIDDEN
from facilitator.workshop.models import Activity, Workshop

ALL = {"bench", "shade", "lamp", "percent", "card", "held", "hidden"}


@pytest.fixture
def owner(make):
    return make.staff()


@pytest.fixture
def wall(make, owner):
    """Ideas by a word in each: in two themes and none, of each source and status."""
    workshop = make.workshop(owner)
    board = make.board(workshop, budget=5)
    person = make.person(workshop)
    bench = make.idea(board, "A Bench at the gate", person)
    shade = make.idea(board, "shade over the gate", person)
    lamp = make.idea(board, "lamp, call 13812345678", person)
    make.theme(board, "Seating", bench, shade)
    make.theme(board, "Light", lamp)
    make.idea(board, "100% percent_quiet")
    make.idea(board, "card in the box", source="paper", helper_id=owner.id)
    make.idea(board, "held at the gate", person, status=HELD)
    make.idea(board, "hidden away", person, status=HIDDEN)
    make.dot(board, person, bench)
    return board


@pytest.fixture
def desk(visit, owner, wall):
    return visit(owner).get(f"/voting/{wall.id}/everything")


def found(desk):
    said = desk.page.text_of("everything").lower()
    return {word for word in ALL if word in said.replace("idea hidden", "")}


def look(desk, wall, **wanted):
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    return found(desk.get(f"/voting/{wall.id}/everything?{query}"))


def reveal(app, board):
    with app.app_context():
        db.session.get_one(Activity, board.id).state = {"revealed-1": 8}
        db.session.commit()


def test_nothing_asked_finds_all(desk, wall):
    assert found(desk) == ALL
    assert "Show all" not in desk.text


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("gate", {"bench", "shade", "held"}),
        ("BENCH", {"bench"}),
        ("gate+bench", {"bench"}),
        ("gate+lamp", set()),
        ("%25", {"percent"}),
        ("_", {"percent"}),
        ("%233", {"lamp"}),
        ("13812345678", {"lamp"}),
    ],
)
def test_every_word_must_be_there(desk, wall, words, there):
    assert look(desk, wall, words=words) == there


def test_what_is_chosen_narrows_together(desk, wall):
    seating = next(value for value in range(1, 999) if f'value="{value}">Seating' in desk.html)
    assert look(desk, wall, theme=seating) == {"bench", "shade"}
    assert look(desk, wall, theme=seating, words="shade") == {"shade"}
    assert look(desk, wall, theme=0) == {"percent", "card", "held", "hidden"}
    assert look(desk, wall, source="paper") == {"card"}
    assert look(desk, wall, status="held") == {"held"}
    assert look(desk, wall, status="hidden", source="phone") == {"hidden"}


def test_what_means_nothing_narrows_nothing(desk, wall):
    assert look(desk, wall, theme="abc", source="radio", status="lost", dots="many") == ALL


def test_an_empty_result_says_so(desk, wall):
    desk.get(f"/voting/{wall.id}/everything?words=swimming")
    assert "Nothing was found." in desk.text
    assert "0 ideas" in desk.text
    assert "Show all" in desk.text


def test_dots_are_looked_for_only_once_the_room_has_seen_them(app, desk, wall):
    assert "without dots" not in desk.text
    assert look(desk, wall, dots="with") == ALL
    reveal(app, wall)
    assert look(desk, wall, dots="with") == {"bench"}
    assert "without dots" in desk.text
    assert look(desk, wall, dots="without") == ALL - {"bench"}


def test_dots_on_a_theme_are_those_of_its_ideas(app, make, owner, desk):
    workshop = make.workshop(owner)
    board, person = make.board(workshop, vote_on="themes"), make.person(workshop)
    make.dot(board, person, make.theme(board, "Seats", make.idea(board, "bench")))
    make.theme(board, "Light", make.idea(board, "lamp"))
    make.idea(board, "card")
    reveal(app, board)
    assert look(desk, board, dots="with") == {"bench"}
    assert look(desk, board, dots="without") == {"lamp", "card"}


def test_the_next_page_keeps_what_was_asked(make, desk, wall):
    for number in range(120):
        make.idea(wall, f"gate {number}")
    desk.get(f"/voting/{wall.id}/everything?words=gate&status=shown")
    assert "122 ideas" in desk.text
    after = next(link for link in desk.page.links if "page=2" in link)
    assert "words=gate" in after
    assert "status=shown" in after
    desk.get(after)
    assert "gate 119" in desk.text
    assert desk.page.form("/everything").fields["words"] == "gate"


def test_the_console_leads_there(make, visit, owner, database, wall):
    make.room_at(database.get(Workshop, wall.workshop_id), wall, "collect")
    console = visit(owner).get(f"/workshops/{wall.workshop_id}/console")
    assert f"/voting/{wall.id}/everything" in console.page.links


def test_as_many_queries_for_a_hundred_ideas_as_for_seven(make, desk, wall, queries):
    address = f"/voting/{wall.id}/everything?words=e&status=shown"
    few = queries(lambda: desk.get(address))
    for number in range(93):
        make.idea(wall, f"one more {number}")
    assert queries(lambda: desk.get(address)) == few
