"""tie_themes: which themes of several evenings are the same matter."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "theme_kin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_kin_theme_id")),
        sa.ForeignKeyConstraint(["other_id"], ["theme.id"], name=op.f("fk_theme_kin_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_kin")),
    )
    for column in ("theme_id", "other_id"):
        op.create_index(op.f(f"ix_theme_kin_{column}"), "theme_kin", [column])
