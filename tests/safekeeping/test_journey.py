"""One evening, imported in another town, and looked at from all sides."""

from __future__ import annotations

import re

import pytest
from PIL import Image, ImageChops
from sqlalchemy import select

from facilitator.documents.models import Export, Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.tables import everything
from facilitator.extensions import db
from facilitator.programme.models import Neighbourhood, Project
from facilitator.synthesis.models import Statement, Theme
from facilitator.workshop.models import Participant, Workshop
from tests.conftest import Database
from tests.safekeeping.conftest import another_town, at, bring, packed, publish, spend_evening
from tests.safekeeping.towns import told, town
from tests.visitors import Visitor


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    return town(tmp_path_factory.mktemp("origin"))


@pytest.fixture(scope="module")
def evening(origin):
    return spend_evening(origin)


@pytest.fixture(scope="module")
def published(origin, evening):
    return publish(origin, evening)


@pytest.fixture(scope="module")
def parcel(evening, published):
    return packed(evening)


@pytest.fixture(scope="module")
def arrived(tmp_path_factory, parcel):
    """The evening, imported by Mei in the other town."""
    return Arrived(another_town(tmp_path_factory.mktemp("elsewhere")), parcel)


class Arrived:
    def __init__(self, elsewhere, parcel):
        self.app, self.project = elsewhere.app, elsewhere.project
        self.mei = bring(at(elsewhere.app, elsewhere.mei), parcel)
        assert self.mei.status == 200, self.mei.text
        self.said = self.mei.text
        self.database = Database(elsewhere.app)
        self.workshop = self.database.all(Workshop)[-1]


def test_every_row_arrives(origin, evening, arrived):
    before, after = told(origin, evening.workshop.id), told(arrived.app, arrived.workshop.id)
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    for table, rows in before.items():
        assert after[table] == rows, table
    assert {name for name, rows in before.items() if not rows} == set()


def test_its_documents_say_the_same(origin, evening, arrived):
    papers = []
    for side, workshop in ((origin, evening.workshop), (arrived.app, arrived.workshop)):
        with side.app_context():
            here = db.session.get_one(Workshop, workshop.id)
            proposals = db.session.scalars(
                select(Proposal).where(Proposal.workshop_id == here.id).order_by(Proposal.id)
            )
            tables = {name: sorted(map(str, rows)) for name, rows in everything(here).items()}
            papers.append(([_without_numbers(gather(each)) for each in proposals], tables))
    assert papers[0] == papers[1]
    whole, part = (paper["totals"]["dots"] for paper in papers[0][0])
    assert 0 < part < whole


NUMBERS = {"id", "theme", "workshop_id", "made_at", "file", "photo"}


def _without_numbers(paper):
    if isinstance(paper, dict):
        return {key: _without_numbers(value) for key, value in paper.items() if key not in NUMBERS}
    return [_without_numbers(each) for each in paper] if isinstance(paper, list) else paper


def test_each_figure_has_the_same_evidence(evening, arrived):
    seen = [_evidence(evening.desk, evening.proposal.id), _evidence(arrived.mei, _proposal(arrived).id)]
    assert seen[0] == seen[1]
    assert len(seen[0]) > 10


def _evidence(visitor, number):
    visitor.get(f"/proposals/{number}")
    addresses = re.findall(rf'class="figure" href="(/proposals/{number}/evidence/[\w-]+)">', visitor.html)
    return [visitor.get(address).page.text_of("main") for address in addresses]


def _proposal(arrived):
    return min(arrived.database.all(Proposal), key=lambda each: each.id)


def test_a_published_paper_is_as_genuine_as_before(evening, published, arrived):
    evening.desk.get(f"/exports/{published.id}/file")
    [made] = arrived.database.all(Export)
    arrived.mei.get(f"/exports/{made.id}/file")
    assert arrived.mei.answer.data == evening.desk.answer.data
    stranger = Visitor(arrived.app)
    assert "is genuine" in stranger.get(f"/c/{published.check_code}").text


def test_the_photo_arrives_and_nothing_else_of_its_file(origin, evening, arrived):
    [old] = [each.photo for each in Database(origin).all(Statement) if each.photo]
    [new] = [each.photo for each in arrived.database.all(Statement) if each.photo]
    assert old != new
    with (
        Image.open(origin.config["SETTINGS"].data / "photos" / old) as there,
        Image.open(arrived.app.config["SETTINGS"].data / "photos" / new) as here,
    ):
        assert max(high for _low, high in ImageChops.difference(there, here).getextrema()) < 8
    assert Visitor(arrived.app).get(f"/photos/{new}").answer.mimetype == "image/jpeg"


def test_people_are_themselves_by_the_link_and_the_code_they_had(evening, arrived):
    anna = evening.people[1]
    by_link = Visitor(arrived.app).get(f"/r/{anna.token}")
    assert "Anna" in by_link.get(f"/w/{arrived.workshop.code}/me").text
    assert arrived.workshop.code == evening.workshop.code
    [there] = arrived.database.all(Participant, Participant.token == anna.token)
    assert (there.personal_code, there.number, there.name) == (anna.personal_code, anna.number, "Anna")


def test_the_town_is_found_by_name_or_added_and_the_page_says_so(arrived):
    place = arrived.database.get(Neighbourhood, arrived.workshop.neighbourhood_id)
    project = arrived.database.get(Project, arrived.workshop.project_id)
    assert (place.name, place.name_en) == ("共和九村", "Gonghe No. 9")
    # The project of the same name in another neighbourhood is another one.
    assert (project.name, project.stage, project.neighbourhood_id) == ("紫竹苑微更新", "co-design", place.id)
    assert project.id != arrived.project.id
    for line in ("“共创美好社区” is here, with 3 people and 1 photo.", "Added to the town: 共和九村."):
        assert line in arrived.said


def test_a_second_import_is_refused_and_leads_to_the_first(parcel, arrived):
    bring(arrived.mei, parcel)
    assert arrived.mei.status == 409
    assert "“共创美好社区” is here already. Open it" in arrived.mei.text
    assert f"/workshops/{arrived.workshop.id}/agenda" in arrived.mei.page.links
    assert arrived.database.count(Workshop, Workshop.title == "共创美好社区") == 1
    assert len(list((arrived.app.config["SETTINGS"].data / "photos").iterdir())) == 1


def test_what_was_done_can_be_undone_by_who_imported_it(evening, arrived):
    console = arrived.mei.get(f"/workshops/{arrived.workshop.id}/console")
    console.press("Redo")
    assert arrived.database.get(arrived.workshop).message == "Tea is ready"
    for _ in range(3):  # the message, the move, the merge
        console.press("Undo")
    with arrived.app.app_context():
        board = db.session.get_one(Workshop, arrived.workshop.id).activities[0]
        assert [line.dots for line in board.round(1).lines] == [4, 1, 1]
        assert {theme.name for theme in Theme.of(board)} == {"Seats", "Light", "Steps"}
