"""What `bin/bench` measures, in this order. Each scenario has a hall of its own, freshly started."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.bench.broadcasts import bare, changes, most
from tests.bench.export import export
from tests.bench.figures import Findings
from tests.bench.growth import PEOPLE, by_agenda, by_ideas, by_phones, renderings
from tests.bench.hall import Hall, hall
from tests.bench.joins import joins
from tests.bench.product import cpu_of_all
from tests.bench.restart import restart
from tests.bench.storms import BUDGET, IDEAS, Goal, posts, votes
from tests.bench.thinking import thinking
from tests.postgres import Postgres

WORKERS = (1, 2)
"""Processes on one PostgreSQL."""


@dataclass(frozen=True)
class Size:
    """How large the hall is: figures for `phones`, and for a tenth, a half and twice as many where cost grows."""

    phones: int = 1000
    is_quick: bool = False

    @property
    def steps(self) -> list[int]:
        return [self.phones // 10, self.phones // 2, self.phones, 2 * self.phones]

    @property
    def walls(self) -> list[int]:
        """Ideas on the wall."""
        return [IDEAS, IDEAS + 20] if self.is_quick else [IDEAS, 500, 2000]


def measure_broadcasts(size: Size, found: Findings) -> None:
    bare(found, size.steps)
    changes(found, size.steps)
    most(found, size.phones)


def measure_joins(size: Size, found: Findings) -> None:
    with hall(found.wrong) as made:
        made.show()
        joins(made, found, size.phones, size.phones / 100)


def measure_posts(size: Size, found: Findings) -> None:
    with hall(found.wrong) as made:
        made.show()
        made.join(size.phones)
        posts(made, found, size.phones, size.phones / 100)


def measure_votes(size: Size, found: Findings) -> None:
    _vote(found, "votes", size.phones, size.phones / 2, Goal(ack_ms=60, stale_ms=250, core_percent=60))


def measure_votes_double(size: Size, found: Findings) -> None:
    _vote(found, "votes-double", 2 * size.phones, size.phones, Goal(ack_ms=120, stale_ms=300))


def measure_votes_http(size: Size, found: Findings) -> None:
    """The same where no socket takes them."""
    with hall(found.wrong) as made:
        _fill(made, size.phones)
        votes(made, found, "votes-http", size.phones / 2, Goal(), "over HTTP: ", over_http=True)


def _vote(found: Findings, key: str, people: int, rate: float, goal: Goal) -> None:
    with hall(found.wrong) as made:
        _fill(made, people)
        votes(made, found, key, rate, goal)


def measure_postgres(size: Size, found: Findings) -> None:
    """The same joins and votes on PostgreSQL that writes to the disk, with one worker and with two."""
    try:
        server = Postgres(fsync="on")
    except pytest.skip.Exception as error:
        found.wrong.append(f"nothing measured on PostgreSQL: {error}")
        return
    with closing(server):
        for workers in WORKERS:
            key, label = f"postgres-{workers}", f"PostgreSQL, {workers} worker{'s' * (workers > 1)}: "
            with hall(found.wrong, database_url=server.new_database(), workers=workers) as made:
                made.show()
                joins(made, found, size.phones, size.phones / 100, key=f"{key}-joins", label=label)
                made.move("collect")
                made.fill(IDEAS)
                cpu = cpu_of_all(server.pid)
                votes(made, found, f"{key}-votes", size.phones / 2, Goal(), label)
                each = 1000 * (cpu_of_all(server.pid) - cpu) / (len(made.phones) * BUDGET)
                found.add(f"{key}-database", f"{label}a vote in PostgreSQL itself", each, "ms of CPU", digits=2)


def _fill(made: Hall, people: int) -> None:
    """Screens, people, a wall full of ideas."""
    made.show()
    made.join(people)
    made.move("collect")
    made.fill(IDEAS)


def measure_restart(size: Size, found: Findings) -> None:
    with hall(found.wrong) as made:
        _fill(made, size.phones)
        restart(made, found, 2)


def measure_export(size: Size, found: Findings) -> None:
    with hall(found.wrong) as made:
        _fill(made, size.phones)
        export(made, found)


def measure_thinking(size: Size, found: Findings) -> None:
    with hall(found.wrong) as made:
        made.show()
        made.join(size.phones)
        thinking(made, found)


def measure_growth(size: Size, found: Findings) -> None:
    by_phones(found, size.steps, IDEAS)
    people = min(PEOPLE, size.steps[0])
    by_ideas(found, people, size.walls)
    by_agenda(found, people, IDEAS)
    renderings(found, size.walls)


SCENARIOS: dict[str, Callable[[Size, Findings], None]] = {
    "broadcasts": measure_broadcasts,
    "joins": measure_joins,
    "posts": measure_posts,
    "votes": measure_votes,
    "votes-double": measure_votes_double,
    "votes-http": measure_votes_http,
    "restart": measure_restart,
    "export": measure_export,
    "thinking": measure_thinking,
    "postgres": measure_postgres,
    "growth": measure_growth,
}
