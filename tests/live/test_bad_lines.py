"""Halls have bad networks and odd guests. Nobody loses anything by it, and nobody waits for anybody."""

import http.client
import json
import os
import random
import re
import signal
import socket
import threading
import time
from contextlib import closing, suppress

import psutil
import pytest

from facilitator.live import frames
from tests.live.bad_line import BadLine
from tests.live.follower import Follower
from tests.live.invariants import broken
from tests.live.raw_phone import RawPhone, masked
from tests.live.running import GRACE, Running
from tests.live.storm import Storm
from tests.live.test_wire import Hall

SEED = random.randrange(10**6)


@pytest.fixture(scope="module")
def quick():
    """The small application, which gives up on silent requests sooner."""
    hall = Hall("--head", "0.5", "--silence", "0.5")
    yield hall
    hall.stop()


def connected(hall):
    return socket.create_connection(("127.0.0.1", hall.port), timeout=GRACE)


def rest_of(client):
    """Everything up to the end of the connection."""
    data = b""
    with suppress(ConnectionError):
        while piece := client.recv(65536):
            data += piece
    return data


# --- Odd guests


def test_whoever_connects_and_says_nothing_keeps_nobody_waiting(quick):
    before = quick.state()["greenlets"]
    silent = [connected(quick) for _ in range(400)]
    phone = quick.phone().join()
    phone.say('421["echo","still served"]')
    assert phone.answer() == (1, ["still served"])
    phone.close()
    for client in silent:
        client.close()
    quick.until(lambda state: state["greenlets"] < before + 10)


def test_a_request_that_trickles_in_is_given_up(quick):
    """Byte by byte, always in time for the next: only its whole counts."""
    client, over = connected(quick), threading.Event()

    def trickle():
        with suppress(OSError):
            for byte in b"GET /state HTTP/1.1\r\nX-Long: " + b"x" * 100_000:
                client.send(bytes([byte]))
                if over.wait(0.02):
                    return

    thread = threading.Thread(target=trickle)
    thread.start()
    answer = rest_of(client)
    over.set()
    thread.join()
    client.close()
    assert b"200 OK" not in answer
    assert quick.state()["phones"] == 0


def test_a_body_that_stops_halfway_is_given_up(quick):
    client = connected(quick)
    client.sendall(b"POST /length HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf of it")
    assert rest_of(client).split(b"\r\n")[0] == b"HTTP/1.1 400 BAD REQUEST"
    client.close()


def test_a_slow_but_steady_body_arrives(quick):
    client = connected(quick)
    client.sendall(b"POST /length HTTP/1.1\r\nContent-Length: 40\r\nConnection: close\r\n\r\n")
    for _ in range(8):
        client.sendall(b"five ")
        time.sleep(0.15)
    assert rest_of(client).endswith(b'{"length":40}\n')
    client.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 200 + b"\r\n\r\n",
        b"GET /state HTTP/1.1\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /state HTTP/1.1\r\n" + b"X-Many: 1\r\n" * 5000 + b"\r\n",
        b"POST /length HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST /length HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /length HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot a number\r\n",
        b"\0" * 5000 + b"\r\n\r\n",
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
    ids=[
        "TLS",
        "endless header",
        "endless address",
        "endless headers",
        "length in words",
        "negative length",
        "broken chunk",
        "zeros",
        "another protocol",
        "no key",
    ],
)
def test_garbage_is_refused_and_forgotten(quick, sent):
    client = connected(quick)
    with suppress(ConnectionError):
        client.sendall(sent)
    client.settimeout(GRACE)
    with suppress(OSError):
        client.shutdown(socket.SHUT_WR)
    answer = rest_of(client)
    client.close()
    assert b"200 OK" not in answer
    assert b"101 Switching" not in answer
    assert quick.state()["phones"] == 0


def test_odd_guests_are_no_errors():
    hall = Hall("--head", "0.2", "--silence", "0.2")
    for sent in (
        b"POST /length HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf of it",
        b"POST /length HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot a number\r\n",
        b"GET /state HTTP/1.1\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET /state HTTP/1.1\r\nX-Trick",
    ):
        client = connected(hall)
        with suppress(ConnectionError):
            client.sendall(sent)
        rest_of(client)
        client.close()
    _, errors = hall.stop()
    assert "Traceback" not in errors, errors


# --- Bad lines


def test_messages_arrive_whole_and_in_order_however_the_line_dribbles():
    hall = Hall()
    line = BadLine(hall.port, delay=0.002, most=60, seed=SEED)
    phone = RawPhone(line.port).join()
    words = [f"圆点 {number} " + "x" * (number * 7 % 400) for number in range(60)]
    for word in words:
        phone.say(f"42{json.dumps(['echo', word])}")
    hall.emit(*(("note", [number, "圆" * 100]) for number in range(60)))
    assert [phone.event()[1][0] for _ in range(60)] == list(range(60))
    phone.say('421["echo","all heard"]')
    assert phone.answer() == (1, ["all heard"])
    phone.close()
    line.close()
    hall.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Running(
        tmp_path_factory.mktemp("hall") / "data",
        FACILITATOR_PING_SECONDS="1",
        FACILITATOR_PATIENCE_SECONDS="1",
        FACILITATOR_TICK_MS="50",
    )
    yield server.start()
    if server.process.poll() is None:
        server.kill()


class Room:
    def __init__(self, server):
        self.server, self.open = server, []
        self.owner = server.make.staff()
        self.workshop = server.make.workshop(self.owner)
        self.board = server.make.board(self.workshop)
        server.make.room_at(self.workshop, self.board, "collect")
        self.mei = server.staff(self.owner)
        self.wang = server.resident(server.make.person(self.workshop))

    def say(self, message):
        assert self.mei.post(f"/workshops/{self.workshop.id}/message", message=message) == 204

    def phone(self, port=None):
        return Follower(self.wang, "phone", self.workshop.code, f"/w/{self.workshop.code}/fragments", port)

    def console(self):
        path = f"/workshops/{self.workshop.id}/console/fragments"
        return Follower(self.mei, "console", self.workshop.id, path)


def test_a_phone_that_walks_out_of_reach_is_not_counted_and_comes_back(server):
    room, line = Room(server), BadLine(server.port)
    console, phone = room.console(), room.phone(line.port)
    console.until_it_shows("1 / 1")
    line.fall_silent()
    console.until_it_shows("0 / 1")
    room.say("Said while away")
    line.break_all()
    line.come_back()
    phone.until(lambda: phone.joined >= 2)
    phone.until_it_shows("Said while away")
    console.until_it_shows("1 / 1")
    for each in (phone, console, line):
        each.close()


def test_a_laptop_that_slept_goes_on_where_it_was(server):
    """Longer than the patience with a silent phone: when it wakes, everybody seems to have been silent."""
    room = Room(server)
    screens = [room.console(), room.phone(), room.phone()]
    os.kill(server.process.pid, signal.SIGSTOP)
    time.sleep(3.5)
    os.kill(server.process.pid, signal.SIGCONT)
    room.say("Good morning")
    for screen in screens:
        screen.until_it_shows("Good morning")
    screens[0].until_it_shows("1 / 1")
    for screen in screens:
        screen.until_it_is_like_the_server()
        screen.close()


def test_screens_on_a_line_that_keeps_breaking_end_like_the_server(server):
    room = Room(server)
    line = BadLine(server.port, breaks=0.03, delay=0.02, most=3000, seed=SEED)
    while line.broken < 3 or len(room.open) < 3:
        with suppress(Exception):  # the line may break at once; a browser would try again
            room.open.append(room.phone(line.port))
        room.say(f"Message {line.broken} {len(room.open)}")
    line.breaks = 0
    room.say("The last one")
    for phone in room.open:
        phone.until_it_is_like_the_server()
        phone.until_it_shows("The last one")
        phone.close()
    line.close()


def test_nothing_is_lost_or_doubled_on_a_line_that_keeps_breaking(server):
    line = BadLine(server.port, breaks=0.05, delay=0.01, seed=SEED)
    storm = Storm(server, people=6, seed=SEED, line=line)
    storm.blow(2, until=lambda: line.broken > 15 and storm.has_done("join", "idea", "dot"))
    storm.finish()
    assert storm.wrong() == [], f"seed {SEED}"
    assert broken(server.folder / "facilitator.db") == {}, f"seed {SEED}"
    counts = storm.counts()
    assert sum(unknown for _asked, _taken, unknown in counts.values()) > 5, counts
    line.close()


# --- Phones that read nothing


def deaf_phone(room):
    """It joins as a phone does and then never looks at what it is sent."""
    phone = RawPhone(room.server.port, receive_buffer=4096)
    head = phone.handshake(Cookie=f"session={room.wang.cookie}", Accept_Language="en")
    assert head.startswith("HTTP/1.1 101")
    assert phone.text()[0] == "0"
    seat = {"audience": "phone", "key": room.workshop.code, "page": 0, "versions": {}}
    phone.send(masked(frames.TEXT, f"40{json.dumps(seat)}".encode()))
    return phone


def test_phones_that_read_nothing_cost_little_and_nobody_waits_for_them(tmp_path):
    server = Running(tmp_path / "data", FACILITATOR_TICK_MS="50").start()
    room = Room(server)
    for number in range(30):
        server.make.idea(room.board, f"{number} " + "多一些树荫和长椅" * 12)
    phone = room.phone()
    deaf = [deaf_phone(room) for _ in range(30)]
    for number in range(40):
        text = f"Idea {number} " + "y" * 150
        assert room.wang.post(f"/board/{room.board.id}/ideas", id=f"{number:032x}", text=text) == 200
        phone.until_it_shows(f"Idea {number} ")
    screens, waiting = outboxes(server)
    assert screens == len(deaf)
    # The rest of one fragment that is under way and the newest of each, quoted; not forty of each.
    assert 0 < waiting < 4 * len(deaf) * sum(len(html.encode()) for html in phone.shown.values())
    phone.close()
    for each in deaf:
        each.close()
    server.kill()


def outboxes(server):
    """(screens that take nothing just now, bytes that wait for them), as the server counts them."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=GRACE)) as line:
        line.request("GET", "/metrics")
        text = line.getresponse().read().decode()
    found = dict(re.findall(r"^facilitator_(outbox_\w+)\S* (\S+)$", text, re.MULTILINE))
    return int(float(found["outbox_screens"])), int(float(found["outbox_bytes"]))


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in chunks"])
def test_a_body_that_is_too_large_is_refused_and_takes_little_room(server, declared):
    room = Room(server)
    memory = psutil.Process(server.process.pid).memory_info
    before, size = memory().rss, 120_000_000
    head = [
        f"POST /board/{room.board.id}/ideas HTTP/1.1",
        f"Cookie: session={room.wang.cookie}",
        f"X-CSRFToken: {room.wang.csrf}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {size}" if declared else "Transfer-Encoding: chunked",
    ]
    client = connected(server)
    client.sendall("\r\n".join([*head, "", ""]).encode())
    piece = b"text=" + b"x" * 99_995
    with suppress(ConnectionError):
        for _ in range(size // len(piece)):
            client.sendall(piece if declared else b"%x\r\n%b\r\n" % (len(piece), piece))
        client.sendall(b"" if declared else b"0\r\n\r\n")
    answer = client.recv(1000)
    client.close()
    assert answer[9:12] == (b"413" if declared else b"400")  # what comes in chunks is read up to the limit
    assert memory().rss - before < 60e6
    assert server.value("SELECT count(*) FROM statement WHERE activity_id = ?", room.board.id) == 0


# --- More connections than the system allows


def limited(tmp_path, kind, number):
    return Running(tmp_path / "data", before=["sh", "-c", f'ulimit -{kind}n {number}; exec "$@"', "sh"])


def test_a_low_limit_of_open_files_is_raised(tmp_path):
    server = limited(tmp_path, "S", 128).start()
    crowd = [connected(server) for _ in range(300)]
    assert Room(server).wang.get("/")
    for client in crowd:
        client.close()
    server.kill()


def test_a_server_without_free_connections_goes_on_when_some_end(tmp_path):
    server = limited(tmp_path, "", 150).start()
    room = Room(server)
    crowd = [connected(server) for _ in range(300)]
    time.sleep(1)
    for client in crowd:
        client.close()
    room.say("Still here")
    assert "Still here" in room.wang.get(f"/w/{room.workshop.code}")
    server.kill()
