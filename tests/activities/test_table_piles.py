"""Each table groups its own notes, and what the tables found is brought together into themes."""

import re

import pytest
from sqlalchemy import select

from facilitator.activities.world_cafe import soundness
from facilitator.activities.world_cafe.notes import Note
from facilitator.activities.world_cafe.tables import CafePile
from facilitator.extensions import db
from facilitator.synthesis import doubles
from facilitator.synthesis.models import HIDDEN, SHOWN, Statement, Theme, new_id
from facilitator.web.answers import HEADER, LATER, REFUSED
from tests.activities.test_suggestion import BENCHES, DOGS, LIGHTS, fields


class Host:
    """The phone of who hosts a table: what it put together, and what it reads."""

    def __init__(self, cafe, person):
        self.cafe, self.person = cafe, person
        self.number = cafe.seats(3)[person.id]
        self.ids = {}
        self.phone = cafe.phone(person)

    def put(self, name, *texts, pile_id="", **more):
        notes = [self.note(text) for text in texts]
        sent = {"id": pile_id or new_id(), "name": name, "note": notes, **more}
        return self.phone.post(f"{self.cafe.at}/piles", htmx=True, **sent)

    def send(self, path, **sent):
        return self.phone.post(f"{self.cafe.at}/piles/{path}", htmx=True, **sent)

    def note(self, text):
        return next((note.id for note in self.cafe.database.all(Note) if note.text == text), text)

    def pile(self, name):
        return next(pile for pile in self.cafe.database.all(CafePile) if pile.name == name)

    def piles(self):
        return piles(self.cafe, self.number)


def piles(cafe, number):
    """Name of each pile of a table that stands, with the texts in it."""
    standing = cafe.database.all(
        CafePile, CafePile.cafe_table_id == cafe.table(number).id, CafePile.deleted_at.is_(None)
    )
    notes = cafe.database.all(Note)
    return {pile.name: sorted(note.text for note in notes if note.pile_id == pile.id) for pile in standing}


@pytest.fixture
def sorting(app, cafe):
    """The harvest is in; each table has three notes of every round."""
    cafe.go("move-1", "sort")
    said = [(number, table.number, each) for number in (1, 2, 3) for table in cafe.tables() for each in "abc"]
    write(app, cafe, [(table, f"Said at {table} in {number}, {each}", number, "") for number, table, each in said])
    return cafe


def write(app, cafe, notes):
    """Notes of (table, text, round, pile)."""
    with app.app_context():
        for at, (table, text, number, pile) in enumerate(notes, 1):
            about = {"activity_id": cafe.id, "number": at, "round": number, "pile_id": pile or None}
            db.session.add(Note(id=new_id(), text=text, cafe_table_id=cafe.table(table).id, **about))
        db.session.commit()


@pytest.fixture
def host(sorting):
    """The host of a table, and what was said there."""
    host = Host(sorting, sorting.people[0])
    host.phone.post(f"{sorting.at}/host", htmx=True)
    host.texts = [f"Said at {host.number} in {number}, {each}" for number in (1, 2, 3) for each in "abc"]
    return host


def test_a_host_sees_the_notes_of_all_rounds_of_her_table_and_puts_some_together(host):
    page = host.cafe.phone(host.person).page.text_of("grouping")
    assert [text in page for text in host.texts] == [True] * 9
    assert page.count("Round 1") == 3
    one, two, *others = host.texts
    answer = host.put("Parking", one, two)
    assert host.piles() == {"Parking": [one, two]}
    said = answer.page.text_of("grouping")
    assert ("Parking 2 notes" in said, one in said, "All notes are grouped" in said) == (True, True, False)
    host.put("Trees", *others)
    assert "All notes are grouped. Thank you!" in host.cafe.phone(host.person).page.text_of("grouping")


def test_the_same_again_is_harmless_and_the_same_name_is_the_same_pile(host):
    one, two, three, *_others = host.texts
    pile_id = new_id()
    for _again in range(2):
        assert host.put("Parking", one, pile_id=pile_id).status == 200
    assert host.put(" parking ", one, two).status == 200
    assert host.put("", three, into=pile_id).status == 200
    assert host.piles() == {"Parking": [one, two, three]}
    assert host.cafe.database.count(CafePile) == 1


def test_a_note_lies_in_one_pile_at_most(host):
    one, two, *_others = host.texts
    host.put("Parking", one)
    host.put("Trees", one, two)
    refused = host.put("Dogs", one, two)
    assert (refused.status, refused.answer.headers[HEADER]) == (409, REFUSED)
    assert "These notes were put elsewhere" in refused.text
    assert host.piles() == {"Parking": [one], "Trees": [two]}


def test_a_pile_is_renamed_and_taken_apart(host):
    one, two, *_others = host.texts
    host.put("Parking", one)
    host.put("Trees", two)
    pile = host.pile("Parking")
    assert host.send(pile.id, name="Trees").status == 409
    assert host.send(pile.id, name="  ").status == 422
    host.send(pile.id, name="Where cars stand")
    assert host.piles() == {"Where cars stand": [one], "Trees": [two]}
    for _again in range(2):
        assert host.send(f"{pile.id}/deletion").status == 200
    assert host.piles() == {"Trees": [two]}
    assert (host.send(pile.id, name="Again").status, host.put("", one, into=pile.id).status) == (409, 409)
    host.put("Parking", one)
    assert host.piles() == {"Trees": [two], "Parking": [one]}


@pytest.mark.parametrize(("name", "ticked"), [("  ", True), ("Parking", False)])
def test_a_pile_needs_a_name_and_notes(host, name, ticked):
    assert host.put(name, *host.texts[: int(ticked)]).status == 422
    assert host.cafe.database.count(CafePile) == 0


def test_a_long_name_is_cut_to_that_of_a_theme(host):
    host.put("x" * 40, host.texts[0])
    assert host.piles() == {"x" * 24: [host.texts[0]]}


def test_only_the_host_does_it_and_only_with_notes_of_the_table(host):
    cafe = host.cafe
    beside = next(person for person in cafe.people[1:] if cafe.seats(3)[person.id] == host.number)
    other = Host(cafe, beside)
    assert other.put("Mine", *host.texts).status == 409
    elsewhere = next(note for note in cafe.database.all(Note) if note.text not in host.texts)
    assert host.put("Theirs", elsewhere.text).status == 409
    assert cafe.database.count(CafePile) == 0


def test_whoever_sits_at_a_table_without_a_host_may_become_it(sorting):
    person = sorting.people[0]
    phone = sorting.phone(person)
    number = sorting.seats(3)[person.id]
    assert f"Table {number} has no host." in phone.page.text_of("mine")
    phone.post(f"{sorting.at}/host", htmx=True)
    assert sorting.hosts() == {number: person.id}
    assert "Tick the notes that belong together" in phone.text
    late = sorting.make.person(sorting.workshop, "Late")
    assert "has no host." not in sorting.phone(late).text


def test_two_hosts_at_once_lose_nothing(sorting):
    phones = []
    for number in (1, 2):
        person = next(each for each in sorting.people if sorting.seats(3)[each.id] == number)
        host = Host(sorting, person)
        host.phone.post(f"{sorting.at}/host", htmx=True)
        phones.append(host)
    texts = [[f"Said at {number} in 1, {each}" for each in "abc"] for number in (1, 2)]
    for host, own in zip(phones, texts, strict=True):
        host.put("Parking", own[0])
    for host, own in zip(phones, texts, strict=True):
        host.put("Parking", own[1])
        assert host.piles() == {"Parking": sorted(own[:2])}
    first, second = sorted(sorting.database.all(CafePile), key=lambda pile: pile.cafe_table_id)
    assert phones[0].send(f"{second.id}/deletion").status == 404
    assert phones[1].put("Stolen", texts[1][2], pile_id=first.id).status == 409


@pytest.mark.parametrize("step", ["gather", "round-3", "vote", "dialogue"])
def test_it_is_open_from_the_harvest_until_the_vote(host, step):
    cafe, one = host.cafe, host.texts[0]
    cafe.go("harvest")
    assert host.put("Open", one).status == 200
    cafe.go(step)
    closed = host.put("Closed", host.texts[1])
    assert (closed.status, closed.answer.headers[HEADER]) == (409, REFUSED)
    assert cafe.do(f"tables/{host.number}/piles", id=new_id(), name="Desk", note=one).status == 409
    assert host.piles() == {"Open": [one]}
    assert "Tick the notes" not in cafe.phone(host.person).text


def test_a_break_asks_to_wait(host):
    host.cafe.desk.get(f"/workshops/{host.cafe.workshop.id}/console")
    host.cafe.desk.press("Pause")
    paused = host.put("Parking", host.texts[0])
    assert (paused.status, paused.answer.headers[HEADER], host.piles()) == (409, LATER, {})


def change(app, text, **values):
    with app.app_context():
        note = db.session.scalars(select(Statement).where(Statement.text == text)).one()
        for name, value in values.items():
            setattr(note, name, value)
        db.session.commit()


def test_what_is_hidden_or_merged_leaves_its_pile_and_is_back_in_it_later(app, host):
    one, two, three, *_others = host.texts
    host.put("Parking", one, two)
    count = lambda: re.search(r"Parking (\d)", host.cafe.phone(host.person).page.text_of("grouping"))[1]  # noqa: E731
    change(app, one, status=HIDDEN)
    assert count() == "1"
    change(app, one, status=SHOWN)
    with app.app_context():
        head, other = (db.session.get_one(Statement, host.note(text)) for text in (three, two))
        doubles.merge(head, other)
        db.session.commit()
    assert count() == "1"
    change(app, two, merged_into_id=None)
    assert count() == "2"


def test_the_desk_groups_in_a_tables_place_and_takes_it_back(host):
    cafe, (one, two, *_others) = host.cafe, host.texts
    path = f"tables/{host.number}/piles"
    assert one in cafe.desk.get(f"{cafe.at}/{path}").text
    cafe.do(path, id=new_id(), name="Parking", note=[host.note(one), host.note(two)])
    assert host.piles() == {"Parking": [one, two]}
    cafe.do(f"{path}/{host.pile('Parking').id}", name="Cars")
    cafe.do(f"{path}/{host.pile('Cars').id}/deletion")
    assert host.piles() == {}
    cafe.undo()
    assert host.piles() == {"Cars": [one, two]}
    cafe.undo()
    cafe.undo()
    assert host.piles() == {}
    assert one in cafe.phone(host.person).page.text_of("grouping")
    cafe.desk.get(f"/workshops/{cafe.workshop.id}/console").press("Redo")
    assert host.piles() == {"Parking": [one, two]}


def test_a_closed_table_keeps_its_piles_and_counts_only_if_it_has_some(host):
    cafe = host.cafe
    host.put("All", *host.texts)
    console = lambda: cafe.desk.get(f"/workshops/{cafe.workshop.id}/console").page.text  # noqa: E731
    assert "1 of 3 tables have grouped their notes (1 pile)" in console()
    other = next(number for number in (1, 2, 3) if number != host.number)
    cafe.do(f"tables/{other}/closing")
    assert "1 of 2 tables have grouped their notes" in console()
    cafe.do(f"tables/{host.number}/closing")
    assert host.put("More", *host.texts).status == 409
    assert host.piles() == {"All": host.texts}
    assert "1 of 2 tables have grouped their notes" in console()


def test_the_wall_says_how_many_tables_are_done_once_one_has_begun(host, visit):
    wall = lambda: visit().get(f"/screen/{host.cafe.workshop.screen_token}").page.text  # noqa: E731
    assert "grouped" not in wall()
    host.put("Some", host.texts[0])
    assert "0 of 3 tables have grouped their notes" in wall()
    host.put("All", *host.texts[1:])
    assert "1 of 3 tables have grouped their notes" in wall()


def test_a_note_in_another_tables_pile_is_unsound(app, host):
    host.put("Parking", host.texts[0])
    pile = host.pile("Parking")
    elsewhere = next(note for note in host.cafe.database.all(Note) if note.text not in host.texts)
    with app.app_context():
        ask = lambda query: db.session.connection().exec_driver_sql(query)  # noqa: E731
        assert list(soundness.findings(ask)) == []
        db.session.get_one(Note, elsewhere.id).pile_id = pile.id
        db.session.flush()
        assert [str(each.text) for each in soundness.findings(ask)] == [
            f"World Café {host.cafe.id}: 1 notes in piles of another table."
        ]


# --- Brought together

PLAN = {
    1: {"Benches": BENCHES[:2], "Lamps": LIGHTS[:2], "Dogs": DOGS[:2]},
    2: {"Somewhere to sit": BENCHES[2:4], "Dark places": LIGHTS[2:4]},
    3: {"Seats": BENCHES[4:], "Dog dirt": DOGS[2:4]},
}


@pytest.fixture
def grouped(app, cafe):
    """Three tables have grouped; their piles are alike across the tables."""
    cafe.go("move-1", "sort")
    made = [(number, name, texts) for number, piles in PLAN.items() for name, texts in piles.items()]
    with app.app_context():
        db.session.add_all(CafePile(id=name, cafe_table_id=cafe.table(at).id, name=name) for at, name, _texts in made)
        db.session.commit()
    write(app, cafe, [(number, text, 1, name) for number, name, texts in made for text in texts])
    return cafe


def themes(cafe):
    """The tables' piles in each theme, and every theme's name."""
    names = {theme.id: theme.name for theme in cafe.database.all(Theme) if not theme.deleted_at}
    inside = {name: set() for name in names.values()}
    whose = {text: name for made in PLAN.values() for name, texts in made.items() for text in texts}
    for note in cafe.database.all(Note):
        if note.theme_id in names:
            inside[names[note.theme_id]].add(whose[note.text])
    return inside


ALIKE = [{"Benches", "Somewhere to sit", "Seats"}, {"Lamps", "Dark places"}, {"Dogs", "Dog dirt"}]


def test_alike_piles_become_one_theme_as_one_deed(grouped):
    console = grouped.desk.get(f"/workshops/{grouped.workshop.id}/console")
    assert "3 of 3 tables have grouped their notes (7 piles)" in console.page.text
    assert f'data-panel-url="{grouped.at}/together"' in console.html
    panel = grouped.desk.get(f"{grouped.at}/together")
    assert "Table 2 “Dark places” 2 notes" in panel.page.text
    grouped.do("together", **fields(panel.html))
    found = themes(grouped)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, ALIKE))
    assert all(name in inside for name, inside in found.items())
    assert "No pile of the tables waits for a theme." in grouped.desk.get(f"{grouped.at}/together").text
    grouped.undo()
    assert themes(grouped) == {}


def test_what_lies_in_a_theme_by_hand_stays_and_draws_the_rest_of_its_pile(grouped, make):
    [lamp, other, bench] = [note_of(grouped, text) for text in (LIGHTS[0], LIGHTS[2], BENCHES[0])]
    mine = make.theme(grouped, "By hand", lamp, bench)
    sent = fields(grouped.desk.get(f"{grouped.at}/together").html)
    grouped.do("together", **sent)
    assert note_of(grouped, LIGHTS[0]).theme_id == note_of(grouped, BENCHES[0]).theme_id == mine.id
    assert note_of(grouped, BENCHES[1]).theme_id == mine.id
    assert note_of(grouped, other.text).theme_id is not None


def test_a_theme_that_is_called_so_already_is_used(grouped, make):
    mine = make.theme(grouped, "dogs")
    sent = fields(grouped.desk.get(f"{grouped.at}/together").html)
    names = {key: "Dogs" if value in ("Dogs", "Dog dirt") else value for key, value in sent.items()}
    grouped.do("together", **names)
    assert note_of(grouped, DOGS[0]).theme_id == mine.id


def note_of(cafe, text):
    return next(note for note in cafe.database.all(Note) if note.text == text)


def test_only_what_is_ticked_is_taken(grouped):
    assert grouped.do("together").status == 422
    sent = fields(grouped.desk.get(f"{grouped.at}/together").html)
    grouped.do("together", **{**sent, "take": sent["take"][0], f"name-{sent['take'][0]}": "Our own"})
    assert list(themes(grouped)) == ["Our own"]


def test_without_piles_the_panel_says_so(cafe):
    cafe.go("move-1", "sort")
    assert "No pile of the tables waits for a theme." in cafe.desk.get(f"{cafe.at}/together").text


def test_when_nobody_thinks_the_panel_says_so_and_the_tables_go_on(app, grouped, monkeypatch):
    app.extensions["thinker"].close()
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    away = grouped.desk.get(f"{grouped.at}/together")
    assert (away.status, "Themes can't be suggested just now. Please try again." in away.text) == (503, True)
    assert grouped.do("tables/1/piles/Dogs", name="Dogs and cats").status == 200
    assert "Dogs and cats" in piles(grouped, 1)


def test_the_page_of_a_note_says_where_its_table_had_put_it(grouped):
    note = note_of(grouped, LIGHTS[2])
    assert "Table 2 put it into “Dark places”" in grouped.desk.get(f"/statements/{note.id}").text
