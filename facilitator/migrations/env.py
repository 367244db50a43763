"""Alembic's way into the models."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import NullPool, create_engine

import facilitator.app  # noqa: F401  every table is registered by importing the application
from facilitator.extensions import db

# Without a pool: nothing stays connected once the schema is made.
engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)


def moment_as_datetime(kind: str, item: Any, autogen: Any) -> str | Literal[False]:  # noqa: ARG001
    return "sa.DateTime()" if kind == "type" and type(item).__name__ == "Moment" else False


with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # Python's driver begins no transaction before DDL: a server that dies here would leave half of the tables,
        # and none could start on them again.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection, target_metadata=db.metadata, render_as_batch=True, render_item=moment_as_datetime
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
