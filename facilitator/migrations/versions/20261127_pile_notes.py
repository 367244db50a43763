"""pile_notes: a café's table groups its own notes into piles, each with a name."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "cafe_pile",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("cafe_table_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cafe_table_id"], ["cafe_table.id"], name=op.f("fk_cafe_pile_cafe_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cafe_pile")),
    )
    op.create_index(op.f("ix_cafe_pile_cafe_table_id"), "cafe_pile", ["cafe_table_id"])
    # Not by the usual call: it would have SQLite write the whole table anew.
    op.execute(
        "ALTER TABLE cafe_note ADD COLUMN pile_id VARCHAR CONSTRAINT fk_cafe_note_pile_id REFERENCES cafe_pile (id)"
    )
    op.create_index(op.f("ix_cafe_note_pile_id"), "cafe_note", ["pile_id"])
