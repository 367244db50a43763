"""From a commit to every screen: the real server in a process of its own, spoken to over real sockets."""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import subprocess
import sys
from urllib.parse import urlencode

import pytest
import socketio
from socketio.exceptions import ConnectionError as Refused

from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.extensions import db
from facilitator.live.broadcaster import is_newer
from facilitator.migrations import upgrade
from facilitator.synthesis.models import new_id
from facilitator.workshop.models import Workshop
from facilitator.workshop.versions import version
from tests.factories import Factories
from tests.live.raw_phone import free_port
from tests.visitors import Visitor

GRACE = 20  # seconds until a test gives up


class Hall:
    """`facilitator serve`, and beside it an application on the same data folder that makes rows and cookies."""

    def __init__(self, folder):
        self.port = free_port()
        settings = Settings(data=folder)
        upgrade(settings.database)
        self.app = create_app(settings)
        self.make = Factories(self.app)
        command = [sys.executable, "-m", "facilitator", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--data", str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "FACILITATOR_TICK_MS": "200"},
        )
        while "Ctrl+C" not in self.process.stdout.readline():
            assert self.process.poll() is None

    def staff(self, staff):
        visitor = Visitor(self.app)
        visitor.is_signed_in_as(staff)
        return Person(self, visitor)

    def resident(self, person, language="en"):
        return Person(self, Visitor(self.app, language).get(f"/r/{person.token}"))

    def anybody(self):
        return Person(self, Visitor(self.app).get("/"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=GRACE)


class Person:
    """Somebody whose cookie is known, talking to the server."""

    def __init__(self, hall, visitor):
        cookie = visitor.client.get_cookie("session")
        self._hall = hall
        self.headers = {
            "Cookie": f"session={cookie.value}",
            "Accept-Language": visitor._language,
            "X-CSRFToken": visitor._csrf,
            "HX-Request": "true",
        }

    def post(self, path, **fields):
        return self._ask("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})[0]

    def get(self, path):
        status, body = self._ask("GET", path)
        assert status == 200
        return body

    def screen(self, audience, key, seen=""):
        return Screen(self._hall, self.headers, {"audience": audience, "key": str(key), "seen": seen})

    def _ask(self, method, path, body=None, more=None):
        connection = http.client.HTTPConnection("127.0.0.1", self._hall.port, timeout=GRACE)
        connection.request(method, path, body, {**self.headers, **(more or {})})
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found


class Screen:
    """One connected screen, and every patch it was sent."""

    def __init__(self, hall, headers, auth):
        self.patches = []
        self._new = queue.Queue()
        self._client = socketio.Client(reconnection=False)
        self._client.on("patch", self._new.put)
        kept = {name: headers[name] for name in ("Cookie", "Accept-Language")}
        self._client.connect(f"http://127.0.0.1:{hall.port}", kept, auth, transports=["websocket"], wait_timeout=GRACE)

    def until(self, fragment, words):
        """Wait for a patch of this fragment with these words; gives it."""
        while True:
            patch = self._new.get(timeout=GRACE)
            self.patches.append(patch)
            if patch["id"] == fragment and words in patch["html"]:
                return patch

    @property
    def seen(self):
        """The newest version, as live.js keeps it."""
        return max(patch["v"] for patch in self.patches)

    def latest(self):
        return {patch["id"]: patch["html"] for patch in self.patches}

    def close(self):
        self._client.disconnect()


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    hall = Hall(tmp_path_factory.mktemp("hall"))
    yield hall
    hall.stop()


class Room:
    """A workshop with a facilitator and two people, collecting ideas."""

    def __init__(self, hall):
        self.owner = hall.make.staff()
        self.workshop = hall.make.workshop(self.owner)
        self.board = hall.make.board(self.workshop)
        self.wang, self.li = (hall.make.person(self.workshop, name) for name in ("王阿姨", "李老师"))
        hall.make.room_at(self.workshop, self.board, "collect")
        self.mei, self.phone, self.other = (
            hall.staff(self.owner),
            hall.resident(self.wang),
            hall.resident(self.li),
        )
        self.open = []

    def say(self, message):
        assert self.mei.post(f"/workshops/{self.workshop.id}/message", message=message) == 204

    def post(self, text, person=None):
        return (person or self.phone).post(f"/board/{self.board.id}/ideas", id=new_id(), text=text)

    def on_phone(self, person=None, seen=""):
        return self._kept((person or self.phone).screen("phone", self.workshop.code, seen))

    def on_projector(self):
        return self._kept(self.other.screen("projector", self.workshop.screen_token))

    def on_console(self):
        return self._kept(self.mei.screen("console", self.workshop.id))

    def _kept(self, screen):
        self.open.append(screen)
        return screen


@pytest.fixture
def room(hall):
    room = Room(hall)
    yield room
    for screen in room.open:
        screen.close()


def count(patch):
    return patch["v"]


# --- Reaching the screens


def test_a_commit_reaches_phone_projector_and_console(room):
    screens = {
        "phone-bar": room.on_phone(),
        "projector-head": room.on_projector(),
        "console-head": room.on_console(),
    }
    versions = []
    for message in ("Tea is ready", "Coffee too"):
        room.say(message)
        versions.append([count(screen.until(fragment, message)) for fragment, screen in screens.items()])
    assert all(later > earlier for earlier, later in zip(*versions, strict=True))


def test_what_a_phone_posts_stands_on_every_screen(room):
    screens = [(room.on_phone(room.other), "phone"), (room.on_projector(), "projector"), (room.on_console(), "console")]
    assert room.post("Benches in the shade") == 200
    for screen, audience in screens:
        screen.until(f"{audience}-stage", "Benches in the shade")


def test_the_versions_of_a_fragment_never_fall(room):
    screen = room.on_phone()
    for number in range(5):
        room.say(f"No. {number}.")
        screen.until("phone-bar", f"No. {number}.")
    by_fragment = {}
    for patch in screen.patches:
        by_fragment.setdefault(patch["id"], []).append(count(patch))
    assert all(versions == sorted(versions) for versions in by_fragment.values())


def test_each_phone_is_sent_its_own_language(hall, room):
    english, chinese = room.on_phone(), room.on_phone(hall.resident(room.li, "zh"))
    room.mei.post(f"/workshops/{room.workshop.id}/switches/paused", on="1")
    english.until("phone-bar", "A short break. Please look up.")
    assert "A short break" not in chinese.until("phone-bar", 'class="message"')["html"]


def test_another_workshop_hears_nothing(hall, room):
    elsewhere = Room(hall)
    screen = elsewhere.on_phone()
    room.say("Not for you")
    elsewhere.say("For you")
    screen.until("phone-bar", "For you")
    assert not any("Not for you" in patch["html"] for patch in screen.patches)
    screen.close()


def test_the_console_counts_who_is_here(room):
    console = room.on_console()
    phone = room.on_phone()
    console.until("console-side", "1 / 2")
    phone.close()
    room.open.remove(phone)
    console.until("console-side", "0 / 2")


# --- Nothing too much


def test_what_was_refused_is_not_sent(room):
    screen = room.on_projector()
    assert room.post("x" * 201) == 422
    room.say("Next")
    screen.until("projector-head", "Next")
    assert not any("xxxx" in patch["html"] for patch in screen.patches)


def test_many_changes_at_once_are_sent_as_few(room):
    screen = room.on_phone()
    for number in range(20):
        room.say(f"No. {number}.")
    screen.until("phone-bar", "No. 19.")
    bars = [patch for patch in screen.patches if patch["id"] == "phone-bar"]
    assert len(bars) < 20


def test_a_fragment_that_did_not_change_is_not_sent_again(room):
    screen = room.on_phone()
    room.say("One")
    screen.until("phone-bar", "One")
    room.say("Two")
    screen.until("phone-bar", "Two")
    room.say("Three")
    screen.until("phone-bar", "Three")
    stages = [patch["html"] for patch in screen.patches if patch["id"] == "phone-stage"]
    assert len(stages) == len(set(stages))


def test_a_change_that_is_rolled_back_is_no_change(app, make):
    workshop = make.workshop()

    def committed():
        with app.app_context():
            return version(workshop.id)

    before = committed()
    with app.app_context():
        here = db.session.get(Workshop, workshop.id)
        here.message = "Never mind"
        db.session.flush()
        assert committed() == before
        db.session.rollback()
        db.session.commit()
        assert committed() == before
        here.message = "Tea is ready"
        db.session.commit()
    assert committed() > before


# --- Catching up


def test_a_phone_that_was_away_is_sent_what_it_missed(room):
    other = room.on_phone(room.other)
    screen = room.on_phone()
    room.say("Before")
    screen.until("phone-bar", "Before")
    screen.close()
    room.open.remove(screen)
    room.say("While away")
    other.until("phone-bar", "While away")
    back = room.on_phone(seen=screen.seen)
    assert is_newer(back.until("phone-bar", "While away")["v"], screen.seen)


def test_a_phone_that_was_away_while_nobody_looked_is_sent_it_too(room):
    screen = room.on_phone()
    room.say("Before")
    screen.until("phone-bar", "Before")
    screen.close()
    room.open.remove(screen)
    room.say("While away")
    room.on_phone(seen=screen.seen).until("phone-bar", "While away")


@pytest.mark.parametrize("seen", ["", "another.99", "nonsense", "-1", "0"])
def test_after_a_restart_or_with_nonsense_all_is_sent(room, seen):
    first = room.on_phone(room.other)
    room.say("Here")
    first.until("phone-bar", "Here")
    room.on_phone(seen=seen).until("phone-bar", "Here")


def test_fragments_by_http_are_those_of_the_socket(room):
    screens = {
        f"/w/{room.workshop.code}/fragments": (room.phone, room.on_phone(), "phone-bar"),
        f"/screen/{room.workshop.screen_token}/fragments": (room.other, room.on_projector(), "projector-head"),
        f"/workshops/{room.workshop.id}/console/fragments": (room.mei, room.on_console(), "console-head"),
    }
    room.say("Tea is ready")
    for path, (person, screen, fragment) in screens.items():
        sent = screen.until(fragment, "Tea is ready")
        fetched = {patch["id"]: patch for patch in json.loads(person.get(path))}
        assert fetched[fragment] == sent


# --- Who may listen


def refused(person, audience, key):
    with pytest.raises(Refused):
        person.screen(audience, key)


def test_strangers_get_no_seat(hall, room):
    workshop = room.workshop
    elsewhere = Room(hall)
    for person in (hall.anybody(), elsewhere.phone, elsewhere.mei, room.mei):
        refused(person, "phone", workshop.code)
    for person in (hall.anybody(), room.phone, elsewhere.phone, elsewhere.mei):
        refused(person, "console", workshop.id)
    for token in ("", "x" * 22, workshop.code, workshop.id):
        refused(room.mei, "projector", token)
    for audience in ("", "staff", "None"):
        refused(room.mei, audience, workshop.id)


def test_signing_out_everywhere_closes_the_console_to_later_sockets(hall, room):
    room.on_console()
    before = hall.staff(room.owner)
    assert before.post("/sign-out-everywhere") in (200, 303)
    refused(room.mei, "console", room.workshop.id)


def test_fragments_hold_nothing_personal(hall, room):
    screens = [room.on_phone(), room.on_projector()]
    room.post("Benches in the shade")
    for step in ("sort", "vote", "result"):
        moves = hall_moves(hall, room)
        room.mei.post(f"/workshops/{room.workshop.id}/moves", to=f"{room.board.id}-{step}", moves=moves)
        room.say(f"At {step}")
        for screen, fragment in zip(screens, ("phone-bar", "projector-head"), strict=True):
            screen.until(fragment, f"At {step}")
    everything = "".join(patch["html"] for screen in screens for patch in screen.patches)
    assert "Benches in the shade" in everything
    for person in (room.wang, room.li):
        assert not [word for word in (person.name, person.token, person.personal_code) if word in everything]
    assert not [word for word in ("csrf", "<form", "<input", "<textarea") if word in everything]


def hall_moves(hall, room):
    with hall.app.app_context():
        return db.session.get(Workshop, room.workshop.id).moves
