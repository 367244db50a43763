"""Entries: typed, sent by their team, brought in a list; pictures and booklets with them."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from PIL import Image
from pypdf import PdfWriter

from facilitator.activities.competition.audit import AuditLine
from facilitator.activities.competition.entries import Entry, Picture
from tests.activities.competitions import fill, new_competition


def photo(colour="#1f6f6b"):
    out = BytesIO()
    Image.new("RGB", (900, 600), colour).save(out, "JPEG")
    out.seek(0)
    return out


def pdf():
    out, writer = BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(out)
    out.seek(0)
    return out


class Contest:
    def __init__(self, app, workshop, desk, database, **settings):
        self.workshop, self.desk, self.database = workshop, desk, database
        self.id = new_competition(app, workshop, **settings)
        self.at = f"/competition/{self.id}"

    def entries(self):
        return sorted(self.database.all(Entry, Entry.activity_id == self.id), key=lambda entry: entry.number)

    def add(self, **said):
        self.desk.get(f"{self.at}/entries/new")
        self.desk.post(f"{self.at}/entries/new", **{"title": "口袋花园", **said})
        return self.entries()[-1]

    def acts(self):
        return [line.act for line in self.database.all(AuditLine, AuditLine.activity_id == self.id)]


@pytest.fixture
def opened(app, make, visit, database):
    def opened(**settings):
        owner = make.staff()
        return Contest(app, make.workshop(owner), visit(owner), database, **settings)

    return opened


@pytest.fixture
def contest(opened):
    return opened()


def pictures_of(database, entry):
    shown = database.all(Picture, Picture.entry_id == entry.id, Picture.deleted_at.is_(None))
    return sorted(shown, key=lambda picture: picture.position)


# --- At the desk


def test_an_empty_list_says_three_ways_to_fill_it(contest):
    assert "Three ways" in contest.desk.get(f"{contest.at}/entries").text


def test_an_entry_comes_with_words_pictures_and_booklet(contest, database, app):
    files = [(photo(), "a.jpg"), (photo("#a8321f"), "b.jpg")]
    entry = contest.add(team="竹影", site="3号楼北侧", about="第一行\n第二行", pictures=files, pdf=(pdf(), "板.pdf"))
    assert (entry.number, entry.text, entry.team, entry.about) == (1, "口袋花园", "竹影", "第一行\n第二行")
    shown = pictures_of(database, entry)
    folder = app.config["SETTINGS"].data / "photos"
    assert [each.position for each in shown] == [1, 2]
    assert entry.photo == shown[0].thumb
    for name in (entry.pdf, entry.pdf_page, *(each.photo for each in shown), *(each.thumb for each in shown)):
        assert (folder / name).is_file()
    page = contest.desk.get(f"{contest.at}/entries")
    assert ("口袋花园" in page.text, "2/12" in page.text) == (True, True)
    assert contest.acts() == ["entry"]


def test_a_title_is_needed_and_what_was_typed_stays(contest):
    contest.desk.get(f"{contest.at}/entries/new").post(f"{contest.at}/entries/new", title=" ", about="Long thoughts")
    assert contest.desk.status == 422
    assert "Please give the scheme a title." in contest.desk.text
    assert "Long thoughts" in contest.desk.html
    assert contest.entries() == []


def test_a_wrong_file_among_good_ones_is_named_and_the_rest_is_kept(contest, database):
    files = [(photo(), "good.jpg"), (BytesIO(b"<svg onload=alert(1)>"), "bad.jpg")]
    entry = contest.add(about="Kept", pictures=files, pdf=(BytesIO(b"none"), "board.pdf"))
    assert contest.desk.status == 422
    assert ("bad.jpg" in contest.desk.text, "board.pdf" in contest.desk.text) == (True, True)
    assert (len(pictures_of(database, entry)), entry.about, entry.pdf) == (1, "Kept", "")


def test_twelve_pictures_are_the_most(contest, database):
    entry = contest.add(pictures=[(photo(), f"{number}.jpg") for number in range(13)])
    assert "12 pictures are the most" in contest.desk.text
    assert len(pictures_of(database, entry)) == 12


def test_pictures_are_captioned_paired_moved_and_removed(contest, database):
    entry = contest.add(pictures=[(photo(), f"{number}.jpg") for number in range(3)])
    first, second, third = pictures_of(database, entry)
    about = {f"side-{first.id}": "before", f"side-{second.id}": "after", f"caption-{second.id}": "  With  bench "}
    address = f"{contest.at}/entries/{entry.id}/edit"
    contest.desk.post(address, picture=[third.id, first.id, second.id], **about, **{f"remove-{third.id}": "1"})
    assert [each.id for each in pictures_of(database, entry)] == [first.id, second.id]
    assert database.get(second).caption == "With bench"
    assert database.get(entry).photo == second.thumb  # what it will be like stands for it, not what was
    contest.desk.post(address, move=f"up-{second.id}", picture=[first.id, second.id])
    assert [each.id for each in pictures_of(database, entry)] == [second.id, first.id]


def test_all_of_it_can_be_undone(contest, database):
    entry = contest.add(pictures=[(photo(), "a.jpg")])
    console = f"/workshops/{contest.workshop.id}/console"
    contest.desk.get(console).press("Undo")
    assert database.get(entry).deleted_at is not None
    contest.desk.get(console).press("Redo")
    assert database.get(entry).deleted_at is None
    contest.desk.post(f"{contest.at}/entries/{entry.id}/standing", out="1")
    assert database.get(entry).status == "hidden"
    contest.desk.get(console).press("Undo")
    assert database.get(entry).status == "shown"
    assert contest.acts() == ["entry", "undone", "redone", "entry-out", "undone"]


def test_taken_out_and_in_again_with_a_line_in_the_log(contest, database):
    entry = contest.add()
    for out, status in (("1", "hidden"), ("0", "shown")):
        contest.desk.post(f"{contest.at}/entries/{entry.id}/standing", htmx=True, out=out)
        assert database.get(entry).status == status
    assert contest.acts() == ["entry", "entry-out", "entry-in"]


# --- A list


def book(*rows, **more):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    if more.get("merge"):
        made.active.merge_cells(more["merge"])
    out = BytesIO()
    made.save(out)
    out.seek(0)
    return out


HEAD = ("编号", "标题", "团队", "居民区", "地点", "简介")


def bring(contest, content, name="entries.xlsx"):
    contest.desk.get(f"{contest.at}/entries/import")
    return contest.desk.post(f"{contest.at}/entries/import", list=(content, name))


def confirm(contest):
    form = contest.desk.page.form(f"{contest.at}/entries/import")
    return contest.desk.post(f"{contest.at}/entries/import", **form.fields)


def test_a_list_is_looked_at_before_anything_is_saved(contest):
    bring(contest, book(HEAD, (3, "会发光的坡道", "青苔", "共和九村", "北门", "坡道"), (None, "书角", "", "", "", "")))
    assert (contest.desk.status, contest.entries()) == (200, [])
    assert "会发光的坡道" in contest.desk.text
    confirm(contest)
    assert [(each.number, each.text, each.team) for each in contest.entries()] == [
        (3, "会发光的坡道", "青苔"),
        (4, "书角", ""),
    ]


def test_the_same_numbers_again_change_and_never_double(contest):
    rows = (HEAD, (1, "坡道", "青苔", "", "", ""), (2, "书角", "南窗", "", "", ""))
    for title in ("坡道", "新坡道"):
        bring(contest, book(HEAD, (1, title, "", "", "", ""), *rows[2:]))
        confirm(contest)
    assert [(each.number, each.text) for each in contest.entries()] == [(1, "新坡道"), (2, "书角")]


def test_columns_that_are_not_understood_or_missing_are_named_before_anything_is_saved(contest):
    bring(contest, book(("标题", "Phone", "", "标题", ""), ("花园", "021", "x", "again", "")))
    page = contest.desk.page
    assert "will be left out: Phone column C, which has no name 标题 If one" in page.text_of("strange")
    missing = "Number Team Neighborhood Place Text English Answers"
    assert page.text_of("missing") == f"Not in this list, so nothing is said or changed there: {missing}"
    confirm(contest)
    assert [(each.number, each.text) for each in contest.entries()] == [(1, "花园")]


def test_of_the_list_that_is_given_out_every_column_is_understood(contest):
    contest.add(title="Garden")
    contest.desk.get(f"{contest.at}/entries/list.xlsx")
    bring(contest, BytesIO(contest.desk.answer.data))
    assert "as it is 1" in contest.desk.text
    assert ("left out" in contest.desk.text, "Not in this list" in contest.desk.text) == (False, False)


def test_an_import_that_was_undone_can_come_again(contest, database):
    bring(contest, book(HEAD, (1, "坡道", "", "", "", "")))
    confirm(contest)
    contest.desk.get(f"/workshops/{contest.workshop.id}/console").press("Undo")
    bring(contest, book(HEAD, (1, "坡道", "", "", "", "")))
    confirm(contest)
    assert [(each.number, each.deleted_at) for each in contest.entries()] == [(1, None)]


def test_one_bad_row_and_nothing_is_taken(contest):
    rows = [(1, "坡道"), (1, "书角"), ("x", "灯"), (4, ""), (5, "长" * 41)]
    bring(contest, book(HEAD, *rows))
    page = contest.desk.text
    for words in ("stands in the list twice", "is no number from 1", "title is missing", "is too long"):
        assert words in page
    assert (contest.entries(), "Import these entries" in page) == ([], False)


def test_a_preview_that_was_tampered_with_is_checked_again(contest):
    contest.desk.get(f"{contest.at}/entries/import")
    contest.desk.post(f"{contest.at}/entries/import", rows='[{"row": 2, "number": "1", "title": ""}]')
    assert ("title is missing" in contest.desk.text, contest.entries()) == (True, [])
    contest.desk.post(f"{contest.at}/entries/import", rows='[{"title": ["a"]}]')
    assert (contest.desk.status, contest.entries()) == (400, [])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("编号,标题,团队\r\n7,坡道,青苔\r\n".encode(), "a.csv"),
        ("编号;标题;团队\r\n7;坡道;青苔\r\n".encode("gb18030"), "a.csv"),
        (b"\xef\xbb\xbfNo.\tTitle\tTeam\n7\t\xe5\x9d\xa1\xe9\x81\x93\t\xe9\x9d\x92\xe8\x8b\x94\n", "a.tsv"),
    ],
)
def test_a_list_as_csv(contest, content, name):
    bring(contest, BytesIO(content), name)
    confirm(contest)
    assert [(each.number, each.text, each.team) for each in contest.entries()] == [(7, "坡道", "青苔")]


def test_a_formula_stays_text_in_and_out(contest):
    evil = '=HYPERLINK("http://evil.example","click")'[:40]
    bring(contest, BytesIO(f'Number,Title,Team\n1,"{evil.replace(chr(34), chr(34) * 2)}",@SUM(A1)\n'.encode()), "a.csv")
    confirm(contest)
    [entry] = contest.entries()
    assert (entry.text, entry.team) == (evil, "@SUM(A1)")
    contest.desk.get(f"{contest.at}/entries/list.xlsx")
    row = load_workbook(BytesIO(contest.desk.answer.data)).active[2]
    assert [(cell.value, cell.data_type) for cell in row[1:3]] == [(evil, "s"), ("@SUM(A1)", "s")]


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"PK\x03\x04 no zip", "a.xlsx", "can't be read"),
        (b"\x00\x01\x02", "a.bin", "can't be read"),
        (b"Name,Colour\na,b\n", "a.csv", "No column"),
        (b"Title\n", "a.csv", "nothing below the head"),
        (b"Title\n" + b"a\n" * 400, "a.csv", "too long"),
        (b"Title\n" + b"a" * 3_000_000, "a.csv", "too large"),
        (book(HEAD, (1, "a"), (None, "b"), merge="A2:A3").getvalue(), "a.xlsx", "merged cells"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(contest, content, name, why):
    bring(contest, BytesIO(content), name)
    assert why in contest.desk.text
    assert (contest.desk.status, contest.entries()) in ((422, []), (413, []))


def test_the_list_to_fill_in_can_come_back_as_it_is(contest):
    contest.add(team="竹影")
    contest.desk.get(f"{contest.at}/entries/list.xlsx")
    bring(contest, BytesIO(contest.desk.answer.data))
    assert "stays as it is" in contest.desk.text


# --- The team


@pytest.fixture
def team(contest, visit):
    entry = contest.add(team="竹影")
    return visit().get(f"/E/{entry.token}")


def test_a_team_changes_its_own_entry(contest, team, database):
    team.post(team.path, title="新名字", about="更长的说明", pictures=[(photo(), "a.jpg")], pdf=(pdf(), "a.pdf"))
    [entry] = contest.entries()
    assert team.status == 200, team.text
    assert "Saved" in team.text
    assert (entry.text, entry.about, bool(entry.pdf)) == ("新名字", "更长的说明", True)
    assert len(pictures_of(database, entry)) == 1
    team.get(f"{team.path}/booklet.pdf")
    assert team.answer.headers["Content-Disposition"].startswith("attachment")
    assert contest.acts()[-1] == "entry-changed"


def test_a_team_cannot_give_itself_a_number_or_another_place(contest, team):
    team.post(team.path, title="A", neighbourhood="x", number="9", token="AAAA", turn="1")
    [entry] = contest.entries()
    assert (entry.number, entry.neighbourhood, entry.turn) == (1, "", 0)


def test_a_team_sees_nothing_of_the_others(app, contest, visit):
    fill(app, contest.id, entries=3, judges=2, criteria=1, scored=False)
    mine, other, _third = contest.entries()
    page = visit().get(f"/e/{mine.token}")
    assert (mine.text in page.text, other.text in page.html, other.token in page.html) == (True, False, False)


def test_a_team_cannot_touch_the_pictures_of_another(contest, visit, database):
    theirs = contest.add(pictures=[(photo(), "a.jpg")])
    mine = contest.add(title="Mine")
    [picture] = pictures_of(database, theirs)
    intruder = visit().get(f"/E/{mine.token}")
    intruder.post(intruder.path, title="Mine", **{f"remove-{picture.id}": "1", f"caption-{picture.id}": "!"})
    assert [(each.caption, each.deleted_at) for each in pictures_of(database, theirs)] == [("", None)]


@pytest.mark.parametrize("token", ["AAAABBBBCCCC", "x", "' OR 1=1"])
def test_a_wrong_link_opens_nothing(contest, visit, token):
    contest.add()
    assert visit().get(f"/E/{token}").status == 404


def test_an_empty_title_keeps_the_old_one_and_all_else(contest, team):
    team.post(team.path, title="", about="Words")
    [entry] = contest.entries()
    assert (team.status, entry.text, entry.about) == (422, "口袋花园", "Words")
    assert "needs a title" in team.text


def test_until_the_deadline_and_not_a_minute_longer(opened, visit):
    contest = opened(entries_until="2020-01-01T12:00")
    entry = contest.add()
    page = visit().get(f"/E/{entry.token}")
    assert ("Entries closed on" in page.text, '<form class="panel' in page.html) == (True, False)
    page.post(page.path, title="Too late", about="A thought")
    assert (page.status, "came too late" in page.text, "A thought" in page.text) == (409, True, True)
    assert contest.entries()[0].text == "口袋花园"


def test_without_a_deadline_until_the_judging_begins(app, contest, visit):
    fill(app, contest.id, entries=1, judges=1, criteria=1)
    [entry] = contest.entries()
    page = visit().get(f"/E/{entry.token}")
    assert "The judging has begun" in page.text
    page.post(page.path, title="Too late")
    assert (page.status, contest.entries()[0].text) == (409, entry.text)


def test_what_is_in_a_booklet_cannot_run_here(contest, visit):
    entry = contest.add(pdf=(pdf(), "a.pdf"))
    stranger = visit().get(f"/booklets/{entry.pdf}")
    assert "sandbox" in stranger.answer.headers["Content-Security-Policy"]
    assert (visit().get(f"/photos/{entry.pdf}").status, visit().get(f"/booklets/{entry.pdf_page}").status) == (404, 404)


# --- On its way


def test_pictures_and_booklet_travel_with_the_workshop(contest, database, app):
    entry = contest.add(pictures=[(photo(), "a.jpg")], pdf=(pdf(), "a.pdf"))
    contest.desk.get(f"/workshops/{contest.workshop.id}/parcel")
    parcel = contest.desk.answer.data
    contest.desk.get("/workshops/import")
    contest.desk.send("/workshops/import", parcel=(BytesIO(parcel), "final.juyi"), copy="1")
    assert contest.desk.status == 200, contest.desk.text
    [copy] = database.all(Entry, Entry.activity_id != contest.id)
    [picture] = pictures_of(database, copy)
    folder = app.config["SETTINGS"].data / "photos"
    assert copy.token != entry.token
    assert copy.pdf != entry.pdf
    assert (folder / copy.pdf).read_bytes() == (folder / entry.pdf).read_bytes()
    assert all((folder / name).is_file() for name in (copy.photo, copy.pdf_page, picture.photo, picture.thumb))


def test_the_agenda_leads_to_the_desk(contest):
    contest.desk.get(f"/workshops/{contest.workshop.id}/agenda")
    assert f'href="{contest.at}/entries"' in contest.desk.html


def test_files_that_are_too_large_together_are_refused_in_words(contest):
    bring(contest, BytesIO(bytes(13 * 2**20)), "a.xlsx")
    assert (contest.desk.status, "12 MB is the limit" in contest.desk.text) == (413, True)


def test_more_fits_into_the_form_with_pictures_than_elsewhere(contest, database):
    large = BytesIO(photo().getvalue() + bytes(13 * 2**20))
    assert len(pictures_of(database, contest.add(pictures=[(large, "a.jpg")]))) == 1
