"""The server is killed at random moments, and what it had acknowledged is there when it comes back."""

import os
import random
import time

import pytest

from tests.live.invariants import broken
from tests.live.running import Running
from tests.live.storm import Storm

ROUNDS = 300 if os.environ.get("FACILITATOR_LONG") else 8
DEEDS = ("join", "idea", "reword", "unsay", "dot", "take back", "message", "move", "timer", "reveal", "undo", "redo")
SEED = random.randrange(10**6)


@pytest.fixture
def server(tmp_path):
    server = Running(tmp_path / "data")
    yield server
    if server.process and server.process.poll() is None:
        server.kill()


def test_nothing_acknowledged_is_lost_however_often_the_server_is_killed(server):
    chance = random.Random(SEED)
    storm = Storm(server, seed=SEED)
    server.start()
    storm.blow(0, until=lambda: storm.has_done(*DEEDS) and storm.quick())
    server.kill()
    for number in range(1, ROUNDS):
        if number % 5 == 4:  # also while it starts, when it repairs what the last one left
            server.launch()
            time.sleep(chance.uniform(0.2, 1.1))
            server.kill()
        server.start()
        _check(server, storm, number)
        storm.blow(chance.uniform(0.1, 1.2))
        server.kill()
    storm.finish()
    server.start()
    _check(server, storm, ROUNDS)
    print(f"{ROUNDS} kills, seed {SEED}; {storm.quick()} over sockets; asked, taken, unanswered: {storm.counts()}")
    assert "Traceback" not in server.log(), server.log()


def _check(server, storm, number):
    storm.raise_failures()
    assert storm.wrong() == [], f"seed {SEED}, kill {number}"
    assert broken(server.folder / "facilitator.db") == {}, f"seed {SEED}, kill {number}"
    server.let_go()
