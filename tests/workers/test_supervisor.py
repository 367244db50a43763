"""`facilitator serve --workers N`: several processes on one port, and what they must share."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from tests.live.raw_phone import free_port
from tests.postgres import rows

PATIENCE = 60


class Served:
    """The command, as typed in a terminal."""

    def __init__(self, folder, address="", *options, **environment):
        self.port = free_port()
        self._process = subprocess.Popen(
            [*_command("serve", "--host=127.0.0.1", f"--port={self.port}", f"--data={folder}"), *options],
            env={**os.environ, "FACILITATOR_DATABASE_URL": address, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def started(self):
        assert any("Ctrl+C" in line for line in self._process.stdout), self._process.stderr.read()
        return self

    def refused(self):
        """What it says when it doesn't start."""
        _out, said = self._process.communicate(timeout=PATIENCE)
        assert self._process.returncode == 1
        return " ".join(said.split())

    def workers(self):
        return psutil.Process(self._process.pid).children()

    def is_ready(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=PATIENCE) as answer:
            return json.load(answer)["well"]

    def stop(self):
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE)
        return self._process.returncode

    def kill(self):
        self._process.kill()
        self._process.communicate()


def _command(*words):
    return [sys.executable, "-m", "facilitator", *words]


@pytest.fixture
def serve(tmp_path):
    started = []

    def serve(*given, folder=tmp_path / "data", **environment):
        started.append(Served(folder, *given, **environment))
        return started[-1]

    yield serve
    for each in started:
        if each._process.poll() is None:
            each.stop()


def on_the_roll(address, count, others_than=()):
    """Wait until so many workers say that they live; gives their names."""
    names = []
    deadline = time.monotonic() + PATIENCE
    while len(names) != count and time.monotonic() < deadline:
        names = [name for (name,) in rows(address, "SELECT id FROM worker") if name not in others_than]
    assert len(names) == count
    return names


def test_several_workers_share_a_port_and_a_dead_one_is_replaced(serve, postgres):
    address = postgres.new_database()
    server = serve(address, "--workers=2").started()
    names = on_the_roll(address, 2)
    assert server.is_ready()
    before = server.workers()
    assert len(before) == 2
    before[0].kill()
    on_the_roll(address, 1, others_than=names)
    assert before[1] in server.workers()
    assert server.stop() == 0
    assert psutil.wait_procs(before, timeout=PATIENCE)[1] == []


def test_workers_end_when_their_supervisor_is_gone(serve, postgres):
    server = serve(postgres.new_database(), "--workers=2").started()
    workers = server.workers()
    server.kill()
    assert psutil.wait_procs(workers, timeout=PATIENCE)[1] == []


def test_sqlite_is_for_one_process(serve):
    assert "More than one worker needs PostgreSQL" in serve("", "--workers=2").refused()


def test_another_program_on_the_port_is_noticed(serve, postgres):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = serve(postgres.new_database(), "--workers=2", f"--port={port}").refused()
    assert f"Port {port} on 127.0.0.1 is taken" in said


def test_a_worker_with_another_key_or_folder_does_not_start(serve, postgres, tmp_path):
    address = postgres.new_database()
    serve(address, FACILITATOR_SECRET_KEY="one key").started()
    assert "signs cookies with another key" in serve(address, FACILITATOR_SECRET_KEY="another").refused()
    stranger = serve(address, folder=tmp_path / "elsewhere", FACILITATOR_SECRET_KEY="one key")
    assert "has another data folder" in stranger.refused()


def test_a_database_that_does_not_answer_is_named_without_its_password(serve):
    said = serve(f"postgresql://town:open-sesame@127.0.0.1:{free_port()}/town").refused()
    assert "does not answer" in said
    assert "open-sesame" not in said
