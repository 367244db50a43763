"""The big screen while ideas are gathered: where each card goes, and the other ways to look at what was said."""

import pytest

from facilitator.voting.wall_gathering import MOSAIC


@pytest.fixture
def owner(make):
    return make.staff()


@pytest.fixture
def workshop(make, owner):
    return make.workshop(owner)


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


def cards(screen):
    return [int(key.removeprefix("card-")) for key in screen.page.ids if key.startswith("card-")]


def test_all_ideas_hang_side_by_side_until_they_are_grouped(make, stage, board_at):
    board = board_at("sort")
    for number in range(MOSAIC + 3):
        make.idea(board, f"Idea {number}")
    make.idea(board, "Not for the room", status="hidden")
    assert cards(stage()) == list(range(4, MOSAIC + 4))
    assert "and 3 more" in stage().page.text_of("projector-stage")


def test_a_theme_knows_also_the_ideas_it_does_not_write_out(make, stage, board_at):
    """So that a card that has no line there is seen to fly to it."""
    board = board_at("sort")
    ideas = [make.idea(board, f"Idea {number}") for number in range(8)]
    hidden = make.idea(board, "Not for the room", status="hidden")
    theme = make.theme(board, "Seating", *ideas[:7], hidden)
    screen = stage()
    holds = {key: about["data-holds"] for key, about in screen.page.ids.items() if "data-holds" in about}
    assert holds == {f"wall-theme-{theme.id}": "7 6 5 4 3 2 1", "wall-loose": "8"}
    assert cards(screen) == [7, 6, 5, 4, 3, 8]
