"""create_cafes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "cafe_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_cafe_guest_activity_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_cafe_guest_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cafe_guest")),
        sa.UniqueConstraint("activity_id", "participant_id", name=op.f("uq_cafe_guest_activity_id_participant_id")),
    )
    op.create_table(
        "cafe_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_cafe_pair_activity_id")),
        sa.ForeignKeyConstraint(["first_id"], ["participant.id"], name=op.f("fk_cafe_pair_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["participant.id"], name=op.f("fk_cafe_pair_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cafe_pair")),
    )
    with op.batch_alter_table("cafe_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cafe_pair_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "cafe_question",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_cafe_question_activity_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_cafe_question_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cafe_question")),
    )
    with op.batch_alter_table("cafe_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cafe_question_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "cafe_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_cafe_table_activity_id")),
        sa.ForeignKeyConstraint(["host_id"], ["participant.id"], name=op.f("fk_cafe_table_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cafe_table")),
        sa.UniqueConstraint("activity_id", "number", name=op.f("uq_cafe_table_activity_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_cafe_table_token")),
    )
    op.create_table(
        "cafe_harvest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cafe_table_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("photo", sa.String(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("edited_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cafe_table_id"], ["cafe_table.id"], name=op.f("fk_cafe_harvest_cafe_table_id")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["participant.id"], name=op.f("fk_cafe_harvest_edited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cafe_harvest")),
        sa.UniqueConstraint("cafe_table_id", name=op.f("uq_cafe_harvest_cafe_table_id")),
    )
    op.create_table(
        "cafe_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("cafe_table_id", sa.Integer(), nullable=False),
        sa.Column("here_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_cafe_seat_activity_id")),
        sa.ForeignKeyConstraint(["cafe_table_id"], ["cafe_table.id"], name=op.f("fk_cafe_seat_cafe_table_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_cafe_seat_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cafe_seat")),
        sa.UniqueConstraint(
            "activity_id", "round", "participant_id", name=op.f("uq_cafe_seat_activity_id_round_participant_id")
        ),
    )
    with op.batch_alter_table("cafe_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cafe_seat_cafe_table_id_round"), ["cafe_table_id", "round"], unique=False)

    op.create_table(
        "cafe_upvote",
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_cafe_upvote_participant_id")),
        sa.ForeignKeyConstraint(["question_id"], ["cafe_question.id"], name=op.f("fk_cafe_upvote_question_id")),
        sa.PrimaryKeyConstraint("question_id", "participant_id", name=op.f("pk_cafe_upvote")),
    )
    op.create_table(
        "cafe_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("cafe_table_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cafe_table_id"], ["cafe_table.id"], name=op.f("fk_cafe_note_cafe_table_id")),
        sa.ForeignKeyConstraint(["id"], ["statement.id"], name=op.f("fk_cafe_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cafe_note")),
    )
    with op.batch_alter_table("cafe_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cafe_note_cafe_table_id_round"), ["cafe_table_id", "round"], unique=False)
