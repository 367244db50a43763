"""The database's history, one change a file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config


def alembic_config(database: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("sqlalchemy.url", database.replace("%", "%%"))
    return config


def upgrade(database: str) -> None:
    """Bring the database to the newest shape; a new file is made from nothing."""
    command.upgrade(alembic_config(database), "head")
