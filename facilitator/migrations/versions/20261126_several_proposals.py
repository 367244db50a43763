"""several_proposals: a workshop may have more than one, each on its own themes; a draft can be discarded and merged."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("proposal") as batch_op:
        batch_op.drop_constraint("uq_proposal_workshop_id", type_="unique")
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_proposal_workshop_id"), ["workshop_id"])
        batch_op.create_foreign_key(batch_op.f("fk_proposal_merged_into_id"), "proposal", ["merged_into_id"], ["id"])
    op.create_table(
        "proposal_theme",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_theme_proposal_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_proposal_theme_theme_id")),
        sa.PrimaryKeyConstraint("proposal_id", "theme_id", name=op.f("pk_proposal_theme")),
    )
