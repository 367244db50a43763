"""print_sheets: an export may be of another paper than the proposal."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("export") as batch_op:
        batch_op.add_column(sa.Column("document", sa.String(), nullable=False, server_default="proposal"))
