"""How the cost of one vote, one idea and one page grows with phones, with ideas on the wall, with the agenda.

The ticks are put off here, so that a request's own cost is not mixed with the one rendering that many requests share;
that one is measured by itself. Costs are processor time of the server: they are the same on a busy machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.bench import residents
from tests.bench.figures import Findings
from tests.bench.hall import Hall, hall
from tests.bench.phones import Flow, Phone
from tests.bench.residents import Sent

NEVER = 3_600_000
"""Milliseconds between two ticks: longer than any run."""
PEOPLE = 100
"""At most, who vote, post and read at each level; they are new each time, with all their dots."""
DOTS, POSTS, PAGES, CHANGES = 2, 60, 60, 20
"""Dots of each of them; ideas, pages and changes of all."""
AGENDA = (3, 30)
GROWS = 1.3
"""Times: what a vote or an idea may cost more at the end of a row than at its beginning, with all that is measured."""
NAMES = {
    "vote": "a vote",
    "post": "an idea",
    "page": "the phone's page while people write",
    "ballot": "the phone's page while people vote",
}
STEADY = ("vote", "post")

Costs = dict[str, float]
"""Milliseconds of the server's processor for each of NAMES."""


def by_phones(found: Findings, steps: list[int], ideas: int) -> None:
    with hall(found.wrong, tick_ms=NEVER) as made:
        made.join(steps[0])
        _collect(made, ideas)
        people = min(PEOPLE, steps[0])
        _add(found, "phones", {phones: _at(made, phones, people) for phones in steps})


def by_ideas(found: Findings, people: int, levels: Iterable[int]) -> None:
    with hall(found.wrong, tick_ms=NEVER) as made:
        costs = {}
        for ideas in levels:
            made.join(len(made.phones) + people)
            _collect(made, ideas)
            costs[ideas] = _costs(made, people)
        _add(found, "ideas", costs)


def by_agenda(found: Findings, people: int, ideas: int, levels: Iterable[int] = AGENDA) -> None:
    with hall(found.wrong, tick_ms=NEVER) as made:
        costs, activities = {}, 1
        for level in levels:
            made.facilitator.lengthen_agenda(made.board, level - activities)
            activities = level
            made.join(len(made.phones) + people)
            _collect(made, ideas)
            costs[level] = _costs(made, people)
        _add(found, "activities", costs)


def renderings(found: Findings, levels: Iterable[int]) -> None:
    """One vote in a quiet room: its own cost, one rendering for the phones, and then for console and projector too."""
    with hall(found.wrong) as made:
        for ideas in levels:
            made.join(len(made.phones) + 2 * CHANGES)
            _collect(made, ideas)
            made.facilitator.move(f"{made.board}-vote")
            made.crowd.rest(1)
            phones = _render(made, made.phones[-CHANGES:])
            made.show()
            made.crowd.rest(1)
            every = _render(made, made.phones[-2 * CHANGES : -CHANGES])
            made.facilitator.hang_up()
            made.projector.hang_up()
            name = f"a vote shown at once, {ideas:,} ideas: "
            found.add(f"growth-phones-ideas-{ideas}", f"{name}to phones", phones, "ms of CPU", digits=2)
            found.add(f"growth-shown-ideas-{ideas}", f"{name}to every screen", every, "ms of CPU", digits=2)


def _render(made: Hall, people: list[Phone]) -> float:
    sent, cpu = Sent(), made.product.cpu()
    for phone in people:
        goal = sent.answered + 1
        phone.do(residents.dot(phone, made.board, residents.new_id(), next(iter(made.authors)), sent))
        made.crowd.run(lambda goal=goal: sent.answered >= goal)
        made.crowd.rest(0.4)
    return 1000 * (made.product.cpu() - cpu) / len(people)


def _at(made: Hall, phones: int, people: int) -> Costs:
    made.join(phones)
    made.facilitator.move(f"{made.board}-collect")
    return _costs(made, people)


def _collect(made: Hall, ideas: int) -> None:
    made.facilitator.move(f"{made.board}-collect")
    made.fill(ideas)


def _costs(made: Hall, newest: int) -> Costs:
    """The room is collecting before; what is posted here is taken away again."""
    people, ideas, sent = made.phones[-newest:], list(made.authors), Sent()
    written: dict[str, Phone] = {}

    def post(phone: Phone) -> Flow:
        number = residents.new_id()
        written[number] = phone
        return residents.idea(phone, made.board, number, sent)

    def vote(phone: Phone) -> Flow:
        return residents.dot(phone, made.board, residents.new_id(), made.random.choice(ideas), sent)

    def page(phone: Phone) -> Flow:
        return residents.page(phone, sent)

    costs = {"post": _cost(made, POSTS, people, post)}
    made.few_at_once([(phone, residents.unsaid(phone, made.board, each, Sent())) for each, phone in written.items()])
    costs["page"] = _cost(made, PAGES, people, page)
    made.facilitator.move(f"{made.board}-vote")
    costs["vote"] = _cost(made, DOTS * newest, people, vote)
    costs["ballot"] = _cost(made, PAGES, people, page)
    if len(sent.taken) != POSTS + DOTS * newest + 2 * PAGES:
        raise AssertionError(f"only {len(sent.taken)} requests were accepted")
    return costs


def _cost(made: Hall, times: int, people: list[Phone], deed: Callable[[Phone], Flow]) -> float:
    cpu = made.product.cpu()
    made.few_at_once([(people[number % len(people)], deed(people[number % len(people)])) for number in range(times)])
    return 1000 * (made.product.cpu() - cpu) / times


def _add(found: Findings, axis: str, costs: dict[int, Costs]) -> None:
    first, last = min(costs), max(costs)
    for key, name in NAMES.items():
        for level, each in costs.items():
            found.add(f"growth-{key}-{axis}-{level}", f"{name}, {level:,} {axis}", each[key], "ms of CPU", digits=2)
        if key in STEADY:
            times = costs[last][key] / costs[first][key]
            title = f"{name}: {last:,} against {first:,} {axis}"
            found.add(f"growth-{key}-{axis}", title, times, "times", digits=2, at_most=GROWS)
