"""Undo and redo of everything a facilitator does, and two facilitators who never fight."""

import pytest
from sqlalchemy import inspect, select

from facilitator.extensions import db
from facilitator.synthesis.models import HELD, Statement, Theme
from facilitator.voting.dots import HandCount
from facilitator.workshop.history import Deed
from facilitator.workshop.models import Activity, Workshop

SEEN = (Workshop, Activity, Statement, Theme, HandCount)
# Moves count up for ever, also with an undo: an old button must never work again.
UNCOUNTED = {"moves"}


class Room:
    """A workshop in the middle of its evening, and the addresses of what a facilitator can do in it."""

    def __init__(self, app, make, owner):
        self._app = app
        self.workshop = workshop = make.workshop(owner)
        self.board = board = make.board(workshop, title="First")
        self.second = make.board(workshop, title="Second")
        self.ideas = [make.idea(board, text) for text in ("Shade", "Light", "Ramp")]
        self.held = make.idea(board, "Rude", status=HELD)
        self.seating = make.theme(board, "Seating", *self.ideas[:2])
        self.access = make.theme(board, "Access", self.ideas[2])
        make.dot(board, make.person(workshop), self.ideas[0])
        make.room_at(workshop, board, "result")
        self.desk = f"/workshops/{workshop.id}"
        self.synthesis = f"/synthesis/{board.id}"

    def holds(self):
        """Every living row of the workshop, by table and id."""
        with self._app.app_context():
            rows = [row for model in SEEN for row in db.session.scalars(select(model)) if row.deleted_at is None]
            return {(type(row).__tablename__, row.id): _columns(row) for row in rows}


def _columns(row):
    names = [column.key for column in inspect(row).mapper.column_attrs]
    return {name: getattr(row, name) for name in names if name not in UNCOUNTED}


@pytest.fixture
def owner(make):
    return make.staff(name="Mei")


@pytest.fixture
def colleague(make):
    return make.staff(name="Jun")


@pytest.fixture
def room(app, make, owner, colleague):
    room = Room(app, make, owner)
    make._share(room.workshop, colleague)
    return room


@pytest.fixture
def mei(visit, owner, room):
    return visit(owner).get(f"{room.desk}/console")


@pytest.fixture
def jun(visit, colleague, room):
    return visit(colleague).get(f"{room.desk}/console")


def pressed(button):
    return lambda mei, _room: mei.press(button)


def sent(path, **fields):
    """A deed that is one request."""
    return lambda mei, room: mei.post(path.format(room=room), **{k: v.format(room=room) for k, v in fields.items()})


def filled(path, **fields):
    """A deed that is a form on a page of its own."""

    def deed(mei, room):
        page = path.format(room=room)
        mei.get(page).post(page, **{**mei.page.forms[-1].fields, **fields})

    return deed


def split(mei, room):
    mei.post(f"{room.synthesis}/themes/{room.seating.id}/split", name="Evenings", statement=[room.ideas[1].id])


def count(mei, room):
    fields = {f"dots-paper-{room.ideas[2].id}": "4", f"voters-paper-{room.ideas[2].id}": "2"}
    mei.post(f"/voting/{room.board.id}/counts/1", **fields)


def reorder(mei, room):
    mei.post(f"{room.desk}/agenda/order", activity=[str(room.second.id), str(room.board.id)])


DEEDS = {
    "next": pressed("Next: "),
    "previous": pressed("Previous"),
    "any stop of the agenda": pressed("Closing"),
    "more time": pressed("+1 min"),
    "pause": pressed("Pause"),
    "lock": pressed("Lock posting"),
    "QR code": pressed("QR code"),
    "reveal": pressed("Reveal the next"),
    "message": sent("{room.desk}/message", message="Tea is ready"),
    "enter": sent("/board/{room.board.id}/entries", text="A ramp", source="helper"),
    "count": count,
    "details": filled("{room.desk}", title="Another evening", place="Hall 2"),
    "add an activity": filled("{room.desk}/activities/new/board", title="Third", instruction="And now?"),
    "edit an activity": filled("{room.desk}/activities/{room.board.id}", title="New name", budget="7"),
    "duplicate an activity": sent("{room.desk}/activities/{room.board.id}/copies"),
    "delete an activity": sent("{room.desk}/activities/{room.second.id}/deletion"),
    "delete the activity the room is at": sent("{room.desk}/activities/{room.board.id}/deletion"),
    "reorder": reorder,
    "move down": sent("{room.desk}/agenda/order", activity="{room.board.id}", to="down"),
    "hide an idea": sent("{room.synthesis}/statements/{room.ideas[0].id}/status", status="hidden"),
    "let all through": sent("{room.synthesis}/let-all-through"),
    "move an idea": sent("{room.synthesis}/statements/{room.ideas[0].id}/move", theme="{room.access.id}"),
    "move an idea before another": sent(
        "{room.synthesis}/statements/{room.ideas[0].id}/move", theme="{room.access.id}", before="{room.ideas[2].id}"
    ),
    "ungroup an idea": sent("{room.synthesis}/statements/{room.ideas[0].id}/move", theme=""),
    "add a theme": sent("{room.synthesis}/themes", name="Evenings"),
    "rename a theme": sent("{room.synthesis}/themes/{room.seating.id}", name="Places to sit", colour="4"),
    "merge": sent("{room.synthesis}/themes/{room.seating.id}/merge", theme="{room.access.id}"),
    "split": split,
    "dissolve": sent("{room.synthesis}/themes/{room.seating.id}/dissolution"),
}


@pytest.mark.parametrize("name", DEEDS)
def test_every_deed_can_be_undone_and_done_again(mei, room, name):
    before = room.holds()
    DEEDS[name](mei, room)
    assert mei.status < 400, mei.text
    after = room.holds()
    assert after != before
    mei.get(f"{room.desk}/console").press("Undo")
    assert room.holds() == before
    mei.press("Redo")
    assert room.holds() == after
    mei.press("Undo")
    assert room.holds() == before


def test_undo_goes_back_step_by_step_and_redo_forward(mei, room):
    pictures = [room.holds()]
    for button in ("Next: ", "Pause", "+1 min", "Lock posting"):
        mei.press(button)
        pictures.append(room.holds())
    for picture in reversed(pictures[:-1]):
        mei.press("Undo")
        assert room.holds() == picture
    assert not mei.page.has_button("Undo")
    for picture in pictures[1:]:
        mei.press("Redo")
        assert room.holds() == picture
    assert not mei.page.has_button("Redo")


def test_what_is_done_after_an_undo_leaves_nothing_to_do_again(mei):
    mei.press("Next: ").press("Undo").press("Lock posting")
    assert not mei.page.has_button("Redo")


def test_the_button_says_what_it_would_undo(mei):
    assert "Nothing to undo" in mei.page.titles
    mei.press("Lock posting")
    assert "Undo: locking posts" in mei.page.titles
    mei.press("Undo")
    assert "Do again: locking posts" in mei.page.titles


def test_pressing_undo_twice_takes_back_one_deed(mei, room):
    mei.press("Pause").press("Lock posting")
    button = mei.page.button("Undo")
    for _ in range(2):
        mei.post(button.address, htmx=True, **button.fields)
    now = room.holds()["workshop", room.workshop.id]
    assert (now["paused"], now["locked"]) == (True, False)


def test_a_press_that_changes_nothing_leaves_nothing_to_undo(mei, database, room):
    for _ in range(2):
        mei.post(f"{room.desk}/switches/locked", on="1")
    mei.post(f"{room.desk}/switches/nonsense", on="1")
    assert [deed.name for deed in database.all(Deed)] == ["locked"]


def test_counts_can_be_entered_again_after_they_were_undone(mei, database, room):
    count(mei, room)
    mei.get(f"{room.desk}/console").press("Undo")
    count(mei, room)
    assert mei.status == 200
    assert [(row.dots, row.voters) for row in database.all(HandCount, HandCount.deleted_at.is_(None))] == [(4, 2)]


# --- Two facilitators


def test_two_who_press_next_at_once_move_the_room_one_step(make, mei, jun, database, room):
    make.room_at(room.workshop, room.board, "collect")
    for console in (mei, jun):
        console.get(f"{room.desk}/console")
    mei.press("Next: Group into themes")
    jun.press("Next: Group into themes")
    assert database.get(room.workshop).step == "sort"
    assert not jun.page.has_button("Undo")
    assert jun.page.has_button("Next: Place dots")


def test_two_who_switch_the_same_thing_do_not_cancel_each_other(mei, jun, database, room):
    mei.press("Lock posting")
    jun.press("Lock posting")
    assert database.get(room.workshop).locked


def test_undo_is_ones_own(mei, jun, database, room):
    mei.press("Lock posting")
    jun.press("Pause")
    mei.press("Undo")
    now = database.get(room.workshop)
    assert (now.locked, now.paused) == (False, True)
    assert not mei.page.has_button("Undo")


def test_a_colleagues_deed_cannot_be_undone(mei, jun, database, room):
    jun.press("Lock posting")
    mei.post(f"{room.desk}/undo", deed=str(database.all(Deed)[0].id))
    assert database.get(room.workshop).locked


CONFLICTS = {
    "message": (
        sent("{room.desk}/message", message="Tea is ready"),
        sent("{room.desk}/message", message="Coffee too"),
    ),
    "rename a theme": (
        sent("{room.synthesis}/themes/{room.seating.id}", name="Benches"),
        sent("{room.synthesis}/themes/{room.seating.id}", name="Chairs"),
    ),
    "move an idea": (
        sent("{room.synthesis}/statements/{room.ideas[0].id}/move", theme="{room.access.id}"),
        sent("{room.synthesis}/statements/{room.ideas[0].id}/move", theme=""),
    ),
    "merge": (
        sent("{room.synthesis}/themes/{room.seating.id}/merge", theme="{room.access.id}"),
        sent("{room.synthesis}/statements/{room.ideas[1].id}/move", theme=""),
    ),
    "move the room": (DEEDS["next"], DEEDS["next"]),
    "edit an activity": (
        filled("{room.desk}/activities/{room.board.id}", title="Mine"),
        filled("{room.desk}/activities/{room.board.id}", title="Theirs"),
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_colleagues_later_change_is_never_overwritten(mei, jun, room, name):
    first, later = CONFLICTS[name]
    first(mei, room)
    later(jun.get(f"{room.desk}/console"), room)
    before = room.holds()
    button = mei.get(f"{room.desk}/console").page.button("Undo")
    mei.post(button.address, htmx=True, **button.fields)
    assert mei.status == 409
    assert "Someone has changed this since, so it can't be undone." in mei.text
    assert room.holds() == before


def test_a_theme_that_a_colleague_took_away_is_not_merged_into(mei, jun, room):
    jun.post(f"{room.synthesis}/themes/{room.access.id}/dissolution")
    before = room.holds()
    mei.post(f"{room.synthesis}/themes/{room.seating.id}/merge", theme=str(room.access.id))
    assert mei.status == 409
    assert "A colleague has just removed this theme." in mei.text
    assert room.holds() == before


def test_a_deed_refused_halfway_leaves_nothing(mei, database, room):
    before = room.holds()
    mei.post(f"{room.synthesis}/themes/{room.seating.id}", name="  ")
    assert mei.status == 422
    assert "Give the theme a name." in mei.text
    assert (room.holds(), database.count(Deed)) == (before, 0)
