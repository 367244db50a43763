"""Somebody puts the server's clock right, by hours, while the room is full."""

import re
from pathlib import Path

import pytest

from facilitator.synthesis.models import new_id
from tests.live.follower import Follower
from tests.live.running import Browser, Running

HOUR = 3600
_TICKET = re.compile(r'name="ticket"[^>]*value="([^"]+)"')
_ENDS = re.compile(r'data-ends="(\d+)"')
_NOW = re.compile(r'data-now="(\d+)"')


class Clocked:
    """A server whose clock the test moves: wall time only, as a person or NTP does."""

    def __init__(self, tmp_path):
        libraries = [*Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")]
        if not libraries:
            pytest.skip("libfaketime is missing")
        self._file = tmp_path / "clock"
        self.is_set_to(0)
        self.server = Running(
            tmp_path / "data",
            LD_PRELOAD=str(libraries[0]),
            FAKETIME_TIMESTAMP_FILE=str(self._file),
            FAKETIME_NO_CACHE="1",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
        )

    def is_set_to(self, seconds):
        """So many seconds beside the true time."""
        part = self._file.with_suffix(".part")
        part.write_text(f"{seconds:+d}s\n")
        part.replace(self._file)


@pytest.fixture
def clock(tmp_path):
    clock = Clocked(tmp_path)
    yield clock
    if clock.server.process and clock.server.process.poll() is None:
        clock.server.kill()


class Room:
    def __init__(self, server):
        self.server = server
        owner = server.make.staff()
        self.workshop = server.make.workshop(owner)
        self.board = server.make.board(self.workshop)
        server.make.room_at(self.workshop, self.board, "collect")
        self.mei, self.wang = server.staff(owner), server.resident(server.make.person(self.workshop))
        server.start()

    def join(self):
        browser = Browser(self.server.port)
        ticket = _TICKET.search(browser.get(f"/j/{self.workshop.code}"))[1]
        assert browser.post(f"/j/{self.workshop.code}", name="李老师", ticket=ticket) == 303
        browser.get(f"/w/{self.workshop.code}")
        return browser

    def say(self, message):
        assert self.mei.post(f"/workshops/{self.workshop.id}/message", message=message) == 204

    def post(self, person, text):
        assert person.post(f"/board/{self.board.id}/ideas", id=new_id(), text=text) == 200

    def seconds_left(self):
        """On the timer, as a phone that opens the page now counts them."""
        page = self.wang.get(f"/w/{self.workshop.code}")
        return (int(_ENDS.search(page)[1]) - int(_NOW.search(page)[1])) / 1000


def newest_first(stage):
    return sorted(("Benches", "Lamps", "Trees", "Swings"), key=stage.index)


def test_hours_forward_and_back_harm_nobody(clock):
    room = Room(clock.server)
    phone = Follower(room.wang, "phone", room.workshop.code, f"/w/{room.workshop.code}/fragments")
    assert room.mei.post(f"/workshops/{room.workshop.id}/timer", seconds="600") == 204
    room.post(room.wang, "Benches")

    clock.is_set_to(5 * HOUR)
    late = room.join()
    room.post(room.wang, "Lamps")
    room.say("It is late")
    phone.until_it_shows("It is late")
    assert room.seconds_left() < -4 * HOUR
    assert room.mei.post(f"/workshops/{room.workshop.id}/timer", seconds="60") == 204
    assert 0 < room.seconds_left() <= 60

    clock.is_set_to(-5 * HOUR)
    room.post(late, "Trees")  # with a cookie that is from tomorrow
    room.say("It is early")
    phone.until_it_shows("It is early")
    assert room.mei.post(f"/workshops/{room.workshop.id}/timer", seconds="0") == 204
    assert room.mei.post(f"/workshops/{room.workshop.id}/timer", seconds="60") == 204
    assert 0 < room.seconds_left() <= 60

    clock.server.let_go()
    assert clock.server.stop() == 0
    clock.server.start()
    clock.server.hang_up()
    late.close()
    room.post(late, "Swings")
    phone.until(lambda: phone.joined == 2)
    room.say("Good evening")
    phone.until_it_shows("Good evening")
    phone.until_it_is_like_the_server()
    phone.close()
    assert newest_first(phone.shown["phone-stage"]) == ["Swings", "Trees", "Lamps", "Benches"]

    clock.is_set_to(200 * 24 * HOUR)  # a cookie lasts 180 days
    assert late.ask("GET", f"/w/{room.workshop.code}")[2] == f"/j/{room.workshop.code}"
    assert "Traceback" not in clock.server.log(), clock.server.log()
