"""Two minutes before the start."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def page(make: Any, visit: Any) -> Any:
    owner = make.staff()
    workshop = make.workshop(owner)
    return visit(owner).get(f"/workshops/{workshop.id}/preflight")


def test_an_address_that_phones_cannot_reach_is_said(page: Any) -> None:
    assert "Phones can't reach this address." in page.text


def test_what_is_missing_is_said_with_what_to_do(page: Any) -> None:
    assert "none open" in page.text
    assert "Add the first activity to the agenda." in page.text


def test_an_address_on_the_hall_s_network_is_in_order(app: Any, make: Any, visit: Any) -> None:
    owner = make.staff()
    workshop = make.workshop(owner)
    before, app.config["PUBLIC_URL"] = app.config["PUBLIC_URL"], "http://192.168.1.20:8000"
    try:
        visitor = visit(owner).get(f"/workshops/{workshop.id}/preflight")
    finally:
        app.config["PUBLIC_URL"] = before
    assert "Phones can't reach this address." not in visitor.text
    assert "http://192.168.1.20:8000/" in visitor.text


def test_the_poster_says_how_to_get_in(make: Any, visit: Any) -> None:
    owner = make.staff()
    workshop = make.workshop(owner, title="紫竹苑共创")
    visitor = visit(owner).get(f"/workshops/{workshop.id}/poster")
    assert "紫竹苑共创" in visitor.text
    assert workshop.code in visitor.text


def test_another_facilitator_s_workshop_is_not_found(make: Any, visit: Any) -> None:
    workshop = make.workshop(make.staff())
    stranger = visit(make.staff())
    assert [stranger.get(f"/workshops/{workshop.id}/{page}").status for page in ("preflight", "poster")] == [404, 404]
