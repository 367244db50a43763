"""A judge with a card, a bad line and a last word: three entries on a phone, in both languages and in large letters."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import axe_finds
from tests.browser.hall import Cable, Hall, Server, make_account, make_workshop

TITLES = ("梧桐树下的会客厅", "慢慢走，慢慢坐：北门无障碍坡道与休息平台更新方案", "一米菜园")
CRITERIA = 5


@dataclass
class Jury:
    server: Server
    activity: int
    tokens: list[str]

    def points(self, number: int) -> list[Any]:
        """What the judge of this number gave, in hundredths, in the order of giving."""
        given = (
            "SELECT points FROM competition_score c JOIN competition_judge j ON j.id = c.judge_id WHERE j.number = ?"
        )
        return [points for (points,) in self.server.rows(f"{given} ORDER BY c.id", number)]

    def acts(self, number: int) -> list[str]:
        said = "SELECT act FROM competition_audit a JOIN competition_judge j ON j.id = a.judge_id WHERE j.number = ?"
        return [act for (act,) in self.server.rows(f"{said} ORDER BY a.id", number)]


@pytest.fixture(scope="module")
def jury(hall: Hall, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Jury:
    """A competition with three entries in pictures and four judges, made at the desk."""
    desk = hall.desk("zh")
    make_account(desk, server)
    workshop = make_workshop(desk, "转角遇见设计赛", "competition")
    activity = server.value("SELECT id FROM activity WHERE workshop_id = ?", workshop)
    photo = _photo(tmp_path_factory.mktemp("photos"))
    for title in TITLES:
        desk.goto(f"/competition/{activity}/entries/new")
        desk.locator("#title").fill(title)
        desk.locator("#about").fill("留下两棵梧桐，围着树做一圈可以坐的木平台。")
        desk.locator("#pictures").set_input_files(photo)
        desk.locator(".save .primary").click()
        desk.wait_for_url("**/edit")
    desk.goto(f"/competition/{activity}/judges")
    desk.locator("#judges-names").fill("王建筑师，建筑师\n李奶奶，居民代表\n陈老师\nAnna")
    desk.locator("form[action$='/judges'] button").click()
    expect(desk.locator("#judges tbody tr")).to_have_count(4)
    tokens = [token for (token,) in server.rows("SELECT token FROM competition_judge ORDER BY number")]
    return Jury(server, activity, tokens)


def _photo(folder: Path) -> Path:
    made = BytesIO()
    Image.new("RGB", (900, 600), (122, 158, 98)).save(made, "JPEG")
    (folder / "tree.jpg").write_bytes(made.getvalue())
    return folder / "tree.jpg"


def test_a_judge_goes_on_without_a_line_and_has_the_last_word(jury: Jury, hall: Hall, cable: Cable) -> None:
    page = hall.phone("zh", cable.address)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"/G/{jury.tokens[0]}")
    page.locator(".asked label", has_text=TITLES[2]).tap()
    page.locator(".asked .primary").tap()
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".lines li").nth(2)).to_contain_text("已回避")

    page.locator(".lines a").first.tap()
    _score(page, 0, "8", half=True)
    expect(_sheet(page).locator("[data-going]")).to_have_count(0)
    expect(_sheet(page).locator(".own")).to_contain_text("已评 1 / 5 项")
    cable.cut()
    for place, value in enumerate(("9", "7", "10", "6"), 1):
        _score(page, place, value)
    _sheet(page).locator("textarea").fill("坡道的坡度要问清楚")
    expect(page.locator("#outbox .waiting")).to_contain_text("请不要刷新")
    assert _asks_before_leaving(page)
    expect(_sheet(page).locator(".own .going")).to_be_visible()
    assert jury.points(1) == [850]

    page.route("**/scores", lambda route: route.abort())
    page.on("dialog", lambda dialog: dialog.accept())
    cable.mend()
    page.reload()
    expect(_sheet(page).locator(".value")).to_have_text(["8.5", "9", "7", "10", "6"])
    assert _sheet(page).locator(":checked + span").all_inner_texts() == ["8", "+ ½", "9", "7", "10", "6"]
    page.unroute("**/scores")
    total = (8.5 * 30 + 9 * 25 + 7 * 15 + 10 * 15 + 6 * 15) / 100
    expect(_sheet(page).locator(".own")).to_contain_text(f"{total:.2f}", timeout=60_000)
    expect(_sheet(page).locator("textarea")).to_have_value("坡道的坡度要问清楚")
    assert jury.points(1) == [850, 900, 700, 1000, 600]
    expect(page.locator("#outbox .waiting")).to_be_hidden()
    assert not _asks_before_leaving(page)

    page.locator(".turn [rel=next]:visible").tap()
    for place in range(CRITERIA):
        _score(page, place, "5")
    page.locator(".turn a[href='#overview']:visible").tap()
    page.locator("#finish summary").tap()
    page.locator("#finish button").tap()
    expect(page.locator(".closed")).to_contain_text("您的评分已锁定")
    assert jury.acts(1)[:2] == ["invited", "recused"]
    assert jury.acts(1)[-1] == "locked"
    assert jury.acts(1).count("score") == 2 * CRITERIA + 1  # the half was a change of its own
    expect(page.locator("input[type=radio]")).to_have_count(0)
    assert sockets == []


def _asks_before_leaving(page: Page) -> bool:
    leaving = "new Event('beforeunload', {cancelable: true})"
    return bool(page.evaluate(f"!window.dispatchEvent({leaving})"))


def test_axe_finds_nothing_on_a_judges_page_in_any_state(jury: Jury, hall: Hall) -> None:
    faults = []
    for number, (language, senior) in enumerate((("zh", False), ("en", False), ("zh", True)), 1):
        page = hall.phone(language, bypass_csp=True)
        where = f"{language}{' in large letters' if senior else ''}"
        page.goto("/g")
        faults += axe_finds(page, f"card {where}")
        page.goto(f"/g/{jury.tokens[number]}")
        if senior:
            page.locator(".judge-low button").tap()
            page.locator("html[data-size=senior]").wait_for(state="attached")
            page.wait_for_load_state()
        faults += axe_finds(page, f"first question {where}")
        page.locator(".asked .primary").tap()
        expect(page.locator(".asked")).to_have_count(0)
        faults += axe_finds(page, f"list {where}")
        page.locator(".lines a").nth(1).tap()
        _score(page, 0, "8")
        _sheet(page).locator(".anchors summary").first.tap()
        _sheet(page).locator(".conflict summary").tap()
        faults += axe_finds(page, f"entry {where}")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), where
        _sheet(page).locator(".conflict button").tap()
        expect(_sheet(page)).to_have_attribute("data-state", "recused")
        faults += axe_finds(page, f"recused {where}")
    assert not faults, "\n".join(faults)


def _sheet(page: Page) -> Locator:
    return page.locator("article.current")


def _score(page: Page, place: int, value: str, *, half: bool = False) -> None:
    criterion = _sheet(page).locator(".criterion").nth(place)
    criterion.locator(f".chips label:has(input[value='{value}'])").tap()
    if half:
        criterion.locator(".half").tap()
    expect(criterion.locator(".value")).to_have_text(f"{value}.5" if half else value)
