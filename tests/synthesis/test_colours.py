"""Every place that draws a theme knows its colour, and no two of ten themes have the same."""

import re
from pathlib import Path

import pytest
from flask import render_template_string

from facilitator.extensions import db
from facilitator.synthesis.models import COLOURS, Theme
from facilitator.synthesis.words import colour_name
from facilitator.workshop.models import Activity

ROOT = Path(__file__).resolve().parents[2]

STYLES = {
    "tokens.css": r"--theme-(\d+): #",
    "components.css": r"\.theme-(\d+) \{ --c: var",
    "activities/board_wide.css": r"\.wall \.theme-(\d+) \{ --c: #",
    "documents/sheet.css": r"\.sheet \.c(\d+) \{ --c: var",
    "print/proposal/pages.css": r"^\.c(\d+) \{ --c: #",
}


@pytest.mark.parametrize("sheet", STYLES)
def test_a_style_sheet_knows_every_colour(sheet):
    text = (ROOT / "static" / "css" / sheet).read_text(encoding="utf-8")
    known = {int(number) for number in re.findall(STYLES[sheet], text, re.MULTILINE)}
    assert known - {0} == set(range(1, COLOURS + 1))


def test_charts_draw_each_theme_in_the_colour_of_its_heading(app):
    heads = (ROOT / "static/css/print/proposal/pages.css").read_text(encoding="utf-8")
    in_print = dict(re.findall(r"^\.c(\d+) \{ --c: (#\w+); \}", heads, re.MULTILINE))
    asked = '{% from "documents/proposal/colours.html" import THEME %}{{ THEME|join(" ") }}'
    with app.test_request_context():
        drawn = render_template_string(asked).split()
    assert drawn[1:] == [in_print[str(number)] for number in range(1, COLOURS + 1)]


def test_each_colour_has_a_name_of_its_own(app):
    with app.test_request_context():
        assert len({colour_name(number) for number in range(1, COLOURS + 1)}) == COLOURS


def test_ten_themes_have_ten_colours_and_the_next_begins_again(app, make):
    board = make.board(make.workshop())
    with app.app_context():
        given = [Theme.add(db.session.get_one(Activity, board.id), f"Theme {number}").colour for number in range(11)]
    assert given == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1]
