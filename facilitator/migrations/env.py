"""Alembic's way into the models."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import NullPool, create_engine

import facilitator.app  # noqa: F401  every table is registered by importing the application
from facilitator.database import CONNECT, UPGRADING, take_turns
from facilitator.extensions import db

address = context.config.get_main_option("sqlalchemy.url") or ""
# A migration may take as long as it needs, and leaves no connection behind.
engine = create_engine(
    address, poolclass=NullPool, connect_args=dict(CONNECT) if address.startswith("postgresql") else {}
)


def moment_as_datetime(kind: str, item: Any, autogen: Any) -> str | Literal[False]:  # noqa: ARG001
    return "sa.DateTime()" if kind == "type" and type(item).__name__ == "Moment" else False


with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # Python's driver begins no transaction before DDL: a server that dies here would leave half of the tables,
        # and none could start on them again.
        # A table that others refer to can be written anew only while nobody asks whether it is there.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    # Several workers start at once: one migrates, the others wait and find nothing left to do.
    take_turns(connection, UPGRADING)
    context.configure(
        connection=connection, target_metadata=db.metadata, render_as_batch=True, render_item=moment_as_datetime
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()  # a connection left open would keep the database's disk busy
