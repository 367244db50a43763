"""Something is wrong with the facilitator's computer: she is told, and what residents give waits on their phones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hall import Hall, Server, make_account, make_workshop
from tests.browser.people import Facilitator, Resident

BENCH = "门口加一张长椅"
LONG = 40_000
"""Milliseconds for what waits for a phone's next try and the console's next look."""


@pytest.fixture(scope="module")
def desk(hall: Hall, server: Server) -> Page:
    page = hall.desk("en")
    make_account(page, server)
    return page


def test_another_program_holds_the_database(hall: Hall, server: Server, desk: Page) -> None:
    workshop = make_workshop(desk, "Evening", language="en")
    Facilitator(desk, workshop).next()
    wang = Resident(hall.phone("zh"), "王阿姨")
    wang.join(server.value("SELECT code FROM workshop WHERE id = ?", workshop))
    with closing(sqlite3.connect(server.folder / "facilitator.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        wang.send(BENCH)
        expect(wang.page.locator(".outgoing .going p")).to_have_text([BENCH])
        expect(desk.locator("#storage")).to_contain_text("Another program holds the database.", timeout=LONG)
        wang.page.reload()
        expect(wang.page.locator(".outgoing .going p")).to_have_text([BENCH])
    expect(wang.page.locator(".own .own-list p")).to_have_text([BENCH], timeout=LONG)
    expect(desk.locator("#storage")).to_be_empty(timeout=LONG)
    assert server.rows("SELECT text FROM statement") == [(BENCH,)]
    assert [each for each in hall.complaints if "status of 503" not in each] == []


@pytest.mark.parametrize(
    ("off", "says"),
    [(timedelta(0), "in order"), (timedelta(hours=1), "disagree by 3"), (-timedelta(days=365), "disagree by 3153")],
)
def test_a_wrong_clock_is_said_before_the_start(desk: Page, hall: Hall, off: timedelta, says: str) -> None:
    workshop = make_workshop(desk, "Evening", language="en")
    desk.clock.set_system_time(datetime.now().astimezone() + off)
    desk.goto(f"/workshops/{workshop}/preflight")
    expect(desk.locator("#clock")).to_contain_text(says)
