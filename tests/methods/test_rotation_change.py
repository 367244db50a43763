"""A plan under way: whoever needn't move stays, constraints hold, and what happened isn't rewritten."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitator.methods.rotation import (
    Impossible,
    Reason,
    add_table,
    correct,
    exchange,
    join,
    leave,
    merge,
    numbered,
    plan,
    replan,
    succeed,
    under_way,
)

QUICK = settings(max_examples=40, deadline=None)
APART, TOGETHER = [(20, 30), (21, 31, 41)], [(50, 51)]


def cafe(hosts=12, now=0):
    return under_way(plan(numbered(60, 12, 3, hosts, apart=APART, together=TOGETHER)), now)


def seats(course):
    return {
        (r, guest): table
        for r, tables in enumerate(course.rounds)
        for table, guests in enumerate(tables)
        for guest in guests
    }


def moved(before, after):
    """Who sits elsewhere in some round in which they sit before and after."""
    now = seats(after)
    return {guest for (r, guest), table in seats(before).items() if now.get((r, guest), table) != table}


def check(course):
    """Nobody sits twice, hosts stay in rounds to come, closed tables are empty, constraints hold."""
    for tables in course.rounds:
        everybody = [guest for guests in tables for guest in guests]
        assert len(everybody) == len(set(everybody))
        for guests in tables:
            assert [pair for group in course.apart for pair in combinations(group, 2) if set(pair) <= set(guests)] == []
            assert [group for group in course.together if 0 < len(group & set(guests)) < len(group)] == []
    for r in course.coming:
        present = course.guests(r)
        assert {t: course.table_of(host, r) for t, host in course.hosts.items() if host in present} == {
            t: t for t, host in course.hosts.items() if host in present
        }
        assert [table for table in course.closed if course.rounds[r][table]] == []
        assert [table for table in course.tables if len(course.rounds[r][table]) < course.enough(r)] == []


@QUICK
@given(gone=st.sets(st.integers(13, 49), min_size=6, max_size=6), hosts=st.sampled_from([0, 12]), seated=st.booleans())
def test_a_tenth_of_the_guests_changes_and_nobody_else_moves_or_meets_again(gone, hosts, seated):
    before = cafe(hosts)
    after = exchange(before, range(101, 107), gone, since=None if seated else 1)
    check(after)
    assert (moved(before, after), after.repeats - before.repeats) == (set(), 0)
    assert after.guests(2) == before.guests(2) - gone | set(range(101, 107))
    assert after.rounds[0] == before.rounds[0] or seated


@QUICK
@given(newcomers=st.integers(1, 12))
def test_late_comers_go_to_the_smallest_tables_and_make_none_too_large(newcomers):
    before = cafe()
    after = join(before, range(101, 101 + newcomers))
    check(after)
    assert moved(before, after) == set()
    assert sorted(map(len, after.rounds[0])) == [5] * (12 - newcomers) + [6] * newcomers
    assert max(len(guests) for tables in after.rounds for guests in tables) <= 7


def test_a_late_comer_sits_with_the_guest_they_belong_to():
    course = replace(cafe(), together=(frozenset([40, 101]), frozenset([50, 51])))
    after = join(course, [101])
    check(after)
    assert [after.table_of(101, r) for r in range(3)] == [after.table_of(40, r) for r in range(3)]


def test_who_has_a_seat_in_some_rounds_keeps_it_there():
    before = join(cafe(), [101], since=1)
    after = join(before, [101, 102], since=0)
    check(after)
    assert moved(before, after) == set()
    assert [after.guests(r) - before.guests(r) for r in range(3)] == [{101, 102}, {102}, {102}]


def test_a_host_without_a_seat_in_a_round_sits_at_the_own_table():
    before = cafe().without([7], [1, 2])
    after = join(before, [7], since=1)
    check(after)
    assert [after.table_of(7, r) for r in range(3)] == [6, 6, 6]


def test_groups_that_share_a_guest_are_one():
    course = replace(cafe(), together=(frozenset([101, 40]), frozenset([101, 102])))
    after = join(course, [101, 102])
    check(after)
    assert [after.table_of(102, r) for r in range(3)] == [after.table_of(40, r) for r in range(3)]


def test_a_late_comer_kept_apart_from_everybody_is_refused():
    course = replace(cafe(), apart=tuple(frozenset([101, guest]) for guest in range(1, 61)))
    with pytest.raises(Impossible) as refused:
        join(course, [101])
    assert (refused.value.reason, refused.value.guests) == (Reason.NOT_FOUND, (101,))


def test_a_table_that_nearly_dies_out_gets_company_in_rounds_to_come():
    before = cafe(0)
    gone = set(before.rounds[1][3][:4])
    after = leave(before, gone, since=1)
    check(after)
    assert len(after.rounds[1][3]) == 2
    assert len(moved(before, after)) == 1
    assert after.rounds[0] == before.rounds[0]


@QUICK
@given(table=st.integers(0, 11), now=st.integers(-1, 2))
def test_when_a_host_goes_home_one_guest_of_the_table_stays(table, now):
    before = cafe(now=now)
    after = succeed(before, table)
    check(after)
    successor = after.hosts[table]
    assert moved(before, after) <= {successor}
    assert successor in before.rounds[max(0, now)][table]
    assert [after.table_of(successor, r) for r in range(max(0, now), 3)] == [table] * (3 - max(0, now))
    assert before.hosts[table] not in after.guests(2)


def test_the_successor_can_be_named():
    after = succeed(cafe(), 4, 33, since=1)
    check(after)
    assert (after.hosts[4], after.table_of(33, 1), after.table_of(33, 2)) == (33, 4, 4)


def test_a_host_who_leaves_with_others_has_a_successor_too():
    after = leave(cafe(), [3, 25])
    check(after)
    assert after.hosts[2] in after.rounds[0][2]


@QUICK
@given(table=st.integers(0, 11), now=st.integers(-1, 1))
def test_closing_a_table_moves_only_its_own_guests(table, now):
    before = cafe(now=now)
    after = merge(before, table)
    check(after)
    first = max(0, now)
    displaced = {guest for tables in before.rounds[first:] for guest in tables[table]}
    assert moved(before, after) == displaced
    assert after.rounds[:first] == before.rounds[:first]
    stayed = {key: at for key, at in seats(before).items() if key[0] >= first and at != table}
    assert {key: seats(after)[key] for key in stayed} == stayed


def test_a_table_is_merged_into_the_one_that_is_named():
    before = cafe(0)
    after = merge(before, 2, [7], since=1)
    check(after)
    assert after.rounds[2][7] == sorted(before.rounds[2][2] + before.rounds[2][7])
    with pytest.raises(Impossible):
        merge(after, 5, [2])


@QUICK
@given(hosts=st.sampled_from([0, 12]), now=st.integers(-1, 1), host=st.sampled_from([None, 44]))
def test_a_new_table_takes_no_more_than_an_even_share(hosts, now, host):
    before = cafe(hosts, now)
    after = add_table(before, host)
    check(after)
    coming = range(now + 1, 3)
    assert [len(after.rounds[r][12]) for r in coming] == [4] * len(coming)
    assert [len(tables) for tables in after.rounds] == [13 if r in coming else 12 for r in range(3)]
    stayed = {key: at for key, at in seats(after).items() if at != 12}
    assert {key: seats(before)[key] for key in stayed} == stayed
    assert after.hosts.get(12) == host


def test_a_correction_is_a_fact_and_moves_nobody_else():
    before = cafe(now=1)
    table = (before.table_of(37, 1) + 1) % 12
    after = correct(before, 37, table)
    assert seats(after) == {**seats(before), (1, 37): table}
    assert seats(correct(before, 37, table, 0)) == {**seats(before), (0, 37): table}


@settings(max_examples=8, deadline=None)
@given(gone=st.sets(st.integers(13, 49), max_size=10), astray=st.integers(13, 19), hosts=st.sampled_from([0, 12]))
def test_planning_anew_keeps_the_facts(gone, astray, hosts):
    before = leave(cafe(hosts, 0), gone)
    before = correct(before, astray, 5) if astray not in gone else before
    after = replan(merge(before, 11, since=1), since=1)
    check(after)
    assert after.rounds[0] == before.rounds[0]
    assert [after.guests(r) for r in (1, 2)] == [before.guests(r) for r in (1, 2)]
    for tables in after.rounds[1:]:
        sizes = [len(tables[table]) for table in after.tables]
        assert max(sizes) - min(sizes) <= 1
    assert after.repeats - before_repeats(after) == 0
    assert replan(after) == replan(after)


def before_repeats(course):
    """What can't be avoided: the couple that is kept together."""
    return sum(group <= course.guests(r) for group in course.together for r in (1, 2))


def test_after_the_last_round_nothing_is_planned():
    course = cafe(now=2)
    assert replan(course) is course
