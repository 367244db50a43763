"""A hall of phones in one process: each its own cookie, one HTTP connection and one WebSocket, all on one epoll.

The client must cost less than the server it measures, so it speaks both protocols by hand. What a phone does over
HTTP is a generator that yields requests and is sent the answers:

    def way_in(phone):
        page = yield Request("GET", "/j/ABC234")
        answer = yield Request("POST", "/j/ABC234", {"csrf_token": page.csrf})
"""

from __future__ import annotations

import errno
import heapq
import html
import itertools
import json
import re
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from urllib.parse import urlencode

PATH = "/socket.io/?EIO=4&transport=websocket"
_PATCH = re.compile(rb'42\["patch",\{"id":"([^"]+)","v":"([^"]+)"')
_CSRF = re.compile(r'csrf[-_]token"[^>]*?(?:value|content)="([^"]+)"')
_COOKIE = re.compile(rb"^set-cookie: *([^=\r\n]+)=([^;\r\n]*)", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_LOCATION = re.compile(rb"^location: *([^\r\n]+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Request:
    method: str
    path: str
    form: dict[str, str] = field(default_factory=dict)
    partial: bool = False  # asked by htmx


@dataclass
class Answer:
    status: int
    body: str
    location: str
    seconds: float

    @property
    def csrf(self) -> str:
        return html.unescape(_CSRF.search(self.body)[1])


Flow = Generator[Request, Answer, None]


class Crowd:
    """The loop that every connection hangs on, and what it counted."""

    def __init__(self, port: int) -> None:
        self.address = ("127.0.0.1", port)
        self.epoll = select.epoll()
        self.connections: dict[int, Connection] = {}
        self.answers: list[tuple[str, int, float]] = []  # (method, status, seconds)
        self.bodies: dict[tuple[str, str], bytes] = {}  # first copy of each patch: (fragment, version) → frame
        self.patches = 0
        self.patch_bytes = 0
        self.broken: list[str] = []
        self._timers: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def later(self, delay: float, action: Callable[[], object]) -> None:
        heapq.heappush(self._timers, (time.time() + delay, next(self._order), action))

    def run(self, until: Callable[[], bool], seconds: float = 600) -> None:
        """Turn the loop until something holds; too late is an error."""
        end = time.time() + seconds
        while not until():
            if time.time() > end:
                raise TimeoutError(f"waited {seconds} s; {self.broken[:5]}")
            self._turn()

    def rest(self, seconds: float) -> None:
        end = time.time() + seconds
        self.run(lambda: time.time() >= end, seconds + 5)

    def _turn(self) -> None:
        while self._timers and self._timers[0][0] <= time.time():
            heapq.heappop(self._timers)[2]()
        wait = min(0.01, max(0, self._timers[0][0] - time.time())) if self._timers else 0.01
        for fd, events in self.epoll.poll(wait, 4096):
            connection = self.connections.get(fd)
            if connection:
                connection.ready(events)


class Connection:
    """One non-blocking TCP connection."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.buffer = b""
        self.open = True
        self._out = b""
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._fd = self._socket.fileno()
        failed = self._socket.connect_ex(crowd.address)
        if failed not in (0, errno.EINPROGRESS):
            raise OSError(failed, "connect")
        crowd.connections[self._fd] = self
        crowd.epoll.register(self._fd, select.EPOLLIN | select.EPOLLOUT)

    def send(self, data: bytes) -> None:
        self._out += data
        if self.open:
            self.crowd.epoll.modify(self._fd, select.EPOLLIN | select.EPOLLOUT)

    def ready(self, events: int) -> None:
        if events & select.EPOLLOUT:
            self._flush()
        if self.open and events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            self._receive()

    def close(self) -> None:
        if self.open:
            self.open = False
            del self.crowd.connections[self._fd]
            self.crowd.epoll.unregister(self._fd)
            self._socket.close()

    def take(self) -> None:
        """Use what is in the buffer."""
        raise NotImplementedError

    def ended(self) -> None:
        """Hear that the server hung up."""

    def _flush(self) -> None:
        try:
            sent = self._socket.send(self._out) if self._out else 0
        except BlockingIOError:
            return
        except OSError:
            self._end()
            return
        self._out = self._out[sent:]
        if not self._out:
            self.crowd.epoll.modify(self._fd, select.EPOLLIN)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end()
            return
        self.buffer = self.buffer + data if self.buffer else data
        self.take()

    def _end(self) -> None:
        self.close()
        self.ended()


class Web(Connection):
    """A keep-alive HTTP connection with one request under way."""

    def __init__(self, phone: Phone) -> None:
        super().__init__(phone.crowd)
        self._phone = phone
        self._asked: Request | None = None
        self._since = 0.0

    def ask(self, request: Request) -> None:
        self._asked, self._since = request, time.time()
        body = urlencode(request.form).encode()
        lines = [
            f"{request.method} {request.path} HTTP/1.1",
            "Host: 127.0.0.1",
            "User-Agent: Mozilla/5.0 (Linux; Android 14)",
            "Accept-Language: zh-CN",
            f"Cookie: {self._phone.cookie}",
            f"Content-Length: {len(body)}",
            "Content-Type: application/x-www-form-urlencoded",
        ]
        if request.partial:
            lines.append("HX-Request: true")
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def take(self) -> None:
        head, gap, rest = self.buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not gap or (length and len(rest) < int(length[1])):
            return
        status, self.buffer = int(head[9:12]), b""
        location = _LOCATION.search(head)
        for name, value in _COOKIE.findall(head):
            self._phone.cookies[name.decode()] = value.decode()
        asked, self._asked = self._asked, None
        seconds = time.time() - self._since
        self.crowd.answers.append((asked.method, status, seconds))
        self._phone.answered(Answer(status, rest.decode(), location[1].decode() if location else "", seconds))

    def ended(self) -> None:
        if self._asked:
            self.crowd.broken.append(f"no answer to {self._asked.method} {self._asked.path}")
            self._phone.answered(Answer(0, "", "", time.time() - self._since))


class Live(Connection):
    """The phone's WebSocket, up to Socket.IO's events."""

    def __init__(self, phone: Phone, seen: str) -> None:
        super().__init__(phone.crowd)
        self._phone = phone
        self._seat = json.dumps({"audience": "phone", "key": phone.code, "page": seen})
        self._upgraded = False
        lines = [
            f"GET {PATH} HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Accept-Language: zh-CN",
            f"Cookie: {phone.cookie}",
        ]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def take(self) -> None:
        if not self._upgraded:
            head, gap, self.buffer = self.buffer.partition(b"\r\n\r\n")
            if not gap:
                self.buffer = head
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._upgraded = True
        now = time.time()
        while (frame := self._frame()) is not None:
            self._heard(*frame, now)

    def _frame(self) -> tuple[int, bytes] | None:
        data = self.buffer
        if len(data) < 2:
            return None
        length, start = data[1], 2
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(data[2:start], "big")
        if len(data) < start + length:
            return None
        self.buffer = data[start + length :]
        return data[0], data[start : start + length]

    def _heard(self, first: int, payload: bytes, now: float) -> None:
        if found := _PATCH.match(payload):
            self._patched(found[1].decode(), found[2].decode(), payload, now)
        elif payload == b"2":
            self._say("3")
        elif payload.startswith(b"0"):
            self._say(f"40{self._seat}")
        elif payload.startswith(b'40{"sid"'):
            self._phone.connected()
        elif first != 0x81 or not payload.startswith(b"42"):
            self.crowd.broken.append(f"unexpected frame {first:#x} {payload[:40]!r}")

    def _patched(self, fragment: str, version: str, payload: bytes, now: float) -> None:
        crowd = self.crowd
        crowd.patches += 1
        crowd.patch_bytes += len(payload)
        crowd.bodies.setdefault((fragment, version), payload)
        self._phone.seen.append((fragment, version, now))

    def _say(self, text: str) -> None:
        self.send(bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text.encode())  # masked, with a key of zeros

    def ended(self) -> None:
        self.crowd.broken.append(f"phone {self._phone.number}: the socket closed")


class Phone:
    """One resident's phone."""

    def __init__(self, crowd: Crowd, number: int, code: str) -> None:
        self.crowd = crowd
        self.number = number
        self.code = code
        self.cookies: dict[str, str] = {}
        self.csrf = ""
        self.live: Live | None = None
        self.began = 0.0
        self.joined: float | None = None  # seconds it took from the first page to the open socket
        self.seen: list[tuple[str, str, float]] = []  # (fragment, version, moment)
        self._web: Web | None = None
        self._flows: deque[Flow] = deque()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def do(self, flow: Flow) -> None:
        """Run a flow when those before it are done."""
        self._flows.append(flow)
        if len(self._flows) == 1:
            self._ask(next(flow))

    def answered(self, answer: Answer) -> None:
        try:
            request = self._flows[0].send(answer)
        except StopIteration:
            self._flows.popleft()
            if not self._flows:
                return
            request = next(self._flows[0])
        self._ask(request)

    def connect(self, seen: str = "") -> None:
        self.live = Live(self, seen)

    def connected(self) -> None:
        self.joined = time.time() - self.began

    def close(self) -> None:
        for connection in (self.live, self._web):
            if connection:
                connection.close()

    def _ask(self, request: Request) -> None:
        if self._web is None or not self._web.open:
            self._web = Web(self)
        self._web.ask(request)
