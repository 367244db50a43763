"""A hall of phones in one process: each its own cookies, one HTTP connection and one WebSocket.

Both protocols are spoken by hand. What a phone does over HTTP is a generator that yields requests and is sent the
answers:

    def way_in(phone):
        page = yield Request("GET", "/j/ABC234")
        answer = yield Request("POST", "/j/ABC234", {"csrf_token": page.csrf})
"""

from __future__ import annotations

import html
import json
import random
import re
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.bench.loop import Connection, Loop

PATH = "/socket.io/?EIO=4&transport=websocket"
TAP_PATIENCE = 3.0
"""Seconds after which a tap over the socket is given up, as live.js does."""
_TAKEN = re.compile(rb'43(\d+)\[(".*")?')
_PATCH = re.compile(rb'42\["patch",\{"id":"([^"]+)","v":(\d+)')
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
class Tap:
    """A form that goes over the open socket; the status of its answer is 0 unless it was kept there at once."""

    path: str
    form: dict[str, str]


@dataclass
class Answer:
    status: int  # 0: none came
    body: str
    location: str
    seconds: float

    @property
    def csrf(self) -> str:
        return html.unescape(self.find(_CSRF))

    def find(self, pattern: re.Pattern[str]) -> str:
        """What the pattern's group holds. Raises RuntimeError when the page is another one than was meant."""
        found = pattern.search(self.body)
        if found is None:
            raise RuntimeError(f"unexpected answer {self.status}: {self.body[:500]}")
        return found[1]

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 400


@dataclass
class Pause:
    """A flow that yields it goes on after so many seconds; it is sent None."""

    seconds: float


Flow = Generator[Request | Tap | Pause, Answer | None, None]


@dataclass(frozen=True)
class Patch:
    """One fragment on one screen."""

    fragment: str
    version: int
    moment: float
    payload: bytes


class Crowd(Loop):
    """The loop of a hall, and what its phones counted together."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.patches = 0
        self.patch_bytes = 0
        self.entries = 0  # times that a screen got into its room
        self.present = 0  # screens in their rooms
        self.broken: list[str] = []
        self.heard: Callable[[Phone, Patch], None] | None = None
        """Called with every patch; counting alone is cheaper."""


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
            f"Accept-Language: {self._phone.language}",
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
        self._asked = None
        seconds = time.time() - self._since
        where = location[1].decode() if location else ""
        self._phone.answered(Answer(status, rest.decode(errors="replace"), where, seconds))

    def ended(self) -> None:
        if self._asked:
            self._phone.answered(Answer(0, "", "", time.time() - self._since))


class Live(Connection):
    """The phone's WebSocket, up to Socket.IO's events."""

    def __init__(self, phone: Phone) -> None:
        super().__init__(phone.crowd)
        self._phone = phone
        self._crowd = phone.crowd
        self._upgraded = False
        self._taps = 0
        self._tapped_at: float | None = None  # while one is under way
        lines = [
            f"GET {PATH} HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            f"Accept-Language: {phone.language}",
            f"Cookie: {phone.cookie}",
        ]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def take(self) -> None:
        if not self._upgraded and not self._upgrade():
            return
        data, start, now = self.buffer, 0, time.time()
        while (found := _frame(data, start)) is not None:
            first, begin, end = found
            self._heard(first, data[begin:end], now)
            start = end
        self.buffer = data[start:]

    def ended(self) -> None:
        self.give_up()
        self._phone.disconnected()

    def tap(self, tap: Tap) -> None:
        self._taps, self._tapped_at = self._taps + 1, time.time()
        number = self._taps
        self._say(f"42{number}" + json.dumps(["tap", tap.path, tap.form, self._phone.owner]))
        self._crowd.later(TAP_PATIENCE, lambda: self.give_up(number))

    def give_up(self, number: int | None = None) -> None:
        """There will be no answer any more."""
        if number in (None, self._taps):
            self._tapped(Answer(0, "", "", 0))

    def _tapped(self, answer: Answer) -> None:
        if self._tapped_at is not None:
            answer.seconds, self._tapped_at = time.time() - self._tapped_at, None
            self._phone.answered(answer)

    def _upgrade(self) -> bool:
        head, gap, rest = self.buffer.partition(b"\r\n\r\n")
        if not gap:
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            self._end()
            return False
        self.buffer, self._upgraded = rest, True
        return True

    def _heard(self, first: int, payload: bytes, now: float) -> None:
        if found := _PATCH.match(payload):
            self._patched(found, payload, now)
        elif found := _TAKEN.match(payload):
            self._acknowledged(found)
        elif payload == b"2":
            self._say("3")
        elif payload.startswith(b"0"):
            self._say("40" + json.dumps(self._phone.seat))
        elif payload.startswith(b'40{"sid"'):
            self._phone.connected()
        elif first != 0x88 and not (first == 0x81 and payload.startswith(b"42")):
            self._crowd.broken.append(f"unexpected frame {first:#x} {payload[:40]!r}")

    def _patched(self, found: re.Match[bytes], payload: bytes, now: float) -> None:
        crowd = self._crowd
        crowd.patches += 1
        crowd.patch_bytes += len(payload)
        if crowd.heard:
            crowd.heard(self._phone, Patch(found[1].decode(), int(found[2]), now, payload))

    def _acknowledged(self, found: re.Match[bytes]) -> None:
        if int(found[1]) == self._taps:
            self._tapped(Answer(200 if found[2] else 0, (found[2] or b"").decode(), "", 0))

    def _say(self, text: str) -> None:
        data = text.encode()
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        self.send(b"\x81" + length + bytes(4) + data)  # masked, with a key of zeros


def _frame(data: bytes, start: int) -> tuple[int, int, int] | None:
    """(first byte, begin and end of the payload) of the frame that begins here; None unless it is whole."""
    if len(data) < start + 2:
        return None
    length, begin = data[start + 1], start + 2
    if length >= 126:
        begin = start + (4 if length == 126 else 10)
        length = int.from_bytes(data[start + 2 : begin], "big")
    return (data[start], begin, begin + length) if len(data) >= begin + length else None


class Phone:
    """One resident's phone, or any other screen of the room."""

    def __init__(self, crowd: Crowd, number: int, *, audience: str = "phone", key: str = "") -> None:
        self.crowd = crowd
        self.number = number
        self.seat = {"audience": audience, "key": key, "page": "0"}
        self.language = "zh-CN"
        self.cookies: dict[str, str] = {}
        self.csrf = ""
        self.owner = ""
        self.returns = False
        """Does it come back by itself when the socket closes, as the page's script does?"""
        self.is_in = False
        self.asked_in = 0.0
        self.in_since = 0.0
        self.on_return: Callable[[Phone], None] | None = None
        self._been_in = False
        self._tries = 0
        self._live: Live | None = None
        self._web: Web | None = None
        self._flows: deque[Flow] = deque()

    @property
    def code(self) -> str:
        return self.seat["key"]

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def is_busy(self) -> bool:
        return bool(self._flows)

    def do(self, flow: Flow) -> None:
        """Run a flow when those before it are done."""
        self._flows.append(flow)
        if len(self._flows) == 1:
            self._ask(next(flow))

    def answered(self, answer: Answer | None) -> None:
        try:
            request = self._flows[0].send(answer)
        except StopIteration:
            self._flows.popleft()
            if not self._flows:
                return
            request = next(self._flows[0])
        self._ask(request)

    def connect(self, page: str | None = None) -> None:
        if page is not None:
            self.seat["page"] = page
        self.hang_up()
        self._live = Live(self)

    def connected(self) -> None:
        again, self._been_in = self._been_in, True
        self.is_in, self._tries, self.in_since = True, 0, time.time()
        self.crowd.entries += 1
        self.crowd.present += 1
        if again and self.on_return:
            self.on_return(self)

    def disconnected(self) -> None:
        self._leave()
        if self.returns:
            self.crowd.later(self._back_off(), self._come_back)
        else:
            self.crowd.broken.append(f"phone {self.number}: the socket closed")

    def hang_up(self) -> None:
        """Go to sleep: the socket is gone, and nothing brings it back but `connect`."""
        self._leave()
        if self._live:
            self._live.close()
            self._live.give_up()

    def close(self) -> None:
        self.hang_up()
        if self._web:
            self._web.close()

    def _leave(self) -> None:
        self.crowd.present -= self.is_in
        self.is_in = False

    def _come_back(self) -> None:
        if self.returns and not self.is_in:
            self.connect()

    def _back_off(self) -> float:
        """Seconds to wait, as Socket.IO's client reckons with the settings of live.js."""
        delay = 0.5 * 2**self._tries
        self._tries = min(self._tries + 1, 8)
        return min(2.0, delay * random.uniform(0.5, 1.5))

    def _ask(self, request: Request | Tap | Pause) -> None:
        if isinstance(request, Pause):
            self.crowd.later(request.seconds, lambda: self.answered(None))
            return
        if isinstance(request, Tap):
            if self.is_in and self._live:
                self._live.tap(request)
            else:
                self.answered(Answer(0, "", "", 0))
            return
        if self._web is None or not self._web.open:
            self._web = Web(self)
        self._web.ask(request)
