"""One evening: from the link in the terminal to the proposal. Nothing that anybody sent is lost or there twice."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.hall import Cable, Hall, Server, make_account, make_workshop
from tests.browser.people import Facilitator, Resident, compose
from tests.live.workers import Workers

LAMP = "健身角晚上太暗，装一盏暖色的灯"
BENCH = "紫竹苑旁边加两排带靠背的长椅"
PUDDLE = "门口坑洼，下雨就积水"
ROOF = "A roof over the bicycle racks"
HERBS = "A herb garden 🌿 that neighbours adopt"
LOCKERS = "快递柜挪到东门，别挡住消防通道"
SEATS, GREEN = "坐一坐", "会长大的花园"


@pytest.fixture(scope="module", params=["process", "workers"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    if request.param == "process":
        started = Server(folder)
        yield started
        complaints = started.stop()
        assert "Traceback" not in complaints, complaints
    else:
        workers = Workers(folder / "town", request.getfixturevalue("postgres"), tls=True).start()
        yield workers
        complaints = workers.close()
        assert "A request failed" not in complaints, complaints


def test_an_evening(hall: Hall, server: Server, cable: Cable, tmp_path: Path):
    desk = hall.desk("zh")
    make_account(desk, server)
    workshop = make_workshop(desk, "紫竹苑怎么改")
    lead = Facilitator(desk, workshop)
    wall = projector_of(hall, server)

    wang, tom, chen = everybody_joins(hall, server, cable)
    expect(wall.locator("#projector-foot .count")).to_contain_text("3")
    ideas(lead, wall, wang, tom, chen, cable)
    themes(lead, wall, tom)
    dots(lead, server, wang, tom, chen, cable)
    result(lead, wall, tom)
    proposal(desk, tmp_path)

    assert what_people_said(server) == Counter(text for person in (wang, tom, chen) for text in person.said)
    assert dots_in_the_database(server) == sum((+person.dots for person in (wang, tom, chen)), Counter())
    # While PostgreSQL was away (`mishap`) the server said so.
    assert [each for each in hall.complaints if "status of 503" not in each] == []


def projector_of(hall: Hall, server: Server) -> Page:
    wall = hall.wall()
    wall.goto(f"/screen/{server.value('SELECT screen_token FROM workshop')}")
    expect(wall.locator(".big-qr svg")).to_be_visible()
    expect(wall.locator(".code.giant")).to_have_text(server.value("SELECT code FROM workshop"))
    return wall


def everybody_joins(hall: Hall, server: Server, cable: Cable) -> tuple[Resident, Resident, Resident]:
    code = server.value("SELECT code FROM workshop")
    wang, tom = Resident(hall.phone("zh"), "王阿姨"), Resident(hall.phone("en"), "Tom")
    chen = Resident(hall.phone("zh", cable.address), "陈师傅")
    wang.join(code, senior=True)
    tom.join(code.lower())
    chen.join(code)
    expect(tom.page.locator("html")).to_have_attribute("lang", "en")
    expect(tom.page.locator("h1")).to_have_text("You are in. It will start soon.")
    return wang, tom, chen


def ideas(lead: Facilitator, wall: Page, wang: Resident, tom: Resident, chen: Resident, cable: Cable) -> None:
    lead.next()
    expect(wang.page.locator("#text")).to_be_visible()
    compose(wang.page, LAMP, then_enter=True)
    expect(wang.page.locator("#text")).to_have_value("")  # nothing has the focus yet
    wang.page.locator("#text").focus()
    compose(wang.page, LAMP, then_enter=True)
    expect(wang.page.locator("#text")).to_have_value(LAMP)
    assert wang.page.locator(".own-list li").count() == 0
    wang.press_send()
    wang.heard(LAMP)

    typing_survives(chen, tom)
    lost_and_found(chen, tom, cable)
    wang.say(PUDDLE)
    for text in (LAMP, BENCH, PUDDLE, ROOF, HERBS, LOCKERS):
        expect(wall.locator("#projector-stage")).to_contain_text(text)
    expect(lead.page.locator(".sort li[data-id]")).to_have_count(6)


def typing_survives(chen: Resident, tom: Resident) -> None:
    """Others' ideas arrive while one types; a reload in the middle loses nothing."""
    chen.type(BENCH[:5])
    tom.say(ROOF)
    chen.sees(ROOF)
    expect(chen.page.locator("#text")).to_be_focused()
    chen.type(BENCH[5:])
    chen.page.reload()
    expect(chen.page.locator("#text")).to_have_value(BENCH)
    chen.press_send()
    chen.heard(BENCH)


def lost_and_found(chen: Resident, tom: Resident, cable: Cable) -> None:
    """The Wi-Fi dies on one phone just after an idea went out: no answer ever comes back."""
    cable.hold_answers()
    chen.page.locator("#text").fill(LOCKERS)
    chen.press_send()
    tom.sees(LOCKERS)
    cable.cut()
    chen.page.context.set_offline(True)
    expect(chen.page.locator("body")).to_have_attribute("data-line", "off")
    expect(chen.page.locator("#outbox p:visible")).to_contain_text("已存在手机里：1 条")
    expect(chen.page.locator(".outgoing .going")).to_contain_text(LOCKERS)
    tom.say(HERBS)
    with pytest.raises(PlaywrightError):
        chen.page.reload()

    chen.page.context.set_offline(False)
    cable.mend()
    chen.page.reload()
    chen.is_live()
    chen.heard(LOCKERS)
    chen.sees(HERBS)
    expect(chen.page.locator(".own-list li")).to_have_count(2)


def themes(lead: Facilitator, wall: Page, tom: Resident) -> None:
    lead.next()
    lead.add_theme(SEATS)
    lead.add_theme(GREEN)
    lead.move_by_keyboard(BENCH, SEATS)
    lead.move_by_keyboard(HERBS, GREEN)
    lead.drag(ROOF, SEATS)
    lead.drag(LAMP, GREEN)
    lead.undo()
    lead.is_loose(LAMP)
    lead.redo()
    lead.is_in(LAMP, GREEN)
    lead.drag_in_vain(BENCH, GREEN)
    lead.is_in(BENCH, SEATS)
    expect(wall.locator(".columns section", has_text=SEATS)).to_contain_text(ROOF)
    expect(wall.locator(".columns section", has_text=GREEN)).to_contain_text(LAMP)
    expect(tom.page.locator(".theme-list")).to_have_count(2)


def dots(lead: Facilitator, server: Server, wang: Resident, tom: Resident, chen: Resident, cable: Cable) -> None:
    """Five dots each, two at most on one idea. They are counted, but nobody sees where they lie."""
    lead.next()
    for title in (LAMP, LAMP, BENCH, ROOF, PUDDLE):
        wang.place(title)
    wang.take_back(PUDDLE)
    server.mishap()
    for title in (LAMP, BENCH, BENCH, HERBS, HERBS):
        tom.place(title)
    expect(tom.page.locator(".place:not(.on):visible")).to_have_count(0)

    chen.place(LAMP)
    cable.hold_answers()
    chen.page.locator("#mine .idea", has_text=BENCH).locator(".place").click()
    expect(lead.page.locator(".console-stage .lead")).to_contain_text("11")
    cable.cut()
    expect(chen.page.locator("body")).to_have_attribute("data-line", "off")
    cable.mend()
    chen.is_live()
    chen.page.reload()
    chen.dots[BENCH] += 1
    chen.has_dots_on(BENCH)
    chen.has_dots_on(LAMP)
    expect(lead.page.locator(".console-stage .result")).to_have_count(0)


def result(lead: Facilitator, wall: Page, tom: Resident) -> None:
    """From the last place to the first, on the projector and on every phone."""
    lead.next()
    expect(wall.locator(".result")).to_have_count(0)
    shown = []
    for place in (4, 3, 1):
        lead.reveal()
        expect(wall.locator(".result li.latest .rank").first).to_contain_text(str(place))
        shown.append(wall.locator(".result .bar-line p").all_inner_texts())
    assert shown[:2] == [[ROOF], [HERBS, ROOF]]
    assert (set(shown[2][:2]), shown[2][2:]) == ({LAMP, BENCH}, [HERBS, ROOF])
    expect(tom.page.locator(".result .score b")).to_have_text(["4", "4", "2", "1"])


def proposal(desk: Page, folder: Path) -> None:
    """One press in the console, another for the PDF: what the room said is in the hand."""
    desk.locator("#console-side button").click()
    desk.wait_for_url("**/proposals/*")
    expect(desk.locator(".sheet")).to_contain_text(SEATS)
    desk.locator("button", has_text="PDF").first.click()
    link = desk.locator("a[download], a[href*='/exports/']").first
    expect(link).to_be_visible(timeout=60_000)
    with desk.expect_download() as download:
        link.click()
    download.value.save_as(folder / "proposal.pdf")
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(folder / "proposal.pdf").pages))
    for said in (LAMP, BENCH, PUDDLE, ROOF, LOCKERS):
        assert re.sub(r"\s", "", said) in text


def what_people_said(server: Server) -> Counter[str]:
    return Counter(text for (text,) in server.rows("SELECT text FROM statement WHERE deleted_at IS NULL"))


def dots_in_the_database(server: Server) -> Counter[str]:
    lying = "SELECT text FROM dot JOIN statement ON statement.id = statement_id WHERE withdrawn_at IS NULL"
    return Counter(text for (text,) in server.rows(lying))
