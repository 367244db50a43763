"""What the room sees of a competition: who presents, whom it votes for, and nothing of the result before its moment."""

import re
import zlib
from datetime import datetime, timedelta

import pytest

from facilitator.activities.competition.audit import AuditLine
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Judge, Score
from facilitator.activities.competition.models import Competition
from facilitator.extensions import db, now
from facilitator.synthesis.models import new_id
from facilitator.voting.dots import Dot
from facilitator.voting.until import ends_at, is_over
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.models import Workshop
from facilitator.workshop.versions import claim
from tests.activities import competitions
from tests.activities.test_board import without_tokens
from tests.activities.test_board_pages import PHONE_LOADS, files_of, packed
from tests.live.follower import Follower
from tests.live.running import Running
from tests.visitors import Visitor

STEPS = ("gallery", "lot", "present", "vote", "award")
PHOTOS = ("aa.jpg", "bb.jpg", "cc.jpg")


class Evening:
    """A competition with its facilitator at her desk."""

    def __init__(self, app, make, visit, phone, database, **settings):
        entries, judges = settings.pop("entries", 3), settings.pop("judges", 3)
        scored = settings.pop("scored", True)
        self.app, self.make, self.database, self._phone = app, make, database, phone
        self.owner = make.staff()
        self.workshop = make.workshop(self.owner)
        self.id = competitions.new_competition(app, self.workshop, **settings)
        more = {"entries": entries, "judges": judges, "scored": scored, "photos": PHOTOS}
        self.filled = competitions.fill(app, self.id, **more)
        self.desk, self.wall, self._visit = visit(self.owner), visit(), visit

    @property
    def competition(self):
        return self.database.get(Competition, self.id)

    def go(self, step):
        self.make.room_at(self.workshop, self.competition, step)

    def do(self, path, **fields):
        """A press at the desk, as its script sends it."""
        self.desk.get(self.console)
        return self.desk.post(f"/competition/{self.id}/{path}", htmx=True, **fields)

    @property
    def console(self):
        return f"/workshops/{self.workshop.id}/console"

    @property
    def screen(self):
        return f"/screen/{self.workshop.screen_token}"

    def phone(self, person=None):
        return self._phone(self.workshop, person)

    def undo(self):
        self.desk.get(self.console)
        self.desk.send(f"/workshops/{self.workshop.id}/undo")

    def press(self, words):
        return self.desk.get(self.console).press(words)

    def on_wall(self):
        return self.wall.get(self.screen).page.text_of("projector-stage")

    def on_desk(self):
        return self.desk.get(self.console).page.text_of("console-stage")

    def entry(self, number):
        return self.database.get(Entry, self.filled.entries[number])

    def everywhere(self, person):
        """All that phones and the projector are sent: pages, fragments, one's own part, the page of an entry."""
        resident, room = self.phone(person), f"/w/{self.workshop.code}"
        paths = [room, f"{room}/fragments", f"{room}/scene"]
        paths += [f"/competition/{self.id}/entries/{entry_id}" for entry_id in self.filled.entries]
        walls = [(self.wall, self.screen), (self.wall, f"{self.screen}/fragments")]
        return [*((resident, path) for path in paths), *walls]

    def at_the_desk(self):
        return [(self.desk, self.console), (self.desk, f"{self.console}/fragments")]

    def order(self):
        return [entry.number for entry in sorted(self.database.all(Entry), key=lambda each: each.turn) if entry.turn]


@pytest.fixture
def evening(app, make, visit, phone, database):
    return lambda **settings: Evening(app, make, visit, phone, database, **settings)


def sent(addresses):
    return [without_tokens(visitor.get(path).html) for visitor, path in addresses]


# --- Nothing before the reveal


def give(app, evening, best):
    """Let every judge give one entry nines and the others twos; the workshop's version counts up as for any act."""
    with app.app_context():
        for row in db.session.query(Score):
            row.points = 900 if row.entry_id == evening.filled.entries[best] else 200
        claim(evening.workshop.id)
        db.session.commit()


@pytest.mark.parametrize("step", STEPS)
def test_who_leads_changes_nothing_that_anybody_is_sent_before_the_scores_are_locked(app, make, evening, step):
    """Byte for byte, the console too: staff see who has given, never what."""
    final = evening()
    final.go(step)
    person = make.person(final.workshop)
    addresses = [*final.everywhere(person), *final.at_the_desk()]
    give(app, final, best=0)
    before = sent(addresses)
    assert not any("9.00" in html for html in before)
    give(app, final, best=2)
    assert sent(addresses) == before


@pytest.mark.parametrize("step", STEPS)
def test_locked_or_not_and_whoever_leads_the_room_sees_the_same_until_a_place_is_revealed(app, make, evening, step):
    final = evening()
    final.go(step)
    addresses = final.everywhere(make.person(final.workshop))
    give(app, final, best=0)
    before = sent(addresses)
    competitions.lock(app, final.id, final.owner.id)
    assert sent(addresses) == before
    give(app, final, best=2)
    assert sent(addresses) == before


def test_dots_change_nothing_that_the_room_is_sent_before_the_reveal(app, make, evening):
    final = evening()
    voters = make.people(final.workshop, 3)
    competitions.vote(app, final.id, voters, {final.filled.entries[0]: 3})
    competitions.lock(app, final.id, final.owner.id)
    for step in STEPS:
        final.go(step)
        addresses = final.everywhere(make.person(final.workshop))
        before = sent(addresses)
        with app.app_context():
            for dot in db.session.query(Dot):
                dot.statement_id = final.filled.entries[2 if dot.statement_id == final.filled.entries[0] else 0]
            db.session.commit()
        assert sent(addresses) == before


def test_after_one_reveal_only_that_place_is_there(app, make, evening):
    final = evening(entries=4)
    final.go("award")
    competitions.lock(app, final.id, final.owner.id)
    with app.app_context():
        places = {place.rank: place for place in db.session.get(Competition, final.id).standing().places}
        words = {rank: (place.entry.title, f"{float(place.total):.2f}") for rank, place in places.items()}
    final.press("Reveal the next (3 left)")
    addresses = [pair for pair in final.everywhere(make.person(final.workshop)) if "/entries/" not in pair[1]]
    for html in sent(addresses):
        assert all(words[rank][0] not in html for rank in (1, 2, 4))
        assert all(words[rank][1] not in html for rank in (1, 2, 4) if words[rank][1] != words[3][1])
    assert "Place 3" in final.on_wall()
    assert words[3][0] in final.on_wall()
    assert words[3][1] in final.on_wall()


def test_the_award_comes_from_third_to_first_and_then_whole(app, make, evening):
    final = evening(entries=4)
    final.go("award")
    assert "Before the award" not in final.on_desk()
    assert "Lock the scores" in final.on_desk()
    assert not final.desk.page.has_button("Reveal the next")
    competitions.lock(app, final.id, final.owner.id)
    assert "Ready to reveal" in final.on_wall()
    with app.app_context():
        order = [place.entry.title for place in db.session.get(Competition, final.id).standing().places]
    for left, rank in ((3, 3), (2, 2), (1, 1)):
        told = final.on_desk()
        assert f"Place {rank}" in told
        assert order[rank - 1] in told, "the facilitator alone is told who comes next"
        assert "confetti" not in final.wall.get(final.screen).html
        final.press(f"Reveal the next ({left} left)")
        assert f"Place {rank} {order[rank - 1]}" in final.on_wall()
    assert "confetti" in final.wall.html
    rows = re.findall(r'id="row-([0-9a-f]+)"', final.wall.html)
    assert [final.database.get(Entry, key).text for key in rows] == order
    assert [line for line in order if line in final.phone().page.text_of("mine")] == order
    final.press("Hide")
    assert "Ready to reveal" in final.on_wall()
    assert order[0] not in final.phone().page.text_of("phone-stage")


def test_equals_are_revealed_together(app, evening):
    final = evening(vote_on="none", tie="shared")
    give(app, final, best=0)
    final.go("award")
    competitions.lock(app, final.id, final.owner.id)
    final.press("Reveal the next (2 left)")
    assert final.on_wall().count("方案") == 0
    assert len(re.findall(r'id="prize-', final.wall.html)) == 2


def test_ones_own_dots_are_marked_in_the_whole_result(app, make, evening):
    final = evening(budget=3, cap=2)
    me = make.person(final.workshop)
    competitions.vote(app, final.id, [me], {final.filled.entries[0]: 2, final.filled.entries[1]: 1})
    final.go("award")
    competitions.lock(app, final.id, final.owner.id)
    competitions.reveal(app, final.id)
    assert "my 2 dots" in final.phone(me).page.text_of("mine")
    assert "my dot" in final.phone(me).page.text_of("mine").replace("my 2 dots", "")
    assert "my" not in final.phone().page.text_of("mine")


def test_phones_ask_for_their_own_part_anew_when_the_whole_result_is_out(app, evening):
    final = evening()
    final.go("award")
    competitions.lock(app, final.id, final.owner.id)
    scenes = []
    for words in ("Reveal the next (3", "Reveal the next (2", "Reveal the next (1", "Hide"):
        scenes.append(final.phone().page.body and scene(final))
        final.press(words)
    scenes.append(scene(final))
    assert scenes[0] == scenes[1] == scenes[2] != scenes[3] != scenes[4]


def scene(final):
    return re.search(r'id="phone-bar"[^>]*data-scene="([^"]+)"', final.phone().html)[1]


# --- Sockets


@pytest.fixture
def running(tmp_path):
    server = Running(tmp_path / "data", FACILITATOR_TICK_MS="100").start()
    yield server
    server.stop()


def test_nothing_on_any_open_socket_tells_of_a_score_before_the_reveal(running):
    owner = running.make.staff()
    workshop = running.make.workshop(owner)
    number = competitions.new_competition(running.app, workshop)
    filled = competitions.fill(running.app, number, entries=3, judges=2, criteria=1, scored=False, photos=PHOTOS)
    with running.app.app_context():
        workshop_row = db.session.get(Workshop, workshop.id)
        workshop_row.activity_id, workshop_row.step = number, "award"
        tokens = [judge.token for judge in db.session.query(Judge)]
        db.session.commit()
    person = running.make.person(workshop)
    resident, staff = running.resident(person), running.staff(owner)
    phone = Follower(resident, "phone", workshop.code, f"/w/{workshop.code}/fragments")
    wall = Follower(resident, "projector", workshop.screen_token, f"/screen/{workshop.screen_token}/fragments")
    desk = Follower(staff, "console", workshop.id, f"/workshops/{workshop.id}/console/fragments")
    drawn = [dict(screen.shown) for screen in (phone, wall)]
    judge = _judge(running, tokens[0])
    address = f"/competition/{number}/judging"
    for entry_id, points in zip(filled.entries, ("9", "3", "6"), strict=True):
        judge.post(f"{address}/{entry_id}/scores", **{f"score-{filled.criteria[0]}": points})
    desk.until_it_shows("1 of 2 judges complete")
    assert [dict(screen.shown) for screen in (phone, wall)] == drawn
    assert not any("9.00" in html for html in desk.shown.values())
    for screen in (phone, wall, desk):
        screen.close()


def _judge(running, token):
    return running._browser(Visitor(running.app).get(f"/G/{token}"))


# --- Lots


def test_lots_are_drawn_one_by_one_live_and_the_log_tells_of_the_whole_order(evening):
    final = evening(entries=3)
    final.go("lot")
    assert "Who begins?" in final.on_wall()
    for drawn in range(3):
        final.press("Draw the next")
        assert f"{drawn + 1} of 3" in final.on_wall()
        assert len(final.order()) == drawn + 1
        assert final.database.count(AuditLine, AuditLine.act == "lot") == (drawn == 2)
    (line,) = final.database.all(AuditLine, AuditLine.act == "lot")
    assert line.said == {"order": final.order()}
    assert line.staff_id == final.owner.id
    assert not final.desk.get(final.console).page.has_button("Draw the next")


def test_what_is_not_drawn_yet_is_nowhere(app, make, evening):
    """Whatever the rest of the order is, every screen is the same, byte for byte."""
    final = evening(entries=5)
    final.go("lot")
    final.do("lot", what="next", drawn=0)
    addresses = [*final.everywhere(make.person(final.workshop)), *final.at_the_desk()]
    before = sent(addresses)
    with app.app_context():
        here = db.session.get(Competition, final.id)
        first = next(entry.id for entry in Entry.in_order(here) if entry.turn)
        rest = [key for key in here.state["lot"] if key != first]
        here.state = {**here.state, "lot": [first, *reversed(rest)]}
        db.session.commit()
    assert sent(addresses) == before


def test_taking_a_draw_back_and_drawing_again_gives_the_same(evening):
    final = evening(entries=6)
    final.go("lot")
    for drawn in range(3):
        final.do("lot", what="next", drawn=drawn)
    before = final.order()
    for _ in range(3):
        final.undo()
    assert final.order() == []
    final.do("lot", what="all", drawn=0)
    assert final.order()[:3] == before
    assert sorted(final.order()) == [1, 2, 3, 4, 5, 6]


def test_two_facilitators_drawing_at_once_draw_one(evening):
    final = evening()
    final.go("lot")
    final.do("lot", what="next", drawn=0)
    final.do("lot", what="next", drawn=0)
    assert len(final.order()) == 1


def test_drawing_anew_is_told_in_the_log_and_can_be_undone(evening):
    final = evening(entries=4)
    final.go("lot")
    final.do("lot", what="all", drawn=0)
    before = final.order()
    final.do("lot", what="again")
    assert final.order() == []
    lines = [line.said for line in final.database.all(AuditLine, AuditLine.act == "lot")]
    assert lines == [{"order": before}, {"order": before, "again": True}]
    final.undo()
    assert final.order() == before


def test_the_order_stands_once_somebody_has_presented(evening):
    final = evening()
    final.go("lot")
    final.do("lot", what="all", drawn=0)
    before = final.order()
    final.go("present")
    final.do("presenting", entry=final.filled.entries[0])
    assert final.do("lot", what="again").status == 409
    assert final.order() == before


def test_what_came_in_after_the_shuffling_is_drawn_last(app, evening):
    final = evening(entries=2)
    final.go("lot")
    final.do("lot", what="next", drawn=0)
    with app.app_context():
        Entry.add(db.session.get(Competition, final.id), "Late")
        db.session.commit()
    final.do("lot", what="all", drawn=1)
    assert final.order()[-1] == 3


# --- Presentations


def test_calling_an_entry_shows_it_everywhere_and_starts_its_time(evening):
    final = evening(minutes=4, question_minutes=2)
    final.go("present")
    assert "call the first entry" in final.on_desk()
    final.do("presenting", entry=final.filled.entries[1])
    workshop = final.database.get(final.workshop)
    assert timedelta(minutes=3, seconds=50) < workshop.timer_ends_at - now() <= timedelta(minutes=4)
    assert final.entry(1).team in final.on_wall()
    assert "aa.jpg" in final.wall.html
    assert f"/competition/{final.id}/entries/{final.entry(1).id}" in final.phone().page.links
    assert final.desk.get(final.console).page.has_button("Questions (2 min)")
    final.press("Questions (2 min)")
    assert final.database.get(final.workshop).timer_ends_at - now() <= timedelta(minutes=2)


def test_an_entry_without_pictures_is_presented_in_its_own_words(app, evening):
    final = evening()
    final.go("present")
    with app.app_context():
        entry = db.session.get_one(Entry, final.filled.entries[1])
        for picture in entry.pictures:
            picture.deleted_at = now()
        entry.pdf_page, entry.about, entry.about_en = "", "A bench under the camphor tree. Call 13812345678.", ""
        db.session.commit()
    final.do("presenting", entry=final.filled.entries[1])
    assert "A bench under the camphor tree. Call 138****5678." in final.on_wall()
    assert "#image" not in final.wall.html


def test_undoing_gives_back_who_presented_before_and_the_time(evening):
    final = evening()
    final.go("present")
    final.do("presenting", entry=final.filled.entries[0])
    before = final.database.get(final.workshop).timer_ends_at
    final.do("presenting", entry=final.filled.entries[1])
    final.undo()
    assert final.competition.state["presenting"] == final.filled.entries[0]
    assert final.competition.state["presented"] == [final.filled.entries[0]]
    assert final.database.get(final.workshop).timer_ends_at == before


def test_one_after_the_other_is_called_in_the_order_of_the_lot(evening):
    final = evening(entries=3)
    final.go("lot")
    final.do("lot", what="all", drawn=0)
    order = final.order()
    final.go("present")
    called = []
    for _ in order:
        final.press("Next: ").get(final.console)
        called.append(final.database.get(Entry, final.competition.state["presenting"]).number)
    assert called == order
    assert "3/3" in final.on_desk()


def test_questions_go_to_the_entry_that_presents(evening):
    final = evening()
    final.go("present")
    asker = final.phone()
    ask = f"/questions/{final.id}"
    assert asker.post(ask, htmx=True, id=new_id(), text="To nobody?").status == 409
    final.do("presenting", entry=final.filled.entries[0])
    asker.get(f"/w/{final.workshop.code}").post(ask, htmx=True, id=new_id(), text="Who waters it?")
    assert asker.status == 200
    assert "Who waters it?" in final.on_desk()
    assert "1 question waits" in final.on_wall()
    final.press("To the microphone")
    assert "Who waters it?" in final.on_wall()
    final.do("presenting", entry=final.filled.entries[1])
    assert "Who waters it?" not in final.on_desk() + final.on_wall()


def test_nobody_is_called_where_the_room_is_elsewhere_or_the_entry_is_out(app, evening):
    final = evening()
    final.go("gallery")
    assert final.do("presenting", entry=final.filled.entries[0]).status == 409
    final.go("present")
    with app.app_context():
        db.session.get(Entry, final.filled.entries[0]).take_out()
        db.session.commit()
    assert final.do("presenting", entry=final.filled.entries[0]).status == 404
    assert final.do("presenting", entry="nothing").status == 404


def test_in_blind_mode_no_screen_of_the_room_names_a_team_before_the_award(app, make, evening):
    final = evening(blind=True)
    person = make.person(final.workshop)
    final.go("present")
    final.do("presenting", entry=final.filled.entries[0])
    teams = {final.entry(number).team for number in range(3)}
    for step in STEPS:
        final.go(step)
        assert not any(team in html for html in sent(final.everywhere(person)) for team in teams)
    final.go("gallery")
    assert all(team in final.on_desk() for team in teams), "staff know whom they call"
    competitions.lock(app, final.id, final.owner.id)
    competitions.reveal(app, final.id)
    assert any(team in final.on_wall() for team in teams)


# --- The gallery


def test_every_entry_has_a_page_with_its_pictures_and_the_way_to_its_neighbours(evening):
    final = evening(entries=3)
    resident = final.phone()
    for step in STEPS:
        final.go(step)
        at = f"/competition/{final.id}/entries/"
        assert resident.get(f"{at}{final.filled.entries[1]}").status == 200
    text = resident.text
    assert final.entry(1).text in text
    assert "Before" in text
    assert "After" in text
    for neighbour in (0, 2):
        assert f"{at}{final.filled.entries[neighbour]}" in resident.page.links
    assert f"/w/{final.workshop.code}" in resident.page.links
    assert all(name in resident.html for name in PHOTOS)
    assert resident.get(f"{at}{final.filled.entries[1]}/drawings.pdf").status == 404


def test_strangers_and_entries_that_were_taken_out_get_nothing(app, make, visit, phone, evening):
    final = evening()
    address = f"/competition/{final.id}/entries/{final.filled.entries[0]}"
    assert final.entry(0).text not in visit().get(address).html
    assert final.entry(0).text not in phone(make.workshop()).get(address).html
    with app.app_context():
        db.session.get(Entry, final.filled.entries[0]).take_out()
        db.session.commit()
    assert final.phone().get(address).status == 404


@pytest.mark.parametrize("step", STEPS)
def test_a_phones_first_load_stays_small(app, evening, step):
    final = evening(entries=12)
    competitions.lock(app, final.id, final.owner.id)
    final.go(step)
    if step == "award":
        competitions.reveal(app, final.id)
    resident = final.phone()
    page = packed(resident, f"/w/{final.workshop.code}")
    assert len(page) + files_of(resident, zlib.decompress(page, 31).decode()) <= PHONE_LOADS


def happen(app, final):
    """Something in the workshop, so that every screen is drawn anew."""
    with app.app_context():
        claim(final.workshop.id)
        db.session.commit()


@pytest.mark.parametrize("step", STEPS)
def test_as_many_questions_for_nine_entries_as_for_three(app, make, evening, queries, step):
    def asked(entries):
        final = evening(entries=entries)
        competitions.lock(app, final.id, final.owner.id)
        final.go(step)
        if step == "present":
            final.do("presenting", entry=final.filled.entries[0])
        if step == "award":
            competitions.reveal(app, final.id)
        person = make.person(final.workshop)
        counts = []
        for visitor, path in [*final.everywhere(person)[:3], (final.wall, final.screen), *final.at_the_desk()]:
            happen(app, final)  # between two pages: nothing that was kept will do
            counts.append(queries(lambda visitor=visitor, path=path: visitor.get(path)))
        return counts

    assert asked(9) == asked(3)


def test_the_result_is_reckoned_once_until_something_happens(app, evening):
    final = evening()
    competitions.lock(app, final.id, final.owner.id)
    with app.app_context():
        here = db.session.get(Competition, final.id)
        first = here.prizes()
        assert here.prizes() is first
    happen(app, final)
    with app.app_context():
        again = db.session.get(Competition, final.id).prizes()
    assert again is not first
    assert again == first


# --- The vote


def dot(final, resident, entry_id):
    """Place a dot as the phone's script does."""
    fields = {"id": new_id(), "round": "1", "target": entry_id}
    return resident.get(f"/w/{final.workshop.code}").post(f"/voting/{final.id}/dots", htmx=True, **fields)


def moment(ahead):
    return f"{datetime.now(TOWN_TIME) + ahead:%Y-%m-%dT%H:%M}"


def test_whoever_comes_from_the_poster_finds_rules_gallery_and_dots(evening):
    final = evening(vote_until=moment(timedelta(days=3)), budget=2, jury_share=60)
    final.go("vote")
    resident = final.phone()
    mine, stage = resident.page.text_of("mine"), resident.page.text_of("phone-stage")
    assert "You can vote until" in mine
    assert "60 %, our dots 40 %" in mine
    assert "2 dots, at most 1 on the same one" in mine
    assert "revealed together" in mine
    assert all(final.entry(number).text in mine and final.entry(number).text in stage for number in range(3))
    assert all(f"/competition/{final.id}/entries/{key}" in resident.page.links for key in final.filled.entries)
    assert dot(final, resident, final.filled.entries[0]).status == 200
    assert final.database.count(Dot) == 1


def test_the_poster_for_the_door_says_until_when_one_can_vote(app, evening):
    final = evening(vote_until="2031-05-04T18:30")
    poster = f"/workshops/{final.workshop.id}/poster"
    assert "You can vote until 4 May 2031, 18:30." in final.desk.get(poster).text
    competitions.new_competition(app, final.workshop, title="Lanterns", vote_until="2031-05-06T20:00", vote_on="none")
    assert "Lanterns" not in final.desk.get(poster).text
    competitions.new_competition(app, final.workshop, title="Trees", vote_until="2031-05-07T20:00")
    assert "Trees · You can vote until 7 May 2031, 20:00." in final.desk.get(poster).text


def test_the_ballot_calls_every_scheme_by_the_number_that_hangs_on_the_wall(evening):
    final = evening()
    final.go("vote")
    resident = final.phone()
    numbered = [f"{final.entry(number).number} {final.entry(number).text}" for number in range(3)]
    assert [resident.page.text_of(f"n{number}") for number in (1, 2, 3)] == numbered
    dot(final, resident, final.filled.entries[1])
    assert numbered[1] in resident.text


def test_once_its_moment_is_over_no_dot_moves_though_the_room_still_stands_there(app, evening):
    final = evening(vote_until=moment(timedelta(days=1)))
    final.go("vote")
    resident = final.phone()
    dot(final, resident, final.filled.entries[0])
    (placed,) = final.database.all(Dot)
    with app.app_context():
        here = db.session.get(Competition, final.id)
        here.settings = {**here.settings, "vote_until": moment(-timedelta(minutes=1))}
        db.session.commit()
    assert dot(final, resident, final.filled.entries[1]).status == 409
    assert "This vote is closed." in resident.text
    resident.get(f"/w/{final.workshop.code}")
    assert "This vote is closed." in resident.page.text_of("mine")
    resident.post(f"/voting/{final.id}/dots/{placed.id}/withdrawal", htmx=True)
    assert resident.status == 409
    assert [row.withdrawn_at for row in final.database.all(Dot)] == [None]


def test_the_moment_is_in_the_towns_time():
    settings = {"vote_until": "2026-12-01T18:00"}
    end = ends_at(settings)
    assert f"{end:%d %H:%M %Z}" == "01 10:00 UTC"
    assert [is_over(settings, end + timedelta(seconds=off)) for off in (-1, 0, 1)] == [False, True, True]
    assert not is_over({"vote_until": ""}, end)
    assert not is_over({}, end)


def test_the_wall_says_how_many_have_voted_and_the_way_in(app, make, evening):
    final = evening()
    final.go("vote")
    competitions.vote(app, final.id, make.people(final.workshop, 2), {final.filled.entries[0]: 2})
    assert "2 / 2 people have placed dots" in final.on_wall()
    assert "2 of 2 people have placed 2 dots" in final.on_desk()
    assert f"/voting/{final.id}/counts/1" in final.desk.page.links


# --- The console


def test_the_desk_says_who_is_behind(app, evening):
    final = evening(judges=2, entries=2, scored=False)
    final.go("gallery")
    assert "0 of 2 judges complete" in final.on_desk()
    assert "评委1号 2" in final.on_desk(), "so many entries are still to come"
    competitions.lock(app, final.id, final.owner.id)
    assert "2 locked" in final.on_desk()
