"""The disk fills up, or another program holds the database, in the middle of the evening."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from io import BytesIO

import pytest
from PIL import Image

from facilitator.accounts.models import hash_password
from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.extensions import db
from facilitator.safekeeping import opening
from facilitator.safekeeping.commands import check
from facilitator.synthesis.models import new_id
from tests.safekeeping.hall import PASSWORD, Browser, Hall, old_town, rows, until
from tests.safekeeping.test_backup import run
from tests.safekeeping.test_opening import mounted
from tests.safekeeping.test_snapshots import spoil
from tests.visitors import Visitor

MOST = 400
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def writing(folder):
    """The old town's evening, with its room at the collecting of ideas."""
    database = old_town(folder)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE workshop SET activity_id = 1, step = 'collect', locked = 0, paused = 0")
        connection.execute("""UPDATE activity SET settings = '{"photos": true, "silent": false}' WHERE id = 1""")
        connection.execute("UPDATE staff SET password_hash = ?", (hash_password(PASSWORD),))
    with Hall(folder) as hall:
        yield hall


def post(resident, idea, text="Shade please"):
    return resident.post("/board/1/ideas", id=idea, text=text)


def picture():
    out = BytesIO()
    Image.effect_noise((400, 400), 90).save(out, "PNG")
    return out.getvalue()


def test_a_full_disk_and_the_way_out_of_it(tmp_path):
    with mounted(tmp_path / "disk", "-o", "size=6m") as disk, writing(disk / "town") as hall:
        resident, desk = Browser(hall).joins(), Browser(hall).signs_in()
        resident.get("/w/GHJ9CN")
        kept = [new_id()]
        assert post(resident, kept[0]).headers["X-Facilitator"] == "kept"
        filler = fill(disk)
        refused = write_until_refused(resident, kept)

        assert (resident.status, resident.headers["X-Facilitator"]) == (503, "later")
        assert (int(resident.headers["Retry-After"]) > 0, resident.headers["HX-Retarget"]) == (True, "#notice")
        assert "The data can't be written. Please tell the facilitator: the disk is full" in resident.text
        photos = set((disk / "town" / "photos").glob("*"))
        assert resident.send_photo("/board/1/ideas", picture(), id=new_id(), text="With a photo").status == 503
        assert set((disk / "town" / "photos").glob("*")) == photos
        # Reading goes on, and the facilitator is told.
        assert resident.get("/w/GHJ9CN").status == 200
        assert "Shade please" in desk.get("/workshops/1/console").text
        assert "The disk is full: nothing new can be kept." in desk.get("/storage").text
        assert "磁盘已满" in Browser.get(desk, "/storage", **{"Accept-Language": "zh-CN"}).text

        filler.unlink()
        assert until(lambda: post(resident, refused).status == 200)
        assert until(lambda: "disk is full" not in desk.get("/storage").text)
        assert ideas(disk / "town") == sorted([*kept, refused])
    assert ("Nothing could be kept: full." in hall.said, "Traceback" in hall.said) == (True, False)


def fill(disk):
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return filler


def write_until_refused(resident, kept):
    """Post until there is no room, the log's own reserve included; gives the id that was refused."""
    for _idea in range(MOST):
        idea = new_id()
        if post(resident, idea, "Shade please " * 14).status == 503:
            return idea
        kept.append(idea)
    raise AssertionError("The disk did not fill up.")


def ideas(town):
    return sorted(
        idea for (idea,) in rows(town / "facilitator.db", "SELECT id FROM statement WHERE text LIKE 'Shade please%'")
    )


@contextmanager
def held(database):
    """Another program writes, and takes its time."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    other.stdout.readline()
    try:
        yield lambda: other.communicate("go on\n")
    finally:
        other.kill()
        other.communicate()


def test_while_another_program_writes_everybody_else_goes_on(tmp_path):
    with writing(tmp_path) as hall:
        resident, other = Browser(hall).joins(), Browser(hall).joins()
        idea, answers = new_id(), []
        with held(tmp_path / "facilitator.db") as let_go:
            waiting = threading.Thread(target=lambda: answers.append(post(resident, idea).status))
            waiting.start()
            assert [other.get("/w/GHJ9CN").status for _page in range(5)] == [200] * 5
            assert answers == []
            let_go()
            waiting.join(30)
        assert answers == [200]
        assert ideas(tmp_path) == [idea]


def test_when_another_program_does_not_let_go(tmp_path):
    with writing(tmp_path) as hall:
        resident, desk = Browser(hall).joins(), Browser(hall).signs_in()
        resident.get("/w/GHJ9CN")
        idea = new_id()
        with held(tmp_path / "facilitator.db"):
            assert (post(resident, idea).status, resident.headers["X-Facilitator"]) == (503, "later")
            assert "The room is busy for a moment. Try again." in resident.text
            assert "Another program holds the database." in desk.get("/storage").text
            assert ideas(tmp_path) == []
        assert post(resident, idea).status == 200
        assert ideas(tmp_path) == [idea]
        assert until(lambda: "Another program" not in desk.get("/storage").text)


@pytest.fixture
def damaged(tmp_path):
    """The application on a database that was damaged while it ran."""
    settings = Settings(data=tmp_path)
    database = old_town(tmp_path)
    opening.open_database(settings)
    app = create_app(settings)
    spoil(database)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The data can't be reached just now."), ("zh", "数据暂时读不到。")]
)
def test_a_database_damaged_meanwhile_is_said_on_every_page(damaged, language, words):
    visitor = Visitor(damaged, language)
    for path in ("/j/GHJ9CN", "/w/GHJ9CN", "/workshops/1/console"):
        with visitor.client.session_transaction() as cookie:
            cookie["_user_id"] = "1.1"
        assert (visitor.get(path).status, words in visitor.text) == (503, True)
    assert visitor.answer.headers["Retry-After"]
    # Also where the page itself is none: its head would say who is signed in.
    assert visitor.get("/nowhere").status == 404


def test_check_says_it_too(damaged, tmp_path):
    assert run(check, "--data", tmp_path)[1] == 1
