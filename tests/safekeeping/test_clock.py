"""A laptop's clock that is put right in the middle of the evening."""

import time

import pytest
from itsdangerous import TimestampSigner

from facilitator.safekeeping.keeper import Clock
from tests.visitors import Visitor


@pytest.fixture
def signed_later(monkeypatch):
    """Cookies get the time that the clock shows before it is put back, or long ago."""

    def at(seconds):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: int(time.time() + seconds))

    yield at
    monkeypatch.undo()


@pytest.mark.parametrize(("ahead", "known"), [(3600, True), (86400 * 4000, True), (-86400 * 200, False)])
def test_who_came_before_the_clock_was_put_back_is_known_afterwards(app, make, signed_later, ahead, known):
    workshop = make.workshop()
    resident = Visitor(app)
    signed_later(ahead)
    resident.get(f"/j/{workshop.code}").send(f"/j/{workshop.code}")
    signed_later(0)
    assert resident.get(f"/w/{workshop.code}").path.startswith("/w/" if known else "/j/")


def test_a_jump_is_noticed_once_and_told_for_an_hour(monkeypatch):
    clock, steady, shown = Clock(), time.clock_gettime, time.time
    told = []
    for hours, set_by in [(0, 0), (0, -3600), (0.5, -3600), (1.1, -3600)]:
        monkeypatch.setattr(time, "clock_gettime", lambda which, passed=hours: steady(which) + passed * 3600)
        monkeypatch.setattr(time, "time", lambda moved=hours * 3600 + set_by: shown() + moved)
        clock.look()
        told.append(round(clock.lately()))
    assert told == [0, -3600, -3600, 0]
