"""A workshop travels in one file: all of it arrives, in another town and under other numbers."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from sqlalchemy import Column, ForeignKey, Integer, String, Table, select

from facilitator.documents.models import Export, Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.tables import everything
from facilitator.extensions import db
from facilitator.programme.models import Neighbourhood, Project
from facilitator.safekeeping import shape
from facilitator.safekeeping.values import READERS
from facilitator.synthesis.models import Statement, Theme
from facilitator.workshop.models import Participant, Workshop
from tests.conftest import Database
from tests.safekeeping.towns import told
from tests.visitors import Visitor


def bring(visitor, parcel, **fields):
    """Choose the file on the page, and press the button."""
    visitor.get("/workshops/import")
    return visitor.send("/workshops/import", parcel=(BytesIO(parcel), "evening.juyi"), **fields)


def at(app, staff, language="en"):
    visitor = Visitor(app, language)
    visitor.is_signed_in_as(staff)
    return visitor


@pytest.fixture
def arrived(elsewhere, published, parcel):
    """The evening, imported by Mei in the other town."""
    mei = at(elsewhere.app, elsewhere.mei)
    bring(mei, parcel)
    assert mei.status == 200, mei.text
    database = Database(elsewhere.app)
    workshop = database.all(Workshop)[-1]
    assert workshop.title == "共创美好社区"
    return Arrived(elsewhere, mei, database, workshop)


class Arrived:
    def __init__(self, elsewhere, mei, database, workshop):
        self.app, self.mei, self.database, self.workshop = elsewhere.app, mei, database, workshop
        self.project = elsewhere.project


def test_every_row_arrives(app, evening, arrived):
    before, after = told(app, evening.workshop.id), told(arrived.app, arrived.workshop.id)
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    for table, rows in before.items():
        assert after[table] == rows, table
    assert {name for name, rows in before.items() if not rows} == set()


def test_its_documents_say_the_same(app, evening, arrived):
    papers = []
    for town, workshop in ((app, evening.workshop), (arrived.app, arrived.workshop)):
        with town.app_context():
            here = db.session.get_one(Workshop, workshop.id)
            proposal = db.session.scalars(select(Proposal).where(Proposal.workshop_id == here.id)).one()
            tables = {name: sorted(map(str, rows)) for name, rows in everything(here).items()}
            papers.append((_without_numbers(gather(proposal)), tables))
    assert papers[0] == papers[1]
    assert papers[0][0]["totals"]["dots"] > 0


NUMBERS = {"id", "theme", "workshop_id", "made_at", "file", "photo"}


def _without_numbers(paper):
    if isinstance(paper, dict):
        return {key: _without_numbers(value) for key, value in paper.items() if key not in NUMBERS}
    return [_without_numbers(each) for each in paper] if isinstance(paper, list) else paper


def test_each_figure_has_the_same_evidence(evening, arrived):
    seen = [_evidence(evening.desk, evening.proposal.id), _evidence(arrived.mei, _proposal(arrived).id)]
    assert seen[0] == seen[1]
    assert len(seen[0]) > 10


def _evidence(visitor, number):
    visitor.get(f"/proposals/{number}")
    addresses = re.findall(rf'class="figure" href="(/proposals/{number}/evidence/[\w-]+)">', visitor.html)
    return [visitor.get(address).page.text_of("main") for address in addresses]


def _proposal(arrived):
    [proposal] = arrived.database.all(Proposal)
    return proposal


def test_a_published_paper_is_as_genuine_as_before(evening, published, arrived):
    evening.desk.get(f"/exports/{published.id}/file")
    [made] = arrived.database.all(Export)
    arrived.mei.get(f"/exports/{made.id}/file")
    assert arrived.mei.answer.data == evening.desk.answer.data
    stranger = Visitor(arrived.app)
    assert "is genuine" in stranger.get(f"/c/{published.check_code}").text


def test_the_photo_arrives_and_nothing_else_of_its_file(app, evening, arrived):
    [old] = [each.photo for each in Database(app).all(Statement) if each.photo]
    [new] = [each.photo for each in arrived.database.all(Statement) if each.photo]
    assert old != new
    with (
        Image.open(app.config["SETTINGS"].data / "photos" / old) as there,
        Image.open(arrived.app.config["SETTINGS"].data / "photos" / new) as here,
    ):
        assert max(high for _low, high in ImageChops.difference(there, here).getextrema()) < 8
    assert Visitor(arrived.app).get(f"/photos/{new}").answer.mimetype == "image/jpeg"


def test_people_are_themselves_by_the_link_and_the_code_they_had(evening, arrived):
    anna = evening.people[1]
    by_link = Visitor(arrived.app).get(f"/r/{anna.token}")
    assert "Anna" in by_link.get(f"/w/{arrived.workshop.code}/me").text
    assert arrived.workshop.code == evening.workshop.code
    [there] = arrived.database.all(Participant, Participant.token == anna.token)
    assert (there.personal_code, there.number, there.name) == (anna.personal_code, anna.number, "Anna")


def test_what_was_done_can_be_undone_by_who_imported_it(evening, arrived):
    console = arrived.mei.get(f"/workshops/{arrived.workshop.id}/console")
    console.press("Redo")
    assert arrived.database.get(arrived.workshop).message == "Tea is ready"
    for _ in range(3):  # the message, the move, the merge
        console.press("Undo")
    with arrived.app.app_context():
        board = db.session.get_one(Workshop, arrived.workshop.id).activities[0]
        assert [line.dots for line in board.round(1).lines] == [4, 1, 1]
        assert {theme.name for theme in Theme.of(board)} == {"Seats", "Light", "Steps"}


def test_the_town_is_found_by_name_or_added_and_the_page_says_so(arrived):
    place = arrived.database.get(Neighbourhood, arrived.workshop.neighbourhood_id)
    project = arrived.database.get(Project, arrived.workshop.project_id)
    assert (place.name, place.name_en) == ("共和九村", "Gonghe No. 9")
    # The project of the same name in another neighbourhood is another one.
    assert (project.name, project.stage, project.neighbourhood_id) == ("紫竹苑微更新", "co-design", place.id)
    assert project.id != arrived.project.id
    for line in ("“共创美好社区” is here, with 3 people and 1 photo.", "Added to the town: 共和九村."):
        assert line in arrived.mei.text


def test_a_second_import_is_refused_and_leads_to_the_first(parcel, arrived):
    bring(arrived.mei, parcel)
    assert arrived.mei.status == 409
    assert "“共创美好社区” is here already. Open it" in arrived.mei.text
    assert f"/workshops/{arrived.workshop.id}/agenda" in arrived.mei.page.links
    assert arrived.database.count(Workshop, Workshop.title == "共创美好社区") == 1
    assert len(list((arrived.app.config["SETTINGS"].data / "photos").iterdir())) == 1


def test_a_copy_beside_the_original_shares_nothing_with_it(app, visit, make, evening, published, parcel, database):
    colleague = visit(make.staff())
    before = told(app, evening.workshop.id)
    bring(colleague, parcel, copy="1")
    original, copy = database.all(Workshop)
    assert copy.title == "共创美好社区 (copy)"
    assert f"Its join code was taken here; the new one is {copy.code}." in colleague.text
    assert "The number of its proposal was taken here" in colleague.text
    assert told(app, original.id) == before
    mine, theirs = (_secrets(app, each) for each in (original, copy))
    assert mine & theirs == set()
    assert [len(rows) for rows in told(app, copy.id).values()] == [
        # The paper in somebody's hand is one of the original's.
        0 if name == "export" else len(rows)
        for name, rows in before.items()
    ]
    # The town is the same: nothing was added to it.
    assert (database.count(Neighbourhood), database.count(Project)) == (1, 1)


def _secrets(app, workshop):
    with app.app_context():
        rows = [
            dict(row)
            for table in shape.carried()
            for row in db.session.execute(shape.rows_of(table, workshop.id)).mappings()
        ]
    names = ("token", "screen_token", "code", "photo", "check_code")
    return {row[name] for row in rows for name in (*names, "id") if isinstance(row.get(name), str) and row[name]}


def test_a_deleted_workshop_is_not_in_the_way(evening, parcel, database):
    evening.desk.post(f"/workshops/{evening.workshop.id}/deletion")
    bring(evening.desk, parcel)
    assert evening.desk.status == 200
    gone, back = database.all(Workshop)
    assert (bool(gone.deleted_at), back.deleted_at, back.title) == (True, None, "共创美好社区")


def test_who_may_not_see_a_workshop_can_not_export_it(visit, make, evening):
    assert visit(make.staff()).get(f"/workshops/{evening.workshop.id}/parcel").status == 404


def test_the_file_names_nobody_of_the_staff(parcel):
    rows = zipfile.ZipFile(BytesIO(parcel)).read("rows.jsonl").decode()
    assert "王小明" in rows
    assert [word for word in ("小聚", "ju@example.org", "Jun", "password") if word in rows] == []


# Later kinds come along by themselves.


def test_every_table_that_leads_to_a_workshop_is_carried_or_says_why_not():
    carried = {table.name for table in shape.carried()}
    leading = {shape.ROOT}
    for table in db.metadata.sorted_tables:
        if any(key.column.table.name in leading for key in table.foreign_keys):
            leading.add(table.name)
    assert leading - carried == set(shape.LEFT_BEHIND)
    assert carried >= {
        "activity",
        "participant",
        "statement",
        "theme",
        "dot",
        "hand_count",
        "deed",
        "wording",
        "export",
    }


def test_all_that_a_carried_row_holds_can_be_written_and_read():
    known = {shape.STAFF, *shape.TOWN, *(table.name for table in shape.carried())}
    for table in shape.carried():
        assert table.name == shape.ROOT or shape.owners(table), table.name
        for column in table.columns:
            assert any(isinstance(column.type, kind) for kind, _reader in READERS), column
            assert not column.foreign_keys or shape.parent(column) in known, column


@pytest.fixture
def cafe():
    """Tables of a kind that nobody has written yet."""
    table = Table(
        "cafe_table",
        db.metadata,
        Column("id", Integer, primary_key=True),
        Column("activity_id", ForeignKey("activity.id"), nullable=False),
        Column("host_id", ForeignKey("participant.id")),
        Column("best", String, info={"refers_to": ("statement",)}),
    )
    seat = Table(
        "cafe_seat",
        db.metadata,
        Column("cafe_table_id", ForeignKey("cafe_table.id"), primary_key=True),
        Column("participant_id", ForeignKey("participant.id"), primary_key=True),
    )
    yield table, seat
    db.metadata.remove(seat)
    db.metadata.remove(table)


def test_a_new_kinds_tables_come_along(app, cafe, elsewhere, evening):
    table, seat = cafe
    for each in (app, elsewhere.app):
        with each.app_context():
            db.metadata.create_all(db.engine, [table, seat])
    host, guest = evening.people[:2]
    with app.app_context():
        values = {"activity_id": evening.first.id, "host_id": host.id, "best": evening.bench.id}
        number = db.session.execute(table.insert().values(values)).inserted_primary_key[0]
        db.session.execute(seat.insert().values(cafe_table_id=number, participant_id=guest.id))
        db.session.commit()
    evening.desk.get(f"/workshops/{evening.workshop.id}/parcel")
    bring(at(elsewhere.app, elsewhere.mei), evening.desk.answer.data)
    arrived = Database(elsewhere.app).all(Workshop)[-1]
    assert told(elsewhere.app, arrived.id)["cafe_seat"] == [
        {"cafe_table_id": "cafe_table 0", "participant_id": "participant 1"}
    ]
    assert told(elsewhere.app, arrived.id) == told(app, evening.workshop.id)
    with app.app_context():
        db.metadata.drop_all(db.engine, [table, seat])
