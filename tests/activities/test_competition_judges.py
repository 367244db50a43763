"""The judge's page: who gets in, what it holds of whom, and what stands in the log afterwards."""

import json
import re
from types import SimpleNamespace

import gevent
import pytest

from facilitator.activities.competition.audit import AuditLine
from facilitator.activities.competition.entries import Entry, Picture
from facilitator.activities.competition.judges import Assignment, Judge, Judgement, Score
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.scoring import LONGEST_NOTE
from facilitator.extensions import db, now, socketio
from facilitator.workshop.joining import mark
from tests.activities.competitions import fill, give, lock, new_competition, reveal, say
from tests.activities.test_board_pages import PHONE_LOADS, files_of, packed

TOLD = "No judge's card has this code"


@pytest.fixture
def jury(app, make, visit, database):
    """Three entries, two judges with half of the world between them, two criteria; nothing scored yet."""

    def jury(**settings):
        owner = make.staff()
        workshop = make.workshop(owner, title="Our corner")
        here = new_competition(app, workshop, **settings)
        filled = fill(app, here, entries=3, judges=2, criteria=2, scored=False)
        judges = [database.get(Judge, each) for each in filled.judges]
        return SimpleNamespace(
            id=here,
            owner=owner,
            workshop=workshop,
            entries=filled.entries,
            criteria=filled.criteria,
            judges=judges,
            at=f"/competition/{here}/judging",
        )

    return jury


@pytest.fixture
def bench(jury):
    return jury()


@pytest.fixture
def come(visit):
    """The browser of a judge who came by the link of the card."""

    def come(judge, language="en"):
        return visit(language).get(f"/G/{judge.token}")

    return come


def tap(browser, bench, entry, criterion, value):
    """As the page's script sends it."""
    fields = {f"score-{bench.criteria[criterion]}": value}
    return browser.post(f"{bench.at}/{bench.entries[entry]}/scores", htmx=True, **fields)


def scores(database, judge):
    return [row.points for row in database.all(Score, Score.judge_id == judge.id)]


def log(database, bench):
    return [line.act for line in database.all(AuditLine, AuditLine.activity_id == bench.id)]


def change(app, model, number, **columns):
    with app.app_context():
        row = db.session.get_one(model, number)
        for name, value in columns.items():
            setattr(row, name, value)
        db.session.commit()


# --- The way in


@pytest.mark.parametrize("written", ["{}", "{} ", "{:.4}-{rest}"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_the_link_lets_the_judge_in_however_it_is_written(bench, visit, written, case):
    token = bench.judges[0].token
    path = case(written.format(token, rest=token[4:]))
    for letter in ("G", "g"):
        page = visit().get(f"/{letter}/{path}")
        assert (page.status, page.path) == (200, bench.at)
        assert bench.judges[0].name in page.text


def test_the_code_of_the_card_can_be_typed(bench, visit):
    typed = " ".join(re.findall("....", bench.judges[0].token.lower()))
    page = visit().get("/G").send("/g", code=typed)
    assert (page.status, page.path) == (200, bench.at)


@pytest.mark.parametrize("token", ["ABCDEF", "0" * 12, "%20", "' OR 1=1", "９" * 12, "A" * 5000])
def test_a_wrong_code_is_told_so_in_words_and_no_more(bench, visit, token):
    page = visit().get(f"/G/{token}")
    assert (page.status, TOLD in page.text) == (404, True)
    assert "Our corner" not in page.html
    typed = visit().get("/G").post("/G", code=token)
    assert (typed.status, TOLD in typed.text) == (404, True)


def test_a_withdrawn_judge_and_a_deleted_workshop_get_the_same_words(app, bench, come, database):
    judge = bench.judges[0]
    inside = come(judge)
    change(app, Judge, judge.id, deleted_at=now())
    assert (come(judge).status, TOLD in come(judge).text) == (404, True)
    assert inside.get(bench.at).status == inside.get(f"{bench.at}/now").status == 404
    assert tap(inside, bench, 0, 0, "7").status == 404
    assert scores(database, judge) == []
    change(app, Judge, judge.id, deleted_at=None)
    change(app, Competition, bench.id, deleted_at=now())
    gone = come(judge)
    assert (gone.status, TOLD in gone.text) == (404, True)
    assert inside.get(bench.at).status == 404


def test_nobody_else_opens_the_page(bench, visit, phone):
    for stranger in (visit().get("/"), visit(bench.owner), phone(bench.workshop)):
        assert stranger.get(bench.at).status == 404
        assert "judge's card" in stranger.text
        assert bench.judges[0].name not in stranger.html
        assert stranger.get(f"{bench.at}/now").status == 404
        for act in ("scores", "recusal", "abstention", "note"):
            assert stranger.post(f"{bench.at}/{bench.entries[0]}/{act}", htmx=True, on="1").status == 404
        assert stranger.post(f"{bench.at}/recusals").status == stranger.post(f"{bench.at}/lock").status == 404


def test_a_judge_of_another_competition_is_a_stranger_here(jury, come, database):
    mine, theirs = jury(), jury()
    me = come(mine.judges[0])
    assert me.get(theirs.at).status == 404
    assert tap(me, theirs, 0, 0, "7").status == 404
    strange_entry = me.post(f"{mine.at}/{theirs.entries[0]}/scores", htmx=True, **{f"score-{mine.criteria[0]}": "7"})
    assert strange_entry.status == 404
    strange_criterion = {f"score-{theirs.criteria[0]}": "7"}
    assert me.post(f"{mine.at}/{mine.entries[0]}/scores", htmx=True, **strange_criterion).status == 404
    assert database.count(Score) == 0


def test_two_judges_in_one_browser_the_last_card_counts_and_what_waits_of_the_first_goes_nowhere(bench, come, database):
    first, second = bench.judges
    browser = come(first)
    assert browser.page.body["data-owner"] == mark(first.token)
    browser.get(f"/G/{second.token}")
    assert browser.page.body["data-owner"] == mark(second.token)
    headers = {"X-Person": mark(first.token), "HX-Request": "true", "X-CSRFToken": browser.page.csrf}
    path, data = f"{bench.at}/{bench.entries[0]}/scores", {f"score-{bench.criteria[0]}": "7"}
    answer = browser.client.post(path, data=data, headers=headers)
    assert (answer.status_code, answer.headers["X-Facilitator"]) == (404, "stranger")
    assert database.count(Score) == 0
    for path in (bench.at, f"{bench.at}/now"):
        assert browser.get(path, **{"X-Person": mark(first.token)}).status == 404


# --- What the page holds of others


def test_no_page_of_a_judge_holds_anything_of_another_nor_an_average(app, jury, come, visit, phone):
    bench = jury(lowest=0, highest=1000, half_points=True)
    first, second = bench.judges
    for entry in bench.entries:
        for criterion in bench.criteria:
            give(app, first.id, entry, criterion, 61750)
            give(app, second.id, entry, criterion, 83850)
        say(app, second.id, entry, note="nobody's business")
    say(app, second.id, bench.entries[2], recused=True)
    browser = come(first)
    pages = [browser.html, browser.get(f"{bench.at}/now").html, tap(browser, bench, 0, 0, "618").html]
    assert "617.5" in pages[0]
    for html in pages:
        words = without_chance(html)
        for secret in ("838", "839", "83850", "727", "728", "nobody's business", second.name, second.token):
            assert secret not in words
        assert 'data-state="recused"' not in html
    lock(app, bench.id, bench.owner.id)
    assert "838" not in without_chance(browser.get(bench.at).html)


def test_what_others_give_changes_not_one_byte_of_a_judges_page(app, bench, come):
    browser = come(bench.judges[0])
    before = steady(browser.get(bench.at).html)
    give(app, bench.judges[1].id, bench.entries[0], bench.criteria[0], 1000)
    say(app, bench.judges[1].id, bench.entries[1], recused=True, note="theirs")
    assert steady(browser.get(bench.at).html) == before


def without_chance(html):
    """Without the form token and the long ids, in which any three digits may stand."""
    return re.sub(r"[0-9a-f]{12,}", "", steady(html))


def steady(html):
    """Without the form token, which is another one each time."""
    return re.sub(r'(csrf[-_]token" (?:content|value)=")[^"]+', r"\1", html)


def test_blind_the_page_names_no_team(app, jury, come):
    bench = jury(blind=True)
    for number, entry in enumerate(bench.entries):
        change(app, Entry, entry, team=f"Team Wintergreen {number}", pdf="a.pdf")
    html = come(bench.judges[0]).html
    assert "Wintergreen" not in html
    assert "drawings.pdf" in html
    change(app, Competition, bench.id, settings={"blind": False})
    assert "Team Wintergreen 0" in come(bench.judges[0]).text


def test_a_judges_page_opens_no_live_room(app, bench, come):
    browser = come(bench.judges[0])
    assert "data-live" not in browser.page.body
    assert "live.js" not in browser.html
    keys = {"phone": bench.workshop.code, "console": str(bench.workshop.id), "projector": bench.judges[0].token}
    for audience, key in keys.items():
        wire = socketio.test_client(app, flask_test_client=browser.client, auth={"audience": audience, "key": key})
        assert (audience, wire.is_connected()) == (audience, False)


def test_the_page_asks_as_often_for_one_entry_as_for_three(app, bench, come, queries):
    browser = come(bench.judges[0])
    for entry in bench.entries:
        with app.app_context():
            db.session.add(Picture(entry_id=entry, photo="a.jpg", thumb="b.jpg"))
            db.session.commit()
    three = queries(lambda: browser.get(bench.at))
    for entry in bench.entries[1:]:
        change(app, Entry, entry, status="hidden")
    assert queries(lambda: browser.get(bench.at)) == three


def test_a_jury_of_nine_entries_loads_as_little_as_a_residents_phone(app, make, visit, database):
    here = new_competition(app, make.workshop())
    filled = fill(app, here, entries=9, judges=1, criteria=5, photos=["a.jpg", "b.jpg", "c.jpg"])
    browser = visit("zh").get(f"/G/{database.get(Judge, filled.judges[0]).token}")
    loads = len(packed(browser, browser.path)) + files_of(browser, browser.html)
    assert loads <= PHONE_LOADS, loads


# --- Scoring


def test_a_tap_is_kept_logged_once_and_answered_with_the_own_total(bench, come, database):
    browser = come(bench.judges[0])
    tap(browser, bench, 0, 0, "8.5")
    assert browser.answer.headers["X-Facilitator"] == "kept"
    assert "1 of 2 criteria" in browser.text
    tap(browser, bench, 0, 0, "8.5")
    tap(browser, bench, 0, 1, "6")
    # Weights 30 and 25.
    assert f"{(8.5 * 30 + 6 * 25) / 55:.2f}" in browser.page.text_of(f"own-{bench.entries[0]}")
    assert scores(database, bench.judges[0]) == [850, 600]
    assert log(database, bench) == ["opened", "score", "score"]
    first = database.all(AuditLine)[1]
    told = (first.judge_id, first.entry_id, first.criterion_id, first.staff_id, first.said)
    expected = {"before": None, "after": 850}
    assert told == (bench.judges[0].id, bench.entries[0], bench.criteria[0], None, expected)


def test_a_score_can_be_changed_and_cleared(bench, come, database):
    browser = come(bench.judges[0])
    for value in ("8", "7.5", "", ""):
        tap(browser, bench, 0, 0, value)
    assert scores(database, bench.judges[0]) == [None]
    said = [line.said for line in database.all(AuditLine, AuditLine.act == "score")]
    steps = [(None, 800), (800, 750), (750, None)]
    assert said == [{"before": before, "after": after} for before, after in steps]


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "1e9", "1e999999999", "-1", "0", "10.5", "7.25", "seven"])
def test_what_is_no_score_is_refused_in_words(bench, come, database, value):
    browser = tap(come(bench.judges[0]), bench, 0, 0, value)
    assert (browser.status, browser.answer.headers["X-Facilitator"]) == (422, "refused")
    assert re.search("Scores go from 1 to 10 in steps of 0.5|Please enter a number", browser.text)
    assert database.count(Score, Score.points.is_not(None)) == database.count(AuditLine) == 0


def test_a_digit_of_another_keyboard_is_a_digit(bench, come, database):
    tap(come(bench.judges[0]), bench, 0, 0, "９")
    assert scores(database, bench.judges[0]) == [900]


@pytest.mark.parametrize("name", ["score-", "score-x", "score-²", "score-99999999999999999999", "score--1"])
def test_a_made_up_name_of_a_criterion_writes_nothing(bench, come, database, name):
    browser = come(bench.judges[0])
    browser.post(f"{bench.at}/{bench.entries[0]}/scores", htmx=True, **{name: "7"})
    assert (browser.status in (200, 404), database.count(Score)) == (True, 0)


def test_without_scripts_a_whole_form_is_saved(bench, come, database):
    browser = come(bench.judges[0])
    first, second = bench.criteria
    fields = {f"score-{first}": "8", f"half-{first}": "1", f"score-{second}": "6"}
    browser.send(f"/{bench.entries[0]}/scores", **fields)
    assert (browser.status, browser.path) == (200, bench.at)
    assert scores(database, bench.judges[0]) == [850, 600]
    again = browser.page.form(f"/{bench.entries[0]}/scores").fields
    assert {name: again[name] for name in fields} == fields


def test_two_tabs_at_once_leave_one_score_and_one_line_for_each_change(app, bench, come, database):
    tabs = [come(bench.judges[0]), come(bench.judges[0])]
    jobs = [gevent.spawn(tap, tabs[number % 2], bench, 0, number // 2, "7") for number in range(4)]
    gevent.joinall(jobs, raise_error=True)
    assert scores(database, bench.judges[0]) == [700, 700]
    assert sorted(log(database, bench)) == ["opened", "score", "score"]


def test_a_long_scale_is_typed(jury, come, database):
    bench = jury(lowest=0, highest=100, half_points=False)
    browser = come(bench.judges[0])
    assert 'type="number"' in browser.html
    assert 'type="radio"' not in browser.html
    tap(browser, bench, 0, 0, "87")
    assert scores(database, bench.judges[0]) == [8700]


# --- Conflicts of interest, abstentions, notes


def act(browser, bench, entry, name, **fields):
    return browser.post(f"{bench.at}/{bench.entries[entry]}/{name}", htmx=True, **fields)


def test_a_recusal_takes_the_entry_away_silently_until_it_is_taken_back(bench, come, database):
    browser = come(bench.judges[0])
    tap(browser, bench, 0, 0, "8")
    act(browser, bench, 0, "recusal", on="1")
    act(browser, bench, 0, "recusal", on="1")
    assert "Recused" in browser.text
    refused = tap(browser, bench, 0, 0, "9")
    assert (refused.status, "conflict of interest" in refused.text) == (409, True)
    assert act(browser, bench, 0, "abstention", on="1").status == 409
    assert scores(database, bench.judges[0]) == [800]
    act(browser, bench, 0, "recusal", on="0")
    assert tap(browser, bench, 0, 0, "9").status == 200
    assert log(database, bench) == ["opened", "score", "recused", "took-part", "score"]


def test_whoever_scores_again_no_longer_abstains(bench, come, database):
    browser = come(bench.judges[0])
    act(browser, bench, 1, "abstention", on="1")
    assert "Abstained" in browser.text
    tap(browser, bench, 1, 0, "5")
    assert log(database, bench) == ["abstained", "opened", "score", "judged-again"]
    act(browser, bench, 1, "abstention", on="1")
    act(browser, bench, 1, "abstention", on="0")
    assert log(database, bench)[4:] == ["abstained", "judged-again"]


def test_the_first_question_is_asked_once_and_none_is_an_answer(bench, come, database):
    browser = come(bench.judges[0])
    assert "does one of these concern you" in browser.text
    browser.post(f"{bench.at}/recusals", entry=[bench.entries[1]])
    assert "does one of these concern you" not in browser.get(bench.at).text
    states = {row.entry_id: bool(row.recused_at) for row in database.all(Judgement)}
    assert states == {entry: entry == bench.entries[1] for entry in bench.entries}
    other = come(bench.judges[1])
    other.send("/recusals")
    assert "does one of these concern you" not in other.text
    assert log(database, bench) == ["recused"]


def test_the_first_question_takes_no_entry_of_another_competition(jury, come, database):
    mine, theirs = jury(), jury()
    answer = come(mine.judges[0]).post(f"{mine.at}/recusals", entry=[mine.entries[0], theirs.entries[0]])
    assert (answer.status, database.count(Judgement), database.count(AuditLine)) == (404, 0, 0)


def test_a_note_is_the_judges_own_cut_to_length_and_in_no_log(bench, come, database):
    browser = come(bench.judges[0])
    act(browser, bench, 0, "note", note="<b>ask</b> about\u202e\r\n the wall " + "x" * 5000)
    kept = database.all(Judgement)[0].note
    assert (kept[:27], len(kept)) == ("<b>ask</b> about\nthe wall x", LONGEST_NOTE)
    assert "&lt;b&gt;ask" in browser.get(bench.at).html
    assert "ask" not in come(bench.judges[1]).page.form(f"/{bench.entries[0]}/note").fields["note"]
    assert log(database, bench) == []


# --- Panels, entries taken out, the lock


def test_with_panels_a_judge_sees_and_scores_their_own_entries_only(app, jury, come, database):
    bench = jury(panel=1)
    with app.app_context():
        here = db.session.get_one(Competition, bench.id)
        Assignment.put(here, {(bench.judges[0].id, bench.entries[0]), (bench.judges[1].id, bench.entries[1])})
        db.session.commit()
    browser = come(bench.judges[0])
    assert [f"entry-{each}" in browser.page.ids for each in bench.entries] == [True, False, False]
    refused = tap(browser, bench, 1, 0, "9")
    assert (refused.status, "judged by others" in refused.text) == (409, True)
    assert tap(browser, bench, 0, 0, "9").status == 200
    assert scores(database, bench.judges[0]) == [900]


def test_an_entry_that_was_taken_out_takes_no_score(app, bench, come, database):
    browser = come(bench.judges[0])
    change(app, Entry, bench.entries[0], status="hidden")
    refused = tap(browser, bench, 0, 0, "9")
    assert (refused.status, "taken out" in refused.text) == (409, True)
    assert f"entry-{bench.entries[0]}" not in browser.get(bench.at).page.ids
    assert database.count(Score) == 0


def test_scores_are_handed_in_when_all_is_done_and_then_nothing_changes(bench, come, database):
    browser, judge = come(bench.judges[0]), bench.judges[0]
    for criterion in (0, 1):
        tap(browser, bench, 0, criterion, "8")
    act(browser, bench, 1, "recusal", on="1")
    early = browser.post(f"{bench.at}/lock", htmx=True)
    assert (early.status, "still missing for: 3." in early.text) == (409, True)
    act(browser, bench, 2, "abstention", on="1")
    assert browser.get(bench.at).page.has_button("Lock my scores")
    browser.send("/lock")
    assert "Your scores are locked." in browser.text
    assert database.get(judge).locked_at is not None
    assert [button.text for button in browser.page.buttons if button.address.startswith(bench.at)] == []
    assert 'type="radio"' not in browser.html
    doings = {"scores": {f"score-{bench.criteria[0]}": "9"}, "recusal": {}, "abstention": {}, "note": {"note": "late"}}
    for name, fields in doings.items():
        refused = act(browser, bench, 0, name, **fields)
        assert (name, refused.status, "locked" in refused.text) == (name, 409, True)
    browser.post(f"{bench.at}/lock", htmx=True)
    assert scores(database, judge) == [800, 800]
    assert log(database, bench) == ["opened", "score", "score", "recused", "abstained", "locked"]


def test_one_judge_locked_leaves_the_other_free(app, bench, come, database):
    change(app, Judge, bench.judges[0].id, locked_at=now())
    assert tap(come(bench.judges[0]), bench, 0, 0, "9").status == 409
    assert tap(come(bench.judges[1]), bench, 0, 0, "9").status == 200


def test_once_the_result_is_shown_nothing_is_taken_from_anybody(app, bench, come, database):
    for judge in bench.judges:
        for entry in bench.entries:
            for criterion in bench.criteria:
                give(app, judge.id, entry, criterion, 800)
    lock(app, bench.id, bench.owner.id)
    reveal(app, bench.id, 1)
    change(app, Judge, bench.judges[0].id, locked_at=None)
    assert tap(come(bench.judges[0]), bench, 0, 0, "9").status == 409


# --- What goes on


def test_the_page_asks_what_goes_on_and_is_told_what_is_new_only(app, bench, come):
    browser = come(bench.judges[0])
    seen = browser.page.ids["now"]["data-seen"]
    ask = f"{bench.at}/now?seen="
    assert (browser.get(ask + seen).status, browser.html) == (204, "")
    change(app, Competition, bench.id, state={"presenting": bench.entries[1]})
    assert "Presenting now" in browser.get(ask + seen).text
    assert browser.page.ids["now"]["data-presenting"] == bench.entries[1]
    seen = browser.page.ids["now"]["data-seen"]
    assert browser.get(ask + seen).status == 204
    change(app, Judge, bench.judges[0].id, reminded_at=now())
    assert "3 entries still wait for you" in browser.get(ask + seen).text
    base = browser.page.ids["now"]["data-base"]
    change(app, Judge, bench.judges[0].id, locked_at=now())
    told = browser.get(ask + browser.page.ids["now"]["data-seen"])
    assert "still wait" not in told.text
    assert told.page.ids["now"]["data-base"] != base


def test_the_marks_tell_a_second_tab_that_it_is_behind(bench, come):
    browser = come(bench.judges[0])
    own = browser.page.ids[f"own-{bench.entries[0]}"]["data-mark"]
    tap(browser, bench, 0, 0, "9")
    answered = browser.page.ids[f"own-{bench.entries[0]}"]["data-mark"]
    marks = json.loads(browser.get(f"{bench.at}/now").page.ids["now"]["data-marks"])
    assert own != answered
    assert marks == {bench.entries[0]: answered, bench.entries[1]: own, bench.entries[2]: own}


def test_when_a_judge_was_last_here_is_noted_once_a_minute_not_at_each_question(app, bench, come, database):
    judge = bench.judges[0]
    browser = come(judge)
    first = database.get(judge).seen_at
    assert first is not None
    for _ in range(3):
        browser.get(f"{bench.at}/now")
    assert database.get(judge).seen_at == first
    change(app, Judge, judge.id, seen_at=first.replace(year=2020))
    browser.get(f"{bench.at}/now")
    assert database.get(judge).seen_at >= first


def test_a_pdf_is_for_those_who_judge_its_entry(app, bench, come, visit):
    photos = app.config["SETTINGS"].data / "photos"
    photos.mkdir(exist_ok=True)
    (photos / "a.pdf").write_bytes(b"%PDF-1.4")
    change(app, Entry, bench.entries[0], pdf="a.pdf")
    path = f"{bench.at}/{bench.entries[0]}/drawings.pdf"
    browser = come(bench.judges[0])
    answer = browser.client.get(path)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", b"%PDF-1.4")
    assert visit().get(path).status == 404
    assert browser.get(f"{bench.at}/{bench.entries[1]}/drawings.pdf").status == 404
    act(browser, bench, 0, "recusal", on="1")
    assert browser.client.get(path).status_code == 404
