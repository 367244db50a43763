"""create_competitions: entries, judges, scores, and a log that can only grow."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "competition_criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("anchors", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_competition_criterion_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_criterion")),
    )
    with op.batch_alter_table("competition_criterion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_competition_criterion_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "competition_judge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("locked_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_competition_judge_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_judge")),
        sa.UniqueConstraint("activity_id", "number", name=op.f("uq_competition_judge_activity_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_competition_judge_token")),
    )
    op.create_table(
        "competition_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("neighbourhood", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("about_en", sa.String(), nullable=False),
        sa.Column("pdf", sa.String(), nullable=False),
        sa.Column("pdf_page", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["statement.id"], name=op.f("fk_competition_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_entry")),
        sa.UniqueConstraint("token", name=op.f("uq_competition_entry_token")),
    )
    op.create_table(
        "competition_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["statement.id"], name=op.f("fk_competition_assignment_entry_id")),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["competition_judge.id"], name=op.f("fk_competition_assignment_judge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_assignment")),
        sa.UniqueConstraint("judge_id", "entry_id", name=op.f("uq_competition_assignment_judge_id_entry_id")),
    )
    with op.batch_alter_table("competition_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_competition_assignment_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "competition_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("judge_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.String(), nullable=True),
        sa.Column("criterion_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_competition_audit_activity_id")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["competition_criterion.id"], name=op.f("fk_competition_audit_criterion_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["statement.id"], name=op.f("fk_competition_audit_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["competition_judge.id"], name=op.f("fk_competition_audit_judge_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_competition_audit_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_audit")),
    )
    with op.batch_alter_table("competition_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_competition_audit_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "competition_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("recused_at", sa.DateTime(), nullable=True),
        sa.Column("abstained_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["statement.id"], name=op.f("fk_competition_judgement_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["competition_judge.id"], name=op.f("fk_competition_judgement_judge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_judgement")),
        sa.UniqueConstraint("judge_id", "entry_id", name=op.f("uq_competition_judgement_judge_id_entry_id")),
    )
    with op.batch_alter_table("competition_judgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_competition_judgement_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "competition_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("photo", sa.String(), nullable=False),
        sa.Column("thumb", sa.String(), nullable=False),
        sa.Column("caption", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["statement.id"], name=op.f("fk_competition_picture_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_picture")),
    )
    with op.batch_alter_table("competition_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_competition_picture_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "competition_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["competition_criterion.id"], name=op.f("fk_competition_score_criterion_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["statement.id"], name=op.f("fk_competition_score_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["competition_judge.id"], name=op.f("fk_competition_score_judge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_score")),
        sa.UniqueConstraint(
            "judge_id", "entry_id", "criterion_id", name=op.f("uq_competition_score_judge_id_entry_id_criterion_id")
        ),
    )
    with op.batch_alter_table("competition_score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_competition_score_entry_id"), ["entry_id"], unique=False)

    for statement in _ONLY_ADD[op.get_bind().dialect.name]:
        op.execute(statement)


# Whoever can write to the database through the program can't rewrite what the log says.
_ONLY_ADD = {
    "sqlite": [
        f"""CREATE TRIGGER competition_audit_{act} BEFORE {act.upper()} ON competition_audit
            BEGIN SELECT RAISE(ABORT, 'the log of a competition can only grow'); END"""
        for act in ("update", "delete")
    ],
    "postgresql": [
        """CREATE FUNCTION competition_audit_grows() RETURNS trigger AS $$
           BEGIN RAISE EXCEPTION 'the log of a competition can only grow'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER competition_audit_grows BEFORE UPDATE OR DELETE ON competition_audit
           FOR EACH ROW EXECUTE FUNCTION competition_audit_grows()""",
    ],
}
