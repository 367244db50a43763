"""What one may not see is not found: every address of the application, asked by those whom it doesn't concern."""

from types import SimpleNamespace

import pytest

from facilitator.accounts.models import SECRETARIAT
from facilitator.activities.competition.judges import Judge
from facilitator.documents.models import Proposal
from facilitator.synthesis.models import Statement, new_id
from facilitator.workshop.models import Workshop
from tests.activities.competitions import fill, new_competition

OPEN = {  # for everybody
    "accounts.invitation",  # its secret is the key
    "accounts.sign_in",
    "accounts.sign_out",
    "assets.send",
    "competition.come_in_to_judge",  # its token is the key
    "competition.judge_card",
    "competition.read_judge_card",
    "competition.team",  # its token is the key
    "competition.team_booklet",
    "health.live",
    "health.ready",
    "health.show",
    "documents.check",  # its code is the key; says only whether a paper is genuine
    "home",
    "numbers.show",  # its token is the key, or asking from the machine itself
    "phone.booklet",  # an unguessable name
    "phone.enter_code",
    "phone.join",
    "phone.photo",  # an unguessable name
    "phone.resume",
    "phone.resume_by_code",
    "phone.show",  # sends strangers to the welcome page
    "phone.welcome",
    "projector.fragments",  # its token is the key
    "projector.show",
    "static",
    "web.language",
    "web.toggle_senior",
    "world_cafe.table",  # sends strangers to the welcome page
}
ANY_STAFF = {
    "accounts.sign_out_everywhere",
    "parcels.choose",
    "parcels.receive",
    "storage.notices",
    "workshops.choose",
    "workshops.create",
    "workshops.index",
}
SECRETARIAT_ONLY = {
    "accounts.index",
    "accounts.invite",
    "accounts.leave",
    "programme.add_neighbourhood",
    "programme.add_project",
    "programme.index",
    "programme.set_stage",
}
PHONE = {
    "voting.place_dot",
    "voting.propose",
    "voting.take_back",
    "board.post",
    "board.reword",
    "voting.withdraw_dot",
    "board.withdraw_idea",
    "competition.drawings",
    "competition.entry",
    "phone.fragments",
    "phone.me",
    "phone.scene",
    "questions.ask",
    "questions.carry",
    "world_cafe.be_here",
    "world_cafe.find_seat",
    "world_cafe.host",
    "world_cafe.mark_sitter",
    "world_cafe.photograph",
    "world_cafe.pile",
    "world_cafe.post",
    "world_cafe.rename_pile",
    "world_cafe.sit_here",
    "world_cafe.sitters",
    "world_cafe.take_pile_apart",
    "world_cafe.tell_traits",
    "world_cafe.why",
    "world_cafe.withdraw",
    "world_cafe.write_card",
}
JUDGE = {  # for whoever came by that judge's link
    "competition.abstain",
    "competition.judge_note",
    "competition.judge_pdf",
    "competition.judging",
    "competition.judging_now",
    "competition.lock_own_scores",
    "competition.recuse",
    "competition.recuse_from_several",
    "competition.score",
}
OF_PROJECTS = {  # for whoever may see a workshop of the project
    "documents.across",
    "documents.across_table",
    "documents.last_kin",
    "documents.offers",
    "documents.part_kin",
    "documents.say_kin",
    "documents.undo_kin",
}
ELSEWHERE = {"documents.cancel", "documents.download", "documents.progress"}  # need an export: tests/documents


def addresses(app, endpoints):
    """(method, rule) of each way to ask for these."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in endpoints]
    return [(method, rule) for rule in rules for method in sorted(rule.methods & {"GET", "POST"})]


def staff_endpoints(app):
    every = {rule.endpoint for rule in app.url_map.iter_rules()}
    return every - OPEN - ANY_STAFF - SECRETARIAT_ONLY - PHONE - JUDGE - ELSEWHERE


@pytest.fixture
def theirs(make, visit, database):
    """Somebody else's workshop with one of everything, and what stands for it in an address."""
    owner = make.staff(name="Mei")
    workshop = make.workshop(owner, title="Behind closed doors")
    board = make.board(workshop)
    person = make.person(workshop)
    idea = make.idea(board, "A secret bench", person)
    theme = make.theme(board, "Secrets", idea)
    make.dot(board, person, idea)
    make.room_at(workshop, board, "collect")
    visit(owner).post(f"/workshops/{workshop.id}/proposals")
    project = make.project(make.neighbourhood())
    return {
        "neighbourhood_id": project.neighbourhood_id,
        "project_id": project.id,
        "workshop": workshop,
        "workshop_id": workshop.id,
        "staff_id": owner.id,
        "activity_id": board.id,
        "theme_id": theme.id,
        "statement_id": idea.id,
        "idea_id": idea.id,
        "dot_id": new_id(),
        "entry_id": idea.id,
        "criterion_id": 1,
        "judge_id": 1,
        "proposal_id": database.all(Proposal)[0].id,
        "code": workshop.code,
        "kind": "board",
        "template": "empty",
        "name": "paused",
        "number": 1,
        "note_id": new_id(),
        "question_id": new_id(),
        "reply_id": 1,
        "pair_id": 1,
        "pile_id": new_id(),
        "placing_id": new_id(),
        "person_id": person.id,
        "token": "ABCDEF",
        "key": "ideas",
        "section": "title",
        "language": "zh",
    }


def ask(app, visitor, method, rule, values):
    with app.test_request_context():
        address = rule.build({name: values[name] for name in rule.arguments})[1]
    return visitor.get(address) if method == "GET" else visitor.post(address, on="1", left="1")


def test_every_address_is_known_here(app):
    every = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert (OPEN | ANY_STAFF | SECRETARIAT_ONLY | PHONE | JUDGE | ELSEWHERE) - every == set()
    assert all(
        {"workshop_id", "activity_id", "proposal_id", "statement_id"} & rule.arguments or rule.endpoint in OF_PROJECTS
        for _method, rule in addresses(app, staff_endpoints(app))
    )


def test_another_facilitators_workshop_is_not_found(app, make, visit, database, theirs):
    stranger = visit(make.staff())
    before = database.get(theirs["workshop"]).__dict__
    for method, rule in addresses(app, staff_endpoints(app)):
        ask(app, stranger, method, rule, theirs)
        assert (method, rule.rule, stranger.status) == (method, rule.rule, 404)
        assert "secret" not in stranger.html
    after = database.get(theirs["workshop"]).__dict__
    assert {k: v for k, v in after.items() if k[0] != "_"} == {k: v for k, v in before.items() if k[0] != "_"}
    assert "Behind closed doors" not in stranger.get("/workshops").text


def test_without_signing_in_staff_pages_lead_to_the_sign_in(app, visit, theirs):
    anybody = visit()
    for method, rule in addresses(app, staff_endpoints(app) | ANY_STAFF | SECRETARIAT_ONLY):
        anybody.get("/")
        ask(app, anybody, method, rule, theirs)
        assert (method, rule.rule, anybody.path) == (method, rule.rule, "/sign-in")


def test_staff_pages_of_the_secretariat_are_not_found_by_facilitators(app, make, visit, theirs):
    facilitator = visit(make.staff())
    for method, rule in addresses(app, SECRETARIAT_ONLY):
        ask(app, facilitator, method, rule, theirs)
        assert (method, rule.rule, facilitator.status) == (method, rule.rule, 404)


def test_the_secretariat_sees_every_workshop(make, visit, theirs):
    secretary = visit(make.staff(SECRETARIAT))
    assert "Behind closed doors" in secretary.get("/workshops").text
    assert secretary.get(f"/workshops/{theirs['workshop_id']}/console").status == 200


def test_a_workshop_is_seen_by_whom_it_is_shared_with_and_no_longer_when_unshared(make, visit, theirs):
    owner, colleague = visit_owner(visit, theirs), make.staff(email="jun@example.org")
    agenda = f"/workshops/{theirs['workshop_id']}/agenda"
    jun = visit(colleague)
    assert jun.get(agenda).status == 404
    owner.get(agenda).send("/shares", email=" Jun@Example.org ")
    assert "Behind closed doors" in jun.get("/workshops").text
    assert jun.get(agenda).status == 200
    owner.post(f"/workshops/{theirs['workshop_id']}/shares/{colleague.id}/deletion")
    assert jun.get(agenda).status == 404


def visit_owner(visit, theirs):
    return visit(SimpleNamespace(get_id=lambda: f"{theirs['staff_id']}.1"))


def test_a_deleted_workshop_is_gone_for_all_until_it_is_restored(make, visit, phone, theirs):
    workshop = theirs["workshop"]
    resident = phone(workshop)
    owner = visit_owner(visit, theirs)
    owner.get(f"/workshops/{workshop.id}/agenda").send(f"/workshops/{workshop.id}/deletion")
    assert "“Behind closed doors” was deleted." in owner.text
    screens = [f"/w/{workshop.code}", f"/j/{workshop.code}", f"/screen/{workshop.screen_token}"]
    assert [resident.get(path).status for path in screens] == [404, 404, 404]
    resident.post(f"/board/{theirs['activity_id']}/ideas", id=new_id(), text="Too late")
    assert resident.status == 404
    assert visit(make.staff()).post(f"/workshops/{workshop.id}/restoration").status == 404
    owner.send("/restoration")
    assert [resident.get(path).status for path in screens] == [200, 200, 200]


def test_a_deleted_activity_takes_nothing_from_phones(visit, phone, database, theirs):
    resident = phone(theirs["workshop"])
    owner = visit_owner(visit, theirs)
    owner.post(f"/workshops/{theirs['workshop_id']}/activities/{theirs['activity_id']}/deletion")
    resident.post(f"/board/{theirs['activity_id']}/ideas", id=new_id(), text="Too late")
    assert resident.status == 404
    assert database.count(Statement) == 1


@pytest.mark.parametrize("of_another_workshop", [False, True])
def test_a_strangers_phone_finds_nothing(app, make, visit, phone, theirs, of_another_workshop):
    stranger = phone(make.workshop()) if of_another_workshop else visit().get("/")
    for method, rule in addresses(app, PHONE):
        ask(app, stranger, method, rule, theirs)
        assert (method, rule.rule, stranger.status) == (method, rule.rule, 404)
        assert "secret" not in stranger.html
    stranger.get(f"/w/{theirs['code']}")
    assert stranger.path == f"/j/{theirs['code']}"
    assert "secret" not in stranger.html


@pytest.mark.parametrize("who", ["anybody", "resident", "owner", "secretary", "judge of another"])
def test_a_judges_page_is_nobody_elses(app, make, visit, phone, database, theirs, who):
    final = new_competition(app, theirs["workshop"], title="A secret bench")
    filled = fill(app, final, entries=1, judges=1)
    other = new_competition(app, make.workshop())
    judge = database.get(Judge, fill(app, other, entries=1, judges=1).judges[0])
    visitors = {
        "anybody": lambda: visit().get("/"),
        "resident": lambda: phone(theirs["workshop"]),
        "owner": lambda: visit_owner(visit, theirs),
        "secretary": lambda: visit(make.staff(SECRETARIAT)),
        "judge of another": lambda: visit().get(f"/G/{judge.token}"),
    }
    visitor = visitors[who]()
    values = {**theirs, "activity_id": final, "entry_id": filled.entries[0]}
    for method, rule in addresses(app, JUDGE):
        ask(app, visitor, method, rule, values)
        assert (method, rule.rule, visitor.status) == (method, rule.rule, 404)
        assert "secret" not in visitor.html


def test_staff_are_nobody_on_a_phone_until_they_join(visit, theirs):
    owner = visit_owner(visit, theirs)
    assert owner.get(f"/w/{theirs['code']}/me").status == 404


def test_a_made_up_cookie_is_nobody(visit, theirs):
    """The cookie is signed: what a browser writes into it by itself doesn't count."""
    forger = visit()
    forger.client.set_cookie("session", "eyJwZW9wbGUiOnsiMSI6ImFiYyJ9fQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert forger.get(f"/w/{theirs['code']}/me").status == 404
    assert forger.get("/workshops").path == "/sign-in"


@pytest.mark.parametrize("token", ["x" * 22, "", "1"])
def test_a_projector_needs_its_secret_address(visit, theirs, token):
    assert visit().get(f"/screen/{token}").status == 404


def test_ids_of_one_workshop_open_nothing_in_another_of_ones_own(app, make, visit, theirs):
    """An activity, theme or idea is looked for inside of what the address named first."""
    me = make.staff()
    mine = make.workshop(me)
    board = make.board(mine)
    visitor = visit(me)
    paths = [
        f"/workshops/{mine.id}/activities/{theirs['activity_id']}",
        f"/synthesis/{board.id}/themes/{theirs['theme_id']}",
        f"/synthesis/{board.id}/statements/{theirs['statement_id']}",
    ]
    assert [visitor.get(path).status for path in paths] == [404, 404, 404]
    own = make.theme(board, "Mine")
    merge = visitor.post(f"/synthesis/{board.id}/themes/{own.id}/merge", theme=str(theirs["theme_id"]))
    move = f"/synthesis/{board.id}/statements/{make.idea(board).id}/move"
    assert (merge.status, visitor.post(move, theme=str(theirs["theme_id"])).status) == (404, 404)


def test_a_copy_belongs_to_who_made_it_and_holds_what_was_planned_alone(make, visit, database, theirs):
    secretary = make.staff(SECRETARIAT)
    visit(secretary).post(f"/workshops/{theirs['workshop_id']}/copies")
    original, copy = database.all(Workshop)
    assert (copy.title, copy.owner_id) == ("Behind closed doors (copy)", secretary.id)
    assert (copy.step, copy.activity_id) == ("lobby", None)
    assert len({original.code, copy.code, original.screen_token, copy.screen_token}) == 4
    assert "secret" not in visit(secretary).get(f"/workshops/{copy.id}/console").html
