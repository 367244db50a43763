"""create_placings: where people would put the loose ideas."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "idea_placing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("placed_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_idea_placing_activity_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_idea_placing_participant_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_idea_placing_statement_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_idea_placing_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_placing")),
    )
    with op.batch_alter_table("idea_placing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_idea_placing_counted",
            ["activity_id", "statement_id", "theme_id", "skipped", "withdrawn_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_idea_placing_activity_id_participant_id_statement_id"),
            ["activity_id", "participant_id", "statement_id"],
            unique=False,
        )
