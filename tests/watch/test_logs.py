"""What the program writes down: enough to find a fault, and nothing about anybody."""

from __future__ import annotations

import io
import json
import logging
import re
import sqlite3
from pathlib import Path

import pytest
import socketio
from sqlalchemy.exc import IntegrityError

from facilitator import logs
from facilitator.extensions import db
from facilitator.synthesis.models import Statement, new_id
from facilitator.voting.dots import Dot
from facilitator.workshop.models import Participant
from tests.watch.conftest import Town

NAME, IDEA, MESSAGE = "王小明", "楼道口加一张长凳", "请大家看大屏幕"


def an_evening(town: Town) -> list[str]:
    """People come, write, vote, mistype and come back; gives every word that would say who was here."""
    owner = town.make.staff(name="李引导", email="li.yindao@example.org", password="the lantern by the gate")
    workshop = town.make.workshop(owner, title="紫竹苑怎么改")
    board = town.make.board(workshop)
    town.make.room_at(workshop, board, "collect")
    phone, dot, idea = town.guest(), new_id(), new_id()
    phone.get(f"/j/{workshop.code}?from=wechat").post(f"/j/{workshop.code}", name=NAME, ticket="a-ticket-of-one-person")
    phone.get(f"/w/{workshop.code}").post(f"/board/{board.id}/ideas", id=idea, text=IDEA)
    assert phone.status == 200
    town.make.room_at(workshop, board, "vote")
    assert phone.post(f"/voting/{board.id}/dots", id=dot, target=idea, round="1").status == 200
    phone.post(f"/j/{workshop.code}/resume", personal_code="ZZZZ")
    phone.post("/j", code="QQQQQQ")
    with town.app.app_context():
        person = db.session.query(Participant).filter_by(workshop_id=workshop.id).one()
        assert db.session.get_one(Dot, dot).statement_id == db.session.get_one(Statement, idea).id
        db.session.expunge(person)  # to be read when the context has ended
    town.guest().get(f"/r/{person.token}")
    desk = town.guest()
    desk.get("/sign-in?next=/staff").post("/sign-in", email="li.yindao@example.org", password="wrong-lantern")
    town.staff(owner).get(f"/workshops/{workshop.id}/console").post(
        f"/workshops/{workshop.id}/message", message=MESSAGE
    )
    town.guest().get(f"/screen/{workshop.screen_token}")
    knocks(town, "phone", workshop.code)
    secrets = [person.token, person.personal_code, workshop.code, workshop.screen_token, "a-ticket-of-one-person"]
    words = [NAME, IDEA, MESSAGE, workshop.title, owner.name, "li.yindao", "lantern", "wechat", "from=", "next="]
    return [*secrets, *words, idea, dot, "127.0.0.1", "ZZZZ", "QQQQQQ"]


def knocks(town: Town, audience: str, key: str) -> None:
    """A socket that names a room, and no cookie says that it may."""
    client = socketio.Client(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(town.address, auth={"audience": audience, "key": key}, transports=["websocket"])


def test_an_evening_leaves_nobody_in_the_log(town: Town) -> None:
    said = an_evening(town)
    log = town.log()
    assert [word for word in said if word in log] == []
    endpoints = {line.get("endpoint") for line in town.lines()}
    assert {"phone.join", "board.post", "voting.place_dot", "phone.resume", "accounts.sign_in"} <= endpoints


def test_each_answer_is_a_line_with_its_number(town: Town) -> None:
    guest = town.guest().get("/nowhere")
    number = guest.headers["X-Request-ID"]
    found = [line for line in town.lines() if line.get("request") == number]
    assert [(line["message"], line["method"], line["status"], line["endpoint"]) for line in found] == [
        ("answered", "GET", 404, None)
    ]
    assert found[0]["worker"] == town.process.pid


def test_a_number_that_came_along_is_kept_and_a_strange_one_is_not(town: Town) -> None:
    assert re.fullmatch("[A-Z0-9]{8}", town.guest().get("/").headers["X-Request-ID"])
    guest = town.guest(**{"X-Request-ID": "proxy-1234-abcd"}).get("/")
    assert guest.headers["X-Request-ID"] == "proxy-1234-abcd"
    for strange in ("x", "a b c d e f g h", "<script>alert(1)</script>", "9" * 65):
        assert town.guest(**{"X-Request-ID": strange}).get("/").headers["X-Request-ID"] != strange


def test_on_a_laptop_a_quiet_evening_writes_nothing_and_what_breaks_is_found_by_its_number(tmp_path: Path) -> None:
    town = Town(tmp_path)
    try:
        said = an_evening(town)
        assert town.log() == ""
        number = something_breaks(town)
    finally:
        town.stop()
    log = town.log()
    assert f"request={number}" in log
    assert log.count("Traceback:") == log.count("no such table: workshop") == 2
    assert [word for word in (*said, "HIDDEN") if word in log] == []


def something_breaks(town: Town) -> str:
    """A table is gone: for a page, and for a socket, which runs outside of any request. Gives the page's number."""
    guest = town.guest().get("/")
    with sqlite3.connect(town.data / "facilitator.db") as connection:
        connection.execute("ALTER TABLE workshop RENAME TO nowhere")
    knocks(town, "projector", "HIDDEN")
    guest.get("/j/HIDDEN")
    assert guest.status == 500
    assert guest.headers["X-Request-ID"] in guest.page.text
    return str(guest.headers["X-Request-ID"])


@pytest.mark.parametrize("form", [logs.Json, logs.Plain])
def test_an_errors_own_words_stay_out_of_the_log(form: type[logging.Formatter]) -> None:
    written = _write(form(), ValueError(f"invalid literal: {NAME!r}"), "facilitator.web")
    written += _write(form(), IntegrityError("INSERT", {"name": NAME}, KeyError(NAME)), "facilitator.web")
    written += _write(form(), OSError(28, "No space left on device", f"/home/{NAME}/data"), "facilitator.web")
    assert NAME not in written
    assert all(word in written for word in ("ValueError", "IntegrityError", "No space left on device"))


def test_what_libraries_say_comes_without_its_values() -> None:
    out = io.StringIO()
    logger, handler = logging.getLogger("some.library"), logging.StreamHandler(out)
    handler.setFormatter(logs.Json())
    logger.addHandler(handler)
    try:
        logger.warning("refused %s at %s", NAME, "192.168.1.7")
    finally:
        logger.removeHandler(handler)
    assert json.loads(out.getvalue())["message"] == "some.library: refused %s at %s"


def test_a_wrong_word_in_the_settings_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"^Error: The log's level is one of"):
        Town(tmp_path, log_level="loud")


def _write(form: logging.Formatter, error: Exception, name: str) -> str:
    about = (type(error), error, None)
    return form.format(logging.LogRecord(name, logging.ERROR, __file__, 1, "It broke.", (), about))
