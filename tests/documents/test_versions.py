"""Every wording is kept: what one person types in one go is a version; two are compared, an older one returns."""

import re
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from facilitator.documents.drafts.revisions import Revision
from facilitator.documents.models import DONE, Export, Proposal, Wording
from facilitator.documents.proposal import gather
from facilitator.extensions import db
from facilitator.methods.differences import differences


def write(visitor, draft, section, text, language="zh"):
    page = visitor.get(f"/proposals/{draft.number}?variant=bi").html
    form = page[page.index(f'id="saved-{section}-{language}"') :]
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    visitor.post(f"/proposals/{draft.number}/wording/{section}/{language}", htmx=True, text=text, version=version)
    assert visitor.status == 200


def later(app, minutes):
    """Everything was written that much earlier."""
    with app.app_context():
        for each in db.session.query(Revision):
            each.ended_at -= timedelta(minutes=minutes)
        db.session.commit()


def changed(draft, one, other):
    page = draft.get(f"/proposals/{draft.number}/history/comparison?one={one}&other={other}").html
    return re.findall(r"<(del|ins)>([^<]*)</", page)


def test_what_one_person_types_in_one_go_is_one_version(app, draft, evening, make, visit, database):
    other = visit(make.secretary(name="王秘书"))
    for text in ("先", "先做", "先做座椅和路灯。"):
        write(draft, draft, "advice", text)
    write(other, draft, "matter", "十年没修了。")  # meanwhile, elsewhere: no end of the first one's version
    write(draft, draft, "title", "Seats first", "en")
    write(other, draft, "advice", "先做座椅与路灯。")
    write(draft, draft, "advice", "先做座椅与坡道。")  # the colleague has been here since
    later(app, 11)
    write(draft, draft, "advice", "先做坡道。")
    kept = sorted(database.all(Revision), key=lambda each: each.number)
    assert [(each.number, list(each.texts.items())) for each in kept[1:]] == [
        (2, [("advice-zh", "先做座椅和路灯。"), ("title-en", "Seats first")]),
        (3, [("matter-zh", "十年没修了。"), ("advice-zh", "先做座椅与路灯。")]),
        (4, [("advice-zh", "先做座椅与坡道。")]),
        (5, [("advice-zh", "先做坡道。")]),
    ]
    assert kept[0].texts["title-zh"] == "关于共和九村紫竹苑微更新的建议"
    draft.get(f"/proposals/{draft.number}/history")
    assert re.search(r"Version 3\s*王秘书", draft.text)
    assert changed(draft, "v3", "v4") == [("del", "路灯"), ("ins", "坡道")]
    assert changed(draft, "v1", "v2")[-1] == ("ins", "先做座椅和路灯。")

    # Put back: a version of its own, and only over what one has seen.
    form = draft.get(f"/proposals/{draft.number}/history/comparison?one=v2&other=now").page
    assert form.form(f"/proposals/{draft.number}/history/restoration").fields["one"] == "v2"
    [now] = database.all(Wording, Wording.section == "advice", Wording.language == "zh")
    about = {"one": "v2", "key": "advice-zh"}
    assert draft.post(f"/proposals/{draft.number}/history/restoration", version="1", **about).status == 409
    draft.post(f"/proposals/{draft.number}/history/restoration", version=str(now.version), **about)
    assert database.get(now).text == "先做座椅和路灯。"
    assert "put back from version 2" in draft.text
    assert database.all(Revision)[-1].number == 6
    # Who types on after that begins another.
    write(draft, draft, "advice", "先做座椅和路灯！")
    assert database.all(Revision)[-1].number == 7
    assert draft.get(f"/proposals/{draft.number}/history/comparison?one=v99&other=now").status == 404


def test_the_plan_and_the_figures_of_two_files_are_compared(app, draft, evening, make):
    rows = {"what": ["装灯", "修凳"], "who": ["物业", ""], "when": ["3月", ""]}
    draft.post(f"/proposals/{draft.number}/plan", htmx=True, version="1", **rows)
    publish(app, draft, evening, "ABCD3467")
    make.idea(evening.board, "再来一条", evening.people[4], theme_id=evening.light.id)
    draft.post(f"/proposals/{draft.number}/plan", htmx=True, version="2", what=["装灯"], who=["物业"], when=["4月"])
    publish(app, draft, evening, "CDEF3467")
    assert changed(draft, "pABCD3467", "pCDEF3467") == [("del", "3"), ("ins", "4"), ("del", "修凳\n")]
    row = r'<th scope="row">([^<]+)</th>\s*<td class="num">(\d+)</td>\s*<td class="num"><b>(\d+)'
    figures = re.findall(row, draft.html)
    assert figures == [
        ("People whose ideas are counted", "3", "4"),
        ("Ideas", "5", "6"),
        ("Ideas in “亮起来”", "2", "3"),
    ]
    assert "装灯 · 物业 · " in draft.text


def publish(app, draft, evening, code):
    with app.app_context():
        shown = gather(db.session.get_one(Proposal, draft.number), code)
        about = {"proposal_id": draft.number, "format": "pdf", "variant": "zh", "created_by_id": evening.owner.id}
        db.session.add(Export(status=DONE, check_code=code, snapshot=dict(shown), **about))
        db.session.commit()


@given(st.text("先做座椅。，a b\n", max_size=40), st.text("先做路灯。，a c\n", max_size=40))
def test_differences_hold_both_texts_whole(before, after):
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


def test_differences_go_by_the_character_and_by_the_word():
    def marked(before, after):
        marks = {"same": "{}", "gone": "[-{}]", "new": "[+{}]"}
        return "".join(marks[piece.kind].format(piece.text) for piece in differences(before, after))

    assert (
        marked("先做座椅和路灯，花费小。", "先做座椅与路灯，花费不大。") == "先做座椅[-和][+与]路灯，花费[-小][+不大]。"
    )
    assert marked("We fix the lamps first.", "We repair the lamps and seats first.") == (
        "We [-fix][+repair] the lamps [+and seats ]first."
    )
    assert marked("一句。两句。三句。", "一句。三句。别的话说完了。") == "一句。[-两句。]三句。[+别的话说完了。]"
    assert marked("。" * 9000, "。" * 8999 + "a") == f"[-{'。' * 9000}][+{'。' * 8999}a]"
