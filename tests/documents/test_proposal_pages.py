"""The draft on screen: words are edited, figures lead to their evidence, and strangers find nothing."""

import re

import pytest

from facilitator.documents.models import Proposal, Wording


def wording(database, section, language="zh"):
    [found] = database.all(Wording, Wording.section == section, Wording.language == language)
    return found


def test_making_it_twice_opens_the_same_draft(draft, evening, database):
    draft.post(f"/workshops/{evening.workshop.id}/proposals")
    assert draft.path == f"/proposals/{draft.number}"
    assert database.count(Proposal) == 1


def test_the_draft_says_what_was_counted(draft):
    draft.get(f"/proposals/{draft.number}")
    for words in (
        "一、案由",
        "会上共收到意见 5 条",
        "归为 2 个主题",
        "投出圆点 8 枚",
        "亮起来",
        "王** · 手机",
        "不替代业主表决",
    ):
        assert words.replace(" ", "") in draft.text.replace(" ", ""), words
    assert "关于共和九村紫竹苑微更新的建议" in draft.html


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_every_figure_leads_to_evidence_that_adds_up(draft, variant):
    draft.get(f"/proposals/{draft.number}?variant={variant}")
    figures = set(re.findall(rf'class="figure" href="(/proposals/{draft.number}/evidence/[\w-]+)">(\d+)<', draft.html))
    assert len(figures) > 10
    for address, value in figures:
        draft.get(address)
        assert (address, draft.status) == (address, 200)
        assert re.search(r'class="evidence-figure">(\d+)<', draft.html)[1] == value, address


@pytest.mark.parametrize("key", ["theme-1-ideas", "nothing", "round-1-9", "loose-999", "people-1"])
def test_evidence_of_nothing_is_not_found(draft, key):
    assert (
        draft.get(f"/proposals/{draft.number}/evidence/{'theme-999-ideas' if key == 'theme-1-ideas' else key}").status
        == 404
    )


def test_wording_is_saved_as_typed(draft, database):
    draft.get(f"/proposals/{draft.number}")
    draft.post(
        f"/proposals/{draft.number}/wording/situation/zh",
        htmx=True,
        text="没有地方坐。\r\n<b>真的</b> {0}",
        version="1",
    )
    assert "Saved" in draft.text
    assert wording(database, "situation").text == "没有地方坐。\n<b>真的</b> {0}"
    draft.get(f"/proposals/{draft.number}")
    assert "&lt;b&gt;真的&lt;/b&gt; {0}" in draft.html


def test_two_editors_never_overwrite_each_other_silently(draft, evening, make, visit, database):
    other = visit(make.secretary(name="王秘书"))
    address = f"/proposals/{draft.number}/wording/advice/zh"
    for editor in (draft, other):
        editor.get(f"/proposals/{draft.number}")
    draft.post(address, htmx=True, text="先做座椅", version="1")
    other.post(address, htmx=True, text="先做路灯", version="1")
    assert other.status == 409
    assert "小聚 changed this passage" in other.text
    assert "先做座椅" in other.text
    assert wording(database, "advice").text == "先做座椅"
    assert 'name="version" value="1"' in other.html
    other.post(address, htmx=True, text="先做路灯和", version="1")
    assert other.status == 409
    over = re.search(r'"over": "(\d+)"', other.html)[1]
    other.post(address, htmx=True, text="先做路灯", version="1", over=over)
    assert other.status == 200
    assert wording(database, "advice").text == "先做路灯"


def test_typing_on_while_a_save_is_under_way_is_no_conflict(draft, database):
    draft.get(f"/proposals/{draft.number}")
    for text in ("先", "先做"):
        draft.post(f"/proposals/{draft.number}/wording/advice/zh", htmx=True, text=text, version="1")
        assert draft.status == 200
    assert wording(database, "advice").text == "先做"


def test_the_plan_is_kept_row_by_row(draft, database):
    draft.get(f"/proposals/{draft.number}")
    rows = {"what": ["装灯", "", "修凳"], "who": ["物业", " ", ""], "when": ["3月", "", "4月"]}
    draft.post(f"/proposals/{draft.number}/plan", htmx=True, version="1", **rows)
    assert wording(database, "rows", "").text == (
        '[{"what": "装灯", "who": "物业", "when": "3月"}, {"what": "修凳", "who": "", "when": "4月"}]'
    )


def test_wording_has_a_limit_that_is_said(draft):
    draft.get(f"/proposals/{draft.number}")
    draft.post(f"/proposals/{draft.number}/wording/advice/zh", htmx=True, text="长" * 20_001, version="1")
    assert draft.status == 422
    assert "20000" in draft.text


@pytest.mark.parametrize(("section", "language"), [("totals", "zh"), ("advice", "fr"), ("rows", "zh")])
def test_figures_are_no_wording(draft, section, language):
    draft.get(f"/proposals/{draft.number}")
    assert (
        draft.post(f"/proposals/{draft.number}/wording/{section}/{language}", htmx=True, text="999", version="1").status
        == 404
    )


def test_what_one_may_not_see_is_not_found(draft, make, visit, evening):
    stranger = visit(make.staff())
    for path in ("", "/evidence/people", "/plan/row"):
        assert stranger.get(f"/proposals/{draft.number}{path}").status == 404
    for path in ("/wording/advice/zh", "/plan", "/exports"):
        assert stranger.post(f"/proposals/{draft.number}{path}", text="x", format="pdf").status == 404
    assert stranger.post(f"/workshops/{evening.workshop.id}/proposals").status == 404


def test_visitors_are_asked_to_sign_in(visit, draft):
    assert visit().get(f"/proposals/{draft.number}").path == "/sign-in"


def test_as_many_queries_for_three_ideas_as_for_thirty(draft, make, evening, queries):
    address = f"/proposals/{draft.number}"
    draft.get(address)
    few = queries(lambda: draft.get(address))
    for number in range(27):
        make.idea(evening.board, f"想法{number}", evening.people[number % 5], theme_id=evening.seats.id)
    assert queries(lambda: draft.get(address)) == few
