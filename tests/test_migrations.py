"""The database that the migrations make is the one the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, select, text

import facilitator.app  # noqa: F401  every table is registered by importing the application
from facilitator.extensions import db
from facilitator.migrations import alembic_config, upgrade
from facilitator.workshop.history import Deed


def migrated(folder):
    address = f"sqlite:///{folder / 'facilitator.db'}"
    upgrade(address)
    return address, create_engine(address)


def test_a_fresh_database_is_what_the_models_say(tmp_path):
    _address, engine = migrated(tmp_path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        assert inspect(connection).get_table_names() != []
    engine.dispose()


def test_upgrading_again_keeps_what_is_there(tmp_path):
    address, engine = migrated(tmp_path)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO neighbourhood (name, name_en) VALUES ('共和九村', '')"))
    upgrade(address)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM neighbourhood")) == "共和九村"
    engine.dispose()


def test_the_history_is_one_line():
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(script.get_heads()) == 1


def test_the_database_checks_references_and_never_stops_the_room_to_wait(app):
    with app.app_context(), db.engine.connect() as connection:
        pragmas = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 1, 10]


def test_the_questions_of_a_cafe_become_everybodys_and_can_still_be_called_back(tmp_path):
    address = f"sqlite:///{tmp_path / 'facilitator.db'}"
    assert asked(address) == [("q1", 1, "Who pays?", "speaking", None, 1)]


def test_they_do_so_on_postgresql_too(postgres):
    address = postgres.new_database().replace("postgresql:", "postgresql+psycopg:")
    assert asked(address) == [("q1", 1, "Who pays?", "speaking", None, 1)]


def asked(address):
    """A question, its voice and the deed that called it, written at 0006 and read now; the deed names rows by table."""
    upgrade(address, "0006")
    engine = create_engine(address)
    with engine.begin() as connection:
        for statement in CAFE.strip().split(";\n"):
            connection.exec_driver_sql(statement)
    upgrade(address)
    with engine.connect() as connection:
        notes = connection.scalar(select(Deed.rows))
        columns = "id, activity_id, text, status, subject_id, (SELECT count(*) FROM question_vote)"
        rows = connection.execute(text(f"SELECT {columns} FROM question")).all()
        kept = "SELECT label.number, wording.text FROM wording JOIN proposal label ON label.id = wording.proposal_id"
        assert [tuple(row) for row in connection.execute(text(kept))] == [(7, "Seats first")]
        assert {"cafe_question", "cafe_upvote"} & set(inspect(connection).get_table_names()) == set()
    engine.dispose()
    assert [(note["table"], note["id"]) for note in notes] == [("workshop", 1), ("question", "q1")]
    return [tuple(row) for row in rows]


CAFE = """
INSERT INTO staff (id, email, name, role, password_hash, epoch, created_at)
    VALUES (1, 'ju@example.org', 'Ju', 'facilitator', '!', 0, '2026-11-26 09:00:00');
INSERT INTO workshop (id, title, purpose, place, language, owner_id, code, screen_token, created_at, step, moves,
    paused, locked, show_code, message)
    VALUES (1, 'Café', '', '', 'en', 1, 'A', 'B', '2026-11-26 09:00:00', 'dialogue', 0, false, false, false, '');
INSERT INTO activity (kind, id, workshop_id, position, title, instruction, settings, state)
    VALUES ('world_cafe', 1, 1, 0, 'Café', '', '{}', '{}');
INSERT INTO participant (id, workshop_id, number, name, token, personal_code, joined_at)
    VALUES (1, 1, 1, 'Anna', 'token', 'AAAA', '2026-11-26 09:30:00');
INSERT INTO cafe_question (id, activity_id, participant_id, text, status, asked_at)
    VALUES ('q1', 1, 1, 'Who pays?', 'speaking', '2026-11-26 10:00:00');
INSERT INTO cafe_upvote (question_id, participant_id) VALUES ('q1', 1);
INSERT INTO proposal (id, workshop_id, year, number, created_by_id, created_at)
    VALUES (1, 1, 2026, 7, 1, '2026-11-26 11:00:00');
INSERT INTO wording (proposal_id, section, language, text, version) VALUES (1, 'advice', 'en', 'Seats first', 1);
INSERT INTO deed (id, workshop_id, staff_id, name, done_at, rows)
    VALUES (1, 1, 1, 'microphone', '2026-11-26 10:01:00',
    '[{"table": "workshop", "id": 1, "before": {}, "after": {}},
      {"table": "cafe_question", "id": "q1", "before": {}, "after": {}}]');
"""
