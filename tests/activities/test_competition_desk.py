"""The competition at the facilitator's desk: rubric, judges, locks, result, log."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from facilitator.activities.competition import scoring
from facilitator.activities.competition.audit import AuditLine
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Assignment, Judge
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.rubric import Criterion
from facilitator.extensions import db
from tests.activities.competitions import fill, give, lock, new_competition, reveal, say, vote


class Desk:
    def __init__(self, app, workshop, owner, visitor, database, **settings):
        self.app, self.workshop, self.owner, self.visitor, self.database = app, workshop, owner, visitor, database
        self.id = new_competition(app, workshop, **settings)
        self.at = f"/competition/{self.id}"

    def get(self, page):
        return self.visitor.get(f"{self.at}/{page}")

    def post(self, page, **fields):
        return self.visitor.post(f"{self.at}/{page}", **fields)

    def acts(self):
        return [line.act for line in self.database.all(AuditLine, AuditLine.activity_id == self.id)]

    def judges(self):
        return self.database.all(Judge, Judge.activity_id == self.id)

    def criteria(self):
        rows = self.database.all(Criterion, Criterion.activity_id == self.id, Criterion.deleted_at.is_(None))
        return sorted(rows, key=lambda row: row.position)

    def score(self, judge_id, entry_id, criterion_id, points="8"):
        """As the judge does, with its line in the log."""
        with self.app.app_context():
            rows = ((Judge, judge_id), (Entry, entry_id), (Criterion, criterion_id))
            scoring.give(db.session.get_one(Competition, self.id), *(db.session.get_one(*row) for row in rows), points)
            db.session.commit()


@pytest.fixture
def opened(app, make, visit, database):
    def opened(**settings):
        owner = make.staff(name="Mei")
        return Desk(app, make.workshop(owner), owner, visit(owner), database, **settings)

    return opened


@pytest.fixture
def desk(opened):
    return opened()


# --- The way there


def test_while_people_arrive_the_console_leads_to_entries_and_judges(app, desk):
    console = desk.visitor.get(f"/workshops/{desk.workshop.id}/console")
    assert f"{desk.at}/entries" in console.page.links
    assert {f"{desk.at}/judges", f"{desk.at}/rubric"} <= set(desk.get("entries").page.links)
    second = new_competition(app, desk.workshop, title="Children's final")
    stage = desk.visitor.get(f"/workshops/{desk.workshop.id}/console").page.text_of("console-stage")
    assert ("Entries and judges · Final" in stage, "Entries and judges · Children's final" in stage) == (True, True)
    assert f"/competition/{second}/entries" in desk.visitor.page.links


# --- The rubric


def test_a_ready_rubric_is_taken_and_brought_back_by_undo(desk):
    assert "No criteria yet" in desk.get("rubric").text
    desk.post("rubric/choice", name="garden")
    names = [each.name_en for each in desk.criteria()]
    assert len(names) > 2
    page = desk.get("rubric").text
    assert all(name in page for name in names)
    desk.post("rubric/choice", name="corridor")
    assert [each.name_en for each in desk.criteria()] != names
    desk.visitor.get(f"/workshops/{desk.workshop.id}/console").press("Undo")
    assert [each.name_en for each in desk.criteria()] == names
    assert desk.post("rubric/choice", name="nothing").status == 404


def test_criteria_are_added_reworded_moved_and_removed(desk):
    for name in ("Beauty", "Use"):
        desk.post("rubric/criteria", htmx=True, name=name)
    first, second = desk.criteria()
    typed = {"name": "好用", "name_en": "Useful", "weight": "30"}
    typed |= {"anchor-10": "人人会用", "anchor-en10": "For all", "anchor-77": "no such score"}
    desk.post("rubric", **of(second, **typed))
    assert desk.database.get(second).anchors == {"10": "人人会用", "en10": "For all"}
    page = desk.get("rubric")
    assert ("75.0 %" in page.text, "25.0 %" in page.text, "For all" in page.text) == (True, True, True)
    desk.post(f"rubric/criteria/{second.id}", to="up")
    assert [each.id for each in desk.criteria()] == [second.id, first.id]
    desk.post(f"rubric/criteria/{first.id}/deletion")
    assert [each.id for each in desk.criteria()] == [second.id]
    assert desk.acts().count("rubric") == 5


def of(criterion, **typed):
    """The fields of one criterion as the page names them."""
    return {f"{criterion.id}-{what}": text for what, text in typed.items()}


def test_one_save_keeps_all_criteria_once_and_one_undo_takes_all_back(desk):
    desk.post("rubric/choice", name="garden")
    before = [each.plain() for each in desk.criteria()]
    first, second, *_others = desk.criteria()
    typed = of(first, name="绿意", weight="40") | of(second, name_en="For everybody")
    for _twice in range(2):
        desk.get("rubric").send(f"{desk.at}/rubric", **typed)
    one, two, *others = desk.criteria()
    assert (one.name, one.weight, two.name_en) == ("绿意", 40, "For everybody")
    assert [each.plain() for each in others] == before[2:]
    assert desk.acts() == ["rubric"] * 3
    desk.visitor.get(f"/workshops/{desk.workshop.id}/console").press("Undo")
    assert [each.plain() for each in desk.criteria()] == before


@pytest.mark.parametrize(
    ("what", "text", "told"),
    [
        ("name", " ", "Please give the criterion a name."),
        ("weight", "0", "The weight is a whole number from 1 to 1000."),
        ("weight", "-3", "The weight is a whole number from 1 to 1000."),
        ("weight", "many", "The weight is a whole number from 1 to 1000."),
        ("weight", "1001", "The weight is a whole number from 1 to 1000."),
    ],
)
def test_where_one_field_is_wrong_nothing_is_kept_and_all_that_was_typed_stays(desk, what, text, told):
    for name in ("Beauty", "Use"):
        desk.post("rubric/criteria", name=name)
    first, second = desk.criteria()
    typed = of(first, name="Splendour", weight="20") | of(second, **{"name": "Use", "weight": "10", what: text})
    page = desk.post("rubric", **typed)
    assert (page.status, page.page.text_of(f"{second.id}-{what}-told")) == (422, told)
    assert 'value="Splendour"' in page.html
    assert [(each.name, each.weight) for each in desk.criteria()] == [("Beauty", 10), ("Use", 10)]
    assert desk.acts().count("rubric") == 2


def test_the_first_score_fixes_rubric_and_scale(app, desk):
    filled = fill(app, desk.id, entries=2, judges=1, scored=False)
    desk.score(filled.judges[0], filled.entries[0], filled.criteria[0])
    before = [(each.name, each.weight) for each in desk.criteria()]
    page = desk.get("rubric").text
    assert ("The first score is in (评委1号" in page, "Take this one" in page) == (True, False)
    for path, fields in {
        "rubric/criteria": {"name": "Late"},
        "rubric": {f"{filled.criteria[0]}-name": "Late", f"{filled.criteria[0]}-weight": "99"},
        f"rubric/criteria/{filled.criteria[0]}": {"to": "down"},
        f"rubric/criteria/{filled.criteria[0]}/deletion": {},
        "rubric/choice": {"name": "garden"},
    }.items():
        assert desk.post(path, **fields).status == 409
    assert [(each.name, each.weight) for each in desk.criteria()] == before


def test_the_settings_form_keeps_the_scale_once_it_was_used(app, desk):
    filled = fill(app, desk.id, entries=1, judges=1, scored=False)
    form = f"/workshops/{desk.workshop.id}/activities/{desk.id}"
    desk.visitor.get(form).send("", highest="20")
    assert desk.database.get(Competition, desk.id).setting("highest") == 20
    desk.score(filled.judges[0], filled.entries[0], filled.criteria[0])
    desk.visitor.get(form).send("", highest="10")
    assert (desk.visitor.status, "The first score is in" in desk.visitor.text) == (422, True)
    assert desk.database.get(Competition, desk.id).setting("highest") == 20
    desk.visitor.get(form).send("", minutes="7")
    assert desk.database.get(Competition, desk.id).setting("minutes") == 7


def test_the_settings_call_the_public_vote_by_its_name_once(desk):
    page = desk.visitor.get(f"/workshops/{desk.workshop.id}/activities/{desk.id}")
    names = re.findall(r"<(?:legend|label)[^>]*>([^<]+)<", page.html)
    said = ["Public vote", "How the public votes", "The public vote ends"]
    assert [name for name in names if "ublic vote" in name] == said


def test_what_the_result_is_reckoned_by_stands_once_all_is_locked(app, desk):
    fill(app, desk.id, entries=2, judges=2)
    lock(app, desk.id, desk.owner.id)
    desk.visitor.get(f"/workshops/{desk.workshop.id}/activities/{desk.id}").send("", method="robust")
    assert (desk.visitor.status, "The scores were locked" in desk.visitor.text) == (422, True)


# --- The judges


def test_judges_are_invited_several_at_once_and_come_by_their_own_link(desk, visit):
    assert "No judges yet" in desk.get("judges").text
    desk.post("judges", judges="王建国，建筑师\n\n Li Na , resident\n赵")
    assert [(each.name, each.office) for each in desk.judges()] == [
        ("王建国", "建筑师"),
        ("Li Na", "resident"),
        ("赵", ""),
    ]
    first, second, _third = desk.judges()
    page = desk.get(f"judges/{first.id}/link")
    assert (first.token in page.html, second.token in page.html) == (True, False)
    assert visit().get(f"/G/{first.token}").status == 200
    desk.post(f"judges/{first.id}/standing", out="1")
    assert visit().get(f"/G/{first.token}").status == 404
    desk.post(f"judges/{first.id}/standing", out="0")
    assert visit().get(f"/G/{first.token}").status == 200
    assert desk.acts() == ["invited", "invited", "invited", "withdrawn", "returned"]


def test_a_judges_name_is_corrected_and_the_log_has_both(desk):
    desk.post("judges", judges="王建国，建筑师")
    (judge,) = desk.judges()
    desk.post(f"judges/{judge.id}", name=" 王建华 ", office="规划师")
    desk.post(f"judges/{judge.id}", name="王建华", office="规划师")
    assert desk.post(f"judges/{judge.id}", name=" ", office="规划师").status == 422
    (after,) = desk.judges()
    assert (after.name, after.office, after.token) == ("王建华", "规划师", judge.token)
    (line,) = (each for each in desk.database.all(AuditLine) if each.act == "judge-changed")
    assert line.said == {"before": "王建国 · 建筑师", "after": "王建华 · 规划师"}
    assert "name or office corrected" in desk.get("log").text


def test_the_matrix_tells_how_far_and_never_how_much(app, desk):
    filled = fill(app, desk.id, entries=3, judges=3, criteria=2)
    give(app, filled.judges[0], filled.entries[0], filled.criteria[0], None)
    say(app, filled.judges[1], filled.entries[1], recused=True)
    say(app, filled.judges[2], filled.entries[2], abstained=True)
    page = desk.get("judges")
    words = re.findall(r'<td class="state (\w+)"', page.html)
    assert words == [
        "begun",
        "complete",
        "complete",
        "complete",
        "recused",
        "complete",
        "complete",
        "complete",
        "abstained",
    ]
    assert "2 of 3 judges are done" in page.text
    one = page.html
    give(app, filled.judges[1], filled.entries[0], filled.criteria[0], 150)
    assert _still(desk.get("judges").html) == _still(one)


def _still(html):
    """Without what is new on every page."""
    return re.sub(r'(csrf[_-]token" (?:content|value)=")[^"]+', "", html)


def test_who_is_behind_is_reminded_alone_or_with_the_others(app, desk):
    filled = fill(app, desk.id, entries=2, judges=3)
    for judge in filled.judges[:2]:
        give(app, judge, filled.entries[0], filled.criteria[0], None)
    reminded = lambda: [bool(each.reminded_at) for each in desk.judges()]  # noqa: E731
    desk.post("reminders", judge=filled.judges[1])
    assert reminded() == [False, True, False]
    desk.post("reminders")
    assert reminded() == [True, True, False]


def test_nobody_is_locked_unasked_while_somebody_is_behind(app, desk):
    filled = fill(app, desk.id, entries=2, judges=2)
    give(app, filled.judges[1], filled.entries[0], filled.criteria[0], None)
    desk.post("locks")
    assert (desk.visitor.status, "评委2号" in desk.visitor.text, "评委1号" in desk.visitor.text) == (409, True, False)
    assert not any(each.locked_at for each in desk.judges())
    desk.post("locks", sure="1")
    assert all(each.locked_at for each in desk.judges())
    assert desk.acts() == ["locked", "locked", "rules"]


def test_one_judge_is_unlocked_with_a_reason_only(app, desk):
    filled = fill(app, desk.id, entries=2, judges=2)
    desk.post("locks")
    assert desk.post(f"judges/{filled.judges[0]}/unlocking", reason=" ").status == 422
    desk.post(f"judges/{filled.judges[0]}/unlocking", reason="A slip of the pen")
    assert [bool(each.locked_at) for each in desk.judges()] == [False, True]
    assert "A slip of the pen" in desk.get("log").text
    assert "Mei" in desk.get("log").text


def test_nothing_that_makes_the_result_changes_while_it_is_shown(app, desk):
    filled = fill(app, desk.id, entries=3, judges=3)
    lock(app, desk.id, desk.owner.id)
    reveal(app, desk.id, 1)
    for path, fields in {
        "judges": {"judges": "Late"},
        f"judges/{filled.judges[0]}/standing": {"out": "1"},
        f"judges/{filled.judges[0]}/unlocking": {"reason": "Sorry"},
        f"entries/{filled.entries[0]}/standing": {"out": "1"},
        "assignment": {},
    }.items():
        assert desk.post(path, **fields).status == 409


def test_nothing_is_locked_where_nothing_was_given(app, desk):
    fill(app, desk.id, entries=2, judges=2, scored=False)
    assert desk.post("locks", sure="1").status == 409
    assert [each.locked_at for each in desk.judges()] == [None, None]
    assert "rules" not in desk.acts()


def test_judges_who_lock_themselves_make_no_result(app, desk):
    """The rules could still change, and the room has not voted."""
    fill(app, desk.id, entries=2, judges=2)
    with app.app_context():
        here = db.session.get_one(Competition, desk.id)
        for judge in Judge.of(here):
            scoring.lock(here, judge)
        db.session.commit()
        assert not here.is_locked()
    assert "Lock all: that fixes the rules too." in desk.get("result").text
    assert "Lock all scores" in desk.get("judges").text
    desk.post("locks")
    assert "The ranking" in desk.get("result").text


def test_nobody_watches_the_dots_of_an_open_vote(app, desk):
    fill(app, desk.id, entries=2, judges=2)
    lock(app, desk.id, desk.owner.id)
    with app.app_context():
        here = db.session.get_one(Competition, desk.id)
        here.workshop.activity_id, here.workshop.step = here.id, "vote"
        db.session.commit()
        assert here.refusal("scores") == "公众投票结束后才能生成。"
        assert "competition_dots" not in here.sheets()
    assert "The public vote is still open" in desk.get("result").text
    assert "The ranking" not in desk.get("result").text


def test_the_log_names_who_revealed_and_hid_once(app, desk):
    fill(app, desk.id, entries=3, judges=2)
    lock(app, desk.id, desk.owner.id)
    place = f"/workshops/{desk.workshop.id}"
    desk.visitor.get(f"{place}/console")
    desk.visitor.post(f"{place}/moves", to=f"{desk.id}-award", moves="0")
    desk.visitor.post(f"{place}/reveals", more="1", hidden="3")
    desk.visitor.post(f"{place}/reveals", more="0", hidden="2")
    desk.visitor.post(f"{place}/reveals", more="0", hidden="3")
    lines = [line for line in desk.database.all(AuditLine) if line.act in ("revealed", "hidden")]
    assert [(line.act, line.staff_id) for line in lines] == [("revealed", desk.owner.id), ("hidden", desk.owner.id)]


# --- Panels


def test_while_all_is_locked_nobody_and_nothing_leaves_the_competition(app, desk):
    filled = fill(app, desk.id)
    lock(app, desk.id, desk.owner.id)
    judge, entry = filled.judges[0], filled.entries[0]
    assert desk.post(f"judges/{judge}/standing", out="1").status == 409
    assert desk.post(f"entries/{entry}/standing", out="1").status == 409
    assert [each.deleted_at for each in desk.judges()] == [None] * 4
    assert {each.status for each in desk.database.all(Entry)} == {"shown"}
    desk.post(f"judges/{judge}/unlocking", reason="Moved away")
    desk.post(f"entries/{entry}/standing", out="1")
    desk.post(f"judges/{judge}/standing", out="1")
    assert [each.number for each in desk.judges() if each.deleted_at] == [1]
    assert desk.acts()[-3:] == ["unlocked", "entry-out", "withdrawn"]


def test_panels_are_suggested_even_and_without_recusals(app, opened):
    desk = opened(panel=3)
    filled = fill(app, desk.id, entries=6, judges=6, scored=False)
    say(app, filled.judges[0], filled.entries[0], recused=True)
    desk.post("assignment", **{"as": "suggested"})
    with app.app_context():
        pairs = Assignment.pairs(db.session.get_one(Competition, desk.id))
    assert len(pairs) == 18
    assert {sum(judge == each for each, _entry in pairs) for judge in filled.judges} == {3}
    assert (filled.judges[0], filled.entries[0]) not in pairs
    assert desk.get("judges").html.count("checked") == 18


def test_an_assignment_is_what_was_ticked_and_stands_in_the_log(app, opened):
    desk = opened(panel=1)
    filled = fill(app, desk.id, entries=2, judges=2, scored=False)
    ticked = [f"{filled.judges[0]}:{filled.entries[0]}", f"{filled.judges[1]}:{filled.entries[1]}", "9:none", "x"]
    for _twice in range(2):
        desk.post("assignment", pair=ticked)
    with app.app_context():
        pairs = Assignment.pairs(db.session.get_one(Competition, desk.id))
    assert pairs == {(filled.judges[0], filled.entries[0]), (filled.judges[1], filled.entries[1])}
    assert desk.acts() == ["assigned"]


def test_too_few_judges_for_a_panel_is_said(app, opened):
    desk = opened(panel=3)
    filled = fill(app, desk.id, entries=2, judges=3, scored=False)
    say(app, filled.judges[0], filled.entries[1], recused=True)
    desk.post("assignment", **{"as": "suggested"})
    assert (desk.visitor.status, "too few judges are left for entry 2" in desk.visitor.text) == (409, True)


# --- The result


def test_before_the_lock_the_result_says_what_is_missing_and_no_score(app, desk):
    filled = fill(app, desk.id, entries=3, judges=2, criteria=2)
    give(app, filled.judges[1], filled.entries[0], filled.criteria[0], None)
    page = desk.get("result")
    assert "评委2号" in page.text
    shown = _still(page.html)
    for points in (100, 1000, 550):
        give(app, filled.judges[0], filled.entries[1], filled.criteria[0], points)
        assert _still(desk.get("result").html) == shown


def test_the_result_explains_itself(app, make, opened):
    desk = opened(method="calibrated", jury_share=70)
    filled = fill(app, desk.id, entries=5, judges=5)
    vote(app, desk.id, make.people(desk.workshop, 6), {filled.entries[0]: 6, filled.entries[2]: 3})
    lock(app, desk.id, desk.owner.id)
    page = desk.get("result").text
    with app.app_context():
        standing = db.session.get_one(Competition, desk.id).standing()
        titles = [place.entry.text for place in standing.places]
        share = round(standing.mixture.effective_share * 100)
    assert sorted(titles, key=page.index) == titles
    assert f"declared 70 %; effective {share} %" in page
    assert "added back" in page
    assert "Calibrated" in page
    assert "Would it have come out otherwise?" in page


def test_the_judges_alone_without_a_public_vote(app, opened):
    desk = opened(vote_on="none")
    fill(app, desk.id, entries=3, judges=3)
    lock(app, desk.id, desk.owner.id)
    page = desk.get("result").text
    assert ("None: the judges decide alone." in page, "Public, 0 to 100" in page) == (True, False)


def test_equals_are_told_with_what_decided(app, make, opened):
    desk = opened(vote_on="none", tie="shared")
    filled = fill(app, desk.id, entries=2, judges=1, criteria=1, scored=False)
    for entry in filled.entries:
        give(app, filled.judges[0], entry, filled.criteria[0], 800)
    lock(app, desk.id, desk.owner.id)
    assert "They share the place, as declared." in desk.get("result").text


# --- The log


def test_the_log_tells_every_line_and_scores_only_once_all_is_locked(app, desk):
    filled = fill(app, desk.id, entries=1, judges=1, criteria=1, scored=False)
    desk.score(filled.judges[0], filled.entries[0], filled.criteria[0], "7.5")
    desk.score(filled.judges[0], filled.entries[0], filled.criteria[0], "9")
    assert "7.5" not in desk.get("log").text
    assert "7.5" not in str(_sheet(desk))
    desk.post("locks")
    told = [row[3:9] for row in _sheet(desk)[1:]]
    assert [row[0] for row in told] == [
        "judging began: the rubric is fixed",
        "score",
        "score",
        "scores locked",
        "rules of the result fixed",
    ]
    assert [row[4:] for row in told[1:3]] == [("–", "7.5"), ("7.5", "9")]
    assert "Weighted mean" in told[4][5]


def _sheet(desk):
    desk.get("log.xlsx")
    return list(load_workbook(BytesIO(desk.visitor.answer.data)).active.iter_rows(values_only=True))


def test_the_log_counts_places_and_names_no_rank(app, desk):
    fill(app, desk.id, entries=3, judges=3)
    lock(app, desk.id, desk.owner.id)
    reveal(app, desk.id, 2)
    desk.get("log.xlsx")
    book = load_workbook(BytesIO(desk.visitor.answer.data)).active
    said = [row[8] for row in book.iter_rows(values_only=True) if row[3] == "place revealed"]
    assert said == ["1 place shown", "2 places shown"]


def test_a_reason_that_looks_like_a_formula_is_text_in_the_export(app, desk):
    filled = fill(app, desk.id, entries=1, judges=1)
    desk.post("locks")
    desk.post(f"judges/{filled.judges[0]}/unlocking", reason="=1+1")
    desk.get("log.xlsx")
    cell = [*load_workbook(BytesIO(desk.visitor.answer.data)).active.rows][-1][9]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_secretariat_reads_the_log_and_a_stranger_does_not(make, visit, desk):
    desk.post("judges", judges="Li Na")
    assert "judge invited" in visit(make.secretary()).get(f"{desk.at}/log").text
    assert visit(make.staff()).get(f"{desk.at}/log").status == 404
    assert visit(make.staff()).get(f"{desk.at}/log.xlsx").status == 404


@pytest.mark.parametrize("statement", ["UPDATE competition_audit SET act = 'score'", "DELETE FROM competition_audit"])
def test_the_database_itself_refuses_to_change_the_log(app, desk, statement):
    desk.post("judges", judges="Li Na")
    with app.app_context(), db.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="can only grow"):
            connection.execute(text(statement))
        connection.rollback()
    assert desk.acts() == ["invited"]


@pytest.mark.parametrize("page", ["entries", "entries/new", "entries/import", "rubric", "judges", "result", "log"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_opens_empty_and_full(app, desk, visit, language, page):
    visitor = visit(language)
    visitor.is_signed_in_as(desk.owner)
    assert visitor.get(f"{desk.at}/{page}").status == 200
    fill(app, desk.id)
    lock(app, desk.id, desk.owner.id)
    assert visitor.get(f"{desk.at}/{page}").status == 200
