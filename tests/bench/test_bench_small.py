"""The bench itself, with few phones: its counts must agree with the database. Times are not looked at."""

import json
import subprocess
import sys

import pytest

from tests.bench import capacity, report
from tests.bench.figures import Findings
from tests.bench.scenarios import SCENARIOS, Size
from tests.bench.soak import soak


@pytest.mark.parametrize("name", ["posts", "votes", "restart"])
def test_a_small_hall_loses_and_doubles_nothing(name):
    found = Findings()
    SCENARIOS[name](Size(phones=20, is_quick=True), found)
    assert found.wrong == []
    exact = {row.key: row.figure for row in found.rows if row.exactly is not None}
    assert exact == EXACT[name]


EXACT = {
    "posts": {"posts-accepted": 20, "posts-lost": 0, "posts-doubled": 0},
    "votes": {"votes-accepted": 100, "votes-lost": 0, "votes-doubled": 0, "votes-budget": 0},
    "restart": {"restart-accepted": 40, "restart-lost": 0, "restart-doubled": 0},
}


def test_a_short_soak_writes_its_samples_and_sums_them_up(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.bench.soak.SAMPLE_EVERY", 0.5)
    samples, wrong = tmp_path / "soak.csv", []
    found = soak(0.08, 10, samples, wrong)
    assert (found.phones, found.lost, found.doubled, wrong) == (10, 0, 0, [])
    assert len(samples.read_text().splitlines()) > 5


def test_the_command_closes_with_one_line_of_json():
    command = [sys.executable, "-m", "tests.bench", "--quick", "--only", "joins", "--json"]
    ran = subprocess.run(command, cwd=report.ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["figures"]["joins-in"] == 22


def test_the_pages_show_the_results_that_are_kept():
    known = report.load()
    assert report.read_between(report.ROOT / "README.md", "results") == report.table(known)
    figures = report.ROOT / "docs" / "figures.md"
    assert report.read_between(figures, "every") == report.table(known, every=True)
    page = report.ROOT / "docs" / "capacity.md"
    found = {mark: report.read_between(page, mark) for mark in ("units", "busiest", "average")}
    assert found == capacity.tables(known)


def test_what_rooms_need_grows_with_them_and_with_how_their_phones_are_spread():
    unit = {"vote": 2, "phones": 8, "shown": 12, "patch": 0.01, "database": 1, "phone": 80, "empty": 100, "bytes": 250}
    few, many = (capacity.needs(rooms, 1.0, unit) for rooms in (100, 1000))
    assert (few.votes, many.votes) == (500, 5000)
    assert few.database_cores == 0.5
    assert few.workers_kept < few.workers_spread
    assert 9 * few.workers_kept < many.workers_kept <= 10 * few.workers_kept
