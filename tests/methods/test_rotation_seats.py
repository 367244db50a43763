"""`facilitator seats`: one line of JSON for programs, a table for people, and plain words when it can't be."""

import json

import pytest
from click.testing import CliRunner

from facilitator.seats import seats_command


def run(*words):
    return CliRunner().invoke(seats_command, [str(word) for word in words])


def test_json_has_just_what_was_agreed():
    done = run("--guests", 93, "--tables", 15, "--rounds", 4, "--hosts", 15, "--apart", "3,17", "--json")
    made = json.loads(done.stdout)
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    assert list(made) == ["rounds", "hosts", "repeats", "bound", "seconds"]
    assert (made["hosts"], made["repeats"], made["bound"]) == (list(range(1, 16)), 0, 0)
    assert [sorted(guest for table in tables for guest in table) for tables in made["rounds"]] == [
        list(range(1, 94))
    ] * 4
    assert [tables for tables in made["rounds"] for table in tables if {3, 17} <= set(table)] == []


def test_people_read_a_table_and_the_certificate():
    done = run("--guests", 6, "--tables", 3, "--rounds", 2, "--hosts", 3)
    lines = done.stdout.splitlines()
    assert lines[:4] == ["Round 1", "  Table   1  1* 4", "  Table   2  2* 5", "  Table   3  3* 6"]
    assert lines[-3:-1] == ["0 repeat meetings, proved best.", "* hosts, who stay."]


def test_the_certificate_tells_what_was_asked_for():
    done = run("--guests", 12, "--tables", 4, "--rounds", 3, "--hosts", 4, "--together", "5,6")
    assert "of them between guests who are kept together." in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--hosts", 5], "Error: More hosts than tables: each of the 4 tables has room for one."),
        (["--apart", "3,99"], "Error: Not among the guests: 99."),
        (["--apart", "3,x"], "Error: Invalid value for '--apart': '3,x' isn't a list of guests such as 3,17"),
        (["--together", "3"], "Error: Invalid value for '--together': '3' names fewer than two guests"),
        (["--together", "1,2,3,4"], "Error: 1, 2, 3, 4 want to sit together, but a table has 3 seats."),
        (["--apart", "1,2", "--together", "1,2"], "Error: 1, 2 are to be kept apart and together."),
    ],
)
def test_what_cannot_be_is_said_plainly(words, message):
    done = run("--guests", 12, "--tables", 4, "--rounds", 3, *words)
    assert (done.exit_code, done.output.splitlines()[-1]) == (2, message)
