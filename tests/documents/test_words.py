"""The paper's voices, titles and order, without any file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from facilitator.documents import paper, topics
from facilitator.documents.writing import view
from facilitator.documents.writing.words import Voice, han, lang_of
from tests.documents import sample


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (9, "九"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_numbers_of_sections_are_chinese(number, words):
    assert han(number) == words


def test_a_voice_speaks_one_language_or_both():
    said = [Voice(variant).say("共{count}条", "{count} ideas", count=3) for variant in ("zh", "en", "bi")]
    assert said == ["<p>共3条</p>", "<p>3 ideas</p>", '<div class="pair"><p>共3条</p><p lang="en">3 ideas</p></div>']


def test_what_people_typed_is_text_and_never_a_sentence_of_ours():
    voice = Voice("bi")
    assert voice.name("<b>{0}</b>", "{x}") == '&lt;b&gt;{0}&lt;/b&gt; <span class="en" lang="en">{x}</span>'
    assert voice.typed("{0} <i>", "") == '<div lang="en"><p>{0} &lt;i&gt;</p></div>'
    assert voice.pick("{a}", "") == "{a}"


def test_a_name_hides_behind_its_number_unless_it_is_masked_already():
    nobody = {"name": "", "person": 0, "source": "paper"}
    named = {"name": "王*", "person": 3, "source": "phone"}
    numbered = {"name": "", "person": 7, "source": "helper"}
    assert [Voice("zh").origin(each) for each in (nobody, named, numbered)] == [
        "纸质",
        "王* · 手机",
        "参与者 07 · 代填",
    ]
    assert Voice("en").origin(numbered) == "Participant 07 · Helper"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于紫竹苑的建议", ["关于紫竹苑的建议"]),
        ("关于共和九村紫竹苑微更新的建议", ["关于共和九村紫竹苑微更新的建议"]),
        ("关于高境镇共和九村紫竹苑广场微更新的建议", ["关于高境镇共和九村", "紫竹苑广场微更新的建议"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        (
            "A rather long English title that the page breaks by itself",
            ["A rather long English title that the page breaks by itself"],
        ),
    ],
)
def test_a_title_breaks_where_people_would(title, lines):
    assert view.balanced(title, ("共和九村", "紫竹苑广场微更新")) == lines


@given(st.text(alphabet="关于的建议一二三四五六、与", min_size=1, max_size=80))
def test_a_title_loses_nothing_and_no_line_is_too_long(title):
    lines = view.balanced(title, ("一二三",))
    assert "".join(lines) == title
    assert max(map(len, lines)) <= view.LINE


@pytest.mark.parametrize(
    ("dots", "zh", "en"),
    [
        ([9, 8, 7, 6, 5], "“一”、“二”、“三”", "“一”, “二” and “三”"),
        ([9, 8, 3, 3, 3], "“一”、“二”，以及并列的“三”、“四”、“五”", "“一” and “二”, then “三”, “四” and “五” (tied)"),
        ([9, 8, 3, 3, 3, 3], "“一”、“二”", "“一” and “二”"),
        ([9, 9, 7, 6], "并列的“一”、“二”，以及“三”", "“一” and “二” (tied), then “三”"),
        ([5] * 5, "并列的“一”、“二”、“三”、“四”、“五”", "“一”, “二”, “三”, “四” and “五” (tied)"),
        ([5] * 6, "", ""),
        ([9, 0, 0], "“一”", "“一”"),
    ],
)
def test_those_that_are_tied_are_named_together_or_not_at_all(dots, zh, en):
    leading = topics.leading(sample.tied(dots))
    assert (view.named_by_place(leading, "zh"), view.named_by_place(leading, "en")) == (zh, en)


def test_a_place_goes_by_people_too_and_never_by_ideas():
    data = sample.tied([9, 3, 3])
    _one, _two, three = paper.themes(data)
    three["ideas"] = 8
    assert [(each["name"], each["rank"], each["tied"]) for each in topics.strongest(data)] == [
        ("一", 1, False),
        ("二", 2, True),
        ("三", 2, True),
    ]
    three["voters"] += 1
    assert [each["name"] for each in topics.leading(data)] == ["一", "三", "二"]


def test_without_dots_ideas_decide():
    data = sample.tied([0, 0])
    one, two = paper.themes(data)
    one["ideas"], two["ideas"] = 1, 4
    assert [each["name"] for each in topics.leading(data)] == ["二", "一"]


def test_sections_are_numbered_without_gaps_when_there_are_no_photos():
    assert [(section.number, section.zh) for section in paper.sections(sample.paper())] == [
        (1, "案由"),
        (2, "现状问题"),
        (3, "居民意见来源"),
        (4, "主题与居民意见"),
        (5, "建议"),
        (6, "实施计划"),
        (7, "分歧意见"),
        (8, "签名"),
    ]


def test_the_sun_has_a_dot_for_every_idea_in_its_themes_colour():
    data = sample.paper(26)
    spots = view.drawing.sunflower(view.idea_colours(data), 96)
    assert len(spots) == 26
    assert sorted(spot.colour for spot in spots) == sorted((idea["theme"] or 0) for idea in data["ideas"])
    assert max(abs(spot.x) for spot in spots) < 96


@pytest.mark.parametrize(
    ("text", "lang"), [("长凳", "zh-Hans"), ("Bench 长凳", "zh-Hans"), ("Bench", "en"), ("𠮷", "zh-Hans")]
)
def test_ideas_are_set_in_their_own_script(text, lang):
    assert lang_of(text) == lang


def test_themes_are_named_as_in_a_sentence():
    two = [{"name": "坐一坐", "name_en": "Seats"}, {"name": "亮起来", "name_en": ""}]
    assert (view.named(two, "zh"), view.named(two, "en")) == ("“坐一坐”、“亮起来”", "“Seats” and “亮起来”")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("坐一坐", "坐一坐"),
        ("一二三四五六七八九十", "一二三四五六七八九十"),
        ("一二三四五六七八九十一", "一二三四五六七八九…"),
        ("Parking and charging", "Parking and charging"),
        ("Parking and charging, safely", "Parking and chargin…"),
    ],
)
def test_a_label_fits_beside_its_bar(name, label):
    assert view.shortened(name) == label


def test_a_word_is_safe_markup():
    assert isinstance(Voice("zh").word("一", "one"), Markup)
