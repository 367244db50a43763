"""How is the line? The panel renews itself, says when nobody answers any more, and ends when it is closed."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.hall import Hall, Server, make_account, make_workshop
from tests.browser.people import Resident


def test_the_panel_follows_the_room_until_it_is_closed(hall: Hall, server: Server) -> None:
    desk = hall.desk("zh")
    make_account(desk, server)
    make_workshop(desk, "紫竹苑怎么改")
    desk.goto(desk.url.replace("/agenda", "/console"))
    desk.locator("#console-head [data-panel-url]").click()
    panel = desk.locator("#panel")
    expect(panel).to_contain_text("还没有人加入。")
    Resident(hall.phone("zh"), "王阿姨").join(server.value("SELECT code FROM workshop"))
    expect(panel).to_contain_text("1 部手机中 1 部在线，投票都已收到。")
    desk.context.set_offline(True)
    expect(panel.get_by_role("alert")).to_contain_text("这个页面连不上服务器了。")
    desk.context.set_offline(False)
    expect(panel.get_by_role("alert")).to_be_hidden()
    panel.locator("[data-close]").click()
    expect(panel).to_be_hidden()
    expect(desk.locator("#how")).to_have_count(0)
    assert hall.complaints == []
