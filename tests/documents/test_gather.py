"""Each figure of the paper equals what the database holds."""

import pytest

from facilitator.documents.models import Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.tables import everything
from facilitator.extensions import db
from facilitator.synthesis.models import Statement
from facilitator.voting.dots import Dot
from facilitator.workshop.models import Activity, Workshop


@pytest.fixture
def gathered(app, evening):
    def gathered():
        with app.app_context():
            proposal = Proposal.of(db.session.get_one(Workshop, evening.workshop.id), evening.owner)
            db.session.commit()
            return gather(proposal, "ABCD3467", "http://hall:8000/c/ABCD3467")

    return gathered


def test_totals_equal_the_database(gathered, database, evening):
    shown = database.count(Statement, Statement.status == "shown")
    dots = database.count(Dot, Dot.round == 2) + 3
    assert gathered()["totals"] == {
        "people": 5,
        "writers": 3,
        "without_phone": 1,
        "held_back": 1,
        "ideas": shown,
        "themes": 2,
        "dots": dots,
        "voters": 6,
        "loose": 1,
        "photos": 0,
        "merged": 0,
    }


def test_where_no_neighbourhood_was_chosen_the_papers_name_the_projects(app, gathered, evening):
    with app.app_context():
        db.session.get_one(Workshop, evening.workshop.id).neighbourhood_id = None
        db.session.commit()
    assert gathered()["meta"]["neighbourhood"] == "共和九村"


def test_themes_carry_dots_distinct_voters_and_place(gathered):
    [question] = gathered()["questions"]
    assert [
        (each["name"], each["rank"], each["dots"], each["voters"], each["ideas"], each["people"])
        for each in question["themes"]
    ] == [
        ("亮起来", 1, 7, 5, 2, 1),
        ("坐一坐", 2, 1, 1, 2, 2),
    ]
    assert question["votes"] == [{"number": 1, "dots": 3, "voters": 3}, {"number": 2, "dots": 8, "voters": 6}]
    assert [(each["name"], each["before"], each["after"]) for each in question["shifts"]] == [
        ("亮起来", 0, 7),
        ("坐一坐", 3, 1),
    ]


def test_sources_are_split(gathered):
    assert [(each["source"], each["ideas"], each["dots"]) for each in gathered()["shares"]] == [
        ("phone", 4, 5),
        ("helper", 0, 0),
        ("paper", 1, 3),
        ("hands", 0, 0),
    ]


def test_nobody_is_named_in_full_and_numbers_are_masked(gathered):
    data = gathered()
    assert [(idea["person"], idea["name"]) for idea in data["ideas"]] == [
        (1, "王**"),
        (2, ""),
        (2, ""),
        (0, ""),
        (3, ""),
    ]
    assert "王小明" not in str(data)
    assert "13812345678" not in str(data)
    assert "138****5678" in data["ideas"][1]["text"]


def test_what_is_not_revealed_is_not_counted(app, gathered, evening):
    with app.app_context():
        db.session.get_one(Activity, evening.board.id).state = {"revealed-1": 8}
        db.session.commit()
    [question] = gathered()["questions"]
    assert [vote["number"] for vote in question["votes"]] == [1]
    assert question["shifts"] == []
    assert gathered()["totals"]["dots"] == 3


def test_dots_on_ideas_count_each_voter_of_a_theme_once(app, make, evening, gathered):
    board = make.board(evening.workshop, title="再问一次", vote_on="ideas", rounds=1)
    ideas = [make.idea(board, text, evening.people[0]) for text in ("甲", "乙", "丙")]
    make.theme(board, "一起", *ideas[:2])
    for idea in ideas[:2]:
        make.dot(board, evening.people[2], idea)
    make.dot(board, evening.people[3], ideas[0])
    with app.app_context():
        db.session.get_one(Activity, board.id).state = {"revealed-1": 8}
        db.session.commit()
    data = gathered()
    [theme] = data["questions"][1]["themes"]
    assert (theme["dots"], theme["voters"]) == (3, 2)
    assert [(idea["number"], idea["dots"]) for idea in data["ideas"][-3:]] == [("2-1", 2), ("2-2", 1), ("2-3", 0)]
    assert data["questions"][1]["unmarked"] == 1


def test_quotes_give_everyone_a_turn_first(make, evening, gathered):
    for text in ("长凳二", "长凳三", "长凳四"):
        make.idea(evening.board, text, evening.people[0], theme_id=evening.seats.id)
    seats = next(each for each in gathered()["questions"][0]["themes"] if each["name"] == "坐一坐")
    assert seats["quotes"] == ["1", "2", "7", "8"]


def test_a_workshop_where_nothing_happened_is_gathered_too(app, make):
    workshop = make.workshop()
    with app.app_context():
        proposal = Proposal.of(
            db.session.get_one(Workshop, workshop.id), db.session.get_one(Workshop, workshop.id).owner
        )
        db.session.commit()
        assert set(gather(proposal)["totals"].values()) == {0}


def test_proposals_are_numbered_in_their_year_and_one_workshop_has_one(app, make):
    with app.app_context():
        first, second = (db.session.get_one(Workshop, make.workshop().id) for _ in range(2))
        numbers = [Proposal.of(each, each.owner).number for each in (first, second, first)]
        db.session.commit()
    assert numbers == [1, 2, 1]


def test_everything_equals_the_database(app, evening, database):
    with app.app_context():
        tables = everything(db.session.get_one(Workshop, evening.workshop.id))
    assert list(tables) == ["workshop", "agenda", "people", "ideas", "themes", "results", "dots"]
    assert len(tables["ideas"]) == database.count(Statement)
    assert len(tables["dots"]) == database.count(Dot)
    assert [(row["round"], row["what"], row["dots"], row["paper"]) for row in tables["results"]] == [
        (1, "坐一坐", 3, 0),
        (1, "亮起来", 0, 0),
        (2, "亮起来", 7, 3),
        (2, "坐一坐", 1, 0),
    ]
    assert "王小明" not in str(tables)
