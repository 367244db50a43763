"""One contract for all kinds: whoever adds a folder beside `board/` gets these tests for nothing."""

import re
from types import SimpleNamespace

import pytest
from flask import render_template
from flask_babel import force_locale

from facilitator.activities import KINDS
from facilitator.extensions import db
from facilitator.synthesis.models import Statement, Theme, new_id
from facilitator.workshop import agenda, screens
from facilitator.workshop.console import deed_names
from facilitator.workshop.models import Activity, Participant, Workshop

pytestmark = pytest.mark.parametrize("kind", KINDS)
AUDIENCES = ("phone", "projector", "console")
TEXT = "A <b>bench</b> & shade"


@pytest.fixture
def activity(app, make, kind):
    """An activity of the kind as it is first made: empty, every setting at its default."""
    workshop = make.workshop()
    with app.app_context():
        made = KINDS[kind].model(workshop_id=workshop.id, title="First", instruction="What now?", settings={})
        db.session.add(made)
        db.session.commit()
        return SimpleNamespace(id=made.id, workshop=workshop)


@pytest.fixture
def full(make, activity):
    """The same with people, statements in and out of a theme, held and hidden ones, a photo."""
    people = make.people(activity.workshop, 2)
    ideas = [make.idea(activity, f"{TEXT} {number}", people[number % 2]) for number in range(3)]
    for status in ("held", "hidden"):
        make.idea(activity, f"{status} bench", people[0], status=status, photo=f"{new_id()}.jpg")
    make.idea(activity, "From paper", source="paper")
    make.theme(activity, "Seating", *ideas[:2])
    return activity


def test_the_desk_has_words_for_all_that_can_be_undone(app, kind):
    with app.test_request_context():
        known = deed_names()
        assert {name: known.get(name) for name in KINDS[kind].model.deeds} == KINDS[kind].model.deeds


def every_variant(kind):
    """Settings that bring out every step: the defaults, all switches on, and each choice once."""
    defaults = KINDS[kind].model.defaults()
    yield {}
    yield {name: not value for name, value in defaults.items() if isinstance(value, bool)}
    for name, choices in _choices(kind).items():
        for value in choices:
            yield {**{key: True for key, old in defaults.items() if old is False}, name: value}


def _choices(kind):
    made = {}
    for name, field in vars(KINDS[kind].form).items():
        options = getattr(field, "kwargs", {}).get("choices")
        if options:
            made[name] = [each.value for each in options]
    return made


def fields(app, kind):
    with app.test_request_context():
        form = KINDS[kind].form()
        return set(form.settings()), {field.name for field in form}


# --- Settings


def test_defaults_form_and_template_hold_the_same_settings(app, kind):
    settings, every = fields(app, kind)
    source = app.jinja_env.loader.get_source(app.jinja_env, f"activities/{kind}/settings.html")[0]
    assert settings == set(KINDS[kind].model.defaults())
    assert set(re.findall(r"field\(form\.(\w+)\)", source)) == settings
    assert every - settings == {"title", "instruction", "csrf_token"}


def test_a_new_activity_is_made_with_the_defaults(app, make, visit, database, kind):
    owner = make.staff()
    workshop = make.workshop(owner)
    visitor = visit(owner).get(f"/workshops/{workshop.id}/activities/new/{kind}")
    visitor.send("", title="Third", instruction="And now?")
    assert visitor.path == f"/workshops/{workshop.id}/agenda", visitor.text
    (made,) = database.all(Activity)
    assert (made.kind, made.title, made.instruction) == (kind, "Third", "And now?")
    assert made.settings == KINDS[kind].model.defaults()
    assert "Third" in visitor.text


def test_a_form_without_its_words_says_what_is_missing_and_keeps_the_rest(make, visit, database, kind):
    owner = make.staff()
    workshop = make.workshop(owner)
    visitor = visit(owner).get(f"/workshops/{workshop.id}/activities/new/{kind}")
    visitor.send("", title="", instruction="And now?")
    assert visitor.status == 422
    assert "Please give it a name." in visitor.text
    assert visitor.page.forms[-1].fields["instruction"].strip() == "And now?"
    assert database.count(Activity) == 0


# --- Steps


def test_there_are_steps_with_keys_and_titles_of_their_own(app, activity, kind):
    with app.test_request_context():
        here = db.session.get(Activity, activity.id)
        for settings in every_variant(kind):
            here.settings = settings
            keys = [step.key for step in here.steps()]
            titles = [str(step.title) for step in here.steps()]
            assert keys
            assert len(set(keys)) == len(keys)
            assert len(set(titles)) == len(titles)
            assert all(titles)
            assert not set(keys) & {agenda.LOBBY.key, agenda.CLOSING.key}


def test_titles_are_in_both_languages(app, activity, kind):
    with app.test_request_context():
        here = db.session.get(Activity, activity.id)
        spoken = {}
        for language in ("en", "zh_Hans"):
            with force_locale(language):
                spoken[language] = [str(step.title) for step in here.steps()] + [str(here.label)]
    assert not set(spoken["en"]) & set(spoken["zh_Hans"])


# --- Screens


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
@pytest.mark.parametrize("state", ["activity", "full"])
def test_every_step_is_drawn_for_every_screen(app, request, kind, state, language):
    activity = request.getfixturevalue(state)
    with app.test_request_context(), force_locale(language):
        workshop = db.session.get(Workshop, activity.workshop.id)
        here = db.session.get(Activity, activity.id)
        for settings in every_variant(kind):
            here.settings = settings
            db.session.flush()
            for step in here.steps():
                workshop.activity_id, workshop.step = here.id, step.key
                drawn = {audience: screens.render(workshop, audience) for audience in AUDIENCES}
                for audience, fragments in drawn.items():
                    assert set(fragments) == {f"{audience}-{part}" for part in screens.AUDIENCES[audience]}
                    for name, html in fragments.items():
                        check_fragment(name, html)
                check_rooms_view(drawn)
                check_personal(workshop, here, step)


def check_fragment(name, html):
    """A fragment is one element with its own id; it is the same for all, and nobody types in it."""
    assert re.findall(r'\bid="([^"]+)"', html)[0] == name
    assert re.findall(r"<(?:textarea|input|form|select)\b|csrf", html) == []
    assert "<b>bench" not in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(set(ids)) == len(ids)


def check_rooms_view(drawn):
    for audience in ("phone", "projector"):
        html = "".join(drawn[audience].values())
        assert "held bench" not in html
        assert "hidden bench" not in html


def check_personal(workshop, activity, step):
    """What one person alone is sent carries the mark of its scene, so that the phone knows when it is out of date."""
    for person in db.session.query(Participant):
        values = {**screens.context(workshop, "phone"), **activity.personal(step.key, person), "me": person}
        html = render_template(f"activities/{activity.kind}/_mine.html", **values)
        assert re.search(r'^\s*<section id="mine" data-scene="([^"]+)"', html)[1] == values["scene"]


def test_the_room_is_shown_the_instruction_and_the_step(app, full, kind):
    with app.test_request_context(), force_locale("en"):
        workshop = db.session.get(Workshop, full.workshop.id)
        here = db.session.get(Activity, full.id)
        for step in here.steps():
            workshop.activity_id, workshop.step = here.id, step.key
            for audience, part in (("phone", "bar"), ("projector", "head")):
                html = screens.render(workshop, audience)[f"{audience}-{part}"]
                assert here.prompt(step.key) in html
                assert str(step.title) in html


# --- Duplicating and results


def test_a_duplicate_has_the_settings_and_nothing_of_what_was_said(app, full, kind):
    with app.app_context():
        original = db.session.get(Activity, full.id)
        original.settings = KINDS[kind].model.defaults()
        original.state = {"revealed-1": 3}
        copy = original.duplicate()
        copy.workshop_id = full.workshop.id
        db.session.add(copy)
        db.session.commit()
        told = ("kind", "title", "instruction", "settings")
        assert [getattr(copy, name) for name in told] == [getattr(original, name) for name in told]
        assert copy.state == {}
        assert copy.settings is not original.settings
        assert (Statement.of(copy), Theme.of(copy), copy.rounds()) == ([], [], [])


def test_there_are_no_rounds_before_they_are_revealed(app, full, kind):
    with app.app_context():
        assert db.session.get(Activity, full.id).rounds() == []


def test_steps_without_a_result_have_nothing_to_reveal(app, activity, kind):
    with app.app_context():
        here = db.session.get(Activity, activity.id)
        places = {step.key: here.hidden_places(step.key) for step in here.steps()}
        for key, hidden in places.items():
            state = here.state
            here.reveal(key, True)
            assert (here.state == state) == (hidden is None)
