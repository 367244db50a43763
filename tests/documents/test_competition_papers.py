"""What a design competition gives to paper: score sheet, feedback, certificates, its section of the proposal, cards."""

import io

import docx
import page
import pypdf
import pytest
from flask_babel import force_locale
from gevent import Timeout, sleep

from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.models import Competition
from facilitator.documents import sheets
from facilitator.documents.models import DONE, FAILED, Export, Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.tables import everything
from facilitator.documents.writing import pdf, spreadsheet, word
from facilitator.extensions import db
from facilitator.voting.dots import HandCount
from facilitator.web.errors import Refused
from facilitator.workshop.models import Workshop
from tests.activities import competitions
from tests.documents.workbook import Workbook
from tests.safekeeping.conftest import picture

CODE = "ABCD1234"
PATIENCE = 120
PAPERS = ("scores", "feedback", "certificate")
HOSTILE = "<b>甲</b>=1+1 13812345678 " + "W" * 300


class Contest:
    """A competition with its facilitator at the desk: five entries, four judges, three criteria, the room's dots."""

    def __init__(self, app, make, visit, database, *, entries=5, judges=4, criteria=3, **settings):
        self.app, self.database = app, database
        self.owner = make.staff()
        self.workshop = make.workshop(self.owner, title="境聚里", language="zh_Hans")
        self.id = competitions.new_competition(app, self.workshop, **settings)
        self.people = [make.person(self.workshop, name) for name in ("王小明", "Anna", "李建国")]
        photos = app.config["SETTINGS"].data / "photos"
        photos.mkdir(parents=True, exist_ok=True)
        (photos / "scheme.jpg").write_bytes(picture().read())
        self.filled = competitions.fill(app, self.id, entries, judges, criteria, photos=["scheme.jpg"] * 3)
        dots = {entry: number % 4 for number, entry in enumerate(self.filled.entries)}
        competitions.vote(app, self.id, self.people, dots)
        self.desk = visit(self.owner)
        self.desk.get("/workshops")
        self.desk.post(f"/workshops/{self.workshop.id}/proposals")

    @property
    def draft(self):
        return self.database.all(Proposal)[0].id

    def say(self, judge, entry, **said):
        competitions.say(self.app, self.filled.judges[judge], self.filled.entries[entry], **said)

    def lock(self):
        competitions.lock(self.app, self.id, self.owner.id)

    def award(self):
        self.lock()
        competitions.reveal(self.app, self.id)

    def standing(self):
        """rank, jury, total and dots by the entry's number."""
        with self.app.test_request_context():
            found = db.session.get(Competition, self.id).standing()
            return {each.entry.number: (each.rank, each.jury, each.total, each.dots) for each in found.places}

    def gathered(self):
        with self.app.test_request_context(), force_locale("zh_Hans"):
            return gather(db.session.get(Proposal, self.draft), CODE, f"http://hall.example/c/{CODE}")

    def sheet(self, name, language="zh_Hans"):
        document = name if name == "kit" else f"{name}-{self.id}"
        with self.app.test_request_context(), force_locale(language):
            return sheets.sheet_of(db.session.get(Workshop, self.workshop.id), document, frozenset())

    def tables(self):
        with self.app.test_request_context(), force_locale("en"):
            return everything(db.session.get(Workshop, self.workshop.id))

    def printed(self, name, folder, variant="zh"):
        """The words of each page without spaces, once the file was found sound."""
        target = folder / f"{variant}.pdf"
        sheet = self.sheet(name, "en" if variant == "en" else "zh_Hans") if name else None
        photos = self.app.config["SETTINGS"].data / "photos"
        report = pdf.write(self.gathered(), variant, target, photos, sheet=sheet)
        assert report["missing"] == []
        for standard in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
            assert page.validate_pdf(str(target), profile=standard).is_compliant
        return ["".join(each.extract_text().split()) for each in pypdf.PdfReader(target).pages]


@pytest.fixture
def contest(app, make, visit, database):
    return lambda **about: Contest(app, make, visit, database, **about)


# --- The workbook


@pytest.mark.parametrize("method", ["mean", "trimmed", "calibrated", "robust"])
@pytest.mark.parametrize(("scale_by", "tie"), [("minmax", "public"), ("rank", "first"), ("minmax", "shared")])
def test_the_workbook_reckons_the_result_again(contest, tmp_path, method, scale_by, tie):
    here = contest(entries=6, judges=6, method=method, scale_by=scale_by, tie=tie)
    here.say(1, 2, recused=True)
    here.say(2, 3, abstained=True)
    here.lock()
    spreadsheet.write_xlsx(here.tables(), tmp_path / "all.xlsx")
    rows = Workbook(tmp_path / "all.xlsx").rows("competition_result")
    found = {row["entry"]: (row["rank"], row["jury"], row["total"], row["dots"]) for row in rows}
    assert found == {number: pytest.approx([*map(float, values)]) for number, values in here.standing().items()}
    assert [row["differs"] for row in rows] == [""] * 6


def test_the_workbook_says_where_it_differs(contest, tmp_path):
    here = contest()
    here.lock()
    tables = here.tables()
    tables["competition_scores"][0]["points"] = 1.0
    spreadsheet.write_xlsx(tables, tmp_path / "all.xlsx")
    rows = Workbook(tmp_path / "all.xlsx").rows("competition_result")
    assert [row["entry"] for row in rows if row["differs"]] != []


def test_two_competitions_of_one_evening_are_reckoned_apart(contest, app, tmp_path):
    here = contest()
    here.lock()
    other = competitions.new_competition(app, here.workshop, vote_on="none")
    competitions.fill(app, other, 3, 5, 2)
    competitions.lock(app, other, here.owner.id)
    spreadsheet.write_xlsx(here.tables(), tmp_path / "all.xlsx")
    rows = Workbook(tmp_path / "all.xlsx").rows("competition_result")
    assert [row["activity"] for row in rows] == [1] * 5 + [2] * 3
    assert [row["differs"] for row in rows] == [""] * 8


def test_before_the_lock_no_table_tells_what_was_given(contest):
    found = [name for name in contest().tables() if name.startswith("competition_")]
    assert found == ["competition_rules", "competition_entries", "competition_judges", "competition_criteria"]


def test_entries_are_nobodys_ideas(contest):
    here = contest()
    here.award()
    tables, told = here.tables(), here.gathered()
    assert (tables["ideas"], tables["dots"], tables["results"]) == ([], [], [])
    assert (told["totals"]["ideas"], told["totals"]["dots"], told["ideas"], told["questions"]) == (0, 0, [], [])
    assert len(tables["competition_entries"]) == 5
    assert sum(row["dots"] for row in tables["competition_dots"]) == sum(here.standing()[n][3] for n in range(1, 6))


# --- Nothing too early


@pytest.mark.parametrize("name", PAPERS)
def test_before_the_lock_no_paper_with_scores_is_made(contest, database, name):
    here = contest()
    with pytest.raises(Refused, match="锁定"):
        here.sheet(name)
    fields = {"format": "pdf", "variant": "zh", "document": f"{name}-{here.id}"}
    here.desk.post(f"/proposals/{here.draft}/exports", htmx=True, **fields)
    assert (here.desk.status, database.count(Export)) == (409, 0)
    shown = here.desk.get(f"/proposals/{here.draft}").html
    assert shown.count("<button disabled>") == len(PAPERS)
    assert "once the scores of all judges are locked" in here.desk.text


def test_one_judge_unlocked_again_takes_the_score_sheet_back(contest, app, database):
    here = contest()
    here.lock()
    assert here.sheet("scores") is not None
    with app.app_context():
        db.session.get_one(Competition, here.id)
        judge = database.all(competitions.Judge)[0]
        scoring = competitions.scoring
        competition = db.session.get_one(Competition, here.id)
        scoring.unlock(competition, db.session.get_one(competitions.Judge, judge.id), "A wrong figure", here.owner.id)
        db.session.commit()
    with pytest.raises(Refused):
        here.sheet("scores")
    assert "competition_scores" not in here.tables()


def test_certificates_and_the_chapter_wait_for_the_whole_result(contest, app):
    here = contest()
    here.lock()
    competitions.reveal(app, here.id, 2)
    with pytest.raises(Refused, match="揭晓"):
        here.sheet("certificate")
    assert here.gathered()["chapters"] == []
    for key in ("jury-1", "dots-1", "scores", "entries"):
        here.desk.get(f"/proposals/{here.draft}/evidence/chapter-{here.id}-{key}")
        assert here.desk.status == 404
    competitions.reveal(app, here.id, 1)
    assert [chapter["title"] for chapter in here.gathered()["chapters"]] == ["方案比选"]
    assert len(here.sheet("certificate")["parts"][0]["content"]["entries"]) == 5


# --- The score sheet


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_the_score_sheet_holds_every_score_and_a_line_for_each_judge(contest, tmp_path, variant):
    here = contest()
    here.say(1, 2, recused=True, note="my cousin drew it")
    here.say(3, 0, abstained=True)
    here.award()
    content = here.sheet("scores")["parts"][0]["content"]
    given = {
        (entry["number"], judge, criterion): one["points"]
        for entry in content["entries"]
        for criterion, row in enumerate(entry["rows"], 1)
        for judge, one in enumerate(row["given"], 1)
        if one["state"] == "complete"
    }
    kept = {
        (row["entry"], row["judge"], row["criterion"]): f"{row['points']:g}"
        for row in here.tables()["competition_scores"]
        if row["counts"]
    }
    assert given == kept
    assert len(given) == (5 * 4 - 2) * 3
    assert {each["number"]: (each["rank"], each["dots"]) for each in content["places"]} == {
        number: (rank, dots) for number, (rank, _jury, _total, dots) in here.standing().items()
    }
    text = "".join(here.printed("scores", tmp_path, variant))
    for number in range(1, 5):
        assert text.count(f"评委{number}号") >= 2  # in the head of the table and beside the line to sign
    words = {"zh": ("回避：评委2对3号", "监督人"), "bi": ("回避：评委2对3号", "Supervisor")}
    for each in (*words.get(variant, ("Recused:judge2ofentry3", "Supervisor")), CODE):
        assert each in text
    assert "cousin" not in text


def test_in_a_calibrated_result_the_severity_of_each_judge_stands_in_words(contest, tmp_path):
    here = contest(method="calibrated")
    here.lock()
    with here.app.test_request_context():
        severity = db.session.get(Competition, here.id).standing().outcome.severity
    text = "".join(here.printed("scores", tmp_path))
    strict = max(severity, key=severity.get)
    assert f"评委{here.filled.judges.index(strict) + 1}比评委组整体严" in text


def test_equals_are_named_with_how_they_were_decided(contest, app, tmp_path):
    here = contest(entries=2, judges=2, criteria=1, jury_share=100)
    for entry in here.filled.entries:
        for judge in here.filled.judges:
            competitions.give(app, judge, entry, here.filled.criteria[0], 700)
    here.lock()
    assert {number: each[0] for number, each in here.standing().items()} == {1: 2, 2: 1}
    assert "2、1号同分，按上述规则排为第1、2名。" in "".join(here.printed("scores", tmp_path))


@pytest.mark.parametrize(("entries", "judges", "criteria"), [(1, 1, 1), (9, 7, 5), (30, 15, 5)])
def test_small_and_large_score_sheets_hold_all_entries(contest, tmp_path, entries, judges, criteria):
    here = contest(entries=entries, judges=judges, criteria=criteria)
    here.lock()
    pages = here.printed("scores", tmp_path)
    last = competitions.TITLES[0] if entries == 1 else f"方案{entries}"
    assert last in "".join(pages)
    assert all(f"评委{number}号" in pages[-1] for number in range(1, judges + 1))
    if entries == 9:
        assert all(f"方案{number}" in pages[0] for number in range(6, 10))  # the summary is one page


def test_where_everybody_recused_themselves_the_papers_say_so(contest, tmp_path):
    here = contest(entries=2, judges=2)
    for judge in (0, 1):
        for entry in (0, 1):
            here.say(judge, entry, recused=True)
    here.award()
    assert {number: each[:3] for number, each in here.standing().items()} == dict.fromkeys((1, 2), (0, None, None))
    text = "".join(here.printed("scores", tmp_path))
    assert "没有计入评分、未排名的方案：1、2号。" in text
    assert "没有计入的评分" in "".join(here.printed("feedback", tmp_path))
    spreadsheet.write_xlsx(here.tables(), tmp_path / "all.xlsx")


def test_without_entries_nothing_breaks(contest, tmp_path):
    here = contest(entries=0, judges=1)
    here.lock()
    for name in ("scores", "feedback"):
        assert "没有方案" in "".join(here.printed(name, tmp_path))


def test_hostile_words_stay_words(contest, app, tmp_path):
    here = contest(entries=1, judges=1)
    with app.app_context():
        entry = db.session.get_one(competitions.Entry, here.filled.entries[0])
        entry.text = entry.team = entry.site = entry.about = HOSTILE
        db.session.get_one(competitions.Judge, here.filled.judges[0]).name = "{{ 7 * 7 }}<script>"
        db.session.commit()
    here.award()
    for name in (*PAPERS, "kit", None):
        text = "".join(here.printed(name, tmp_path))
        assert "<b>甲</b>=1+1138****5678" in text
        assert "13812345678" not in text
    assert "{{7*7}}<script>" in "".join(here.printed("scores", tmp_path))
    spreadsheet.write_xlsx(here.tables(), tmp_path / "all.xlsx")
    assert Workbook(tmp_path / "all.xlsx").rows("competition_entries")[0]["title"].startswith("<b>甲</b>=1+1")


# --- Feedback and certificates


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_each_team_gets_a_page_without_a_judge_in_it(contest, tmp_path, variant):
    here = contest()
    here.say(0, 1, note="not their best")
    here.award()
    pages = here.printed("feedback", tmp_path, variant)
    assert len(pages) == 5
    assert "评委1号" not in "".join(pages)
    assert "best" not in "".join(pages)
    [first] = [each for each in here.sheet("feedback")["parts"][0]["content"]["entries"] if each["rank"] == 1]
    mean = first["results"][0]["mean"]
    rows = [row for row in here.tables()["competition_means"] if row["entry"] == first["number"]]
    assert float(mean) == pytest.approx(rows[0]["mean"]["value"], abs=0.005)
    assert mean in pages[first["number"] - 1]
    assert first["results"][0]["least"] <= mean <= first["results"][0]["most"]


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_certificates_say_the_places_that_were_revealed(contest, tmp_path, variant):
    here = contest(places=2)
    here.award()
    pages = here.printed("certificate", tmp_path, variant)
    first, second = ("Firstplace", "Secondplace") if variant == "en" else ("第一名", "第二名")
    assert [(first in each, second in each) for each in pages] == [(True, False), (False, True), *[(False, False)] * 3]
    assert sum(("participation" if variant == "en" else "参赛证书") in each for each in pages) == 3


LONG_ZH = (
    "把三号楼北侧废弃自行车棚改成老人孩子都能坐下来晒太阳聊天看书"
    "种花还能给快递小哥歇脚的社区口袋花园和共享客厅方案一二三四五"
)
LONG_EN = (
    "A pocket garden and shared living room in the old bicycle shed"
    " north of house three, for the old, the young and all of us"
)
LONG_TEAM = "三号楼的邻居们和他们的孩子以及帮忙画图的建筑系同学组成的社区营造小队伍"
FOOT = 100
"""Points; below it date and signature stand side by side."""


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
@pytest.mark.parametrize("team", ["竹影工作室", "", LONG_TEAM], ids=["short", "none", "long"])
def test_long_titles_step_down_and_stand_whole_above_what_comes_below(contest, app, tmp_path, variant, team):
    here = contest()
    with app.app_context():
        for entry in db.session.query(Entry):
            entry.text, entry.text_en, entry.team = LONG_ZH, LONG_EN, team
        db.session.commit()
    here.award()
    pages = here.printed("certificate", tmp_path, variant)
    title = LONG_EN if variant == "en" else LONG_ZH
    assert all("".join(title.split()) in each for each in pages)
    for page_ in pypdf.PdfReader(tmp_path / f"{variant}.pdf").pages:
        heights = [height for height in _heights(page_) if height > FOOT]
        assert heights == sorted(heights, reverse=True)


def _heights(printed):
    """How high each line stands, in the order in which the paper is written: so no part runs into the next."""
    found = []
    printed.extract_text(
        visitor_text=lambda text, cm, tm, _font, _size: text.strip() and found.append(round(tm[5] * cm[3] + cm[5]))
    )
    return found


# --- The chapter and its evidence


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_the_proposal_compares_the_schemes(contest, tmp_path, variant):
    here = contest()
    here.award()
    [chapter] = here.gathered()["chapters"]
    assert chapter["photos"] == ["scheme.jpg"]
    assert [(each["number"], each["rank"], each["dots"]) for each in chapter["content"]["entries"]] == sorted(
        ((number, rank, dots) for number, (rank, _jury, _total, dots) in here.standing().items()),
        key=lambda line: line[1],
    )
    text = "".join(here.printed(None, tmp_path, variant))
    assert ("Theschemescompared" if variant == "en" else "方案比选") in text
    for name in ("评委1号", "王小明", "李建国"):
        assert name not in text


def test_the_schemes_are_compared_in_word_too(contest, tmp_path):
    here = contest()
    here.award()
    told = here.gathered()
    word.write(told, "zh", tmp_path / "out.docx", here.app.config["SETTINGS"].data / "photos")
    document = docx.Document(tmp_path / "out.docx")
    entries = told["chapters"][0]["content"]["entries"]
    [table] = [each for each in document.tables if each.cell(0, 0).text == "名次"]
    assert [[row.cells[0].text, *(cell.text for cell in row.cells[2:])] for row in table.rows][1:] == [
        [str(each["rank"]), str(each["jury"]), str(each["dots"]), str(each["total"])] for each in entries
    ]
    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 2"]
    assert headings == [f"第{each['rank']}名 {each['title']}" for each in entries]
    shown = sum(bool(each["cover"]) + len(each["pair"] or ()) for each in entries)
    assert len(document.inline_shapes) == shown + 2  # how ideas arrived, and the code


def test_each_figure_leads_to_as_many_rows(contest):
    here = contest()
    here.say(0, 1, recused=True)
    here.award()
    [chapter] = here.gathered()["chapters"]
    shown = here.desk.get(f"/proposals/{here.draft}").html
    entries = chapter["content"]["entries"]
    figures = {figure["key"]: figure["value"] for figure in chapter["figures"]}
    figures |= {f"dots-{each['number']}": each["dots"] for each in entries}
    figures |= {f"jury-{each['number']}": 9 if each["number"] == 2 else 12 for each in entries}
    assert len(figures) == 15
    for key, value in figures.items():
        address = f"/proposals/{here.draft}/evidence/chapter-{here.id}-{key}"
        assert address in shown
        found = here.desk.get(address)
        assert max(0, found.html.count("<tr>") - 1) == value, key  # without the head
        for name in ("评委1号", "王小明"):
            assert name not in found.text


def test_dots_that_were_counted_by_hand_stand_in_the_evidence(contest, app):
    here = contest()
    with app.app_context():
        about = {"activity_id": here.id, "round": 1, "target": here.filled.entries[0], "source": "paper"}
        db.session.add(HandCount(**about, dots=7, voters=4, counted_by_id=here.owner.id))
        db.session.commit()
    here.award()
    assert here.standing()[1][3] == 7
    found = here.desk.get(f"/proposals/{here.draft}/evidence/chapter-{here.id}-dots-1")
    assert found.html.count("<tr>") - 1 == 7


@pytest.mark.parametrize("key", ["jury-9", "dots-x", "jury-1-2", "token", "dots-"])
def test_there_is_no_evidence_of_what_is_not_there(contest, key):
    here = contest()
    here.award()
    here.desk.get(f"/proposals/{here.draft}/evidence/chapter-{here.id}-{key}")
    assert here.desk.status == 404


# --- The kit


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_the_kit_has_a_card_for_each_judge_and_a_sign_for_each_entry(contest, database, tmp_path, variant):
    here = contest(vote_until="2026-12-01T18:30", budget=4, cap=2)
    text = "".join(here.printed("kit", tmp_path, variant))
    content = here.sheet("kit")["parts"][0]["content"]
    tokens = [judge.token for judge in database.all(competitions.Judge)]
    assert [card["link"].rpartition("/")[2] for card in content["judges"]] == tokens
    assert all(token in text for token in tokens)
    assert [each["title"] for each in content["entries"]] == [*competitions.TITLES]
    assert ("Openuntil1December2026,18:30" if variant == "en" else "投票至2026年12月1日18:30") in text
    assert database.all(Workshop)[0].code in text
    assert content["lacks"] == ""


def test_a_judges_card_opens_the_judges_page(contest, visit):
    here = contest()
    card = here.sheet("kit")["parts"][0]["content"]["judges"][1]
    visitor = visit()
    visitor.get("/" + card["link"].split("/", 3)[3])
    assert "评委2号" in visitor.text


def test_in_a_blind_competition_no_sign_names_a_team(contest, tmp_path):
    text = "".join(contest(blind=True).printed("kit", tmp_path))
    assert not any(team.replace(" ", "") in text for team in competitions.TEAMS)


def test_without_judges_and_entries_the_kit_says_what_is_missing(contest, tmp_path):
    here = contest(entries=0, judges=0, vote_on="none")
    pages = here.printed("kit", tmp_path)
    assert len(pages) == 1
    assert "还没有邀请评委" in pages[0]
    assert "还没有方案" in pages[0]


# --- The line of exports


def test_the_score_sheet_and_the_workbook_are_made_by_the_line_of_exports(contest, database, visit):
    here = contest()
    here.award()
    for about in ({"format": "pdf", "variant": "zh", "document": f"scores-{here.id}"}, {"format": "xlsx"}):
        here.desk.post(f"/proposals/{here.draft}/exports", htmx=True, **about)
        assert here.desk.status == 200
    for made in database.all(Export):
        with Timeout(PATIENCE):
            while database.get(Export, made.id).status not in (DONE, FAILED):
                sleep(0.05)
        assert database.get(Export, made.id).status == DONE
        here.desk.get(f"/exports/{made.id}/file")
        assert here.desk.status == 200
    anyone = visit("zh").get(f"/C/{database.all(Export)[0].check_code}")
    assert "5 个方案，4 位评委，60 个计入的评分，0 次回避" in anyone.text
    assert "评委1号" not in anyone.text
    workbook = Workbook(io.BytesIO(here.desk.answer.data))
    assert [row["differs"] for row in workbook.rows("competition_result")] == [""] * 5


def test_another_facilitator_gets_none_of_it(contest, visit, make, database):
    here = contest()
    here.award()
    stranger = visit(make.staff())
    stranger.get("/workshops")
    stranger.post(f"/proposals/{here.draft}/exports", htmx=True, format="pdf", document=f"scores-{here.id}")
    assert (stranger.status, database.count(Export)) == (404, 0)
