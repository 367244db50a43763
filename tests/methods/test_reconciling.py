"""Piles of several tables, brought together: what the tables said to differ stays apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.methods.clustering import pile_vectors, reconciled
from facilitator.methods.clustering.embedding import unit

FLAT = {"east": 0.0, "near east": 0.15, "north": 1.57, "near north": 1.5, "west": 3.1}


def at(*angles):
    return unit(np.array([[np.cos(angle), np.sin(angle)] for angle in angles], np.float32))


def named(*piles):
    """(table, name, theme) of piles that point where their name says; groups as sets of names, the first before."""
    tables, names, owners = zip(*((table, name, theme) for table, name, theme in piles), strict=True)
    vectors = at(*(FLAT[name] for name in names))
    return [[names[place] for place in group] for group in reconciled(vectors, tables, names, owners)]


def test_piles_of_several_tables_that_are_alike_are_one_theme_and_a_lonely_one_stays():
    piles = [(1, "east", None), (1, "north", None), (2, "near east", None), (2, "near north", None), (3, "west", None)]
    assert named(*piles) == [["east", "near east"], ["north", "near north"], ["west"]]


def test_what_one_table_holds_apart_is_never_joined_even_through_others():
    assert named((1, "east", None), (1, "near east", None)) == [["east"], ["near east"]]
    joined = named((1, "east", None), (1, "near east", None), (2, "east", None))
    assert joined == [["east", "east"], ["near east"]]


def test_the_same_name_is_one_theme_whatever_the_notes_say():
    vectors = at(FLAT["east"], FLAT["west"])
    assert reconciled(vectors, [1, 2], ["Parking", " parking"], [None, None]) == [[0, 1]]
    assert reconciled(vectors, [1, 1], ["Parking", "Parking"], [None, None]) == [[0], [1]]


def test_what_lies_in_one_theme_is_together_and_in_two_apart():
    found = named((1, "east", 7), (1, "west", 7), (2, "near east", 8))
    assert [sorted(group) for group in found] == [["east", "west"], ["near east"]]


def test_the_first_is_nearest_to_the_middle():
    assert named((1, "near east", None), (2, "east", None), (3, "near north", None))[0][0] == "near east"


def test_nothing_and_one_pile():
    assert reconciled(np.zeros((0, 2), np.float32), [], [], []) == []
    assert reconciled(at(1.0), [4], ["Only"], [None]) == [[0]]


def test_what_all_piles_share_says_nothing_of_any():
    common = np.array([1, 0, 0, 0], np.float32)
    own = np.eye(4, dtype=np.float32)[1:]
    rows = unit(np.array([3 * common + own[each % 3] for each in range(30)]))
    about = pile_vectors(rows, [rows[[each]] for each in range(30)])
    assert (about[0] @ about[3] > 0.9, about[0] @ about[1] < 0) == (True, True)


PILES = st.lists(
    st.tuples(
        st.integers(1, 5), st.sampled_from("abcdef"), st.sampled_from([None, None, None, 1, 2]), st.floats(0, 6.2)
    ),
    max_size=24,
)


@given(PILES, st.randoms())
def test_whatever_they_are_and_in_whatever_order(piles, chance):
    shuffled = chance.sample(range(len(piles)), len(piles))
    found, again = groups_of(piles), groups_of([piles[place] for place in shuffled])
    assert sorted(place for group in found for place in group) == list(range(len(piles)))
    same = [[shuffled[place] for place in group] for group in again]
    assert [[piles[place] for place in group] for group in same] == [
        [piles[place] for place in group] for group in found
    ]
    for group in found:
        free = [piles[place][0] for place in group if piles[place][2] is None]
        held = {piles[place][2] for place in group} - {None}
        taken = {piles[place][0] for place in group if piles[place][2] is not None}
        assert len(free) == len(set(free))
        assert len(held) <= 1
        assert not taken & set(free)


def groups_of(piles):
    tables, names, owners, angles = ([pile[part] for pile in piles] for part in range(4))
    vectors = at(*angles) if piles else np.zeros((0, 2), np.float32)
    return reconciled(vectors, tables, names, owners)


@pytest.mark.parametrize("theme", [1, 2])
def test_piles_of_one_theme_are_always_together(theme):
    piles = [(table, name, owner, 0.0) for table, name, owner in [(1, "a", 1), (1, "b", 2), (2, "c", 1), (3, "d", 2)]]
    [group] = [group for group in groups_of(piles) if piles[group[0]][2] == theme]
    assert sorted(piles[place][2] for place in group) == [theme, theme]
