"""count_apart.

What counts from 1 in a room is unique there, whoever writes at the same time; and what several workers must know of
each other: who lives, what is made by whom, how often something was tried.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBERED = {"statement": "activity_id", "participant": "workshop_id"}


def upgrade() -> None:
    for name, owner in NUMBERED.items():
        _number_apart(name, owner)
        op.create_index(op.f(f"ix_{name}_{owner}_number"), name, [owner, "number"], unique=True)
    op.create_table(
        "worker",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key_mark", sa.String(), nullable=False),
        sa.Column("folder_mark", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_table(
        "tries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.add_column("export", sa.Column("worker", sa.String(), nullable=False, server_default=""))


def _number_apart(name: str, owner: str) -> None:
    """Where two have one number, the later gets the next free one: an upgrade must not fail on it."""
    table = sa.table(name, sa.column("id"), sa.column(owner), sa.column("number"))
    here, number = table.c[owner], table.c.number
    doubled = sa.select(here, number).group_by(here, number).having(sa.func.count() > 1)
    bind = op.get_bind()
    for place, same in bind.execute(doubled).all():
        ids = bind.scalars(sa.select(table.c.id).where(here == place, number == same).order_by(table.c.id)).all()
        for each in ids[1:]:
            last = bind.scalar(sa.select(sa.func.max(number)).where(here == place)) or 0
            bind.execute(table.update().where(table.c.id == each).values(number=last + 1))
