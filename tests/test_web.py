"""Headers, form tokens, hostile uploads, error pages, and pages that stay cheap as they grow."""

from io import BytesIO

import pytest
from PIL import Image

from facilitator.synthesis.models import Statement, new_id
from facilitator.web.security import HEADERS


@pytest.fixture
def room(make):
    workshop = make.workshop(make.staff())
    board = make.board(workshop)
    make.room_at(workshop, board, "collect")
    return workshop, board


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/j/QQQQQQ", "/workshops"])
def test_every_page_is_sent_with_the_secure_headers(visit, path):
    visitor = visit().get(path)
    assert {name: visitor.answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in visitor.answer.headers["Content-Security-Policy"]
    assert visitor.answer.headers["Cache-Control"] == "no-store"


def test_without_the_form_token_nothing_is_written(phone, database, room):
    workshop, board = room
    resident = phone(workshop)
    answer = resident.client.post(f"/board/{board.id}/ideas", data={"id": new_id(), "text": "A bench"})
    assert (answer.status_code, database.count(Statement)) == (400, 0)


@pytest.mark.parametrize(("language", "words"), [("en", "There is nothing here."), ("zh", "这里")])
def test_what_is_not_there_is_said_in_the_readers_language(visit, language, words):
    visitor = visit(language).get("/nowhere")
    assert visitor.status == 404
    assert words in visitor.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=HYPERLINK(1)", "a" + "\u0301" * 50, "\u202eabc"])
def test_hostile_words_are_shown_harmlessly(phone, database, room, text):
    workshop, board = room
    resident = phone(workshop)
    resident.send(f"/board/{board.id}/ideas", htmx=True, text=text)
    assert resident.status == 200
    assert "<script>alert" not in resident.get(f"/w/{workshop.code}").html
    kept = database.all(Statement)[0].text
    assert "\u202e" not in kept
    assert kept.count("\u0301") <= 3


def png(*size):
    out = BytesIO()
    Image.new("1", size).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("content", [b"", b"not a picture", png(2, 2)[:40], png(9000, 9000)])
def test_a_file_that_is_no_picture_or_too_large_is_refused(phone, database, room, content):
    workshop, board = room
    resident = phone(workshop)
    resident.send(f"/board/{board.id}/ideas", htmx=True, text="A bench", photo=(BytesIO(content), "photo.png"))
    assert (resident.status, database.count(Statement)) == (422, 0)


def test_the_list_of_workshops_asks_the_database_as_often_for_three_as_for_one(make, visit, queries):
    owner = make.staff()
    make.workshop(owner)
    visitor = visit(owner)
    one = queries(lambda: visitor.get("/workshops"))
    make.workshop(owner)
    make.workshop(owner)
    assert queries(lambda: visitor.get("/workshops")) == one


@pytest.mark.parametrize("step", ["collect", "sort", "vote", "result"])
def test_screens_ask_as_often_for_three_ideas_as_for_one(make, visit, phone, queries, database, room, step):
    workshop, board = room
    resident, wall = phone(workshop), visit()
    make.theme(board, "Seating", make.idea(board))
    # Everything was just changed, both times: what nobody has looked at since can't be known yet.
    make.room_at(workshop, board, step)
    asked = [(resident, f"/w/{workshop.code}"), (wall, f"/screen/{workshop.screen_token}")]
    one = [queries(lambda visitor=visitor, path=path: visitor.get(path)) for visitor, path in asked]
    make.theme(board, "Light", make.idea(board), make.idea(board))
    assert [queries(lambda visitor=visitor, path=path: visitor.get(path)) for visitor, path in asked] == one


def test_every_answer_says_that_it_is_ours_and_what_became_of_a_write(phone, visit, database, room):
    workshop, board = room
    resident = phone(workshop)
    path, idea = f"/board/{board.id}/ideas", {"id": new_id(), "text": "A bench"}

    def meaning(answer):
        return answer.headers["X-Facilitator"]

    assert meaning(resident.answer) == "here"
    assert meaning(resident.client.post(path, data=idea)) == "stale"
    assert meaning(resident.post(path, htmx=True, **{**idea, "text": ""}).answer) == "refused"
    assert database.count(Statement) == 0
    assert meaning(resident.post(path, htmx=True, **idea).answer) == "kept"
    assert database.count(Statement) == 1
    nobody = visit().get("/")
    assert meaning(nobody.post(path, htmx=True, **idea).answer) == "stranger"
    assert (nobody.status, "This phone isn't known here any more." in nobody.text) == (404, True)
    assert meaning(nobody.post(f"/board/{board.id}/entries", htmx=True, text="A bench").answer) == "stranger"
