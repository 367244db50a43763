"""The big screen while ideas are gathered: where each card goes, and the other ways to look at what was said."""

import re
from datetime import timedelta

import pytest

from facilitator.extensions import db, now
from facilitator.methods.tally import Line, ranked
from facilitator.methods.treemap import squarified
from facilitator.synthesis.doubles import merge
from facilitator.synthesis.models import Statement
from facilitator.voting.dots import Dot
from facilitator.voting.wall.gathering import MOSAIC
from facilitator.voting.wall.result import parted as parted_lines
from facilitator.workshop.models import Activity
from tests.activities.test_board import without_tokens

VIEWS = ("plain", "heat", "time", "table")


@pytest.fixture
def board_at(make, workshop):
    """A board with these settings, and the room at one of its steps."""

    def board_at(step, **settings):
        board = make.board(workshop, **settings)
        make.room_at(workshop, board, step)
        return board

    return board_at


@pytest.fixture
def stage(visit, workshop):
    """What the big screen shows."""
    return lambda: visit().get(f"/screen/{workshop.screen_token}")


@pytest.fixture
def desk(visit, owner, workshop):
    return lambda: visit(owner).get(f"/workshops/{workshop.id}/console")


@pytest.fixture
def result(make, workshop, board_at):
    """Light has 3 dots of 2 people, Shade 1, nothing is revealed yet."""
    board = board_at("result", vote_on="ideas", budget=3, cap=3)
    light, shade = make.idea(board, "Light"), make.idea(board, "Shade")
    make.theme(board, "Evenings", light)
    one, two = make.people(workshop, 2)
    dots = [make.dot(board, *each) for each in ((one, light), (one, light), (two, light), (two, shade))]
    return board, light, shade, dots


def cards(screen):
    return [int(key.removeprefix("card-")) for key in screen.page.ids if key.startswith("card-")]


def test_all_ideas_hang_side_by_side_until_they_are_grouped(make, stage, board_at):
    board = board_at("sort")
    for number in range(MOSAIC + 3):
        make.idea(board, f"Idea {number}")
    make.idea(board, "Not for the room", status="hidden")
    assert cards(stage()) == list(range(5, MOSAIC + 4))
    assert "and 4 more" in stage().page.text_of("projector-stage")


def test_a_theme_knows_also_the_ideas_it_does_not_write_out(make, stage, board_at):
    """So that a card that has no line there is seen to fly to it."""
    board = board_at("sort")
    ideas = [make.idea(board, f"Idea {number}") for number in range(11)]
    hidden = make.idea(board, "Not for the room", status="hidden")
    theme = make.theme(board, "Seating", *ideas[:10], hidden)
    screen = stage()
    holds = {key: about["data-holds"] for key, about in screen.page.ids.items() if "data-holds" in about}
    assert holds == {f"wall-theme-{theme.id}": "10 9 8 7 6 5 4 3 2 1", "wall-loose": "11"}
    assert cards(screen) == [10, 9, 8, 7, 6, 5, 4, 3, 11]


LONG_NAME, LONG_IDEA = "电动车停放与充电的安全", "灯坏了" * 9


@pytest.mark.parametrize(
    ("themes", "name", "words", "shown"),
    [
        (3, "照明", "灯坏了", 8),
        (7, "照明", "灯坏了", 4),
        (7, LONG_NAME, LONG_IDEA, 1),
        (10, LONG_NAME, LONG_IDEA, 2),
        (12, LONG_NAME, LONG_IDEA, 1),
        (15, "照明", "灯坏了", 2),
        (15, LONG_NAME * 2, LONG_IDEA, 1),
    ],
)
def test_a_card_shows_what_it_has_room_for_and_says_how_many_more(make, stage, board_at, themes, name, words, shown):
    board = board_at("sort")
    for _each in range(themes):
        make.theme(board, name, *(make.idea(board, words) for _idea in range(9)))
    screen = stage()
    assert len(cards(screen)) == shown * themes
    assert screen.page.text_of("projector-stage").count(f"and {9 - shown} more") == themes


def test_more_than_fifteen_cards_are_names_and_figures(make, stage, board_at):
    board = board_at("sort")
    for number in range(15):
        make.theme(board, f"Theme {number}", make.idea(board))
    make.idea(board)
    assert cards(stage()) == []
    assert stage().page.text_of("projector-stage").endswith("Theme 14 1 Not yet grouped 1")


def tiles(screen):
    """What the areas of the heat say: drawn, but to be read."""
    drawn = re.findall(r"<foreignObject.*?</foreignObject>", screen.html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in drawn]


def test_what_an_idea_stands_for_is_seen_to_go_there(app, make, stage, board_at):
    board = board_at("sort")
    ideas = [make.idea(board, f"Idea {number}") for number in range(5)]
    with app.app_context():
        merge(db.session.get_one(Statement, ideas[1].id), db.session.get_one(Statement, ideas[3].id))
        db.session.commit()
    for place in ("loose", "in a theme"):
        screen = stage()
        assert sorted(cards(screen)) == [1, 2, 3, 5]
        assert screen.page.ids["card-2"]["data-holds"] == "4"
        assert "more" not in screen.page.text_of("projector-stage"), place
        make.theme(board, "Seating", *ideas)


@pytest.mark.parametrize(("themes", "named"), [(10, 10), (15, 15), (16, 14)])
def test_every_number_that_is_drawn_stands_in_the_key(make, desk, stage, board_at, themes, named):
    """What has no line there is drawn as one; what isn't grouped takes a line, too."""
    board = board_at("sort")
    desk().post(f"/voting/{board.id}/view", htmx=True, view="time", step="sort")
    for number in range(themes):
        make.theme(board, f"Theme {number}", *(make.idea(board) for _idea in range(number + 1)))
    make.idea(board)
    page = stage().page.text_of("projector-stage")
    key = page[page.index("1 Theme 0 1") :].split()
    lines = [f"{number + 1} Theme {number} {number + 1}" for number in range(named)]
    lines += [f"{named + 1} Other themes {sum(range(named + 1, themes + 1))}"] if named < themes else []
    assert key == " ".join([*lines, "Not yet grouped 1"]).split()


# --- Secrecy


@pytest.mark.parametrize("view", ["plain", "time", "table"])
def test_no_view_tells_how_the_dots_lie_before_the_reveal(app, desk, stage, result, view):
    """Byte for byte the same, wherever the dots are and whenever they came."""
    board, light, shade, dots = result
    facilitator = desk().post(f"/voting/{board.id}/view", htmx=True, view=view, step="result")
    assert facilitator.status == 204
    before = [without_tokens(screen().html) for screen in (stage, desk)]
    with app.app_context():
        for dot in dots:
            row = db.session.get_one(Dot, dot.id)
            row.statement_id = light.id if row.statement_id == shade.id else shade.id
            row.placed_at = now() + timedelta(hours=1)
        db.session.commit()
    assert [without_tokens(screen().html) for screen in (stage, desk)] == before


def test_heat_comes_with_the_reveal_and_goes_with_it(app, desk, stage, result):
    board = result[0]
    facilitator = desk()
    assert not facilitator.page.has_button("Heat")
    assert "after the reveal" in facilitator.page.text_of("console-stage")
    facilitator.post(f"/voting/{board.id}/view", htmx=True, view="heat", step="result")
    assert facilitator.status == 409
    desk().press("Reveal the next").press("Reveal the next").press("Heat")
    assert tiles(stage()) == ["Light 3 dots 2 people", "Shade 1 dot 1 person"]
    desk().press("Hide")
    assert "Ready to reveal" in stage().page.text_of("projector-stage")
    with app.app_context():  # whatever is remembered of an earlier choice
        here = db.session.get_one(Activity, board.id)
        here.state = {**here.state, "view": "result:heat"}
        db.session.commit()
    assert "Ready to reveal" in stage().page.text_of("projector-stage")
    assert tiles(stage()) == []


def test_a_reveal_shows_the_result_whatever_was_on_the_screen(desk, stage, result):
    desk().press("List")
    assert "wall-table" in stage().page.ids
    desk().press("Reveal the next (2 left)")
    assert "wall-table" not in stage().page.ids
    assert "Shade 1 dot" in stage().page.text_of("projector-stage")


# --- What they show


def test_equals_of_a_long_result_stand_still_together_or_turn_together():
    def parted(*dots):
        sheet = parted_lines(ranked([Line(number, each, each) for number, each in enumerate(dots)]))
        return [line.rank for line in sheet["still"]], [line.rank for line in sheet["turning"]], sheet["rows"]

    assert parted(5, 4, 2) == ([1, 2, 3], [], 0)
    assert parted(*[9] * 11) == ([], [1] * 11, 6)
    assert parted(5, 4, *[2] * 16) == ([1, 2], [3] * 16, 4)
    assert parted(5, 4, 4, 4, *[2] * 16) == ([1], [2] * 3 + [5] * 16, 5)
    assert parted(*[9] * 40) == ([], [1] * 40, 6)


def test_a_long_result_is_all_there_with_its_ties(make, stage, workshop, desk, board_at):
    board = board_at("result", vote_on="ideas", budget=1, cap=1)
    people = make.people(workshop, 14)
    for person in people:
        make.dot(board, person, make.idea(board, f"Idea {person.id}"))
    desk().press("Reveal the next")
    said = stage().page.text_of("wall-result-1")
    assert said.count("1tie") == said.count("1 dot1 person") == 14


def test_a_choice_holds_in_its_step_is_seen_at_every_desk_and_undone(make, visit, desk, stage, workshop, board_at):
    board = board_at("sort")
    make.theme(board, "Seating", make.idea(board, "A bench"))
    desk().press("Over the evening")
    assert "Over the evening" in stage().page.labels
    colleague = visit(make.secretary()).get(f"/workshops/{workshop.id}/console")
    pressed = colleague.html.split('aria-pressed="true"')[1].split("</button>")[0]
    assert "Over the evening" in pressed
    make.room_at(workshop, board, "result")
    assert "Over the evening" not in stage().page.labels
    make.room_at(workshop, board, "sort")
    colleague.post(f"/voting/{board.id}/view", htmx=True, view="table", step="result")  # a button of the step before
    desk().send(f"/workshops/{workshop.id}/undo")
    assert cards(stage()) == [1]


def test_without_a_vote_heat_counts_ideas_and_their_people(make, desk, stage, workshop, board_at):
    board = board_at("sort", vote_on="none")
    one, two = make.people(workshop, 2)
    make.theme(
        board,
        "Seating",
        *(make.idea(board, f"Bench {number}", person) for number, person in ((1, one), (2, one), (3, two))),
    )
    make.idea(board, "Something else", one)
    make.idea(board, "Hidden", two, status="hidden")
    desk().press("Heat")
    assert tiles(stage()) == ["Seating 3 ideas 2 people", "Not yet grouped 1 idea 1 person"]


def test_the_evening_and_the_list_show_what_may_be_seen(app, make, desk, stage, workshop, board_at):
    board = board_at("sort")
    ideas = [make.idea(board, f"Bench {number}") for number in range(3)]
    make.idea(board, "Call 13812345678")
    make.idea(board, "Hidden words", status="hidden")
    make.theme(board, "Seating", *ideas[:2])
    with app.app_context():
        for place, idea in enumerate(ideas):
            db.session.get_one(Statement, idea.id).created_at = now() - timedelta(minutes=10 * place)
        db.session.commit()
    desk().press("List")
    said = stage().page.text_of("wall-table")
    assert "1 Bench 0 Seating 2 Bench 1 Seating 3 Bench 2 4" in said
    assert "13812345678" not in said
    assert "Hidden" not in said
    desk().press("Over the evening")
    assert "1 Seating 2 Not yet grouped 2" in stage().page.text_of("projector-stage")


def test_the_evening_marks_when_the_room_came_to_a_step(app, make, desk, stage, board_at):
    board = board_at("collect")
    before = make.idea(board, "A bench")
    with app.app_context():
        db.session.get_one(Statement, before.id).created_at = now() - timedelta(minutes=10)
        db.session.commit()
    desk().press("Next: Group into themes")
    make.idea(board, "A late lamp")
    desk().press("Over the evening")
    marks = re.findall(r'<text class="gold" x="([\d.]+)"[^>]*>([^<]+)<', stage().html)
    assert [words for _place, words in marks] == ["Group into themes"]
    assert float(marks[0][0]) > 1000


def test_dots_rise_with_the_first_and_have_a_measure_of_their_own(app, make, desk, stage, result):
    _board, light, shade, dots = result
    with app.app_context():
        for place, idea in enumerate((light, shade)):
            db.session.get_one(Statement, idea.id).created_at = now() - timedelta(minutes=50 + place)
        for place, dot in enumerate(dots):
            db.session.get_one(Dot, dot.id).placed_at = now() - timedelta(seconds=200 - 50 * place)
        db.session.commit()
    desk().press("Reveal the next").press("Reveal the next").press("Over the evening")
    html = stage().html
    points = [float(each.split(",")[0]) for each in re.search(r'points="([^"]+)"', html).group(1).split()]
    assert points == sorted(points)
    # Over some 51 minutes; where they are counted together may have begun minutes before the first of them.
    assert 1250 - (1250 - 96) * (200 + 240) / 3060 < points[0] <= points[-1] <= 1250
    assert re.findall(r'<text class="dots-level" x="1264"[^>]*>(\d+)<', html)[0] == "1"


def test_a_cafe_says_where_it_was_said(cafe, visit):
    cafe.go("move-1", "round-1")
    cafe.say(cafe.people[0], "A bench by the gate")
    table = next(number for person, number in cafe.seats(1).items() if person == cafe.people[0].id)
    cafe.go("sort")
    cafe.desk.post(f"/voting/{cafe.id}/view", htmx=True, view="table", step="sort")
    wall = visit().get(f"/screen/{cafe.workshop.screen_token}")
    assert f"A bench by the gate Table {table}, round 1" in wall.page.text_of("wall-table")


@pytest.mark.parametrize("view", VIEWS)
def test_as_many_questions_for_thirty_ideas_as_for_three(make, desk, stage, queries, workshop, board_at, view):
    def asked(ideas):
        board = board_at("sort", vote_on="none")
        made = [make.idea(board, f"Idea {number}", make.person(workshop)) for number in range(ideas)]
        make.theme(board, "Seating", *made[: ideas // 2])
        desk().post(f"/voting/{board.id}/view", htmx=True, view=view, step="sort")
        make.person(workshop)
        return queries(stage)

    assert asked(3) == asked(30)


def test_areas_are_in_proportion_and_fill_the_whole():
    weights = [21, 7, 7, 3, 2, 1, 1]
    areas = squarified(weights, 1792, 560)
    unit = 1792 * 560 / sum(weights)
    assert [round(each.width * each.height / unit, 6) for each in areas] == weights
    assert max(max(each.width / each.height, each.height / each.width) for each in areas) < 4
    assert squarified([], 10, 10) == []


# --- The end


def test_the_end_says_what_the_evening_brought_and_where_to_see_what_becomes_of_it(make, stage, workshop, result):
    board, _light, shade, _dots = result
    make.theme(board, "Summer", shade)
    make.room_at(workshop, None, "closing")
    said = stage().page.text_of("projector-stage")
    assert said.startswith("2 people 2 ideas 2 themes Evenings 1 idea Summer 1 idea"), "nothing was revealed"
    assert "What becomes of your idea?" in said
    assert "join" not in stage().page.text_of("projector-foot").lower()


def test_the_end_names_the_themes_with_the_most_dots_once_they_are_revealed(make, desk, stage, workshop, result):
    board, _light, shade, _dots = result
    make.theme(board, "Summer", shade)
    desk().press("Reveal the next").press("Reveal the next")
    make.room_at(workshop, None, "closing")
    said = stage().page.text_of("projector-stage")
    assert said.startswith("2 people 2 ideas 2 themes 4 dots Evenings 3 dots Summer 1 dot")


def test_an_end_without_ideas_only_counts_the_people(make, stage, workshop):
    make.people(workshop, 1)
    make.room_at(workshop, None, "closing")
    assert stage().page.text_of("projector-stage").startswith("1 person Everything that was said is kept")
