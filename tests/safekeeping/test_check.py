"""`facilitator check`: what is wrong is said in plain words, and by the exit code."""

import json
import sqlite3
from contextlib import closing

import pytest

from facilitator.config import Settings
from facilitator.safekeeping import opening
from facilitator.safekeeping.commands import check
from tests.safekeeping.hall import old_town
from tests.safekeeping.test_backup import run
from tests.safekeeping.test_snapshots import spoil

PHOTO = "0123456789abcdef0123456789abcdef.jpg"


@pytest.fixture
def town(tmp_path):
    """A sound town of the present release."""
    old_town(tmp_path)
    opening.open_database(Settings(data=tmp_path))
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / PHOTO).write_bytes(b"a picture")
    return tmp_path


def change(town, *statements):
    with closing(sqlite3.connect(town / "facilitator.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_sound_town(town):
    said, code = run(check, "--data", town)
    assert code == 0
    assert "31 people, 99 statements" in said
    assert "budgets are kept" in said
    assert "1 snapshots; the newest is of" in said


def test_nothing_is_changed_by_looking(town):
    def everything():
        return {path: path.read_bytes() for path in town.rglob("*") if path.is_file() and "db-" not in path.name}

    before = everything()
    run(check, "--data", town)
    assert everything() == before


FIRST_PERSON = "(SELECT min(participant_id) FROM dot WHERE round = 2 AND withdrawn_at IS NULL)"
MORE_DOTS = f"""
    INSERT INTO dot (id, activity_id, participant_id, round, statement_id, theme_id, placed_at)
    SELECT 'x' || s.id, d.activity_id, d.participant_id, d.round, s.id, NULL, d.placed_at
    FROM (SELECT * FROM dot WHERE participant_id = {FIRST_PERSON} AND round = 2 LIMIT 1) d
    JOIN statement s ON s.activity_id = d.activity_id AND s.status = 'shown' LIMIT 9
"""
UNHELD = "UPDATE dot SET statement_id = NULL WHERE id = (SELECT min(id) FROM dot WHERE activity_id = 2)"
MERGE = """
    UPDATE statement SET theme_id = {theme}, merged_into_id = (SELECT id FROM statement h
        WHERE h.activity_id = statement.activity_id AND h.number = {into}) WHERE activity_id = 2 AND number = {number}
"""
UNTOUCHED = "DELETE FROM deed"
ANOTHER = """
    INSERT INTO workshop (id, title, purpose, place, language, owner_id, code, screen_token, created_at, step, moves,
        paused, locked, show_code, message)
    SELECT 2, title, purpose, place, language, owner_id, 'OTHER2', 'other', created_at, 'lobby', 0, 0, 0, 0, ''
    FROM workshop
"""


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (
            ["UPDATE statement SET theme_id = 1 WHERE number = 9 AND activity_id = 1"],
            "Activity 1: 1 statements in themes of",
        ),
        ([ANOTHER, "UPDATE participant SET workshop_id = 2 WHERE number = 31"], "of people from another workshop"),
        (
            [ANOTHER, "UPDATE workshop SET activity_id = 1 WHERE id = 2"],
            "Workshop 2 stands at activity 1, which belongs",
        ),
        ([UNTOUCHED, MORE_DOTS], "Board 2, vote 2: 1 of the people have more than"),
        ([UNHELD], "1 dots lie on nothing"),
        (
            [MERGE.format(number=3, into=4, theme="theme_id"), MERGE.format(number=4, into=5, theme="theme_id")],
            "Activity 2: 1 ideas are merged into one that doesn't stand for itself",
        ),
        (
            [
                MERGE.format(number=3, into=4, theme="theme_id"),
                "UPDATE statement SET status = 'hidden' WHERE activity_id = 2 AND number = 4",
            ],
            "Activity 2: 1 ideas are merged into one that is off the wall",
        ),
        (
            [MERGE.format(number=3, into=4, theme="(SELECT min(id) FROM theme WHERE activity_id = 2)")],
            "Activity 2: 1 ideas lie in another theme than the one",
        ),
        (
            ["UPDATE dot SET statement_id = 'gone' WHERE id = (SELECT min(id) FROM dot)"],
            "1 rows name others that are not",
        ),
        (["UPDATE statement SET photo = 'lost.jpg' WHERE number = 5 AND activity_id = 2"], "1 photos are missing"),
        (["UPDATE alembic_version SET version_num = '9999'"], "which this release doesn't know"),
    ],
)
def test_what_is_wrong_is_said(town, statements, words):
    change(town, *statements)
    said, code = run(check, "--data", town)
    assert (code, words in said) == (1, True), said


def test_more_dots_than_allowed_may_be_as_it_was_wanted(town):
    """After ideas were hidden and shown again, say."""
    change(town, MORE_DOTS)
    said, code = run(check, "--data", town)
    assert (code, "which explains it" in said) == (0, True), said


def test_a_photo_that_belongs_to_nobody_is_worth_a_look(town):
    (town / "photos" / ("f" * 32 + ".jpg")).write_bytes(b"a picture")
    said, code = run(check, "--data", town)
    assert (code, "1 photos belong to nothing" in said) == (0, True)


def test_every_column_that_names_a_file_is_looked_at(town):
    change(
        town,
        "INSERT INTO cafe_table (id, activity_id, number, token) VALUES (1, 1, 1, 'ABCD')",
        "INSERT INTO cafe_harvest (cafe_table_id, photo, title, question) VALUES (1, 'lost.jpg', '', '')",
    )
    said, code = run(check, "--data", town)
    assert (code, "1 photos are missing" in said) == (1, True), said


def test_a_damaged_database_leads_to_the_newest_good_snapshot(town):
    spoil(town / "facilitator.db")
    said, code = run(check, "--data", town)
    [snapshot] = (town / "snapshots").glob("*.db")
    assert (code, "The database is damaged" in said) == (1, True)
    assert f"restore {snapshot} --data {town}" in said


def test_for_machines(town):
    change(town, UNHELD)
    said, code = run(check, "--data", town, "--json")
    assert code == 1
    assert {"level": "wrong", "text": "Board 2: 1 dots lie on nothing, or on two things."} in json.loads(said)


def test_no_town_at_all(tmp_path):
    said, code = run(check, "--data", tmp_path / "nowhere")
    assert (code, "There is no database" in said) == (1, True)
    assert not (tmp_path / "nowhere").exists()
