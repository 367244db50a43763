"""Who judges what: everything that was asked for, counted here a second time."""

from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitator.methods.judging import Impossible, Reason, connected, panels

QUICK = settings(max_examples=60, deadline=None)


def names(letter, number):
    return [f"{letter}{n}" for n in range(number)]


def pairs_of(assignment, entries):
    """Pair of judges → entries they both see."""
    seen = {entry: [judge for judge, theirs in assignment.items() if entry in theirs] for entry in entries}
    met = Counter(pair for judges in seen.values() for pair in combinations(judges, 2))
    return [met[pair] for pair in combinations(assignment, 2)]


@pytest.mark.parametrize(("judges", "entries", "each"), [(9, 24, 3), (7, 7, 3), (12, 40, 5), (5, 12, 4), (9, 12, 3)])
def test_loads_and_pairs_are_even_and_panels_overlap(judges, entries, each):
    made = panels(names("J", judges), names("E", entries), each)
    loads, met = sorted(map(len, made.values())), pairs_of(made, names("E", entries))
    assert (sum(loads), loads[-1] - loads[0] <= 1, connected(made)) == (entries * each, True, True)
    assert max(met) - min(met) <= 2


@QUICK
@given(st.integers(1, 8), st.integers(0, 9), st.data())
def test_every_assignment_is_as_it_was_asked(judges, entries, data):
    each = data.draw(st.integers(1, judges))
    js, es = names("J", judges), names("E", entries)
    conflicts = (
        set(data.draw(st.lists(st.tuples(st.sampled_from(js), st.sampled_from(es)), max_size=12))) if es else set()
    )
    short = [entry for entry in es if sum((judge, entry) not in conflicts for judge in js) < each]
    if short:
        with pytest.raises(Impossible) as refused:
            panels(js, es, each, conflicts)
        assert (refused.value.reason, refused.value.about) == (Reason.CONFLICTS, tuple(short))
        return
    made = panels(js, es, each, conflicts)
    given = [(judge, entry) for judge, seen in made.items() for entry in seen]
    assert (list(made), conflicts & set(given), len(set(given))) == (js, set(), len(given))
    assert Counter(entry for _, entry in given) == Counter(dict.fromkeys(es, each))
    assert made == panels(js, es, each, conflicts)
    if not conflicts:
        loads = [len(seen) for seen in made.values()]
        assert max(loads) - min(loads) <= 1
        assert connected(made) == (entries <= 1 or entries * each >= len([n for n in loads if n]) + entries - 1)


@QUICK
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=5))
def test_with_conflicts_panels_overlap_if_any_assignment_does(conflicts):
    """Four judges, three entries, two each: all assignments are tried."""
    judges, entries = names("J", 4), names("E", 3)
    barred = {(judges[j], entries[e]) for j, e in conflicts}
    ways = [[two for two in combinations(judges, 2) if not {(j, e) for j in two} & barred] for e in entries]
    if not all(ways):
        return
    made = panels(judges, entries, 2, barred)
    tried = [
        {j: [e for e, two in zip(entries, way, strict=True) if j in two] for j in judges} for way in product(*ways)
    ]
    most = max(sum(map(bool, each.values())) for each in tried if connected(each)) if any(map(connected, tried)) else 0
    assert connected(made) or most < sum(map(bool, made.values()))


def test_conflicts_are_kept_to_and_shared_out():
    """A may judge nothing but the last two; the others take what A can't."""
    conflicts = {("J0", f"E{n}") for n in range(6)}
    made = panels(names("J", 4), names("E", 8), 2, conflicts)
    assert made["J0"] == ["E6", "E7"]
    assert sorted(len(seen) for seen in made.values()) == [2, 4, 5, 5]


@pytest.mark.parametrize(
    ("judges", "entries", "each", "reason"),
    [
        (["a", "b"], ["x"], 3, Reason.JUDGES),
        (["a", "b"], ["x"], 0, Reason.EACH),
        (["a", "a"], ["x"], 1, Reason.TWICE),
        (["a", "b"], ["x", "x"], 1, Reason.TWICE),
    ],
)
def test_what_cannot_be_has_a_reason(judges, entries, each, reason):
    with pytest.raises(Impossible) as refused:
        panels(judges, entries, each)
    assert refused.value.reason == reason


def test_connected():
    assert connected({"a": ["x", "y"], "b": ["y"], "c": []})
    assert not connected({"a": ["x"], "b": ["y"]})
    assert connected({})
