"""`facilitator move`: the town goes to another database, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from facilitator.config import Settings
from facilitator.safekeeping import opening
from facilitator.safekeeping.commands import data_option
from facilitator.safekeeping.holding import Held, holding
from facilitator.safekeeping.move import CannotMove, move

KNOWN = ("postgresql", "sqlite")


@click.command("move")
@click.option("--to", "target", required=True, help="Address of the new, empty database: postgresql://… or sqlite:///…")
@data_option
def move_command(target: str, data: Path | None) -> None:
    """Carry the whole town to another database, and compare every row.

    The old database stays as it is. Photos, papers and the signing key stay in the data folder.
    """
    settings = Settings.from_env(data=data)
    old, new = _address(settings.database), _address(target)
    _refuse_without_a_town(old)
    try:
        with _both_held(settings, replace(settings, database_url=target)) as arrival:
            opening.open_database(settings)
            counts = move(settings.database, arrival.database)
    except (CannotMove, Held, opening.CannotOpen, OSError) as error:
        raise click.ClickException(f"Nothing was moved. {error}") from error
    except SQLAlchemyError as error:
        raise click.ClickException(f"Nothing was moved. The database says: {_reason(error)}") from error
    click.echo("\n".join(_told(settings, old, new, counts)))


@contextmanager
def _both_held(settings: Settings, arrival: Settings) -> Iterator[Settings]:
    """No server may run on the folder of either database."""
    with ExitStack() as stack:
        stack.enter_context(holding(settings, "move"))
        folder = arrival.file.resolve().parent if arrival.file else None
        if folder and not (settings.file and folder in (settings.data.resolve(), settings.file.resolve().parent)):
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(holding(replace(arrival, data=folder), "move"))
        yield arrival


def _address(text: str) -> URL:
    try:
        address = make_url(text)
    except ArgumentError as error:
        raise click.ClickException(f"This isn't the address of a database: {text}") from error
    if address.get_backend_name() not in KNOWN:
        raise click.ClickException(f"A town can live in {' or '.join(KNOWN)}, not in {address.get_backend_name()}.")
    return address


def _refuse_without_a_town(old: URL) -> None:
    if old.get_backend_name() == "sqlite" and not Path(old.database or "").is_file():
        raise click.ClickException(f"There is no town in {old.database}. Name its folder: --data FOLDER")


def _reason(error: SQLAlchemyError) -> str:
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _told(settings: Settings, old: URL, new: URL, counts: dict[str, int]) -> list[str]:
    at_home = new == make_url(replace(settings, database_url="").database)
    address = "without FACILITATOR_DATABASE_URL," if at_home else f"FACILITATOR_DATABASE_URL={new}"
    return [
        f"From {old}",
        f"to   {new}",
        "",
        *(f"  {count:>9,}  {table}" for table, count in counts.items()),
        "",
        f"All {sum(counts.values()):,} rows were read again from the new database: each is the same in every column.",
        f"Photos, papers and the signing key stay where they are: {settings.data.resolve()}",
        f"Start with: {address} facilitator serve --data {settings.data}",
        "The old database is as it was. Put it away, so that nobody opens it by mistake.",
    ]
