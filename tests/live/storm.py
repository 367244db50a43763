"""A hall in a hurry: residents and a facilitator who do everything at once, and remember what they were told.

Each person is a thread that goes on through crashes of the server: what got no answer may be sent again under the
same id, as the phone's outbox does, or is left alone. Every answer is kept; `Ledger.check` then asks the database.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from typing import NamedTuple

from facilitator.extensions import db
from facilitator.synthesis.models import new_id
from facilitator.workshop import agenda, history, versions
from facilitator.workshop.history import Deed
from facilitator.workshop.joining import mark
from facilitator.workshop.models import Activity, Workshop
from tests.live.raw_phone import RawPhone
from tests.live.running import GRACE, Browser, Gone

LIMITS = {"budget": 5, "cap": 2, "most_ideas": 4}
UNKNOWN = 0  # in place of a status: no answer came
NOT_NOW = 409
_MOVES = re.compile(r'"moves": "(\d+)"')
_DEED = re.compile(r'name="deed" value="(\d+)"')
_TICKET = re.compile(r'name="ticket"[^>]*value="([^"]+)"')


class Asked(NamedTuple):
    """Something that was asked of the server, and its answer."""

    what: str
    key: str
    value: str
    status: int

    @property
    def is_taken(self):
        return 200 <= self.status < 400


class Ledger:
    """What one person asked, in order."""

    def __init__(self, late=False):
        self._late = late
        self.lines = []

    def note(self, what, key, value, status):
        self.lines.append(Asked(what, key, value, status))

    def outcomes(self, first, *later):
        """key → what may be true now: for each action the set of its possible values; None is "it is not there".

        On a bad line (`late`) the server may still be reading what its sender has given up long ago.
        """
        found, waiting = {}, defaultdict(set)
        for line in self.lines:
            if line.what not in (first, *later):
                continue
            may = found.setdefault(line.key, {name: {None} for name in (first, *later)})
            hanging = waiting[line.key, line.what]
            if line.is_taken:
                may[line.what] = {line.value} | hanging
            elif line.status == UNKNOWN:
                may[line.what] = may[line.what] | {line.value}
                hanging |= {line.value} if self._late else set()
            elif line.what == first:
                # What is there already is never refused: so it was not.
                may[first] = {None} | hanging
        return found


class Person(threading.Thread):
    """Somebody who acts whenever the doors are open, until the end."""

    def __init__(self, storm, number):
        super().__init__(daemon=True)
        self.storm = storm
        self.ledger = Ledger(late=storm.line is not None)
        self.chance = random.Random(f"{storm.seed}-{number}")
        self.failure = None

    def run(self):
        try:
            while self.storm.waits_for_doors():
                self.act()
        except Exception as error:
            self.failure = error
            raise

    def act(self):
        raise NotImplementedError

    def send(self, browser, what, key, value, path, **form):
        """Ask, also when the server dies meanwhile: then again, or never. Gives the last status."""
        while True:
            status = self._once(browser, path, form)
            self.ledger.note(what, key, value, status)
            if status != UNKNOWN:
                assert status in (200, 204, 303, 404, 409), f"{path}: {status}"
                return status
            if not self.storm.waits_for_doors() or self.chance.random() < 0.3:
                return UNKNOWN

    def _once(self, browser, path, form):
        twice = self.chance.random() < 0.15
        try:
            if twice:  # a double tap, on two connections at the same moment
                twin = browser.twin()
                twin.begin("POST", path, **form)
            status = browser.post(path, **form)
            if twice:
                status = _one_of(status, twin.finish()[0])
                twin.close()
        except Gone:
            return UNKNOWN
        return status


def _one_of(first, second):
    """Both answers are true, but one of two requests was before the other: a refusal may have come first."""
    return min(first, second)


class Lane:
    """The open socket of a phone, over which dots go: opened when it is wanted, and again when it broke."""

    def __init__(self, storm, person, browser):
        self._storm, self._browser, self._owner = storm, browser, mark(person.token)
        self._phone = None
        self._number = 0
        self.kept = 0

    def tap(self, path, form):
        """Was it kept? If not, HTTP tells why. Raises Gone."""
        if not self._phone and not self._open():
            return False
        self._number += 1
        try:
            self._phone.say(f"42{self._number}" + json.dumps(["tap", path, form, self._owner]))
            while not (text := self._phone.text()).startswith(f"43{self._number}["):
                pass
        except (OSError, AssertionError) as error:
            self._close()
            raise Gone from error
        self.kept += not text.endswith("[]")
        return not text.endswith("[]")

    def _open(self):
        try:
            self._phone = RawPhone(self._browser.port)
            self._phone.handshake(Cookie=f"session={self._browser.cookie}", Accept_Language="en")
            self._phone.text()
            seat = {"audience": "phone", "key": self._storm.workshop.code, "page": 0, "versions": {}}
            self._phone.say(f"40{json.dumps(seat)}")
            return self._phone.text().startswith('40{"sid"')
        except (OSError, AssertionError):
            self._close()
            return False

    def _close(self):
        if self._phone:
            self._phone.close()
        self._phone = None


class Resident(Person):
    def __init__(self, storm, number, browser, person):
        super().__init__(storm, number)
        self.browser = browser
        self.lane = Lane(storm, person, browser)
        self.ideas, self.dots = [], []

    def act(self):
        deeds = {self.post: 4, self.reword: 2, self.withdraw_idea: 3, self.place: 12, self.withdraw_dot: 8}
        self.chance.choices(list(deeds), list(deeds.values()))[0]()

    def post(self):
        idea, text = new_id(), f"想法 {self.chance.random()}"
        status = self.send(self.browser, "idea", idea, text, self._path("ideas"), id=idea, text=text)
        if status < 400:  # also when nobody knows: it may be taken back all the same
            self.ideas.append(idea)
            self.storm.ideas.append(idea)

    def reword(self):
        if self.ideas:
            idea, text = self.chance.choice(self.ideas), f"换个说法 {self.chance.random()}"
            self.send(self.browser, "reword", idea, text, self._path(f"ideas/{idea}"), text=text)

    def withdraw_idea(self):
        if len(self.ideas) > 2:
            idea = self.ideas[0]
            path = self._path(f"ideas/{idea}/withdrawal")
            if self.send(self.browser, "unsay", idea, "yes", path, sure="1") != NOT_NOW:
                self.ideas.remove(idea)
                self.storm.ideas.remove(idea)

    def place(self):
        if self.storm.ideas:
            dot, target = new_id(), self.chance.choice(self.storm.ideas[-12:])
            if self.send(self.browser, "dot", dot, target, self._dots(), id=dot, target=target) < 400:
                self.dots.append(dot)

    def withdraw_dot(self):
        if self.dots:
            dot = self.chance.choice(self.dots)
            path = self._dots(f"/{dot}/withdrawal")
            if self.send(self.browser, "take back", dot, "yes", path, sure="1") != NOT_NOW:
                self.dots.remove(dot)

    def _once(self, browser, path, form):
        try:
            if path.startswith(self._dots()) and self.chance.random() < 0.6 and self.lane.tap(path, form):
                return 200
        except Gone:
            return UNKNOWN
        return super()._once(browser, path, form)

    def _path(self, rest):
        return f"/board/{self.storm.board.id}/{rest}"

    def _dots(self, rest=""):
        return f"/voting/{self.storm.board.id}/dots{rest}"


class Latecomer(Person):
    """Comes in again and again, each time as somebody else."""

    def act(self):
        browser, path = Browser(self.storm.port, self.storm.server.away), f"/j/{self.storm.workshop.code}"
        with suppress(Gone):
            ticket = _TICKET.search(browser.get(path))[1]
            name = f"客人{self.chance.randrange(10**9)}"
            self.send(browser, "join", ticket, name, path, name=name, ticket=ticket)
        browser.close()


class Facilitator(Person):
    """Moves the room, writes to it, stops it, takes back what she did, and does it again."""

    def __init__(self, storm, number, browser):
        super().__init__(storm, number)
        self.browser = browser

    def act(self):
        deeds = {self.move: 5, self.say: 4, self.time: 2, self.switch: 1, self.reveal: 2, self.undo: 2, self.redo: 1}
        with suppress(Gone):
            self.chance.choices(list(deeds), list(deeds.values()))[0]()

    def move(self):
        steps = ["collect", "sort", "vote", "result", "vote-again", "result-again"]
        step = self.chance.choices(steps, [6, 1, 8, 1, 3, 1])[0]
        moves = _MOVES.search(self.browser.get(f"{self._here}/console"))[1]
        self._press("moves", "move", moves, to=f"{self.storm.board.id}-{step}", moves=moves)

    def say(self):
        message = f"请看这里 {self.chance.random()}"
        self.send(self.browser, "message", message, message, f"{self._here}/message", message=message)

    def time(self):
        self._press("timer", "timer", "", seconds=str(self.chance.choice([-60, 0, 60, 300])))

    def switch(self):
        name = self.chance.choice(["paused", "locked"])
        for on in "10":
            self._press(f"switches/{name}", name, on, on=on)

    def reveal(self):
        self._press("reveals", "reveal", "", more=self.chance.choice("011"), hidden=str(self.chance.randrange(9)))

    def undo(self):
        self._take_back("undo", 0)

    def redo(self):
        self._take_back("redo", 1)

    def _take_back(self, name, place):
        deed = _DEED.findall(self.browser.get(f"{self._here}/console/undo"))[place]
        self._press(name, name, deed, deed=deed)

    def _press(self, path, name, value, **form):
        self.send(self.browser, name, "room", value, f"{self._here}/{path}", **form)

    @property
    def _here(self):
        return f"/workshops/{self.storm.workshop.id}"


class Storm:
    """Everybody in one workshop, held at the doors while the server is down."""

    def __init__(self, server, people=8, seed=0, line=None):
        self.server = server
        self.seed = seed
        self.line = line  # what is between the phones and the server, if it isn't nothing
        self.ideas = []  # ids that are known to be there
        self._version = 0  # of the workshop, as far as we have seen
        owner = server.make.staff()
        self.workshop = server.make.workshop(owner)
        self.board = server.make.board(self.workshop, rounds=2, **LIMITS)
        server.make.room_at(self.workshop, self.board, "collect")
        residents = [(server.resident(person), person) for person in server.make.people(self.workshop, people)]
        for browser, _person in residents:
            browser.port = self.port
        self.people = [
            Facilitator(self, "f", server.staff(owner)),
            Latecomer(self, "l"),
            *(Resident(self, number, *resident) for number, resident in enumerate(residents)),
        ]
        self._doors = threading.Event()
        self._at_the_doors = threading.Condition()
        self._waiting = 0
        self._over = False
        for person in self.people:
            person.start()

    @property
    def port(self):
        return (self.line or self.server).port

    def blow(self, seconds, until=lambda: True):
        """Let everybody act for a while, and until something holds; the server may be killed at its end."""
        self._doors.set()
        time.sleep(seconds)
        end = time.monotonic() + 2 * GRACE
        while not until():
            self.raise_failures()
            assert time.monotonic() < end, self.counts()
            time.sleep(0.05)
        self._doors.clear()

    @contextmanager
    def blowing(self):
        """Let everybody act while the block runs."""
        self._doors.set()
        yield
        self.rest()

    def finish(self):
        """Let everybody go; what somebody found wrong is raised here."""
        self._over = True
        self._doors.set()
        for person in self.people:
            person.join(60)
        self.raise_failures()

    def raise_failures(self):
        for person in self.people:
            if person.failure:
                raise person.failure

    def waits_for_doors(self):
        """Wait until the server is there; False at the end."""
        with self._at_the_doors:
            self._waiting += 1
            self._at_the_doors.notify_all()
        self._doors.wait()
        with self._at_the_doors:
            self._waiting -= 1
        return not self._over

    def rest(self):
        """Close the doors and wait until everybody stands before them, with an answer or without."""
        self._doors.clear()
        with self._at_the_doors:
            assert self._at_the_doors.wait_for(lambda: self._waiting == len(self.people), 2 * GRACE)
        self.raise_failures()

    def has_done(self, *deeds):
        """Has each of these been taken by the server at least once?"""
        counts = self.counts()
        return all(what in counts and counts[what][1] for what in deeds)

    def quick(self):
        """How many dots were acknowledged over sockets."""
        return sum(person.lane.kept for person in self.people if isinstance(person, Resident))

    def counts(self):
        """How much of each was asked, taken, and left without an answer."""
        found = defaultdict(lambda: [0, 0, 0])
        for line in (line for person in self.people for line in list(person.ledger.lines)):
            for place, holds in enumerate((True, line.is_taken, line.status == UNKNOWN)):
                found[line.what][place] += holds
        return dict(found)

    def wrong(self):
        """Everything in the database that is not as somebody was told, one line each."""
        with self.server.app.app_context():
            return [*self._compared(), *self._room()]

    def _compared(self):
        kept = {
            "join": {token: [name] for token, name in self._all("SELECT token, name FROM participant")},
            "idea": {
                row[0]: [row[1], "yes" if row[2] else None]
                for row in self._all("SELECT id, text, deleted_at FROM statement")
            },
            "dot": {
                row[0]: [row[1], "yes" if row[2] else None]
                for row in self._all("SELECT id, statement_id, withdrawn_at FROM dot")
            },
        }
        sent = defaultdict(set)
        for person in self.people:
            lines = person.ledger
            yield from _differ("join", lines.outcomes("join"), kept["join"], sent)
            yield from _differ("idea", _ideas(lines), kept["idea"], sent)
            yield from _differ("dot", lines.outcomes("dot", "take back"), kept["dot"], sent)
        for what in ("idea", "dot"):
            yield from (f"{what} {key} was never sent" for key in kept[what].keys() - sent[what])

    def _all(self, query):
        return self.server.rows(query)

    def _room(self):
        """The room stands where its deeds have put it, each whole or not at all; nothing acknowledged is missing."""
        workshop = db.session.get_one(Workshop, self.workshop.id)
        deeds = db.session.query(Deed).filter_by(workshop_id=workshop.id).order_by(Deed.id).all()
        if f"{workshop.activity_id or 0}-{workshop.step}" not in [stop.key for stop in agenda.stops(workshop)]:
            yield f"no such step: {workshop.step}"
        if workshop.paused and workshop.timer_ends_at:
            yield "the timer runs while the room is paused"
        version = versions.version(workshop.id)
        if version < self._version:
            yield f"version {version} is older than {self._version}"
        self._version = version
        yield from _replayed(deeds)
        yield from self._told(deeds, workshop)
        db.session.rollback()

    def _told(self, deeds, workshop):
        ledger = self.people[0].ledger
        said = [row["after"].get("message") for deed in deeds for row in deed.rows]
        for text, may in ledger.outcomes("message").items():
            if (text if text in said else None) not in may["message"]:
                yield f"message {text}: {said.count(text)} deeds"
            if said.count(text) > 1:
                yield f"message {text} was written twice"
        moved = sum(line.is_taken for line in ledger.lines if line.what in ("undo", "redo") and line.value != "0")
        if workshop.moves < moved:
            yield f"{workshop.moves} moves, but {moved} were acknowledged"


def _ideas(ledger):
    """A new wording stands in the same place as the old one."""
    found = {}
    for key, may in ledger.outcomes("idea", "reword", "unsay").items():
        text = {*may["idea"], *(may["reword"] - {None})}
        if None not in may["reword"]:
            text = may["reword"]
        found[key] = {"idea": text, "unsay": may["unsay"]}
    return found


def _differ(what, outcomes, kept, sent):
    for key, may in outcomes.items():
        sent[what].add(key)
        possible = list(may.values())
        row = kept.get(key)
        if row is None and None not in possible[0]:
            yield f"{what} {key} is lost: {may}"
        elif row is not None and not all(value in each for value, each in zip(row, possible, strict=False)):
            yield f"{what} {key} is {row}, but may only be {may}"


def _replayed(deeds):
    """What the deeds that stand have written, column by column, must be what is there."""
    expected = {}
    for deed in deeds:
        for row in [] if deed.undone_at else deed.rows:
            for column, value in row["after"].items():
                expected[row["table"], row["id"], column] = value
    models = {"workshop": Workshop, "activity": Activity}
    for (table, number, column), value in expected.items():
        found = history._plain(getattr(db.session.get_one(models[table], number), column))
        if found != value:
            yield f"{table}.{column} is {found}, but its deeds made it {value}"
