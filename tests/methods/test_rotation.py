"""Seating: what must hold for every plan, counted here a second time, and the instances a hall is likely to be."""

from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from facilitator.methods.rotation import Impossible, Reason, explained, numbered, plan, under_way
from facilitator.methods.rotation.bound import certificate
from facilitator.methods.rotation.construction import rings
from facilitator.methods.rotation.groups import field, prime_power

QUICK = settings(max_examples=40, deadline=None)


@st.composite
def parties(draw, constrained=False):
    tables, rounds = draw(st.integers(2, 9)), draw(st.integers(1, 4))
    guests = draw(st.integers(tables, 6 * tables))
    asked = {"hosts": draw(st.integers(0, tables))}
    if constrained:
        some = st.lists(st.integers(1, guests), min_size=2, max_size=min(3, guests), unique=True)
        asked["apart"] = draw(st.lists(some, max_size=3)) if guests > 1 else []
        asked["together"] = draw(st.lists(some, max_size=2)) if guests > 1 else []
        labels = draw(st.lists(st.sampled_from("abc"), min_size=guests, max_size=guests))
        asked["categories"] = [dict(enumerate(labels, 1))]
    try:
        return numbered(guests, tables, rounds, **asked)
    except Impossible:
        assume(False)


def found(party, seed=0):
    """A quick plan; None where groups don't go round the tables, or guests can't be kept apart."""
    try:
        return plan(party, seed, quick=True)
    except Impossible:
        return None


def met(rounds):
    """(one, other) → rounds in which they share a table, counted guest by guest."""
    where = [{guest: t for t, guests in enumerate(tables) for guest in guests} for tables in rounds]
    people = sorted(where[0])
    return {
        (one, other): sum(table[one] == table[other] for table in where)
        for one in people
        for other in people
        if one < other
    }


def check(made):
    party = made.party
    assert len(made.rounds) == party.rounds
    for tables in made.rounds:
        assert sorted(guest for guests in tables for guest in guests) == list(party.guests)
        assert [guests for guests in tables if guests != sorted(guests)] == []
        assert sorted(map(len, tables), reverse=True) == party.sizes
        assert {table: host for table, host in party.hosts.items() if host in tables[table]} == party.hosts
    meetings = met(made.rounds)
    assert [pair for group in party.apart for pair in combinations(sorted(group), 2) if meetings[pair]] == []
    together = [pair for group in party.together for pair in combinations(sorted(group), 2)]
    assert [pair for pair in together if meetings[pair] != party.rounds] == []
    assert made.repeats == sum(max(0, count - 1) for count in meetings.values())
    assert made.certificate.forced == len(together) * (party.rounds - 1)
    assert made.certificate.floor <= made.bound <= made.repeats
    assert made.is_proved_best == (made.bound == made.repeats)
    visits = Counter((guest, t) for tables in made.rounds for t, guests in enumerate(tables) for guest in guests)
    stay = set(party.hosts.values()).union(*(group for group in party.together if group & set(party.hosts.values())))
    assert made.revisits == sum(count - 1 for (guest, _), count in visits.items() if guest not in stay)


@pytest.mark.parametrize(
    ("guests", "tables", "rounds", "hosts"),
    [
        (16, 4, 4, 4),
        (32, 8, 6, 0),
        (32, 8, 6, 8),
        (60, 10, 3, 0),
        (60, 10, 3, 10),
        (93, 15, 4, 15),
        (108, 15, 4, 15),
        (200, 25, 4, 0),
        (200, 25, 4, 25),
        (500, 60, 3, 0),
        (500, 60, 3, 60),
    ],
)
def test_nobody_meets_twice_and_nobody_comes_to_a_table_again(guests, tables, rounds, hosts):
    made = plan(numbered(guests, tables, rounds, hosts))
    check(made)
    assert (made.repeats, made.bound, made.revisits, made.is_proved_best) == (0, 0, 0, True)
    assert made.hosts == list(range(1, hosts + 1))


@pytest.mark.parametrize(
    ("guests", "tables", "rounds", "repeats"),
    [(16, 4, 4, 0), (16, 4, 5, 0), (36, 6, 3, 0), (80, 10, 5, 0), (30, 6, 5, 0), (12, 3, 3, 9), (36, 6, 4, 2)],
)
def test_where_few_tables_force_people_to_meet_again_no_more_do_than_must(guests, tables, rounds, repeats):
    made = plan(numbered(guests, tables, rounds))
    check(made)
    assert (made.repeats, made.bound) == (repeats, repeats)


@QUICK
@given(party=parties())
def test_every_plan_is_valid(party):
    check(plan(party))


@QUICK
@given(party=parties(constrained=True))
def test_what_was_asked_for_holds_at_every_table(party):
    made = found(party)
    assume(made)
    check(made)


def test_two_pairs_have_no_place_at_tables_of_which_one_alone_has_two_seats():
    with pytest.raises(Impossible):
        plan(numbered(4, 3, 1, together=[(1, 2), (3, 4)]), quick=True)


@settings(max_examples=15, deadline=None)
@given(party=parties(constrained=True), seed=st.integers(0, 99))
def test_the_same_seed_gives_the_same_plan(party, seed):
    made = found(party, seed)
    assume(made)
    assert made.rounds == found(party, seed).rounds


def rounds_of(guests, tables):
    """All ways to seat one round, tables in the order of their first guests."""
    if not guests:
        yield []
        return
    size = len(guests) // tables
    for others in combinations(guests[1:], size - 1):
        rest = [guest for guest in guests[1:] if guest not in others]
        yield from ([[guests[0], *others], *more] for more in rounds_of(rest, tables - 1))


@pytest.mark.parametrize(("guests", "tables", "rounds"), [(4, 2, 4), (6, 2, 3), (6, 3, 3), (8, 2, 3), (9, 3, 2)])
def test_of_all_plans_there_are_none_beats_the_bound(guests, tables, rounds):
    party = numbered(guests, tables, rounds)
    every = list(rounds_of(list(party.guests), tables))
    proofs = {certificate(party, [every[0], *others]) for others in product(every, repeat=rounds - 1)}
    assert [proof for proof in proofs if proof.repeats < proof.bound] == []
    best = plan(party).certificate
    assert best.repeats == min(proof.repeats for proof in proofs if proof.welds <= best.welds)


def test_two_hundred_with_all_that_can_be_asked_for():
    labels = {guest: "abcd"[guest * 7 % 4] for guest in range(1, 201)}
    apart, together = [range(30, 50), (60, 70), (80, 90, 100)], [(101, 102), (103, 104, 105)]
    made = plan(numbered(200, 25, 4, 25, apart=apart, together=together, categories=[labels]))
    check(made)
    assert (made.repeats - made.certificate.forced, made.is_proved_best) == (0, True)
    mixed = [Counter(labels[guest] for guest in guests) for tables in made.rounds for guests in tables]
    assert (set(mixed[0].values()), [each for each in mixed if each != mixed[0]], made.unevenness) == ({2}, [], 0)


@pytest.mark.parametrize(
    ("asked", "reason", "guests"),
    [
        ({"hosts": 4}, Reason.HOSTS, (1, 2, 3, 4)),
        ({"apart": [(3, 99)]}, Reason.UNKNOWN, (99,)),
        ({"together": [(1, 2, 3), (3, 4, 5)]}, Reason.TOGETHER_TOO_LARGE, (1, 2, 3, 4, 5)),
        ({"hosts": 3, "together": [(1, 9), (9, 2)]}, Reason.HOSTS_TOGETHER, (1, 2)),
        ({"apart": [(1, 2, 3, 4)]}, Reason.APART_TOO_MANY, (1, 2, 3, 4)),
        ({"apart": combinations((5, 6, 7, 8), 2)}, Reason.APART_TOO_MANY, (5, 6, 7, 8)),
        ({"hosts": 3, "apart": [(1, 9), (2, 9), (3, 9)]}, Reason.APART_TOO_MANY, (1, 2, 3, 9)),
        ({"apart": [(1, 2)], "together": [(1, 2, 3)]}, Reason.APART_AND_TOGETHER, (1, 2)),
    ],
)
def test_what_contradicts_itself_is_refused(asked, reason, guests):
    with pytest.raises(Impossible) as refused:
        numbered(12, 3, 2, **asked)
    assert (refused.value.reason, refused.value.guests) == (reason, guests)


def test_groups_that_leave_no_table_for_one_of_them_are_refused():
    groups = [(1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12)]
    with pytest.raises(Impossible) as refused:
        plan(numbered(12, 3, 2, together=groups))
    assert refused.value.reason == Reason.NO_ROOM


def test_too_few_guests_for_the_tables_are_refused():
    with pytest.raises(Impossible) as refused:
        numbered(2, 3, 1)
    assert refused.value.reason == Reason.TABLES


def test_why_somebody_sits_where_they_sit():
    course = under_way(plan(numbered(12, 4, 3, 4)))
    seat = explained(course, 5, 1)
    assert seat.table == course.table_of(5, 1)
    assert {seat.host, *seat.new} == set(course.rounds[1][seat.table]) - {5}
    assert (seat.again, seat.before, seat.kept) == ({}, (), ())
    host = explained(course, 1, 2)
    assert (host.table, host.host, host.before) == (0, None, (0, 1))
    assert explained(course, 99, 0) is None


@pytest.mark.parametrize("order", [2, 3, 4, 5, 7, 8, 9, 16, 25, 27])
def test_a_field_divides(order):
    add, multiply = field(*prime_power(order))
    elements = range(order)
    for one in elements:
        assert sorted(add(one, other) for other in elements) == list(elements)
        assert not one or sorted(multiply(one, other) for other in elements) == list(elements)
        for other, third in ((2 % order, order - 1), (order - 1, order // 2)):
            assert multiply(one, add(other, third)) == add(multiply(one, other), multiply(one, third))


def test_not_every_number_is_the_order_of_a_field():
    assert [number for number in range(2, 31) if prime_power(number) is None] == [
        *(6, 10, 12, 14, 15, 18, 20, 21, 22, 24, 26, 28, 30)
    ]


@pytest.mark.parametrize("tables", [12, 15, 20, 26, 30])
def test_rows_over_remainders_have_every_difference_once(tables):
    rows, _add = rings(tables, 8, 5)
    assert len(rows) == 8
    for r, s in combinations(range(5), 2):
        assert len({(row[r] - row[s]) % tables for row in rows}) == 8
