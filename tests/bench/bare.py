"""Patches over the bare wire, without pages and database: the product's own, and the yardstick's.

Both send the same bytes to the same phones of the same client: one after the other, and as quickly as they can.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.hall import Spent
from tests.bench.phones import Crowd, Flow, Phone, Request
from tests.bench.product import Server
from tests.bench.report import ROOT
from tests.live.raw_phone import free_port

SIZE = 1500
"""Bytes of a patch."""
STEADY, LEAST, MOST = 20_000, 40, 400
"""Deliveries one after the other in about STEADY_SECONDS, by at least and at most so many patches."""
STEADY_SECONDS = 4
BURST, BURSTS = 50, 5
"""Patches as quickly as it goes; few enough to fit into what the kernel holds for each phone."""
SOURCE = Path(__file__).parent / "yardstick"
INSTALLED = ROOT / "build" / "yardstick"


@dataclass(frozen=True)
class Cost:
    """What a patch to so many phones costs."""

    phones: int
    cpu_us: float
    """Microseconds of the server's processor for each delivered patch."""
    rate: float
    """Patches a second to all of these phones."""
    client: float
    """Percent of a core that the bench itself took meanwhile."""


class Listeners:
    """Phones that only listen, at a server that only sends."""

    def __init__(self, server: Server, port: int) -> None:
        self._server = server
        self._crowd = Crowd(port)
        self._phones: list[Phone] = []
        self._control = Phone(self._crowd, 0)

    def measure(self, phones: int) -> Cost:
        self._grow(phones)
        count = min(MOST, max(LEAST, STEADY // phones))
        self._deliver(10, 100)
        spent = Spent(self._server)
        self._deliver(count, 1000 * STEADY_SECONDS // count)
        spent.stop()
        each, together = [], Spent(self._server)
        for _burst in range(BURSTS):
            began = time.time()
            self._deliver(BURST, 0)
            each.append(BURST / (time.time() - began))
        together.stop()
        return Cost(phones, 1e6 * spent.server / (count * phones), median(each), together.client_share)

    def close(self) -> None:
        self._crowd.close()

    def _grow(self, phones: int) -> None:
        new = [Phone(self._crowd, number) for number in range(len(self._phones), phones)]
        self._crowd.spread(1000, [phone.connect for phone in new])
        self._phones += new
        self._crowd.run(lambda: self._crowd.present == phones)
        self._crowd.rest(0.5)

    def _deliver(self, count: int, gap: int) -> None:
        goal = self._crowd.patches + count * len(self._phones)
        self._control.do(_emit(count, gap))
        self._crowd.run(lambda: self._crowd.patches >= goal)


def _emit(count: int, gap: int) -> Flow:
    yield Request("GET", f"/emit?count={count}&gap={gap}&size={SIZE}")


@contextmanager
def wire() -> Iterator[Listeners]:
    """The product's wire."""
    with _listeners([sys.executable, "-m", "tests.bench.wire_server"]) as listeners:
        yield listeners


@contextmanager
def yardstick() -> Iterator[Listeners]:
    """Socket.IO on Node. Raises RuntimeError when Node isn't here or its packages can't be had."""
    _install()
    with _listeners(["node", str(INSTALLED / "server.js")], NODE_ENV="production") as listeners:
        yield listeners


@contextmanager
def _listeners(command: list[str], **environment: str) -> Iterator[Listeners]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        server = Server([*command, str(port)], Path(folder) / "log", ready="ready", **environment)
        listeners = Listeners(server, port)
        try:
            yield listeners
        finally:
            listeners.close()
            server.end()


def _install() -> None:
    """Put the yardstick and its locked packages into a folder that git does not see."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise RuntimeError("The yardstick needs Node and npm (on Debian: apt install nodejs npm).")
    lock = (SOURCE / "package-lock.json").read_bytes()
    done = INSTALLED / "installed.json"
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for file in SOURCE.iterdir():
        shutil.copy(file, INSTALLED)
    if done.exists() and done.read_bytes() == lock:
        return
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    ran = subprocess.run(command, cwd=INSTALLED, env=os.environ, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"npm could not install the yardstick.\n{ran.stderr}")
    done.write_bytes(lock)
