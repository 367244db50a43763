"""A final of five entries and four judges: nobody knows anything before the award, and the award stands on paper."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.guests import Ear, until
from tests.browser.hall import Cable, Hall, Server, make_account, make_workshop
from tests.browser.people import Facilitator, Resident

SCHEMES = ("二村小广场挂钩", "转角歇一歇", "欣苑一米菜园", "毛孩子一角", "紫竹苑亮一点")
JUDGES = ("顾文彬", "林若溪", "方律师", "施根宝")
RECUSED, FROM = "林若溪", "毛孩子一角"
WITHOUT_A_LINE = "施根宝"
GIVEN = {
    "顾文彬": (
        ("9", "8", "9", "8", "7"),
        ("10", "9", "9", "8", "9"),
        ("8", "7", "6", "8", "8"),
        ("6",) * 5,
        ("7",) * 5,
    ),
    "林若溪": (("8",) * 5, ("9", "10", "9", "9", "8"), ("7",) * 5, (), ("6", "7", "8", "7", "6")),
    "方律师": (("7", "8", "7", "9", "8"), ("9",) * 5, ("8",) * 5, ("7", "6", "7", "5", "6"), ("8", "7", "9", "8", "7")),
    "施根宝": (("9",) * 5, ("10",) * 5, ("6", "7", "8", "7", "9"), ("5",) * 5, ("8",) * 5),
}
WEIGHTS = (30, 25, 15, 15, 15)
DOTS = {"王秀珍": SCHEMES[:2], "Tom": (SCHEMES[1], SCHEMES[4]), "陈师傅": (SCHEMES[1], SCHEMES[2])}
QUESTION = "雨棚会不会挡住一楼的光？"


def test_a_final(hall: Hall, server: Server, cable: Cable, tmp_path: Path) -> None:
    desk = hall.desk("zh")
    make_account(desk, server)
    workshop = make_workshop(desk, "转角遇见设计赛终评", "competition")
    final = Final(server)
    bring_the_entries(desk, final, tmp_path)
    bring_the_rules(desk, final, workshop)
    tokens = invite_the_judges(desk, final)
    lead = Facilitator(desk, workshop)
    wall = hall.wall()
    wall.goto(f"/screen/{server.value('SELECT screen_token FROM workshop')}")
    room = {name: arrives(hall, final, name) for name in DOTS}
    judges = {name: takes_a_seat(hall, tokens[name], cable if name == WITHOUT_A_LINE else None) for name in JUDGES}
    ears = [Ear(page) for page in (wall, *(each.page for each in room.values()))]

    lead.next()
    expect(wall.locator(".gallery-wall h2")).to_have_text(list(SCHEMES))
    lead.next()
    order = the_lots(desk, lead, wall, final)
    lead.next()
    the_presentation(desk, wall, room, judges, order[0])
    for name, page in judges.items():
        judge_everything(final, name, page, cable if name == WITHOUT_A_LINE else None)
    lead.next()
    the_room_votes(room, wall, final)
    nobody_knows(final, [wall, *(each.page for each in room.values())], ears, judges)

    desk.goto(f"/competition/{final.id}/judges")
    desk.locator("form[action$='/locks'] button").click()
    until(lambda: final.server.value("SELECT count(*) FROM competition_judge WHERE locked_at IS NULL") == 0)
    locked_means_locked(judges["顾文彬"])
    lead = Facilitator(desk, workshop)
    lead.next()
    expected = final.expected()
    the_award(lead, wall, room, expected)
    the_score_sheet(desk, tmp_path, expected)
    assert hall.complaints == []


class Final:
    """What the database holds of the only competition of a server."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    def id(self) -> int:
        return int(self.server.value("SELECT id FROM activity"))

    def points(self) -> dict[tuple[str, str], list[int]]:
        """(judge, entry) → hundredths by criterion."""
        query = (
            "SELECT j.name, s.text, c.points FROM competition_score c JOIN competition_judge j ON j.id = c.judge_id"
            " JOIN statement s ON s.id = c.entry_id ORDER BY j.number, s.number, c.criterion_id"
        )
        found: dict[tuple[str, str], list[int]] = {}
        for judge, entry, points in self.server.rows(query):
            found.setdefault((judge, entry), []).append(points)
        return found

    def dots(self) -> dict[str, int]:
        query = (
            "SELECT s.text, count(*) FROM dot d JOIN statement s ON s.id = d.statement_id"
            " WHERE d.withdrawn_at IS NULL GROUP BY s.text"
        )
        return {**dict.fromkeys(SCHEMES, 0), **dict(self.server.rows(query))}

    def jury(self) -> dict[str, Fraction]:
        """Weighted means, reckoned here from what was tapped."""
        means = {}
        for place, scheme in enumerate(SCHEMES):
            totals = [
                Fraction(sum(int(score) * weight for score, weight in zip(given[place], WEIGHTS, strict=True)), 100)
                for given in GIVEN.values()
                if given[place]
            ]
            means[scheme] = sum(totals, Fraction()) / len(totals)
        return means

    def expected(self) -> list[str]:
        """The order of the award: seventy parts jury, thirty parts room, both from 0 to 100."""
        jury, dots = self.jury(), {name: Fraction(count) for name, count in self.dots().items()}
        together = {name: 70 * scaled(jury)[name] + 30 * scaled(dots)[name] for name in SCHEMES}
        return sorted(SCHEMES, key=lambda name: -together[name])


def scaled(values: dict[str, Fraction]) -> dict[str, Fraction]:
    low, high = min(values.values()), max(values.values())
    return {name: (value - low) / (high - low) for name, value in values.items()}


# --- Before the evening


def bring_the_entries(desk: Page, final: Final, folder: Path) -> None:
    """A list from the office, looked at before it is taken."""
    rows = [f"{number},{title},团队{number},高境{number}村" for number, title in enumerate(SCHEMES, 1)]
    (folder / "entries.csv").write_text("\n".join(["编号,标题,团队,居民区", *rows]), encoding="utf-8-sig")
    desk.goto(f"/competition/{final.id}/entries/import")
    desk.locator("#list").set_input_files(folder / "entries.csv")
    desk.locator("form:has(#list) button.primary").click()
    expect(desk.locator(".grid tbody tr")).to_have_count(len(SCHEMES))
    assert final.server.value("SELECT count(*) FROM competition_entry") == 0
    desk.locator("form:has(input[name=rows]) button.primary").click()
    expect(desk.locator(".entry-card")).to_have_count(len(SCHEMES))


def bring_the_rules(desk: Page, final: Final, workshop: int) -> None:
    """Two dots a person; whole points, so that a tap is a score."""
    desk.goto(f"/workshops/{workshop}/activities/{final.id}")
    desk.locator("#budget").fill("2")
    desk.locator("#half_points").uncheck()
    desk.locator("form button.primary").click()
    desk.wait_for_url("**/agenda")


def invite_the_judges(desk: Page, final: Final) -> dict[str, str]:
    desk.goto(f"/competition/{final.id}/judges")
    desk.locator("#judges-names").fill("\n".join(f"{name}，评委" for name in JUDGES))
    desk.locator("form[action$='/judges'] button").click()
    expect(desk.locator("#judges tbody tr")).to_have_count(len(JUDGES))
    return dict(final.server.rows("SELECT name, token FROM competition_judge"))


def arrives(hall: Hall, final: Final, name: str) -> Resident:
    person = Resident(hall.phone("en" if name == "Tom" else "zh"), name)
    person.join(final.server.value("SELECT code FROM workshop"))
    return person


def takes_a_seat(hall: Hall, token: str, cable: Cable | None) -> Page:
    page = hall.phone("zh", cable.address if cable else "")
    page.goto(f"/G/{token}")
    expect(page.locator(".judge-top")).to_be_visible()
    return page


# --- In the room


def the_lots(desk: Page, lead: Facilitator, wall: Page, final: Final) -> list[str]:
    """One place after the other; nothing is known of what isn't drawn."""
    for place in range(1, len(SCHEMES) + 1):
        # A button that is a draw old would draw nothing: the console has to know of the last one.
        expect(desk.locator(".desk-order li:not(.open)")).to_have_count(place - 1)
        desk.locator(".guide button.primary").click()
        expect(wall.locator(".order-wall li:not(.open)")).to_have_count(place)
    drawn = final.server.rows("SELECT s.text FROM competition_entry e JOIN statement s ON s.id = e.id ORDER BY e.turn")
    order = [title for (title,) in drawn]
    assert sorted(order) == sorted(SCHEMES)
    expect(wall.locator(".order-wall li span")).to_have_text(order)
    return order


def the_presentation(desk: Page, wall: Page, room: dict[str, Resident], judges: dict[str, Page], first: str) -> None:
    desk.locator(".guide button.primary").click()
    expect(wall.locator(".scheme h2")).to_have_text(first)
    expect(judges["顾文彬"].locator("#now")).to_contain_text(first, timeout=15_000)
    asker = room["王秀珍"]
    asker.send(QUESTION)
    expect(desk.locator("#console-stage")).to_contain_text(QUESTION)


def judge_everything(final: Final, name: str, page: Page, cable: Cable | None) -> None:
    """One of them declares a conflict first; one loses the line in the middle and notices little of it."""
    asked = page.locator(".asked")
    if name == RECUSED:
        asked.locator("label", has_text=FROM).tap()
    asked.locator(".primary").tap()
    expect(asked).to_have_count(0)
    for place, (scheme, scores) in enumerate(zip(SCHEMES, GIVEN[name], strict=True)):
        if cable and place == 2:
            cable.cut()
        if scores:
            give(page, scheme, scores)
    if cable:
        expect(page.locator("#outbox .waiting")).to_be_visible()
        assert not any(judge == name and scheme in SCHEMES[3:] for judge, scheme in final.points())
        cable.mend()
    theirs = {scheme: [100 * int(each) for each in scores] for scheme, scores in zip(SCHEMES, GIVEN[name], strict=True)}
    held = {scheme: scores for scheme, scores in theirs.items() if scores}
    until(lambda: {entry: points for (judge, entry), points in final.points().items() if judge == name} == held, 60)


def give(page: Page, scheme: str, scores: tuple[str, ...]) -> None:
    """In the order of presentation the judge turns to the scheme from the list."""
    if page.locator("article.current").count():
        page.locator("article.current .turn a[href='#overview']").first.tap()
    page.locator(".lines a", has_text=scheme).tap()
    sheet = page.locator("article.current")
    expect(sheet.locator("h2")).to_contain_text(scheme)
    for criterion, value in zip(sheet.locator(".criterion").all(), scores, strict=True):
        criterion.locator(f".chips label:has(input[value='{value}'])").tap()
        expect(criterion.locator(".value")).to_have_text(value)


def the_room_votes(room: dict[str, Resident], wall: Page, final: Final) -> None:
    for name, schemes in DOTS.items():
        for scheme in schemes:
            room[name].place(scheme)
    expect(wall.locator(".giant-number")).to_contain_text(str(len(DOTS)))
    until(lambda: sum(final.dots().values()) == sum(map(len, DOTS.values())))


def nobody_knows(final: Final, screens: list[Page], ears: list[Ear], judges: dict[str, Page]) -> None:
    """No mean of the jury, on no screen and through no socket; and no judge has another's sheet."""
    means = {f"{float(mean):.2f}" for mean in final.jury().values()}
    for page in screens:
        page.reload()
        assert not any(mean in page.content() for mean in means)
    assert not any(ear.has_heard(mean) for ear in ears for mean in means)
    for name, page in judges.items():
        page.reload()
        others = [each for each in JUDGES if each != name]
        assert not any(other in page.content() for other in others)
        expect(page.locator("#overview .lines li")).to_have_count(len(SCHEMES))


def locked_means_locked(page: Page) -> None:
    page.reload()
    page.locator("article.current .turn a[href='#overview']").first.tap()
    expect(page.locator(".closed")).to_be_visible()
    expect(page.locator("input[type=radio]")).to_have_count(0)


def the_award(lead: Facilitator, wall: Page, room: dict[str, Resident], expected: list[str]) -> None:
    """Third, second, first: each time the room sees one more, and nothing of what is still to come."""
    for shown, scheme in enumerate(reversed(expected[:3]), 1):
        hidden = expected[: 3 - shown]
        lead.reveal()
        expect(wall.locator(".winner h2")).to_have_text(scheme)
        if shown < 3:
            assert not any(title in wall.locator("#projector-stage").inner_text() for title in hidden)
    expect(wall.locator(".table-wall tbody th")).to_have_text(expected)
    expect(room["Tom"].page.locator("#main")).to_contain_text(expected[0])
    shown, frame = wall.evaluate(TALL_PICTURE)
    assert shown >= frame


TALL_PICTURE = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 400, height: 600});
  const image = new Image();
  document.querySelector(".unveil .blank").replaceWith(image);
  image.src = URL.createObjectURL(await new Promise((made) => canvas.toBlob(made)));
  await image.decode();
  await new Promise(requestAnimationFrame);
  const words = document.querySelector(".unveil .points").getBoundingClientRect();
  return [image.getBoundingClientRect().bottom, words.bottom];
}"""
"""How far down the winner's picture reaches, if it is one that is higher than wide, and how far the words do."""


def the_score_sheet(desk: Page, folder: Path, expected: list[str]) -> None:
    desk.locator("#console-side button").last.click()
    desk.wait_for_url("**/proposals/*")
    desk.locator("button", has_text="评分汇总表").click()
    with desk.expect_download(timeout=60_000) as download:
        desk.locator("#exports a[download]").first.click(timeout=60_000)
    download.value.save_as(folder / "sheet.pdf")
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(folder / "sheet.pdf").pages))
    for said in (*SCHEMES, *JUDGES, "回避", "加权平均"):
        assert said in text, said
    places = [text.index(title) for title in expected]
    assert places == sorted(places)
