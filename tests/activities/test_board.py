"""The board: ideas, dots, and what nobody may see before the reveal."""

import re

import gevent
import pytest

from facilitator.activities.board.ideas import Idea
from facilitator.extensions import db
from facilitator.synthesis.models import HELD, HIDDEN, SHOWN, Statement, new_id
from facilitator.voting.ballot import Ballot
from facilitator.voting.dots import Dot, HandCount
from facilitator.voting.models import NEWEST
from facilitator.web.errors import Refused
from facilitator.workshop.models import Activity


@pytest.fixture
def console(visit, owner, workshop):
    def console():
        return visit(owner).get(f"/workshops/{workshop.id}/console")

    return console


@pytest.fixture
def projector(visit, workshop):
    def projector():
        return visit().get(f"/screen/{workshop.screen_token}")

    return projector


@pytest.fixture
def board_at(make, workshop):
    """A board with these settings, and the room at one of its steps."""

    def board_at(step, **settings):
        board = make.board(workshop, **settings)
        make.room_at(workshop, board, step)
        return board

    return board_at


def say(phone, board, text, **more):
    """Write an idea on the open page and send it, as the script does."""
    return phone.send(f"/board/{board.id}/ideas", htmx=True, text=text, **more)


def own_ideas(phone):
    """What stands in the person's own list, newest first."""
    return [phone.page.text_of(key).split(" Change")[0] for key in phone.page.ids if key.startswith("own-")]


# --- Ideas


@pytest.mark.parametrize("text", ["长椅", "🪑" * 200, "مقاعد في الظل", "x", "x" * 200])
def test_an_idea_of_any_script_stands_on_every_screen(phone, console, projector, database, board_at, workshop, text):
    board = board_at("collect")
    say(phone(workshop), board, text)
    (idea,) = database.all(Idea)
    assert (idea.text, idea.number, idea.status, idea.source) == (text, 1, SHOWN, "phone")
    assert text in phone(workshop).page.text_of("phone-stage")
    assert text in projector().page.text_of("projector-stage")
    assert text in console().page.text_of("console-stage")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Write a few words first."),
        (" \n\u200b\u202e ", "Write a few words first."),
        ("x" * 201, "Please shorten it to 200 characters; it has 201."),
        ("长" * 10_000, "Please shorten it to 200 characters; it has 10000."),
    ],
)
def test_too_little_or_too_much_is_refused_with_a_reason(phone, database, board_at, workshop, text, message):
    board = board_at("collect")
    resident = say(phone(workshop), board, text)
    assert resident.status == 422
    assert message in resident.text
    assert database.count(Statement) == 0


def test_one_sees_at_once_that_it_arrived(phone, board_at, workshop):
    board = board_at("collect")
    resident = say(phone(workshop), board, "A bench")
    assert "Received. Thank you!" in resident.text
    assert own_ideas(resident) == ["A bench"]


def test_it_works_without_a_script(phone, board_at, workshop):
    board = board_at("collect")
    resident = phone(workshop)
    resident.send(f"/board/{board.id}/ideas", text="A bench")
    assert resident.path == f"/w/{workshop.code}"
    assert own_ideas(resident) == ["A bench"]


def test_the_same_idea_sent_twice_is_one(phone, database, board_at, workshop):
    board = board_at("collect")
    resident = phone(workshop)
    idea_id = new_id()
    for _ in range(2):
        resident.post(f"/board/{board.id}/ideas", htmx=True, id=idea_id, text="A bench")
        assert resident.status == 200
    assert [idea.text for idea in database.all(Idea)] == ["A bench"]


def test_nobody_can_take_the_id_of_anothers_idea(make, phone, database, board_at, workshop):
    board = board_at("collect")
    theirs = make.idea(board, "Theirs", make.person(workshop))
    resident = phone(workshop)
    resident.post(f"/board/{board.id}/ideas", htmx=True, id=theirs.id, text="Mine")
    assert [idea.text for idea in database.all(Idea)] == ["Theirs"]
    assert own_ideas(resident) == []


@pytest.mark.parametrize("sent", ["", "1", "x" * 32, "../" * 10, "A" * 32])
def test_an_id_that_no_phone_makes_is_refused(phone, database, board_at, workshop, sent):
    board = board_at("collect")
    resident = phone(workshop)
    resident.post(f"/board/{board.id}/ideas", htmx=True, id=sent, text="A bench")
    assert resident.status == 400
    assert database.count(Statement) == 0


def test_an_idea_can_be_reworded_by_its_author_alone(make, phone, projector, database, board_at, workshop):
    board = board_at("collect")
    author = make.person(workshop)
    idea = make.idea(board, "A bnech", author)
    stranger = phone(workshop)
    stranger.post(f"/board/{board.id}/ideas/{idea.id}", text="Nonsense")
    assert stranger.status == 404
    resident = phone(workshop, author)
    resident.send(f"/ideas/{idea.id}", htmx=True, text="A bench")
    assert own_ideas(resident) == ["A bench"]
    assert database.get(idea).text == "A bench"
    assert "A bench" in projector().text


def test_rewording_keeps_to_the_same_limits(make, phone, database, board_at, workshop):
    board = board_at("collect")
    author = make.person(workshop)
    idea = make.idea(board, "A bench", author)
    resident = phone(workshop, author)
    resident.send(f"/ideas/{idea.id}", htmx=True, text="x" * 201)
    assert (resident.status, database.get(idea).text) == (422, "A bench")


def test_a_withdrawn_idea_is_gone_from_every_screen_and_kept_in_the_database(
    make, phone, console, projector, database, board_at, workshop
):
    board = board_at("collect")
    author = make.person(workshop)
    idea = make.idea(board, "A bench", author)
    stranger = phone(workshop)
    stranger.post(f"/board/{board.id}/ideas/{idea.id}/withdrawal")
    assert stranger.status == 404
    phone(workshop, author).send("/withdrawal", htmx=True)
    assert database.get(idea).deleted_at is not None
    for screen in (phone(workshop), phone(workshop, author), projector(), console()):
        assert "A bench" not in screen.html


def test_everybody_has_as_many_ideas_as_the_setting_says(make, phone, database, board_at, workshop):
    board = board_at("collect", most_ideas=2)
    resident = phone(workshop)
    for text in ("One", "Two"):
        say(resident, board, text)
    assert "You have posted all your ideas. Thank you!" in resident.text
    resident.post(f"/board/{board.id}/ideas", htmx=True, id=new_id(), text="Three")
    assert resident.status == 409
    assert "You have posted all your ideas. Withdraw one to make room." in resident.text
    resident.get(f"/w/{workshop.code}").send("/withdrawal", htmx=True)
    say(resident, board, "Three")
    assert own_ideas(resident) == ["Three", "One"]
    assert say(phone(workshop), board, "Another's").status == 200


@pytest.mark.parametrize(("step", "open_"), [("silent", True), ("collect", True), ("sort", True), ("vote", False)])
def test_ideas_are_taken_while_the_room_is_at_them(phone, database, board_at, workshop, step, open_):
    board = board_at(step, silent=True)
    resident = phone(workshop)
    resident.post(f"/board/{board.id}/ideas", htmx=True, id=new_id(), text="A bench")
    assert (resident.status == 200) == open_
    assert database.count(Statement) == open_
    if not open_:
        assert "The time for ideas is over here. Your text is kept on this phone." in resident.text


def test_a_board_the_room_has_left_takes_nothing(make, phone, database, board_at, workshop):
    board = board_at("collect")
    resident = phone(workshop)
    make.room_at(workshop, make.board(workshop), "collect")
    resident.post(f"/board/{board.id}/ideas", htmx=True, id=new_id(), text="A bench")
    assert (resident.status, database.count(Statement)) == (409, 0)


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ("Lock posting", "The facilitator has closed posting for now. Your text is kept on this phone."),
        ("Pause", "We are taking a short break. It goes on in a moment."),
    ],
)
def test_lock_and_pause_close_posting_with_a_reason(phone, console, database, board_at, workshop, button, words):
    board = board_at("collect")
    resident = phone(workshop)
    console().press(button)
    say(resident, board, "A bench")
    assert (resident.status, database.count(Statement)) == (409, 0)
    assert words in resident.text


def test_telephone_and_identity_numbers_are_masked_for_others(phone, projector, database, board_at, workshop):
    board = board_at("collect")
    author = phone(workshop)
    say(author, board, "Call 13812345678 or 110101199003071234")
    assert own_ideas(author) == ["Call 13812345678 or 110101199003071234"]
    for screen in (phone(workshop), projector()):
        assert "Call 138****5678 or 110101********1234" in screen.text
        assert "13812345678" not in screen.html


def test_a_phone_shows_the_newest_and_says_where_the_others_are(make, phone, projector, board_at, workshop):
    board = board_at("collect")
    most = NEWEST["phone"]
    for number in range(most + 3):
        make.idea(board, f"idea no. {number}.")
    page = phone(workshop).page.text_of("phone-stage")
    assert f"On the wall {most + 3} ideas" in page
    assert "idea no. 2." not in page
    assert page.index("idea no. 26.") < page.index("idea no. 3.")
    assert f"The newest {most} are shown here; all of them are on the big screen." in page


def test_helpers_enter_ideas_for_those_without_a_phone(console, projector, database, board_at, workshop):
    board = board_at("collect")
    facilitator = console()
    panel = facilitator.open("Enter for someone")
    form = panel.form(f"/board/{board.id}/entries")
    facilitator.post(form.action, htmx=True, **{**form.fields, "text": "A ramp", "source": "paper"})
    (idea,) = database.all(Idea)
    assert (idea.text, idea.source, idea.participant_id, idea.helper_id) == ("A ramp", "paper", None, workshop.owner_id)
    assert "A ramp" in projector().text


# --- Held and silent


def test_held_ideas_wait_for_a_facilitator(phone, console, projector, database, board_at, workshop):
    board = board_at("collect", held=True)
    author = say(phone(workshop), board, "A bench")
    assert "Received. It appears as soon as the facilitator lets it through." in author.text
    assert own_ideas(author) == ["A bench waiting"]
    for screen in (phone(workshop), projector()):
        assert "A bench" not in screen.html
    facilitator = console()
    assert "1 idea waits to be let through." in facilitator.text
    facilitator.press("Let all through")
    assert database.all(Idea)[0].status == SHOWN
    for screen in (phone(workshop), projector()):
        assert "A bench" in screen.text


def test_a_new_wording_is_held_again(make, phone, projector, database, board_at, workshop):
    board = board_at("collect", held=True)
    author = make.person(workshop)
    idea = make.idea(board, "A bench", author)
    phone(workshop, author).send(f"/ideas/{idea.id}", htmx=True, text="Something rude")
    assert database.get(idea).status == HELD
    assert "Something rude" not in projector().html


def test_a_hidden_idea_stays_hidden_when_reworded(make, phone, projector, database, board_at, workshop):
    board = board_at("collect")
    author = make.person(workshop)
    idea = make.idea(board, "Rude", author, status=HIDDEN)
    resident = phone(workshop, author)
    assert own_ideas(resident) == ["Rude not on the screen"]
    resident.send(f"/ideas/{idea.id}", htmx=True, text="Ruder")
    assert database.get(idea).status == HIDDEN
    assert "Ruder" not in projector().html


def test_silence_hides_others_on_phones_and_projector(make, phone, console, projector, board_at, workshop):
    board = board_at("silent", silent=True)
    author = make.person(workshop)
    make.idea(board, "A quiet bench", author)
    other, wall = phone(workshop), projector()
    for page in (other.html, wall.html, other.get(f"/w/{workshop.code}/fragments").html):
        assert "A quiet bench" not in page
    assert "A quiet bench" not in wall.get(f"/screen/{workshop.screen_token}/fragments").html
    assert "Everybody writes in silence. The others' ideas come later." in phone(workshop).text
    assert projector().page.text_of("projector-stage") == "1 idea written so far, still hidden"
    assert own_ideas(phone(workshop, author)) == ["A quiet bench"]
    assert "A quiet bench" in console().text
    make.room_at(workshop, board, "collect")
    assert "A quiet bench" in phone(workshop).text


# --- Dots


def target(phone, row):
    """What stands beside one thing that can be voted for: "A bench my dot − 1"."""
    return phone.page.text_of(f"target-{row.id}")


def dots_left(phone):
    return next(label for label in phone.page.labels if label.endswith("dots left"))


@pytest.fixture
def vote(make, board_at):
    """A board in its vote, with three ideas."""

    def vote(step="vote", **settings):
        board = board_at(step, **{"budget": 3, "cap": 2, **settings})
        return board, [make.idea(board, text) for text in ("Shade", "Light", "Ramp")]

    return vote


def test_a_dot_is_placed_and_taken_back_with_one_tap_each(phone, database, vote, workshop):
    _board, (shade, *_rest) = vote()
    resident = phone(workshop)
    assert dots_left(resident) == "3 of 3 dots left"
    resident.press("Place a dot: Shade")
    assert dots_left(resident) == "2 of 3 dots left"
    assert "my dot" in target(resident, shade)
    (dot,) = database.all(Dot)
    assert (dot.statement_id, dot.round, dot.withdrawn_at) == (shade.id, 1, None)
    resident.press("Take a dot back: Shade")
    assert dots_left(resident) == "3 of 3 dots left"
    assert "my dot" not in target(resident, shade)
    assert database.all(Dot)[0].withdrawn_at is not None


def test_the_cap_and_the_budget_show_in_the_buttons(phone, vote, workshop):
    vote()
    resident = phone(workshop)
    resident.press("Place a dot: Shade").press("Place a dot: Shade")
    assert not resident.page.has_button("Place a dot: Shade")
    assert resident.page.has_button("Place a dot: Light")
    resident.press("Place a dot: Light")
    # The style sheet takes the other buttons away: an answer changes the hand and one target only.
    assert resident.page.ids["hand"]["data-free"] == "0"
    assert "All your dots are placed. You can still move them." in resident.text


def test_what_the_buttons_do_not_offer_the_server_refuses(phone, database, vote, workshop):
    board, (shade, light, ramp) = vote()
    resident = phone(workshop)

    def tap(idea):
        return resident.post(f"/voting/{board.id}/dots", htmx=True, id=new_id(), target=idea.id)

    assert [tap(shade).status, tap(shade).status] == [200, 200]
    assert tap(shade).status == 409
    assert "No more than 2 of your dots can be on the same one." in resident.text
    assert tap(light).status == 200
    assert tap(ramp).status == 409
    assert "All your dots are placed. Take one back to move it." in resident.text
    assert database.count(Dot) == 3


def test_the_same_dot_sent_twice_is_one(phone, database, vote, workshop):
    board, (shade, light, _ramp) = vote()
    resident = phone(workshop)
    dot_id = new_id()
    for idea in (shade, shade, light):
        resident.post(f"/voting/{board.id}/dots", htmx=True, id=dot_id, target=idea.id)
        assert resident.status == 200
    assert [dot.statement_id for dot in database.all(Dot)] == [shade.id]


def test_a_dot_taken_back_does_not_return_when_its_tap_comes_late(phone, database, vote, workshop):
    board, (shade, *_rest) = vote()
    resident = phone(workshop)
    dot_id = new_id()
    resident.post(f"/voting/{board.id}/dots", htmx=True, id=dot_id, target=shade.id)
    resident.post(f"/voting/{board.id}/dots/{dot_id}/withdrawal", htmx=True)
    resident.post(f"/voting/{board.id}/dots", htmx=True, id=dot_id, target=shade.id)
    assert [dot.withdrawn_at is None for dot in database.all(Dot)] == [False]


def test_nobody_takes_anothers_dot_or_its_id(make, phone, database, vote, workshop):
    board, (shade, *_rest) = vote()
    theirs = make.dot(board, make.person(workshop), shade)
    resident = phone(workshop)
    resident.post(f"/voting/{board.id}/dots/{theirs.id}/withdrawal", htmx=True)
    assert database.get(theirs).withdrawn_at is None
    resident.post(f"/voting/{board.id}/dots", htmx=True, id=theirs.id, target=shade.id)
    assert resident.status == 409
    assert database.count(Dot) == 1


@pytest.mark.parametrize("status", [HELD, HIDDEN])
def test_what_is_not_on_the_wall_gets_no_dots(make, phone, database, vote, workshop, status):
    board, _ideas = vote()
    kept_back = make.idea(board, "Rude", status=status)
    resident = phone(workshop)
    resident.post(f"/voting/{board.id}/dots", htmx=True, id=new_id(), target=kept_back.id)
    assert (resident.status, database.count(Dot)) == (409, 0)
    assert "Rude" not in resident.html


def test_ideas_of_another_board_and_nonsense_get_no_dots(make, phone, database, vote, workshop):
    board, _ideas = vote()
    elsewhere = make.idea(make.board(workshop))
    resident = phone(workshop)
    for sent in (elsewhere.id, "", "1", "x" * 500):
        resident.post(f"/voting/{board.id}/dots", htmx=True, id=new_id(), target=sent)
        assert resident.status == 409
    assert database.count(Dot) == 0


@pytest.mark.parametrize("step", ["collect", "sort", "result", "result-again"])
def test_dots_lie_still_outside_of_the_vote(make, phone, database, vote, workshop, step):
    board, (shade, *_rest) = vote(step, rounds=2)
    resident = phone(workshop)
    resident.post(f"/voting/{board.id}/dots", htmx=True, id=new_id(), target=shade.id)
    assert (resident.status, database.count(Dot)) == (409, 0)
    assert "This vote is closed." in resident.text


def test_an_idea_taken_from_the_wall_gives_its_dots_back(app, make, phone, vote, workshop):
    board, (shade, *_rest) = vote(budget=1)
    person = make.person(workshop)
    make.dot(board, person, shade)
    resident = phone(workshop, person)
    assert dots_left(resident) == "0 of 1 dots left"
    with app.app_context():
        db.session.get(Statement, shade.id).status = HIDDEN
        db.session.commit()
    resident.get(f"/w/{workshop.code}")
    assert dots_left(resident) == "1 of 1 dots left"
    resident.press("Place a dot: Light")


def test_dots_follow_a_merged_theme_and_come_back_from_a_dissolved_one(make, phone, console, board_at, workshop):
    board = board_at("vote", vote_on="themes", budget=2, cap=1)
    seating, benches, light = (make.theme(board, name) for name in ("Seating", "Benches", "Light"))
    person = make.person(workshop)
    make.dot(board, person, benches)
    make.dot(board, person, light)
    console().post(f"/synthesis/{board.id}/themes/{benches.id}/merge", theme=str(seating.id))
    console().post(f"/synthesis/{board.id}/themes/{light.id}/dissolution")
    resident = phone(workshop, person)
    assert dots_left(resident) == "1 of 2 dots left"
    assert "my dot" in target(resident, seating)
    resident.post(f"/voting/{board.id}/dots", htmx=True, id=new_id(), target=str(seating.id))
    assert resident.status == 409  # the cap counts what lay on the theme that was merged into this one
    back = resident.get(f"/w/{workshop.code}").page.button("Take a dot back: Seating")
    resident.post(back.address, htmx=True, **back.fields)
    assert f'hx-target="#target-{seating.id}"' in resident.html
    assert dots_left(resident) == "2 of 2 dots left"


def test_figures_agree_when_an_idea_with_dots_is_hidden(app, make, console, projector, result, workshop):
    light = result[2]
    with app.app_context():
        db.session.get(Statement, light.id).status = HIDDEN
        db.session.commit()
    console().press("Reveal the next")
    assert lines(projector()) == ["1tie Shade 1 dot1 person", "1tie Ramp 1 dot1 person"]
    assert "2 dots from 2 people." in projector().text


def at_the_same_moment(app, count, action):
    """Run the action in so many greenlets, as the server does; gives what was refused."""
    refused = []

    def run(number):
        with app.test_request_context():
            try:
                action(number)
            except Refused as error:
                refused.append(str(error))

    gevent.joinall([gevent.spawn(run, number) for number in range(count)], raise_error=True)
    return refused


def test_taps_at_the_same_moment_never_pass_the_budget(app, make, database, vote, workshop):
    board, ideas = vote(budget=4, cap=2)
    person = make.person(workshop)

    def tap(number):
        Ballot.of(board.id, [person.token]).place(new_id(), ideas[number % 3].id)

    refused = at_the_same_moment(app, 12, tap)
    assert (database.count(Dot), len(refused)) == (4, 8)
    on_each = [database.count(Dot, Dot.statement_id == idea.id) for idea in ideas]
    assert max(on_each) <= 2


def test_taps_at_the_same_moment_never_pass_the_cap(app, make, database, vote, workshop):
    board, (shade, *_rest) = vote(budget=10, cap=2)
    person = make.person(workshop)

    def tap(_number):
        Ballot.of(board.id, [person.token]).place(new_id(), shade.id)

    refused = at_the_same_moment(app, 8, tap)
    assert (database.count(Dot), len(refused)) == (2, 6)


def test_the_order_is_the_phones_own_and_stays(make, phone, board_at, workshop):
    board = board_at("vote")
    for number in range(12):
        make.idea(board, f"Idea {number}")

    def order(visitor):
        return [key for key in visitor.page.ids if key.startswith("target-")]

    phones = [phone(workshop) for _ in range(3)]
    orders = [order(each) for each in phones]
    assert [order(each.get(f"/w/{workshop.code}")) for each in phones] == orders
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(orders[2])
    assert orders[0] != orders[1] != orders[2]


# --- Hidden until it is revealed


@pytest.fixture
def everywhere(phone, console, projector, workshop):
    """All that the three screens are sent: pages, fragments, and a phone's own part."""

    def everywhere():
        resident, facilitator, wall = phone(workshop), console(), projector()
        room, screen = f"/w/{workshop.code}", f"/screen/{workshop.screen_token}"
        desk = f"/workshops/{workshop.id}/console"
        phones = [(resident, path) for path in (room, f"{room}/fragments", f"{room}/scene")]
        desks = [(facilitator, path) for path in (desk, f"{desk}/fragments")]
        return [*phones, *desks, (wall, screen), (wall, f"{screen}/fragments")]

    return everywhere


@pytest.mark.parametrize("step", ["vote", "result"])
def test_how_the_dots_lie_changes_nothing_that_is_sent_before_the_reveal(app, make, everywhere, vote, workshop, step):
    """The screens are the same, byte for byte, whichever idea the dots are on: so nobody can read it from them."""
    board, (shade, light, _ramp) = vote(budget=9, cap=9)
    make.room_at(workshop, board, step)
    voters = make.people(workshop, 3)
    dots = [make.dot(board, voters[number % 3], shade) for number in range(7)]
    addresses = everywhere()
    before = [without_tokens(visitor.get(path).html) for visitor, path in addresses]
    with app.app_context():
        for dot in dots:
            db.session.get(Dot, dot.id).statement_id = light.id
        db.session.commit()
    assert [without_tokens(visitor.get(path).html) for visitor, path in addresses] == before


def without_tokens(html):
    """A page without what is different each time it is served."""
    html = re.sub(r'(csrf[-_]token"[^>]*?(?:value|content)=)"[^"]*"', r"\1", html)
    html = re.sub(r'name="id" value="[0-9a-f]{32}"', "", html)
    return re.sub(r'"v":\d+|data-(?:version|now)="[^"]*"', "", html)


def test_before_the_reveal_all_see_how_many_have_voted(make, phone, console, projector, vote, workshop):
    board, (shade, *_rest) = vote()
    make.dot(board, make.person(workshop), shade)
    make.person(workshop)
    assert phone(workshop).page.text_of("phone-stage") == "1 person has placed dots · 3 in the room"
    assert "1 / 3 person has placed dots" in projector().page.text_of("projector-stage")
    assert "1 of 3 people" in console().page.text_of("console-stage")


@pytest.fixture
def result(make, vote, workshop):
    """The room at the result: Light 3 dots of 2 people, Ramp and Shade a tie of 1."""
    board, (shade, light, ramp) = vote()
    one, two = make.people(workshop, 2)
    for person, idea in ((one, light), (one, light), (two, light), (two, ramp), (one, shade)):
        make.dot(board, person, idea)
    make.room_at(workshop, board, "result")
    return board, shade, light, ramp


def lines(visitor):
    """The result as shown, one line after the other."""
    return [visitor.page.text_of(key) for key in visitor.page.ids if key.startswith("line-")]


def test_the_result_is_revealed_from_the_last_to_the_first(phone, console, projector, result, workshop):
    facilitator = console()
    assert [lines(screen) for screen in (facilitator, phone(workshop), projector())] == [[], [], []]
    assert "Ready to reveal" in projector().text
    facilitator.press("Reveal the next (2 left)")
    tie = ["2tie Shade 1 dot1 person", "2tie Ramp 1 dot1 person"]
    for screen in (facilitator, phone(workshop), projector()):
        assert lines(screen) == tie
        assert "Light" not in screen.page.text_of(f"{screen.page.body['data-live']}-stage").split("Ideas")[0]
    facilitator.press("Reveal the next (1 left)")
    for screen in (facilitator, phone(workshop), projector()):
        assert lines(screen) == ["1 Light 3 dots2 people", *tie]
        assert "5 dots from 2 people." in screen.text
    assert not facilitator.page.has_button("Reveal the next")


def test_a_result_can_be_hidden_again(phone, console, projector, result, workshop):
    facilitator = console()
    facilitator.press("Reveal the next").press("Reveal the next").press("Hide")
    for screen in (facilitator, phone(workshop), projector()):
        assert lines(screen) == []


def test_two_facilitators_revealing_at_once_reveal_one_place(console, projector, result, workshop):
    first, second = console(), console()
    first.press("Reveal the next (2 left)")
    second.press("Reveal the next (2 left)")
    assert len(lines(projector())) == 2
    assert second.page.has_button("Reveal the next (1 left)")


def test_rounds_are_given_to_documents_only_when_the_room_has_seen_them(app, console, result, workshop):
    board = result[0]

    def rounds():
        with app.app_context():
            return [(each.number, each.voters, each.dots) for each in db.session.get(Activity, board.id).rounds()]

    facilitator = console()
    assert rounds() == []
    facilitator.press("Reveal the next")
    assert rounds() == []
    facilitator.press("Reveal the next")
    assert rounds() == [(1, 2, 5)]
    facilitator.press("Hide")
    assert rounds() == []


# --- Themes, two rounds, hands


def test_dots_go_on_themes_when_the_board_says_so(make, phone, database, board_at, workshop):
    board = board_at("vote", vote_on="themes", budget=2, cap=1)
    bench, lamp = make.idea(board, "A bench"), make.idea(board, "A lamp")
    seating = make.theme(board, "Seating", bench)
    make.theme(board, "Light", lamp)
    resident = phone(workshop)
    assert "A bench" in target(resident, seating)
    resident.press("Place a dot: Seating")
    (dot,) = database.all(Dot)
    assert (dot.theme_id, dot.statement_id) == (seating.id, None)
    assert not resident.page.has_button("Place a dot: Seating")
    assert resident.page.has_button("Place a dot: Light")


def test_merged_themes_count_each_voter_once(app, make, console, projector, board_at, workshop):
    board = board_at("vote", vote_on="themes", budget=4, cap=2)
    seating, benches, light = (make.theme(board, name) for name in ("Seating", "Benches", "Light"))
    one, two = make.people(workshop, 2)
    for person, theme in ((one, seating), (one, benches), (two, benches), (two, light)):
        make.dot(board, person, theme)
    facilitator = console()
    facilitator.post(f"/synthesis/{board.id}/themes/{benches.id}/merge", theme=str(seating.id))
    make.room_at(workshop, board, "result")
    facilitator.get(f"/workshops/{workshop.id}/console").press("Reveal the next").press("Reveal the next")
    assert lines(projector()) == ["1 Seating 3 dots2 people", "2 Light 1 dot1 person"]
    with app.app_context():
        (counted,) = db.session.get(Activity, board.id).rounds()
    assert (counted.voters, counted.dots) == (2, 4)


def test_the_second_round_shows_the_shift(make, phone, console, projector, vote, workshop):
    board, (shade, light, ramp) = vote(rounds=2)
    one, two = make.people(workshop, 2)
    for number, person, idea in ((1, one, shade), (1, two, shade), (1, two, ramp), (2, one, light), (2, two, ramp)):
        make.dot(board, person, idea, number)
    make.room_at(workshop, board, "result-again")
    console().press("Reveal the next")
    assert lines(projector()) == [
        "1tie Light 1 dot ▲11 person",
        "1tie Ramp 1 dot =1 person",
    ]
    assert lines(console())[2:] == lines(phone(workshop))[2:] == ["3 Shade 0 dots ▼20 people"]


def test_a_round_that_is_over_stays_as_it_was_counted(make, phone, database, vote, workshop):
    board, (shade, *_rest) = vote(rounds=2)
    person = make.person(workshop)
    dot = make.dot(board, person, shade)
    make.room_at(workshop, board, "vote-again")
    phone(workshop, person).post(f"/voting/{board.id}/dots/{dot.id}/withdrawal", htmx=True)
    assert database.get(dot).withdrawn_at is None


def test_a_second_round_begins_with_a_full_hand(make, phone, vote, workshop):
    board, (shade, *_rest) = vote(rounds=2)
    person = make.person(workshop)
    make.dot(board, person, shade)
    make.room_at(workshop, board, "vote-again")
    resident = phone(workshop, person)
    assert dots_left(resident) == "3 of 3 dots left"
    assert "my dot" not in target(resident, shade)


def test_paper_and_hands_count_beside_the_phones(make, console, projector, database, result, workshop):
    board, shade, _light, _ramp = result
    counting = console().get(f"/voting/{board.id}/counts/1")
    form = {f"dots-paper-{shade.id}": "4", f"voters-paper-{shade.id}": "3", f"dots-hands-{shade.id}": "1"}
    counting.post(f"/voting/{board.id}/counts/1", **form, **{f"voters-hands-{shade.id}": "1"})
    rows = [(row.source, row.dots, row.voters, row.counted_by_id) for row in database.all(HandCount)]
    assert rows == [("paper", 4, 3, workshop.owner_id), ("hands", 1, 1, workshop.owner_id)]
    console().press("Reveal the next").press("Reveal the next").press("Reveal the next")
    assert lines(projector())[0] == "1 Shade 6 dots5 people"
    again = counting.get(f"/voting/{board.id}/counts/1").page.forms[-1]
    assert again.fields[f"dots-paper-{shade.id}"] == "4"


@pytest.mark.parametrize("typed", ["-1", "many", "1.5", "10001"])
def test_a_count_that_is_none_is_refused(console, database, result, typed):
    board, shade, *_rest = result
    visitor = console()
    visitor.post(f"/voting/{board.id}/counts/1", **{f"dots-paper-{shade.id}": typed})
    assert visitor.status == 422
    assert "Please enter whole numbers." in visitor.text
    assert database.count(HandCount) == 0


def test_a_phone_without_dots_to_place_offers_no_form(phone, board_at, workshop):
    board_at("vote")
    assert "There is nothing to vote on yet." in phone(workshop).text


# --- What waited on a phone


def test_what_is_known_by_its_id_is_kept_also_after_the_room_moved_on(make, phone, database, vote, workshop):
    board, (shade, *_rest) = vote("collect")
    resident = phone(workshop)
    idea_id, dot_id = new_id(), new_id()

    def idea():
        resident.post(f"/board/{board.id}/ideas", htmx=True, id=idea_id, text="A bench")
        return resident.answer.headers["X-Facilitator"]

    def dot(then=""):
        resident.post(f"/voting/{board.id}/dots{then}", htmx=True, id=dot_id, target=shade.id, round=1)
        return resident.answer.headers["X-Facilitator"]

    assert (idea(), dot()) == ("kept", "refused")
    make.room_at(workshop, board, "vote")
    assert (idea(), dot()) == ("kept", "kept")
    make.room_at(workshop, board, "result")
    assert (idea(), dot(), dot(f"/{dot_id}/withdrawal")) == ("kept", "kept", "refused")
    assert [dot.withdrawn_at for dot in database.all(Dot)] == [None]
    assert sorted(idea.text for idea in database.all(Idea)) == ["A bench", "Light", "Ramp", "Shade"]


def test_a_withdrawal_done_before_is_kept_also_after_the_vote(make, phone, vote, workshop):
    board, (shade, *_rest) = vote()
    person = make.person(workshop)
    dot = make.dot(board, person, shade)
    resident = phone(workshop, person)
    for step in ("vote", "result"):
        make.room_at(workshop, board, step)
        resident.post(f"/voting/{board.id}/dots/{dot.id}/withdrawal", htmx=True, round=1)
        assert resident.answer.headers["X-Facilitator"] == "kept"


def test_an_idea_withdrawn_or_reworded_before_is_kept_after_the_lock(
    make, phone, console, database, board_at, workshop
):
    board = board_at("collect")
    person = make.person(workshop)
    bench, lamp = make.idea(board, "Bench", person), make.idea(board, "Lamp", person)
    resident = phone(workshop, person)

    def answers():
        for path, fields in ((bench.id, {"text": " A bench "}), (f"{lamp.id}/withdrawal", {})):
            resident.post(f"/board/{board.id}/ideas/{path}", htmx=True, **fields)
            yield resident.answer.headers["X-Facilitator"]

    assert list(answers()) == ["kept", "kept"]
    console().press("Lock posting")
    assert list(answers()) == ["kept", "kept"]
    assert [(idea.text, idea.deleted_at is None) for idea in (database.get(bench), database.get(lamp))] == [
        ("A bench", True),
        ("Lamp", False),
    ]


def test_a_dot_that_waited_never_falls_into_the_next_round(make, phone, database, vote, workshop):
    board, (shade, *_rest) = vote("vote-again", rounds=2)
    resident = phone(workshop)
    resident.post(f"/voting/{board.id}/dots", htmx=True, id=new_id(), target=shade.id, round=1)
    assert (resident.status, resident.answer.headers["X-Facilitator"]) == (409, "refused")
    assert "This vote is closed." in resident.text
    assert database.count(Dot) == 0


def test_in_a_break_a_phone_is_told_to_wait(phone, console, database, vote, workshop):
    board, (shade, *_rest) = vote()
    resident = phone(workshop)
    console().press("Pause")
    resident.post(f"/voting/{board.id}/dots", htmx=True, id=new_id(), target=shade.id, round=1)
    assert (resident.status, resident.answer.headers["X-Facilitator"]) == (409, "later")
    assert database.count(Dot) == 0


def test_the_answer_shows_nothing_of_a_board_the_room_has_left(make, phone, board_at, workshop):
    board = board_at("collect")
    resident = say(phone(workshop), board, "A bench")
    idea_id = database_id(resident)
    make.room_at(workshop, make.board(workshop), "collect")
    resident.post(f"/board/{board.id}/ideas", htmx=True, id=idea_id, text="A bench")
    assert (resident.status, resident.html) == (204, "")


def database_id(resident):
    """The id of the one idea in the person's own list."""
    (key,) = (key for key in resident.page.ids if key.startswith("own-"))
    return key.removeprefix("own-")


def test_what_waited_counts_for_the_one_who_gave_it_alone(make, phone, database, vote, workshop):
    """The phone has become somebody else's since, in another tab."""
    board, (shade, *_rest) = vote()
    first, second = make.person(workshop), make.person(workshop)
    resident = phone(workshop, first)
    mark = resident.page.body["data-owner"]

    def dot():
        token = {"X-CSRFToken": resident.page.csrf, "X-Person": mark}
        fields = {"id": new_id(), "target": shade.id, "round": 1}
        return resident.client.post(f"/voting/{board.id}/dots", data=fields, headers=token).headers["X-Facilitator"]

    assert dot() == "kept"
    resident.get(f"/r/{second.token}")
    assert resident.page.body["data-owner"] != mark
    assert dot() == "stranger"
    assert [dot.participant_id for dot in database.all(Dot)] == [first.id]
