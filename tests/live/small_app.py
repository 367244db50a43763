"""A small Flask-SocketIO application under our own server, for test_wire.py to talk to from another process."""

# ruff: noqa: E402  gevent patches before anything else is imported
from gevent import monkey

monkey.patch_all()

import argparse
import gc
import logging

import gevent
from flask import Flask, request
from flask_socketio import SocketIO

from facilitator.live import server
from facilitator.live.outbox import Outbox
from facilitator.live.wire import DirectManager, install_driver

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1_000_000  # as in the product: it also makes a broken body the sender's error
socketio = SocketIO()


@app.post("/emit")
def emit():
    for event, data in request.get_json():
        socketio.emit(event, data)
    return {"phones": len(socketio.server.eio.sockets)}


@app.get("/state")
def state():
    outboxes = [phone.queue for phone in socketio.server.eio.sockets.values() if isinstance(phone.queue, Outbox)]
    return {
        "phones": len(socketio.server.eio.sockets),
        "rooms": sum(len(room) for room in socketio.server.manager.rooms.get("/", {}).values()),
        "busy": [outbox._busy for outbox in outboxes],
        "pongs": [outbox._pong.decode("latin-1") for outbox in outboxes],
        "waiting": [sum(map(len, outbox._waiting.values())) for outbox in outboxes],
        "counted": [outbox._bytes for outbox in outboxes],
        "greenlets": sum(isinstance(thing, gevent.Greenlet) and not thing.dead for thing in gc.get_objects()),
    }


@app.get("/slow")
def slow():
    gevent.sleep(0.5)
    return "late, but whole"


@app.post("/length")
def length():
    return {"length": len(request.get_data())}


@app.get("/boom")
def boom():
    raise RuntimeError("boom")


@socketio.on("connect")
def connect(auth=None):
    return None


@socketio.on("echo")
def echo(*words):
    return words


def taking_over(application):
    """Let one address behave like a WebSocket: answered by somebody else, behind WSGI's back."""
    return lambda environ, start: [] if environ["PATH_INFO"] == "/taken-over" else application(environ, start)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--ping", type=float, default=25)
    parser.add_argument("--limit", type=int, default=100_000)
    parser.add_argument("--head", type=float, default=server._HEAD)
    parser.add_argument("--silence", type=float, default=server._SILENCE)
    options = parser.parse_args()
    server._HEAD, server._SILENCE = options.head, options.silence
    logging.basicConfig(level=logging.INFO)
    socketio.init_app(
        app,
        client_manager=DirectManager(),
        async_mode="gevent",
        ping_interval=options.ping,
        ping_timeout=options.ping,
        max_http_buffer_size=options.limit,
    )
    install_driver(socketio.server)
    app.wsgi_app = taking_over(app.wsgi_app)
    server.serve(app, "127.0.0.1", options.port, on_ready=lambda: print("ready", flush=True))
    print("stopped", flush=True)


if __name__ == "__main__":
    main()
