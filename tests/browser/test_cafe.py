"""A World Café of twelve phones at three tables: everybody finds their table, and what is said there stays there."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.guests import Cafe, Ear, Guest, until
from tests.browser.hall import Cable, Hall, Server, make_account, make_workshop
from tests.browser.people import Facilitator

NAMES = ["王秀珍", "Tom", "陈师傅", "李国强", "Emma", "周建华", "小米妈妈", "Daniel", "沈佩芬", "徐根发", "Yuki"]
ENGLISH = {"Tom", "Emma", "Daniel", "Yuki", "Marco"}
LATE, WENT_HOME = "Marco", "徐根发"
QUESTIONS = ("是什么让这里成为我们的家？", "难在哪里？", "今年先从哪里做起？")
BENCH, LAMP = "电梯口放一张长椅，等人的时候坐坐", "A lamp over the stairs"
OFFLINE = "花园边上装个水龙头，钥匙轮流管"
PILE = "进得来"
TITLE, INSIGHT, OPEN = "慢下来的入口", "入口要能坐、能遮雨", "谁来管钥匙？"
PAYS, WHEN = "长椅的钱从哪里来？", "When does it begin?"


def test_a_world_cafe(hall: Hall, server: Server, cable: Cable, tmp_path: Path):
    desk = hall.desk("zh")
    make_account(desk, server)
    workshop = make_workshop(desk, "境聚里世界咖啡馆", "world_cafe")
    cafe = Cafe(hall, server)
    lead = Facilitator(desk, workshop)
    wall = hall.wall()
    wall_ear = Ear(wall)
    wall.goto(f"/screen/{server.value('SELECT screen_token FROM workshop')}")
    guests = {name: arrives(hall, cafe, name, cable) for name in NAMES}

    set_three_tables(desk, cafe, workshop)
    lead = Facilitator(desk, workshop)
    lead.next()
    first_round(lead, wall, cafe, guests)
    a_note_stays_at_its_table(cafe, guests, wall, wall_ear)
    the_host_writes_the_card(cafe, guests)
    second_round(lead, wall, cafe, guests, hall)
    a_note_written_without_a_line_arrives_once(cafe, guests["陈师傅"], cable)
    somebody_goes_home(desk, cafe, guests)
    third_round(lead, wall, cafe, guests)
    harvest(lead, wall, guests)
    a_table_groups_its_notes(lead, wall, desk, guests)
    dialogue(lead, wall, desk, cafe, guests)
    the_booklet(desk, tmp_path)

    assert [text for text, *_where in cafe.notes()] == sorted(text for guest in guests.values() for text in guest.said)
    assert hall.complaints == []


def arrives(hall: Hall, cafe: Cafe, name: str, cable: Cable) -> Guest:
    """One of them in large letters, one behind the cable."""
    address = cable.address if name == "陈师傅" else ""
    guest = Guest(hall.phone("en" if name in ENGLISH else "zh", address), name)
    guest.join(cafe.code, senior=name == "王秀珍")
    return guest


def set_three_tables(desk: Page, cafe: Cafe, workshop: int) -> None:
    """And the first of eleven people hosts one of them."""
    desk.goto(f"/world_cafe/{cafe.id}/seating")
    desk.locator("#tables").fill("3")
    desk.locator("form[action$='/tables'] button:not(.quiet)").click()
    until(lambda: cafe.server.value("SELECT count(*) FROM cafe_table WHERE deleted_at IS NULL") == 3)
    host = cafe.person("王秀珍")
    desk.locator(f"form[action$='/hosts']:has(input[name=person][value='{host}']) button").click()
    until(lambda: "王秀珍" in cafe.hosts().values())
    desk.goto(f"/world_cafe/{cafe.id}/seating")
    expect(desk.locator("#certificate")).to_contain_text("已证明")


def finds_their_table(cafe: Cafe, guests: dict[str, Guest], number: int) -> dict[str, int]:
    """Every phone names the table that the database holds."""
    seats = cafe.seats(number)
    for name, table in seats.items():
        guests[name].stands_before(table)
    return seats


def first_round(lead: Facilitator, wall: Page, cafe: Cafe, guests: dict[str, Guest]) -> None:
    lead.next()
    seats = finds_their_table(cafe, guests, 1)
    assert sorted(seats) == sorted(NAMES)
    for name, table in seats.items():
        expect(wall.locator(f"#wall-table-{table}")).to_contain_text(name)
    for guest in guests.values():
        guest.sits_down()
    seen = cafe.server.value("SELECT count(*) FROM cafe_seat WHERE round = 1 AND here_at IS NOT NULL")
    assert seen == len(NAMES)
    lead.next()
    shows_the_question_of(wall, 1)


def shows_the_question_of(wall: Page, number: int) -> None:
    expect(wall.locator("#projector-head")).to_contain_text(QUESTIONS[number - 1])


def at_table(cafe: Cafe, guests: dict[str, Guest], name: str, number: int) -> tuple[list[Guest], list[Guest]]:
    """Who else sits at the person's table in a round, and who doesn't."""
    seats = cafe.seats(number)
    beside = [guests[other] for other, table in seats.items() if table == seats[name] and other != name]
    elsewhere = [guests[other] for other, table in seats.items() if table != seats[name]]
    return beside, elsewhere


def a_note_stays_at_its_table(cafe: Cafe, guests: dict[str, Guest], wall: Page, wall_ear: Ear) -> None:
    writer = guests["李国强"]
    table = cafe.seats(1)[writer.name]
    writer.writes(BENCH)
    expect(wall.locator(f"#wall-table-{table}")).to_contain_text("1")
    beside, elsewhere = at_table(cafe, guests, writer.name, 1)
    for guest in beside:
        guest.page.reload()
        expect(guest.page.locator("#mine .notes")).to_contain_text(BENCH)
    elsewhere[0].page.reload()
    elsewhere[0].is_live()
    assert [guest.name for guest in elsewhere if guest.knows_of(BENCH)] == []
    assert (BENCH in wall.content(), wall_ear.has_heard(BENCH)) == (False, False)
    assert cafe.notes() == [(BENCH, 1, table, writer.name)]
    # The ear is no deaf one: the projector was told of the round over its socket.
    assert wall_ear.has_heard("wall-table-1")


def the_host_writes_the_card(cafe: Cafe, guests: dict[str, Guest]) -> None:
    host = guests["王秀珍"].page
    table = cafe.seats(1)["王秀珍"]
    assert cafe.hosts() == {table: "王秀珍"}
    for field, text in (("#card-title", TITLE), ("#insight-1", INSIGHT), ("#card-question", OPEN)):
        host.locator(field).fill(text)
    until(lambda: cafe.cards() == {table: (TITLE, OPEN, [INSIGHT])})
    host.reload()
    for field, text in (("#card-title", TITLE), ("#insight-1", INSIGHT), ("#card-question", OPEN)):
        expect(host.locator(field)).to_have_value(text)


def second_round(lead: Facilitator, wall: Page, cafe: Cafe, guests: dict[str, Guest], hall: Hall) -> None:
    """What was said before lies on the table; a late-comer comes in by the table's own code."""
    lead.next()
    seats = finds_their_table(cafe, guests, 2)
    lead.next()
    shows_the_question_of(wall, 2)
    table = next(table for text, _round, table, _name in cafe.notes() if text == BENCH)
    for name in [name for name, at in seats.items() if at == table]:
        expect(guests[name].page.locator("#mine")).to_contain_text(BENCH)

    late = Guest(hall.phone("en"), LATE)
    token = cafe.server.value("SELECT token FROM cafe_table WHERE number = 2")
    late.page.goto(f"/T/{token}")
    late.page.locator("#name").fill(LATE)
    late.page.locator("main button.primary").first.click()
    late.page.wait_for_url("**/T/*")
    late.page.locator("form[action$='/seat'] button").click()
    late.page.wait_for_url("**/w/*")
    late.is_live()
    guests[LATE] = late
    late.stands_before(2)
    late.writes(LAMP)
    assert cafe.seats(2) == {**seats, LATE: 2}
    assert cafe.seats(1).get(LATE) is None


def a_note_written_without_a_line_arrives_once(cafe: Cafe, guest: Guest, cable: Cable) -> None:
    """The Wi-Fi dies just after it went out: no answer ever comes back."""
    cable.hold_answers()
    guest.send(OFFLINE)
    until(lambda: OFFLINE in [text for text, *_where in cafe.notes()])
    cable.cut()
    expect(guest.page.locator("body")).to_have_attribute("data-line", "off")
    expect(guest.page.locator(".outgoing .going")).to_contain_text(OFFLINE)
    cable.mend()
    guest.is_live()
    guest.has_written(OFFLINE)
    expect(guest.page.locator(".outgoing li")).to_have_count(0)
    assert [text for text, *_where in cafe.notes()].count(OFFLINE) == 1


def somebody_goes_home(desk: Page, cafe: Cafe, guests: dict[str, Guest]) -> None:
    """The console is told; nobody else's table changes, neither now nor in the round to come."""
    before = [cafe.seats(number) for number in (1, 2, 3)]
    table = before[1][WENT_HOME]
    desk.locator(f"#desk-table-{table} button").first.click()
    desk.locator(f"#panel button[hx-post$='/guests/{cafe.person(WENT_HOME)}']").click()
    until(lambda: WENT_HOME not in cafe.seats(2))
    del before[1][WENT_HOME], before[2][WENT_HOME]
    assert [cafe.seats(number) for number in (1, 2, 3)] == before
    guests[WENT_HOME].page.close()
    desk.keyboard.press("Escape")


def third_round(lead: Facilitator, wall: Page, cafe: Cafe, guests: dict[str, Guest]) -> None:
    lead.next()
    seats = finds_their_table(cafe, guests, 3)
    assert sorted(seats) == sorted({*NAMES, LATE} - {WENT_HOME})
    for name, table in seats.items():
        expect(wall.locator(f"#wall-table-{table}")).to_contain_text(name)
    assert seats["王秀珍"] == cafe.seats(1)["王秀珍"]
    lead.next()
    shows_the_question_of(wall, 3)


def harvest(lead: Facilitator, wall: Page, guests: dict[str, Guest]) -> None:
    lead.next()
    card = wall.locator("[id^=wall-card-]", has_text=TITLE)
    expect(card).to_contain_text(INSIGHT)
    expect(card).to_contain_text(OPEN)
    for name in ("Tom", LATE):
        expect(guests[name].page.locator(".cafe-card", has_text=TITLE)).to_contain_text(INSIGHT)


def a_table_groups_its_notes(lead: Facilitator, wall: Page, desk: Page, guests: dict[str, Guest]) -> None:
    """The host taps what belongs together; the facilitator makes themes of what the tables found."""
    lead.next()
    host = guests["王秀珍"].page
    host.locator(".lying label", has_text=INSIGHT).click()
    host.locator("#pile-name").fill(PILE)
    host.locator(".naming button").click()
    expect(host.locator(".table-piles b")).to_have_text([PILE])
    expect(host.locator(".lying label", has_text=INSIGHT)).to_have_count(0)
    expect(wall.locator(".at-tables")).to_contain_text("桌已归好记录")
    desk.locator(".at-tables .primary").click()
    expect(desk.locator(".suggested .parts")).to_contain_text(PILE)
    desk.locator(".suggested .primary").click()
    expect(wall.locator("[id^=wall-theme-] h2")).to_contain_text(PILE)


def dialogue(lead: Facilitator, wall: Page, desk: Page, cafe: Cafe, guests: dict[str, Guest]) -> None:
    """Two questions; the one that more people carry is called first."""
    while cafe.step != "dialogue":
        lead.next()
    guests["李国强"].asks(PAYS)
    guests["Emma"].asks(WHEN)
    for voices, name in enumerate(("Tom", "周建华", LATE), 1):
        guests[name].page.reload()
        guests[name].carries(WHEN, voices)
    expect(wall.locator("[id^=wall-question-] p")).to_have_text([WHEN, PAYS])
    desk.locator(".desk-questions li", has_text=WHEN).locator("button").first.click()
    expect(wall.locator("#wall-speaking")).to_contain_text(WHEN)
    expect(guests["王秀珍"].page.locator("#phone-stage .speaking")).to_contain_text(WHEN)
    desk.locator(".desk-questions li", has_text=PAYS).locator("button").first.click()
    expect(wall.locator("#wall-speaking")).to_contain_text(PAYS)
    assert cafe.questions() == {WHEN: ("answered", 3), PAYS: ("speaking", 0)}


def the_booklet(desk: Page, folder: Path) -> None:
    """What the tables harvested is in the hand."""
    desk.locator("#console-side button").last.click()
    desk.wait_for_url("**/proposals/*")
    desk.locator("button", has_text="收获册").click()
    with desk.expect_download(timeout=60_000) as download:
        desk.locator("#exports a[download]").first.click(timeout=60_000)
    download.value.save_as(folder / "booklet.pdf")
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(folder / "booklet.pdf").pages))
    for said in (TITLE, INSIGHT, OPEN, OFFLINE, WHEN, PAYS):
        assert re.sub(r"\s", "", said) in text
