"""Our WebSocket driver, spoken to over real sockets from outside the process."""

import ast
import base64
import hashlib
import http.client
import inspect
import json
import signal
import socket
import subprocess
import sys
import time
from importlib.metadata import version

import engineio
import engineio.socket
import gevent
import pytest
import socketio
from flask import Flask

from facilitator.live import frames, outbox
from facilitator.live.outbox import Outbox
from facilitator.live.server import PortTaken, serve
from facilitator.live.wire import DirectManager, Driver, install_driver
from tests.live.raw_phone import PATH, RawPhone, free_port, masked

GRACE = 20  # seconds until a test gives up


class Hall:
    """The small application in a process of its own."""

    def __init__(self, *arguments):
        self.port = free_port()
        command = [sys.executable, "-m", "tests.live.small_app", str(self.port), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=GRACE)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse().read()
        connection.close()
        return answer

    def emit(self, *events):
        return json.loads(self.ask("POST", "/emit", events))

    def state(self):
        return json.loads(self.ask("GET", "/state"))

    def until(self, holds):
        """Wait for a state; what we wait for is in the message when it does not come."""
        end = time.monotonic() + GRACE
        while not holds(state := self.state()):
            assert time.monotonic() < end, state
            time.sleep(0.02)
        return state

    def phone(self, **options):
        return RawPhone(self.port, **options)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=GRACE)


@pytest.fixture(scope="module")
def shared_hall():
    hall = Hall()
    yield hall
    hall.stop()


@pytest.fixture
def hall(shared_hall):
    shared_hall.until(lambda state: state["phones"] == 0)
    return shared_hall


@pytest.fixture
def phone(hall):
    phone = hall.phone().join()
    yield phone
    phone.close()


@pytest.fixture
def slow_phone(hall):
    phone = hall.phone(receive_buffer=4096).join()
    yield phone
    phone.close()


def patch(fragment, number, size=20_000):
    return ("patch", {"id": fragment, "v": f"boot.{number}", "html": "圆" * (size // 3)})


# --- Handshake


def test_handshake_follows_rfc_6455(hall):
    phone = hall.phone()
    head = phone.handshake()
    digest = hashlib.sha1((phone.key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    assert head.splitlines()[0] == "HTTP/1.1 101 Switching Protocols"
    assert f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}" in head.splitlines()
    opened = json.loads(phone.text()[1:])
    assert (opened["upgrades"], opened["maxPayload"]) == ([], 100_000)
    phone.close()


@pytest.mark.parametrize(
    "wrong",
    [{"Sec_WebSocket_Version": "8"}, {"Sec_WebSocket_Key": None}, {"Sec_WebSocket_Key": "short"}],
    ids=["old version", "no key", "short key"],
)
def test_bad_handshake_is_refused_and_leaves_nothing(hall, wrong):
    phone = hall.phone()
    assert phone.handshake(**wrong).startswith("HTTP/1.1 400")
    phone.close()
    assert hall.state()["phones"] == 0


def test_polling_is_refused(hall):
    assert b"Invalid transport" in hall.ask("GET", "/socket.io/?EIO=4&transport=polling")


def test_the_official_client_gets_along(hall):
    client = socketio.Client()
    heard = []
    client.on("patch", heard.append)
    client.connect(f"http://127.0.0.1:{hall.port}", transports=["websocket"])
    assert client.call("echo", ("你好", {"a": 1})) == ("你好", {"a": 1})
    hall.emit(patch("board", 1, 30))
    assert client.call("echo", "after") == "after"
    client.disconnect()
    assert heard == [patch("board", 1, 30)[1]]


# --- Reading


def test_events_are_answered(phone):
    phone.say('427["echo","一","二"]')
    assert phone.answer() == (7, ["一", "二"])


def test_fragments_are_put_together_around_a_ping(phone):
    whole = '421["echo","圆点"]'.encode()
    cut = len(whole) - 4  # inside a character
    phone.send(masked(frames.TEXT, whole[:5], final=False))
    phone.send(masked(frames.PING, b"still there?"))
    phone.send(masked(frames.CONTINUATION, whole[5:cut], final=False))
    assert phone.frame() == (frames.PONG, b"still there?")
    phone.send(masked(frames.CONTINUATION, whole[cut:]))
    assert phone.answer() == (1, ["圆点"])


def test_bytes_may_come_one_by_one_or_all_at_once(phone):
    one, two = (masked(frames.TEXT, f'42{number}["echo",{number}]'.encode()) for number in (1, 2))
    for byte in one[:-1]:
        phone.send(bytes([byte]))
    phone.send(one[-1:] + two)
    assert sorted([phone.answer(), phone.answer()]) == [(1, [1]), (2, [2])]


def test_a_message_of_the_greatest_size_passes(phone):
    word = "x" * (100_000 - len('421["echo",""]'))
    phone.say(f'421["echo","{word}"]')
    assert phone.answer() == (1, [word])


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frames.encode(frames.TEXT, b"2"), 1002),
        (b"\xc1\x81\0\0\0\0" + b"2", 1002),
        (masked(0x3), 1002),
        (masked(frames.CONTINUATION, b"42"), 1002),
        (masked(frames.TEXT, b"42", final=False) + masked(frames.TEXT, b"42"), 1002),
        (masked(frames.PING, b"x" * 126), 1002),
        (masked(frames.PING, b"x", final=False), 1002),
        (masked(frames.BINARY, b"42"), 1003),
        (masked(frames.TEXT, b'42["\xff"]'), 1007),
        (masked(frames.TEXT, b"x" * 100_001), 1009),
        (b"\x81\xff" + (1 << 62).to_bytes(8, "big"), 1009),
        (masked(frames.TEXT, b"4" + b"x" * 60_000, final=False) + masked(frames.CONTINUATION, b"x" * 60_000), 1009),
        (masked(frames.TEXT, b""), 1002),
        (masked(frames.TEXT, b"hello"), 1002),
    ],
    ids=[
        "unmasked",
        "reserved bit",
        "unknown opcode",
        "continues nothing",
        "begins anew",
        "long ping",
        "ping in parts",
        "binary",
        "bad utf-8",
        "oversized",
        "absurdly long",
        "oversized in parts",
        "empty",
        "not engine.io",
    ],
)
def test_broken_protocol_closes_with_its_code(hall, phone, sent, code):
    phone.send(sent)
    assert phone.close_code() == code
    assert phone.frame() is None
    phone.close()
    assert hall.until(lambda state: state["phones"] == 0)["rooms"] == 0


# --- Closing


def test_close_is_answered_and_the_phone_forgotten(hall, phone):
    phone.send(masked(frames.CLOSE, b"\x03\xe8"))
    assert phone.close_code() == frames.NORMAL
    assert phone.frame() is None
    phone.close()
    assert hall.until(lambda state: state["phones"] == 0)["rooms"] == 0


def test_a_phone_that_says_goodbye_and_stays_is_hung_up_on(hall, phone):
    phone.send(masked(frames.CLOSE, b"\x03\xe8"))
    assert phone.close_code() == frames.NORMAL
    assert hall.until(lambda state: state["phones"] == 0)["rooms"] == 0


def test_nobody_takes_over_the_connection_of_another(hall, phone):
    phone.say('421["echo","mine"]')
    assert phone.answer() == (1, ["mine"])
    thief = hall.phone()
    assert thief.handshake(path=f"{PATH}&sid={phone.sid}").startswith("HTTP/1.1 400")
    thief.close()
    assert hall.state()["phones"] == 1


def test_a_phone_that_vanishes_is_forgotten(hall, phone):
    phone.close()
    assert hall.until(lambda state: state["phones"] == 0)["rooms"] == 0


def test_close_comes_behind_what_still_waits(hall, slow_phone):
    hall.emit(*(("note", [number, "x" * 50_000]) for number in range(6)))
    slow_phone.send(masked(frames.CLOSE, b"\x03\xe8"))
    hall.until(lambda state: state["busy"] == [True])
    assert [slow_phone.event()[1][0] for _ in range(6)] == list(range(6))
    assert slow_phone.close_code() == frames.NORMAL
    assert slow_phone.frame() is None


# --- Slow and dead phones


def test_a_ping_during_a_partial_send_is_answered_behind_the_frame(hall, slow_phone):
    hall.emit(("note", "圆" * 100_000))
    assert hall.state()["busy"] == [True]
    slow_phone.send(masked(frames.PING, b"one") + masked(frames.PING, b"two"))
    hall.until(lambda state: state["pongs"] == ["\x8a\x03two"])
    assert slow_phone.frame()[1].decode() == f'42["note","{"圆" * 100_000}"]'
    assert slow_phone.frame() == (frames.PONG, b"two")
    hall.emit(("note", "idle again"))
    assert slow_phone.event() == ["note", "idle again"]


def test_a_slow_phone_gets_the_newest_version_and_nobody_waits_for_it(hall, phone, slow_phone):
    rounds = 100
    for number in range(rounds):
        hall.emit(patch("board", number), patch("clock", number, 60))
        assert [phone.event()[1]["v"], phone.event()[1]["v"]] == [f"boot.{number}"] * 2
    state = hall.state()
    assert sorted(state["busy"]) == [False, True]
    assert state["waiting"] == state["counted"]
    assert max(state["waiting"]) < 2 * 20_500  # two fragments, whatever the number of rounds
    assert _versions(slow_phone, last=rounds - 1) == {"board": "newest", "clock": "newest"}


def _versions(phone, last):
    """Read until both fragments show their last version; each may only go forward, and most must be missing."""
    seen = {"board": [], "clock": []}
    while {numbers[-1] if numbers else None for numbers in seen.values()} != {last}:
        data = phone.event()[1]
        seen[data["id"]].append(int(data["v"].removeprefix("boot.")))
    assert all(numbers == sorted(set(numbers)) for numbers in seen.values())
    return {name: "newest" if len(numbers) < last / 2 else "all" for name, numbers in seen.items()}


def test_what_arrives_is_in_the_order_of_emit(hall, slow_phone):
    hall.emit(("note", "x" * 200_000))
    hall.emit(patch("board", 1), ("note", 1), patch("board", 2), ("note", 2), patch("other", 1), patch("board", 3))
    assert slow_phone.event()[0] == "note"
    found = [slow_phone.event() for _ in range(4)]
    assert found[:2] == [["note", 1], ["note", 2]]
    assert [(data["id"], data["v"]) for _, data in found[2:]] == [("other", "boot.1"), ("board", "boot.3")]


def test_too_many_bytes_close_only_the_phone_that_does_not_take_them(hall, phone, slow_phone):
    size, count = 100_000, outbox.MOST_BYTES // 100_000 + 4
    for number in range(count):
        hall.emit(("note", [number, "x" * size]))
        assert phone.event()[1][0] == number
    assert hall.until(lambda state: state["phones"] == 1)["rooms"] == 2  # everybody's, and its own
    hall.emit(("note", "still here"))
    assert phone.event() == ["note", "still here"]


def test_patience_ends_when_a_phone_takes_not_one_byte(monkeypatch):
    monkeypatch.setattr(outbox, "PATIENCE", -1.0)
    ours, theirs = gevent.socket.socketpair()
    box = Outbox(ours)
    box.offer(b"x" * 10_000_000)
    assert not box.closing
    box.offer(b"one more")
    assert box.closing
    box.release()
    ours.close()
    theirs.close()


def test_dead_phones_free_everything():
    hall = Hall("--ping", "0.5")
    try:
        before = hall.state()["greenlets"]
        silent = [hall.phone().join() for _ in range(3)]
        stuck = hall.phone(receive_buffer=4096).join()
        hall.emit(("note", "x" * 300_000))
        after = hall.until(lambda state: state["phones"] == 0)
        assert (after["rooms"], after["busy"]) == (0, [])
        # one greenlet is the service task that python-engineio starts with the first phone
        hall.until(lambda state: state["greenlets"] <= before + 1)
        for phone in [*silent, stuck]:
            phone.close()
    finally:
        hall.stop()


def test_a_connection_taken_over_is_not_read_on(hall):
    """What a phone given up has left unread is no request, however much it looks like one."""
    with socket.create_connection(("127.0.0.1", hall.port), timeout=GRACE) as client:
        client.sendall(b"GET /taken-over HTTP/1.1\r\n\r\nGET /state HTTP/1.1\r\n\r\n")
        assert client.recv(1000) == b""


# --- The server


def test_sigterm_says_goodbye_lets_requests_finish_and_returns():
    hall = Hall()
    phone = hall.phone().join()
    idle = http.client.HTTPConnection("127.0.0.1", hall.port, timeout=GRACE)
    idle.request("GET", "/state")
    idle.getresponse().read()
    late = http.client.HTTPConnection("127.0.0.1", hall.port, timeout=GRACE)
    late.request("GET", "/slow")
    hall.state()  # by now /slow is under way
    hall.process.send_signal(signal.SIGTERM)
    assert phone.close_code() == frames.GOING_AWAY
    phone.close()
    assert late.getresponse().read() == b"late, but whole"
    out, _ = hall.process.communicate(timeout=GRACE)
    assert (hall.process.returncode, out) == (0, "stopped\n")
    idle.close()
    late.close()


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            serve(Flask("taken"), "127.0.0.1", port)
    assert (caught.value.port, str(caught.value)) == (port, f"Port {port} on 127.0.0.1 is taken.")


def test_no_log_tells_who_asked_for_what():
    hall = Hall()
    hall.ask("GET", "/state?name=wang")
    hall.ask("GET", "/boom?name=wang")
    for garbage in (
        b"GET /?name=wang HTTP/9.9\r\n\r\n",
        b"nonsense?name=wang\r\n\r\n",
        b"GET /?name=wang HTTP/1.1\r\nCo",
    ):
        with socket.create_connection(("127.0.0.1", hall.port)) as client:
            client.sendall(garbage)
            client.shutdown(socket.SHUT_WR)
            client.recv(1000)
    phone = hall.phone().join()
    phone.say('42["wang"')
    phone.say('421["echo","wang"]')
    assert phone.answer() == (1, ["wang"])
    phone.close()
    _, errors = hall.stop()
    assert "boom" in errors
    assert "wang" not in errors
    assert "127.0.0.1" not in errors


# --- What we rely on in python-engineio and python-socketio, beyond their documentation


def test_versions_are_those_the_driver_was_written_for():
    assert (version("python-engineio"), version("python-socketio")) == ("4.15.1", "5.18.1")


def test_contract_the_driver_is_made_from_the_table_with_the_phones_own_handler():
    server = socketio.Server(async_mode="gevent", client_manager=DirectManager())
    install_driver(server)
    assert server.eio._async["websocket"] is Driver
    made = []
    server.eio._async["websocket"] = lambda handler, engine: made.append((handler, engine)) or (lambda *_: ["answer"])
    phone = engineio.socket.Socket(server.eio, "sid")
    environ = {"HTTP_CONNECTION": "Upgrade", "HTTP_UPGRADE": "websocket"}
    assert phone.handle_get_request(environ, None) == ["answer"]
    handler, engine = made[0]
    assert handler == phone._websocket_handler
    assert handler.__self__ is phone
    assert engine is server.eio


def test_contract_the_table_of_other_servers_stays_as_it_was():
    install_driver(socketio.Server(async_mode="gevent"))
    assert socketio.Server(async_mode="gevent").eio._async["websocket"] is not Driver


def test_contract_a_phone_uses_its_queue_as_the_outbox_expects():
    tree = ast.parse(inspect.getsource(engineio.socket))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self.queue"
    }
    assert used == {"put", "join", "get", "task_done"}
    reading = inspect.getsource(engineio.socket.Socket.poll)
    assert inspect.getsource(engineio.socket).count("self.queue.get(") == reading.count("self.queue.get(")


def test_contract_a_phone_and_its_server_have_what_the_driver_sets_and_reads():
    server = engineio.Server(async_mode="gevent")
    phone = engineio.socket.Socket(server, "sid")
    assert (phone.connected, phone.upgraded, phone.closed, phone.server) == (False, False, False, server)
    assert (phone.queue.empty(), hasattr(phone.queue, "get_nowait")) == (True, True)
    assert (server.sockets, server.transports) == ({}, ["polling", "websocket"])
    assert (server.ping_interval, server.ping_timeout, server.max_http_buffer_size) == (25, 20, 1_000_000)
    assert server.reason.TRANSPORT_CLOSE == "transport close"
    assert list(inspect.signature(phone.close).parameters) == ["wait", "abort", "reason"]
    assert list(inspect.signature(phone.receive).parameters) == ["pkt"]


def test_contract_our_emit_has_the_signature_of_theirs():
    ours, theirs = (inspect.signature(manager.emit) for manager in (DirectManager, socketio.Manager))
    assert [(p.name, p.kind, p.default) for p in ours.parameters.values()] == [
        (p.name, p.kind, p.default) for p in theirs.parameters.values()
    ]
    assert "_send_eio_packet" in inspect.getsource(socketio.Manager.emit)


def test_contract_gevent_keeps_a_non_blocking_socket_inside():
    ours, theirs = gevent.socket.socketpair()
    with pytest.raises(BlockingIOError):
        ours._sock.recv(1)
    ours.close()
    theirs.close()
