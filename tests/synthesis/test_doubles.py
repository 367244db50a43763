"""The same thing said twice: offered side by side, merged into one that stands for both, and taken apart again."""

import re

import pytest

from facilitator.documents.models import Proposal
from facilitator.synthesis.doubles import KeptApart
from facilitator.synthesis.models import new_id
from facilitator.voting import agreed
from facilitator.voting.dots import Dot
from facilitator.workshop.history import Deed
from tests.activities.competitions import new_competition

BENCH, BENCHES, LAMP, LAMPS = "楼下放一张长椅", "楼下多放一张长椅", "楼道里的灯坏了", "楼道里的灯坏了很久"


@pytest.fixture
def wall(make, visit):
    """Two people say the same about a bench, two about the lamp, one something else."""
    owner = make.staff()
    workshop = make.workshop(owner)
    board = make.board(workshop, vote_on="ideas", budget=3, cap=2)
    people = [make.person(workshop, name) for name in ("Anna", "王小明", "")]
    said = zip((BENCH, BENCHES, LAMP, LAMPS, "遛狗要牵绳"), (0, 1, 2, 0, 1), strict=True)
    ideas = [make.idea(board, text, people[number]) for text, number in said]
    make.room_at(workshop, board, "sort")
    return Wall(board, workshop, people, ideas, visit(owner))


class Wall:
    def __init__(self, board, workshop, people, ideas, desk):
        self.board, self.workshop, self.people, self.ideas, self.desk = board, workshop, people, ideas, desk
        self.offers = f"/synthesis/{board.id}/doubles"
        desk.get(self.console)

    @property
    def console(self):
        return f"/workshops/{self.workshop.id}/console"

    def merge(self, head, other):
        """By hand, as the panel of the idea leads to it."""
        panel = self.desk.get(f"{self.offers}?idea={head.id}&idea={other.id}")
        self.desk.post(self.offers, htmx=True, **{**fields(panel.html), "stays": head.id})
        assert self.desk.status == 200


def fields(html):
    """What the panel would send as it is; of two radio buttons the one that is chosen."""
    chosen = [tag for tag in re.findall(r"<input[^>]*>", html) if 'type="radio"' not in tag or " checked" in tag]
    pairs = (dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in chosen)
    return {each["name"]: each.get("value", "") for each in pairs if each.get("name", "csrf_token") != "csrf_token"}


def test_pairs_are_offered_one_by_one_and_the_panel_goes_on(wall, make, database):
    desk, (bench, benches, lamp, lamps, _dogs) = wall.desk, wall.ideas
    make.idea(wall.board, BENCHES + "，要有靠背", wall.people[2], status="hidden")
    first = desk.get(wall.offers)
    assert "Pair 1 of 2" in first.text
    shown = fields(first.html)
    assert {shown["first"], shown["second"]} in ({bench.id, benches.id}, {lamp.id, lamps.id})
    assert shown["stays"] == shown["first"]  # as many people behind each: the earlier
    after = desk.post(wall.offers, htmx=True, **shown)
    assert (desk.status, desk.answer.headers["HX-Trigger"]) == (200, "deed-done")
    assert "Pair 2 of 2" in after.text
    key = fields(after.html)
    numbers = {idea.id: idea.number for idea in wall.ideas}
    later = desk.get(f"{wall.offers}?later={numbers[key['first']]}-{numbers[key['second']]}")
    assert "1 pair was left for later." in later.text
    desk.post(f"{wall.offers}/apart", htmx=True, **key)
    assert "No two ideas look as if" in desk.text
    assert [{each.first_id, each.second_id} for each in database.all(KeptApart)] == [{key["first"], key["second"]}]
    desk.get(wall.console).press("Undo")
    assert "Pair 1 of 1" in desk.get(wall.offers).text
    desk.post(f"{wall.offers}/apart", htmx=True, **key)
    [kept] = database.all(KeptApart)
    assert kept.deleted_at is None


def test_what_is_less_alike_comes_after_the_others_and_says_so(wall, make):
    for text in ("公交站离小区太远，老人走不动", "小区离公交站太远了"):
        make.idea(wall.board, text, wall.people[0])
    warning = "These two are less alike: they may also be two different things."
    surely = wall.desk.get(wall.offers)
    assert ("Pair 1 of 3" in surely.text, warning in surely.text) == (True, False)
    perhaps = wall.desk.get(f"{wall.offers}?later=1-2,3-4")
    assert "Pair 1 of 1" in perhaps.text
    assert warning in perhaps.text
    assert "公交站离小区太远，老人走不动" in perhaps.text


def test_a_merged_idea_keeps_every_original_on_every_screen(wall, make, database, phone):
    desk, (bench, benches, lamp, *_rest) = wall.desk, wall.ideas
    seats = make.theme(wall.board, "Seats", benches)
    wall.merge(benches, bench)
    assert database.get(bench).merged_into_id == benches.id
    assert {database.get(each).theme_id for each in (bench, benches)} == {seats.id}
    screens = [desk.get(wall.console).html, desk.get(f"/screen/{database.get(wall.workshop).screen_token}").html]
    anna = phone(wall.workshop, wall.people[0])
    for html in [*screens, anna.html]:
        assert f">×2</b> {BENCHES}" in html
    assert [re.search(r"Seats.*?<small>(\d+)", html, re.DOTALL).group(1) for html in screens] == ["2", "2"]
    assert "Seats 2 ideas" in anna.text
    assert not re.search(rf"{BENCH}\s*<", screens[1].replace(BENCHES, ""))
    assert f"It goes on together with “{BENCHES}”" in anna.text
    assert f"It goes on together with “{BENCHES}”" in anna.get(f"/w/{wall.workshop.code}/me").text
    panel = desk.get(f"/synthesis/{wall.board.id}/statements/{benches.id}")
    assert f"2 ideas say the same {BENCH} #1 · Anna Take apart again" in panel.text
    found = desk.get(f"/voting/{wall.board.id}/everything?words=%231")
    assert re.search(rf"{BENCHES}\s*<", found.html)
    assert "2 ideas on 1 card" in found.text
    desk.post(f"/synthesis/{wall.board.id}/statements/{benches.id}/move", theme="")
    assert database.get(bench).theme_id is None
    desk.post(f"/synthesis/{wall.board.id}/statements/{bench.id}/apart")
    assert database.get(bench).merged_into_id is None
    assert "Pair 1 of 1" in desk.get(wall.offers).text  # the lamps: what was taken apart isn't offered again
    wall.merge(lamp, bench)
    anna.get(f"/w/{wall.workshop.code}")
    desk.post(f"/synthesis/{wall.board.id}/statements/{lamp.id}/status", status="hidden")
    assert database.get(lamp).merged_into_id == bench.id
    desk.get(wall.console).press("Undo")
    assert database.get(bench).merged_into_id == lamp.id


def test_what_a_colleague_changed_meanwhile_is_not_merged_over(wall, make, database):
    desk, (bench, benches, lamp, *_rest) = wall.desk, wall.ideas
    shown = fields(desk.get(f"{wall.offers}?idea={bench.id}&idea={benches.id}").html)
    desk.post(f"/synthesis/{wall.board.id}/statements/{bench.id}/move", theme=str(make.theme(wall.board).id))
    for address in (wall.offers, f"{wall.offers}/apart"):
        desk.post(address, htmx=True, **shown)
        assert (desk.status, "Nothing was done; please look again." in desk.text) == (409, True)
    shown = fields(desk.get(f"{wall.offers}?idea={bench.id}&idea={benches.id}").html)
    wall.merge(lamp, benches)
    assert desk.post(wall.offers, htmx=True, **shown).status == 409
    assert database.get(benches).merged_into_id == lamp.id
    assert (database.get(bench).merged_into_id, database.count(KeptApart)) == (None, 0)


def test_a_button_pressed_twice_does_it_once_and_the_panel_goes_on(wall, database):
    desk, (bench, benches, *_rest) = wall.desk, wall.ideas
    shown = fields(desk.get(wall.offers).html)
    for _click in range(2):
        desk.post(wall.offers, htmx=True, **shown)
        assert (desk.status, desk.page.text.count("Choose the wording")) == (200, 1)
    kept = fields(desk.html)
    assert {kept["first"], kept["second"]}.isdisjoint({shown["first"], shown["second"]})
    desk.post(wall.offers, htmx=True, **{**shown, "stays": shown["second"]})  # the other way round it is no repetition
    assert (desk.status, "Nothing was done; please look again." in desk.text) == (409, True)
    for _click in range(2):
        desk.post(f"{wall.offers}/apart", htmx=True, **kept)
        assert (desk.status, "No two ideas look as if" in desk.text) == (200, True)
    [merged] = [idea for idea in (database.get(bench), database.get(benches)) if idea.merged_into_id]
    for _click in range(2):
        desk.post(f"/synthesis/{wall.board.id}/statements/{merged.id}/apart", htmx=True)
        assert desk.status == 204
    assert [each.name for each in database.all(Deed)] == ["double", "keep-apart", "take-apart"]


def test_the_other_pairs_are_kept_with_one_press_but_for_those_left_for_later(wall, make, database):
    desk, (bench, benches, lamp, lamps, dogs) = wall.desk, wall.ideas
    assert "Keep these and the other pair as they are" in desk.get(wall.offers).text
    first = fields(desk.html)
    key = "-".join(str(idea.number) for idea in wall.ideas if idea.id in (first["first"], first["second"]))
    rest = [make.idea(wall.board, text) for text in ("遛狗要牵绳。", "路边不要乱停车", "路边不要乱停车！")]
    assert "Pair 2 of 4" in desk.get(f"{wall.offers}?later={key}&place=2").text
    sent = re.search(r'hx-vals=\'{"rest": "([^"]*)"\'', desk.html.replace('"}', '"'))[1]
    desk.post(f"{wall.offers}/apart/rest", htmx=True, **{**fields(desk.html), "rest": f"{sent},1-99,x"})
    assert "3 pairs stay as they are." in desk.text
    assert "1 pair was left for later." in desk.text
    kept = {frozenset((each.first_id, each.second_id)) for each in database.all(KeptApart)}
    other = {bench.id, benches.id, lamp.id, lamps.id} - {first["first"], first["second"]}
    assert kept == {frozenset(other), frozenset((dogs.id, rest[0].id)), frozenset((rest[1].id, rest[2].id))}
    desk.get(wall.console).press("Undo")
    assert "Pair 1 of 4" in desk.get(wall.offers).text


def test_dots_on_each_of_them_count_for_the_one_and_voters_once(wall, make, database, phone):
    desk, (bench, benches, *_rest) = wall.desk, wall.ideas
    anna, wang, _third = wall.people
    for person, idea in ((anna, bench), (anna, benches), (wang, benches)):
        make.dot(wall.board, person, idea)
    desk.post(f"/voting/{wall.board.id}/counts/1", **{f"dots-paper-{bench.id}": "2", f"voters-paper-{bench.id}": "2"})
    desk.post(
        f"/voting/{wall.board.id}/counts/1", **{f"dots-paper-{benches.id}": "1", f"voters-paper-{benches.id}": "1"}
    )
    wall.merge(benches, bench)
    make.room_at(wall.workshop, wall.board, "vote")
    hers = phone(wall.workshop, anna)
    assert "my 2 dots" in hers.page.text_of(f"target-{benches.id}")
    assert f"target-{bench.id}" not in hers.page.ids
    dots = f"/voting/{wall.board.id}/dots"
    full = hers.post(dots, htmx=True, id=new_id(), target=bench.id, round="1")
    assert (full.status, "No more than 2 of your dots" in full.text) == (409, True)
    hers.post(f"{dots}/{own_dot(database, anna, benches)}/withdrawal", htmx=True, round="1")
    answer = hers.post(dots, htmx=True, id=new_id(), target=bench.id, round="1")  # a page that still shows the old one
    assert (answer.status, "my 2 dots" in answer.page.text_of(f"target-{benches.id}")) == (200, True)
    assert "and 2 dots from 2 people for what was merged into it" in desk.get(f"/voting/{wall.board.id}/counts/1").text
    make.room_at(wall.workshop, wall.board, "result")
    reveal_all(wall)
    assert "6 dots5 people" in desk.page.text_of(f"line-{benches.id}")
    assert "6 dots from 5 people." in desk.text  # three on paper, two by phone
    desk.post(f"/synthesis/{wall.board.id}/statements/{bench.id}/apart")
    reveal_all(wall)
    assert "4 dots3 people" in desk.page.text_of(f"line-{bench.id}")
    assert "2 dots2 people" in desk.page.text_of(f"line-{benches.id}")


def reveal_all(wall):
    while wall.desk.get(wall.console).page.has_button("Reveal the next"):
        wall.desk.press("Reveal the next")


def own_dot(database, person, idea):
    [dot] = database.all(Dot, Dot.participant_id == person.id, Dot.statement_id == idea.id, Dot.withdrawn_at.is_(None))
    return dot.id


def test_papers_count_every_original_and_print_the_one(wall, make, database, visit):
    desk, (bench, benches, lamp, *_rest) = wall.desk, wall.ideas
    seats = make.theme(wall.board, "Seats", bench, lamp)
    wall.merge(bench, benches)
    desk.post(f"/workshops/{wall.workshop.id}/proposals")
    [proposal] = database.all(Proposal)
    page = desk.get(f"/proposals/{proposal.id}?variant=en")
    assert "5 ideas in order of their number." in page.text
    assert "1 of the ideas says the same as another and is listed with it" in page.text
    assert "#1 A** · Phonealso #2 王**" in page.text  # quoted once, in the words that stayed
    assert (page.text.count(BENCHES), f"2{BENCHES} Seats · 王** · Phone · merged into #1" in page.text) == (1, True)
    theme = desk.get(f"/proposals/{proposal.id}/evidence/theme-{seats.id}-ideas")
    assert "3 Ideas in “Seats”" in theme.text
    assert f"#2 {BENCHES} Participant 02 phone #1 #3" in theme.text
    assert "1 Ideas that say the same as another" in desk.get(f"/proposals/{proposal.id}/evidence/merged").text
    about = desk.get(f"/statements/{benches.id}").text
    assert f"It says the same as #1 {BENCH} Participant 01 · stands for all of them" in about
    assert "Merged into #1" in about
    assert "#2 was merged into it" in desk.get(f"/statements/{bench.id}").text


def test_designs_of_a_competition_are_never_offered(make, visit, app):
    owner = make.staff()
    contest = new_competition(app, make.workshop(owner))
    assert visit(owner).get(f"/synthesis/{contest}/doubles").status == 404


def test_what_the_room_proposed_for_either_is_heard_once(wall, make, app):
    bench, benches, *others = wall.ideas
    anna, wang, third = wall.people
    seats, lights = make.theme(wall.board, "Seats"), make.theme(wall.board, "Lights")
    for person, idea, theme in (
        (anna, benches, lights),
        (anna, bench, seats),
        (wang, bench, seats),
        (third, benches, seats),
    ):
        make.placing(wall.board, person, idea, theme)
    wall.merge(benches, bench)
    with app.app_context():
        room = agreed.said(wall.board.id)
        assert [each.idea.number for each in room.agreed] == [benches.number]
        assert room.agreed[0].agreement.split == ((seats.id, 3),)  # of each person what they said last
        assert {each.idea.number for each in room.ideas} == {each.number for each in (benches, *others)}
