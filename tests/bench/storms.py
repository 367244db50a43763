"""Everybody at once: a hall that posts, a hall that votes. Nothing lost, nothing doubled, nobody waits."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from tests.bench import residents
from tests.bench.figures import Findings, percentile, spread
from tests.bench.hall import Hall, Spent
from tests.bench.phones import Patch, Phone
from tests.bench.residents import Sent

IDEAS = 60
"""Ideas on the wall when people vote."""
BUDGET = 5
AGAIN = 0.05
"""Share of the dots that are sent twice, as bad reception makes it."""
_DOTS = re.compile(r"(\d+) of \d+ people have placed (\d+) dot")
_NUMBER = re.compile(r">\D*(\d+)")


@dataclass(frozen=True)
class Goal:
    ack_ms: float | None = None
    stale_ms: float | None = None
    core_percent: float | None = None


def votes(
    made: Hall, found: Findings, key: str, rate: float, goal: Goal, label: str = "", *, over_http: bool = False
) -> None:
    """Everybody places every dot, so many a second, and some dots are sent twice."""
    made.move("vote")
    made.crowd.rest(1)
    plan = made.choices(BUDGET)
    every = [*plan, *made.random.sample(plan, int(AGAIN * len(plan)))]
    sent, board, spent = Sent(), Board(made), Spent(made.product)
    patches, size = made.crowd.patches, made.crowd.patch_bytes
    made.vote(every, rate, sent, over_http=over_http)
    made.crowd.run(lambda: sent.answered >= len(every), 180)
    spent.stop()
    made.crowd.rest(1.5)
    board.close()
    _votes_found(made, found, key, sent, len(plan), label)
    who = f"{label}{len(made.phones):,} phones, {rate:,.0f} votes/s"
    ack = 1000 * percentile(sent.seconds, 0.95)
    found.add(f"{key}-ack", f"{who}: answer, p95", ack, "ms", at_most=goal.ack_ms, note=spread(sent.seconds))
    for name, each in board.staleness(sent).items():
        late = list(each.values())
        stale = 1000 * percentile(late, 0.95)
        found.add(
            f"{key}-stale-{name.replace(' ', '-')}",
            f"{who}: until {name}, p95",
            stale,
            "ms",
            at_most=goal.stale_ms,
            note=spread(late),
        )
    each = (made.crowd.patch_bytes - size) / (made.crowd.patches - patches)
    found.add(f"{key}-bytes", f"{who}: one patch", each, "bytes")
    note = f"client {spent.client_share:.0f} % of a core; {len(every) / spent.seconds:.0f} votes/s answered"
    note += f", {100 * sent.quick / len(every):.0f} % over the socket"
    found.add(f"{key}-core", f"{who}: server", spent.server_share, "% of a core", at_most=goal.core_percent, note=note)


def _votes_found(made: Hall, found: Findings, key: str, sent: Sent, dots: int, label: str) -> None:
    who = f"{label}{len(made.phones):,} phones"
    kept = made.product.rows("SELECT id, participant_id FROM dot WHERE withdrawn_at IS NULL")
    of_one: dict[int, int] = defaultdict(int)
    for _dot, person in kept:
        of_one[person] += 1
    ids = [row[0] for row in kept]
    found.equal(f"{key}-accepted", f"{who}: dots acknowledged", dots, len(sent.taken))
    found.equal(f"{key}-lost", f"{who}: dots lost", 0, len(sent.taken - set(ids)))
    found.equal(f"{key}-doubled", f"{who}: dots doubled", 0, len(ids) - len(sent.at.keys() & set(ids)))
    over = sum(count != BUDGET for count in of_one.values())
    found.equal(f"{key}-budget", f"{who}: people with too many or too few dots", 0, over)


class Board:
    """What the screens show while people vote, and when: the count of people on all, the count of dots on the console.

    Which dots a screen has counted is known by their order in the database.
    """

    def __init__(self, made: Hall) -> None:
        self._made = made
        self._counts: dict[tuple[str, int], int] = {}
        self._shown: dict[Phone, list[tuple[float, int]]] = defaultdict(list)
        made.crowd.heard = self._hear

    def close(self) -> None:
        self._made.crowd.heard = None

    def staleness(self, sent: Sent) -> dict[str, dict[str, float]]:
        """Dot → seconds from sending it until it was counted on the console; of each person the first one elsewhere."""
        dots = self._made.product.rows("SELECT id, participant_id FROM dot ORDER BY placed_at, id")
        seen: set[int] = set()
        firsts = [dot for dot, person in dots if not (person in seen or seen.add(person))]
        console, projector = self._made.facilitator, self._made.projector
        return {
            "console": self._late([console], [row[0] for row in dots], sent),
            "projector": self._late([projector], firsts, sent),
            "last phone": self._late(self._made.phones, firsts, sent),
        }

    def _late(self, screens: list[Phone], dots: list[str], sent: Sent) -> dict[str, float]:
        reached = [0.0] * len(dots)
        for screen in screens:
            before = 0
            for moment, count in self._shown[screen]:
                for number in range(before, min(count, len(dots))):
                    reached[number] = max(reached[number], moment)
                before = max(before, count)
            if before < len(dots):
                raise AssertionError(f"a screen ({screen.seat['audience']}) counted {before} of {len(dots)}")
        return {dot: moment - sent.at[dot] for moment, dot in zip(reached, dots, strict=True)}

    def _hear(self, screen: Phone, patch: Patch) -> None:
        if not patch.fragment.endswith("-stage"):
            return
        key = patch.fragment, patch.version
        if key not in self._counts:
            self._counts[key] = _count(patch)
        self._shown[screen].append((patch.moment, self._counts[key]))


def _count(patch: Patch) -> int:
    """How many dots (console) or people (phone, projector) this stage counts."""
    text = patch.payload.decode()
    if patch.fragment == "console-stage":
        return int(_DOTS.search(text)[2])
    return int(_NUMBER.search(text)[1])


def posts(made: Hall, found: Findings, ideas: int, seconds: float) -> None:
    """So many ideas in some seconds, each from another phone; then all of them on every screen."""
    made.move("collect")
    sent, spent = Sent(), Spent(made.product)
    phones = made.random.sample(made.phones, min(ideas, len(made.phones)))
    flows = [(phone, residents.idea(phone, made.board, residents.new_id(), sent)) for phone in phones]
    made.spread(ideas / seconds, flows)
    made.crowd.run(lambda: sent.answered >= len(flows), 180)
    spent.stop()
    made.crowd.rest(1)
    kept = [row[0] for row in made.product.rows("SELECT id FROM statement")]
    who = f"{len(made.phones):,} phones, {len(flows):,} ideas in {seconds:g} s"
    found.equal("posts-lost", f"{who}: lost", 0, len(sent.taken - set(kept)))
    found.equal("posts-doubled", f"{who}: doubled", 0, len(kept) - len(sent.at.keys() & set(kept)))
    found.equal("posts-accepted", f"{who}: acknowledged", len(flows), len(sent.taken))
    ack = 1000 * percentile(sent.seconds, 0.95)
    found.add("posts-ack", f"{who}: answer, p95", ack, "ms", note=spread(sent.seconds))
    found.add(
        "posts-core", f"{who}: server", spent.server_share, "% of a core", note=f"client {spent.client_share:.0f} %"
    )
