"""What PostgreSQL is asked for, and what several workers must not do twice."""

import json
import os
import subprocess
import sys
import threading

import pytest
from sqlalchemy import create_engine, select, text

from facilitator.accounts.models import Staff
from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.documents.models import CANCELLED, FAILED, QUEUED, RUNNING, Export, Proposal
from facilitator.extensions import db, now, read
from facilitator.migrations import upgrade
from facilitator.workers.roll import FORGOTTEN, Worker
from facilitator.workers.tries import DatabaseStorage, forget_old
from facilitator.workshop.models import Workshop
from tests.factories import Factories
from tests.postgres import rows

WINDOW = 600


def settings(folder, address):
    return Settings(data=folder, database_url=address)


@pytest.fixture
def town(postgres, tmp_path):
    """Two workers' applications on one database and one folder."""
    address = postgres.new_database()
    upgrade(settings(tmp_path, address).database)
    return [create_app(settings(tmp_path, address)) for _ in range(2)]


@pytest.fixture
def ask(town):
    """A queued export with its folder, as a worker lays it ready; gives its id."""
    make = Factories(town[0])
    staff = make.staff()
    workshop = make.workshop(staff)

    def ask(**about):
        with town[0].app_context():
            proposal = Proposal.of(db.session.merge(workshop), db.session.merge(staff))
            export = Export(proposal=proposal, format="json", variant="zh", created_by_id=staff.id, **about)
            db.session.add(export)
            db.session.commit()
            town[0].extensions["exports"].folder(export.id).mkdir(parents=True)
            return export.id

    return ask


@pytest.mark.parametrize("written", ["postgres://h/t", "postgresql://h/t", "postgresql+psycopg://h/t"])
def test_every_way_to_write_the_address_means_the_same(written, tmp_path):
    assert settings(tmp_path, written).database == "postgresql+psycopg://h/t"


def test_the_plain_name_works_and_ours_goes_first(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://plain/town")
    assert Settings.from_env().database_url == "postgresql://plain/town"
    monkeypatch.setenv("FACILITATOR_DATABASE_URL", "postgresql://ours/town")
    assert Settings.from_env().database_url == "postgresql://ours/town"


SLEEPER = """
from gevent import monkey
monkey.patch_all()
import json, os, resource, sys
import gevent, psycopg
from facilitator import blink
blink.use()
resource.setrlimit(resource.RLIMIT_NOFILE, (2048, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
phones = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
connection = psycopg.connect(sys.argv[1])
turns = []
def room():
    while True:
        turns.append(1)
        gevent.sleep(0.01)
gevent.spawn(room)
connection.execute("SELECT pg_sleep(0.5)")
answers = [row[0] for row in connection.execute("SELECT repeat('x', 1000) FROM generate_series(1, 5000)")]
print(json.dumps({"number": connection.fileno(), "turns": len(turns), "characters": len("".join(answers))}))
"""


def test_the_room_goes_on_while_the_database_thinks_also_with_a_thousand_phones(postgres):
    """Of two ways to wait under gevent one breaks at the 1,024th connection of a process."""
    command = [sys.executable, "-c", SLEEPER, postgres.new_database()]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ)).stdout)
    assert said["number"] > 1024
    assert said["turns"] > 5
    assert said["characters"] == 5_000_000


MYSELF = text("SELECT pg_backend_pid()")


def break_off(app, number):
    """PostgreSQL ends one connection, as it ends all of them when it is restarted."""
    ended = "SELECT pg_terminate_backend(:number, 5000)"
    with create_engine(app.config["SQLALCHEMY_DATABASE_URI"]).connect() as other:
        assert other.scalar(text(ended), {"number": number})


def test_a_connection_that_broke_while_nobody_used_it_is_not_used_again(town):
    with town[0].app_context():
        number = read(MYSELF)[0][0]
        assert read(MYSELF)[0][0] == number
        break_off(town[0], number)
        assert read(MYSELF)[0][0] != number
        assert db.session.scalar(MYSELF) != number


def test_an_answer_stands_though_the_connection_broke_behind_it(town):
    with town[0].app_context():
        break_off(town[0], db.session.scalar(MYSELF))
    with town[0].app_context():
        assert db.session.scalar(text("SELECT 1")) == 1


def test_a_plain_question_is_no_transaction(town):
    with town[0].app_context():
        moments = [read(text("SELECT now()"))[0][0] for _ in range(2)]
        assert moments[0] < moments[1]
        idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        assert read(text(idle))[0][0] == 0


def test_workers_that_start_at_once_migrate_one_after_the_other(postgres, tmp_path):
    address = settings(tmp_path, postgres.new_database()).database
    command = [sys.executable, "-c", f"from facilitator.migrations import upgrade; upgrade({address!r})"]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[1] for process in started] == ["", "", ""]
    assert rows(address.replace("+psycopg", ""), "SELECT count(*) FROM alembic_version") == [(1,)]


def test_an_upgrade_numbers_apart_what_had_one_number(tmp_path):
    """No release should have written it, but an upgrade must not fail on it."""
    address = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(address, "0003")
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for person, number in enumerate((1, 2, 2, 3)):
            connection.exec_driver_sql(f"""
                INSERT INTO participant (id, workshop_id, number, name, token, personal_code, joined_at)
                VALUES ({person}, 1, {number}, '', 't{person}', 'c{person}', '2026-01-01')""")
    upgrade(address)
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT number FROM participant ORDER BY id")).all() == [1, 2, 4, 3]
    engine.dispose()


def test_tries_are_counted_by_all_workers_together(town):
    found = []

    def try_often(app):
        with app.app_context():
            found.extend(DatabaseStorage().incr("personal-code/1", WINDOW) for _ in range(5))

    threads = [threading.Thread(target=try_often, args=(app,)) for app in town]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 11))
    with town[1].app_context():
        storage = DatabaseStorage()
        assert storage.get("personal-code/1") == 10
        assert storage.get("personal-code/2") == 0
        assert storage.get_expiry("personal-code/1") > now().timestamp()
        storage.clear("personal-code/1")
        assert storage.get("personal-code/1") == 0


def test_a_window_that_has_closed_begins_anew_and_is_forgotten(town):
    with town[0].app_context():
        storage = DatabaseStorage()
        assert storage.incr("sign-in", -1) == 1
        assert storage.get("sign-in") == 0
        assert storage.incr("sign-in", -1) == 1
        forget_old()
        assert storage.reset() == 0


def test_an_export_is_made_by_one_worker(town, ask):
    first, second = ask(), ask()
    taken = [app.extensions["exports"]._take_next() for app in town]
    assert taken == [first, second]


def test_what_a_dead_worker_was_making_has_failed_and_what_a_living_one_makes_goes_on(town, ask):
    lost, kept = ask(status=RUNNING, worker="dead"), ask(status=RUNNING, worker="alive")
    here = town[1]
    with here.app_context():
        db.session.add_all(
            [
                Worker(id="alive", key_mark="", folder_mark="", seen_at=now()),
                Worker(id="dead", key_mark="", folder_mark="", seen_at=now() - 2 * FORGOTTEN),
            ]
        )
        db.session.commit()
        here.extensions["exports"].sweep()  # the database may have been away until now: nobody is sure
        assert db.session.get_one(Export, lost).status == RUNNING
        here.extensions["roll"]._beating_since -= FORGOTTEN.total_seconds()
        here.extensions["exports"].sweep()
        assert [db.session.get_one(Export, each).status for each in (lost, kept)] == [FAILED, RUNNING]
        assert not here.extensions["exports"].folder(lost).exists()


def test_one_worker_cancels_what_another_is_making(town, ask):
    export_id = ask(status=QUEUED)
    maker, other = (app.extensions["exports"] for app in town)
    maker._take_next()
    maker._process = process = subprocess.Popen(["sleep", "600"])
    with town[1].app_context():
        other.cancel(db.session.get_one(Export, export_id))
    assert maker._watch(maker.folder(export_id)) is False
    assert process.returncode is not None
    maker._finish(export_id, maker.folder(export_id), in_time=False)
    with town[0].app_context():
        assert db.session.get_one(Export, export_id).status == CANCELLED


def test_two_workers_make_a_proposal_at_once(town):
    """In one room it is one; in two rooms they get two numbers."""
    make = Factories(town[0])
    staff = make.staff()
    rooms = [make.workshop(staff), make.workshop(staff)]
    waiting = threading.Barrier(4)

    def press(app, room):
        with app.app_context():
            workshop, me = db.session.get_one(Workshop, room.id), db.session.get_one(Staff, staff.id)
            waiting.wait()
            Proposal.of(workshop, me)
            db.session.commit()

    threads = [threading.Thread(target=press, args=(app, room)) for app in town for room in rooms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with town[0].app_context():
        made = db.session.scalars(select(Proposal).order_by(Proposal.number)).all()
        assert [proposal.number for proposal in made] == [1, 2]
        assert {proposal.workshop_id for proposal in made} == {room.id for room in rooms}
