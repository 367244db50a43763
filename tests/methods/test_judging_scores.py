"""`facilitator scores`: one line of JSON for programs, a table for people, and plain words for a broken table."""

import json

import pytest
from click.testing import CliRunner

from facilitator.scores import scores_command

TABLE = "judge,entry,criterion,score\nA,园,d,8.9\nB,园,d,8.95\nA,y,d,9.5\nB,y,d,\nA,z,d,7\nB,z,d,7.1\n"


@pytest.fixture
def run(tmp_path):
    def run(content, *words):
        path = tmp_path / "marks.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(scores_command, [str(path), *words])

    return run


def test_json_has_just_what_was_agreed(run):
    done = run(TABLE, "--json")
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    made = json.loads(done.stdout)
    assert list(made) == ["entries", "judges"]
    assert made["entries"] == [
        {"entry": "y", "score": 9.5, "rank": 1},
        {"entry": "园", "score": 8.925, "rank": 2},
        {"entry": "z", "score": 7.05, "rank": 3},
    ]
    assert [list(each) for each in made["judges"]] == [["judge", "severity"]] * 2


def test_people_read_ranks_scores_to_the_hundredth_and_severities(run):
    rows = "".join(f"{judge},E{n},{n + (judge == 'A')}\n" for n in range(8) for judge in "AB")
    lines = run("judge,entry,score\n" + rows, "--method", "calibrated").stdout.splitlines()
    assert [line.split() for line in lines[:2]] == [["Rank", "Entry", "Score"], ["1", "E7", "7.50"]]
    assert lines[-3:] == [
        "Judges (added back to their scores)",
        "  A is 0.50 points milder than the others",
        "  B is 0.50 points stricter than the others",
    ]
    assert "   2  园          8.93" in run(TABLE).stdout.splitlines()


@pytest.mark.parametrize("content", ["\ufeff" + TABLE, TABLE.replace("\n", "\r\n"), TABLE.replace("\n", "\n\n")])
def test_a_table_from_a_spreadsheet_is_read_the_same(run, content):
    assert run(content, "--json").stdout == run(TABLE, "--json").stdout


def test_columns_stand_in_any_order_and_one_criterion_needs_no_column(run):
    other = "remark,score,entry,judge\n,8.9,园,A\n,8.95,园,B\nfine,9.5,y,A\n,,y,B\n,7,z,A\n,7.1,z,B\n"
    assert run(other, "--json").stdout == run(TABLE, "--json").stdout


def test_equals_share_a_rank_in_the_order_of_the_table(run):
    made = json.loads(run("judge,entry,score\nA,p,5\nA,q,8\nA,o,8\n", "--json").stdout)
    assert [(each["entry"], each["rank"]) for each in made["entries"]] == [("q", 1), ("o", 1), ("p", 3)]


def test_weights(run):
    table = "judge,entry,criterion,score\nA,x,d=1,8\nA,x,cost,4\n"
    done = run(table, "--weight", "d=1=0.75", "--weight", "cost=.25", "--json")
    assert json.loads(done.stdout)["entries"] == [{"entry": "x", "score": 7.0, "rank": 1}]


def test_people_are_told_what_to_beware_of(run):
    told = run("judge,entry,criterion,score\nA,x,d,8\nB,y,c,4\n", "--method", "trimmed").stdout
    assert "Fewer than five judges, nothing dropped: x, y." in told
    assert "Nobody scored x by c; its other criteria make up the whole." in told
    assert (
        "These panels have no judge and no entry in common, so their scores can't be compared:\n  A: x\n  B: y" in told
    )


HEAD = "judge,entry,criterion,score\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "This file is empty."),
        (HEAD, "There is no score in this file."),
        (HEAD + "A,x,d,\n", "There is no score in this file."),
        (
            "judge,entry,points\nA,x,1\n",
            "Line 1: no column score; there must be judge, entry and score, with a comma between.",
        ),
        ("judge,entry,score,score\nA,x,1,2\n", "Line 1: more than one column score."),
        (HEAD + "A,x,d,8\n\nA,y,d,good\n", "Line 4: 'good' isn't a score."),
        (HEAD + "A,x,d,NaN\n", "Line 2: 'NaN' isn't a score."),
        (HEAD + "A,x,d,-inf\n", "Line 2: '-inf' isn't a score."),
        (HEAD + "A,x,d,1e999999999\n", "Line 2: '1e999999999' isn't a score."),
        (HEAD + "A,x,d,1_0\n", "Line 2: '1_0' isn't a score."),
        (HEAD + "A,x,d,8\nB,x,d,8\nA,x,d,9\n", "Line 4: A has scored x by d in line 2 already."),
        ("judge,entry,score\nA,x,8\nA,x,8\n", "Line 3: A has scored x in line 2 already."),
        (HEAD + ",x,d,8\n", "Line 2: no judge."),
        (HEAD + "A\n", "Line 2: no entry."),
        (HEAD.encode() + b"A,x,d,8\nB,\xb0\xd4,d,8\n", "Line 3: not text in UTF-8; save the table as CSV UTF-8."),
        (b"judge,entry,score\nA\0,x,8\n", "Line 2: not text in UTF-8; save the table as CSV UTF-8."),
    ],
)
def test_a_broken_table_is_said_in_one_line(run, content, message):
    done = run(content, "--json")
    assert (done.exit_code, done.output) == (1, f"Error: {message}\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--weight", "use=1"], "Error: There is no criterion 'use'."),
        (["--weight", "d=-1"], "Error: The weight of 'd' is below 0."),
        (["--weight", "d=0"], "Error: All weights are 0."),
        (
            ["--weight", "d"],
            "Error: Invalid value for '--weight': 'd' isn't a criterion and its weight such as design=0.3",
        ),
    ],
)
def test_weights_that_cannot_be_are_said_plainly(run, words, message):
    done = run(TABLE, *words)
    assert (done.exit_code, done.output.splitlines()[-1]) == (2, message)
