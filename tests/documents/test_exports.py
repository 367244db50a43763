"""Exports in real processes: made one after the other, watched, cancelled, checked."""

import io
import json

import docx
import gevent
import openpyxl
import pypdf
import pytest
from PIL import Image

from facilitator.documents.models import CANCELLED, DONE, FAILED, QUEUED, RUNNING, Export
from facilitator.documents.proposal import gather
from facilitator.extensions import db
from facilitator.workers.roll import FORGOTTEN

PATIENCE = 120


@pytest.fixture
def jobs(app):
    return app.extensions["exports"]


@pytest.fixture
def ask(draft):
    """Ask for a file; gives its id."""

    def ask(kind, variant="zh"):
        draft.get(f"/proposals/{draft.number}")
        draft.post(f"/proposals/{draft.number}/exports", htmx=True, format=kind, variant=variant)
        assert draft.status == 200, draft.text
        return int(next(key for key in draft.page.ids if key.startswith("export-")).split("-")[1])

    return ask


@pytest.fixture
def until(database):
    """Look again and again until the export is as wanted; the room's own work goes on meanwhile."""

    def until(export_id, *wanted):
        with gevent.Timeout(PATIENCE):
            while database.get(Export, export_id).status not in wanted:
                gevent.sleep(0.05)
        return database.get(Export, export_id)

    return until


def test_a_pdf_is_made_and_says_what_the_draft_said(draft, ask, until, tmp_path):
    made = until(ask("pdf"), DONE, FAILED)
    assert (made.status, made.message, made.missing) == (DONE, "", "")
    draft.get(f"/exports/{made.id}/file")
    assert draft.answer.mimetype == "application/pdf"
    assert f"juyi-{made.created_at.year}-001-zh-{made.check_code}.pdf" in draft.answer.headers["Content-Disposition"]
    (tmp_path / "out.pdf").write_bytes(draft.answer.data)
    text = "".join("".join(each.extract_text() for each in pypdf.PdfReader(tmp_path / "out.pdf").pages).split())
    for words in ("会上共收到意见5条", "投出圆点8枚", "亮起来", made.check_code, "王**"):
        assert words in text
    assert "王小明" not in text


def test_word_is_made_and_says_what_the_draft_said(draft, ask, until):
    made = until(ask("docx"), DONE, FAILED)
    assert (made.status, made.message) == (DONE, "")
    draft.get(f"/exports/{made.id}/file")
    assert draft.answer.mimetype == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert f"-zh-{made.check_code}.docx" in draft.answer.headers["Content-Disposition"]
    words = "".join(each.text for each in docx.Document(io.BytesIO(draft.answer.data)).paragraphs)
    for part in ("会上共收到意见5条", "投出圆点8枚", "亮起来", made.check_code, "王**"):
        assert part in words
    assert "王小明" not in words


def test_workbook_and_json_hold_everything(draft, ask, until, tmp_path, database):
    book, raw = until(ask("xlsx"), DONE, FAILED), until(ask("json"), DONE, FAILED)
    draft.get(f"/exports/{book.id}/file")
    (tmp_path / "out.xlsx").write_bytes(draft.answer.data)
    sheets = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert sheets.sheetnames == ["workshop", "agenda", "people", "ideas", "themes", "results", "dots"]
    draft.get(f"/exports/{raw.id}/file")
    tables = json.loads(draft.answer.data)
    assert {name: len(rows) for name, rows in tables.items()} == {
        name: sheets[name].max_row - 1 for name in sheets.sheetnames
    }


def test_one_after_the_other_and_progress_is_shown(ask, until, database, draft, jobs):
    first, second = ask("pdf"), ask("pdf", "bi")
    until(first, RUNNING)
    assert database.get(Export, second).status == QUEUED
    assert "Waiting for its turn" in draft.get(f"/exports/{second}", htmx=True).text
    seen = set()
    with gevent.Timeout(PATIENCE):
        while database.get(Export, first).status == RUNNING:
            seen.add(jobs.progress(database.get(Export, first)))
            gevent.sleep(0.02)
    assert any(0 < percent < 100 for percent in seen)
    assert until(second, DONE, FAILED).status == DONE
    assert "Download" in draft.get(f"/exports/{second}", htmx=True).text


def test_a_running_export_is_cancelled_and_its_process_ends(ask, until, draft, jobs):
    export_id = ask("pdf")
    until(export_id, RUNNING)
    with gevent.Timeout(PATIENCE):
        while jobs._process is None:
            gevent.sleep(0.01)
    process = jobs._process
    draft.get(f"/proposals/{draft.number}")
    assert "Cancelled" in draft.post(f"/exports/{export_id}/cancel", htmx=True).text
    assert process.wait(timeout=10) != 0
    assert until(export_id, CANCELLED).file_name == ""
    with gevent.Timeout(PATIENCE):
        while jobs.folder(export_id).exists():
            gevent.sleep(0.05)
    assert draft.get(f"/exports/{export_id}/file").status == 404


def test_what_waits_can_be_cancelled_too(ask, until, draft, database):
    first, second = ask("json"), ask("pdf")
    draft.post(f"/exports/{second}/cancel", htmx=True)
    assert until(first, DONE, FAILED).status == DONE
    assert database.get(Export, second).status == CANCELLED


def test_what_a_dead_server_left_running_has_failed(app, ask, until, draft, jobs):
    export_id = ask("json")
    until(export_id, DONE)
    with app.app_context():
        export = db.session.get_one(Export, export_id)
        export.status, export.worker = RUNNING, "dead"
        db.session.commit()
    app.extensions["roll"]._beating_since -= FORGOTTEN.total_seconds()
    jobs._settled = False
    draft.get(f"/proposals/{draft.number}")
    assert until(export_id, FAILED).message == "restart"
    assert "The server was stopped" in draft.text


def test_the_process_is_polite_bounded_and_knows_no_database(ask, until, jobs):
    import psutil

    export_id = ask("pdf")
    until(export_id, RUNNING)
    limits = None
    with gevent.Timeout(PATIENCE):
        while not limits:
            gevent.sleep(0.02)
            if jobs._running is None:  # it was quicker than we: look at another one
                export_id = ask("pdf")
                until(export_id, RUNNING)
            if jobs._process is not None and jobs._process.poll() is None:
                process = psutil.Process(jobs._process.pid)
                if process.nice() == 10:
                    limits = process.rlimit(psutil.RLIMIT_AS)
                    opened = [each.path for each in process.open_files()]
    assert limits[0] in (1_500_000_000, -1)
    assert [path for path in opened if path.endswith(".db")] == []
    until(export_id, DONE, FAILED)


def test_anyone_with_the_paper_can_check_it_and_learns_no_name(app, draft, ask, until, visit, make, evening):
    made = until(ask("pdf"), DONE)
    make.idea(evening.board, "后来的想法", evening.people[0])
    anyone = visit("zh").get(f"/C/{made.check_code.lower()}")
    assert anyone.status == 200
    assert 'content="noindex"' in anyone.html
    with app.app_context():
        paper = db.session.get_one(Export, made.id).paper
    assert [paper["totals"][name] for name in ("people", "ideas", "themes", "dots")] == [5, 5, 2, 8]
    for figure in (5, 2, 8):
        assert f'<b class="figure">{figure}</b>' in anyone.html
    for private in ("王", "楼道口加一张长凳", "小聚", "参与者 0"):
        assert private not in anyone.page.text_of("main")


def test_photos_of_ideas_travel_into_the_paper(app, draft, ask, until, make, evening, tmp_path):
    folder = app.config["SETTINGS"].data / "photos"
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (320, 240), "#7a9a6a").save(folder / "corner.jpg")
    make.idea(evening.board, "这个拐角", evening.people[0], photo="corner.jpg")
    made = until(ask("pdf"), DONE, FAILED)
    draft.get(f"/exports/{made.id}/file")
    (tmp_path / "out.pdf").write_bytes(draft.answer.data)
    sizes = {each.image.size for page in pypdf.PdfReader(tmp_path / "out.pdf").pages for each in page.images}
    assert sizes == {(320, 240)}


def test_pressing_twice_asks_once(draft, ask, until, database):
    first = ask("pdf")
    draft.get(f"/proposals/{draft.number}")
    draft.post(f"/proposals/{draft.number}/exports", htmx=True, format="pdf", variant="zh")
    assert draft.status == 204
    assert database.count(Export) == 1
    draft.get(f"/proposals/{draft.number}")
    draft.post(f"/exports/{first}/cancel", htmx=True)


def test_a_wrong_check_code_finds_nothing(visit, draft):
    assert visit().get("/c/AAAAAAAA").status == 404


def test_strangers_find_no_files(ask, until, visit, make):
    made = until(ask("json"), DONE)
    stranger = visit(make.staff())
    stranger.get("/workshops")
    assert [stranger.get(f"/exports/{made.id}{path}").status for path in ("", "/file")] == [404, 404]
    assert stranger.post(f"/exports/{made.id}/cancel").status == 404


def test_an_unknown_format_is_not_found(draft):
    draft.get(f"/proposals/{draft.number}")
    assert draft.post(f"/proposals/{draft.number}/exports", format="exe").status == 404


def test_the_snapshot_is_what_was_gathered(app, ask, until):
    export_id = ask("json")
    until(export_id, DONE)
    with app.app_context():
        made = db.session.get_one(Export, export_id)
        again = gather(made.proposal, made.check_code, made.paper["meta"]["check_url"])
        again["meta"]["made_at"] = made.paper["meta"]["made_at"]
        assert again["meta"].pop("is_made")  # this file is out now
        assert not made.paper["meta"]["is_made"]
        assert {**made.paper, "meta": {k: v for k, v in made.paper["meta"].items() if k != "is_made"}} == again
