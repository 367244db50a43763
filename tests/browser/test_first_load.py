"""The first load on a phone: small, quick, from this house alone; everything in reach of a thumb."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.hall import Hall, Server, make_account, make_workshop
from tests.browser.people import Facilitator, Resident

MOST_BYTES = 60 * 1024
TAPS = """least => [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden], [type=file])")]
  .filter(each => each.checkVisibility() && each.closest(".only-heard, .skip") === null)
  .map(each => ({box: each.getBoundingClientRect(), name: each.outerHTML.slice(0, 90)}))
  .filter(({box}) => box.width && (box.width < least - 0.5 || box.height < least - 0.5)).map(({name}) => name)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def room(hall: Hall, server: Server) -> dict[str, Any]:
    """A vote is open on two ideas."""
    desk = hall.desk("en")
    make_account(desk, server)
    lead = Facilitator(desk, make_workshop(desk, "紫竹苑怎么改"))
    code = server.value("SELECT code FROM workshop")
    lead.next()
    first = Resident(hall.phone("zh"), "王阿姨")
    first.join(code)
    first.say("楼道口加一张能坐下换鞋的长凳，买菜回来好歇歇脚，老人小孩都用得着")
    first.say("AVeryLongWordWithoutAnySpaceThatNoPhoneIsWideEnoughToShowOnASingleLineOfText")
    return {"lead": lead, "code": code}


def test_the_first_load_is_small(hall: Hall, room: dict[str, Any]) -> None:
    page = hall.phone("zh")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  a built-in method isn't taken
    page.goto(f"/J/{room['code']}", wait_until="networkidle")
    sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in answers}
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert len(sizes) <= 8, sizes
    assert {re.sub(r"^(\w+://[^/]+).*", r"\1", url) for url in sizes} == {hall.server.address}


@pytest.mark.parametrize(("senior", "least"), [(False, 44), (True, 60)])
def test_taps_are_large_enough(hall: Hall, room: dict[str, Any], senior: bool, least: int) -> None:
    resident = Resident(hall.phone("zh"), "李奶奶")
    resident.join(room["code"], senior=senior)
    expect(resident.page.locator(".write")).to_be_visible()
    small = resident.page.evaluate(TAPS, 44)
    small += resident.page.locator(".write .primary").evaluate_all(
        "(each, least) => each.filter(e => e.getBoundingClientRect().height < least).map(e => e.outerHTML)",
        least if senior else 44,
    )
    assert not small


@pytest.mark.parametrize(("width", "senior"), [(390, False), (320, False), (390, True), (320, True)])
def test_nothing_scrolls_sideways(hall: Hall, room: dict[str, Any], width: int, senior: bool) -> None:
    page = hall.phone("zh", viewport={"width": width, "height": 740})
    _stays_inside(page, f"/J/{room['code']}")
    Resident(page, "A name of twenty let").join(room["code"], senior=senior)
    expect(page.locator(".write")).to_be_visible()
    assert page.evaluate(SIDEWAYS) == 0
    _stays_inside(page, f"/w/{room['code']}/me")


def test_a_phone_without_a_socket_takes_part(hall: Hall, room: dict[str, Any]) -> None:
    """Comes last: the room moves on to the vote."""
    page = hall.phone("en")
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    resident = Resident(page, "No socket")
    page.goto(f"/J/{room['code']}")
    page.locator("#name").fill(resident.name)
    page.locator("main button.primary").first.click()
    expect(page.locator("#line")).to_have_text("Updates every few seconds", timeout=15_000)
    resident.say("A tap for the garden")
    room["lead"].next()
    expect(page.locator("#phone-bar .where")).to_contain_text("Group", timeout=15_000)
    room["lead"].next()
    expect(page.locator("#hand")).to_be_visible(timeout=15_000)
    resident.place("A tap for the garden")
    room["lead"].next()
    expect(page.locator("#phone-bar .where")).to_contain_text("Reveal the result", timeout=15_000)


def _stays_inside(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate(SIDEWAYS) == 0, address
