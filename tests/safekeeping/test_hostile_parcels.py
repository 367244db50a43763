"""Files that didn't come from where they say: refused with a sentence, and nothing of them stays."""

from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO

import pytest

from facilitator.extensions import db
from facilitator.safekeeping.parcel import MOST_ROWS
from facilitator.workshop.models import Workshop
from tests.conftest import Database
from tests.safekeeping.conftest import another_town, at, bring, packed, publish, spend_evening
from tests.safekeeping.towns import town
from tests.visitors import Visitor


class Forgery:
    """A good parcel, taken apart and put together again with right checksums."""

    def __init__(self, good):
        with zipfile.ZipFile(BytesIO(good)) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist()}
        self.manifest = json.loads(self.files.pop("manifest.json"))
        self.rows = [json.loads(line) for line in self.files.pop("rows.jsonl").splitlines()]

    def first(self, table):
        return next(each["row"] for each in self.rows if each["table"] == table)

    def deed(self, table):
        return next(
            note
            for each in self.rows
            if each["table"] == "deed"
            for note in each["row"]["rows"]
            if note["table"] == table
        )

    def made(self):
        return self.with_lines(b"".join(json.dumps(row).encode() + b"\n" for row in self.rows))

    def with_lines(self, lines):
        files = {"rows.jsonl": lines, **self.files}
        self.manifest["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        files["manifest.json"] = json.dumps(self.manifest).encode()
        return zipped(files)


def zipped(files, method=zipfile.ZIP_DEFLATED):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture(scope="module")
def parcel(tmp_path_factory):
    """One good parcel for all of them."""
    app = town(tmp_path_factory.mktemp("origin"))
    evening = spend_evening(app)
    publish(app, evening)
    return packed(evening)


@pytest.fixture
def forgery(parcel):
    return Forgery(parcel)


@pytest.fixture(scope="module")
def mei(tmp_path_factory):
    """At the import page of a town to which nothing of all this ever comes."""
    here = another_town(tmp_path_factory.mktemp("here"))
    visitor = at(here.app, here.mei)
    visitor.app, visitor.before = here.app, everything_in(here.app)
    return visitor


@pytest.fixture
def refused(mei):
    """Bring the file to the town: gives what the page says, having seen that nothing came of it."""

    def refused(content):
        bring(mei, content)
        assert mei.status in (413, 422), mei.text
        assert everything_in(mei.app) == mei.before
        return mei.text

    return refused


def everything_in(app):
    """Every row and every file of a town."""
    data = app.config["SETTINGS"].data
    with app.app_context():
        rows = {
            name: [tuple(map(str, row)) for row in db.session.execute(table.select())]
            for name, table in db.metadata.tables.items()
        }
    files = [path for path in data.rglob("*") if path.is_file() and not path.name.startswith("facilitator.db")]
    return rows, {path.relative_to(data): path.stat().st_size for path in files}


NO_PARCEL = "This isn't a workshop file."
NOTHING = "Nothing was imported."
PICTURE = "That file isn't a picture we can read."
NEWER = "This file was made by a newer version of this program (9.9"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"PK\x03\x04" + bytes(200),
        zipped({"a.txt": b"a"}),
        zipped({"manifest.json": b"{}", "rows.jsonl": b""}),
    ],
    ids=["empty", "text", "torn", "another zip", "no format"],
)
def test_what_is_no_parcel(refused, content):
    assert NO_PARCEL in refused(content)


def test_the_reason_is_told_in_the_readers_language(elsewhere):
    assert "这不是工作坊文件" in bring(at(elsewhere.app, elsewhere.mei, "zh"), b"hello").text


def test_a_file_must_be_chosen(elsewhere):
    visitor = at(elsewhere.app, elsewhere.mei).get("/workshops/import")
    assert "Choose a file first." in visitor.send("/workshops/import").text


def test_the_good_forgery_is_taken(forgery, elsewhere):
    """Else all that follows would be refused for another reason."""
    assert bring(at(elsewhere.app, elsewhere.mei), forgery.made()).status == 200


@pytest.mark.parametrize("field", [{"version": 2}, {"schema": "9999"}, {"schema": None}])
def test_a_newer_programs_file(refused, forgery, field):
    forgery.manifest.update(field, program="9.9")
    assert NEWER in refused(forgery.made())


def test_a_flipped_bit(refused, parcel):
    """In what a photo's bytes are: the zip's own sum, or ours, says so."""
    at_photo = parcel.index(b"\xff\xd8\xff") + 200
    assert "This" in refused(parcel[:at_photo] + bytes([parcel[at_photo] ^ 1]) + parcel[at_photo + 1 :])


def test_a_file_that_is_not_what_its_sum_says(refused, forgery):
    forgery.made()
    good = {**forgery.files, "rows.jsonl": b"", "manifest.json": json.dumps(forgery.manifest).encode()}
    assert "This file was damaged on its way (rows.jsonl)" in refused(zipped(good))


@pytest.mark.parametrize(
    "name", ["../secret_key", "/etc/passwd", "photos/../../a.jpg", "photos/a.svg", "exports/1/run.sh", "photos/x/y.jpg"]
)
def test_an_entry_that_would_lead_elsewhere(refused, forgery, name):
    forgery.files[name] = b"x"
    assert NOTHING in refused(forgery.made())


def test_an_entry_that_is_there_twice(refused, parcel):
    out = BytesIO(parcel)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("rows.jsonl", b"")
    assert NOTHING in refused(out.getvalue())


def test_a_bomb(refused, forgery):
    """70 MB of nothing in 70 KB: the sizes are read before anything is unpacked."""
    forgery.files[f"photos/{'0' * 32}.jpg"] = bytes(70 * 2**20)
    bomb = forgery.made()
    assert len(bomb) < 2**20
    assert "Unpacked, this file would be too large for a workshop." in refused(bomb)


def test_more_rows_than_a_workshop_can_have(refused, forgery):
    assert NOTHING in refused(forgery.with_lines(b'{"table": "dot", "row": {}}\n' * (MOST_ROWS + 1)))


def test_a_file_larger_than_the_town_takes(elsewhere, parcel):
    visitor = at(elsewhere.app, elsewhere.mei).get("/workshops/import")
    settings = elsewhere.app.config["SETTINGS"]
    too_large = bytes(13 * 2**20)
    assert bring(visitor, too_large).status == 422  # larger than a photo may be, and read
    elsewhere.app.config["SETTINGS"] = type(settings)(data=settings.data, max_parcel_mb=1)
    assert "That file is too large: 1 MB is the limit here." in bring(visitor, too_large).text


def test_nobody_but_staff_may_send_so_much(elsewhere):
    stranger = Visitor(elsewhere.app).get("/")
    assert stranger.post("/workshops/import", parcel=(BytesIO(bytes(13 * 2**20)), "a.juyi")).status == 413


def test_a_photo_that_is_none(refused, forgery):
    [name] = [each for each in forgery.files if each.startswith("photos/")]
    forgery.files[name] = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    assert PICTURE in refused(forgery.made())


def test_a_photo_among_good_ones_takes_them_back(refused, forgery):
    name = f"{'f' * 32}.jpg"
    bare = next(each["row"] for each in forgery.rows if each["row"].get("photo") == "")
    bare["photo"], forgery.files[f"photos/{name}"] = name, b"none"
    assert PICTURE in refused(forgery.made())


def test_a_photo_that_nobody_speaks_of(refused, forgery):
    [name] = [each for each in forgery.files if each.startswith("photos/")]
    forgery.files[f"photos/{'f' * 32}.jpg"] = forgery.files[name]
    assert NOTHING in refused(forgery.made())


def test_a_photo_that_was_lost_is_told_at_each_place(forgery, elsewhere):
    [name] = [each for each in forgery.files if each.startswith("photos/")]
    del forgery.files[name]
    assert "In the file: 3 photos are missing." in bring(at(elsewhere.app, elsewhere.mei), forgery.made()).text


FOREIGN = {
    "a dot of nobody": ("dot", "participant_id", 999),
    "a dot on another board": ("dot", "activity_id", 999),
    "an idea in a strange theme": ("statement", "theme_id", 999),
    "a room that is elsewhere": ("workshop", "activity_id", 999),
    "a merge with nothing": ("theme", "merged_into_id", 999),
    "a count for nothing": ("hand_count", "target", "999"),
    "a project of no neighbourhood": ("project", "neighbourhood_id", 999),
    "a number that is a list": ("theme", "id", [1]),
    "a place that is a list": ("neighbourhood", "id", [1]),
    "a kind that is a list": ("export", "format", []),
    "text for a number": ("theme", "colour", "red"),
    "true for a number": ("theme", "colour", True),
    "a number too large": ("theme", "colour", 2**40),
    "nothing for a text": ("theme", "name", None),
    "a text without end": ("theme", "name", "x" * 20_001),
    "a text that ends early": ("theme", "name", "a\0b"),
    "half a letter": ("theme", "name", "\ud800"),
    "half a letter inside": ("activity", "state", {"a": "\ud800"}),
    "a moment of no day": ("theme", "deleted_at", "yesterday"),
    "a moment of no place": ("theme", "deleted_at", "2026-11-24T10:00:00"),
    "a number for the truth": ("workshop", "paused", 1),
    "settings of another type": ("activity", "settings", {"minutes": "<b>"}),
    "settings that are none": ("activity", "settings", []),
    "a number that is none": ("activity", "state", {"revealed-1": float("nan")}),
    "an unknown source": ("statement", "source", "rumour"),
    "an unknown language": ("workshop", "language", "xx"),
    "an id that is a tag": ("statement", "id", "<script>"),
    "a token that is a path": ("participant", "token", "../../x/y/z"),
    "a paper elsewhere": ("export", "file_name", "../../../secret_key"),
    "a column of no table": ("workshop", "is_admin", True),
}


@pytest.mark.parametrize(("table", "column", "value"), FOREIGN.values(), ids=FOREIGN)
def test_a_row_that_can_not_be(refused, forgery, table, column, value):
    forgery.first(table)[column] = value
    assert NOTHING in refused(forgery.made())


@pytest.mark.parametrize(("kind", "told"), [("karaoke", "karaoke"), (["board"], "[&#39;board&#39;]"), (None, "None")])
def test_a_kind_that_is_not_known_here(mei, refused, forgery, kind, told):
    forgery.first("activity")["kind"] = kind
    refused(forgery.made())
    assert f"something that this program doesn&#39;t know ({told})" in mei.html


@pytest.mark.parametrize(("table", "column"), [("workshop", "title"), ("theme", "id"), ("dot", "participant_id")])
def test_a_row_that_lacks_something(refused, forgery, table, column):
    for each in forgery.rows:
        if each["table"] == table:
            del each["row"][column]
    assert NOTHING in refused(forgery.made())


def test_rows_of_one_table_with_different_columns(refused, forgery):
    del forgery.first("theme")["name_en"]
    assert NOTHING in refused(forgery.made())


def test_an_older_programs_file_lacks_what_came_later(forgery, elsewhere):
    """The column has a value for those who never heard of it."""
    forgery.manifest["schema"] = "0002"
    del forgery.first("workshop")["show_code"]
    del forgery.first("workshop")["screen_token"]
    assert bring(at(elsewhere.app, elsewhere.mei), forgery.made()).status == 200
    arrived = Database(elsewhere.app).all(Workshop)[-1]
    assert (arrived.title, arrived.show_code, len(arrived.screen_token)) == ("共创美好社区", False, 22)


@pytest.mark.parametrize("table", ["staff", "invitation", "workshop_share", "workshop_version", "sqlite_master"])
def test_rows_of_a_table_that_is_none_of_its_own(refused, forgery, table):
    forgery.rows.append({"table": table, "row": {"id": 1, "role": "secretariat"}})
    assert NOTHING in refused(forgery.made())


@pytest.mark.parametrize("count", [0, 2])
def test_not_one_workshop(refused, forgery, count):
    workshop = {"table": "workshop", "row": forgery.first("workshop")}
    forgery.rows = [row for row in forgery.rows if row["table"] != "workshop"] + [workshop] * count
    assert NOTHING in refused(forgery.made())


def test_the_same_row_twice(refused, forgery):
    forgery.rows.append({"table": "theme", "row": forgery.first("theme")})
    assert NOTHING in refused(forgery.made())


@pytest.mark.parametrize("line", ["[1]", "{", '{"table": 1, "row": {}}', '{"table": "theme"}', "[" * 50_000])
def test_a_line_that_is_no_row(refused, forgery, line):
    assert NOTHING in refused(forgery.with_lines(line.encode()))


DEEDS = {
    "on another workshop": ("workshop", {"id": 999}),
    "on the staff": ("workshop", {"table": "staff"}),
    "that takes the room elsewhere": ("workshop", {"before": {"activity_id": 999}}),
    "that changes an id": ("theme", {"before": {"id": 1}}),
    "that changes a link": ("workshop", {"before": {"screen_token": "a-token-of-mine"}}),
    "that takes a link": ("workshop", {"before": {"code": "AAAAAA"}}),
    "of no column": ("workshop", {"after": {"is_admin": True}}),
    "of another type": ("workshop", {"after": {"moves": "many"}}),
    "that is no note": ("workshop", {"more": 1}),
}


@pytest.mark.parametrize(("table", "change"), DEEDS.values(), ids=DEEDS)
def test_a_deed_that_would_reach_further(refused, forgery, table, change):
    """Undo writes what a deed says: it must say nothing about rows that are not the workshop's own."""
    forgery.deed(table).update(change)
    assert NOTHING in refused(forgery.made())


def test_a_deed_gives_the_workshop_to_nobody_else(forgery, elsewhere):
    forgery.deed("workshop").update(before={"owner_id": 999}, after={"owner_id": 1})
    bring(at(elsewhere.app, elsewhere.mei), forgery.made())
    notes = [note for row in _deeds(elsewhere.app) for note in row["rows"] if "owner_id" in note["before"]]
    assert [(note["before"], note["after"]) for note in notes] == [
        ({"owner_id": elsewhere.mei.id}, {"owner_id": elsewhere.mei.id})
    ]


def _deeds(app):
    with app.app_context():
        return [dict(row) for row in db.session.execute(db.metadata.tables["deed"].select()).mappings()]


def test_texts_are_only_texts(forgery, elsewhere):
    """Whatever stands in them, no page takes it for its own."""
    evil = '<script>alert("x")</script>{{ 7*7 }}'
    for table, column in (("workshop", "title"), ("workshop", "message"), ("theme", "name"), ("statement", "text")):
        forgery.first(table)[column] = evil
    forgery.first("participant")["name"] = evil
    forgery.first("neighbourhood")["name"] = evil
    mei = bring(at(elsewhere.app, elsewhere.mei), forgery.made())
    workshop = Database(elsewhere.app).all(Workshop)[-1]
    assert workshop.title == evil
    pages = ("/workshops", f"/workshops/{workshop.id}/agenda", f"/workshops/{workshop.id}/console", "/workshops/import")
    for path in (mei.path, *pages, f"/screen/{workshop.screen_token}"):
        mei.get(path)
        assert (path, mei.status, "<script>alert" in mei.html) == (path, 200, False)


def test_a_town_that_breaks_off_keeps_nothing(elsewhere, forgery):
    """The last thing before the commit fails: rows, photos and papers are gone again."""
    forgery.rows = [row for row in forgery.rows if row["table"] != "deed"]
    forgery.rows.append({"table": "deed", "row": {"id": 1, "workshop_id": forgery.first("workshop")["id"]}})
    before = everything_in(elsewhere.app)
    visitor = bring(at(elsewhere.app, elsewhere.mei), forgery.made())
    assert (visitor.status, NOTHING in visitor.text) == (422, True)
    assert everything_in(elsewhere.app) == before
