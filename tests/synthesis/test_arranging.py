"""Two at their desks who move the same idea: the second learns of the first, and decides again."""

import json
import re
from html import unescape

import pytest


@pytest.fixture
def board(make):
    return make.board(make.workshop(make.staff()))


def taps(desk):
    """What each button under "Move to…" would send, by its words."""
    found = re.findall(r"hx-vals='([^']*)' hx-swap=\"none\" data-closes\s*(?:disabled)?>\s*([^<]*?)\s*<", desk.html)
    return {words: json.loads(unescape(values)) for values, words in found if "seen" in values}


def test_an_idea_that_a_colleague_moved_meanwhile_is_asked_about(board, make, visit, database):
    idea = make.idea(board)
    seats, lights, dogs = (make.theme(board, name) for name in ("Seats", "Lights", "Dogs"))
    desk, move = visit(make.secretary()), f"/synthesis/{board.id}/statements/{idea.id}/move"
    hers = taps(desk.get(f"/synthesis/{board.id}/statements/{idea.id}"))
    assert list(hers) == ["Seats", "Lights", "Dogs", "Not yet grouped"]
    desk.post(move, htmx=True, theme=str(lights.id))  # a colleague drags it
    desk.post(move, htmx=True, **hers["Seats"])
    assert desk.status == 409
    assert desk.answer.headers["HX-Retarget"] == "#panel-body"
    assert "A colleague has just put it into “Lights”. Nothing was done; please look again." in desk.text
    again = taps(desk)
    assert database.get(idea).theme_id == lights.id
    assert desk.post(move, htmx=True, **hers["Lights"]).status == 204  # where it is already
    assert desk.post(move, htmx=True, **again["Seats"]).status == 204
    assert database.get(idea).theme_id == seats.id
    desk.post(f"/synthesis/{board.id}/themes/{dogs.id}/dissolution")
    desk.post(move, htmx=True, **{**hers["Dogs"], "seen": str(seats.id)})
    assert (desk.status, "A colleague has just removed this theme." in desk.text) == (409, True)
    assert list(taps(desk)) == ["Seats", "Lights", "Not yet grouped"]
