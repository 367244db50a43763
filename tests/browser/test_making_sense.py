"""Eighty ideas: themes in two minutes, two pairs that say the same, and a paper whose figures lead back to people."""

from __future__ import annotations

import json
import re
from itertools import cycle
from pathlib import Path

from docx import Document
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.hall import ROOT, Hall, Server, make_account, make_workshop
from tests.browser.neighbours import Neighbour
from tests.browser.people import Facilitator, Resident

EVENING = json.loads((ROOT / "facilitator" / "demo" / "board.json").read_text(encoding="utf-8"))
MANY = 80
HEADS = (
    "坡道太陡，轮椅推上去要两个人。请做缓一点，两边装扶手。",
    "亭子漏雨好几年了，顶修一修，阿拉老姐妹还要在里面打牌的。",
)
AGAIN = (
    "坡道太陡了，轮椅推上去要两个人，请做缓一点，两边装上扶手。",
    "亭子漏雨好几年了，修一修顶，阿拉老姐妹还要在里面打牌。",
)
"""What the two with a screen say, and what somebody has said before each of them."""
AUTHORS = ("王秀珍", "Tom")


def test_eighty_ideas_become_a_paper(hall: Hall, server: Server, tmp_path: Path) -> None:
    desk = hall.desk("zh")
    make_account(desk, server)
    workshop = make_workshop(desk, "紫竹苑怎么改")
    lead = Facilitator(desk, workshop)
    wall = hall.wall()
    wall.goto(f"/screen/{server.value('SELECT screen_token FROM workshop')}")
    lead.next()
    neighbours, residents = the_room_speaks(hall, server)
    expect(wall.locator("#projector-foot .count")).to_contain_text(str(MANY))

    lead.next()
    two_pairs_become_one_each(desk, wall)
    ideas_become_themes(desk, wall)
    lead.next()
    the_room_votes(server, neighbours, residents)
    lead.next()
    the_result_is_revealed(lead, wall)

    desk.locator("#console-side button").click()
    desk.wait_for_url("**/proposals/*")
    on_paper(desk, tmp_path)
    a_figure_leads_to_its_people(desk, server)
    assert hall.complaints == []


def the_room_speaks(hall: Hall, server: Server) -> tuple[list[Neighbour], list[Resident]]:
    said = [idea["text"] for idea in EVENING["activities"][1]["ideas"]]
    first = [*HEADS, *(text for text in said if text not in HEADS)]
    neighbours = [Neighbour(server, name) for name in EVENING["people"][:20]]
    for person, text in zip(cycle(neighbours), first[: MANY - len(AGAIN)], strict=False):
        person.says(text)
    residents = [Resident(hall.phone(language), name) for name, language in zip(AUTHORS, ("zh", "en"), strict=True)]
    for resident, text in zip(residents, AGAIN, strict=True):
        resident.join(server.value("SELECT code FROM workshop"))
        resident.say(text)
    return neighbours, residents


def two_pairs_become_one_each(desk: Page, wall: Page) -> None:
    """The pairs stand side by side; what doesn't say the same stays apart."""
    desk.locator("[data-panel-url$='/doubles']").click()
    panel, merged = desk.locator("#panel .doubles"), 0
    while merged < len(AGAIN):
        said = panel.locator(".side .said")
        expect(said).to_have_count(2)
        same = set(said.all_inner_texts()) in [set(pair) for pair in zip(HEADS, AGAIN, strict=True)]
        merged += same
        first, second = (panel.locator(f"input[name={name}]").input_value() for name in ("first", "second"))
        panel.locator("button.primary" if same else ".row button[hx-post]").click()
        expect(
            panel.locator(f"input[name=first][value='{first}'] + input[name=second][value='{second}']")
        ).to_have_count(0)
    desk.locator("#panel [data-close]").first.click()
    for text in AGAIN:
        expect(desk.locator("#sort-0 li[data-id]", has_text=text)).to_have_count(0)
        expect(wall.locator("#projector-stage")).not_to_contain_text(text)


def ideas_become_themes(desk: Page, wall: Page) -> None:
    desk.locator("[data-panel-url$='/suggestion']").click()
    suggested = desk.locator(".suggested")
    names = suggested.locator("input.name")
    expect(names.first).to_be_visible()
    a_name_of_keywords_stays(suggested)
    shown = [name.input_value() for name in names.all()]
    assert 3 <= len(shown) <= 15
    suggested.locator("button.primary").click()
    expect(desk.locator("#panel")).to_be_hidden()
    for name in shown:
        expect(wall.locator(".columns section h2", has_text=name).first).to_be_visible()


def a_name_of_keywords_stays(suggested: Locator) -> None:
    """Whatever else one looks at meanwhile; pressed again, the button gives the sentence back."""
    group = suggested.locator("ol > li", has=suggested.page.locator("[data-as-name]")).last
    name, button = group.locator("input.name"), group.locator("[data-as-name]")
    sentence, keywords = name.input_value(), button.get_attribute("data-as-name")
    button.press("Enter")
    expect(name).to_have_value(keywords)
    for grain in ("finer", "usual"):
        suggested.locator(f"label:has(#grain-{grain})").click()
        expect(suggested.locator(f"#grain-{grain}[checked]")).to_have_count(1)
    expect(name).to_have_value(keywords)
    button.press("Enter")
    expect(name).to_have_value(sentence)


def the_room_votes(server: Server, neighbours: list[Neighbour], residents: list[Resident]) -> None:
    """Three neighbours and both with a screen give a dot to the ramp, one of them two."""
    [(ramp,)] = server.rows("SELECT id FROM statement WHERE text = ?", HEADS[0])
    for person in neighbours[5:8]:
        person.looks()
        person.places(ramp)
    for resident in residents:
        resident.place(HEADS[0])
    residents[0].place(HEADS[0])
    residents[1].place(HEADS[1])


def the_result_is_revealed(lead: Facilitator, wall: Page) -> None:
    button = lead.page.locator("#console-bar .reveal")
    for _place in range(2):
        lead.reveal()
    expect(button).to_have_count(0)
    first = wall.locator(".result li").first
    expect(first.locator(".bar-line p")).to_contain_text(HEADS[0])
    expect(first.locator(".score b")).to_have_text("6")
    expect(first.locator(".score small")).to_contain_text("5")


def on_paper(desk: Page, folder: Path) -> None:
    pdf, word = downloaded(desk, "PDF", folder), downloaded(desk, "Word", folder)
    printed = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    typed = "".join(node.text or "" for node in Document(str(word)).element.body.iter() if node.tag.endswith("}t"))
    for text in (*HEADS, *AGAIN):
        assert bare(text) in bare(printed)
        assert bare(text) in bare(typed)


def downloaded(desk: Page, kind: str, folder: Path) -> Path:
    desk.locator("button", has_text=kind).first.click()
    link = desk.locator(".export", has=desk.locator("b", has_text=kind)).locator("a[download]")
    expect(link).to_be_visible(timeout=60_000)
    with desk.expect_download() as download:
        link.click()
    download.value.save_as(folder / kind)
    return folder / kind


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def a_figure_leads_to_its_people(desk: Page, server: Server) -> None:
    """From the number of a theme's ideas to the row, the idea and everybody who said it."""
    [(theme,)] = server.rows("SELECT theme_id FROM statement WHERE text = ?", HEADS[0])
    figure = desk.locator(f"a.figure[href$='/theme-{theme}-ideas']").first
    many = int(figure.inner_text())
    figure.click()
    rows = desk.locator("main tbody tr")
    expect(rows).to_have_count(many)
    for text in (HEADS[0], AGAIN[0]):
        expect(rows.filter(has_text=text)).to_have_count(1)
    rows.filter(has_text=HEADS[0]).locator("a").click()
    desk.wait_for_url("**/statements/*")
    told = desk.locator("main")
    expect(told).to_contain_text(AGAIN[0])
    said = "SELECT p.number FROM statement s JOIN participant p ON p.id = s.participant_id WHERE s.text IN (?, ?)"
    for (number,) in server.rows(said, HEADS[0], AGAIN[0]):
        expect(told).to_contain_text(f"参与者 {number:02d}")
