"""`facilitator export` and `facilitator import`: one workshop, one file. Both may run while the server runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Connection, Engine, create_engine, or_, select

from facilitator.accounts.models import Staff, tidy_email
from facilitator.config import Settings
from facilitator.disk import settle
from facilitator.safekeeping import opening, parcel
from facilitator.safekeeping.commands import data_option
from facilitator.safekeeping.packing import gather, pack, still
from facilitator.safekeeping.unpacking import AlreadyHere, luggage, unpack
from facilitator.web.errors import Refused
from facilitator.workshop.models import Workshop, tidy_code


@click.command("export")
@click.argument("code")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def export_command(code: str, file: Path, data: Path | None) -> None:
    """Write the workshop with this join CODE, its photos and its proposal to one FILE.

    The file holds the people's names and their personal links: keep it as safe as the data folder.
    """
    settings = Settings.from_env(data=data)
    with _town(settings) as engine:
        with still(engine) as connection:
            load = gather(connection, _with_code(connection, code), settings.data)
        part = file.with_name(file.name + ".part")
        part.touch(mode=0o600)
        with part.open("wb") as out:
            pack(load, out)
        settle(part)
        part.replace(file)
        settle(file)
    click.echo(f"“{load.title}” is in {file}")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--owner", required=True, help="E-mail or name of the member of staff whose workshop it becomes.")
@click.option("--copy", is_flag=True, help="If it is here already, add it as a copy.")
@data_option
def import_command(file: Path, owner: str, copy: bool, data: Path | None) -> None:
    """Add the workshop in FILE to this town, whole or not at all."""
    settings = Settings.from_env(data=data)
    copied = (lambda title: f"{title} (copy)") if copy else None
    with _town(settings) as engine, file.open("rb") as stream, luggage(settings.data.resolve()) as pieces:
        opened = parcel.read(stream)
        pieces.keep_photos(opened)
        with engine.begin() as connection:
            arrival = unpack(connection, opened, pieces, _staff(connection, owner), copied)
    click.echo("\n".join(arrival.told()))


@contextmanager
def _town(settings: Settings) -> Iterator[Engine]:
    """The town's database in its newest shape; what is refused in here ends the command with its reason."""
    if not settings.database_url and not (settings.data / "facilitator.db").exists():
        raise click.ClickException(f"There is no town in {settings.data}. Name its folder: --data FOLDER")
    engine = create_engine(settings.database)
    try:
        opening.open_database(settings)
        yield engine
    except AlreadyHere as error:
        raise click.ClickException(f"{error} To have it twice: --copy") from error
    except (Refused, opening.CannotOpen, OSError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()


def _with_code(connection: Connection, code: str) -> int:
    wanted = tidy_code(code)
    found = connection.scalar(select(Workshop.id).where(Workshop.code == wanted, Workshop.deleted_at.is_(None)))
    if found is None:
        raise click.ClickException(f"No workshop here has the code {code}.")
    return found


def _staff(connection: Connection, owner: str) -> int:
    """By e-mail, or by a name that only one has."""
    named = or_(Staff.email == tidy_email(owner), Staff.name == owner.strip())
    found = list(connection.scalars(select(Staff.id).where(named, Staff.left_at.is_(None))))
    if len(found) != 1:
        how_many = "Nobody" if not found else "More than one person"
        raise click.ClickException(f"{how_many} on the staff is known as {owner}. Use the e-mail address.")
    return found[0]
