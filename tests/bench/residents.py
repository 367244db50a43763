"""What people do on their phones, as flows of requests, and what became of it."""

from __future__ import annotations

import re
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field

from tests.bench.phones import Answer, Flow, Pause, Phone, Request, Tap

AGAIN = 0.5
"""Seconds until what got no answer is sent again, under the same id."""
_TICKET = re.compile(r'name="ticket"[^>]*value="([^"]+)"')
_OWNER = re.compile(r'data-owner="(\w+)"')
_VERSION = re.compile(r'data-version="(\d+)"')


@dataclass
class Sent:
    """Ideas or dots on their way: id → when each was first sent, and how the last answer to it was."""

    at: dict[str, float] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    answered: int = 0
    quick: int = 0
    """Answers that came over the socket."""

    def begin(self, number: str) -> None:
        self.at.setdefault(number, time.time())

    def take(self, number: str, answer: Answer) -> None:
        self.status[number] = answer.status
        self.seconds.append(answer.seconds)
        self.answered += 1

    @property
    def taken(self) -> set[str]:
        """Ids that were acknowledged."""
        return {number for number, status in self.status.items() if 200 <= status < 400}


Steps = dict[str, list[float]]
"""Seconds that each step of coming in took: page, cookie, room page, socket."""


def new_steps() -> Steps:
    return defaultdict(list)


def new_id() -> str:
    return secrets.token_hex(16)


def way_in(phone: Phone, steps: Steps) -> Flow:
    """Scan, read, say one's name, be in: the page, the cookie, the room's page, the socket in its room."""
    page = yield Request("GET", f"/j/{phone.code}")
    form = {"csrf_token": page.csrf, "name": f"居民{phone.number}", "ticket": page.find(_TICKET)}
    joined = yield Request("POST", f"/j/{phone.code}", form)
    room = yield Request("GET", joined.location)
    phone.csrf, phone.owner = room.csrf, room.find(_OWNER)
    steps["page"].append(page.seconds)
    steps["cookie"].append(joined.seconds)
    steps["room page"].append(room.seconds)
    phone.asked_in = time.time()
    phone.connect(room.find(_VERSION))


def page(phone: Phone, taken: Sent) -> Flow:
    """The whole page again, as a reload does."""
    number = new_id()
    taken.begin(number)
    taken.take(number, (yield Request("GET", f"/w/{phone.code}")))


def scene(phone: Phone, taken: Sent) -> Flow:
    """One's own part of the page, when the room has moved on."""
    number = new_id()
    taken.begin(number)
    taken.take(number, (yield Request("GET", f"/w/{phone.code}/scene", partial=True)))


def catch_up(phone: Phone) -> Flow:
    """What a phone asks when it wakes."""
    yield Request("GET", f"/w/{phone.code}/fragments")


def idea(phone: Phone, board: int, number: str, sent: Sent, text: str = "") -> Flow:
    form = {"id": number, "text": text or wording(number)}
    yield from _send(phone, f"/board/{board}/ideas", form, number, sent)


def reworded(phone: Phone, board: int, number: str, sent: Sent, text: str) -> Flow:
    yield from _send(phone, f"/board/{board}/ideas/{number}", {"text": text}, new_id(), sent)


def unsaid(phone: Phone, board: int, number: str, sent: Sent) -> Flow:
    yield from _send(phone, f"/board/{board}/ideas/{number}/withdrawal", {}, number, sent)


def dot(phone: Phone, board: int, number: str, target: str, sent: Sent, *, over_http: bool = False) -> Flow:
    form = {"id": number, "target": target}
    yield from (_send if over_http else _tap)(phone, f"/voting/{board}/dots", form, number, sent)


def dot_back(phone: Phone, board: int, number: str, sent: Sent) -> Flow:
    yield from _tap(phone, f"/voting/{board}/dots/{number}/withdrawal", {}, number, sent)


def _tap(phone: Phone, path: str, form: dict[str, str], number: str, sent: Sent) -> Flow:
    """Over the open socket; what isn't kept there at once goes over HTTP, as its outbox does."""
    sent.begin(number)
    answer = yield Tap(path, form)
    if answer.is_taken:
        sent.quick += 1
        sent.take(number, answer)
    else:
        yield from _send(phone, path, form, number, sent)


def _send(phone: Phone, path: str, form: dict[str, str], number: str, sent: Sent) -> Flow:
    """Send a form; one that got no answer, or a broken one, stays on the phone and goes again, as its outbox does."""
    sent.begin(number)
    while True:
        answer = yield Request("POST", path, {"csrf_token": phone.csrf, **form}, partial=True)
        if 0 < answer.status < 500 or not phone.returns:
            break
        yield Pause(AGAIN)
    sent.take(number, answer)


def wording(number: str) -> str:
    """An idea of the usual length that can be told from all others."""
    return f"在小区入口种一些树荫，放几张有靠背的长椅 {_apart(number[:8])}"


def _apart(number: str) -> str:
    """Digit from digit: eleven of them in a row would be taken for a telephone number and masked."""
    return "".join(f"{digit}-" for digit in number)
