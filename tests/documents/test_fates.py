"""From an idea forward: whoever said it, and staff, read what became of it; nobody else does."""

import json
import re
from io import BytesIO
from types import SimpleNamespace

import pytest

from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Score
from facilitator.documents.models import DONE, ROWS, Export, Proposal, Wording
from facilitator.extensions import db
from facilitator.synthesis.answers import Answer
from facilitator.synthesis.models import Statement
from tests.activities.competitions import fill, lock, new_competition, reveal

HEAD = "What became of what I said"


def own_page(phone, evening, person, language="en"):
    return phone(evening.workshop, person, language).get(f"/w/{evening.workshop.code}/me")


def change(app, row, **values):
    with app.app_context():
        found = db.session.get_one(type(row), row.id)
        for name, value in values.items():
            setattr(found, name, value)
        db.session.commit()


def write_plan(app, draft, *rows):
    with app.app_context():
        plan = db.session.query(Wording).filter_by(proposal_id=draft.number, section=ROWS).one()
        plan.text = json.dumps([dict(zip(("what", "who", "when"), row, strict=True)) for row in rows])
        db.session.commit()


def make_paper(app, draft, owner):
    with app.app_context():
        about = {"proposal_id": draft.number, "format": "pdf", "variant": "zh", "created_by_id": owner.id}
        db.session.add(Export(status=DONE, **about))
        db.session.commit()


def test_ones_own_page_tells_theme_and_place(phone, evening):
    page = own_page(phone, evening, evening.people[0])
    assert HEAD in page.text
    assert "楼道口加一张长凳" in page.text
    assert "It belongs to the theme 坐一坐" in page.text
    assert "The room gave the theme 1 dot: place 2." in page.text
    assert "It stands" not in page.text


def test_another_persons_page_shows_nothing_of_mine(phone, evening):
    page = own_page(phone, evening, evening.people[4])
    assert HEAD not in page.text
    for word in ("长凳", "王小明", "坐一坐"):
        assert word not in page.html
    other = own_page(phone, evening, evening.people[1])
    assert "坡道太暗" in other.text
    assert "长凳" not in other.html


def test_numbers_are_masked(phone, evening):
    page = own_page(phone, evening, evening.people[1])
    assert "138****5678" in page.html
    assert "13812345678" not in page.html


def test_what_is_kept_back_is_said_kindly_and_alone(app, phone, evening):
    page = own_page(phone, evening, evening.people[3])
    assert "It waits until the facilitator lets it onto the wall." in page.text
    change(app, evening.bench, status="hidden")
    page = own_page(phone, evening, evening.people[0])
    assert "It is not lost" in page.text
    assert "坐一坐" not in page.text
    assert "dot" not in page.text


def test_what_was_withdrawn_is_not_told(app, phone, evening):
    change(app, evening.bench, deleted_at=evening.bench.created_at)
    assert HEAD not in own_page(phone, evening, evening.people[0]).text


def test_dots_are_told_only_when_the_room_has_seen_them_all(app, phone, evening):
    change(app, evening.board, state={"revealed-1": 8, "revealed-2": 1})
    assert "The room gave the theme 3 dots: place 1." in own_page(phone, evening, evening.people[0]).text
    change(app, evening.board, state={})
    text = own_page(phone, evening, evening.people[0]).text
    assert "It belongs to the theme 坐一坐" in text
    assert "The room gave" not in text


def test_dots_on_ideas_are_the_ideas_own(app, make, phone, evening):
    board = make.board(evening.workshop, budget=5)
    person, other = evening.people[:2]
    first, second = make.idea(board, "first", person), make.idea(board, "second", person)
    make.dot(board, other, first)
    change(app, board, state={"revealed-1": 8})
    text = own_page(phone, evening, person).text
    assert "The room gave it 1 dot: place 1." in text
    assert "It got no dots this time." in text
    assert second.text in text
    make.theme(board, "Firsts", first, second)
    page = own_page(phone, evening, person)
    assert page.text.count("Its theme came in at place 1, with 1 dot by 1 person.") == 2
    assert page.text.count("1 person. None of the dots is on this idea itself. It is kept all the same.") == 1
    assert "It got no dots" not in page.text
    text = own_page(phone, evening, person, "zh").text
    assert "大家给它所在的主题投了 1 个圆点（1 人），排第 1。 这一条本身没有得到圆点，但同样完整保留。" in text


def test_entries_of_a_competition_are_no_ideas(app, make, phone, evening):
    final = new_competition(app, evening.workshop)
    entry = fill(app, final, entries=1, judges=0).entries[0]
    with app.app_context():
        db.session.get_one(Statement, entry).participant_id = evening.people[4].id
        db.session.commit()
    assert HEAD not in own_page(phone, evening, evening.people[4]).text


def test_residents_read_of_a_proposal_once_a_paper_was_made_of_it(app, draft, phone, evening):
    text = own_page(phone, evening, evening.people[0]).text
    assert "It stands" not in text
    assert "Not yet: the proposal" in text
    draft.get(f"/statements/{evening.bench.id}")
    assert "In draft, as no. 1: “A proposal for Bamboo Court”." in draft.text
    make_paper(app, draft, evening.owner)
    assert "as no. 1. It is quoted there word for word." in own_page(phone, evening, evening.people[0]).text
    assert (
        "It stands in the proposal “A proposal for Bamboo Court” as no. 1."
        in own_page(phone, evening, evening.people[0]).text
    )
    assert (
        "已写进提案《关于共和九村紫竹苑微更新的建议》，编号 1。"
        in own_page(phone, evening, evening.people[0], "zh").text
    )
    loose = own_page(phone, evening, evening.people[2]).text
    assert "It stands in the proposal" in loose
    assert "quoted" not in loose


def test_several_papers_are_told_in_one_line(app, draft, phone, evening):
    draft.post(f"/workshops/{evening.workshop.id}/proposals/themes", each="1")
    with app.app_context():
        numbers = [each.id for each in Proposal.all_of(evening.workshop)]
    assert len(numbers) == 3
    for number in numbers:
        make_paper(app, SimpleNamespace(number=number), evening.owner)
    page = own_page(phone, evening, evening.people[0])
    assert "It stands in 2 proposals as no. 1: “A proposal for Bamboo Court”, “" in page.text
    assert page.text.count("It stands") == 1
    draft.get(f"/statements/{evening.bench.id}")
    assert "In draft" not in draft.text


def test_the_plan_is_told_to_whom_it_concerns_once_a_paper_was_made(app, draft, phone, evening):
    write_plan(app, draft, ("坐一坐：座椅三组", "居委会", "三月"), ("亮起来：矮灯", "物业", "六月"))
    assert "座椅三组" not in own_page(phone, evening, evening.people[0]).text
    make_paper(app, draft, evening.owner)
    text = own_page(phone, evening, evening.people[0]).text
    assert "The plan says: 坐一坐：座椅三组 居委会 · 三月" in text
    assert "矮灯" not in text


def test_the_closing_tells_it_too(make, phone, evening):
    make.room_at(evening.workshop, None, "lobby")
    resident = phone(evening.workshop, evening.people[0])
    assert HEAD not in resident.get(f"/w/{evening.workshop.code}").text
    make.room_at(evening.workshop, None, "closing")
    for path in ("", "/scene"):
        assert "It belongs to the theme 坐一坐" in resident.get(f"/w/{evening.workshop.code}{path}").text


def test_as_many_queries_for_thirty_ideas_as_for_one(make, draft, phone, evening, queries):
    resident = phone(evening.workshop, evening.people[0])
    address = f"/w/{evening.workshop.code}/me"
    few = queries(lambda: resident.get(address))
    for number in range(29):
        make.theme(evening.board, f"theme {number}", make.idea(evening.board, f"idea {number}", evening.people[0]))
    assert queries(lambda: resident.get(address)) <= few
    assert "idea 28" in resident.text


# On to the schemes, and what was decided of them.


def contest(app, make, evening, **settings):
    """A final in another workshop of the same project, and the ids of its entries."""
    final = make.workshop(evening.owner, title="Final", project_id=evening.project.id)
    activity = new_competition(app, final, **{"lot": False, **settings})
    return final, activity, fill(app, activity, entries=2, judges=2)


def answer(desk, activity, entry, *themes):
    chosen = [str(theme.id) for theme in themes]
    return desk.post(f"/competition/{activity}/entries/{entry}/edit", **{"answers-asked": "1", "answer": chosen})


def test_a_scheme_is_told_as_far_as_its_own_room_may_read(app, make, draft, phone, evening, visit):
    final, activity, filled = contest(app, make, evening, blind=True)
    first, second = filled.entries
    answer(draft, activity, first, evening.seats)
    answer(draft, activity, second, evening.light)

    def read(person=evening.people[0]):
        return own_page(phone, evening, person).text

    assert "scheme" not in read()  # it doesn't hang yet
    here = SimpleNamespace(id=activity)
    make.room_at(final, here, "gallery")
    text = read()
    assert "A scheme answers the theme: 紫竹口袋花园" in text
    assert "竹影工作室" not in text
    assert "Not yet: the proposal, a decision on the scheme" in text
    assert "会发光的坡道" not in text
    assert "Not yet: its theme, the proposal" in read(evening.people[2])
    lock(app, activity, evening.owner.id)
    make.room_at(final, here, "award")
    reveal(app, activity, 1)
    assert "came in at place" not in read()
    reveal(app, activity, 1)
    draft.post(f"/competition/{activity}/entries/{first}/edit", **{"chosen-asked": "1", "chosen": "1"})
    text = read()
    assert "A scheme answers the theme: 紫竹口袋花园 竹影工作室" in text
    assert "This scheme came in at place" in text
    assert "It was chosen to be built." in text
    assert "decision" not in text
    # And backwards: from the scheme to what people said.
    draft.get(f"/competition/{activity}/entries")
    theme = f"/workshops/{evening.workshop.id}/themes/{evening.seats.id}"
    assert theme in draft.page.links
    assert "紫竹口袋花园" in draft.get(theme).text
    resident = phone(final)
    assert "It answers: 坐一坐" in resident.get(f"/competition/{activity}/entries/{first}").text
    answer(draft, activity, first)
    assert "紫竹口袋花园" not in read()


def test_answers_follow_a_merge_and_can_be_undone(app, make, draft, phone, evening, database):
    final, activity, filled = contest(app, make, evening)
    make.room_at(final, SimpleNamespace(id=activity), "gallery")
    answer(draft, activity, filled.entries[0], evening.light)
    draft.post(f"/synthesis/{evening.board.id}/themes/{evening.light.id}/merge", theme=str(evening.seats.id))
    assert "紫竹口袋花园" in own_page(phone, evening, evening.people[0]).text
    draft.get(f"/competition/{activity}/entries/{filled.entries[0]}/edit")
    assert re.search(rf'value="{evening.seats.id}"\s+checked', draft.html)
    answer(draft, activity, filled.entries[0])
    assert "紫竹口袋花园" not in own_page(phone, evening, evening.people[0]).text
    draft.get(f"/workshops/{final.id}/console").press("Undo")
    assert "紫竹口袋花园" in own_page(phone, evening, evening.people[0]).text
    assert database.count(Answer) == 1


def test_themes_are_offered_as_far_as_one_may_see_and_to_the_team(app, make, draft, evening, visit, database):
    _final, activity, filled = contest(app, make, evening)
    hidden = make.workshop(make.staff(), title="Elsewhere", project_id=evening.project.id)
    town = new_competition(app, make.workshop(evening.owner, title="Of the whole town"))
    offered = draft.get(f"/competition/{town}/entries/{fill(app, town, 1, 0).entries[0]}/edit").text
    assert "共创美好社区" in offered  # the entry is about the same neighbourhood
    secret = make.theme(make.board(hidden), "Secret")
    answer(draft, activity, filled.entries[0], evening.seats, secret)
    assert [row.theme_id for row in database.all(Answer)] == [evening.seats.id]
    # By a list too: looked at, then taken in.
    list_at, head = f"/competition/{activity}/entries/import", "编号,标题,回应主题\n1,,坐一坐、亮起来"
    for rows in (f"{head}\n2,,没有的", head):
        draft.get(list_at)
        draft.post(list_at, list=(BytesIO(rows.encode()), "list.csv"))
        assert ("“没有的” is no theme of this project or neighbourhood." in draft.text) == ("没有的" in rows)
    draft.post(list_at, **draft.page.form(list_at).fields)
    assert [row.theme_id for row in database.all(Answer)] == [evening.seats.id, evening.light.id]
    answer(draft, activity, filled.entries[0], evening.seats)
    token = database.get(Entry, filled.entries[1]).token
    with app.app_context():
        db.session.query(Score).delete()
        db.session.commit()
    team = visit().get(f"/e/{token}")
    assert "坐一坐" in team.text
    assert "Secret" not in team.text
    team.post(f"/e/{token}", **{"answers-asked": "1", "answer": [str(evening.light.id), str(secret.id)]})
    assert [row.theme_id for row in database.all(Answer, Answer.deleted_at.is_(None))] == [
        evening.seats.id,
        evening.light.id,
    ]


# For staff.


def test_evidence_leads_to_the_idea(draft, evening):
    draft.get(f"/proposals/{draft.number}/evidence/ideas")
    assert f"/statements/{evening.bench.id}" in draft.page.links
    draft.get(f"/statements/{evening.bench.id}")
    assert "Participant 01" in draft.text
    assert "王小明" not in draft.html
    assert "The room gave the theme 1 dot: place 2." in draft.text
    assert f"/proposals/{draft.number}" in draft.page.links


def test_the_page_of_an_idea_knows_where_it_has_been(draft, evening, make):
    wet = make.theme(evening.board, "下雨天")
    base = f"/synthesis/{evening.board.id}"
    draft.post(f"{base}/statements/{evening.loose.id}/move", theme=str(wet.id))
    draft.post(f"{base}/themes/{wet.id}/merge", theme=str(evening.seats.id))
    draft.post(f"{base}/statements/{evening.loose.id}/status", status="hidden")
    draft.get(f"/statements/{evening.loose.id}")
    moved, merged, hidden = (
        draft.text.index(words) for words in ("Moved into “下雨天”", "Moved into “坐一坐”", "Taken off the wall")
    )
    assert moved < merged < hidden
    assert "Themes that were merged into this one: 下雨天" in draft.text
    assert "Moved" not in draft.get(f"/statements/{evening.bench.id}").text


def test_the_panel_of_an_idea_leads_there(draft, evening):
    draft.get(f"/synthesis/{evening.board.id}/statements/{evening.bench.id}")
    assert f"/statements/{evening.bench.id}" in draft.page.links


@pytest.mark.parametrize("gone", ["idea", "activity", "workshop", "none"])
def test_what_is_gone_or_somebody_elses_has_no_page(app, draft, evening, make, visit, gone, database):
    address, when = f"/statements/{evening.bench.id}", evening.bench.created_at
    assert draft.get(address).status == 200
    assert visit(make.staff()).get(address).status == 404
    if gone == "none":
        address = "/statements/nothing"
    else:
        row = {"idea": evening.bench, "activity": evening.board, "workshop": evening.workshop}[gone]
        change(app, row, deleted_at=when)
    assert draft.get(address).status == 404


def test_the_page_of_an_idea_asks_the_same_for_few_as_for_many(draft, evening, make, queries):
    address = f"/statements/{evening.bench.id}"
    few = queries(lambda: draft.get(address))
    for number in range(20):
        make.theme(evening.board, f"theme {number}", make.idea(evening.board, f"idea {number}", evening.people[0]))
    assert queries(lambda: draft.get(address)) <= few
