"""axe-core finds nothing, on any page, in either language, on a phone, in large letters, on laptop and projector."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.axe import axe_finds
from tests.browser.hall import PHONE, WALL, Hall, Server, make_account, make_workshop
from tests.browser.people import Facilitator, Resident

LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def people(hall: Hall, server: Server) -> dict[str, Any]:
    """A room with everything in it, and somebody in front of each kind of screen."""
    desks = {"zh": hall.desk("zh", bypass_csp=True), "en": hall.desk("en", bypass_csp=True)}
    make_account(desks["zh"], server)
    desks["en"].context.add_cookies(desks["zh"].context.cookies())
    workshop = make_workshop(desks["zh"], "紫竹苑怎么改")
    code = server.value("SELECT code FROM workshop")
    phones = {name: _phone(hall, code, name) for name in ("zh", "en", "senior")}
    wall = hall.wall(bypass_csp=True)
    wall.goto(f"/screen/{server.value('SELECT screen_token FROM workshop')}")
    return {"desks": desks, "phones": phones, "wall": wall, "workshop": workshop, "code": code}


def _phone(hall: Hall, code: str, name: str) -> Resident:
    resident = Resident(hall.phone("zh" if name == "senior" else name, bypass_csp=True), f"居民 {name}")
    resident.join(code, senior=name == "senior")
    return resident


def test_every_step_on_every_screen(people: dict[str, Any]) -> None:
    lead = Facilitator(people["desks"]["zh"], people["workshop"])
    faults = list(_screens(people, "lobby"))
    lead.next()
    people["phones"]["zh"].say("楼道口加一张能坐下换鞋的长凳")
    people["phones"]["en"].say("A bench near the parcel lockers")
    faults += [*_screens(people, "collect"), *_waiting(people, "collect", lambda phone: phone.send("A ramp"))]
    lead.next()
    lead.add_theme("坐一坐")
    lead.move_by_keyboard("长凳", "坐一坐")
    faults += [*_dialogs(people["desks"]["zh"]), *_screens(people, "sort")]
    lead.next()
    for phone in people["phones"].values():
        phone.place("长凳")
    faults += [*_screens(people, "vote"), *_waiting(people, "vote", lambda phone: phone.tap("parcel"))]
    lead.next()
    lead.reveal()
    faults += _screens(people, "result")
    lead.next()
    faults += _screens(people, "closing")
    assert not faults, "\n".join(faults)


def test_every_other_page(people: dict[str, Any], hall: Hall) -> None:
    number = people["workshop"]
    activity = re.search(r"activities/(\d+)", _html(people["desks"]["zh"], f"/workshops/{number}/agenda"))
    assert activity
    staff = [
        "/workshops",
        "/workshops/import",
        "/workshops/new",
        "/workshops/new/salon",
        f"/workshops/{number}",
        "/staff",
        "/programme",
    ]
    staff += [f"/workshops/{number}/{page}" for page in ("agenda", "preflight", "poster", "line", "nothing-here")]
    staff += [f"/workshops/{number}/activities/{activity[1]}", f"/workshops/{number}/activities/new/board"]
    staff += [f"/voting/{activity[1]}/counts/1"]
    faults = []
    for language in LANGUAGES:
        desk = people["desks"][language]
        faults += [fault for address in staff for fault in _page(desk, address)]
        visitor = hall.phone(language, bypass_csp=True)
        addresses = ("/", "/sign-in", f"/j/{people['code']}", "/j/NOBODY", "/sign-in?next=/staff")
        faults += [fault for address in addresses for fault in _page(visitor, address)]
        faults += _page(people["phones"][language].page, f"/w/{people['code']}/me")
    assert not faults, "\n".join(faults)


def test_the_proposal(people: dict[str, Any]) -> None:
    desk = people["desks"]["zh"]
    desk.goto(f"/workshops/{people['workshop']}/console")
    desk.locator("#console-side button").click()
    desk.wait_for_url("**/proposals/*")
    address = desk.url.split("?")[0].removeprefix(desk.url[: desk.url.index("/proposals")])
    faults = [
        fault for language in LANGUAGES for fault in _page(people["desks"][language], f"{address}?variant={language}")
    ]
    faults += _page(desk, f"{address}?variant=bi")
    evidence = desk.locator(".sheet a[href*='/evidence/']").first.get_attribute("href")
    faults += _page(desk, str(evidence))
    beside = [f"/workshops/{people['workshop']}/proposals", f"{address}/history", f"{address}/replies/new"]
    faults += [fault for language in LANGUAGES for each in beside for fault in _page(people["desks"][language], each)]
    assert not faults, "\n".join(faults)


# --- A World Café: guests, hosts and the large letters of both


@pytest.fixture(scope="module")
def cafe(people: dict[str, Any], hall: Hall, server: Server) -> dict[str, Any]:
    desks = people["desks"]
    workshop = make_workshop(desks["zh"], "境聚里世界咖啡馆", "world_cafe")
    about = "SELECT code, screen_token, a.id FROM workshop w JOIN activity a ON a.workshop_id = w.id WHERE w.id = ?"
    code, token, activity = server.rows(about, workshop)[0]
    seating = f"/world_cafe/{activity}/seating"
    faults = list(_page(desks["en"], seating))  # before anybody is here
    names = ("zh", "en", "senior", "zh host", "en host", "senior host")
    phones = {name: _cafe_phone(hall, code, name) for name in names}
    wall = hall.wall(bypass_csp=True)
    wall.goto(f"/screen/{token}")
    desks["zh"].goto(seating)
    _seats(desks["zh"])
    table = server.value("SELECT token FROM cafe_table WHERE activity_id = ? AND number = 1", activity)
    mine = {
        "phones": phones,
        "wall": wall,
        "workshop": workshop,
        "seating": seating,
        "activity": activity,
        "token": table,
    }
    return {"desks": desks, "code": code, "faults": faults, **mine}


def _cafe_phone(hall: Hall, code: str, name: str) -> Resident:
    language = "zh" if "senior" in name else name.split(maxsplit=1)[0]
    resident = Resident(hall.phone(language, bypass_csp=True), f"居民 {name}")
    resident.join(code, senior="senior" in name)
    return resident


def _seats(desk: Page) -> None:
    """Three tables, and a host at each."""
    desk.locator("#tables").fill("3")
    desk.locator("form[action$='/tables'] button:not(.quiet)").click()
    expect(desk.locator("#host-3")).to_be_attached()
    for number, name in enumerate(("zh", "en", "senior"), 1):
        desk.locator(".people-list li", has_text=f"居民 {name} host").locator("form[action$='/hosts'] button").click()
        expect(desk.locator(f"#host-{number} option:checked")).to_have_text(f"居民 {name} host")


def test_every_step_of_a_cafe_on_every_screen(cafe: dict[str, Any]) -> None:
    desk, phones = cafe["desks"]["zh"], cafe["phones"]
    lead = Facilitator(desk, cafe["workshop"])
    lead.next()
    faults = [*cafe["faults"], *_screens(cafe, "gather")]
    lead.next()
    for phone in phones.values():
        phone.page.locator(".why summary").tap()
        expect(phone.page.locator("#why")).not_to_be_empty()
    faults += _screens(cafe, "move")
    lead.next()
    for name in ("zh", "en", "senior"):
        phones[name].page.locator("form[action$='/here'] button").tap()
        phones[name].send("电梯口放一张长椅")
        expect(phones[name].page.locator("#mine .notes li")).to_be_visible()
        phones[f"{name} host"].page.locator("#card-title").fill("慢下来的入口")
        phones[f"{name} host"].page.locator("#insight-1").fill("入口要能坐、能遮雨")
        phones[f"{name} host"].page.locator(".sitters button").first.tap()
    desk.locator(".guide button").click()
    for phone in phones.values():
        expect(phone.page.locator(".last-call")).to_be_visible()
    faults += [*_screens(cafe, "round"), *_opened(desk, ".desk-tables [data-panel-url]")]
    faults += _tables(cafe)
    for _step in range(5):
        lead.next()
    faults += _screens(cafe, "harvest")
    for _step in range(4):
        lead.next()
    faults += _screens(cafe, "dialogue, silent")
    phones["en"].send("Who pays for the bench?")
    phones["senior"].send("什么时候动工？")
    desk.locator(".desk-questions .primary").click()
    expect(cafe["wall"].locator("#wall-speaking")).to_be_visible()
    faults += _screens(cafe, "dialogue")
    assert not faults, "\n".join(faults)


def _tables(cafe: dict[str, Any]) -> Iterator[str]:
    """The pages beside the steps, while a round is on."""
    for language in LANGUAGES:
        desk = cafe["desks"][language]
        at = desk.url
        yield from _page(desk, f"/workshops/{cafe['workshop']}/activities/{cafe['activity']}")
        yield from _page(desk, cafe["seating"])
        for summary in desk.locator("summary").all():
            summary.click()
        yield from axe_finds(desk, f"{cafe['seating']}, all of it, {language}")
        desk.goto(at)
    token = cafe["token"]
    for name, phone in cafe["phones"].items():
        yield from _page(phone.page, f"/t/{token}")
        phone.page.goto(f"/w/{cafe['code']}")
        phone.is_live()
        yield from axe_finds(phone.page, f"back from table 1, {name}")


# --- A design competition: its desk, its teams, everybody's screens from the gallery to the award


@pytest.fixture(scope="module")
def final(
    people: dict[str, Any], hall: Hall, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Two entries from a list, a picture and its pair on the first, two judges who are not here yet."""
    desk = people["desks"]["zh"]
    workshop = make_workshop(desk, "转角遇见设计赛", "competition")
    about = "SELECT code, screen_token, a.id FROM workshop w JOIN activity a ON a.workshop_id = w.id WHERE w.id = ?"
    code, token, activity = server.rows(about, workshop)[0]
    at, folder = f"/competition/{activity}", tmp_path_factory.mktemp("entries")
    faults = [fault for page in ("entries", "judges", "result", "log") for fault in _page(desk, f"{at}/{page}")]
    (folder / "list.csv").write_text("标题,团队\n转角歇一歇,银龄设计组\n一米菜园,绿手指\n", encoding="utf-8")
    Image.new("RGB", (900, 600), (122, 158, 98)).save(folder / "tree.jpg")
    desk.goto(f"{at}/entries/import")
    desk.locator("#list").set_input_files(folder / "list.csv")
    desk.locator("form:has(#list) button.primary").click()
    faults += axe_finds(desk, "what a list would do")
    desk.locator("form:has(input[name=rows]) button.primary").click()
    desk.locator(".entry-card .foot a").first.click()
    desk.locator("#pictures").set_input_files([folder / "tree.jpg", folder / "tree.jpg"])
    with desk.expect_navigation():
        desk.locator(".save .primary").click()
    desk.goto(f"{at}/judges")
    desk.locator("#judges-names").fill("王建筑师，建筑师\n李奶奶")
    desk.locator("form[action$='/judges'] button").click()
    expect(desk.locator("#judges tbody tr")).to_have_count(2)
    phones = {name: _phone(hall, code, name) for name in ("zh", "en", "senior")}
    wall = hall.wall(bypass_csp=True)
    wall.goto(f"/screen/{token}")
    mine = {"phones": phones, "wall": wall, "workshop": workshop, "at": at, "code": code, "faults": faults}
    return {"desks": people["desks"], **mine}


def test_every_page_of_a_competition(final: dict[str, Any], server: Server, hall: Hall) -> None:
    at, faults = final["at"], [*final["faults"]]
    [(entry, team)] = server.rows("SELECT id, token FROM competition_entry ORDER BY id LIMIT 1")
    judge = server.value("SELECT id FROM competition_judge LIMIT 1")
    pages = ["entries", "entries/new", f"entries/{entry}/edit", f"entries/{entry}/link", "rubric", "judges"]
    pages += [f"judges/{judge}/link", "log"]
    for language in LANGUAGES:
        faults += [fault for page in pages for fault in _page(final["desks"][language], f"{at}/{page}")]
        faults += _page(hall.phone(language, bypass_csp=True), f"/E/{team}")
    for name, phone in final["phones"].items():
        phone.page.goto(f"{at}/entries/{entry}")
        faults += axe_finds(phone.page, f"an entry, {name}")
        phone.page.goto(f"/w/{final['code']}")
        phone.is_live()
    assert not faults, "\n".join(faults)


def test_every_step_of_a_competition_on_every_screen(final: dict[str, Any], server: Server, hall: Hall) -> None:
    desk = final["desks"]["zh"]
    lead = Facilitator(desk, final["workshop"])
    lead.next()
    faults = list(_screens(final, "gallery"))
    lead.next()
    desk.locator(".guide button.primary").click()
    expect(final["wall"].locator(".order-wall li:not(.open)")).to_have_count(1)
    faults += _screens(final, "lots")
    lead.next()
    desk.locator(".guide button.primary").click()
    final["phones"]["zh"].send("雨棚会挡光吗？")
    expect(desk.locator("#console-stage")).to_contain_text("雨棚会挡光吗？")
    faults += _screens(final, "presenting")
    lead.next()
    for phone in final["phones"].values():
        phone.place("转角歇一歇")
    faults += _screens(final, "public vote")
    lead.next()
    faults += _screens(final, "before the lock")
    _one_judge_scores(hall, server)
    desk.goto(f"{final['at']}/judges")
    faults += axe_finds(desk, "somebody is behind")
    desk.locator("input[name=sure]").check()
    desk.locator("form[action$='/locks'] button").click()
    expect(desk.locator("form[action$='/locks']")).to_have_count(0)
    lead = Facilitator(desk, final["workshop"])
    lead.reveal()
    faults += _screens(final, "the second place")
    lead.reveal()
    faults += _screens(final, "the award")
    for language in LANGUAGES:
        for page in ("result", "log", "judges", "rubric"):
            faults += _page(final["desks"][language], f"{final['at']}/{page}")
    assert not faults, "\n".join(faults)


def _one_judge_scores(hall: Hall, server: Server) -> None:
    judge = hall.phone("zh")
    judge.goto(f"/G/{server.value('SELECT token FROM competition_judge ORDER BY number LIMIT 1')}")
    judge.locator(".asked .primary").tap()
    for place, score in enumerate(("8", "7")):
        judge.locator(".lines a").nth(place).tap()
        for criterion in judge.locator("article.current .criterion").all():
            criterion.locator(f".chips label:has(input[value='{score}'])").tap()
        judge.locator("article.current .turn a[href='#overview']").first.tap()
    expect(judge.locator("#finish summary")).to_be_visible(timeout=20_000)


def _screens(people: dict[str, Any], step: str) -> Iterator[str]:
    for name, phone in people["phones"].items():
        phone.page.wait_for_function(SETTLED)
        yield from axe_finds(phone.page, f"{step}, phone {name}")
    yield from axe_finds(people["wall"], f"{step}, projector")
    for language, desk in people["desks"].items():
        if language == "en":
            desk.goto(f"/workshops/{people['workshop']}/console")
        yield from axe_finds(desk, f"{step}, console {language}")


def _waiting(people: dict[str, Any], step: str, act: Callable[[Resident], None]) -> Iterator[str]:
    """What a phone shows when something can't go out."""
    for name, phone in people["phones"].items():
        phone.page.context.set_offline(True)
        act(phone)
        phone.page.locator("#outbox .waiting").wait_for()
        yield from axe_finds(phone.page, f"{step}, phone {name} without a line")
        phone.page.context.set_offline(False)
        phone.page.locator("#outbox .kept").wait_for()
        yield from axe_finds(phone.page, f"{step}, phone {name} with its line again")


SETTLED = "document.querySelector('#mine').dataset.scene === document.querySelector('#phone-bar').dataset.scene"


def _dialogs(desk: Page) -> Iterator[str]:
    for opener in (
        ".console-title [data-panel-url]",
        ".sort h3 button",
        ".sort li button",
        "#console-bar [data-panel-url]",
        ".stage-tools button >> nth=0",
    ):
        yield from _opened(desk, opener)


def _opened(desk: Page, opener: str) -> Iterator[str]:
    desk.locator(opener).first.click()
    desk.locator("#panel[open]").wait_for()
    yield from axe_finds(desk, f"dialog of {opener}")
    desk.keyboard.press("Escape")


def _page(page: Page, address: str) -> Iterator[str]:
    page.goto(address)
    yield from axe_finds(page, address)
    if page.viewport_size == WALL:  # staff pages on a phone, too
        page.set_viewport_size(PHONE)
        yield from axe_finds(page, f"{address} on a phone")
        page.set_viewport_size(WALL)


def _html(page: Page, address: str) -> str:
    page.goto(address)
    return page.content()
