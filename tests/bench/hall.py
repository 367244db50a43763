"""A hall: the product in a process of its own, a room in it, its screens and its phones."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import residents
from tests.bench.facilitator import Facilitator
from tests.bench.phones import Crowd, Flow, Phone
from tests.bench.product import Product
from tests.bench.residents import Sent, Steps

AT_ONCE = 20
"""Phones that come in at the same time when nobody measures how."""
LEAST_SPREAD, SPREAD_EACH = 0.7, 0.012
"""Seconds over which phones ask for their new scene when the room moves on, at least and for each: live.js."""


class Hall:
    def __init__(self, product: Product) -> None:
        self.product = product
        self.crowd = Crowd(product.port)
        self.random = random.Random(1)
        self.facilitator = Facilitator(self.crowd, product)
        self.facilitator.arrive()
        self.workshop = self.facilitator.prepare()
        found = product.rows(f"SELECT code, screen_token FROM workshop WHERE id = {self.workshop}")
        self.code, token = found[0]
        self.board = int(product.value(f"SELECT min(id) FROM activity WHERE workshop_id = {self.workshop}"))
        self.projector = Phone(self.crowd, 0, audience="projector", key=token)
        self.phones: list[Phone] = []
        self.authors: dict[str, Phone] = {}
        """Who wrote what `fill` put on the wall."""
        self.moved = Sent()

    def show(self) -> None:
        """Open the console and the projector."""
        for screen in (self.facilitator, self.projector):
            screen.connect()
        self.crowd.run(lambda: self.facilitator.is_in and self.projector.is_in)

    def join(self, people: int, seconds: float = 0) -> Steps:
        """Let people in until so many are there: spread over some seconds, or as quickly as it goes.

        Gives the seconds that each step took.
        """
        steps = residents.new_steps()
        before = len(self.phones)
        goal = self.crowd.entries + people - before
        new = [Phone(self.crowd, before + number, key=self.code) for number in range(1, people - before + 1)]
        flows = [(phone, residents.way_in(phone, steps)) for phone in new]
        if seconds:
            self.spread(len(new) / seconds, flows)
        else:
            self.few_at_once(flows)
        self.crowd.run(lambda: self.crowd.entries >= goal, 300)
        steps["socket"] = [phone.in_since - phone.asked_in for phone in new]
        self.phones += new
        return steps

    def move(self, step: str) -> None:
        """Take the room on; every phone then asks for its own part of the page, as the real one does."""
        self.facilitator.move(f"{self.board}-{step}")
        goal = self.moved.answered + len(self.phones)
        rate = len(self.phones) / scene_spread(len(self.phones))
        self.spread(rate, [(phone, residents.scene(phone, self.moved)) for phone in self.phones])
        self.crowd.run(lambda: self.moved.answered >= goal, 300)
        self.crowd.rest(1)

    def fill(self, ideas: int) -> None:
        """Put ideas on the wall until so many hang there; the room must be collecting."""
        sent = Sent()
        missing = ideas - len(self.ideas())
        flows = [self._idea(sent) for _each in range(missing)]
        self.few_at_once(flows)

    def ideas(self) -> list[str]:
        wall = f"SELECT id FROM statement WHERE activity_id = {self.board} AND deleted_at IS NULL"
        return [row[0] for row in self.product.rows(wall)]

    def choices(self, dots: int) -> list[tuple[Phone, str, str]]:
        """(phone, id of the dot, idea) in a random order: everybody spreads so many dots, none twice on one."""
        ideas = self.ideas()
        plan = [
            (phone, residents.new_id(), target)
            for phone in self.phones
            for target in self.random.sample(ideas, min(dots, len(ideas)))
        ]
        self.random.shuffle(plan)
        return plan

    def vote(self, plan: Iterable[tuple[Phone, str, str]], rate: float, sent: Sent, *, over_http: bool = False) -> None:
        """Begin to place these dots, so many a second."""
        flows = [
            (phone, residents.dot(phone, self.board, number, target, sent, over_http=over_http))
            for phone, number, target in plan
        ]
        self.spread(rate, flows)

    def spread(self, rate: float, flows: list[tuple[Phone, Flow]]) -> None:
        """Begin so many flows a second."""
        self.crowd.spread(rate, [_begin(phone, flow) for phone, flow in flows])

    def few_at_once(self, flows: list[tuple[Phone, Flow]]) -> None:
        """Run all of them, only so many at the same time, to their end."""
        busy: list[Phone] = []
        for phone, flow in flows:
            self.crowd.run(lambda: len(busy) < AT_ONCE or _drop_idle(busy) < AT_ONCE, 300)
            phone.do(flow)
            busy.append(phone)
        self.crowd.run(lambda: _drop_idle(busy) == 0, 300)

    def close(self) -> None:
        self.crowd.close()

    def _idea(self, sent: Sent) -> tuple[Phone, Flow]:
        phone, idea = self.phones[len(self.authors) % len(self.phones)], residents.new_id()
        self.authors[idea] = phone
        return phone, residents.idea(phone, self.board, idea, sent)


def scene_spread(people: int) -> float:
    """Seconds over which a hall of so many asks for its new scene, as live.js has it."""
    return max(LEAST_SPREAD, people * SPREAD_EACH)


def _drop_idle(busy: list[Phone]) -> int:
    """How many are busy still."""
    busy[:] = [phone for phone in busy if phone.is_busy]
    return len(busy)


def _begin(phone: Phone, flow: Flow) -> Callable[[], None]:
    return lambda: phone.do(flow)


@contextmanager
def hall(wrong: list[str], **options: Any) -> Iterator[Hall]:
    """A fresh product, made with the options of Product, and one room; `wrong` gets what broke or stands in the log."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder), **options)
        try:
            made = Hall(product)
            try:
                yield made
            finally:
                made.close()
        finally:
            product.end()
            log = product.log()
            wrong += log[log.find("Traceback") :].splitlines()[:40] if "Traceback" in log else []
    wrong += made.crowd.broken[:5]


class Spent:
    """Processor time of the server and of the bench itself, between two moments."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._began, self._server, self._client = time.time(), product.cpu(), time.process_time()
        self.seconds = self.server = self.client = 0.0

    def stop(self) -> Spent:
        self.seconds = time.time() - self._began
        self.server = self._product.cpu() - self._server
        self.client = time.process_time() - self._client
        return self

    @property
    def server_share(self) -> float:
        """Percent of one core."""
        return 100 * self.server / self.seconds

    @property
    def client_share(self) -> float:
        return 100 * self.client / self.seconds
