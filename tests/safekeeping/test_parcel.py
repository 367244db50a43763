"""A workshop travels in one file: all of it arrives, in another town and under other numbers."""

from __future__ import annotations

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Column, ForeignKey, Integer, String, Table, create_engine, insert

from facilitator.accounts.models import Staff
from facilitator.activities.competition.entries import Entry
from facilitator.config import Settings
from facilitator.extensions import db
from facilitator.migrations import upgrade
from facilitator.programme.models import Neighbourhood, Project
from facilitator.questions.models import Question
from facilitator.safekeeping import shape
from facilitator.safekeeping.packing import gather, still
from facilitator.safekeeping.parcel import read
from facilitator.safekeeping.unpacking import AlreadyHere, luggage, unpack
from facilitator.safekeeping.values import READERS
from facilitator.synthesis.answers import Answer
from facilitator.workshop.models import Workshop
from tests.conftest import Database
from tests.postgres import rows
from tests.safekeeping.conftest import at, bring, packed
from tests.safekeeping.towns import told

KEPT = Path(__file__).resolve().parent.parent / "data" / "parcels"


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


def test_what_ties_it_to_another_evening_stays_behind(make, evening, elsewhere, database):
    """A scheme may answer what was said at another workshop; in the parcel it would lead nowhere."""
    other = make.theme(make.board(make.workshop(evening.owner, project_id=evening.workshop.project_id)), "Elsewhere")
    [entry] = database.all(Entry)
    at_desk = f"/competition/{entry.activity_id}/entries/{entry.id}/edit"
    evening.desk.post(at_desk, **{"answers-asked": "1", "answer": [str(other.id)]})
    assert [row.theme_id for row in database.all(Answer, Answer.deleted_at.is_(None))] == [other.id]
    visitor = at(elsewhere.app, elsewhere.mei)
    bring(visitor, packed(evening))
    assert visitor.status == 200
    assert Database(elsewhere.app).count(Answer, Answer.deleted_at.is_(None)) == 0


def test_who_may_not_see_a_workshop_can_not_export_it(visit, make, evening):
    assert visit(make.staff()).get(f"/workshops/{evening.workshop.id}/parcel").status == 404


def test_the_file_names_nobody_of_the_staff(parcel):
    rows = zipfile.ZipFile(BytesIO(parcel)).read("rows.jsonl").decode()
    assert "王小明" in rows
    assert [word for word in ("小聚", "ju@example.org", "Jun", "password") if word in rows] == []


def test_a_parcel_holds_one_moment_however_much_is_said_meanwhile(app, make, evening):
    """Else a dot could be in it without the idea that it lies on."""
    data = app.config["SETTINGS"].data
    with app.app_context(), still(db.engine) as connection:
        before = gather(connection, evening.workshop.id, data).rows
        late = make.idea(evening.second, "Too late")
        make.dot(evening.second, evening.people[0], late)
        db.session.rollback()
        assert gather(connection, evening.workshop.id, data).rows == before
    with app.app_context(), still(db.engine) as connection:
        after = gather(connection, evening.workshop.id, data).rows
    assert [len(after[name]) - len(before[name]) for name in ("statement", "dot", "theme")] == [1, 1, 0]


def test_a_button_pressed_twice_brings_one_workshop(postgres, tmp_path, parcel):
    """On PostgreSQL two workers may import at the same moment: one of them finds it here."""
    settings = Settings(data=tmp_path / "town", database_url=postgres.new_database())
    upgrade(settings.database)
    engine = create_engine(settings.database)
    with engine.begin() as connection:
        staff = {"email": "a@example.org", "name": "Mei", "role": "facilitator", "password_hash": "!"}
        [mei] = connection.execute(insert(Staff.__table__).values(staff)).inserted_primary_key
    both = Barrier(2)

    def press(_hand):
        both.wait()
        try:
            with luggage(settings.data) as pieces, engine.begin() as connection:
                return unpack(connection, read(BytesIO(parcel)), pieces, mei).title
        except AlreadyHere as error:
            return str(error)

    with ThreadPoolExecutor(2) as hands:
        said = sorted(hands.map(press, range(2)))
    engine.dispose()
    assert said == sorted(["共创美好社区", "“共创美好社区” is here already."])
    assert rows(settings.database_url, "SELECT count(*) FROM workshop") == [(1,)]


@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.juyi")), ids=lambda path: path.stem)
def test_a_file_of_every_earlier_shape_can_still_be_read(elsewhere, kept):
    """Each was exported by the release whose database had that shape."""
    with zipfile.ZipFile(kept) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["schema"] == kept.stem
    mei = bring(at(elsewhere.app, elsewhere.mei), kept.read_bytes())
    assert "“共创美好社区” is here, with 3 people and 1 photo." in mei.text
    arrived = Database(elsewhere.app).all(Workshop)[-1]
    held = {name: len(found) for name, found in told(elsewhere.app, arrived.id).items()}
    came = {shape.RENAMED.get(name, name): count for name, count in manifest["rows"].items()}
    assert {name: held[name] for name in came if name in held} == {
        name: count for name, count in came.items() if name in held
    }
    assert mei.get(f"/workshops/{arrived.id}/console").status == 200


def test_what_a_deed_did_to_a_table_that_has_another_name_now_can_be_undone(elsewhere):
    mei = bring(at(elsewhere.app, elsewhere.mei), (KEPT / "0006.juyi").read_bytes())
    [question] = Database(elsewhere.app).all(Question)
    assert question.status == "speaking"
    arrived = Database(elsewhere.app).all(Workshop)[-1]
    mei.get(f"/workshops/{arrived.id}/console").press("Undo")
    assert [each.status for each in Database(elsewhere.app).all(Question)] == ["waiting"]


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
def fair():
    """Tables of a kind that nobody has written yet."""
    table = Table(
        "fair_stall",
        db.metadata,
        Column("id", Integer, primary_key=True),
        Column("activity_id", ForeignKey("activity.id"), nullable=False),
        Column("host_id", ForeignKey("participant.id")),
        Column("best", String, info={"refers_to": ("statement",)}),
    )
    seat = Table(
        "fair_visit",
        db.metadata,
        Column("fair_stall_id", ForeignKey("fair_stall.id"), primary_key=True),
        Column("participant_id", ForeignKey("participant.id"), primary_key=True),
    )
    yield table, seat
    db.metadata.remove(seat)
    db.metadata.remove(table)


def test_a_new_kinds_tables_come_along(app, fair, elsewhere, evening):
    table, seat = fair
    for each in (app, elsewhere.app):
        with each.app_context():
            db.metadata.create_all(db.engine, [table, seat])
    host, guest = evening.people[:2]
    with app.app_context():
        values = {"activity_id": evening.first.id, "host_id": host.id, "best": evening.bench.id}
        number = db.session.execute(table.insert().values(values)).inserted_primary_key[0]
        db.session.execute(seat.insert().values(fair_stall_id=number, participant_id=guest.id))
        db.session.commit()
    evening.desk.get(f"/workshops/{evening.workshop.id}/parcel")
    bring(at(elsewhere.app, elsewhere.mei), evening.desk.answer.data)
    arrived = Database(elsewhere.app).all(Workshop)[-1]
    assert told(elsewhere.app, arrived.id)["fair_visit"] == [
        {"fair_stall_id": "fair_stall 0", "participant_id": "participant 1"}
    ]
    assert told(elsewhere.app, arrived.id) == told(app, evening.workshop.id)
    with app.app_context():
        db.metadata.drop_all(db.engine, [table, seat])
