"""What the screens of a World Café work out: how many tables, where one finds one's name, why one sits here."""

import re
from types import SimpleNamespace

import pytest

from facilitator.activities.world_cafe import wall
from facilitator.activities.world_cafe.harvest import Harvest
from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.activities.world_cafe.seating import Advice, advice, suggested_tables
from facilitator.activities.world_cafe.tables import CafeTable, Seat
from facilitator.activities.world_cafe.views import At, Card, Sitter
from facilitator.extensions import db
from facilitator.methods import rotation

# --- How many tables and rounds


@pytest.mark.parametrize(
    ("people", "hosted", "expected"),
    [
        (0, True, Advice(1, 2, False)),
        (9, True, Advice(2, 2, False)),
        (24, True, Advice(5, 3, True)),
        (24, False, Advice(5, 4, True)),
        (48, True, Advice(8, 4, True)),
        (300, True, Advice(50, 4, True)),
    ],
)
def test_as_many_rounds_are_advised_as_go_without_meeting_anybody_twice(people, hosted, expected):
    assert advice(people, hosted=hosted) == expected


@pytest.mark.parametrize("people", range(12, 61, 4))
def test_what_is_advised_is_true(people):
    found = advice(people, hosted=True)
    plan = rotation.plan(rotation.numbered(people, found.tables, found.rounds, hosts=found.tables), quick=True)
    assert (plan.repeats == 0) == found.all_new
    assert found.tables >= suggested_tables(people, hosted=True)


# --- Where one finds one's name


def tables(*names_by_table):
    number = iter(range(1, 1000))
    return [
        At(at, at, "", tuple(Sitter(n := next(number), n, name, False, False) for name in names), 0)
        for at, names in enumerate(names_by_table, 1)
    ]


def test_names_stand_beside_few_tables_as_large_as_they_can():
    few, more = (wall.shown(tables(*[["王秀珍", "老顾", "陈阿姨", "李国强", "豆豆爸"]] * count)) for count in (3, 8))
    assert (few["names"], more["names"]) == ([], [])
    assert few["size"] > more["size"] >= min(wall.SIZES)


def test_many_tables_become_a_list_by_name_with_the_tables_numbers():
    shown = wall.shown(tables(*[["王秀珍", "老顾", "陈阿姨", "李国强", "豆豆爸", "Emma"]] * 15))
    assert [(line.name, line.table) for line in shown["names"][:2]] == [("陈阿姨", 1), ("陈阿姨", 2)]
    assert len(shown["names"]) == 90


def test_a_list_by_name_has_latin_letters_and_chinese_sounds_in_one_order():
    lines = wall.by_name(tables(["周建华", "Emma", "安琪", "12", "Daniel"], ["陈阿姨", "阿婆", "emil", "鑫姐"]))
    assert [(line.initial, line.name) for line in lines] == [
        ("A", "阿婆"),
        ("", "安琪"),
        ("C", "陈阿姨"),
        ("D", "Daniel"),
        ("E", "emil"),
        ("", "Emma"),
        ("Z", "周建华"),
        ("", "12"),
        ("", "鑫姐"),
    ]


def test_a_name_longer_than_the_others_does_not_make_all_of_them_small():
    usual = [["王秀珍", "老顾", "陈阿姨", "李国强"]] * 5
    longer = [*usual[:4], ["Aleksandra Wojciechowska", "老顾", "陈阿姨", "李国强"]]
    assert wall.shown(tables(*longer))["size"] == wall.shown(tables(*usual))["size"]
    assert len(wall.shown(tables(*longer))["long"]) == 1


# --- Why one sits where one sits


@pytest.fixture
def cafe(app, make, visit):
    """Nine people at three tables, two rounds; in the second the first two sit together again."""
    owner = make.staff()
    workshop = make.workshop(owner)
    people = make.people(workshop, 9)
    settings = {"tables": 3, "rounds": 2, "hosted": False}
    with app.app_context():
        made = WorldCafe(workshop_id=workshop.id, title="Café", instruction="How?", settings=settings)
        db.session.add(made)
        db.session.flush()
        every = CafeTable.set_up(made, 3)
        made.turned()
        for n, person in enumerate(people):
            for number, at in ((1, n // 3), (2, n // 3 if n < 2 else n % 3)):
                about = {"activity_id": made.id, "round": number, "participant_id": person.id}
                db.session.add(Seat(cafe_table_id=every[at].id, **about))
        db.session.commit()
        number = made.id
    make.room_at(workshop, SimpleNamespace(id=number), "round-2")
    return SimpleNamespace(id=number, workshop=workshop, people=people, at=f"/world_cafe/{number}", desk=visit(owner))


def test_everybody_can_ask_why_they_sit_here(cafe, phone):
    first, second = cafe.people[:2]
    said = re.sub(r"\s+", " ", phone(cafe.workshop, first).get(f"{cafe.at}/why").text)
    assert "You meet 2 people here for the first time." in said
    name = second.name or f"Person {second.number}"
    assert f"You have sat with {name} before; with so many people and tables some meet twice." in said
    assert "You were at this table before, in round 1." in said
    assert "You meet nobody a second time." in phone(cafe.workshop, cafe.people[4]).get(f"{cafe.at}/why").text


# --- A card on several phones


def test_a_field_that_was_not_touched_overwrites_nothing(cafe, phone, database):
    """At a table without a host everybody may write; each phone sends the whole card, as old as it is there."""
    first, second = (phone(cafe.workshop, person) for person in cafe.people[:2])
    empty = {"was-title": "", "was-question": "", "was-insight-1": ""}
    first.post(f"{cafe.at}/card", title="A bench", question="", **{"insight-1": ""}, **empty)
    second.post(f"{cafe.at}/card", title="", question="Who pays?", **{"insight-1": "Shade"}, **empty)
    (card,) = database.all(Harvest)
    assert (card.title, card.question) == ("A bench", "Who pays?")
    first.post(f"{cafe.at}/card", title="", **{"was-title": "A bench"})
    assert database.all(Harvest)[0].title == ""


# --- The desk


def test_tables_and_rounds_are_set_as_suggested(cafe, make, database):
    make.people(cafe.workshop, 15)
    cafe.desk.get(f"{cafe.at}/seating")
    cafe.desk.post(f"{cafe.at}/tables", **{"as": "suggested"})
    (made,) = database.all(WorldCafe)
    assert (made.settings["tables"], made.settings["rounds"]) == (5, 2)  # the rounds stay: people are seated


def test_a_plan_that_is_shown_already_is_not_sent_again(cafe, make):
    page = cafe.desk.get(f"{cafe.at}/certificate")
    seen = re.search(r'"seen": "([^"]+)"', page.html)[1]
    assert cafe.desk.get(f"{cafe.at}/certificate?seen={seen}").status == 204
    make.person(cafe.workshop)
    answer = cafe.desk.get(f"{cafe.at}/certificate?seen={seen}").answer
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "people-changed")


# --- The harvest on the big screen


def card(table, *insights):
    return Card(table, "", "A title", insights, "And then?", "")


def test_long_harvest_cards_get_more_room_before_a_line_is_cut():
    short = [card(table, "长椅", "灯") for table in range(1, 9)]
    assert wall.gallery(short) == {"abreast": 4, "size": 32, "cuts": {}}
    longer = [*short, card(9, *["要让同一块地一天里换三次用法。"] * 5)]
    assert wall.gallery(longer) == {"abreast": 3, "size": 32, "cuts": {}}
    longest = [*short, card(9, *["长" * 200] * 4)]
    assert wall.gallery(longest) == {"abreast": 2, "size": 34, "cuts": {9: 2}}
    assert wall.gallery([]) == {"abreast": 1, "size": 42, "cuts": {}}
