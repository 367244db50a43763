"""Two processes on one PostgreSQL: whichever is asked tells of both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.watch.conftest import TOKEN, Town
from tests.watch.test_numbers import figure


@pytest.fixture
def two(tmp_path: Path, postgres: Postgres) -> Iterator[list[Town]]:
    address = postgres.new_database()
    towns = [Town(tmp_path, name=name, database_url=address, metrics_token=TOKEN) for name in ("one", "two")]
    yield towns
    for town in towns:
        town.stop()


def test_figures_and_phones_of_both_are_told_by_either(two: list[Town]) -> None:
    one, other = two
    owner = one.make.staff()
    workshop = one.make.workshop(owner)
    first, second, third = one.make.people(workshop, 3)
    sockets = [
        town.resident(person).screen("phone", workshop.code) for town, person in zip(two, (first, second), strict=True)
    ]
    assert until_figure(one, 2, "facilitator_connections", audience="phone")
    assert until_figure(other, 2, "facilitator_connections", audience="phone")
    other.resident(third).get(f"/w/{workshop.code}/fragments")
    assert said_by(one, owner, workshop, "3 of 3 phones connected, all votes in.")
    for each in sockets:
        each.disconnect()
    other.stop()
    assert until_figure(one, 0, "facilitator_connections", audience="phone")


def test_once_the_database_is_back_nobody_says_that_it_is_away(tmp_path: Path, postgres: Postgres) -> None:
    town = Town(tmp_path, database_url=postgres.new_database())
    try:
        owner = town.make.staff()
        workshop = town.make.workshop(owner)
        town.make.person(workshop)
        desk, path = town.staff(owner), f"/workshops/{workshop.id}/line"
        postgres.stop()
        assert desk.get(path).status == 503
        postgres.start()
        assert said_by(town, owner, workshop, "0 of 1 phones connected, all their votes in.")
    finally:
        town.stop()


def until_figure(town: Town, wanted: float, name: str, **labels: str) -> bool:
    return any(figure(town, name, **labels) == wanted or time.sleep(0.2) for _ in range(150))


def said_by(town: Town, owner: object, workshop: object, words: str) -> bool:
    desk, path = town.staff(owner), f"/workshops/{workshop.id}/line"  # type: ignore[attr-defined]
    return any(words in desk.get(path).page.text or time.sleep(0.2) for _ in range(150))
