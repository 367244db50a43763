"""One evening on three workers behind nginx: one is killed, PostgreSQL goes away and comes back, nothing is lost."""

import http.client
import random

import pytest

from facilitator.synthesis.models import new_id
from tests.live.follower import Follower
from tests.live.invariants import broken_on_postgres
from tests.live.running import GRACE
from tests.live.storm import Storm
from tests.live.workers import Workers

DEEDS = ("join", "idea", "reword", "unsay", "dot", "take back", "message", "move", "timer", "reveal", "undo", "redo")
SEED = random.randrange(10**6)


@pytest.fixture
def town(request, tmp_path, postgres):
    town = Workers(tmp_path / "data", postgres, count=getattr(request, "param", 3))
    yield town.start()
    town.close()


def one_worker_dies_and_comes_back(town):
    town.kill_worker(0)
    town.start_worker(0)


def postgres_is_restarted(town):
    town.postgres.restart("fast")


def postgres_crashes_while_a_worker_dies(town):
    town.kill_worker(1)
    town.postgres.restart("immediate")
    town.start_worker(1)


def test_nothing_acknowledged_is_lost_whoever_dies(town):
    storm = Storm(town, people=6, seed=SEED)
    screens = followers(town, storm)
    storm.blow(0, until=lambda: storm.has_done(*DEEDS))
    for misfortune in (one_worker_dies_and_comes_back, postgres_is_restarted, postgres_crashes_while_a_worker_dies):
        with storm.blowing():
            misfortune(town)
        storm.blow(0, until=goes_on(storm))
        storm.rest()
        assert storm.wrong() == [], f"seed {SEED}, {misfortune.__name__}"
        assert broken_on_postgres(town.database) == {}, f"seed {SEED}, {misfortune.__name__}"
        for screen in screens:
            screen.until_it_is_like_the_server()
    storm.finish()
    print(f"seed {SEED}; asked, taken, without an answer: {storm.counts()}")
    for screen in screens:
        screen.close()


def followers(town, storm):
    """Two screens of each kind; nginx puts them on different workers."""
    code, number, token = storm.workshop.code, storm.workshop.id, storm.workshop.screen_token
    somebody, mei = storm.people[2].browser, storm.people[0].browser
    kinds = (
        (somebody, "phone", code, f"/w/{code}/fragments"),
        (somebody, "projector", token, f"/screen/{token}/fragments"),
        (mei, "console", number, f"/workshops/{number}/console/fragments"),
    )
    return [Follower(who.twin(), *kind) for who, *kind in kinds for _ in range(2)]


def goes_on(storm):
    """Until people have been told thirty more times that something was done."""
    before = taken(storm)
    return lambda: taken(storm) >= before + 30


def taken(storm):
    return sum(count[1] for count in storm.counts().values())


@pytest.mark.parametrize("town", [1], indirect=True)
def test_while_postgres_is_away_people_are_told_so_and_everything_goes_on_by_itself(town):
    owner = town.make.staff()
    workshop = town.make.workshop(owner)
    board = town.make.board(workshop)
    town.make.room_at(workshop, board, "collect")
    somebody = town.resident(town.make.person(workshop))
    screen = Follower(somebody, "phone", workshop.code, f"/w/{workshop.code}/fragments")

    town.postgres.stop()
    for path in (f"/w/{workshop.code}", f"/j/{workshop.code}", "/health/ready"):
        status, headers, page = asked(town, path, somebody.cookie)
        assert status == 503, path
    status, headers, page = asked(town, f"/w/{workshop.code}", somebody.cookie)
    assert "The data can’t be reached just now." in page.replace("&#39;", "’").replace("'", "’")
    assert int(headers["Retry-After"]) > 0
    town.postgres.start()

    assert somebody.post(f"/board/{board.id}/ideas", id=new_id(), text="A roof over the racks") == 200
    screen.until_it_shows("A roof over the racks")
    assert asked(town, "/health/ready", "")[0] == 200
    screen.close()


def asked(town, path, cookie):
    """(status, headers, page) of what a browser asks."""
    line = http.client.HTTPConnection("127.0.0.1", town.port, timeout=GRACE)
    line.request("GET", path, headers={"Cookie": f"session={cookie}", "Accept-Language": "en"})
    answer = line.getresponse()
    page = answer.read().decode()
    line.close()
    return answer.status, answer.headers, page
