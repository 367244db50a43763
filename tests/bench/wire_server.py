"""The product's wire alone, without pages and database: sends what the yardstick sends, when it is asked to.

python -m tests.bench.wire_server PORT; GET /emit?count=PATCHES&gap=MILLISECONDS&size=BYTES.
"""

# ruff: noqa: E402  gevent patches before anything else is imported
from gevent import monkey

monkey.patch_all()

import itertools
import sys

import gevent
from flask import Flask, request
from flask_socketio import SocketIO, join_room

from facilitator.live.server import serve
from facilitator.live.wire import DirectManager, install_driver

app = Flask(__name__)
socketio = SocketIO(app, client_manager=DirectManager(), async_mode="gevent")
install_driver(socketio.server)
_versions = itertools.count(1)


@socketio.on("connect")
def connect(auth: object = None) -> None:
    join_room("hall")


@app.get("/emit")
def emit() -> str:
    count, gap, size = (int(request.args[name]) for name in ("count", "gap", "size"))
    gevent.spawn(_send, count, gap / 1000, "<li>树</li>" * (size // 12))
    return ""


def _send(count: int, gap: float, html: str) -> None:
    for version in itertools.islice(_versions, count):
        socketio.emit("patch", {"id": f"stage-{version % 100}", "v": version, "html": html}, to="hall")
        gevent.sleep(gap)


if __name__ == "__main__":
    serve(app, "127.0.0.1", int(sys.argv[1]), on_ready=lambda: print("ready", flush=True))
