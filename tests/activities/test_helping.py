"""Grouping with the room: phones propose, the wall shows how far they agree, the facilitator decides."""

import math
import re

import pytest

from facilitator.synthesis.models import Statement, Theme, new_id
from facilitator.voting import pile
from facilitator.voting.placings import Placing

WORDS = ["Cars on the pavement", "No bench", "Dark stairs", "Ramp too steep"]


class Room:
    """A board whose ideas are to be grouped, two themes, a facilitator at her desk."""

    def __init__(self, make, visit, phone, database, ideas=WORDS, **settings):
        self.make, self.database, self._visit, self._phone = make, database, visit, phone
        self.owner = make.staff()
        self.workshop = make.workshop(self.owner)
        self.board = make.board(self.workshop, **settings)
        self.ideas = [make.idea(self.board, text) for text in ideas]
        self.parking, self.benches = make.theme(self.board, "Parking"), make.theme(self.board, "Benches")
        make.room_at(self.workshop, self.board, "sort")
        self.desk = visit(self.owner)
        self.path = f"/voting/{self.board.id}"

    def asked(self, on=True):
        self.desk.post(f"{self.path}/helping", on="1" if on else "0")
        return self

    def phone(self, **more):
        return self._phone(self.workshop, **more).get(f"/w/{self.workshop.code}")

    def wall(self):
        return self._visit().get(f"/screen/{self.workshop.screen_token}").page.text_of("projector-stage")

    def console(self):
        return self.desk.get(f"/workshops/{self.workshop.id}/console")

    def propose(self, idea, *votes):
        """So many people for each theme (None: none of these)."""
        for theme, people in votes:
            for person in self.make.people(self.workshop, people):
                self.make.placing(self.board, person, idea, theme)

    def standing(self):
        """(idea's number, theme or None) of each voice that stands."""
        numbers = {idea.id: idea.number for idea in self.database.all(Statement)}
        rows = self.database.all(Placing, Placing.withdrawn_at.is_(None), Placing.skipped.is_(False))
        return sorted((numbers[row.statement_id], row.theme_id or 0) for row in rows)


@pytest.fixture
def room(make, visit, phone, database):
    return Room(make, visit, phone, database)


def uppermost(phone):
    """The idea that the open page shows, and what the phone would send with a tap."""
    fields = phone.page.form("/placings").fields
    return next((int(number) for number in fields["idea"].split()), 0)


def tap(phone, choice, **more):
    """Tap as without a script: the page comes back with the next idea."""
    return phone.send("/placings", theme=str(getattr(choice, "id", choice)), **more)


def test_a_phone_without_a_script_goes_through_the_pile_and_back(room):
    room.asked()
    resident = room.phone()
    assert "0 of 4 done" in resident.text
    seen = []
    for choice in (room.parking, "none", "skip"):
        seen.append(uppermost(resident))
        tap(resident, choice)
    assert "3 of 4 done" in resident.text
    assert room.standing() == sorted([(seen[0], room.parking.id), (seen[1], 0)])
    back = resident.page.button("One back")
    resident.post(back.address, **back.fields)
    resident.get(f"/w/{room.workshop.code}")
    assert "2 of 4 done" in resident.text
    assert seen[2] in {int(number) for number in resident.page.form("/placings").fields["ahead"].split()}
    while "4 of 4 done" not in resident.text:
        tap(resident, room.benches)
    assert sorted([*seen[:2], *(number for number, theme in room.standing() if theme == room.benches.id)]) == [
        1,
        2,
        3,
        4,
    ]
    assert "You have been through all of them." in resident.text


def test_a_script_is_answered_with_the_pile_in_the_order_it_lay_and_nothing_counts_twice(room):
    room.asked()
    resident = room.phone()
    form = resident.page.form("/placings")
    lying = form.fields["ahead"].split()
    sent = {**form.fields, "id": new_id(), "idea": lying[0], "theme": str(room.parking.id)}
    resident.post(f"{room.path}/placings", htmx=True, **sent)
    assert re.search(r'name="ahead" value="([^"]*)"', resident.html)[1].split() == lying[1:]
    assert f'data-idea="{lying[0]}" data-placed="{sent["id"]}" hidden' in resident.html
    other = {**sent, "id": new_id(), "theme": str(room.benches.id)}
    resident.post(f"{room.path}/placings", htmx=True, **other)  # changed one's mind
    resident.post(f"{room.path}/placings", htmx=True, **sent)  # what was on its way for long comes again
    assert room.standing() == [(int(lying[0]), room.benches.id)]
    resident.post(f"{room.path}/placings/{other['id']}/withdrawal", htmx=True, **sent)
    assert re.search(r'name="idea" value="(\d*)"', resident.html)[1] == lying[0]
    assert room.standing() == []


def test_what_was_proposed_for_least_comes_first_and_held_ideas_never(room):
    held = room.make.idea(room.board, "Held secret", status="held")
    room.make.idea(room.board, "Hidden secret", status="hidden")
    room.make.idea(room.board, "Call 13812345678")
    room.make.idea(room.board, "No bench, said twice: a secret", merged_into_id=room.ideas[1].id)
    for idea in room.ideas[:3]:
        room.propose(idea, (room.parking, 2))
    room.asked()
    pile._counted.forget()
    resident = room.phone()
    assert set(resident.page.form("/placings").fields["ahead"].split()[:2]) == {"4", "7"}
    assert "secret" not in resident.html
    assert "13812345678" not in resident.html
    tap(resident, room.parking, idea=str(held.number))
    assert held.number not in {number for number, _theme in room.standing()}


def test_a_proposal_is_refused_in_words_when_the_room_is_elsewhere(room):
    resident = room.phone()
    sent = {"id": new_id(), "idea": "1", "theme": str(room.parking.id)}

    def answer(**more):
        resident.post(f"{room.path}/placings", htmx=True, **{**sent, **more})
        return resident.status, resident.answer.headers["X-Facilitator"], resident.text

    assert answer() == (409, "refused", "Grouping together is closed. Thank you for helping!")
    room.asked()
    assert answer(theme="someday")[:2] == (400, "refused")
    assert answer(theme="999") == (409, "refused", "This theme is gone. Please choose again.")
    room.desk.post(f"/workshops/{room.workshop.id}/switches/paused", on="1")
    assert answer()[:2] == (409, "later")
    room.desk.post(f"/workshops/{room.workshop.id}/switches/paused", on="0")
    room.make.room_at(room.workshop, room.board, "vote")
    assert answer()[:2] == (409, "refused")
    room.make.room_at(room.workshop, room.board, "sort")
    assert (answer()[0], room.standing()) == (200, [(1, room.parking.id)])
    room.asked(on=False)
    assert answer(id=new_id())[:2] == (409, "refused")
    assert "Thank you for helping!" in room.phone().text


def test_the_desk_asks_the_room_and_thanks_it_with_one_button(room):
    room.console().press("Let the room help grouping")
    assert "0 people are helping to group." in room.console().text
    room.console().press("End the room's help")
    assert room.console().page.has_button("Let the room help grouping")


def test_the_wall_shows_how_far_we_agree_and_names_nobody(room):
    cars, bench, stairs, _ramp = room.ideas
    room.propose(cars, (room.parking, 12), (room.benches, 3))
    room.propose(bench, (room.parking, 4), (room.benches, 4))
    room.propose(stairs, (None, 5))
    assert "12 of 15" not in room.wall()
    wall = room.asked().wall()
    assert "1 / 4" in wall
    assert "12 of 15 Cars on the pavement" in wall
    assert "We don't agree yet 2" in wall
    assert "Person" not in wall
    room.asked(on=False)
    assert "12 of 15" not in room.wall()
    assert "Parking 12/15" in room.console().text  # the desk still sees it


def test_before_anything_is_proposed_the_wall_names_the_themes_to_choose_from(room):
    room.make.theme(room.board, "Stairs", room.ideas[2])
    assert "Parking 0 ideas Benches 0 ideas Stairs 1 idea" in room.asked().wall()
    room.propose(room.ideas[0], (room.parking, 3))
    assert "0 ideas" not in room.asked().wall()


def test_a_card_shows_as_many_as_it_has_room_for_and_says_how_many_more(room):
    for number in range(12):
        room.propose(room.make.idea(room.board, f"Cars {number}"), (room.parking, 3))
    said = room.asked().wall()
    assert said.count("3 of 3 Cars") == 6
    assert "Parking +12" in said
    assert "Cars 5 and 6 more" in said


def test_what_the_room_agreed_on_is_taken_with_one_tap_told_and_undone(room):
    cars, bench, stairs, ramp = room.ideas
    room.propose(cars, (room.parking, 12), (room.benches, 3))
    room.propose(bench, (room.benches, 3))
    room.propose(ramp, (room.parking, 2), (room.benches, 2))
    room.asked()
    room.console().press("Take all agreed (2)")
    where = {idea.id: idea.theme_id for idea in room.database.all(Statement)}
    assert where == {cars.id: room.parking.id, bench.id: room.benches.id, stairs.id: None, ramp.id: None}
    told = room.desk.get(f"/statements/{cars.id}").text
    assert "Moved into “Parking”: 12 of 15 in the room put it there" in told
    room.console().press("Undo")
    assert {idea.theme_id for idea in room.database.all(Statement)} == {None}
    assert "12 of 15" not in room.desk.get(f"/statements/{cars.id}").text
    room.console().press("Parking 12/15")
    assert room.database.get(cars).theme_id == room.parking.id


def test_what_a_colleague_placed_by_hand_is_not_moved_and_a_merged_theme_gives_its_voices_on(room):
    cars, bench, _stairs, _ramp = room.ideas
    room.propose(cars, (room.parking, 3))
    room.propose(bench, (room.parking, 2), (room.benches, 2))
    pair = room.asked().console().page.button("Take all agreed (1)")
    room.desk.post(f"/synthesis/{room.board.id}/statements/{cars.id}/move", theme=str(room.benches.id))
    assert room.desk.post(pair.address, **pair.fields).status == 409
    assert room.database.get(cars).theme_id == room.benches.id
    room.desk.post(f"/synthesis/{room.board.id}/themes/{room.parking.id}/merge", theme=str(room.benches.id))
    assert "Benches 4/4" in room.console().text
    room.desk.post(f"/synthesis/{room.board.id}/themes/{room.benches.id}/dissolution")
    assert room.database.count(Theme, Theme.deleted_at.is_(None)) == 0
    assert "/4" not in room.console().page.text_of("console-stage")


def test_a_tap_and_the_screens_ask_no_more_among_thirty_ideas_than_among_three(
    make, visit, phone, database, queries, monkeypatch
):
    monkeypatch.setattr(pile, "FRESH", math.inf)  # or what was counted might be old in the middle of a tap

    def asked(ideas):
        room = Room(make, visit, phone, database, [f"Idea {number}" for number in range(ideas)])
        room.asked()
        for idea in room.ideas[::2]:
            room.propose(idea, (room.parking, 2), (None, 1))
        resident = room.phone()
        fields = {**resident.page.form("/placings").fields, "theme": str(room.parking.id)}
        room.wall()
        pile._counted.forget()
        at_once = queries(lambda: resident.post(f"{room.path}/placings", htmx=True, **fields))
        assert resident.status == 200
        pile._counted.forget()
        again = queries(lambda: resident.get(f"/w/{room.workshop.code}"))
        return at_once, again, queries(room.console), queries(room.wall)

    assert asked(3) == asked(30)
