"""A thousand people at the door, and what the server's memory holds for each of them."""

from __future__ import annotations

from tests.bench.figures import Findings, percentile, spread
from tests.bench.hall import Hall, Spent

STEPS = {
    "page": "the first page",
    "cookie": "the name is taken, the cookie is there",
    "room page": "the room's page",
    "socket": "the socket is in the room",
}
EACH_MS = 50
MEMORY_KB = 90


def joins(made: Hall, found: Findings, people: int, seconds: float, *, key: str = "joins", label: str = "") -> None:
    """Let so many in, spread over some seconds. A tenth came before: what is loaded once is not counted."""
    found.add(f"{key}-empty", f"{label}memory of the server without phones", made.product.memory() / 1000, "MB")
    made.join(people // 10)
    made.crowd.rest(1)
    memory, before, spent = made.product.memory(), len(made.phones), Spent(made.product)
    steps = made.join(before + people, seconds)
    spent.stop()
    made.crowd.rest(2)
    who = f"{label}{people:,} joins in {seconds:g} s"
    kept = int(made.product.value("SELECT count(*) FROM participant"))
    found.equal(f"{key}-in", f"{who}: people in the database", before + people, kept)
    for step, name in STEPS.items():
        took = 1000 * percentile(steps[step], 0.95)
        found.add(
            f"{key}-{step.replace(' ', '-')}",
            f"{who}: {name}, p95",
            took,
            "ms",
            at_most=EACH_MS,
            note=spread(steps[step]),
        )
    note = f"client {spent.client_share:.0f} %; all in after {spent.seconds:.1f} s"
    found.add(f"{key}-core", f"{who}: server", spent.server_share, "% of a core", note=note)
    found.add(f"{key}-cpu", f"{label}one join", 1000 * spent.server / people, "ms of CPU", digits=2)
    held = (made.product.memory() - memory) / people
    found.add(f"{key}-memory", f"{label}memory for each connected phone", held, "KB", digits=1, at_most=MEMORY_KB)
