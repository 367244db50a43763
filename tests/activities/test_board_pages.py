"""A board with very many ideas: what is asked and what is sent stays small, and all of it can be reached."""

import math
import random
import re
import zlib

import pytest

from facilitator.activities.board.ideas import Idea
from facilitator.extensions import db
from facilitator.synthesis.models import HELD, HIDDEN, Statement, new_id
from facilitator.voting import targets
from facilitator.voting.dots import Dot, HandCount
from facilitator.voting.models import ON_BALLOT

STEPS = ("silent", "collect", "sort", "vote", "result", "vote-again", "result-again")
PHONE_LOADS = 60 * 1024
"""Bytes of a phone's first load, packed (experience.md)."""
PROJECTOR_LOADS, CONSOLE_LOADS = 16 * 1024, 160 * 1024
"""Bytes of a page that isn't packed: it is drawn anew at every tick."""
CHARACTERS = "紫竹苑旁边加两排带靠背的长椅健身角晚上太暗装一盏暖色灯门口坑洼下雨就积水快递柜挪到东门别挡住消防通道"


@pytest.fixture
def full(app, make, workshop):
    """A board with so many ideas, three of four in themes, as many people as the test names, and dots of each."""

    def full(ideas, step="collect", people=3, **settings):
        board = make.board(workshop, **{"silent": True, "rounds": 2, "budget": 5, "cap": 2, **settings})
        themes = [make.theme(board, f"Theme {number}") for number in range(3)]
        persons = make.people(workshop, people)
        chance = random.Random(ideas)
        with app.app_context():
            rows = [_idea(chance, board, number, [*themes, None][number % 4]) for number in range(1, ideas + 1)]
            db.session.add_all(rows)
            db.session.flush()
            for number, person in enumerate(persons):
                at = rows[number % len(rows)].id
                about = {"activity_id": board.id, "participant_id": person.id, "statement_id": at}
                db.session.add_all(Dot(id=new_id(), round=vote, **about) for vote in (1, 2))
            db.session.commit()
        make.room_at(workshop, board, step)
        return board, persons

    return full


def _idea(chance, board, number, theme):
    """Words as various as people's: they pack no better than real ones."""
    text = f"{number}号：" + "".join(chance.choice(CHARACTERS) for _ in range(chance.randint(10, 40)))
    about = {"activity_id": board.id, "number": number, "position": number, "theme_id": theme.id if theme else None}
    return Idea(id=new_id(), text=text, **about)


def reveal_all(app, board):
    with app.app_context():
        db.session.get(type(board), board.id).state = {"revealed-1": 99, "revealed-2": 99}
        db.session.commit()


# --- What is asked of the database


@pytest.fixture
def every_screen(app, phone, visit, workshop, owner):
    """What one person's phone, the projector and the console ask for: address → visitor."""

    def every_screen(person):
        room = f"/w/{workshop.code}"
        phones = {path: phone(workshop, person) for path in (room, f"{room}/scene", f"{room}/fragments")}
        screen, console = f"/screen/{workshop.screen_token}", f"/workshops/{workshop.id}/console"
        return {**phones, screen: visit(), console: visit(owner)}

    return every_screen


@pytest.mark.parametrize("step", STEPS)
def test_as_many_questions_for_thirty_ideas_as_for_three(app, make, full, every_screen, queries, workshop, step):
    def asked(ideas):
        board, (person, *_rest) = full(ideas, step)
        reveal_all(app, board)
        counts = {}
        for path, visitor in every_screen(person).items():
            make.person(workshop)  # something happens between two pages: nothing that was kept will do
            counts[path] = queries(lambda visitor=visitor, path=path: visitor.get(path))
            assert visitor.status == 200
        return counts

    assert asked(3) == asked(30)


@pytest.mark.parametrize("vote_on", ["ideas", "themes"])
def test_a_dot_asks_no_more_among_thirty_ideas_than_among_three(
    make, phone, full, queries, workshop, vote_on, monkeypatch
):
    monkeypatch.setattr(targets, "FRESH", math.inf)  # or a line might be old in the middle of a tap

    def asked(ideas):
        full(ideas, "vote", vote_on=vote_on)
        resident = phone(workshop)
        place = resident.page.button("Place a dot:")
        targets.forget()
        count = queries(lambda: resident.post(place.address, htmx=True, **place.fields))
        assert "my dot" in resident.text
        return count

    assert asked(3) == asked(30)


# --- What is sent


@pytest.mark.parametrize("step", STEPS)
def test_what_is_sent_stays_small_with_a_thousand_ideas(app, full, every_screen, workshop, step):
    board, (person, *_rest) = full(1000, step, people=20)
    reveal_all(app, board)
    resident, *_fragments, wall, desk = every_screen(person).values()
    page = packed(resident, f"/w/{workshop.code}")
    assert len(page) + files_of(resident, zlib.decompress(page, 31).decode()) <= PHONE_LOADS
    assert len(wall.get(f"/screen/{workshop.screen_token}").answer.data) <= PROJECTOR_LOADS
    assert len(desk.get(f"/workshops/{workshop.id}/console").answer.data) <= CONSOLE_LOADS


def packed(visitor, path):
    answer = visitor.client.get(path, headers={"Accept-Encoding": "gzip", "Accept-Language": "zh-CN"})
    assert answer.headers["Content-Encoding"] == "gzip"
    return answer.data


def files_of(visitor, html):
    """Bytes of all that a page loads, packed: style sheet, scripts and what these import, pictures."""
    sizes = {}
    waiting = set(re.findall(r'(?:src|href)="(/assets/[^"#]+)', html))
    while waiting:
        address = waiting.pop()
        answer = visitor.client.get(address, headers={"Accept-Encoding": "gzip"})
        packed = answer.headers.get("Content-Encoding") == "gzip"
        content = (zlib.decompress(answer.data, 31) if packed else answer.data).decode()
        sizes[address] = len(answer.data)
        folder = address.rpartition("/")[0]
        imported = re.findall(r'^import .*?"(\.{1,2}/[^"]+)"', content, re.MULTILINE) if address.endswith(".js") else []
        waiting |= {_address(folder, name) for name in imported} - set(sizes)
    return sum(sizes.values())


def _address(folder, name):
    parts = folder.split("/")
    for part in name.split("/"):
        parts = parts[:-1] if part == ".." else parts if part == "." else [*parts, part]
    return "/".join(parts)


def test_small_answers_and_old_browsers_get_theirs_plain(phone, full, workshop):
    _board, (person, *_rest) = full(3, "vote")
    resident = phone(workshop, person)
    back = resident.page.button("Take a dot back")
    headers = {"Accept-Encoding": "gzip", "X-CSRFToken": resident.page.csrf, "HX-Request": "true"}
    small = resident.client.post(back.address, data=back.fields, headers=headers)
    assert "hx-partial" in small.text
    for answer in (small, resident.get(f"/w/{workshop.code}").answer):
        assert "Content-Encoding" not in answer.headers
        assert "Accept-Encoding" in answer.headers["Vary"]


# --- All of it can be reached


def on_the_ballot(phone):
    return [key.removeprefix("target-") for key in phone.page.ids if key.startswith("target-")]


def test_a_long_ballot_comes_in_pages_that_hold_every_idea_once(app, phone, full, workshop):
    full(ON_BALLOT * 2 + 5, "vote")
    resident = phone(workshop)
    seen = []
    for number in (1, 2, 3):
        assert f"Page {number} of 3" in resident.text
        seen += on_the_ballot(resident)
        more = [link for link in resident.page.links if link.endswith(f"page={number + 1}")]
        if more:
            resident.get(more[0])
    with app.app_context():
        every = [row.id for row in db.session.query(Statement)]
    assert sorted(seen) == sorted(every)
    assert len(on_the_ballot(resident)) == 5


def test_ones_own_dots_can_be_taken_back_on_every_page(phone, full, database, workshop):
    board, (person, *_rest) = full(ON_BALLOT + 5, "vote")
    resident = phone(workshop, person)
    (dot,) = database.all(Dot, Dot.participant_id == person.id, Dot.round == 1)
    for number in (1, 2):
        resident.get(f"/w/{workshop.code}/scene?page={number}")
        assert on_the_ballot(resident).count(dot.statement_id) == 1
        back = resident.page.button("Take a dot back")
        assert back.address == f"/voting/{board.id}/dots/{dot.id}/withdrawal"


def test_all_ideas_stand_on_a_page_of_their_own_whatever_became_of_them(make, visit, full, workshop, owner):
    board, _people = full(250, "collect")
    for status in (HELD, HIDDEN):
        make.idea(board, f"kept back, {status}", status=status)
    desk = visit(owner).get(f"/workshops/{workshop.id}/console")
    assert desk.page.text_of("list-0").count("号：") <= 60
    address = next(link for link in desk.page.links if "/everything?theme=0" in link)
    found = numbers(desk.get(address))
    assert found == list(range(3, 251, 4))
    every = [number for page in (1, 2, 3) for number in numbers(desk.get(f"/voting/{board.id}/everything?page={page}"))]
    assert every == list(range(1, 251))
    assert "kept back, held waiting" in desk.text
    assert "kept back, hidden hidden" in desk.text


def numbers(visitor):
    return [int(found) for found in re.findall(r"(\d+)号：", visitor.page.text_of("everything"))]


def test_counts_on_paper_are_entered_page_by_page(visit, full, database, workshop, owner):
    board, _people = full(60, "result")
    desk = visit(owner)
    for page in (1, 2):
        desk.get(f"/voting/{board.id}/counts/1?page={page}")
        form = desk.page.forms[-1]
        first = next(name for name in form.fields if name.startswith("dots-paper-"))
        people = first.replace("dots", "voters")
        desk.post(form.action, **{**form.fields, first: str(page), people: "1"})
    assert sorted(row.dots for row in database.all(HandCount)) == [1, 2]
