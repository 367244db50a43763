"""A proposal is made while the room votes: do the screens wait for it?"""

from __future__ import annotations

from tests.bench.figures import Findings, percentile, spread
from tests.bench.hall import Hall
from tests.bench.phones import Phone
from tests.bench.residents import Sent
from tests.bench.storms import Board

SECONDS = 8
"""Of voting before the export and beside it."""
DOTS = 5
TIMES_SLOWER = 2.0
LONGEST = 60
"""Seconds that the export may take."""


def export(made: Hall, found: Findings) -> None:
    """Half of the dots while nothing else goes on, the other half beside an export."""
    made.move("vote")
    plan, sent, board = made.choices(DOTS), Sent(), Board(made)
    half = len(plan) // 2
    _vote(made, plan[:half], sent)
    made.facilitator.export_pdf()
    _vote(made, plan[half:], sent)
    made.crowd.run(lambda: _is_done(made), LONGEST)
    made.crowd.rest(1)
    board.close()
    late = board.staleness(sent)["console"]
    quiet, beside = ([late[dot] for _phone, dot, _idea in part] for part in (plan[:half], plan[half:]))
    name = f"{len(made.phones):,} phones vote: until the console, p99"
    without, with_it = (1000 * percentile(part, 0.99) for part in (quiet, beside))
    found.add("export-without", f"{name}, nothing else", without, "ms", note=spread(quiet))
    found.add("export-beside", f"{name}, beside a PDF export", with_it, "ms", note=spread(beside))
    times = with_it / without
    found.add("export-times", "beside a PDF export the p99 grows", times, "times", digits=2, at_most=TIMES_SLOWER)


def _vote(made: Hall, plan: list[tuple[Phone, str, str]], sent: Sent) -> None:
    goal = sent.answered + len(plan)
    made.vote(plan, len(plan) / SECONDS, sent)
    made.crowd.run(lambda: sent.answered >= goal)


def _is_done(made: Hall) -> bool:
    """Asked of the database now and then."""
    made.crowd.rest(0.2)
    return made.product.rows("SELECT status FROM export") == [("done",)]
