"""`--demo`: the final of the design competition, with its award."""

from collections import Counter

import pytest
from PIL import Image

from facilitator.accounts.models import Staff
from facilitator.activities.competition.audit import AuditLine
from facilitator.activities.competition.entries import Entry, Picture
from facilitator.activities.competition.judges import Judge, Judgement, Score
from facilitator.demo import competition
from facilitator.demo.plan import content
from facilitator.extensions import db
from facilitator.questions.models import Question
from facilitator.voting.dots import Dot
from facilitator.workshop.models import Workshop

CODE = "GJZJ9F"


@pytest.fixture
def told(loaded_once, make):
    """This evening alone: the demo's others take their time."""

    def load():
        staff = make.secretary()
        competition.add(content("competition"), db.session.get_one(Staff, staff.id))
        db.session.commit()

    loaded_once("final", load)


@pytest.fixture
def final(told, app):
    """The competition, with the context that it is read in."""
    with app.test_request_context():
        [here] = Workshop.by_code(CODE).activities
        yield here


def test_nine_entries_hang_with_drawn_pictures(told, app, database):
    entries = {each.id: each for each in database.all(Entry)}
    assert len(entries) == 9
    assert {each.neighbourhood for each in entries.values()} <= {
        row["name"] for row in content("town")["neighbourhoods"]
    }
    pictures = database.all(Picture)
    assert Counter(each.side for each in pictures) == {"before": 9, "after": 9, "": 9}
    folder = app.config["SETTINGS"].data / "photos"
    for picture in pictures:
        with Image.open(folder / picture.photo) as large, Image.open(folder / picture.thumb) as small:
            assert (large.format, small.format) == ("JPEG", "JPEG")
            assert max(small.size) < max(large.size) <= 1600
    assert len({(folder / each.photo).read_bytes() for each in pictures}) == 27
    assert all(each.photo for each in entries.values())


def test_seven_judges_gave_everything_and_one_recused_herself(told, database):
    judges = {each.id: each for each in database.all(Judge)}
    [recusal] = database.all(Judgement, Judgement.recused_at.is_not(None))
    entry = next(each for each in database.all(Entry) if each.id == recusal.entry_id)
    assert (judges[recusal.judge_id].name, entry.number) == ("林若溪", 4)
    assert "若溪" in entry.team
    assert len(judges) == 7
    assert database.count(Score) == (7 * 9 - 1) * 5
    assert all(each.locked_at for each in judges.values())


def test_the_room_gave_the_dots_of_the_plan_and_nobody_more_than_a_hand_holds(told, database):
    plan = {row["title"]: row["votes"] for row in content("competition")["entries"]}
    named = {each.id: each.text for each in database.all(Entry)}
    dots = database.all(Dot, Dot.statement_id.in_(list(named)))
    assert Counter(named[each.statement_id] for each in dots) == plan
    assert max(Counter(each.participant_id for each in dots).values()) == 3
    assert max(Counter((each.participant_id, each.statement_id) for each in dots).values()) == 1


def test_the_award_is_out_and_stands(final):
    standing = final.standing()
    assert (final.workshop.step, final.is_awarded, final.revealed) == ("award", True, 3)
    assert [(place.rank, place.entry.title) for place in standing.places[:3]] == [
        (1, "转角歇一歇"),
        (2, "孩子的沙坑，爷爷的棋桌"),
        (3, "紫竹苑亮一点"),
    ]
    assert standing.sensitivity.is_firm
    assert sorted(place.rank for place in standing.places) == list(range(1, 10))


def test_the_log_tells_of_every_score(final):
    acts = Counter(line.act for line in AuditLine.of(final))
    expected = {"entry": 9, "invited": 7, "lot": 1, "opened": 1, "score": 310, "recused": 1, "locked": 7, "rules": 1}
    assert acts == {**expected, "revealed": 3}


def test_questions_went_to_those_who_presented(final, database):
    asked = database.all(Question, Question.activity_id == final.id)
    assert {each.subject_id for each in asked} <= {each.id for each in database.all(Entry)}
    assert len(asked) == 4
