"""The laptop is shut by mistake and opened again: the room is where it was, and every screen comes back by itself."""

import json
from datetime import timedelta

import pytest

from facilitator.extensions import db, now
from facilitator.synthesis.models import new_id
from facilitator.workshop.models import Workshop
from tests.live.follower import Follower
from tests.live.running import Running


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Running(tmp_path_factory.mktemp("hall") / "data").start()
    yield server
    if server.process.poll() is None:
        server.kill()


def restart(server, end):
    server.let_go()
    getattr(server, end)()
    server.start()
    server.hang_up()


class Room:
    """A workshop with three ideas, and what its three kinds of screens are shown."""

    def __init__(self, server):
        self.server, self.open = server, []
        self.owner = server.make.staff()
        self.workshop = server.make.workshop(self.owner)
        self.board = server.make.board(self.workshop)
        self.ideas = [server.make.idea(self.board, text) for text in ("Benches", "Lamps", "Trees")]
        server.make.room_at(self.workshop, self.board, "vote")
        self.people = [server.resident(person) for person in server.make.people(self.workshop, 2)]
        self.mei = server.staff(self.owner)
        self.addresses = {
            "phone": (self.people[0], self.workshop.code, f"/w/{self.workshop.code}/fragments"),
            "projector": (
                self.people[1],
                self.workshop.screen_token,
                f"/screen/{self.workshop.screen_token}/fragments",
            ),
            "console": (self.mei, self.workshop.id, f"/workshops/{self.workshop.id}/console/fragments"),
        }

    def press(self, what, **form):
        assert self.mei.post(f"/workshops/{self.workshop.id}/{what}", **form) == 204

    def vote(self):
        for person, idea in zip(self.people, self.ideas, strict=False):
            form = {"id": new_id(), "target": idea.id}
            assert person.post(f"/voting/{self.board.id}/dots", **form) == 200

    def shown(self):
        """What each screen shows now, as the server draws it."""
        return {
            audience: {patch["id"]: patch["html"] for patch in json.loads(browser.get(path))}
            for audience, (browser, _key, path) in self.addresses.items()
        }

    def follow(self, audience):
        browser, key, path = self.addresses[audience]
        follower = Follower(browser, audience, key, path)
        self.open.append(follower)
        return follower


def voting(room):
    room.vote()
    room.press("timer", seconds="300")
    room.press("message", message="Five minutes left")


def over_time(room):
    with room.server.app.app_context():
        db.session.get_one(Workshop, room.workshop.id).timer_ends_at = now() - timedelta(seconds=90)
        db.session.commit()


def paused(room):
    room.press("timer", seconds="300")
    room.press("switches/paused", on="1")


def locked(room):
    room.press("moves", to=f"{room.board.id}-collect", moves="0")
    room.press("switches/locked", on="1")
    room.press("switches/show_code", on="1")


def half_revealed(room):
    room.vote()
    room.press("moves", to=f"{room.board.id}-result", moves="0")
    room.press("reveals", more="1", hidden="1")


def closed(room):
    room.press("moves", to="0-closing", moves="0")


STATES = (voting, over_time, paused, locked, half_revealed, closed)


def test_the_room_is_where_it_was(server):
    rooms = {state.__name__: Room(server) for state in STATES}
    for state in STATES:
        state(rooms[state.__name__])
    before = {name: room.shown() for name, room in rooms.items()}
    for end in ("kill", "stop"):
        restart(server, end)
        assert {name: room.shown() for name, room in rooms.items()} == before, end
    assert "Five minutes left" in before["voting"]["phone"]["phone-bar"]
    assert "data-ends" in before["voting"]["phone"]["phone-bar"]
    assert "A short break" in before["paused"]["phone"]["phone-bar"]
    assert len({json.dumps(shown) for shown in before.values()}) == len(STATES)


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_screens_come_back_by_themselves_with_what_they_missed(server, end):
    room = Room(server)
    screens = [room.follow(audience) for audience in room.addresses]
    room.press("message", message="Before")
    for screen in screens:
        screen.until_it_shows("Before")
    room.press("message", message="Written in the last moment")  # nobody has seen it when the server ends
    restart(server, end)
    room.vote()
    for screen in screens:
        screen.until(lambda screen=screen: screen.joined == 2)
        screen.until_it_shows("Written in the last moment")
    room.press("reveals", more="0", hidden="0")
    room.press("moves", to=f"{room.board.id}-result", moves="0")
    for screen in screens:
        screen.until_it_is_like_the_server()
        screen.close()


def test_a_dot_sent_before_the_crash_and_again_after_it_is_one_dot(server):
    room = Room(server)
    dot = {"id": new_id(), "target": room.ideas[0].id}
    address = f"/voting/{room.board.id}/dots"
    assert room.people[0].post(address, **dot) == 200
    restart(server, "kill")
    assert room.people[0].post(address, **dot) == 200
    room.press("moves", to=f"{room.board.id}-result", moves="0")
    # The vote is over by now; but the dot is there, and that is what counts.
    assert room.people[0].post(address, **dot) in (200, 204)
    assert server.rows("SELECT round, withdrawn_at FROM dot WHERE id = ?", dot["id"]) == [(1, None)]
