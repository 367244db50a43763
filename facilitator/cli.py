"""The commands of `facilitator`."""

from __future__ import annotations

from gevent import monkey

# The console script starts here: patch before anything else is imported.
monkey.patch_all()

import socket  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import click  # noqa: E402
import qrcode  # noqa: E402
from flask import Flask  # noqa: E402

from facilitator import logs  # noqa: E402
from facilitator.accounts.models import SECRETARIAT, Invitation, anyone_on_staff  # noqa: E402
from facilitator.app import create_app  # noqa: E402
from facilitator.config import Settings  # noqa: E402
from facilitator.extensions import db  # noqa: E402
from facilitator.live.server import PortTaken, serve  # noqa: E402
from facilitator.safekeeping import opening  # noqa: E402
from facilitator.safekeeping.commands import backup, check, restore  # noqa: E402
from facilitator.safekeeping.holding import Held, holding  # noqa: E402
from facilitator.safekeeping.keeper import keeping  # noqa: E402
from facilitator.safekeeping.move_commands import move_command  # noqa: E402
from facilitator.safekeeping.parcel_commands import export_command, import_command  # noqa: E402
from facilitator.scores import scores_command  # noqa: E402
from facilitator.seats import seats_command  # noqa: E402
from facilitator.synthesis.ahead import thinking_ahead  # noqa: E402
from facilitator.themes import themes_command  # noqa: E402
from facilitator.workers import supervisor  # noqa: E402
from facilitator.workers.roll import Unlike, on_roll  # noqa: E402

GREETING, SILENT = "greeting", "silent"
"""Of several workers one says what a single server says when it starts."""


@click.group()
def main() -> None:
    """Facilitator (聚议): rooms full of people who plan their neighbourhood together."""


@main.command("serve")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--host", help="Address to listen on.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and files.")
@click.option("--base-url", help="Address that phones use, if it isn't this machine's own.")
@click.option("--workers", type=click.IntRange(1), help="Server processes on this machine; needs PostgreSQL.")
@click.option("--demo", is_flag=True, help="Load the town of 高境 and its workshops.")
@click.option("--worker", type=click.Choice([GREETING, SILENT]), hidden=True)
def serve_command(demo: bool, worker: str | None, **given: Any) -> None:
    """Start the server for the hall."""
    settings = Settings.from_env(**given)
    _start_log(settings)
    try:
        opening.open_folder(settings)
        with holding(settings, f"the server on port {settings.port}"):
            told = opening.open_database(settings)
            click.echo("\n".join(told), err=True, nl=bool(told))
            if settings.workers > 1 and worker is None:
                _supervise(settings, demo)
            else:
                _serve(create_app(settings), settings, demo, worker)
    except (opening.CannotOpen, Held, Unlike) as error:
        raise click.ClickException(str(error)) from error
    except PortTaken as error:
        advice = f"{error} Stop the other program, or choose another: --port {settings.port + 1}"
        raise click.ClickException(advice) from error


def _start_log(settings: Settings) -> None:
    try:
        logs.configure(settings.log_level, settings.log_format)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _serve(app: Flask, settings: Settings, demo: bool, worker: str | None) -> None:
    app.config["PUBLIC_URL"] = settings.base_url.rstrip("/") or f"http://{lan_address()}:{settings.port}"
    if worker:
        supervisor.end_with_supervisor()
    with on_roll(app), keeping(app), thinking_ahead(app):
        greet = None if worker == SILENT else lambda: _greet(app, demo)
        serve(app, settings.host, settings.port, on_ready=greet, shared=bool(worker))


def _supervise(settings: Settings, demo: bool) -> None:
    """Start the workers and stay with them."""
    if not settings.on_postgres:
        raise click.ClickException(
            "More than one worker needs PostgreSQL: a SQLite database belongs to one process. "
            "Set FACILITATOR_DATABASE_URL=postgresql://user:password@host/name, or leave --workers out."
        )
    settings.secret()  # made once, before several look for it
    command = [sys.executable, "-m", "facilitator", "serve", *_options(settings)]
    first = [*command, "--worker", GREETING, *(["--demo"] if demo else [])]
    try:
        supervisor.Supervisor(first, [*command, "--worker", SILENT]).run(settings.host, settings.port, settings.workers)
    except OSError as error:
        raise PortTaken(settings.host, settings.port) from error


def _options(settings: Settings) -> list[str]:
    """The same settings for a worker, as it was said here."""
    named = {name: getattr(settings, name) for name in ("host", "port", "data", "base_url", "workers")}
    return [f"--{name.replace('_', '-')}={value}" for name, value in named.items()]


for command in (backup, restore, check, export_command, import_command, move_command):
    main.add_command(command)
for command in (scores_command, seats_command, themes_command):
    main.add_command(command)


def _greet(app: Flask, demo: bool) -> None:
    with app.app_context():
        click.echo("\n".join(_greeting(app, demo)))


def lan_address() -> str:
    """The machine's address on the hall's network; loopback when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: a datagram socket only looks up which way it would go.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _greeting(app: Flask, demo: bool) -> list[str]:
    address = app.config["PUBLIC_URL"]
    lines = ["", "  聚议 Facilitator", "", _terminal_qr(address), f"  Phones open      {address}"]
    if demo:
        from facilitator.demo.load import load  # the demo's content isn't needed otherwise

        lines += [f"  {line}" for line in load(app)]
    elif not anyone_on_staff():
        secret = Invitation.make(SECRETARIAT)
        db.session.commit()
        lines += ["", "  First start: make your account with this one-time link", f"  {address}/invitations/{secret}"]
    return [*lines, "", "  Stop with Ctrl+C.", ""]


def _terminal_qr(text: str) -> str:
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    rows = code.get_matrix()
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("  " + "".join(blocks[cell] for cell in zip(top, low, strict=True)) for top, low in pairs)
