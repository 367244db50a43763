"""`--demo`: the town and its evenings, each loaded once."""

import re

import pytest

from facilitator.accounts.models import SECRETARIAT, Staff, password_fits
from facilitator.activities.board.ideas import Idea
from facilitator.demo.load import load
from facilitator.documents.evidence.across import Across
from facilitator.extensions import db, now
from facilitator.programme.models import Neighbourhood, Project
from facilitator.voting.dots import Dot
from facilitator.workshop import agenda
from facilitator.workshop.models import Participant, Workshop

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def told(app, loaded_once):
    return loaded_once("demo", lambda: load(app))


def test_the_town_has_its_neighbourhoods_and_its_five_micro_renewals(told, database):
    neighbourhoods = {each.id: each.name for each in database.all(Neighbourhood)}
    assert len(neighbourhoods) == 32
    assert {(neighbourhoods[each.neighbourhood_id], each.name) for each in database.all(Project)} == {
        ("高境二村", "小广场挂钩微更新"),
        ("逸仙一村三居", "小广场便民座椅"),
        ("高境欣苑", "欣苑微花园"),
        ("三花二居", "宠物友好设施"),
        ("共和九村", "紫竹苑微更新"),
    }


def test_the_room_is_in_its_second_vote(told, app, database):
    with app.app_context():
        workshop = Workshop.by_code("GHJ9CN")
        warm_up, board = workshop.activities
        assert (workshop.title, workshop.step) == ("共和九村紫竹苑微更新 · 共创美好社区", "vote-again")
        assert agenda.here(workshop).activity is board
        assert [round_.number for round_ in warm_up.rounds() + board.rounds()] == [1, 1]
        assert {source for line in board.round(1).lines for source in line.sources} == {"phone", "paper", "hands"}
        board_id = board.id
        workshop_id = workshop.id
    ideas = database.all(Idea, Idea.activity_id == board_id)
    in_chinese = [idea for idea in ideas if CHINESE.search(idea.text)]
    assert len(in_chinese) >= 60
    assert len(ideas) - len(in_chinese) >= 12
    assert len({idea.text for idea in ideas}) == len(ideas)
    assert database.count(Participant, Participant.workshop_id == workshop_id) == 31


def test_nobody_gave_more_dots_than_allowed(told, app, database):
    given = {}
    for dot in database.all(Dot):
        given.setdefault((dot.activity_id, dot.round, dot.participant_id), []).append(dot.statement_id)
    with app.app_context():
        for board in Workshop.by_code("GHJ9CN").activities:
            hands = [ideas for (activity, _round, _person), ideas in given.items() if activity == board.id]
            assert max(map(len, hands)) == board.setting("budget")
            assert max(ideas.count(idea) for ideas in hands for idea in ideas) <= board.setting("cap")


def test_the_project_has_an_earlier_evening_whose_themes_came_back_and_were_answered(told, app, database):
    with app.app_context():
        project, staff = db.session.query(Project).filter_by(name="紫竹苑微更新").one(), db.session.query(Staff).one()
        with app.test_request_context():
            across = Across(project, staff)
            rows = {row.name: row for row in across.rows}
            assert [column.workshop.code for column in across.columns] == ["GJ4EVA", "GHJ9CN"]
            assert (across.count("back"), across.count("quiet")) == (2, 2)
            light = rows["亮起来"]
            assert [each.title for each in light.schemes] == ["紫竹苑亮一点"]
            assert [(each.who, each.decision) for each in light.replies] == [("高境镇城建中心", "accepted")]


def test_the_terminal_tells_how_to_sign_in(told, database):
    [staff] = database.all(Staff)
    [password] = [line.split()[1] for line in told if staff.email in line]
    assert staff.role == SECRETARIAT
    assert password_fits(staff.password_hash, password)


def test_a_second_start_keeps_what_is_there(told, app, database):
    before = [database.count(model) for model in (Workshop, Idea, Dot, Participant, Neighbourhood, Staff)]
    with app.app_context():
        assert load(app) == told
    assert [database.count(model) for model in (Workshop, Idea, Dot, Participant, Neighbourhood, Staff)] == before


def test_the_terminal_leads_to_every_room(told, app):
    with app.app_context():
        rooms = [Workshop.by_code(code) for code in ("GHJ9CN", "GJC48P", "GJZJ9F", "GJ4EVA")]
        assert [(each.title, each.screen_token, each.code) for each in rooms] == [
            (title, *(line.rpartition("/")[2] for line in (projector, phones)))
            for title, _console, projector, phones in (told[4:8], told[9:13], told[14:18], told[19:23])
        ]


def test_an_evening_that_is_missing_comes_and_one_that_was_deleted_stays_away(told, app, database):
    """The demo of an earlier version had one evening; somebody cleared the other away."""
    with app.app_context():
        Workshop.by_code("GHJ9CN").deleted_at = now()
        Workshop.by_code("GJC48P").code = "ABCDEF"
        db.session.commit()
        load(app)
    rooms = [(room.code, room.deleted_at is None) for room in database.all(Workshop)]
    assert rooms == [("GHJ9CN", False), ("ABCDEF", True), ("GJZJ9F", True), ("GJ4EVA", True), ("GJC48P", True)]


def test_a_town_that_has_one_of_its_projects_keeps_it(app, make, database):
    known = make.project(make.neighbourhood("共和九村"), "紫竹苑微更新", stage="research")
    with app.app_context():
        load(app)
        assert Workshop.by_code("GHJ9CN").project_id == known.id
    assert database.get(known).stage == "research"
    assert database.count(Project, Project.name == known.name) == 1
