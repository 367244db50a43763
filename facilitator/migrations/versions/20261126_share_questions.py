"""share_questions: the café's questions become those of every kind, each about something if the kind wants it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

RENAMED = {"cafe_question": "question", "cafe_upvote": "question_vote"}


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_question_activity_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_question_participant_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["statement.id"], name=op.f("fk_question_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "question_vote",
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_question_vote_participant_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_vote_question_id")),
        sa.PrimaryKeyConstraint("question_id", "participant_id", name=op.f("pk_question_vote")),
    )
    _move("cafe_question", "id, activity_id, participant_id, text, status, asked_at, called_at, deleted_at")
    _move("cafe_upvote", "question_id, participant_id, withdrawn_at")
    op.drop_table("cafe_upvote")
    op.drop_table("cafe_question")
    _rename_in_deeds()


def _move(old: str, columns: str) -> None:
    op.execute(f"INSERT INTO {RENAMED[old]} ({columns}) SELECT {columns} FROM {old}")  # noqa: S608  fixed names


def _rename_in_deeds() -> None:
    """What was done to a question can still be undone."""
    deed = sa.table("deed", sa.column("id", sa.Integer), sa.column("rows", sa.JSON))
    bind = op.get_bind()
    for number, notes in bind.execute(sa.select(deed.c.id, deed.c.rows)).all():
        if any(note["table"] in RENAMED for note in notes):
            renamed = [{**note, "table": RENAMED.get(note["table"], note["table"])} for note in notes]
            bind.execute(deed.update().where(deed.c.id == number).values(rows=renamed))
