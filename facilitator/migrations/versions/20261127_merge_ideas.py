"""merge_ideas: an idea may stand for others that say the same; two that don't are noted, and not asked about again."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # Not by the usual call: it would have SQLite write the whole table anew.
    op.execute(
        "ALTER TABLE statement ADD COLUMN merged_into_id VARCHAR"
        " CONSTRAINT fk_statement_merged_into_id REFERENCES statement (id)"
    )
    op.create_index(op.f("ix_statement_merged_into_id"), "statement", ["merged_into_id"])
    op.create_table(
        "kept_apart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.String(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_kept_apart_activity_id")),
        sa.ForeignKeyConstraint(["first_id"], ["statement.id"], name=op.f("fk_kept_apart_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["statement.id"], name=op.f("fk_kept_apart_second_id")),
        sa.ForeignKeyConstraint(["kept_by_id"], ["staff.id"], name=op.f("fk_kept_apart_kept_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_apart")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_kept_apart_first_id_second_id")),
    )
    op.create_index(op.f("ix_kept_apart_activity_id"), "kept_apart", ["activity_id"])
