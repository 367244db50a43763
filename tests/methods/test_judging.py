"""Judging: what was published is recomputed, and what must hold for any marks at all."""

import csv
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitator.methods.judging import (
    METHODS,
    Flaw,
    Mark,
    Unusable,
    effective_share,
    kendall,
    mix,
    ranked,
    rounded,
    score,
    sensitivity,
)
from facilitator.methods.judging.ranking import SAME
from tests.bench.judging import DATA

QUICK = settings(max_examples=40, deadline=None)
NEAR = pytest.approx
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the published panels are not beside this checkout")


@st.composite
def juries(draw, complete=False):
    """Marks of a few judges for a few entries by one to three criteria, in quarter points."""
    judges, entries, criteria = draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.integers(1, 3))
    everything = [(f"J{j}", f"E{e}", f"C{c}") for j in range(judges) for e in range(entries) for c in range(criteria)]
    points = st.integers(0, 40).map(lambda quarters: Fraction(quarters, 4))
    given = draw(st.lists(points, min_size=len(everything), max_size=len(everything)))
    kept = (
        [True] * len(everything)
        if complete
        else draw(st.lists(st.booleans(), min_size=len(given), max_size=len(given)))
    )
    marks = [Mark(*what, points) for what, points, keep in zip(everything, given, kept, strict=True) if keep]
    return marks or [Mark("J0", "E0", "C0", 5)]


def marks_of(table):
    """{judge: {entry: score}} as marks by one criterion."""
    return [Mark(judge, entry, "all", points) for judge, sheet in table.items() for entry, points in sheet.items()]


def rows_of(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@needs_data
def test_every_published_panel_score_is_recomputed_to_the_hundredth():
    rows = rows_of("skating_components.csv")
    panels = {}
    for row in rows:
        mark = Mark(row["judge"], row["entry"], row["criterion"], Decimal(row["score"]))
        panels.setdefault((row["segment"], row["criterion"]), []).append(mark)
    scores = {key: score(marks, "trimmed").scores for key, marks in panels.items()}
    wrong = [
        row
        for row in rows
        if str(rounded(scores[row["segment"], row["criterion"]][row["entry"]]))
        != f"{Decimal(row['published_panel_score']):.2f}"
    ]
    assert (len(rows), wrong) == (1350, [])


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Fraction(8925, 1000), "8.93"),
        (8.925, "8.93"),
        (8.924999999999999, "8.93"),
        (Fraction(89249999999999999, 10**16), "8.92"),
        (Decimal("1.005"), "1.01"),
        (Fraction(-1, 200), "-0.01"),
        (7, "7.00"),
        (10**30, f"{10**30}.00"),
    ],
)
def test_rounding_is_half_up_and_exact(value, printed):
    assert str(rounded(value)) == printed


def test_a_float_counts_as_it_is_written():
    assert Mark("a", "b", "c", 8.1).score == Fraction(81, 10)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity"), "many", None])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(Unusable) as refused:
        Mark("a", "b", "c", number)
    assert refused.value.flaw == Flaw.NUMBER


def test_the_mean_is_taken_by_criterion_and_then_weighted():
    marks = [Mark("A", "x", "design", 8), Mark("B", "x", "design", 9), Mark("A", "x", "cost", 4)]
    assert score(marks, "mean", {"design": 3, "cost": 1}).scores == {"x": Fraction(59, 8)}
    assert score(marks).scores == {"x": Fraction(25, 4)}


def test_a_criterion_without_weight_leaves_with_its_marks():
    marks = [Mark("A", "x", "design", 8), Mark("B", "y", "cost", 9)]
    outcome = score(marks, "mean", {"design": 1, "cost": 0})
    assert (outcome.scores, list(outcome.severity)) == ({"x": 8}, ["A"])


def test_a_criterion_nobody_scored_is_named():
    marks = [Mark("A", "x", "design", 8), Mark("A", "x", "cost", 6), Mark("A", "y", "cost", 9)]
    outcome = score(marks)
    assert (outcome.scores, outcome.lacking) == ({"x": 7, "y": 9}, [("y", "design")])


def test_the_highest_and_the_lowest_are_dropped_once_from_five_judges_on():
    marks = [Mark(f"J{n}", "x", "all", points) for n, points in enumerate([2, 2, 5, 9, 9])]
    marks += [Mark(f"J{n}", "y", "all", points) for n, points in enumerate([1, 5, 6, 8])]
    outcome = score(marks, "trimmed")
    assert outcome.scores == {"x": Fraction(16, 3), "y": 5}
    assert (outcome.trimmed_entries, outcome.not_trimmed) == (["x"], ["y"])


@pytest.mark.parametrize(
    ("weights", "flaw"),
    [
        ({"design": 1, "cost": 1, "use": 1}, Flaw.UNKNOWN_CRITERION),
        ({"design": 1}, Flaw.NO_WEIGHT),
        ({"design": 1, "cost": -1}, Flaw.NEGATIVE_WEIGHT),
        ({"design": 0, "cost": 0}, Flaw.NO_WEIGHTS),
        ({"design": float("nan"), "cost": 0}, Flaw.NUMBER),
    ],
)
def test_weights_must_fit_the_criteria(weights, flaw):
    with pytest.raises(Unusable) as refused:
        score([Mark("A", "x", "design", 8), Mark("A", "x", "cost", 8)], "mean", weights)
    assert refused.value.flaw == flaw


def test_nobody_scores_twice_and_no_method_is_invented():
    with pytest.raises(Unusable, match="A has scored x twice"):
        score([Mark("A", "x", "all", 8), Mark("A", "x", "all", 8)])
    with pytest.raises(Unusable, match="There is no method 'median'"):
        score([], "median")


def test_calibration_adds_back_what_a_strict_judge_takes_off():
    """Judge S gives two points less than the others do; y had S, x didn't."""
    worth = {"x": 7, "y": Fraction(15, 2), "u": 5, "v": 6, "w": 9}
    table = {name: {entry: worth[entry] - (2 if name == "S" else 0) for entry in seen} for name, seen in SEEN.items()}
    plain, outcome = score(marks_of(table)), score(marks_of(table), "calibrated")
    assert (plain.ranks["y"], outcome.ranks["y"]) == (3, 2)
    assert outcome.severity == NEAR({"A": -0.5, "B": -0.5, "C": -0.5, "S": 1.5}, abs=0.01)
    assert outcome.scores["y"] - outcome.scores["x"] == NEAR(0.5, abs=0.01)


SEEN = {"A": "xyuw", "B": "xuvw", "C": "xuvw", "S": "yuvw"}


def test_a_missing_criterion_does_not_make_a_judge_mild():
    """Everybody gives 4 by cost and 8 by design; B left cost out for y."""
    both = [("A", "x"), ("B", "x"), ("A", "y"), ("A", "z"), ("B", "z")]
    marks = [Mark(judge, entry, name, points) for judge, entry in both for name, points in (("design", 8), ("cost", 4))]
    outcome = score([*marks, Mark("B", "y", "design", 8)], "calibrated")
    assert outcome.scores == NEAR({"x": 6, "y": 6, "z": 6})
    assert outcome.severity == NEAR({"A": 0, "B": 0})


def test_an_odd_score_counts_less_and_is_named():
    table = {f"J{n}": {f"E{e}": 5 + e + (n * e) % 3 * Fraction(1, 4) for e in range(6)} for n in range(7)}
    honest = score(marks_of(table), "robust")
    table["J3"]["E2"] = Fraction(0)
    odd = score(marks_of(table), "robust")
    assert (honest.outliers, odd.outliers) == ([], [("J3", "E2")])
    assert (
        abs(odd.scores["E2"] - honest.scores["E2"]) < abs(score(marks_of(table)).scores["E2"] - honest.scores["E2"]) / 4
    )


def test_panels_that_do_not_overlap_are_told_apart():
    outcome = score(marks_of({"A": {"x": 5}, "B": {"y": 9}, "C": {"x": 6}}), "calibrated")
    assert outcome.separate
    assert [(group.judges, group.entries) for group in outcome.groups] == [(["A", "C"], ["x"]), (["B"], ["y"])]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("table", "scores"),
    [
        ({"A": {"x": 5, "y": 7}}, {"x": 5, "y": 7}),
        ({"A": {"x": 5}, "B": {"x": 8}}, {"x": 6.5}),
        ({"A": {"x": 5}, "B": {"y": 8}}, {"x": 5, "y": 8}),
        ({"A": {"x": 7, "y": 7}, "B": {"x": 7}, "C": {"y": 7}}, {"x": 7, "y": 7}),
    ],
)
def test_where_nothing_can_be_said_of_judges_nothing_is_added(method, table, scores):
    outcome = score(marks_of(table), method)
    assert (outcome.scores, set(outcome.severity.values())) == (NEAR(scores), {0.0})


def test_no_marks_are_no_entries():
    assert score([], "calibrated", {"design": 1}).scores == {}


@QUICK
@given(juries(), st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_the_order_of_the_marks_changes_nothing(marks, chance, method):
    mixed = list(marks)
    chance.shuffle(mixed)
    one, other = score(marks, method), score(mixed, method)
    assert other.scores == NEAR(one.scores, abs=1e-6)
    assert other.severity == NEAR(one.severity, abs=1e-6)


@QUICK
@given(juries(), st.sampled_from(METHODS), st.integers(1, 9), st.integers(-20, 20))
def test_another_scale_gives_the_same_result_on_that_scale(marks, method, factor, shift):
    stretched = [Mark(mark.judge, mark.entry, mark.criterion, mark.score * factor + shift) for mark in marks]
    one, other = score(marks, method), score(stretched, method)
    assert other.scores == NEAR({entry: float(value) * factor + shift for entry, value in one.scores.items()}, abs=1e-5)
    assert other.severity == NEAR({judge: value * factor for judge, value in one.severity.items()}, abs=1e-5)


@QUICK
@given(juries(complete=True))
def test_where_everybody_scored_everything_calibration_is_the_mean(marks):
    plain, calibrated = score(marks), score(marks, "calibrated")
    assert (calibrated.scores, calibrated.ranks) == (plain.scores, plain.ranks)


@QUICK
@given(juries())
def test_severities_of_judges_who_overlap_add_up_to_nothing(marks):
    outcome = score(marks, "calibrated")
    sums = [sum(outcome.severity[judge] for judge in group.judges) for group in outcome.groups]
    assert sums == NEAR([0.0] * len(sums), abs=1e-6)


@QUICK
@given(juries(), st.sampled_from(METHODS))
def test_ranks_are_those_of_the_scores(marks, method):
    outcome = score(marks, method)
    better = {one: sum(a > b + SAME for a in outcome.scores.values()) for one, b in outcome.scores.items()}
    assert outcome.ranks == {entry: above + 1 for entry, above in better.items()}


def test_equals_share_a_rank_until_a_rule_decides():
    scores = {"a": Fraction(1, 3), "b": Fraction(1, 3), "c": 1, "d": Fraction(1, 3)}
    assert ranked(scores) == {"a": 2, "b": 2, "c": 1, "d": 2}
    assert ranked(scores, [{"a": 1, "b": 2, "c": 0, "d": 2}]) == {"a": 4, "b": 2, "c": 1, "d": 2}
    assert ranked(scores, [{"a": 5, "b": 5}, {"b": 1, "a": 0}]) == {"a": 3, "b": 2, "c": 1, "d": 4}


def test_fractions_that_print_alike_are_not_equal_but_noise_is():
    assert ranked({"a": Fraction(800001, 100000), "b": 8}) == {"a": 1, "b": 2}
    assert ranked({"a": 0.1 + 0.2, "b": 0.3}) == {"a": 1, "b": 1}


def test_kendall():
    one = {"a": 3, "b": 2, "c": 1}
    assert kendall(one, one) == 1
    assert kendall(one, {"a": 1, "b": 2, "c": 3}) == -1
    assert kendall(one, {"a": 2, "b": 3, "c": 1}) == NEAR(1 / 3)
    assert kendall(one, {"a": 2, "b": 2, "c": 1}) == NEAR(2 / 6**0.5)
    assert kendall(one, {"a": 1, "b": 1, "c": 1}) == 0


def test_raw_points_beside_stretched_votes_decide_far_less_than_was_declared():
    """70 % for a jury whose scores lie close together, 30 % for votes from 0 to 100."""
    jury = {f"E{n}": 84 + n for n in range(10)}
    votes = {f"E{n}": 100 * (9 - n) / 9 for n in range(10)}
    assert effective_share(jury, votes, Fraction(7, 10)) == NEAR(0.1736, abs=1e-4)
    mixture = mix(jury, votes, Fraction(7, 10), "minmax")
    assert mixture.effective_share == NEAR(0.7)
    raw = {entry: 0.7 * jury[entry] + 0.3 * votes[entry] for entry in jury}
    assert (max(raw, key=raw.get), max(mixture.scores, key=mixture.scores.get)) == ("E0", "E9")


def test_the_share_that_methods_md_warns_of():
    """A jury that spreads a tenth and a bit of what the votes do has 23 % in place of 70."""
    votes = {"a": 0, "b": 50, "c": 100}
    jury = {"a": Fraction(80), "b": Fraction(80) + Fraction(64, 10), "c": Fraction(80) + Fraction(128, 10)}
    assert effective_share(jury, votes, Fraction(7, 10)) == NEAR(0.23, abs=0.001)


@pytest.mark.parametrize("how", ["minmax", "rank"])
def test_at_the_ends_one_side_decides_alone(how):
    jury, public = {"a": 8, "b": 9, "c": 7}, {"a": 3, "b": 0, "c": 5}
    alone, none = mix(jury, public, 1, how), mix(jury, public, 0, how)
    assert (alone.scores, alone.effective_share) == ({"a": 50, "b": 100, "c": 0}, 1)
    assert (none.scores, none.effective_share) == (none.public100, 0)
    assert mix({"a": 8, "b": 8, "c": 8}, public, Fraction(7, 10), how).effective_share == 0
    assert mix({"a": 8}, {"a": 3}, Fraction(7, 10), how).effective_share == NEAR(0.7)


def test_by_rank_equals_stand_in_the_middle_of_their_steps():
    mixture = mix({"a": 9, "b": 8, "c": 8, "d": 1}, {"a": 0, "b": 0, "c": 0, "d": 0}, 1, "rank")
    assert mixture.jury100 == {"a": 100, "b": 50, "c": 50, "d": 0}
    assert set(mixture.public100.values()) == {50}


@QUICK
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 100), st.integers(0, 50)), min_size=1),
    st.fractions(0, 1),
    st.sampled_from(["minmax", "rank"]),
)
def test_a_mixture_lies_between_0_and_100(points, share, how):
    jury, public = ({entry: pair[side] for entry, pair in points.items()} for side in (0, 1))
    mixture = mix(jury, public, share, how)
    assert [value for value in mixture.scores.values() if not 0 <= value <= 100] == []
    assert 0 <= mixture.effective_share <= 1


def test_a_mixture_needs_the_same_entries_and_a_share():
    for jury, public, share, how, flaw in [
        ({"a": 1}, {"b": 1}, 1, "minmax", Flaw.UNLIKE),
        ({"a": 1}, {"a": 1}, 2, "minmax", Flaw.SHARE),
        ({"a": 1}, {"a": 1}, 1, "raw", Flaw.METHOD),
    ]:
        with pytest.raises(Unusable) as refused:
            mix(jury, public, share, how)
        assert refused.value.flaw == flaw


def test_sensitivity_names_the_judge_on_whom_it_hangs():
    table = {"A": {"x": 9, "y": 5}, "B": {"x": 6, "y": 7}, "C": {"x": 6, "y": 7}}
    told = sensitivity(marks_of(table))
    assert ([other.method for other in told.others], told.without) == (["trimmed", "calibrated", "robust"], ["A"])
    assert [(other.order_changes, other.tau) for other in told.others[:2]] == [(False, 1.0), (False, 1.0)]


def test_sensitivity_sees_another_first_place():
    table = {f"J{n}": {"x": points, "y": 7} for n, points in enumerate([10, 10, 6, 6, 4])}
    trimmed = sensitivity(marks_of({**table, "J4": {"x": 6, "y": 4}}), None, "mean").others[0]
    assert (trimmed.ranks, trimmed.order_changes, trimmed.first_changes) == ({"x": 1, "y": 2}, False, False)
    low = {f"J{n}": {"x": points, "y": 7} for n, points in enumerate([10, 9, 6, 6, 6])}
    changed = sensitivity(marks_of(low)).others[0]
    assert (changed.ranks, changed.first_changes, changed.tau) == ({"x": 1, "y": 1}, True, 0.0)


def test_without_the_only_judge_nobody_is_first():
    assert sensitivity([Mark("A", "x", "design", 8)], {"design": 1}).without == ["A"]
