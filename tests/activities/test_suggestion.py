"""Suggested themes at the desk: by the real model, in its own process."""

import re

import pytest

from facilitator.synthesis import thinking
from facilitator.synthesis.models import Statement, Theme

BENCHES = [
    "电梯口放一张长椅",
    "花园里多放几张长椅",
    "公交站旁边要有座椅",
    "长椅要有扶手和靠背",
    "广场上添几把椅子",
    "槐树下做一圈座椅",
]
LIGHTS = ["楼道的灯坏了", "后门的路灯太暗", "夜里楼梯没有灯", "路灯晚上不亮", "车棚里装一盏灯", "楼道灯换成感应灯"]
DOGS = ["遛狗要牵绳", "狗粪没人清理", "给狗划一块活动区", "宠物狗夜里叫", "草坪上不要遛狗", "狗便袋箱多设几个"]


@pytest.fixture
def wall(make, visit):
    owner = make.staff()
    workshop = make.workshop(owner)
    board = make.board(workshop)
    make.room_at(workshop, board, "sort")
    ideas = [make.idea(board, text) for text in BENCHES + LIGHTS + DOGS]
    return board, workshop, ideas, visit(owner)


def fields(html):
    """What the panel would send as it is."""
    sent = {}
    for tag in re.findall(r"<input[^>]*>", html):
        about = dict(re.findall(r'(name|value)="([^"]*)"', tag))
        if "name" in about:
            sent.setdefault(about["name"], []).append(about.get("value", ""))
    return {name: values if len(values) > 1 else values[0] for name, values in sent.items() if name != "csrf_token"}


def test_a_wall_is_grouped_taken_and_brought_back(wall, database):
    board, workshop, _ideas, desk = wall
    panel = desk.get(f"/synthesis/{board.id}/suggestion")
    desk.post(f"/synthesis/{board.id}/suggestion", **fields(panel.html))
    assert desk.status == 200
    groups = {}
    for idea in database.all(Statement):
        if idea.theme_id:
            groups.setdefault(idea.theme_id, set()).add(idea.text)
    assert len(groups) == database.count(Theme) >= 2
    alike = [
        max(len(group & set(texts)) for texts in (BENCHES, LIGHTS, DOGS)) / len(group) for group in groups.values()
    ]
    assert min(alike) > 0.6
    desk.get(f"/workshops/{workshop.id}/console").press("Undo")
    assert [idea.theme_id for idea in database.all(Statement)] == [None] * 18


def test_what_was_placed_by_hand_stays_and_its_theme_draws_the_others(wall, make, database):
    board, _workshop, ideas, desk = wall
    mine = make.theme(board, "Sitting", *ideas[:3], ideas[-1])
    panel = desk.get(f"/synthesis/{board.id}/suggestion")
    assert f'value="{mine.id}"' in panel.html
    desk.post(f"/synthesis/{board.id}/suggestion", **fields(panel.html))
    now = {idea.text: idea.theme_id for idea in database.all(Statement)}
    assert {now[idea.text] for idea in [*ideas[:3], ideas[-1]]} == {mine.id}


def test_only_what_is_ticked_is_taken_and_a_name_is_the_facilitators(wall, database):
    board, _workshop, _ideas, desk = wall
    sent = fields(desk.get(f"/synthesis/{board.id}/suggestion").html)
    number = sent["take"][0] if isinstance(sent["take"], list) else sent["take"]
    desk.post(f"/synthesis/{board.id}/suggestion", **{**sent, "take": number, f"name-{number}": "Where we rest"})
    [theme] = database.all(Theme)
    assert theme.name == "Where we rest"
    assert desk.post(f"/synthesis/{board.id}/suggestion").status == 422


def test_a_few_ideas_are_told_to_be_too_few(make, visit):
    owner = make.staff()
    board = make.board(make.workshop(owner))
    desk = visit(owner)
    assert "Every idea has its theme." in desk.get(f"/synthesis/{board.id}/suggestion").text
    make.idea(board, "A bench")
    assert "1 idea lies without a theme" in desk.get(f"/synthesis/{board.id}/suggestion").text


def test_pairs_that_may_say_the_same_are_found(app):
    with app.app_context():
        [(first, second, alike)] = thinking.doubles(["电梯口放一张长椅", "后门的路灯太暗", "电梯口放一张长椅！"])
    assert (first, second) == (0, 2)
    assert alike > 0.8
