"""Counting: what must hold for any dots, and a few counted by hand."""

from hypothesis import given
from hypothesis import strategies as st

from facilitator.methods.tally import Count, Line, count, places, ranked, shifted

TARGETS = ["shade", "benches", "light", "parking", "garden"]
dots = st.lists(st.tuples(st.integers(1, 12), st.sampled_from(TARGETS)), max_size=60)


def figures(lines):
    return {line.target: (line.dots, line.voters, line.rank, line.tied) for line in lines}


def scored(*dots):
    return ranked([Line(number, dots=each, voters=each) for number, each in enumerate(dots)])


@given(given_dots=dots, order=st.randoms())
def test_the_order_in_which_dots_came_changes_nothing(given_dots, order):
    shuffled = list(given_dots)
    order.shuffle(shuffled)
    assert count(TARGETS, shuffled) == count(TARGETS, given_dots)


@given(given_dots=dots, order=st.permutations(TARGETS))
def test_the_order_of_the_list_changes_no_figure(given_dots, order):
    assert figures(count(order, given_dots)) == figures(count(TARGETS, given_dots))


@given(given_dots=dots)
def test_nothing_is_lost_and_nothing_added(given_dots):
    lines = count(TARGETS, given_dots)
    assert sorted(line.target for line in lines) == sorted(TARGETS)
    assert sum(line.dots for line in lines) == len(given_dots)
    for line in lines:
        assert line.voters == len({voter for voter, target in given_dots if target == line.target})


@given(given_dots=dots)
def test_a_rank_is_one_more_than_the_number_of_those_before(given_dots):
    lines = count(TARGETS, given_dots)
    score = {line.target: (line.dots, line.voters) for line in lines}
    for line in lines:
        assert line.rank == 1 + sum(other > score[line.target] for other in score.values())
        assert line.tied == (list(score.values()).count(score[line.target]) > 1)


def test_equals_share_a_rank_and_the_next_is_skipped():
    assert [(line.rank, line.tied) for line in scored(9, 5, 5, 1)] == [(1, False), (2, True), (2, True), (4, False)]


def test_more_people_come_before_fewer_with_the_same_dots():
    lines = count(["few", "many"], [(1, "few"), (1, "few"), (2, "many"), (3, "many")])
    assert figures(lines) == {"many": (2, 2, 1, False), "few": (2, 1, 2, False)}


def test_ties_are_listed_in_the_order_given():
    assert [line.target for line in count(["b", "a"], [(1, "a"), (2, "b")])] == ["b", "a"]


def test_dots_on_what_is_not_there_are_left_out():
    assert count(["shade"], [(1, "gone")]) == [Line("shade", rank=1)]


def test_paper_and_hands_are_added_and_named():
    by_hand = [Count("shade", "paper", 4, 2), Count("shade", "hands", 3, 3), Count("gone", "hands", 9, 9)]
    (line,) = count(["shade"], [(1, "shade"), (1, "shade")], by_hand)
    assert (line.dots, line.voters) == (9, 6)
    assert line.sources == {"phone": 2, "paper": 4, "hands": 3}


@given(first=dots, second=dots)
def test_the_shift_is_the_difference_to_the_round_before(first, second):
    before, after = count(TARGETS, first), count(TARGETS, second)
    earlier = {line.target: line.dots for line in before}
    assert [line.shift for line in shifted(after, before)] == [line.dots - earlier[line.target] for line in after]


def test_what_is_new_in_the_second_round_started_from_nothing():
    assert [line.shift for line in shifted([Line("new", dots=3)], [Line("old", dots=5)])] == [3]


def test_there_is_no_shift_in_a_first_round():
    assert [line.shift for line in scored(3)] == [None]


def test_places_go_from_the_last_to_the_first_and_equals_come_together():
    assert places(scored(9, 5, 5, 1), 8) == [4, 2, 1]


def test_a_tie_at_the_edge_is_shown_whole_and_what_is_behind_it_has_no_place():
    assert places(scored(9, 5, 5, 5, 1), 2) == [2, 1]


def test_what_got_no_dot_has_no_place():
    assert places(scored(2, 0, 0), 8) == [1]
    assert places(scored(0, 0), 8) == []


@given(given_dots=dots, most=st.integers(1, 6))
def test_each_place_is_somebodys_rank_once(given_dots, most):
    lines = count(TARGETS, given_dots)
    found = places(lines, most)
    assert found == sorted({line.rank for line in lines if line.dots and line.rank <= most}, reverse=True)
