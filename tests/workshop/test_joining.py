"""How a phone becomes somebody, and stays the same somebody."""

import pytest

from facilitator.workshop.joining import MOST_ROOMS
from facilitator.workshop.models import ALPHABET, CODE_LENGTH, PERSONAL_CODE_LENGTH, Participant

WRONG = "2222"
TRIES = 8  # as config.py has it


@pytest.fixture
def workshop(make):
    return make.workshop(code="ABCDEF".replace("B", "K"))


def who(phone):
    """Who the page says one is."""
    return phone.page.ids["line"] and phone.text.split(phone.page.text_of("line"))[1].split()[0]


def personal_code(phone, workshop):
    return phone.get(f"/w/{workshop.code}/me").page.text.split("another phone.")[1].split()[0]


# --- The way in


@pytest.mark.parametrize("typed", ["AKCDEF", "akcdef", "aKcDeF", " akc def ", "AKC-DEF"])
def test_the_code_opens_in_any_case_and_spacing(visit, workshop, typed):
    resident = visit().get("/")
    resident.send("/j", code=typed)
    assert (resident.status, resident.path) == (200, "/j/AKCDEF")
    assert "Welcome! Good that you are here." in resident.text


@pytest.mark.parametrize("address", ["/j/AKCDEF", "/j/akcdef", "/J/AKCDEF"])
def test_the_address_of_the_qr_code_opens_in_any_case(visit, workshop, address):
    assert "Welcome! Good that you are here." in visit().get(address).text


def test_a_code_of_no_workshop_says_what_to_do(visit, workshop):
    resident = visit().get("/")
    resident.send("/j", code="QQQQQQ")
    assert resident.status == 404
    assert "No workshop has this code. Please compare it with the big screen." in resident.text


def test_codes_hold_no_letters_that_look_alike(make):
    codes = [make.workshop().code for _ in range(20)]
    assert [len(code) for code in codes] == [CODE_LENGTH] * 20
    assert not set("".join(codes)) - set(ALPHABET)
    assert not set("01OILBSZ") & set(ALPHABET)


def test_welcome_is_in_the_phones_language(visit, workshop):
    assert "Good that you are here" in visit("en").get("/j/AKCDEF").text
    assert "欢迎" in visit("zh").get("/j/AKCDEF").text


def test_a_name_is_welcome_and_not_needed(visit, database, workshop):
    for name in ("王阿姨", ""):
        resident = visit().get("/j/AKCDEF")
        resident.send("/j/AKCDEF", name=name)
        assert resident.path == "/w/AKCDEF"
    people = database.all(Participant)
    assert [(person.number, person.name) for person in people] == [(1, "王阿姨"), (2, "")]
    assert all(len(person.personal_code) == PERSONAL_CODE_LENGTH for person in people)
    assert "Person 2" in resident.text


def test_a_long_or_hostile_name_is_made_harmless(visit, database, workshop):
    resident = visit().get("/j/AKCDEF")
    resident.send("/j/AKCDEF", name="\u202e<b>" + "长" * 50)
    assert database.all(Participant)[0].name == "<b>" + "长" * 17
    assert "<b>长" not in resident.html


def test_latecomers_land_where_the_room_is(make, phone, workshop):
    board = make.board(workshop, instruction="What bothers you?")
    make.room_at(workshop, board, "collect")
    assert "What bothers you?" in phone(workshop).text


def test_pressing_twice_makes_one_person(visit, database, workshop):
    resident = visit().get("/j/AKCDEF")
    ticket = resident.page.form("/j/AKCDEF").fields["ticket"]
    resident.send("/j/AKCDEF", name="Li")
    # The answer to the first press was lost: the same ticket comes again, without the cookie it would have set.
    again = visit().get("/j/AKCDEF")
    again.send("/j/AKCDEF", name="Li", ticket=ticket)
    assert database.count(Participant) == 1
    assert again.path == "/w/AKCDEF"


def test_a_ticket_of_another_workshop_makes_a_person_of_their_own(make, visit, database, workshop):
    other = make.workshop()
    resident = visit().get("/j/AKCDEF")
    ticket = resident.page.form("/j/AKCDEF").fields["ticket"]
    resident.send("/j/AKCDEF")
    resident.get(f"/j/{other.code}")
    resident.send(f"/j/{other.code}", ticket=ticket)
    tokens = [person.token for person in database.all(Participant)]
    assert [person.workshop_id for person in database.all(Participant)] == [workshop.id, other.id]
    assert len(set(tokens)) == 2


def test_three_hundred_join_from_one_address(visit, database, workshop):
    for _ in range(300):
        resident = visit()
        resident.get("/j/AKCDEF")
        resident.send("/j/AKCDEF")
        assert resident.path == "/w/AKCDEF"
    people = database.all(Participant)
    assert [person.number for person in people] == list(range(1, 301))
    assert len({person.personal_code for person in people}) == 300


# --- Staying the same


def test_a_reloaded_phone_is_the_same_person(phone, database, workshop):
    resident = phone(workshop)
    name = who(resident)
    assert who(resident.get("/w/AKCDEF")) == name
    assert who(resident.get("/j/AKCDEF")) == name
    resident.post("/j/AKCDEF", name="someone else")
    assert who(resident) == name
    assert database.count(Participant) == 1


def test_the_resume_link_brings_another_phone_back_as_the_same_person(phone, visit, database, workshop):
    resident = phone(workshop)
    name = who(resident)
    link = resident.get("/w/AKCDEF/me").page.ids["link"]["value"]
    other = visit().get(link.removeprefix("http://localhost:8000"))
    assert (other.path, who(other)) == ("/w/AKCDEF", name)
    assert database.count(Participant) == 1


def test_a_resume_link_of_nobody_is_not_found(visit, workshop):
    assert visit().get("/r/" + "x" * 22).status == 404


@pytest.mark.parametrize("change", [str, str.lower, lambda code: f" {code[:2]} {code[2:]} "])
def test_the_personal_code_brings_one_back(phone, visit, database, workshop, change):
    resident = phone(workshop)
    name = who(resident)
    other = visit().get("/j/AKCDEF")
    other.send("/resume", personal_code=change(personal_code(resident, workshop)))
    assert (other.path, who(other)) == ("/w/AKCDEF", name)
    assert database.count(Participant) == 1


def test_a_personal_code_counts_in_its_own_workshop_only(make, phone, visit, workshop):
    stranger = make.person(make.workshop())
    other = visit().get("/j/AKCDEF")
    other.send("/resume", personal_code=stranger.personal_code)
    assert other.status == 404


def test_a_phone_is_somebody_in_several_workshops(make, phone, workshop):
    resident = phone(workshop)
    name = who(resident)
    for _ in range(MOST_ROOMS - 1):
        other = make.workshop()
        resident.get(f"/j/{other.code}")
        resident.send(f"/j/{other.code}")
    assert who(resident.get("/w/AKCDEF")) == name


# --- Guessing


def test_a_wrong_personal_code_says_so(visit, workshop):
    guesser = visit().get("/j/AKCDEF")
    guesser.send("/resume", personal_code=WRONG)
    assert guesser.status == 404
    assert "Nobody here has this personal code. Please check it and try again." in guesser.text


def test_too_many_wrong_codes_rest_the_form_of_this_workshop_only(make, phone, visit, workshop):
    other = make.workshop()
    mine, theirs = make.person(workshop), make.person(other)
    guesser = visit().get("/j/AKCDEF")
    for _ in range(TRIES):
        guesser.post("/j/AKCDEF/resume", personal_code=WRONG)
    assert guesser.status == 429
    assert "Too many wrong codes. Please wait ten minutes, or ask the facilitator." in guesser.text
    # It rests for the right code too, else guessing would go on unhindered.
    guesser.post("/j/AKCDEF/resume", personal_code=mine.personal_code)
    assert guesser.status == 429
    # Another workshop, links and cookies go on.
    elsewhere = visit().get(f"/j/{other.code}")
    elsewhere.send("/resume", personal_code=theirs.personal_code)
    assert elsewhere.path == f"/w/{other.code}"
    assert phone(workshop, mine).path == "/w/AKCDEF"
    assert phone(workshop).path == "/w/AKCDEF"


def test_right_codes_are_not_counted(make, visit, workshop):
    person = make.person(workshop)
    for _ in range(TRIES + 2):
        other = visit().get("/j/AKCDEF")
        other.send("/resume", personal_code=person.personal_code)
        assert other.path == "/w/AKCDEF"


def test_who_scanned_something_before_coming_in_goes_on_there(make, visit):
    workshop = make.workshop()
    visitor = visit().get(f"/j/{workshop.code}?next=/w/{workshop.code}/me")
    visitor.send(f"/j/{workshop.code}")
    assert visitor.path == f"/w/{workshop.code}/me"


def test_nobody_is_led_to_another_site_on_coming_in(make, visit):
    workshop = make.workshop()
    visitor = visit().get(f"/j/{workshop.code}?next=//elsewhere.example/")
    visitor.send(f"/j/{workshop.code}")
    assert visitor.path == f"/w/{workshop.code}"
