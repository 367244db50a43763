"""Signing in and out, and becoming staff by a one-time link."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from facilitator.accounts.models import INVITATION_LIFE, SECRETARIAT, Invitation, Staff, password_fits
from facilitator.extensions import db, now
from tests.factories import PASSWORD

TRIES = 8  # as config.py has it


@pytest.fixture
def mei(make):
    return make.staff(name="Mei", email="mei@example.org", password=PASSWORD)


def sign_in(visitor, email="mei@example.org", password=PASSWORD, to="/sign-in"):
    visitor.get(to)
    return visitor.send("", email=email, password=password)


# --- In


@pytest.mark.parametrize("email", ["mei@example.org", " Mei@Example.ORG "])
def test_signing_in_leads_to_ones_workshops(visit, mei, email):
    visitor = sign_in(visit(), email)
    assert (visitor.status, visitor.path) == (200, "/workshops")
    assert "Mei" in visitor.text


@pytest.mark.parametrize(("email", "password"), [("mei@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(visit, mei, email, password):
    visitor = sign_in(visit(), email, password)
    assert (visitor.status, visitor.path) == (422, "/sign-in")
    assert "E-mail and password don't belong together." in visitor.text
    assert visitor.page.forms[-1].fields["email"] == email
    assert PASSWORD not in visitor.html


def test_after_signing_in_one_is_where_one_wanted_to_go(make, visit, mei):
    workshop = make.workshop(mei)
    visitor = visit().get(f"/workshops/{workshop.id}/agenda")
    assert visitor.path == "/sign-in"
    visitor.send("", email="mei@example.org", password=PASSWORD)
    assert visitor.path == f"/workshops/{workshop.id}/agenda"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
def test_signing_in_never_leads_to_another_site(visit, mei, elsewhere):
    visitor = visit().get(f"/sign-in?{urlencode({'next': elsewhere})}")
    visitor.send("", email="mei@example.org", password=PASSWORD)
    assert (visitor.status, visitor.path) == (200, "/workshops")


def test_a_browser_closed_and_opened_again_is_still_signed_in(visit, mei):
    visitor = sign_in(visit())
    visitor.client.delete_cookie("session")
    assert visitor.get("/workshops").path == "/workshops"


def test_passwords_are_kept_as_argon2id_only(database, mei):
    kept = database.get(mei).password_hash
    assert kept.startswith("$argon2id$")
    assert (password_fits(kept, PASSWORD), password_fits(kept, PASSWORD + "x")) == (True, False)
    assert not password_fits(None, PASSWORD)


# --- Throttled


def test_too_many_tries_rest_one_account_and_no_other(make, visit, mei):
    make.staff(name="Jun", email="jun@example.org", password=PASSWORD)
    guesser = visit().get("/sign-in")
    form = guesser.page.forms[-1].fields
    for _ in range(TRIES):
        guesser.post("/sign-in", **{**form, "email": "mei@example.org", "password": ""})
        assert guesser.status == 422
    # The right password comes too late too, in any writing of the address and from any browser.
    assert sign_in(visit(), "MEI@example.org ").status == 429
    assert "Wait ten minutes, then try again." in sign_in(visit()).text
    # All from the same address: a colleague beside her signs in.
    assert sign_in(visit(), "jun@example.org").path == "/workshops"


# --- Out


def test_signing_out_ends_it_here_alone(visit, mei):
    here, there = sign_in(visit()), sign_in(visit())
    here.send("/sign-out")
    assert here.path == "/sign-in"
    assert here.get("/workshops").path == "/sign-in"
    assert there.get("/workshops").path == "/workshops"


def test_signing_out_everywhere_ends_every_cookie(make, visit, mei):
    other = make.staff(name="Jun", email="jun@example.org", password=PASSWORD)
    here, there, jun = sign_in(visit()), sign_in(visit()), visit(other)
    there.client.delete_cookie("session")  # what is left is the cookie that remembers
    here.send("/sign-out-everywhere")
    assert here.path == "/sign-in"
    assert "Signed out on every device." in here.text
    assert here.get("/workshops").path == "/sign-in"
    assert there.get("/workshops").path == "/sign-in"
    assert jun.get("/workshops").path == "/workshops"
    assert sign_in(visit()).path == "/workshops"


def test_who_has_left_is_out_and_stays_out(make, visit, mei):
    secretary = visit(make.staff(SECRETARIAT))
    here = sign_in(visit())
    secretary.post(f"/staff/{mei.id}/leaving", left="1")
    assert here.get("/workshops").path == "/sign-in"
    assert sign_in(visit()).status == 422
    secretary.post(f"/staff/{mei.id}/leaving", left="0")
    assert sign_in(visit()).path == "/workshops"


def test_nobody_sends_themselves_away(make, visit, database):
    secretary = make.staff(SECRETARIAT)
    assert visit(secretary).post(f"/staff/{secretary.id}/leaving", left="1").status == 404
    assert database.get(secretary).left_at is None


# --- Invitations

FILLED = {"name": "Lan", "email": "lan@example.org", "password": PASSWORD, "again": PASSWORD}


def accept(visitor, secret, **other):
    visitor.get(f"/invitations/{secret}")
    return visitor.send("", **{**FILLED, **other}) if visitor.status == 200 else visitor


def test_the_secretariat_invites_and_the_link_makes_an_account(make, visit, database):
    secretary = visit(make.staff(SECRETARIAT)).get("/staff")
    secretary.send("/staff/invitations", role="facilitator")
    link = secretary.page.ids["link"]["value"].removeprefix("http://localhost")
    lan = accept(visit(), link.removeprefix("/invitations/"))
    assert lan.path == "/workshops"
    (made,) = database.all(Staff, Staff.email == "lan@example.org")
    assert (made.name, made.role, made.is_active) == ("Lan", "facilitator", True)
    assert "Lan" in secretary.get("/staff").text
    assert link not in secretary.html


def test_the_secret_of_an_invitation_is_not_kept(make, database):
    secret = make.invitation()
    (kept,) = database.all(Invitation)
    assert secret not in str(vars(kept))


def test_an_invitation_works_once(make, visit, database):
    secret = make.invitation()
    assert accept(visit(), secret).path == "/workshops"
    again = accept(visit(), secret, email="eve@example.org")
    assert again.status == 404
    assert database.count(Staff) == 1


def test_an_invitation_opened_in_two_windows_makes_one_account(make, visit, database):
    secret = make.invitation()
    first, second = visit().get(f"/invitations/{secret}"), visit().get(f"/invitations/{secret}")
    first.send("", **FILLED)
    second.send("", **{**FILLED, "email": "eve@example.org"})
    assert (first.path, second.status) == ("/workshops", 404)
    assert [staff.email for staff in database.all(Staff)] == ["lan@example.org"]


def test_an_invitation_expires(app, make, visit, database):
    secret = make.invitation()
    with app.app_context():
        db.session.scalars(select(Invitation)).one().created_at = now() - INVITATION_LIFE - timedelta(minutes=1)
        db.session.commit()
    assert accept(visit(), secret).status == 404
    assert database.count(Staff) == 0


def test_a_made_up_invitation_is_not_found(visit):
    assert visit().get("/invitations/" + "x" * 32).status == 404


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"password": "short", "again": "short"}, "Use at least ten characters."),
        ({"again": "something else"}, "The two passwords differ."),
        ({"email": "lan"}, "That doesn't look like an e-mail address."),
        ({"name": ""}, "Please enter your name."),
        ({"email": " MEI@example.org"}, "This e-mail already has an account."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(make, visit, database, mei, other, message):
    visitor = accept(visit(), make.invitation(), **other)
    assert visitor.status == 422
    assert message in visitor.text
    assert visitor.page.forms[-1].fields["name"] == {**FILLED, **other}["name"]
    assert [staff.email for staff in database.all(Staff)] == ["mei@example.org"]
    assert PASSWORD not in visitor.html


def test_the_address_of_one_who_has_left_stays_taken(app, make, visit, mei):
    with app.app_context():
        db.session.get(Staff, mei.id).left_at = now()
        db.session.commit()
    visitor = accept(visit(), make.invitation(), email="mei@example.org")
    assert "This e-mail already has an account." in visitor.text
