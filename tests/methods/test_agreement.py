"""How far a room agrees: what must hold for any proposals, and a few counted by hand."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.methods.agreement import NOTHING, agreements

THEMES = [1, 2, 3, None]
HEIRS = {1: 1, 2: 2, 3: 3}
proposals = st.dictionaries(st.tuples(st.integers(1, 12), st.sampled_from("ab")), st.sampled_from(THEMES), max_size=24)
"""(person, idea) → theme"""


def counted(given):
    return [(idea, theme, people) for (idea, theme), people in Counter(given).items()]


def agreed(given, heirs=HEIRS):
    return agreements(counted([(idea, theme) for (_person, idea), theme in given.items()]), heirs)


def on(*votes):
    """The agreement on one idea: so many people for each theme."""
    return agreements([("a", theme, people) for theme, people in votes], HEIRS).get("a", NOTHING)


@given(given=proposals, order=st.permutations(range(1, 13)))
def test_who_said_what_changes_nothing(given, order):
    others = {(order[person - 1], idea): theme for (person, idea), theme in given.items()}
    assert agreed(others) == agreed(given)


@given(given=proposals)
def test_every_voice_counts_once(given):
    for idea, result in agreed(given).items():
        assert result.voices == sum(1 for _person, each in given if each == idea)
        assert [people for _theme, people in result.split] == sorted((n for _t, n in result.split), reverse=True)


@given(given=proposals)
def test_one_voice_more_for_the_leader_never_lowers_its_share_nor_ends_an_agreement(given):
    for idea, before in agreed(given).items():
        after = agreed({**given, (99, idea): before.split[0][0]})[idea]
        assert after.share >= before.share
        assert after.is_agreed >= before.is_agreed


@given(given=proposals)
def test_one_voice_against_never_makes_an_agreement(given):
    for idea, before in agreed(given).items():
        others = [theme for theme in THEMES if theme != before.split[0][0]]
        after = [agreed({**given, (99, idea): theme})[idea] for theme in others]
        assert before.is_agreed or before.voices < 3 or before.is_tied or not any(each.is_agreed for each in after)


@given(given=proposals)
def test_merging_themes_adds_their_voices_and_dissolving_takes_them_away(given):
    for idea, before in agreed(given).items():
        votes = dict(before.split)
        merged = dict(agreed(given, {1: 2, 2: 2, 3: 3})[idea].split)
        assert merged.get(2, 0) == votes.get(1, 0) + votes.get(2, 0)
        dissolved = agreed(given, {2: 2, 3: 3}).get(idea, NOTHING)
        assert dissolved.voices == before.voices - votes.get(1, 0)


@pytest.mark.parametrize(
    ("votes", "leading", "is_agreed"),
    [
        ([(1, 2)], 1, False),  # too few
        ([(1, 2), (2, 1)], 1, True),  # 2 of 3 are two thirds
        ([(1, 12), (2, 3)], 1, True),
        ([(1, 5), (2, 3)], 1, False),
        ([(1, 5), (2, 5)], None, False),
        ([(None, 12), (1, 1)], None, False),
        ([], None, False),
    ],
)
def test_two_thirds_of_at_least_three(votes, leading, is_agreed):
    result = on(*votes)
    assert (result.leading, result.is_agreed) == (leading, is_agreed)
