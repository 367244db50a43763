"""A power cut takes what the disk was not told to keep. So: no answer may leave while anything of it is unsaved.

The kernel's own record of the server's calls (strace) tells what was written, what was synced, and what was sent.
"""

import io
import json
import random
import re
import shutil
import sqlite3
import subprocess
import threading
from collections import Counter
from contextlib import closing

import pytest
from PIL import Image
from sqlalchemy import text

from facilitator.extensions import db
from facilitator.synthesis.models import new_id
from tests.live.invariants import broken
from tests.live.running import Running
from tests.live.storm import Storm

SEED = random.randrange(10**6)
CALLS = "pwrite64,write,fsync,fdatasync,rename,renameat,renameat2,sendto"
_CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>|\()(?:\d+<([^>]*)>)?")
_RENAMED = re.compile(r'"([^"]+)".*"([^"]+)"')


def can_trace():
    tracer = shutil.which("strace")
    return bool(tracer) and not subprocess.run([tracer, "-qq", "true"], capture_output=True, check=False).returncode


@pytest.fixture
def traced(tmp_path):
    if not can_trace():
        pytest.skip("strace is missing, or this machine does not let it look")
    before = ["strace", "-f", "-y", "-qq", "-s", "32", "-e", f"trace={CALLS}", "-o", str(tmp_path / "trace")]
    server = Running(tmp_path / "data", before=before)
    yield server
    if server.process.poll() is None:
        server.kill()


class Disk:
    """What the kernel was given and not yet told to keep."""

    def __init__(self, folder):
        self._folder = str(folder)
        self._syncing = {}  # thread → path
        self.unsaved = set()
        self.seen = Counter()

    def hear(self, line):
        """Take one line of the trace; gives what is unsaved when an answer leaves."""
        found = _CALL.match(line)
        if not found:
            return set()
        thread, call, path = found.groups()
        if call in ("fsync", "fdatasync"):
            self._sync(thread, path, done=not line.rstrip().endswith("<unfinished ...>"))
        elif call.startswith("rename"):
            self._rename(line)
        elif call == "sendto" and '"HTTP/1.1 ' in line:
            self.seen["answers"] += 1
            return set(self.unsaved)
        elif path and self._counts(path) and call in ("write", "pwrite64"):
            self.unsaved.add(path)
            self.seen[path.rpartition(".")[2]] += 1
        return set()

    def _sync(self, thread, path, done):
        path = path or self._syncing.pop(thread, None)
        if done:
            self.unsaved.discard(path)
            self.unsaved = {each for each in self.unsaved if each != f"name in {path}"}
        else:
            self._syncing[thread] = path

    def _rename(self, line):
        found = _RENAMED.search(line)
        if found and self._counts(found[2]):
            assert found[1] not in self.unsaved, f"renamed before it was saved: {found[1]}"
            self.unsaved.add(f"name in {found[2].rpartition('/')[0]}")

    def _counts(self, path):
        """The database itself may be behind: its log holds everything. The log's index is made anew.

        Who holds the folder, and whether it can be written to, is asked anew at each start.
        """
        inside = path.startswith(f"{self._folder}/")
        return inside and not path.endswith((".db", "-shm", "/in_use")) and "/.probe-" not in path


def test_no_answer_leaves_before_the_disk_has_what_it_says(traced, tmp_path):
    owner = traced.make.staff()
    workshop = traced.make.workshop(owner)
    board = traced.make.board(workshop, budget=3, cap=1)
    traced.make.room_at(workshop, board, "collect")
    wall = [traced.make.idea(board) for _ in range(3)]
    people = [traced.resident(person) for person in traced.make.people(workshop, 6)]
    mei = traced.staff(owner)
    traced.start()

    join = people[0].get(f"/w/{workshop.code}") and people[0].twin()
    join.cookie = ""
    page = join.get(f"/j/{workshop.code}")
    ticket = re.search(r'name="ticket"[^>]*value="([^"]+)"', page)[1]
    assert join.post(f"/j/{workshop.code}", name="新来的", ticket=ticket) == 303
    photo = people[0].upload(f"/board/{board.id}/ideas", "photo", picture(), id=new_id(), text="看这张照片")
    assert photo == 200
    together([lambda each=each: post_idea(each, board) for each in people])
    assert mei.post(f"/workshops/{workshop.id}/moves", to=f"{board.id}-vote", moves="0") == 204
    for idea in wall:
        together([lambda each=each, idea=idea: give_dot(each, board, idea) for each in people])
    assert traced.value("SELECT count(*) FROM dot") == 18
    assert traced.stop() == 0

    disk = Disk(tmp_path / "data")
    early = [unsaved for line in (tmp_path / "trace").open(errors="replace") if (unsaved := disk.hear(line))]
    assert early == []
    assert disk.seen["answers"] >= 28
    assert disk.seen["db-wal"] >= 10
    assert disk.seen["part"] >= 1  # the photo


def test_every_connection_waits_for_the_disk(app):
    """All that the pool ever gives out, not only the first."""
    with app.app_context():
        connections = [db.engine.connect() for _ in range(12)]
        found = {
            tuple(connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("synchronous", "journal_mode"))
            for connection in connections
        }
        for connection in connections:
            connection.close()
    assert found == {(2, "wal")}  # 2 is FULL


def test_wherever_the_log_is_torn_no_rule_is_broken(tmp_path):
    """What was not synced may be there in part: cut off anywhere, or with other bytes in its place."""
    chance = random.Random(SEED)
    server = Running(tmp_path / "data")
    storm = Storm(server, people=6, seed=SEED)
    server.start()
    storm.blow(1, until=lambda: storm.has_done("idea", "dot", "join", "move"))
    server.kill()
    storm.finish()
    log = (server.folder / "facilitator.db-wal").read_bytes()
    counted = set()
    for number in range(40):
        torn = tmp_path / f"torn-{number}.db"
        shutil.copyfile(server.folder / "facilitator.db", torn)
        end = chance.randrange(len(log))
        rest = chance.randbytes(len(log) - end) if number % 2 else b""
        torn.with_suffix(".db-wal").write_bytes(log[:end] + rest)
        assert broken(torn) == {}, f"seed {SEED}, cut at {end}"
        with closing(sqlite3.connect(torn)) as connection:
            tables = ("deed", "participant", "statement", "dot")
            counted.add(tuple(connection.execute(f"SELECT count(*) FROM {each}").fetchone() for each in tables))
            assert list(replayed(connection)) == []
    assert len(counted) > 2, f"seed {SEED}: the log was always cut in the same place"


def replayed(connection):
    """What the deeds that stand have written is there: each deed is whole, or not there at all."""
    connection.row_factory = sqlite3.Row
    expected = {}
    for deed in connection.execute("SELECT rows FROM deed WHERE undone_at IS NULL ORDER BY id"):
        for row in json.loads(deed["rows"]):
            expected.update({(row["table"], row["id"], column): value for column, value in row["after"].items()})
    for (table, number, column), value in expected.items():
        found = connection.execute(f"SELECT {column} FROM {table} WHERE id = ?", (number,)).fetchone()[0]
        if column in ("step", "message", "activity_id", "timer_left") and found != value:
            yield f"{table}.{column} is {found}, but its deeds made it {value}"


def post_idea(person, board):
    assert person.post(f"/board/{board.id}/ideas", id=new_id(), text="多种些树") == 200


def give_dot(person, board, idea):
    assert person.post(f"/voting/{board.id}/dots", id=new_id(), target=idea.id) == 200


def together(actions):
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    return out.getvalue()
