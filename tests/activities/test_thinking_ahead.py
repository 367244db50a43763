"""Ideas are read as they come, beside the room; what is wrong there never reaches it."""

import os
import signal
import sqlite3
from contextlib import closing

import gevent
import pytest

from facilitator.synthesis.ahead import thinking_ahead
from facilitator.synthesis.thinking import FILE
from facilitator.workshop.models import Workshop

TEXTS = ["门口放一个快递架", "健身角的地砖翘起来了", "想要一张乒乓台"]


@pytest.fixture(scope="module")
def reading(app):
    """The server reads ahead, as in a hall."""
    with thinking_ahead(app):
        yield app


@pytest.fixture
def board(make):
    workshop = make.workshop(make.staff())
    board = make.board(workshop)
    make.room_at(workshop, board, "collect")
    return board


@pytest.fixture
def resident(board, phone, database):
    return phone(database.get(Workshop, board.workshop_id))


def file_of(app):
    return app.config["SETTINGS"].data / FILE


def read_by_now(app):
    with gevent.Timeout(60):
        while app.extensions["ahead"].is_reading:
            gevent.sleep(0.02)
    with closing(sqlite3.connect(file_of(app))) as file:
        return file.execute("SELECT count(*) FROM vector").fetchone()[0]


def test_what_is_posted_or_reworded_is_read_where_ideas_are_sorted(reading, board, make, resident, database):
    make.idea(board, "第一个点子")
    before = read_by_now(reading)
    resident.post(f"/board/{board.id}/ideas", id="a" * 32, text=TEXTS[0])
    make.idea(make.board(database.get(Workshop, board.workshop_id), themes=False), TEXTS[1])
    assert read_by_now(reading) == before + 1
    resident.post(f"/board/{board.id}/ideas/{'a' * 32}", text=TEXTS[2])
    assert read_by_now(reading) == before + 2
    assert not any(text.encode() in file_of(reading).read_bytes() for text in TEXTS)


def test_a_thinker_that_died_and_a_file_that_is_damaged_are_replaced(reading, board, make, visit):
    for number in range(6):
        make.idea(board, f"{TEXTS[number % 3]} {number}")
    read_by_now(reading)
    thinker = reading.extensions["thinker"]
    os.kill(thinker._process.pid, signal.SIGKILL)
    for end in ("-wal", "-shm"):
        file_of(reading).with_name(FILE + end).unlink(missing_ok=True)
    file_of(reading).write_bytes(b"no database " * 400)
    desk = visit(make.secretary())
    assert "Suggested themes" in desk.get(f"/synthesis/{board.id}/suggestion").text
    make.idea(board, "楼道里没有灯")
    assert read_by_now(reading) == 7


def test_it_is_said_once_that_a_thinker_takes_long_and_when_it_answers_again(
    reading, board, resident, monkeypatch, caplog
):
    resident.post(f"/board/{board.id}/ideas", id="d" * 32, text="下雨天路滑")
    read_by_now(reading)
    monkeypatch.setattr("facilitator.synthesis.ahead.PATIENCE", 0.3)
    monkeypatch.setattr("facilitator.synthesis.ahead.REST", 0.1)
    os.kill(reading.extensions["thinker"]._process.pid, signal.SIGSTOP)
    resident.post(f"/board/{board.id}/ideas", id="e" * 32, text="雨棚太小")
    with gevent.Timeout(60):
        while "answers again" not in caplog.text:
            gevent.sleep(0.02)
    told = [line.getMessage() for line in caplog.records if line.name == "facilitator.synthesis.ahead"]
    assert [words.partition(".")[0].partition(":")[0] for words in told] == [
        "The thinker takes long",
        "The thinker answers again",
    ]


def test_a_thinker_that_hangs_or_is_missing_disturbs_nobody(reading, board, resident, monkeypatch):
    thinker = reading.extensions["thinker"]
    read_by_now(reading)
    monkeypatch.setattr("facilitator.synthesis.ahead.PATIENCE", 0.3)
    os.kill(thinker._process.pid, signal.SIGSTOP)
    resident.post(f"/board/{board.id}/ideas", id="b" * 32, text="坏了的长椅")
    assert resident.status == 200
    read_by_now(reading)
    assert thinker._process is None
    monkeypatch.setattr("facilitator.synthesis.thinking.sys.executable", "/nowhere/python")
    resident.post(f"/board/{board.id}/ideas", id="c" * 32, text="没有灯的路")
    assert resident.status == 200
