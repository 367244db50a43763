"""The database's history, one change a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def alembic_config(database: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("sqlalchemy.url", database.replace("%", "%%"))
    return config


@cache
def heads() -> frozenset[str]:
    """The revisions that a database of this program stands at."""
    return frozenset(ScriptDirectory.from_config(alembic_config("sqlite://")).get_heads())


def upgrade(database: str, revision: str = "head") -> None:
    """Bring the database to the newest shape, or a given one; a new file is made from nothing."""
    command.upgrade(alembic_config(database), revision)
