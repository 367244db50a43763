"""The server goes away under a full hall and comes back: in good order, and by a pulled plug."""

from __future__ import annotations

import signal
import time
from threading import Thread

from tests.bench import residents
from tests.bench.figures import Findings, percentile
from tests.bench.hall import Hall, scene_spread
from tests.bench.phones import Phone
from tests.bench.residents import Sent

BACK_SECONDS = 5.0
RATE = 0.1
"""Votes a second for each phone, before, during and after."""
WAYS = {signal.SIGTERM: "stopped", signal.SIGKILL: "killed"}


def restart(made: Hall, found: Findings, budget: int) -> None:
    """The room votes all the while; what was acknowledged must be there, and every phone must return by itself."""
    for screen in (*made.phones, made.facilitator, made.projector):
        screen.returns = True
    for phone in made.phones:
        phone.on_return = lambda phone: _refresh(made, phone)
    made.move("vote")
    plan, sent = made.choices(budget), Sent()
    half = len(plan) // 2
    for way, part in zip(WAYS, (plan[:half], plan[half:]), strict=True):
        _once(made, found, way, part, sent)
    kept = {row[0] for row in made.product.rows("SELECT id FROM dot")}
    who = f"restart under {len(made.phones):,} phones"
    found.equal("restart-lost", f"{who}: acknowledged votes lost", 0, len(sent.taken - kept))
    found.equal("restart-accepted", f"{who}: votes acknowledged in the end", len(plan), len(sent.taken))
    found.equal("restart-doubled", f"{who}: votes doubled", 0, len(kept) - len(sent.at.keys() & kept))


def _once(made: Hall, found: Findings, way: signal.Signals, plan: list, sent: Sent) -> None:
    goal, rate = sent.answered + len(plan), RATE * len(made.phones)
    made.vote(plan, rate, sent)
    made.crowd.rest(min(2.0, len(plan) / rate / 3))
    began, entries, screens = time.time(), made.crowd.entries, len(made.phones) + 2
    coming = Thread(target=_begin_again, args=(made, way))
    coming.start()
    # While the server is away the phones knock again and again.
    made.crowd.run(lambda: not coming.is_alive(), 60)
    up = time.time()
    made.crowd.run(lambda: made.crowd.entries >= entries + screens and made.crowd.present == screens, 60)
    back = [max(0, phone.in_since - up) for phone in made.phones]
    made.crowd.run(lambda: sent.answered >= goal, 120)
    note = f"p50 {percentile(back, 0.5):.1f} s; it was away for {up - began:.1f} s"
    name = f"server {WAYS[way]} under {len(made.phones):,} phones: all back after"
    found.add(f"restart-{WAYS[way]}", name, max(back), "s", digits=1, at_most=BACK_SECONDS, note=note)


def _begin_again(made: Hall, way: signal.Signals) -> None:
    made.product.end(way)
    made.product.start()


def _refresh(made: Hall, phone: Phone) -> None:
    """Whoever is back asks for its own part of the page, after a while of its own, as live.js does."""
    wait = made.random.uniform(0, scene_spread(len(made.phones)))
    made.crowd.later(wait, lambda: phone.do(residents.scene(phone, made.moved)))
