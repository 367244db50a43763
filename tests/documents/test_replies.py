"""Replies to a proposal: entered by staff, told to whom they concern, printed in the next papers."""

import json

from facilitator.documents.evidence.replies import Reply
from facilitator.documents.models import Proposal
from facilitator.documents.proposal import gather
from facilitator.extensions import db
from tests.documents.test_fates import change, make_paper, own_page


def reply(draft, theme=None, **more):
    said = {"who": "高境镇城建中心", "said_on": "2026-12-01", "decision": "partly", "text": "先装三组，其余明年。"}
    return draft.post(
        f"/proposals/{draft.number}/replies/new", theme=str(theme.id) if theme else "", **{**said, **more}
    )


def test_a_reply_reaches_whom_it_concerns_and_nobody_else(app, draft, evening, phone, database):
    reply(draft, evening.seats, text_en="Three now, the rest next year. Ask 13812345678.")
    assert "Accepted in part 高境镇城建中心" in draft.text
    own = own_page(phone, evening, evening.people[0]).text
    assert "高境镇城建中心 answered on 1 December 2026: Accepted in part Three now, the rest next year." in own
    assert "138****5678" in own
    assert "高境镇城建中心于2026年12月1日答复：" in own_page(phone, evening, evening.people[0], "zh").text
    assert "It stands in the proposal" in own  # what was answered was handed in
    loose = own_page(phone, evening, evening.people[2])
    assert "城建中心" not in loose.text
    reply(draft, who="镇党委", decision="studied")
    text = own_page(phone, evening, evening.people[2]).text
    assert "镇党委 answered on 1 December 2026: Under study" in text
    assert text.count("镇党委 answered") == 1
    assert "This is about the whole proposal." in draft.get(f"/statements/{evening.bench.id}").text
    # Who waits to be let through reads only that.
    assert "镇党委" not in own_page(phone, evening, evening.people[3]).text
    assert "城建中心" in draft.get(f"/statements/{evening.bench.id}").text


def test_what_came_is_said_on_top_and_its_idea_stands_first(draft, evening, phone, database):
    page = own_page(phone, evening, evening.people[1])
    assert page.text.index("座椅要有靠背") < page.text.index("坡道太暗")
    assert "come:" not in page.text
    reply(draft, evening.light)
    page = own_page(phone, evening, evening.people[1])
    assert page.text.index("1 reply has come: Accepted in part 高境镇城建中心") < page.text.index(
        "With this code you come"
    )
    assert f"#fate-{evening.lamp.id}" in page.page.links
    assert page.text.index("坡道太暗") < page.text.index("座椅要有靠背")
    reply(draft, who="镇党委")
    page = own_page(phone, evening, evening.people[2])
    assert "1 reply has come: Accepted in part 镇党委" in page.text
    assert [link for link in page.page.links if link.startswith("#reply")] == [f"#reply-{database.all(Reply)[1].id}"]


def test_it_is_changed_withdrawn_and_both_undone(draft, evening, database):
    reply(draft)
    [first] = database.all(Reply)
    address = f"/proposals/{draft.number}/replies/{first.id}"
    said = {"who": first.who, "said_on": first.said_on, "decision": "accepted", "text": "全部装。"}
    draft.get(address).post(address, **said, version=first.version)
    changed = database.get(first)
    assert (changed.decision, changed.text, changed.edited_at is None) == ("accepted", "全部装。", False)
    # Whoever typed on the older wording keeps what they typed and is shown the newer.
    draft.post(address, **{**said, "text": "我的话"}, version=first.version)
    assert draft.status == 409
    assert "“全部装。”" in draft.text
    assert "我的话" in draft.html
    draft.post(f"{address}/withdrawal")
    assert draft.get(address).status == 404
    console = f"/workshops/{evening.workshop.id}/console"
    draft.get(console).press("Undo")
    assert database.get(first).deleted_at is None
    draft.get(console).press("Undo")
    assert database.get(first).text == "先装三组，其余明年。"


def test_beside_the_proposal_only_a_reply_is_taken_back_and_never_the_room(draft, evening, database):
    desk, paper = f"/workshops/{evening.workshop.id}", f"/proposals/{draft.number}"
    reply(draft)
    [first] = database.all(Reply)
    for words, is_there in (("Undo: a reply", False), ("Do again: a reply", True)):
        button = draft.get(draft.get(paper).page.ids["undo"]["hx-get"]).page.button(words)
        draft.post(button.address, **button.fields)
        assert (draft.path, database.get(first).deleted_at is None) == (paper, is_there)
    draft.post(f"{desk}/switches/paused", on="1")
    draft.get(draft.get(paper).page.ids["undo"]["hx-get"])
    assert not draft.page.buttons
    draft.post(f"{desk}/undo", deed="0", back="https://elsewhere.example/")
    assert draft.path == f"{desk}/console"


def test_what_lacks_something_is_refused_in_words(draft, evening, database):
    for wrong, why in (
        ({"who": " "}, "Say who answers."),
        ({"text": "", "text_en": " "}, "Write what they answered."),
        ({"decision": "perhaps"}, "Choose how they decided."),
        ({"said_on": "2026-02-30"}, "Say on which day."),
        ({"text": "字" * 2001}, "Please shorten it to 2000 characters; it has 2001."),
        ({"theme": "999"}, "A colleague has just removed this theme."),
    ):
        said = {"who": "A", "said_on": "2026-12-01", "decision": "accepted", "text": "Yes", **wrong}
        draft.post(f"/proposals/{draft.number}/replies/new", **said)
        assert (draft.status, why in draft.text, database.count(Reply)) == (422, True, 0)


def test_the_next_paper_prints_it_before_the_signatures(app, draft, evening):
    reply(draft, evening.seats)
    with app.test_request_context():
        paper = gather(db.session.get_one(Proposal, draft.number))
    assert json.loads(json.dumps(paper["replies"])) == paper["replies"]
    [printed] = paper["replies"]
    assert (printed["who"], printed["theme"], printed["colour"]) == ("高境镇城建中心", "坐一坐", evening.seats.colour)
    draft.get(f"/proposals/{draft.number}?variant=zh")
    assert "部分采纳 高境镇城建中心" in draft.text
    assert draft.text.index("分歧意见") < draft.text.index("本提案提交后收到答复1件") < draft.text.index("九、签名")


def test_what_is_still_open_is_said_and_no_more(app, draft, evening, phone):
    assert "Not yet: the proposal" in own_page(phone, evening, evening.people[0]).text
    make_paper(app, draft, evening.owner)
    assert "Not yet: the reply" in own_page(phone, evening, evening.people[0]).text
    assert "Not yet: its theme, the reply" in own_page(phone, evening, evening.people[2]).text
    reply(draft, evening.seats)
    assert "Not yet" not in own_page(phone, evening, evening.people[0]).text
    change(app, evening.bench, status="hidden")
    assert "Not yet" not in own_page(phone, evening, evening.people[0]).text


def test_the_page_of_a_theme_leads_back_to_ideas_and_people(draft, evening, make, queries):
    reply(draft, evening.seats)
    address = f"/workshops/{evening.workshop.id}/themes/{evening.seats.id}"
    draft.get(f"/statements/{evening.bench.id}")
    assert address in draft.page.links
    few = queries(lambda: draft.get(address))
    assert f"/statements/{evening.back.id}" in draft.page.links
    assert "2 ideas · 2 people · 1 dot · place 2" in draft.text
    assert "Accepted in part 高境镇城建中心" in draft.text
    assert "王小明" not in draft.html
    for number in range(5):
        idea = make.idea(evening.board, f"idea {number}", evening.people[number])
        draft.post(f"/synthesis/{evening.board.id}/statements/{idea.id}/move", theme=str(evening.seats.id))
    assert queries(lambda: draft.get(address)) <= few
    draft.post(f"/synthesis/{evening.board.id}/themes/{evening.seats.id}/merge", theme=str(evening.light.id))
    assert draft.get(address).path == f"/workshops/{evening.workshop.id}/themes/{evening.light.id}"
    assert "Themes that were merged into this one: 坐一坐" in draft.text
    assert "高境镇城建中心" in draft.text


def test_a_reply_to_a_theme_concerns_all_of_its_name_and_follows_a_merge(draft, evening, make, phone, database):
    board = make.board(evening.workshop, title="再问一次")
    lamp = make.idea(board, "楼道灯", evening.people[4])
    make.theme(board, "亮起来 ", lamp)
    form = draft.get(f"/proposals/{draft.number}/replies/new").html
    assert form.count("亮起来") == 1
    reply(draft, evening.light)
    for person in (1, 4):
        assert "高境镇城建中心" in own_page(phone, evening, evening.people[person]).text
    assert "高境镇城建中心" not in own_page(phone, evening, evening.people[0]).text
    [first] = database.all(Reply)
    draft.get(f"/workshops/{evening.workshop.id}/console")
    draft.post(f"/synthesis/{evening.board.id}/themes/{evening.light.id}/merge", theme=str(evening.seats.id))
    assert f'value="{evening.seats.id}" selected' in draft.get(f"/proposals/{draft.number}/replies/{first.id}").html
