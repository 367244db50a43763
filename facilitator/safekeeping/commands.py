"""`facilitator backup`, `restore` and `check`."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from facilitator.config import Settings
from facilitator.safekeeping import archive, opening, restoring
from facilitator.safekeeping.check import MARKS, examine
from facilitator.safekeeping.copying import Damaged, copy_database
from facilitator.safekeeping.holding import Held, holding
from facilitator.safekeeping.move import CannotMove, copy
from facilitator.workshop.soundness import WRONG

data_option = click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and files.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@data_option
def backup(file: Path | None, **given: Any) -> None:
    """Write everything into one FILE, also while the server runs.

    It holds the database, photos, papers and the key that signs the cookies: keep it safe.
    """
    settings = Settings.from_env(**given)
    target = file or Path(f"facilitator-{datetime.now().astimezone():%Y%m%d-%H%M%S}.zip")
    copy_to = _copying(settings)
    if target.exists():
        raise click.ClickException(f"{target} is there already. Choose another name.")
    try:
        made = archive.write(settings.data, copy_to, target)
    except (OSError, sqlite3.Error, SQLAlchemyError, Damaged, CannotMove) as error:
        raise click.ClickException(f"No backup was made: {error}") from error
    click.echo(
        f"{target}: {made.files} files, {made.bytes / 2**20:.1f} MB of data. It holds the signing key: keep it safe."
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@data_option
def restore(file: Path, **given: Any) -> None:
    """Put a backup or a snapshot in place of the present data, which is moved aside."""
    settings = Settings.from_env(**given)
    _own_database(settings)
    try:
        opening.open_folder(settings)
        with holding(settings, "restore"):
            told = _put_in_place(settings, file)
    except (Held, opening.CannotOpen, archive.Unreadable, Damaged, OSError, sqlite3.Error) as error:
        begun = restoring.is_cut_off(settings.data)
        so_far = "It was cut off: the next start finishes it." if begun else "Nothing was changed."
        raise click.ClickException(f"{so_far} {error}") from error
    click.echo("\n".join(told))


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check(as_json: bool, **given: Any) -> None:
    """Look whether everything is sound; changes nothing. Ends with 1 if something is wrong."""
    findings = examine(Settings.from_env(**given))
    bad = [finding for finding in findings if finding.level == WRONG]
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(f"  {MARKS[finding.level]}  {finding.text}" for finding in findings))
    sys.exit(1 if bad else 0)


def _copying(settings: Settings) -> Callable[[Path], None]:
    """How the database becomes one SQLite file."""
    if restoring.is_cut_off(settings.data):
        raise click.ClickException("A restore was cut off here. Start the server once: it finishes it.")
    if settings.file is None:
        return partial(_copy_of_a_server, settings)
    if not settings.file.exists():
        raise click.ClickException(f"There is no database in {settings.data} yet.")
    return partial(copy_database, settings.file)


def _copy_of_a_server(settings: Settings, target: Path) -> None:
    """What a town on PostgreSQL holds, in a file that any laptop can go on from."""
    with TemporaryDirectory(dir=target.parent) as folder:
        moved = Path(folder) / "moved.db"
        copy(settings.database, f"sqlite:///{moved}")
        copy_database(moved, target)


def _own_database(settings: Settings) -> None:
    if settings.file is None:
        raise click.ClickException(
            "The database is on a server. Restore into a folder, with FACILITATOR_DATABASE_URL unset; then carry it "
            "there: facilitator move --to postgresql://…"
        )
    if settings.file != (settings.data / archive.DATABASE).resolve():
        raise click.ClickException(
            f"The database stands outside the data folder: {settings.file}. Move it there first."
        )


def _put_in_place(settings: Settings, file: Path) -> list[str]:
    restoring.finish(settings.data)
    folder = restoring.lay_ready(settings.data)
    try:
        contents = archive.unpack(file, folder)
        if contents.revision not in opening.known_revisions(settings):
            raise archive.Unreadable(f"It was made by a newer release (shape {contents.revision}).")
        aside = restoring.commit(settings.data, whole=archive.is_whole(file))
    finally:
        restoring.give_up(settings.data)
    told = [f"The town as it was at {contents.made_at} is in place in {settings.data}."]
    if (settings.data / aside).exists():
        told.append(f"What was there before: {settings.data / aside}")
    return told
