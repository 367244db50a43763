"""One change to a whole hall: somebody words an idea differently, and every phone has the patch.

That is the product's real path: request, cookie, commit, one rendering for each audience and language, delivery.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import linear_regression, median

from tests.bench import residents
from tests.bench.bare import SIZE, Cost, Listeners, wire, yardstick
from tests.bench.figures import Findings, spread
from tests.bench.hall import Hall, Spent, hall
from tests.bench.phones import Flow, Patch, Phone
from tests.bench.residents import Sent

CPU_RATIO, RATE_RATIO = 0.65, 1.5
CHANGES, PAUSE = 20, 0.25
"""Changes one after the other, and seconds between them: each has a tick of its own."""
WRITERS, SECONDS = 4, 4.0
"""People who change something without a pause, for so long: as many patches as the server can make."""
SHORTEST_TICK = 1
"""Milliseconds of the setting FACILITATOR_TICK_MS when the most is asked for."""


@dataclass(frozen=True)
class Change:
    """What one change costs in a hall with so many phones."""

    phones: int
    cpu_ms: float
    """Milliseconds of the server's processor, from the request to the last delivery."""
    late: list[float]
    """Seconds from sending it until it was on the last phone."""
    bytes_each: float
    client: float


def bare(found: Findings, steps: list[int]) -> None:
    """The wire alone against the yardstick, with the same client and the same bytes."""
    nodes = {}
    try:
        nodes = _measured(yardstick, steps)
    except RuntimeError as error:
        found.wrong.append(f"no ratio to Node: {error}")
    for phones, node in nodes.items():
        found.add(f"node-cpu-{phones}", f"Node, {phones:,} phones: CPU for each patch", node.cpu_us, "µs", digits=1)
        note = f"client {node.client:.0f} % of a core"
        found.add(f"node-rate-{phones}", f"Node, {phones:,} phones: broadcasts", node.rate, "/s", digits=1, note=note)
    for phones, our in _measured(wire, steps).items():
        name, limits = f"wire, {phones:,} phones", _Limits(found, phones, is_main=phones == steps[2])
        cpu, rate = limits.cpu(our.cpu_us), limits.rate(our.rate)
        found.add(f"wire-cpu-{phones}", f"{name}: CPU for each patch", our.cpu_us, "µs", digits=1, **cpu)
        note = f"client {our.client:.0f} % of a core"
        found.add(f"wire-rate-{phones}", f"{name}: broadcasts", our.rate, "/s", digits=1, note=note, **rate)


def _measured(kind: Callable[[], AbstractContextManager[Listeners]], steps: list[int]) -> dict[int, Cost]:
    with kind() as listeners:
        return {phones: listeners.measure(phones) for phones in steps}


class _Limits:
    """The ratio to the yardstick at this number of phones, and what it must be; nothing where Node isn't here."""

    def __init__(self, found: Findings, phones: int, *, is_main: bool) -> None:
        known = {row.key: row.figure for row in found.rows}
        self._cpu, self._rate = known.get(f"node-cpu-{phones}"), known.get(f"node-rate-{phones}")
        self._is_main = is_main

    def cpu(self, us: float) -> dict[str, float | None]:
        limit = CPU_RATIO if self._is_main else None
        return {"ratio": us / self._cpu, "at_most": limit} if self._cpu else {}

    def rate(self, each_second: float) -> dict[str, float | None]:
        limit = RATE_RATIO if self._is_main else None
        return {"ratio": each_second / self._rate, "at_least": limit} if self._rate else {}


def changes(found: Findings, steps: list[int]) -> None:
    """The product's whole path, in halls that grow."""
    with hall(found.wrong) as made:
        measured = []
        for phones in steps:
            _grow(made, phones)
            measured.append(_steady(made))
    for each in measured:
        _changes_found(found, each)
    share, fixed = linear_regression([each.phones for each in measured], [each.cpu_ms for each in measured])
    found.add("change-bytes", "one patch while people write", measured[0].bytes_each, "bytes")
    found.add("change-fixed", "one change: request, commit, rendering", fixed, "ms of CPU", digits=1)
    limits = _Limits(found, steps[2], is_main=True).cpu(1000 * share)
    found.add("change-each", "one change: each further phone", 1000 * share, "µs", digits=1, **limits)


def _changes_found(found: Findings, change: Change) -> None:
    name, phones = f"one change, {change.phones:,} phones", change.phones
    each = 1000 * change.cpu_ms / phones
    limits = _Limits(found, phones, is_main=False).cpu(each)
    note = f"Node only sends; {change.bytes_each:.0f} bytes; client {change.client:.0f} % of a core"
    title = f"{name}: CPU for each patch, everything counted"
    found.add(f"change-cpu-{phones}", title, each, "µs", digits=1, note=note, **limits)
    late = 1000 * median(change.late)
    found.add(f"change-late-{phones}", f"{name}: on the last phone, median", late, "ms", note=spread(change.late))


def most(found: Findings, phones: int) -> None:
    """How many changes a second can be shown one by one on so many phones?"""
    with hall(found.wrong, tick_ms=SHORTEST_TICK) as made:
        _grow(made, phones)
        end, sent, patches, spent = time.time() + SECONDS, Sent(), made.crowd.patches, Spent(made.product)
        for idea, phone in list(made.authors.items())[:WRITERS]:
            phone.do(_rewording(phone, made.board, idea, end, sent))
        made.crowd.rest(SECONDS)
        rate = (made.crowd.patches - patches) / phones / spent.stop().seconds
        made.crowd.rest(2)
    limits = _Limits(found, phones, is_main=False).rate(rate)
    shares = f"server {spent.server_share:.0f} %, client {spent.client_share:.0f} % of a core"
    note = f"tick of {SHORTEST_TICK} ms, Node only sends; {shares}"
    name = f"changes shown one by one on {phones:,} phones"
    found.add("change-rate", name, rate, "/s", digits=1, note=note, **limits)


def _rewording(phone: Phone, board: int, idea: str, end: float, sent: Sent) -> Flow:
    """Word an idea differently, again and again."""
    for mark in itertools.cycle("0123456789"):
        if time.time() > end:
            return
        yield from residents.reworded(phone, board, idea, sent, residents.wording(8 * mark))


def _grow(made: Hall, phones: int) -> None:
    """So many phones before a wall whose patch has the size of the yardstick's."""
    is_new = not made.phones
    made.join(phones)
    if not is_new:
        made.crowd.rest(1)
        return
    made.move("collect")
    size = [0]
    made.crowd.heard = lambda _phone, patch: _keep_size(size, patch)
    while size[0] < 0.95 * SIZE:
        made.fill(len(made.ideas()) + 1)
        made.crowd.rest(0.5)
    made.crowd.heard = None


def _keep_size(size: list[int], patch: Patch) -> None:
    if patch.fragment == "phone-stage":
        size[0] = len(patch.payload)


def _steady(made: Hall) -> Change:
    crowd, phones = made.crowd, len(made.phones)
    (idea, author), late, sent = next(iter(made.authors.items())), [], Sent()
    _change(made, author, idea, sent)
    patches, size, spent = crowd.patches, crowd.patch_bytes, Spent(made.product)
    for _each in range(CHANGES):
        began = time.time()
        _change(made, author, idea, sent)
        late.append(time.time() - began)
        crowd.rest(max(0.0, PAUSE - late[-1]))
    spent.stop()
    each = (crowd.patch_bytes - size) / (crowd.patches - patches)
    return Change(phones, 1000 * spent.server / CHANGES, late, each, spent.client_share)


def _change(made: Hall, phone: Phone, idea: str, sent: Sent) -> None:
    """Word it differently, as long as before, and wait until every phone shows it."""
    goal, mark = made.crowd.patches + len(made.phones), f"{made.random.randrange(10**8):08}"
    phone.do(residents.reworded(phone, made.board, idea, sent, residents.wording(mark)))
    made.crowd.run(lambda: made.crowd.patches >= goal)
