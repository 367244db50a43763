"""`/metrics`: who may read it, and that the figures are what happened."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.migrations import upgrade
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


@pytest.mark.parametrize(
    ("base_url", "asks_from", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "192.168.1.20", {}, 404),
        ("", "127.0.0.1", {"X-Forwarded-For": "192.168.1.20"}, 404),
        ("https://juyi.example.org", "127.0.0.1", {}, 404),
    ],
)
def test_without_a_token_only_this_machine_reads_it_and_nobody_behind_a_proxy(
    tmp_path: Any, base_url: str, asks_from: str, headers: dict[str, str], status: int
) -> None:
    app = create_app(Settings(data=tmp_path, base_url=base_url))
    upgrade(app.config["SETTINGS"].database)
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": asks_from})
    assert answer.status_code == status


def test_answers_are_counted_by_endpoint_and_never_by_address(town: Town) -> None:
    workshop = town.make.workshop()
    before = figure(town, "facilitator_request_seconds_count", endpoint="phone.welcome", status="200")
    for _ in range(3):
        town.guest().get(f"/j/{workshop.code}")
    assert figure(town, "facilitator_request_seconds_count", endpoint="phone.welcome", status="200") == before + 3
    assert workshop.code not in town.guest().get("/metrics", **BEARER).text


def test_the_process_says_what_it_weighs(town: Town) -> None:
    assert figure(town, "process_resident_memory_bytes", worker=str(town.process.pid)) > 10e6
