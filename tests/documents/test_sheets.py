"""What a World Café gives to paper: a chapter of the proposal, the harvest booklet, the print kit."""

import docx
import page
import pypdf
import pytest
from docx.oxml.ns import qn
from flask_babel import force_locale
from gevent import Timeout, sleep

from facilitator.documents import sheets
from facilitator.documents.models import DONE, FAILED, Export, Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.tables import everything
from facilitator.documents.writing import pdf, word
from facilitator.extensions import db
from facilitator.questions.models import Question
from facilitator.synthesis.models import new_id
from facilitator.workshop.models import Workshop
from tests.activities.cafes import Cafe, new_cafe
from tests.safekeeping.conftest import picture

NAMES = ("王小明", "Anna", "", "李建国", "周阿姨", "陈师傅")
PATIENCE = 120


@pytest.fixture
def cafe(app, make, visit, phone, database):
    """Six people at two tables, two rounds: two notes, a card with a photo, a question with a voice."""
    owner = make.staff()
    workshop = make.workshop(owner, title="境聚里", language="zh_Hans")
    people = [make.person(workshop, name) for name in NAMES]
    number = new_cafe(app, workshop, tables=2, rounds=2, questions="家门口好在哪里？\n难在哪里？")
    made = Cafe(number, workshop, people, visit(owner), database, phone, make)
    made.go("move-1", "round-1")
    host = made.phone(people[0])
    host.post(f"{made.at}/host")
    host.post(f"{made.at}/card", **{"title": "坐一坐", "insight-1": "入口要能坐", "question": "谁来管？"})
    host.post(f"{made.at}/card/photo", photo=(picture(), "cloth.jpg"))
    made.say(people[0], "电梯口放一张长椅，电话13812345678")
    made.go("move-2", "round-2")
    made.say(people[1], "A bench by the lift", 2)
    made.go("dialogue")
    question = new_id()
    made.phone(people[2]).post(f"/questions/{made.id}", htmx=True, id=question, text="钱从哪里来？")
    made.phone(people[3]).post(f"/questions/{made.id}/{question}/votes", htmx=True, on="1")
    made.desk.post(f"/workshops/{workshop.id}/proposals")
    return made


@pytest.fixture
def draft(cafe, database):
    return database.all(Proposal)[0].id


def told(app, draft):
    with app.test_request_context(), force_locale("zh_Hans"):
        return gather(db.session.get(Proposal, draft), "ABCD1234", "http://hall.example/c/ABCD1234")


def sheet(app, cafe, name, *switches):
    with app.test_request_context(), force_locale("zh_Hans"):
        return sheets.sheet_of(db.session.get(Workshop, cafe.workshop.id), name, frozenset(switches))


def printed(app, draft, sheet, tmp_path, variant="zh"):
    """The PDF and its words without spaces."""
    target = tmp_path / f"{variant}.pdf"
    report = pdf.write(told(app, draft), variant, target, app.config["SETTINGS"].data / "photos", sheet=sheet)
    assert report["missing"] == []
    return target, "".join("".join(each.extract_text() for each in pypdf.PdfReader(target).pages).split())


# --- The chapter


def test_the_chapter_counts_what_the_database_holds(app, cafe, draft):
    [chapter] = told(app, draft)["chapters"]
    assert {figure["key"]: figure["value"] for figure in chapter["figures"]} == {
        "people": 6,
        "tables": 2,
        "rounds": 2,
        "notes": 2,
        "insights": 1,
        "questions": 1,
    }
    [card] = [card for card in chapter["content"]["cards"] if card["title"]]
    assert (card["title"], card["question"], card["host"]["name"]) == ("坐一坐", "谁来管？", "王**")
    assert [line["text"] for line in card["insights"]] == ["入口要能坐"]
    assert chapter["photos"] == [card["photo"]]
    [asked] = chapter["content"]["asked"]
    assert (asked["text"], asked["voices"], asked["became"]) == ("钱从哪里来？", 1, "open")


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_the_proposal_has_a_section_of_the_cafe(app, cafe, draft, tmp_path, variant):
    target, text = printed(app, draft, None, tmp_path, variant)
    assert ("WorldCafé" if variant == "en" else "世界咖啡馆") in text
    assert "入口要能坐" in text
    assert "王小明" not in text
    assert "13812345678" not in text
    assert page.validate_pdf(str(target), profile=page.ValidationProfile.PDF_UA_1).is_compliant


def test_the_section_stands_in_word_too(app, cafe, draft, tmp_path):
    word.write(told(app, draft), "zh", tmp_path / "out.docx", app.config["SETTINGS"].data / "photos")
    document = docx.Document(tmp_path / "out.docx")
    [heading] = [
        each.text for each in document.paragraphs if each.style.name == "Heading 1" and "世界咖啡馆" in each.text
    ]
    assert heading.startswith("五、")
    text = "".join(each.text or "" for each in document.element.body.iter(qn("w:t")))
    for words in ("坐一坐", "入口要能坐", "谁来管？", "钱从哪里来？"):
        assert words in text
    assert "王小明" not in text
    assert "13812345678" not in text


def test_each_figure_of_the_draft_leads_to_as_many_rows(app, cafe, draft):
    shown = cafe.desk.get(f"/proposals/{draft}").html
    for figure in told(app, draft)["chapters"][0]["figures"]:
        address = f"/proposals/{draft}/evidence/chapter-{cafe.id}-{figure['key']}"
        assert address in shown
        rows = cafe.desk.get(address).html.count("<tr>") - 1  # without the head
        assert rows == figure["value"], figure["key"]


def test_each_idea_says_at_which_table_and_in_which_round(app, cafe, draft):
    at = cafe.seats(1)[cafe.people[0].id]
    wheres = {idea["text"]: idea["where"] for idea in told(app, draft)["ideas"]}
    assert wheres["电梯口放一张长椅，电话138****5678"] == f"第{at}桌 · 第1轮"
    assert wheres["入口要能坐"] == f"第{at}桌 · 收获卡"


def test_the_workbook_has_the_tables_seats_and_notes(app, cafe):
    with app.test_request_context():
        found = everything(db.session.get(Workshop, cafe.workshop.id))
    assert {name: len(found[name]) for name in found if name.startswith("cafe_")} == {
        "cafe_rounds": 2,
        "cafe_tables": 2,
        "cafe_seats": 12,
        "cafe_notes": 3,
        "cafe_questions": 1,
    }


# --- The booklet


def test_the_booklet_says_who_noted_what_and_which_table_has_no_card(app, cafe, draft, tmp_path):
    target, text = printed(app, draft, sheet(app, cafe, f"booklet-{cafe.id}"), tmp_path)
    other = 3 - cafe.seats(1)[cafe.people[0].id]
    assert f"没有填收获卡的桌：{other}。" in text
    assert "AbenchbytheliftA**" in text
    assert "电梯口放一张长椅，电话138****5678王**" in text
    blank = [number for number, each in enumerate(pypdf.PdfReader(target).pages, 1) if not each.extract_text().strip()]
    assert blank == []


def test_a_booklet_before_the_first_round_is_a_whole_paper(app, make, draft, tmp_path):
    empty = make.workshop(title="还没开始", language="zh_Hans")
    number = new_cafe(app, empty)
    with app.test_request_context(), force_locale("zh_Hans"):
        found = sheets.sheet_of(db.session.get(Workshop, empty.id), f"booklet-{number}", frozenset())
    target, text = printed(app, draft, found, tmp_path)
    assert "还没有开始谈话。" in text
    assert page.validate_pdf(str(target), profile=page.ValidationProfile.PDF_UA_1).is_compliant


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_the_booklet_holds_cards_notes_and_questions(app, cafe, draft, tmp_path, variant):
    made = sheet(app, cafe, f"booklet-{cafe.id}")
    target, text = printed(app, draft, made, tmp_path, variant)
    for words in ("坐一坐", "入口要能坐", "谁来管？", "138****5678", "Abenchbythelift", "钱从哪里来？", "ABCD1234"):
        assert words in text
    assert "李**" not in text
    assert "王小明" not in text
    for standard in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
        assert page.validate_pdf(str(target), profile=standard).is_compliant


def test_who_sat_where_is_told_only_when_asked_for_and_masked(app, cafe, draft, tmp_path):
    made = sheet(app, cafe, f"booklet-{cafe.id}", "seats")
    _target, text = printed(app, draft, made, tmp_path)
    assert "李**" in text
    assert "李建国" not in text


def test_the_booklet_is_made_by_the_line_of_exports(cafe, draft, database):
    cafe.desk.get(f"/proposals/{draft}")
    assert "收获册" in cafe.desk.text or "Harvest booklet" in cafe.desk.text
    fields = {"format": "pdf", "variant": "zh", "document": f"booklet-{cafe.id}"}
    cafe.desk.post(f"/proposals/{draft}/exports", htmx=True, **fields)
    [made] = database.all(Export)
    with Timeout(PATIENCE):
        while database.get(Export, made.id).status not in (DONE, FAILED):
            sleep(0.05)
    assert (database.get(Export, made.id).status, made.document) == (DONE, f"booklet-{cafe.id}")
    cafe.desk.get(f"/exports/{made.id}/file")
    assert f"booklet-{cafe.id}-zh-{made.check_code}.pdf" in cafe.desk.answer.headers["Content-Disposition"]


@pytest.mark.parametrize("document", ["booklet-9999", "minutes-1", "booklet", "../booklet-1"])
def test_what_nobody_offers_is_not_found(cafe, draft, database, document):
    cafe.desk.post(f"/proposals/{draft}/exports", htmx=True, format="pdf", variant="zh", document=document)
    assert (cafe.desk.status, database.count(Export)) == (404, 0)


# --- The kit


def test_the_kit_has_a_tent_for_each_table_and_a_card_for_each_guest(app, cafe, draft, tmp_path):
    made = sheet(app, cafe, "kit")
    target, text = printed(app, draft, made, tmp_path)
    content = made["parts"][0]["content"]
    assert [tent["number"] for tent in content["tents"]] == [1, 2]
    assert [tent["address"].rpartition("/")[2] for tent in content["tents"]] == [each.token for each in cafe.tables()]
    seats = {card["name"]: card["tables"] for card in content["cards"]}
    assert seats["王小明"] == [cafe.seats(number)[cafe.people[0].id] for number in (1, 2)]
    assert [card["host"] for card in content["cards"]].count(True) == 1
    assert "王小明" in text  # it stays in the room
    assert content["lacks"] == ""
    assert page.validate_pdf(str(target), profile=page.ValidationProfile.PDF_UA_1).is_compliant


def test_the_kit_is_asked_for_before_the_start(cafe, database):
    cafe.desk.get(f"/workshops/{cafe.workshop.id}/preflight")
    cafe.desk.send(f"/workshops/{cafe.workshop.id}/kit")
    assert [export.document for export in database.all(Export)] == ["kit"]


def test_without_tables_the_kit_says_what_is_missing(app, make, visit, tmp_path, database):
    owner = make.staff()
    workshop = make.workshop(owner)
    new_cafe(app, workshop)
    desk = visit(owner).get("/workshops")
    desk.post(f"/workshops/{workshop.id}/proposals")
    with app.test_request_context(), force_locale("en"):
        made = sheets.sheet_of(db.session.get(Workshop, workshop.id), "kit", frozenset())
    _target, text = printed(app, database.all(Proposal)[0].id, made, tmp_path, "en")
    assert "Thetablesarenotsetyet" in text


def test_a_workshop_without_a_cafe_offers_neither(app, make):
    workshop = make.workshop()
    make.board(workshop)
    with app.test_request_context():
        here = db.session.get(Workshop, workshop.id)
        assert (sheets.offered(here), sheets.has_prints(here)) == ([], False)


def test_a_question_taken_away_stands_in_no_paper(app, cafe, draft, database):
    question = database.all(Question)[0]
    cafe.call(question.id, "deleted")
    assert told(app, draft)["chapters"][0]["content"]["asked"] == []
