"""Whatever the hall's network does to a phone: what was given on it counts once, and the phone says how it is."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hall import Cable, Hall, Server, make_account, make_workshop
from tests.browser.people import Facilitator, Resident

BENCH, LAMP, SHADE = "门口加一张长椅", "Light over the stairs", "A tree for shade"
NO_STORAGE = """for (const name of ["indexedDB", "localStorage"])
  Object.defineProperty(window, name, {get() { throw new DOMException("blocked", "SecurityError"); }});"""
CLOCK = "const now = Date.now; window.clockIsOff = 0; Date.now = () => now() + clockIsOff"
PLAIN_HTTP = "Object.defineProperty(navigator, 'locks', {value: undefined})"
titles = (f"Evening {number}" for number in itertools.count(1))


@dataclass
class Room:
    hall: Hall
    server: Server
    cable: Cable
    lead: Facilitator
    workshop: int
    code: str

    def resident(self, language: str, name: str, script: str = "") -> Resident:
        """Somebody whose phone hangs on the cable."""
        person = Resident(self.hall.phone(language, self.cable.address), name)
        if script:
            person.page.add_init_script(script)
        person.join(self.code)
        return person

    def again(self, person: Resident) -> Page:
        """The page is closed and opened again, on the same phone."""
        context = person.page.context
        person.page.close()
        person.page = self.opened(context)
        return person.page

    def opened(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: self.hall.complaints.append(str(error)))
        page.goto(f"/w/{self.code}")
        return page

    def ideas(self) -> list[str]:
        said = "SELECT text FROM statement JOIN activity ON activity.id = activity_id WHERE workshop_id = ?"
        return sorted(text for (text,) in self.server.rows(f"{said} AND statement.deleted_at IS NULL", self.workshop))

    def dots(self) -> Counter[str]:
        lying = (
            "SELECT text FROM dot JOIN statement ON statement.id = statement_id JOIN activity ON activity.id ="
            " dot.activity_id WHERE workshop_id = ? AND withdrawn_at IS NULL"
        )
        return Counter(text for (text,) in self.server.rows(lying, self.workshop))

    def placings(self) -> list[tuple[str, str | None]]:
        """(idea, theme) of what was proposed and stands, in the order of the taps."""
        standing = (
            "SELECT statement.text, theme.name FROM idea_placing mine JOIN statement ON statement.id = statement_id"
            " LEFT JOIN theme ON theme.id = mine.theme_id WHERE withdrawn_at IS NULL ORDER BY placed_at"
        )
        return self.server.rows(standing)


@pytest.fixture(scope="module")
def desk(hall: Hall, server: Server) -> Page:
    page = hall.desk("en")
    make_account(page, server)
    return page


@pytest.fixture
def room(hall: Hall, server: Server, cable: Cable, desk: Page) -> Iterator[Room]:
    """Ideas are being collected."""
    workshop = make_workshop(desk, next(titles), language="en")
    lead = Facilitator(desk, workshop)
    lead.next()
    yield Room(hall, server, cable, lead, workshop, server.value("SELECT code FROM workshop WHERE id = ?", workshop))
    assert [each for each in hall.complaints if "status of 4" not in each] == []


def in_the_bar(page: Page) -> Any:
    return page.locator("#outbox p:visible")


def on_the_wall(room: Room, *texts: str) -> None:
    """Said by somebody else; then the vote begins."""
    other = Resident(room.hall.phone("en"), "Other")
    other.join(room.code)
    for text in texts:
        other.say(text)
    other.page.close()
    room.lead.next()
    room.lead.next()


def test_what_is_given_without_a_line_counts_once(room: Room, tmp_path: Path) -> None:
    """Ideas with a photo, and dots; each time the page is closed before the line is back."""
    wang = room.resident("zh", "王阿姨")
    room.cable.cut()
    wang.send(LAMP)
    Image.new("RGB", (2400, 1800), "teal").save(tmp_path / "bench.png")
    wang.page.locator("input[type=file]").set_input_files(tmp_path / "bench.png")
    wang.send(BENCH)
    expect(wang.page.locator("#text")).to_have_value("")
    expect(wang.page.locator(".outgoing .going p")).to_have_text([BENCH, LAMP])
    expect(in_the_bar(wang.page)).to_contain_text("已存在手机里：2 条")
    assert room.ideas() == []
    room.cable.mend()
    room.again(wang)
    expect(in_the_bar(wang.page)).to_have_text("已提交：2 条，全部送到。")
    expect(wang.page.locator(".own .own-list p")).to_have_text([BENCH, LAMP])
    assert room.ideas() == sorted([BENCH, LAMP])
    photo = room.server.value("SELECT photo FROM statement WHERE text = ? AND photo != ''", BENCH)
    assert Image.open(room.server.folder / "photos" / photo).size == (1600, 1200)

    room.lead.next()
    room.lead.next()
    expect(wang.page.locator("#hand")).to_be_visible()
    room.cable.cut()
    for title in (BENCH, BENCH, LAMP):
        wang.tap(title)
    wang.tap(LAMP, ".back")
    expect(wang.page.locator(".coming i")).to_have_count(2)
    expect(wang.page.locator("#hand .dots")).to_have_attribute("aria-label", "还剩 3 个圆点，共 5 个")
    expect(in_the_bar(wang.page)).to_contain_text("已存在手机里：2 条")
    room.cable.mend()
    room.again(wang)
    expect(wang.page.locator(".mine i")).to_have_count(2)
    expect(in_the_bar(wang.page)).to_have_text("已提交：2 条，全部送到。")
    assert room.dots() == {BENCH: 2}


def test_a_silent_line_is_said_and_what_was_given_arrives_once(room: Room) -> None:
    """The Wi-Fi neither answers nor breaks; later all of it gets through, the first tries too."""
    on_the_wall(room, SHADE)
    tom = room.resident("en", "Tom")
    room.cable.fall_silent()
    tom.tap(SHADE)
    expect(tom.page.locator(".coming")).to_have_text("On its way")
    expect(tom.page.locator("#line")).to_have_text("Waiting for the connection…")
    expect(in_the_bar(tom.page)).to_contain_text("Kept on this phone: 1. It goes out by itself.")
    tom.page.wait_for_event("requestfailed", lambda request: request.url.endswith("/dots"))
    room.cable.mend()
    tom.dots[SHADE] = 1
    tom.has_dots_on(SHADE)
    expect(in_the_bar(tom.page)).to_have_text("Sent: 1. Everything has arrived.")
    tom.is_live()
    assert room.dots() == {SHADE: 1}


def test_a_portals_page_is_no_answer(room: Room) -> None:
    """It says 200 to everything. Nothing of it is shown, nothing counts as sent; then the phone catches up."""
    tom = room.resident("en", "Tom")
    console = room.lead.page.context.new_page()
    console.goto(f"{room.cable.address}/workshops/{room.workshop}/console")
    room.cable.show_portal()
    console.locator("#console-bar .go").click()
    expect(console.locator("#notice")).not_to_be_empty()
    assert "hotel network" not in console.content()
    console.close()
    tom.send(BENCH)
    expect(in_the_bar(tom.page)).to_contain_text("Kept on this phone: 1.")
    room.lead.next()
    expect(tom.page.locator("#line")).to_have_text("Waiting for the connection…")
    expect(tom.page.locator("#text")).to_be_visible()
    assert "hotel network" not in tom.page.content()
    assert room.ideas() == []
    room.cable.mend()
    expect(tom.page.locator(".own .own-list p")).to_have_text([BENCH], timeout=20_000)
    expect(tom.page.locator("#phone-bar")).to_contain_text("Group into themes")
    tom.is_live()
    assert room.ideas() == [BENCH]


def posted_dots(page: Page) -> list[str]:
    """What goes out over HTTP, as it goes."""
    asked: list[str] = []
    page.on("request", lambda request: "/dots" in request.url and asked.append(request.url))
    return asked


def test_dots_go_over_the_open_socket(room: Room) -> None:
    on_the_wall(room, SHADE, LAMP)
    tom = room.resident("en", "Tom")
    over_http = posted_dots(tom.page)
    tom.place(SHADE)
    tom.place(LAMP)
    tom.take_back(LAMP)
    expect(tom.page.locator("#hand .dots")).to_have_attribute("aria-label", "4 of 5 dots left")
    expect(tom.page.locator(".coming, .going")).to_have_count(0)
    assert (room.dots(), over_http) == ({SHADE: 1}, [])


def test_a_dot_whose_answer_got_lost_is_asked_again_over_http_and_counts_once(room: Room) -> None:
    on_the_wall(room, SHADE)
    tom = room.resident("en", "Tom")
    over_http = posted_dots(tom.page)
    room.cable.hold_answers()
    tom.tap(SHADE)
    expect(tom.page.locator("#line")).to_have_text("Waiting for the connection…")
    assert (room.dots(), len(over_http)) == ({SHADE: 1}, 1)
    room.cable.mend()
    tom.dots[SHADE] = 1
    tom.has_dots_on(SHADE)
    expect(in_the_bar(tom.page)).to_have_text("Sent: 1. Everything has arrived.", timeout=20_000)
    assert room.dots() == {SHADE: 1}


def test_a_page_left_open_taps_for_nobody_once_the_phone_is_somebody_elses(room: Room) -> None:
    on_the_wall(room, SHADE)
    tom = room.resident("en", "Tom")
    other = "SELECT token FROM participant WHERE workshop_id = ? AND name = 'Other'"
    tom.page.context.new_page().goto(f"/r/{room.server.value(other, room.workshop)}")
    tom.tap(SHADE)
    expect(in_the_bar(tom.page)).to_contain_text("Come in again with your personal code")
    assert room.dots() == {}


def test_where_sockets_are_blocked_a_bad_line_still_carries_everything(room: Room) -> None:
    """A proxy refuses WebSocket, answers are slow, and some of them get lost."""
    room.cable.block_sockets()
    person = Resident(room.hall.phone("en", room.cable.address), "Tom")
    person.page.goto(f"/J/{room.code}")
    person.page.locator("main button.primary").first.click()
    expect(person.page.locator("#line")).to_have_text("Updates every few seconds", timeout=30_000)
    on_the_wall(room, SHADE, LAMP)
    person.sees("0 people have placed dots")
    room.cable.be_bad(delay=0.05, loses=4)
    for title in (SHADE, SHADE, LAMP):
        person.tap(title)
    expect(person.page.locator(".mine i")).to_have_count(3, timeout=30_000)
    for _ in range(3):
        person.tap(SHADE, ".back")
        person.tap(SHADE)
    person.tap(SHADE, ".back")
    expect(person.page.locator(".mine i:not(.going)")).to_have_count(2, timeout=30_000)
    expect(person.page.locator(".coming")).to_have_count(0, timeout=30_000)
    assert room.dots() == {SHADE: 1, LAMP: 1}


def test_what_comes_too_late_is_said_and_no_word_is_lost(room: Room) -> None:
    tom = room.resident("en", "Tom")
    room.cable.cut()
    tom.send(LAMP)
    tom.send(BENCH)
    on_the_wall(room, SHADE)
    room.cable.mend()
    expect(tom.page.locator("#notice")).to_contain_text(
        "The time for ideas is over here. Your text is kept on this phone."
    )
    expect(tom.page.locator(".outgoing .refused p")).to_have_text([BENCH])
    expect(tom.page.locator("#hand")).to_be_visible()

    room.cable.cut()
    tom.tap(SHADE)
    tom.tap(SHADE)
    room.lead.next()
    room.cable.mend()
    expect(tom.page.locator("#notice")).to_have_text("This vote is closed. Dots that do not count: 2.")
    expect(in_the_bar(tom.page)).to_have_count(0)
    assert room.dots() == {}

    for _ in range(3):
        room.lead.back()
    expect(tom.page.locator("#text")).to_have_value(LAMP)
    tom.press_send()
    expect(tom.page.locator(".own .own-list p")).to_have_text([LAMP])
    tom.page.locator("[data-put-back]").click()
    expect(tom.page.locator("#text")).to_have_value(BENCH)
    expect(tom.page.locator(".outgoing .refused")).to_have_count(0)
    assert room.ideas() == sorted([LAMP, SHADE])


def test_a_phone_whose_clock_is_put_right_counts_down_as_before(room: Room) -> None:
    wang = room.resident("zh", "王阿姨", script=CLOCK)
    on_the_wall(room, BENCH)
    timer = wang.page.locator("#phone-bar .timer")
    expect(timer).to_have_text(re.compile("^0[45]:"))
    for jump in (2, -3):
        wang.page.evaluate(f"clockIsOff = {jump} * 3600000")
        room.lead.back()
        room.lead.next()
        expect(timer).to_have_text(re.compile("^0[45]:"))


def test_a_break_lets_dots_wait(room: Room) -> None:
    """Whoever taps in the break has not lost the dot."""
    on_the_wall(room, SHADE)
    tom = room.resident("en", "Tom")
    press = room.lead.page.locator("#console-bar button")
    press.filter(has_text="Pause").click()
    expect(tom.page.locator("#phone-bar")).to_contain_text("A short break.")
    tom.tap(SHADE)
    expect(in_the_bar(tom.page)).to_contain_text("We are taking a short break. It goes on in a moment.")
    assert room.dots() == {}
    press.filter(has_text="Go on").click()
    expect(in_the_bar(tom.page)).to_have_text("Sent: 1. Everything has arrived.")
    assert room.dots() == {SHADE: 1}


def test_proposals_go_on_without_a_line_and_the_last_word_counts(room: Room) -> None:
    """The next idea comes at once, a double tap counts once, one goes back; then the page is closed and opened anew."""
    on_the_wall(room, BENCH, LAMP, SHADE)
    room.lead.back()
    room.lead.add_theme("Sitting")
    room.lead.add_theme("Light")
    wang = room.resident("zh", "王阿姨")
    room.lead.page.get_by_role("button", name="Let the room help grouping").click()
    card, bar = wang.page.locator("#pile li:visible"), in_the_bar(wang.page)

    def tap(choice: str, *, done: int, clicks: int = 1) -> str:
        """Read the idea, then tap; gives what it said."""
        said = card.inner_text()
        wang.page.wait_for_timeout(500)
        wang.page.locator("#choices button", has_text=choice).click(click_count=clicks)
        expect(wang.page.locator("#pile .count")).to_contain_text(f"已看 {done} / 3 条")
        return said

    first = tap("Sitting", done=1, clicks=2)
    room.cable.cut()
    second = tap("Sitting", done=2)
    wang.page.get_by_role("button", name="上一条").click()
    assert tap("Light", done=2) == second
    third = tap("跳过", done=3)
    expect(wang.page.locator("#pile .empty")).to_be_visible()
    expect(bar).to_contain_text("已存在手机里")
    room.cable.mend()
    room.again(wang)
    expect(wang.page.locator("#pile")).to_contain_text("全部看完了")
    expect(in_the_bar(wang.page)).to_contain_text("全部送到")
    assert room.placings() == [(first, "Sitting"), (second, "Light"), (third, None)]


def test_what_is_given_while_the_server_is_dead_waits_for_it(room: Room) -> None:
    """The laptop dies in the vote and comes back; nobody does anything on the phone."""
    on_the_wall(room, SHADE)
    tom = room.resident("en", "Tom")
    tom.place(SHADE)
    room.server.kill()
    expect(tom.page.locator("#line")).to_have_text("Waiting for the connection…")
    tom.tap(SHADE)
    expect(in_the_bar(tom.page)).to_contain_text("Kept on this phone: 1.")
    room.server.start()
    tom.is_live()
    tom.dots[SHADE] += 1
    tom.has_dots_on(SHADE)
    assert room.dots() == {SHADE: 2}


def test_a_large_photo_leaves_small(room: Room, tmp_path: Path) -> None:
    tom = room.resident("en", "Tom")
    photo = tmp_path / "noise.png"
    Image.effect_noise((2400, 1800), 90).save(photo)
    tom.page.locator("input[type=file]").set_input_files(photo)
    with tom.page.expect_request(lambda request: request.method == "POST") as sent:
        tom.send(LAMP)
    expect(tom.page.locator(".own .own-list img")).to_be_visible()
    assert sent.value.sizes()["requestBodySize"] < photo.stat().st_size / 2
    kept = room.server.value("SELECT photo FROM statement WHERE text = ? ORDER BY created_at DESC", LAMP)
    assert Image.open(room.server.folder / "photos" / kept).size == (1600, 1200)


@pytest.mark.parametrize("script", ["", PLAIN_HTTP], ids=["with locks", "plain http"])
def test_two_tabs_of_a_phone_share_one_outbox(room: Room, script: str) -> None:
    tom = room.resident("en", "Tom", script)
    second = tom.page.context.new_page()
    if script:
        second.add_init_script(script)
    second.goto(f"/w/{room.code}")
    expect(second.locator("body")).to_have_attribute("data-line", "live")
    room.cable.cut()
    tom.send(LAMP)
    expect(second.locator(".outgoing .going p")).to_have_text([LAMP])
    Resident(second, "Tom").send(BENCH)
    expect(tom.page.locator(".outgoing .going p")).to_have_text([BENCH, LAMP])
    room.cable.mend()
    for page in (tom.page, second):
        expect(page.locator(".own .own-list p")).to_have_text([BENCH, LAMP], timeout=15_000)
        expect(page.locator(".outgoing li")).to_have_count(0)
    assert room.ideas() == sorted([LAMP, BENCH])
    assert (
        room.server.value("SELECT count(*) FROM statement WHERE text IN (?, ?) AND deleted_at IS NULL", LAMP, BENCH)
        >= 2
    )


def test_a_phone_that_keeps_nothing_still_takes_part(room: Room) -> None:
    tom = room.resident("en", "Tom", NO_STORAGE)
    tom.say(LAMP)
    room.cable.cut()
    tom.send(BENCH)
    expect(in_the_bar(tom.page)).to_contain_text("Kept on this phone: 1.")
    room.cable.mend()
    expect(tom.page.locator(".own .own-list p")).to_have_text([BENCH, LAMP])
    assert room.ideas() == sorted([LAMP, BENCH])


def test_a_phone_that_lost_its_cookie_keeps_the_words_for_its_owner(room: Room, tmp_path: Path) -> None:
    """A draft with its photo outlives a reload; a stranger on the same phone neither sees nor sends it."""
    tom = room.resident("en", "Tom")
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "lamp.png")
    tom.type(LAMP)
    tom.page.locator("input[type=file]").set_input_files(tmp_path / "lamp.png")
    tom.page.reload()
    expect(tom.page.locator("#text")).to_have_value(LAMP)
    expect(tom.page.locator(".photo")).to_have_text("Photo chosen")
    personal_code = tom.page.locator(".who small").inner_text()
    tom.page.context.clear_cookies()
    tom.press_send()
    expect(in_the_bar(tom.page)).to_contain_text(f"Come in again with your personal code {personal_code}.")

    tom.page.goto(f"/j/{room.code}")
    tom.page.locator("main button.primary").first.click()
    expect(tom.page.locator("#text")).to_have_value("")
    tom.send(SHADE)
    expect(tom.page.locator(".own .own-list p")).to_have_text([SHADE])
    assert room.ideas() == [SHADE]

    tom.page.context.clear_cookies()
    tom.page.goto(f"/j/{room.code}")
    tom.page.locator(".again summary").click()
    tom.page.locator("#personal_code").fill(personal_code)
    tom.page.locator(".again button").click()
    expect(tom.page.locator(".own .own-list p")).to_have_text([LAMP])
    expect(tom.page.locator(".own .own-list img")).to_be_visible()
    assert room.ideas() == sorted([LAMP, SHADE])


def test_an_old_form_token_is_exchanged_without_a_word(room: Room) -> None:
    tom = room.resident("en", "Tom")
    tom.page.evaluate("document.querySelector('meta[name=csrf-token]').content = 'old'")
    tom.say(LAMP)
    expect(tom.page.locator("#notice")).to_be_empty()
    assert room.ideas() == [LAMP]
