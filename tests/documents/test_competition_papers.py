"""What a design competition gives to paper: score sheet, feedback, certificates, its section of the proposal, cards."""

import page
import pypdf
import pytest
from flask_babel import force_locale

from facilitator.activities.competition.models import Competition
from facilitator.documents import pdf, sheets, spreadsheet
from facilitator.documents.models import Export, Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.tables import everything
from facilitator.extensions import db
from facilitator.web.errors import Refused
from facilitator.workshop.models import Workshop
from tests.activities import competitions
from tests.documents.workbook import Workbook
from tests.safekeeping.conftest import picture

CODE = "ABCD1234"


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
