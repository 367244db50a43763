"""`/metrics`: who may read it, and that the figures are what happened."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from socket import gethostname
from typing import Any

from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.synthesis.models import new_id
from tests.watch.conftest import TOKEN, Town

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def figure(town: Town, name: str, **labels: str) -> float:
    """The sum over all samples of this name with these labels."""
    guest = town.guest().get("/metrics", **BEARER)
    assert guest.status == 200
    samples = [each for family in text_string_to_metric_families(guest.text) for each in family.samples]
    return sum(each.value for each in samples if each.name == name and labels.items() <= each.labels.items())


def test_the_token_opens_it_and_nothing_else_does(town: Town) -> None:
    guest = town.guest()
    assert [guest.get("/metrics").status, guest.get("/metrics", Authorization="Bearer no").status] == [404, 404]
    assert guest.get("/metrics", **BEARER).headers["Content-Type"].startswith("text/plain")
    assert guest.headers["Cache-Control"] == "no-store"


def test_without_a_token_this_machine_alone_reads_it(app: Flask) -> None:
    asks = [("127.0.0.1", {}), ("::1", {}), ("192.168.1.20", {}), ("127.0.0.1", {"X-Forwarded-For": "192.168.1.20"})]
    assert [_status(app, address, headers) for address, headers in asks] == [200, 200, 404, 404]


def test_behind_a_proxy_nobody_reads_it_without_a_token(tmp_path: Path) -> None:
    app = create_app(Settings(data=tmp_path, base_url="https://juyi.example.org"))
    assert _status(app, "127.0.0.1", {}) == 404


def _status(app: Flask, address: str, headers: dict[str, str]) -> int:
    return app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code


def test_answers_are_counted_by_endpoint_and_never_by_address(town: Town) -> None:
    workshop = town.make.workshop()
    before = figure(town, "facilitator_answers_total", endpoint="phone.welcome", status="200")
    for _ in range(3):
        town.guest().get(f"/j/{workshop.code}")
    assert figure(town, "facilitator_answers_total", endpoint="phone.welcome", status="200") == before + 3
    assert workshop.code not in town.guest().get("/metrics", **BEARER).text


def test_the_process_says_what_it_weighs(town: Town) -> None:
    assert figure(town, "process_resident_memory_bytes", worker=f"{gethostname()}-{town.process.pid}") > 10e6


def test_the_way_of_a_dot_is_counted_from_the_queue_to_the_screens(town: Town) -> None:
    workshop, board, idea, people = a_vote(town)
    names = ("facilitator_patches_total", "facilitator_deliveries_total", "facilitator_patch_latency_seconds_count")
    wall = town.guest().screen("projector", workshop.screen_token)
    before = [figure(town, name) for name in names]
    placed = figure(town, "facilitator_write_seconds_count", endpoint="voting.place_dot")
    commits = figure(town, "facilitator_commits_total")
    heard = wait_for_patch(wall)
    for person in people:
        phone = town.resident(person)
        phone.get(f"/w/{workshop.code}").post(f"/voting/{board.id}/dots", id=new_id(), target=idea.id)
        assert phone.status == 200
    heard()
    assert figure(town, "facilitator_connections", audience="projector") == 1
    wall.disconnect()
    assert figure(town, "facilitator_write_seconds_count", endpoint="voting.place_dot") == placed + len(people)
    assert 0 < figure(town, "facilitator_commits_total") - commits <= len(people)
    assert all(figure(town, name) > old for name, old in zip(names, before, strict=True))
    assert figure(town, "facilitator_writes_waiting") == 0


def test_what_is_refused_is_counted(town: Town) -> None:
    workshop, board, idea, [person, *_] = a_vote(town, budget=1, cap=1)
    phone = town.resident(person)
    phone.get(f"/w/{workshop.code}")
    before = figure(town, "facilitator_refusals_total", endpoint="voting.place_dot")
    statuses = [phone.post(f"/voting/{board.id}/dots", id=new_id(), target=idea.id).status for _ in range(3)]
    assert statuses == [200, 409, 409]
    assert figure(town, "facilitator_refusals_total", endpoint="voting.place_dot") == before + 2


def test_an_export_is_counted_with_how_it_ended(town: Town) -> None:
    owner = town.make.staff()
    workshop = town.make.workshop(owner)
    desk = town.staff(owner)
    desk.get(f"/workshops/{workshop.id}/console").post(f"/workshops/{workshop.id}/proposals")
    proposal = re.search(r"/proposals/(\d+)", desk.headers["HX-Redirect"])
    assert proposal
    desk.post(f"/proposals/{proposal[1]}/exports", format="json", variant="zh")
    assert desk.status < 400
    assert until(lambda: figure(town, "facilitator_job_seconds_count", format="json", status="done")) == 1
    assert figure(town, "facilitator_jobs_unfinished") == 0


def a_vote(town: Town, **settings: Any) -> tuple[Any, Any, Any, list[Any]]:
    workshop = town.make.workshop()
    board = town.make.board(workshop, **settings)
    idea = town.make.idea(board)
    town.make.room_at(workshop, board, "vote")
    return workshop, board, idea, town.make.people(workshop, 3)


def wait_for_patch(screen: Any) -> Callable[[], None]:
    heard = threading.Event()
    screen.on("patch", lambda _patch: heard.set())

    def wait() -> None:
        assert heard.wait(20)

    return wait


def until(look: Callable[[], float]) -> float:
    """Look again until there is something; gives it."""
    for _ in range(200):
        if found := look():
            return found
        time.sleep(0.1)
    return 0
