"""How is the line? What the facilitator reads while phones come, sleep, lag behind, or can't get a socket."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from facilitator.storage import Trouble
from facilitator.synthesis.models import new_id
from tests.live.raw_phone import RawPhone
from tests.pages import Page
from tests.watch.conftest import Guest, Town

LONG = "把楼道口的台阶改成坡道，再加一张能坐下换鞋的长凳。" * 7


class Room:
    """People and their facilitator, voting."""

    def __init__(self, town: Town, people: int) -> None:
        self.town = town
        owner = town.make.staff()
        self.workshop = town.make.workshop(owner)
        self.board = town.make.board(self.workshop, budget=200, cap=200)
        self.people = town.make.people(self.workshop, people)
        self.desk = town.staff(owner)

    @property
    def page(self) -> Page:
        return self.desk.get(f"/workshops/{self.workshop.id}/line").page

    def says(self, words: str) -> bool:
        """Does the page come to say so?"""
        return any(words in self.page.text or time.sleep(0.1) for _ in range(150))

    @contextmanager
    def connected(self, *people: Any) -> Iterator[None]:
        screens = [self.town.resident(person).screen("phone", self.workshop.code) for person in people]
        yield
        for screen in screens:
            screen.disconnect()


@pytest.fixture
def room(town: Town) -> Any:
    return lambda people: Room(town, people)


def test_who_is_connected_and_who_is_away(room: Any) -> None:
    here = room(4)
    with here.connected(*here.people[:3]):
        assert here.says("3 of 4 phones connected, all their votes in.")
        assert "One phone is away: asleep, or out of the hall. It comes back by itself when it is opened." in (
            here.page.text
        )
        assert "What people did on a phone that is away can't be seen from here" in here.page.text
        with here.connected(here.people[3]):
            assert here.says("4 of 4 phones connected, all votes in.")
            assert "away" not in here.page.text
    assert here.says("0 of 4 phones connected")
    assert "Many are away at once." in here.page.text


def test_two_screens_of_one_person_are_one_phone(room: Any) -> None:
    here = room(2)
    with here.connected(here.people[0], here.people[0]):
        assert here.says("1 of 2 phones connected, all their votes in.")


def test_before_anybody_has_come(room: Any) -> None:
    page = room(0).page
    assert "Nobody has joined yet." in page.text
    assert "nothing sent yet" in page.text or "all that reached this computer is kept" in page.text


def test_when_the_last_of_it_was_kept(room: Any) -> None:
    here = room(1)
    phone = here.town.resident(here.people[0])
    phone.get(f"/w/{here.workshop.code}")
    here.town.make.room_at(here.workshop, here.board, "collect")
    assert phone.post(f"/board/{here.board.id}/ideas", id=new_id(), text="A bench").status == 200
    assert "all that reached this computer is kept, the last of it " in here.page.text
    assert "second" in here.page.text


def test_a_phone_that_gets_no_socket_counts_as_connected(room: Any) -> None:
    here = room(3)
    with here.connected(*here.people[:2]):
        here.town.resident(here.people[2]).get(f"/w/{here.workshop.code}/fragments")
        assert here.says("3 of 3 phones connected, all votes in.")
        assert "one phone asks every few seconds" in here.page.text


def test_a_phone_that_takes_nothing_is_behind(room: Any) -> None:
    here = room(2)
    here.town.make.room_at(here.workshop, here.board, "collect")
    for _ in range(24):
        here.town.make.idea(here.board, LONG, here.people[1])
    deaf = RawPhone(here.town.port, receive_buffer=4096)
    deaf.handshake(Cookie=here.town.resident(here.people[0]).cookie)
    deaf.say("40" + json.dumps({"audience": "phone", "key": here.workshop.code}))
    writer = here.town.resident(here.people[1]).get(f"/w/{here.workshop.code}")
    for number in range(12):
        writer.post(f"/board/{here.board.id}/ideas", id=new_id(), text=f"{number} {LONG}"[:200])
        assert writer.status == 200
        time.sleep(0.05)
    assert here.says("one phone is behind")
    assert "nobody waits" in here.page.text
    deaf.socket.close()
    assert here.says("the same as the room")


def test_the_projector_is_looked_for(room: Any) -> None:
    here = room(1)
    assert "none open" in here.page.text
    wall = here.town.guest().screen("projector", here.workshop.screen_token)
    assert here.says("1 open")
    wall.disconnect()


def test_the_database_is_copied_meanwhile(room: Any) -> None:
    here = room(1)
    assert here.says("the newest was made ")
    assert list(here.town.data.glob("snapshots/facilitator-*.db"))


def test_what_cannot_be_kept_is_said(app: Flask, make: Any, visit: Any) -> None:
    owner = make.staff()
    workshop = make.workshop(owner)
    make.person(workshop)
    app.extensions["storage"].met(Trouble.FULL)
    try:
        page = visit(owner).get(f"/workshops/{workshop.id}/line").page
    finally:
        app.extensions["storage"].well()
    assert "0 of 1 phones connected, but nothing can be kept just now." in page.text
    assert "Votes and ideas have a look nothing new can be kept just now" in page.text


def test_the_console_leads_there_and_the_panel_says_the_same(room: Any) -> None:
    here = room(2)
    with here.connected(*here.people):
        assert here.says("2 of 2 phones connected")
        console = here.desk.get(f"/workshops/{here.workshop.id}/console").page
        [opener] = [each for each in console.buttons if each.panel.endswith("/line/now")]
        assert opener.text == "2 of 2 phones connected"
        assert "2 of 2 phones connected, all votes in." in here.desk.get(opener.panel).page.text


def test_in_chinese(room: Any) -> None:
    here = room(2)
    here.desk = Guest(here.town, {**here.desk.sent, "Accept-Language": "zh-CN"})
    with here.connected(here.people[0]):
        assert here.says("2 部手机中 1 部在线，这些手机的投票都已收到。")
        assert "1 部手机离线" in here.page.text
