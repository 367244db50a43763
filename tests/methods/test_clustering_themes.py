"""`facilitator themes`: one line of JSON for programs, a list for people, and plain words when it can't be."""

import json

import pytest
from click.testing import CliRunner

from facilitator.themes import themes_command
from tests.methods.test_clustering import IDEAS, MANY


def run(path, *words):
    return CliRunner().invoke(themes_command, [str(path), *words])


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "ideas.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def test_json_has_just_what_was_agreed(written):
    done = run(written("\n".join([*IDEAS, "停车位不够！", "🌳"])), "--json")
    made = json.loads(done.stdout)
    assert (done.exit_code, done.stdout.count("\n"), done.stderr) == (0, 1, "")
    assert list(made) == ["ideas", "themes", "seconds", "model"]
    assert [list(idea) for idea in made["ideas"]] == [["text", "theme", "duplicates"]] * 20
    assert [idea["text"] for idea in made["ideas"]] == [*IDEAS, "停车位不够！", "🌳"]
    assert (18 in made["ideas"][6]["duplicates"], 6 in made["ideas"][18]["duplicates"]) == (True, True)
    assert made["ideas"][19]["theme"] is None
    assert {idea["theme"] for idea in made["ideas"]} - {None} == {theme["theme"] for theme in made["themes"]}
    assert [list(theme) for theme in made["themes"]] == [["theme", "name", "keywords"]] * len(made["themes"])


def test_a_table_gives_its_column(written):
    table = 'label,Text\na,"lamps, dark"\nb,\nc,"two\nlines"\nd\n'
    made = json.loads(run(written("\ufeff" + table), "--json").stdout)
    assert [idea["text"] for idea in made["ideas"]] == ["lamps, dark", "two\nlines"]


def test_a_list_may_hold_commas_and_quotes(written):
    made = json.loads(run(written('more lamps, please\n"quiet\n\n5" pipes\n'), "--json").stdout)
    assert [idea["text"] for idea in made["ideas"]] == ["more lamps, please", '"quiet', '5" pipes']


def test_people_read_themes_then_the_unsorted(written):
    lines = run(written("\n".join([*["路灯太暗了"] * 3, "🌳"]))).output.splitlines()
    assert lines[:6] == ["路灯太暗了  (3, 路灯)", *["  路灯太暗了"] * 3, "", "Unsorted  (1)"]
    assert lines[-1].startswith("4 ideas, 1 theme, ")


def test_finer_gives_more_themes(written):
    path = written("\n".join(MANY))
    coarser, finer = (len(json.loads(run(path, word, "--json").stdout)["themes"]) for word in ("--coarser", "--finer"))
    assert coarser < finer


def test_an_empty_file_has_no_themes(written):
    made = json.loads(run(written(""), "--json").stdout)
    assert (made["ideas"], made["themes"]) == ([], [])


def test_what_cannot_be_is_said_plainly(written):
    assert run(written(b"\xff\xfe\x00")).output == "Error: This file isn't text in UTF-8; save it as CSV UTF-8.\n"
    assert "Either --finer or --coarser." in run(written("x"), "--finer", "--coarser").output
