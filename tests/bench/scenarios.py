"""What `bin/bench` measures, in this order. Each scenario has a hall of its own, freshly started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.figures import Findings
from tests.bench.hall import hall
from tests.bench.joins import joins
from tests.bench.restart import restart
from tests.bench.storms import IDEAS, Goal, posts, votes


@dataclass(frozen=True)
class Size:
    """How large the hall is: figures for `phones`, and for a tenth, a half and twice as many where cost grows."""

    phones: int = 1000
    is_quick: bool = False

    @property
    def steps(self) -> list[int]:
        return [self.phones // 10, self.phones // 2, self.phones, 2 * self.phones]


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


def _vote(found: Findings, key: str, people: int, rate: float, goal: Goal, database_url: str = "") -> None:
    with hall(found.wrong, database_url=database_url) as made:
        made.show()
        made.join(people)
        made.move("collect")
        made.fill(IDEAS)
        votes(made, found, key, rate, goal)


def measure_restart(size: Size, found: Findings) -> None:
    with hall(found.wrong) as made:
        made.show()
        made.join(size.phones)
        made.move("collect")
        made.fill(IDEAS)
        restart(made, found, 2)


SCENARIOS: dict[str, Callable[[Size, Findings], None]] = {
    "joins": measure_joins,
    "posts": measure_posts,
    "votes": measure_votes,
    "votes-double": measure_votes_double,
    "restart": measure_restart,
}
