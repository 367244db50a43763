"""A workshop with something of everything, and a second town."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace

import gevent
import pytest
from PIL import Image
from sqlalchemy import select

from facilitator.activities.competition import rubrics, scoring
from facilitator.activities.competition.entries import Entry, Picture
from facilitator.activities.competition.judges import Assignment, Judge
from facilitator.activities.competition.models import Competition
from facilitator.activities.world_cafe.harvest import Harvest
from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.activities.world_cafe.notes import Note
from facilitator.activities.world_cafe.tables import CafePile, CafeTable, Guest, Pair, Seat
from facilitator.documents.evidence.replies import Reply
from facilitator.documents.models import DONE, Export, Proposal
from facilitator.extensions import db
from facilitator.questions.models import Question, QuestionVote
from facilitator.synthesis import doubles
from facilitator.synthesis.answers import Answer
from facilitator.synthesis.doubles import KeptApart
from facilitator.synthesis.kin import ThemeKin
from facilitator.synthesis.models import Statement, new_id
from facilitator.workshop.models import Activity
from tests.conftest import Database
from tests.factories import Factories
from tests.safekeeping.towns import town
from tests.visitors import Visitor

PATIENCE = 60


def picture(size=(320, 200), colour="#1f6f6b"):
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    out.seek(0)
    return out


@pytest.fixture
def evening(app):
    return spend_evening(app)


def spend_evening(app, place="共和九村"):
    """Two boards, three people, a photo, a merge, dots on themes and on ideas, paper, hands, undone deeds, drafts."""
    make, database = Factories(app), Database(app)
    owner = make.staff(name="小聚", email="ju@example.org")
    project = make.project(make.neighbourhood(place, name_en="Gonghe No. 9"), "紫竹苑微更新", stage="co-design")
    about = {"neighbourhood_id": project.neighbourhood_id, "project_id": project.id}
    workshop = make.workshop(owner, shared_with=make.staff(name="Jun"), title="共创美好社区", **about)
    first = make.board(workshop, title="Themes", vote_on="themes", rounds=2)
    second = make.board(workshop, title="Ideas", vote_on="ideas", budget=3)
    people = [make.person(workshop, name) for name in ("王小明", "Anna", "")]
    said = zip(("长凳", "Lamp", "Ramp"), people, strict=True)
    bench, lamp, ramp = (make.idea(first, text, person) for text, person in said)
    named = (("Seats", bench), ("Light", lamp), ("Steps", ramp))
    seats, light, steps = (make.theme(first, name, idea) for name, idea in named)
    make.room_at(workshop, second, "collect")
    resident = Visitor(app).get(f"/r/{people[0].token}")
    resident.post(
        f"/board/{second.id}/ideas", id=new_id(), text="<b>看</b>这里 13812345678", photo=(picture(), "a.jpg")
    )
    assert resident.status == 200, resident.text
    shade = make.idea(second, "Shade", people[1])
    for person, themes in zip(people, ((seats, seats), (steps, light), (light, light)), strict=True):
        for number, theme in enumerate(themes, 1):
            make.dot(first, person, theme, number)
            make.dot(second, person, shade, 1)
    make.placing(first, people[0], ramp, light)
    desk = Visitor(app)
    desk.is_signed_in_as(owner)
    desk.get(f"/workshops/{workshop.id}/console")
    desk.post(f"/board/{second.id}/entries", text="A card", source="paper")
    desk.post(f"/voting/{first.id}/counts/1", **{f"dots-paper-{seats.id}": "3", f"voters-paper-{seats.id}": "2"})
    desk.post(f"/voting/{second.id}/counts/1", **{f"dots-hands-{shade.id}": "4", f"voters-hands-{shade.id}": "4"})
    desk.post(f"/synthesis/{first.id}/themes/{steps.id}/merge", theme=str(light.id))
    two_that_say_the_same(app, owner, make.idea(first, "灯太暗", people[1]), lamp)
    desk.post(f"/workshops/{workshop.id}/moves", to=f"{first.id}-result", moves="0")
    desk.post(f"/workshops/{workshop.id}/message", message="Tea is ready")
    desk.get(f"/workshops/{workshop.id}/console").press("Undo")
    with app.app_context():
        db.session.get_one(Activity, first.id).state = {"revealed-1": 8, "revealed-2": 8}
        db.session.get_one(Activity, second.id).state = {"revealed-1": 8}
        db.session.commit()
    desk.post(f"/workshops/{workshop.id}/proposals")
    [proposal] = database.all(Proposal)
    desk.get(f"/proposals/{proposal.id}")
    desk.post(f"/proposals/{proposal.id}/wording/advice/zh", htmx=True, text="先做座椅 <i>", version="1")
    desk.post(f"/proposals/{proposal.id}/plan", what=["长凳"], who=["居委会"], when=["三月"], version="1")
    desk.post(f"/workshops/{workshop.id}/proposals/themes", theme=str(steps.id))  # by now that is the light
    answered(app, proposal, seats, owner)
    tables_and_rounds(app, workshop, people)
    entries_and_judges(app, workshop, seats, light)
    names = ("owner", "workshop", "first", "second", "people", "bench", "desk", "proposal")
    known = locals()
    return SimpleNamespace(**{name: known[name] for name in names})


def answered(app, proposal, theme, owner):
    """A reply to one theme of the proposal."""
    with app.app_context():
        said = {"who": "街道办", "decision": "partly", "said_on": "2026-12-01", "text": "先做三张"}
        db.session.add(Reply(proposal_id=proposal.id, theme_id=theme.id, created_by_id=owner.id, **said))
        db.session.commit()


def two_that_say_the_same(app, owner, one, other):
    """Taken apart, so that they are known to differ; then merged all the same."""
    with app.app_context():
        first, second = (db.session.get_one(Statement, each.id) for each in (one, other))
        KeptApart.keep([(first, second)], owner)
        doubles.merge(second, first)
        db.session.commit()


def tables_and_rounds(app, workshop, people):
    """A World Café behind the boards: seats, a pair, a note in a pile, a harvest card, a question with a voice."""
    with app.app_context():
        cafe = WorldCafe(workshop_id=workshop.id, position=2, title="Café", instruction="And now?", settings={})
        db.session.add(cafe)
        db.session.flush()
        table = CafeTable(activity_id=cafe.id, number=1, host_id=people[0].id)
        db.session.add(table)
        db.session.flush()
        about = {"activity_id": cafe.id, "participant_id": people[1].id}
        question = Question(id=new_id(), text="Who pays?", **about)
        pile = CafePile(id=new_id(), cafe_table_id=table.id, name="Shade")
        note = Note.add(
            cafe, new_id(), "Under the camphor tree", table, 1, participant_id=people[1].id, pile_id=pile.id
        )
        db.session.add_all(
            [
                Seat(round=1, cafe_table_id=table.id, **about),
                Guest(traits={"age": "60-"}, **about),
                Pair(activity_id=cafe.id, together=True, first_id=people[0].id, second_id=people[1].id),
                Harvest(cafe_table_id=table.id, title="Sitting", question="Where?"),
                pile,
                note,
                question,
            ]
        )
        db.session.flush()
        db.session.add(QuestionVote(question_id=question.id, participant_id=people[2].id))
        db.session.commit()


def entries_and_judges(app, workshop, theme, light):
    """A competition at the end: an entry with a picture that answers a theme, a judge who scored it and is locked."""
    with app.app_context():
        here = Competition(workshop_id=workshop.id, position=3, title="Final", instruction="Which?", settings={})
        here.criteria = rubrics.criteria("garden")[:1]
        db.session.add(here)
        db.session.flush()
        entry = Entry.add(here, "Hooks", team="Aunties", about="Ask 13812345678")
        judge = Judge.invite(here, "Lin", "Architect")
        # The one photo of the evening: the tests count them.
        photo = db.session.scalars(select(Statement.photo).where(Statement.photo != "")).first()
        db.session.add(Picture(entry_id=entry.id, photo=photo, thumb=photo, side="after"))
        db.session.add(Answer(statement_id=entry.id, theme_id=theme.id))
        db.session.add(ThemeKin(theme_id=theme.id, other_id=light.id, same=False))
        Assignment.put(here, {(judge.id, entry.id)})
        scoring.give(here, judge, entry, here.criteria[0], "8.5")
        scoring.write_note(here, judge, entry, "For me alone")
        scoring.lock(here, judge)
        db.session.commit()


@pytest.fixture
def published(app, evening):
    return publish(app, evening)


def publish(app, evening):
    """The evening's data as a finished file of the proposal."""
    evening.desk.post(f"/proposals/{evening.proposal.id}/exports", htmx=True, format="json", variant="zh")
    database = Database(app)
    with gevent.Timeout(PATIENCE):
        while not (made := database.all(Export, Export.status == DONE)):
            gevent.sleep(0.05)
    return made[0]


@pytest.fixture
def parcel(evening):
    return packed(evening)


def packed(evening):
    """The evening as the file that its owner gets."""
    evening.desk.get(f"/workshops/{evening.workshop.id}/parcel")
    assert evening.desk.answer.mimetype == "application/zip"
    return evening.desk.answer.data


@pytest.fixture
def elsewhere(tmp_path):
    return another_town(tmp_path / "elsewhere")


def another_town(folder):
    """Another town, where other numbers are in use already: nothing of the first may come to it by its number."""
    app = town(folder)
    make = Factories(app)
    mei = make.staff(name="Mei", email="mei@example.org")
    project = make.project(make.neighbourhood("高境二村"), "紫竹苑微更新")
    for _ in range(2):
        workshop = make.workshop(mei, title="Another evening")
        board = make.board(workshop)
        make.dot(board, make.person(workshop), make.idea(board))
    return SimpleNamespace(app=app, make=make, mei=mei, project=project, workshop=workshop)


def at(app, staff, language="en"):
    visitor = Visitor(app, language)
    visitor.is_signed_in_as(staff)
    return visitor


def bring(visitor, parcel, **fields):
    """Choose the file on the page, and press the button."""
    visitor.get("/workshops/import")
    return visitor.send("/workshops/import", parcel=(BytesIO(parcel), "evening.juyi"), **fields)
