"""A whole evening, measured: the real product, and N phones that come in through its own pages.

    python -m tests.bench.bench_room --phones 200 500

Prints one column for each number of phones. Counts are checked against the database: a run in which anything was lost
or counted twice ends with status 1. Times are reported and never judged; measure with nothing else going on.
"""

from __future__ import annotations

import argparse
import random
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.phones import Crowd, Flow, Phone, Request
from tests.bench.product import Facilitator, Product, Room

BUDGET, CAP = 5, 2  # dots, as in the product's template "Brainstorm and vote"
JOINS, IDEAS, DOTS = 25, 25, 100  # a second, at pace 1
MOST_IDEAS = 100  # on the wall; further phones only watch while ideas are posted
SCENE_DELAY = 0.7  # seconds over which phones ask for their new scene when the room moves on, as in live.js
_TICKET = re.compile(r'name="ticket"[^>]*value="([^"]+)"')
_VERSION = re.compile(r'data-version="([^"]+)"')
_MARK = re.compile(rb"bench-((?:[0-9a-f]-){32})")


@dataclass
class Report:
    """What one run found: lines of the table, and what was wrong."""

    lines: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def number(self, name: str, value: float, digits: int = 0) -> None:
        self.lines[name] = f"{value:.{digits}f}"

    def equal(self, name: str, expected: object, found: object) -> None:
        self.lines[name] = f"{found}"
        if expected != found:
            self.wrong.append(f"{name}: expected {expected}, found {found}")

    def times(self, name: str, seconds: list[float]) -> None:
        """Median and 95th percentile, in milliseconds."""
        rising = sorted(seconds)
        points = [rising[int(share * (len(rising) - 1))] for share in (0.5, 0.95)] if rising else []
        self.lines[f"{name}, ms p50 / p95"] = " / ".join(f"{1000 * point:.0f}" for point in points)


# --- What a phone does


def way_in(phone: Phone) -> Flow:
    phone.began = time.time()
    page = yield Request("GET", f"/j/{phone.code}")
    form = {"csrf_token": page.csrf, "name": f"居民{phone.number}", "ticket": _TICKET.search(page.body)[1]}
    answer = yield Request("POST", f"/j/{phone.code}", form)
    page = yield Request("GET", answer.location)
    phone.csrf = page.csrf
    phone.connect(seen=_VERSION.search(page.body)[1])


def scene(phone: Phone) -> Flow:
    yield Request("GET", f"/w/{phone.code}/scene", partial=True)


def idea(phone: Phone, room: Room, number: str, taken: dict[str, int]) -> Flow:
    text = f"第{phone.number}位居民的点子：多一些树荫和长椅 bench-{_apart(number)}"
    form = {"csrf_token": phone.csrf, "id": number, "text": text}
    answer = yield Request("POST", f"/board/{room.activity}/ideas", form, partial=True)
    taken[number] = answer.status


def dot(phone: Phone, room: Room, number: str, target: str, taken: dict[str, int]) -> Flow:
    form = {"csrf_token": phone.csrf, "id": number, "target": target}
    answer = yield Request("POST", f"/board/{room.activity}/dots", form, partial=True)
    taken[number] = answer.status


# --- The evening


class Evening:
    """One run: people arrive, listen, post and vote; each stage adds its lines to the report."""

    def __init__(self, product: Product, people: int, pace: float) -> None:
        self._product = product
        self._pace = pace
        self._crowd = Crowd(product.port)
        self._facilitator = Facilitator(self._crowd, product)
        self._room = self._facilitator.prepare()
        self._phones = [Phone(self._crowd, number, self._room.code) for number in range(1, people + 1)]
        self._report = Report()
        self._random = random.Random(people)

    def run(self) -> Report:
        for stage in (self._join, self._listen, self._post, self._vote, self._look_back):
            stage()
        for phone in [*self._phones, self._facilitator]:
            phone.close()
        return self._report

    def _join(self) -> None:
        memory = self._product.memory()
        with self._measured("join"):
            self._spread(JOINS, [(phone, way_in(phone)) for phone in self._phones])
            self._crowd.run(lambda: all(phone.joined is not None for phone in self._phones))
        self._crowd.rest(1)
        kept = self._product.value("SELECT count(*) FROM participant")
        self._report.equal("participants in the database", len(self._phones), kept)
        self._report.times("join: first page to open socket", [phone.joined for phone in self._phones])
        self._report.number("memory for each phone, KB", 1000 * (self._product.memory() - memory) / len(self._phones))

    def _listen(self) -> None:
        """The facilitator writes to the room and nobody else does anything: what does a delivered patch cost?"""
        self._move("collect")
        rounds, late = 20, []
        patches, cpu = self._crowd.patches, self._product.cpu()
        for number in range(rounds):
            began, goal = time.time(), self._crowd.patches + len(self._phones)
            self._facilitator.say(self._room, f"还有 {number} 分钟")
            self._crowd.run(lambda goal=goal: self._crowd.patches >= goal)
            late.append(time.time() - began)
            self._crowd.rest(0.3)
        delivered, cpu = self._crowd.patches - patches, self._product.cpu() - cpu
        self._report.equal("patches on each phone for 20 messages", rounds, delivered / len(self._phones))
        self._report.number("message: server CPU for each patch, µs", 1e6 * cpu / delivered, 1)
        self._report.times("message: sent to last phone", late)

    def _post(self) -> None:
        taken: dict[str, int] = {}
        with self._measured("ideas"):
            numbers = [(phone, secrets.token_hex(16)) for phone in self._phones[:MOST_IDEAS]]
            self._spread(IDEAS, [(phone, idea(phone, self._room, number, taken)) for phone, number in numbers])
            self._crowd.run(lambda: len(taken) == len(numbers))
            self._crowd.rest(1)
        kept = self._product.rows("SELECT id, created_at FROM statement")
        self._compare("ideas", len(numbers), taken, [row[0] for row in kept])
        self._report.times("idea: written to last phone", self._until_last_phone(dict(kept)))

    def _vote(self) -> None:
        self._move("vote")
        ideas = [row[0] for row in self._product.rows("SELECT id FROM statement")]
        plan = [(phone, secrets.token_hex(16), target) for phone in self._phones for target in self._choice(ideas)]
        again = self._random.sample(plan, len(plan) // 20)  # bad reception: the same dot is sent twice
        taken: dict[str, int] = {}
        goal = len(self._crowd.answers) + len(plan) + len(again)
        with self._measured("dots"):
            every = [*self._random.sample(plan, len(plan)), *again]
            self._spread(DOTS, [(each[0], dot(each[0], self._room, *each[1:], taken)) for each in every])
            self._crowd.run(lambda: len(self._crowd.answers) >= goal)
            self._crowd.rest(1)
        kept = self._product.rows("SELECT id, participant_id FROM dot WHERE withdrawn_at IS NULL")
        self._compare("dots", len(plan), taken, [row[0] for row in kept])
        people = [row[1] for row in kept]
        self._report.equal("people with exactly their dots", len(self._phones), _with_exactly(BUDGET, people))

    def _choice(self, ideas: list[str]) -> list[str]:
        few = self._random.sample(ideas, min(BUDGET, len(ideas)))
        return (few * CAP)[:BUDGET]

    def _look_back(self) -> None:
        screens = [{fragment: version for fragment, version, _moment in phone.seen} for phone in self._phones]
        self._report.equal("screens that end alike", len(screens), screens.count(screens[0]))
        self._report.equal("connections lost", 0, len(self._crowd.broken))
        self._report.wrong += self._crowd.broken[:5]
        self._report.number("resident memory at the end, MB", self._product.memory())

    def _move(self, step: str) -> None:
        """Take the room on; every phone then asks for its own part of the page, as the real one does."""
        self._facilitator.move(self._room, step)
        goal = len(self._crowd.answers) + len(self._phones)
        self._spread(len(self._phones) / SCENE_DELAY, [(phone, scene(phone)) for phone in self._phones])
        self._crowd.run(lambda: len(self._crowd.answers) >= goal)
        self._crowd.rest(1)

    def _spread(self, rate: float, flows: list[tuple[Phone, Flow]]) -> None:
        """Begin so many flows a second (times the pace)."""
        for number, (phone, flow) in enumerate(flows):
            self._crowd.later(number / (rate * self._pace), lambda phone=phone, flow=flow: phone.do(flow))

    @contextmanager
    def _measured(self, name: str) -> Iterator[None]:
        answers, patches = len(self._crowd.answers), self._crowd.patches
        cpu, began = self._product.cpu(), time.time()
        yield
        seconds, answered = time.time() - began, self._crowd.answers[answers:]
        self._report.number(f"{name}: requests/s", len(answered) / seconds)
        self._report.number(f"{name}: server, % of one core", 100 * (self._product.cpu() - cpu) / seconds)
        self._report.number(f"{name}: patches delivered", self._crowd.patches - patches)
        self._report.times(f"{name}: answer to a post", [each[2] for each in answered if each[0] == "POST"])

    def _compare(self, name: str, sent: int, taken: dict[str, int], kept: list[str]) -> None:
        accepted = {number for number, status in taken.items() if 200 <= status < 400}
        self._report.equal(f"{name}: accepted", sent, len(accepted))
        self._report.equal(f"{name}: in the database", sent, len(kept))
        self._report.equal(f"{name}: lost", 0, len(accepted - set(kept)))
        self._report.equal(f"{name}: doubled", 0, len(kept) - len(set(kept) & accepted))

    def _until_last_phone(self, written: dict[str, str]) -> list[float]:
        """Seconds from each idea's time stamp, which is just before its commit, until every screen has held it."""
        shown: dict[str, int] = {}  # idea → the first version that held it
        for (_fragment, version), body in self._crowd.bodies.items():
            for mark in set(_MARK.findall(body)):
                number = mark.decode().replace("-", "")
                shown[number] = min(_count(version), shown.get(number, _count(version)))
        self._report.equal("ideas that were shown in the room", len(written), len(shown))
        reached = {count: self._reached(count) for count in set(shown.values())}
        return [reached[count] - _moment(written[number]) for number, count in shown.items()]

    def _reached(self, count: int) -> float:
        """When the last phone held this version of the wall, or a newer one."""
        return max(
            min(
                moment
                for fragment, version, moment in phone.seen
                if fragment == "phone-stage" and _count(version) >= count
            )
            for phone in self._phones
        )


def _count(version: str) -> int:
    return int(version.rpartition(".")[2])


def _moment(stamp: str) -> float:
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()


def _with_exactly(number: int, people: list[int]) -> int:
    return sum(people.count(person) == number for person in set(people))


def measure(people: int, pace: float = 1.0) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        try:
            report = Evening(product, people, pace).run()
        finally:
            log = product.stop()
    report.equal("errors in the server's log", 0, log.count("Traceback"))
    report.wrong += log[log.find("Traceback") :].splitlines()[:40] if "Traceback" in log else []
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phones", type=int, nargs="+", default=[200])
    parser.add_argument("--pace", type=float, default=1.0, help="2: everybody twice as quick")
    options = parser.parse_args()
    reports = {people: measure(people, options.pace) for people in options.phones}
    print(f"{'phones':46}" + "".join(f"{people:>14}" for people in reports))
    for name in next(iter(reports.values())).lines:
        print(f"{name:46}" + "".join(f"{report.lines.get(name, ''):>14}" for report in reports.values()))
    wrong = [f"{people} phones: {each}" for people, report in reports.items() for each in report.wrong]
    print(*(wrong or ["Every count agrees with the database."]), sep="\n")
    return 1 if wrong else 0


def _apart(number: str) -> str:
    """Digit from digit: eleven of them in a row would be taken for a telephone number and masked."""
    return "".join(f"{digit}-" for digit in number)


if __name__ == "__main__":
    sys.exit(main())
