"""The bench itself, with few phones: its counts must agree with the database. Times are not looked at."""

import json
import subprocess
import sys

import pytest

from tests.bench import report
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
