"""Dots over the open socket: what is kept is acknowledged there; of all else HTTP tells, and nothing counts twice."""

from __future__ import annotations

import pytest
import socketio

from facilitator.extensions import db
from facilitator.synthesis.models import new_id
from facilitator.workshop.joining import mark
from tests.live.follower import Follower
from tests.live.invariants import broken
from tests.live.raw_phone import RawPhone
from tests.live.running import GRACE, Running


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Running(tmp_path_factory.mktemp("hall") / "data", FACILITATOR_TICK_MS="50")
    yield server.start()
    server.kill()
    assert "Traceback" not in server.log(), server.log()
    assert broken(server.folder / "facilitator.db") == {}


class Phone:
    """Somebody's page with an open socket."""

    def __init__(self, room, person=None, *, audience="phone", key="", browser=None):
        self.person = person or room.server.make.person(room.workshop)
        self.browser = browser or room.server.resident(self.person)
        self.owner = mark(self.person.token)
        self._client = socketio.Client(reconnection=False)
        headers = {"Cookie": f"session={self.browser.cookie}", "Accept-Language": "en"}
        auth = {"audience": audience, "key": key or room.workshop.code, "page": 0, "versions": {}}
        address = f"http://127.0.0.1:{room.server.port}"
        self._client.connect(address, headers, auth, transports=["websocket"], wait_timeout=GRACE)

    def tap(self, path, owner=None, **fields):
        return self.say(path, fields, self.owner if owner is None else owner)

    def say(self, *sent):
        """The HTML that acknowledges it; None: ask over HTTP."""
        return self._client.call("tap", sent or None, timeout=GRACE)

    def send(self, *sent):
        """Say it, and hear no answer."""
        self._client.emit("tap", sent)

    def close(self):
        self._client.disconnect()


class Room:
    """A vote on two ideas, with two dots for everybody."""

    def __init__(self, server):
        self.server = server
        self.owner = server.make.staff()
        self.workshop = server.make.workshop(self.owner)
        self.board = server.make.board(self.workshop, budget=2, cap=2)
        self.bench, self.lamp = (server.make.idea(self.board, text) for text in ("A bench", "A lamp"))
        self.at("vote")
        self.path = f"/voting/{self.board.id}/dots"

    def at(self, step):
        self.server.make.room_at(self.workshop, self.board, step)

    def set(self, row, **changed):
        with self.server.app.app_context():
            found = db.session.get_one(type(row), row.id)
            for name, value in changed.items():
                setattr(found, name, value)
            db.session.commit()

    def dots(self):
        """(person, idea) of each dot that lies on the board."""
        query = "SELECT participant_id, statement_id FROM dot WHERE activity_id = ? AND withdrawn_at IS NULL"
        return self.server.rows(query, self.board.id)


@pytest.fixture
def room(server):
    return Room(server)


@pytest.fixture
def phone(room):
    phone = Phone(room)
    yield phone
    phone.close()


# --- What is kept


def test_a_dot_is_kept_before_it_is_acknowledged_and_the_room_sees_it(room, phone):
    mei = room.server.staff(room.owner)
    fragments = f"/workshops/{room.workshop.id}/console/fragments"
    console = Follower(mei, "console", room.workshop.id, fragments)
    answer = phone.tap(room.path, id=new_id(), target=room.bench.id, round="1")
    assert room.dots() == [(phone.person.id, room.bench.id)]
    assert f'<hx-partial hx-target="#target-{room.bench.id}"' in answer
    assert 'data-hand="1"' in answer
    console.until_it_shows("1 of 1 people have placed 1 dot")
    console.close()


def test_it_is_answered_as_over_http(room, phone):
    other = Phone(room)
    quick = phone.tap(room.path, id="a" * 32, target=room.bench.id, round="1")
    slow = other.browser.ask("POST", room.path, id="b" * 32, target=room.bench.id, round="1")[1]
    assert quick.replace("a" * 32, "b" * 32) == slow
    other.close()


def test_a_dot_is_taken_back(room, phone):
    dot = new_id()
    phone.tap(room.path, id=dot, target=room.bench.id, round="1")
    answer = phone.tap(f"{room.path}/{dot}/withdrawal", id=new_id(), round="1")
    assert 'data-hand="2"' in answer
    assert room.dots() == []


def test_what_was_kept_but_not_heard_counts_once(room, phone):
    """The acknowledgement is lost; the phone asks over HTTP, under the same id, then over the socket again."""
    fields = {"id": new_id(), "target": room.bench.id, "round": "1"}
    phone.send(room.path, fields, phone.owner)
    assert phone.browser.post(room.path, **fields) == 200
    assert phone.tap(room.path, **fields) is not None
    assert room.dots() == [(phone.person.id, room.bench.id)]


def test_a_dot_that_comes_when_the_room_has_gone_on_is_known_and_shows_nothing(room, phone):
    fields = {"id": new_id(), "target": room.bench.id, "round": "1"}
    phone.tap(room.path, **fields)
    room.at("result")
    assert phone.tap(room.path, **fields) == ""
    assert len(room.dots()) == 1


def test_whoever_taps_madly_counts_once(room, phone):
    """A phone sends one at a time; what comes while one is under way is left to HTTP."""
    fields = {"id": new_id(), "target": room.bench.id, "round": "1"}
    for _ in range(100):
        phone.send(room.path, fields, phone.owner)
    assert phone.browser.post(room.path, **fields) == 200
    assert len(room.dots()) == 1


# --- What HTTP tells


def told(phone, path, **fields):
    """What the phone reads when it asks again."""
    assert phone.tap(path, **fields) is None
    return phone.browser.ask("POST", path, **fields)[:2]


def test_what_is_refused_is_told_over_http(room, phone):
    for _ in range(2):
        phone.tap(room.path, id=new_id(), target=room.bench.id, round="1")
    status, words = told(phone, room.path, id=new_id(), target=room.lamp.id, round="1")
    assert (status, len(room.dots())) == (409, 2)
    assert "All your dots are placed. Take one back to move it." in words


def test_a_break_is_told_over_http(room, phone):
    room.set(room.workshop, paused=True)
    status, words = told(phone, room.path, id=new_id(), target=room.bench.id, round="1")
    assert (status, room.dots()) == (409, [])
    assert "We are taking a short break." in words


def test_a_vote_that_is_over_is_told_over_http(room, phone):
    room.at("result")
    status, words = told(phone, room.path, id=new_id(), target=room.bench.id, round="1")
    assert (status, room.dots()) == (409, [])
    assert "This vote is closed." in words


def test_what_has_no_quick_lane_is_left_to_http(room, phone):
    room.at("collect")
    ideas = f"/board/{room.board.id}/ideas"
    assert phone.tap(ideas, id=new_id(), text="A tree") is None
    query = "SELECT count(*) FROM statement WHERE activity_id = ?"
    assert room.server.value(query, room.board.id) == 2
    assert phone.browser.post(ideas, id=new_id(), text="A tree") == 200


# --- Who may


def dot_of(room):
    return {"id": new_id(), "target": room.bench.id, "round": "1"}


def test_another_workshop_s_board_takes_nothing(room, phone):
    elsewhere = Room(room.server)
    assert phone.tap(elsewhere.path, **dot_of(elsewhere)) is None
    assert elsewhere.dots() == []


def test_what_was_tapped_on_somebody_else_s_page_is_not_this_person_s(room, phone):
    """The socket was opened by whoever holds the phone now; the page is still the one before."""
    before = room.server.make.person(room.workshop)
    for owner in (mark(before.token), "", "x" * 20):
        assert phone.tap(room.path, owner, **dot_of(room)) is None
    assert room.dots() == []


@pytest.mark.parametrize("audience", ["projector", "console"])
def test_screens_that_are_nobody_s_phone_tap_nothing(room, audience):
    keys = {"projector": room.workshop.screen_token, "console": str(room.workshop.id)}
    browser = room.server.staff(room.owner)
    screen = Phone(room, audience=audience, key=keys[audience], browser=browser)
    for owner in ("", screen.owner):
        assert screen.tap(room.path, owner, **dot_of(room)) is None
    assert room.dots() == []
    screen.close()


def test_a_workshop_or_activity_that_was_deleted_takes_nothing(room, phone):
    deleted = room.workshop.created_at
    for row in (room.board, room.workshop):
        room.set(row, deleted_at=deleted)
        assert phone.tap(room.path, **dot_of(room)) is None
        room.set(row, deleted_at=None)
    assert room.dots() == []


@pytest.mark.parametrize(("origin", "line"), [("https://elsewhere.example", "400"), ("", "101"), ("same", "101")])
def test_another_site_opens_no_socket(room, origin, line):
    """A browser says which site's script asks; cookies would go along."""
    person = room.server.resident(room.server.make.person(room.workshop))
    raw = RawPhone(room.server.port)
    host = f"127.0.0.1:{room.server.port}"
    said = f"http://{host}" if origin == "same" else origin
    head = raw.handshake(Host=host, Origin=said, Cookie=f"session={person.cookie}")
    assert head.split()[1] == line
    raw.close()


# --- Nonsense


def nonsense(room, owner):
    good = dot_of(room)
    yield ()
    yield (room.path,)
    yield (room.path, good)
    yield (room.path, good, owner, "more")
    yield (None, good, owner)
    yield (room.path, None, owner)
    yield (room.path, [["id", "x"]], owner)
    yield (room.path, {**good, "id": 5}, owner)
    yield (room.path, {**good, "id": {"a": 1}}, owner)
    yield (room.path, {**good, "id": "not an id"}, owner)
    yield (room.path, {**good, "target": "x" * 10_000}, owner)
    yield (room.path, {f"field{number}": "x" for number in range(100)}, owner)
    yield ("x" * 10_000, good, owner)
    yield ("", good, owner)
    yield ("//elsewhere.example/voting/1/dots", good, owner)
    yield (f"{room.path}/", good, owner)
    yield (f"{room.path}?target=1", good, owner)
    yield ("/voting/0/dots", good, owner)
    yield ("/voting/99999999/dots", good, owner)
    yield ("/\ud800\x00/dots".encode("utf-8", "replace").decode(), good, owner)
    yield (room.path, good, 7)


def test_nonsense_is_answered_with_nothing_and_does_no_harm(room, phone):
    for sent in nonsense(room, phone.owner):
        assert phone.say(*sent) is None, sent
    assert room.dots() == []
    assert phone.tap(room.path, **dot_of(room)) is not None
    assert len(room.dots()) == 1
