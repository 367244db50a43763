"""The themes of one project over its workshops: what came back, what is new, what went quiet."""

from types import SimpleNamespace

import pytest

from facilitator.extensions import db
from facilitator.workshop.models import Workshop
from tests.activities.competitions import fill, new_competition


@pytest.fixture
def later(app, make, evening):
    """A second evening of the project: seats again, something new, and light under another name."""
    workshop = make.workshop(evening.owner, title="Second evening", project_id=evening.project.id)
    board = make.board(workshop, title="Again", vote_on="themes", places=8)
    said = ("长凳还没装", "楼道还是太暗，路灯朝下照", "狗绳")
    ideas = [make.idea(board, text, make.person(workshop)) for text in said]
    names = (" 坐一坐 ", "夜里看得见", "毛孩子")
    seats, night, dogs = (make.theme(board, name, idea) for name, idea in zip(names, ideas, strict=True))
    return SimpleNamespace(workshop=workshop, board=board, seats=seats, night=night, dogs=dogs)


@pytest.fixture
def page(evening, later, visit):
    visitor = visit(evening.owner)
    visitor.address = f"/projects/{evening.project.id}/themes"
    return visitor.get(visitor.address)


def test_what_came_back_what_is_new_and_what_went_quiet(page, evening, later):
    head = "At the last evening, going by names and your answers: 2 new 1 came back 1 not heard this time"
    assert f"{head} The same matter under another name?" in page.text
    assert page.text.index("Look for themes that may be the same") < page.text.index("What followed")
    assert "4 ideas in themes · 8 dots" in page.text  # a fifth lies loose
    rows = page.text.split("What followed")[1]
    assert "坐一坐 2 ideas · 2 people1 dot · place 2 came back 1 idea · 1 person" in rows
    assert "毛孩子 · new 1 idea · 1 person" in rows
    assert "亮起来 2 ideas · 1 person7 dots · place 1 not heard this time" in rows
    for theme in (later.seats, later.dogs):
        assert f"/workshops/{later.workshop.id}/themes/{theme.id}" in page.page.links
    assert f"/workshops/{evening.workshop.id}/themes/{evening.seats.id}" in page.page.links
    table = page.get(f"{page.address}.csv").answer.data.decode("utf-8-sig")
    assert "亮起来,Second evening,,,0,0,,,not heard this time" in table
    assert page.get(f"/workshops/{later.workshop.id}/agenda").status == 200
    assert page.address in page.page.links


def test_the_same_under_another_name_is_said_by_people_parted_and_undone(page, evening, later):
    page.post(f"{page.address}/kin", theme=str(later.night.id), other=str(evening.light.id), same="1")
    page.get(page.address)
    assert "1 new 2 came back 0 not heard this time" in page.text
    assert "called “亮起来” then" in page.text
    # A merge takes the word along.
    page.post(f"/synthesis/{later.board.id}/themes/{later.night.id}/merge", theme=str(later.dogs.id))
    assert "0 new 2 came back" in page.get(page.address).text
    page.get(f"/workshops/{later.workshop.id}/console").press("Undo")
    page.post(f"{page.address}/parting", theme=str(later.night.id))
    assert "2 new 1 came back 1 not heard this time" in page.get(page.address).text
    page.get(f"/workshops/{later.workshop.id}/console").press("Undo")
    assert "1 new 2 came back" in page.get(page.address).text
    # Of one name, and yet another matter.
    page.post(f"{page.address}/parting", theme=str(later.seats.id))
    assert "2 new 1 came back 1 not heard this time" in page.get(page.address).text
    assert page.post(f"{page.address}/kin", theme="999", other=str(evening.seats.id), same="1").status == 409


def test_what_one_said_last_is_taken_back_on_the_page_itself(page, evening, later):
    """In whichever workshop it stands, whatever one did since; and the room stays where it is."""
    third = {"theme": str(evening.light.id), "other": str(later.dogs.id)}
    page.post(f"{page.address}/kin", theme=str(later.night.id), other=str(evening.seats.id), same="0")
    page.post(f"{page.address}/kin", **third, same="1")
    page.post(f"/workshops/{evening.workshop.id}/switches/paused", on="1")
    assert "1 new 2 came back" in page.get(page.address).text
    page.press("Undo: which themes are the same")
    assert "2 new 1 came back" in page.text
    page.press("Undo: which themes are the same")
    assert not page.page.has_button("Undo")
    assert page.get(f"/workshops/{evening.workshop.id}/console").page.has_button("Go on")


def test_the_other_pairs_stay_when_one_is_answered(page, evening, later):
    asked = [f"{later.night.id}-{evening.light.id}", f"{later.dogs.id}-{evening.seats.id}", "nonsense", "1-2-3"]
    first = {"theme": str(later.night.id), "other": str(evening.light.id), "same": "1", "pair": asked}
    page.post(f"{page.address}/kin", htmx=True, **first)
    assert "毛孩子 狗绳 perhaps the same as 坐一坐" in page.text
    assert "perhaps the same as 亮起来" not in page.text
    assert page.html.count("autofocus") == 1
    assert page.answer.headers["HX-Trigger"] == "deed-done"
    last = {"theme": str(later.dogs.id), "other": str(evening.seats.id), "same": "0", "pair": asked[1]}
    assert "That was the last pair." in page.post(f"{page.address}/kin", htmx=True, **last).text
    assert "1 new 2 came back" in page.get(page.address).text


def test_what_may_be_the_same_is_only_asked(page, evening, later):
    offers = f"{page.address}/kin"
    text = page.get(offers).text
    assert "1 pair may be the same: 夜里看得见 楼道还是太暗，路灯朝下照 perhaps the same as 亮起来" in text
    assert "2 new 1 came back" in page.get(page.address).text
    page.post(offers, theme=str(later.night.id), other=str(evening.light.id), same="0")
    assert "None seems to be the same as another." in page.get(offers).text


def test_schemes_and_replies_stand_beside_the_theme(app, make, draft, evening, later, page):
    final = make.workshop(evening.owner, title="Final", project_id=evening.project.id)
    activity = new_competition(app, final, lot=False)
    entry = fill(app, activity, entries=1, judges=0).entries[0]
    make.room_at(final, SimpleNamespace(id=activity), "gallery")
    address = f"/competition/{activity}/entries/{entry}/edit"
    draft.post(address, **{"answers-asked": "1", "answer": [str(evening.seats.id), str(later.seats.id)]})
    said = {
        "who": "街道办",
        "said_on": "2026-12-01",
        "decision": "accepted",
        "text": "好",
        "theme": str(evening.seats.id),
    }
    draft.post(f"/proposals/{draft.number}/replies/new", **said)
    # The page of its kin at the other evening tells it too, and where it was said.
    kin = page.get(f"/workshops/{later.workshop.id}/themes/{later.seats.id}").text
    assert "The same matter at “共创美好社区” Accepted 街道办" in kin
    assert kin.count("紫竹口袋花园") == 1
    text = page.get(page.address).text
    assert text.count("紫竹口袋花园") == 1
    assert "紫竹口袋花园 Accepted 街道办" in text
    assert "Without themes: Final" in text


def test_only_evenings_that_one_may_see_are_columns(app, make, evening, later, visit):
    address = f"/projects/{evening.project.id}/themes"
    colleague = make.staff()
    assert visit(colleague).get(address).status == 404
    with app.app_context():
        here = db.session.get_one(Workshop, later.workshop.id)
        here.share_with(db.session.merge(colleague))
        db.session.commit()
    text = visit(colleague).get(address).text
    assert "One evening so far." in text
    assert "共创美好社区" not in text
    other = make.project(evening.place, "Another")
    assert "No workshop of this project yet" in visit(make.secretary()).get(f"/projects/{other.id}/themes").text
    make.workshop(evening.owner, project_id=other.id)
    assert "No themes yet" in visit(evening.owner).get(f"/projects/{other.id}/themes").text


def test_as_many_queries_for_three_evenings_as_for_one(make, evening, visit, queries):
    """Once each workshop is worked out; that is kept until it changes."""
    desk, address = visit(evening.owner), f"/projects/{evening.project.id}/themes"
    desk.get(address)
    one = queries(lambda: desk.get(address))
    for title in ("Second", "Third"):
        board = make.board(make.workshop(evening.owner, title=title, project_id=evening.project.id))
        make.theme(board, "坐一坐", make.idea(board, "Bench"))
    assert desk.get(address).text.count("came back") >= 2
    assert queries(lambda: desk.get(address)) <= one
