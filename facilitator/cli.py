"""The commands of `facilitator`."""

from __future__ import annotations

from gevent import monkey

# The console script starts here: patch before anything else is imported.
monkey.patch_all()

import socket  # noqa: E402
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


@click.group()
def main() -> None:
    """Facilitator (聚议): rooms full of people who plan their neighbourhood together."""


@main.command("serve")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--host", help="Address to listen on.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and files.")
@click.option("--base-url", help="Address that phones use, if it isn't this machine's own.")
@click.option("--demo", is_flag=True, help="Load the town of 高境 and a living workshop.")
def serve_command(demo: bool, **given: Any) -> None:
    """Start the server for the hall."""
    settings = Settings.from_env(**given)
    _start_log(settings)
    try:
        opening.open_folder(settings)
        with holding(settings, f"the server on port {settings.port}"):
            told = opening.open_database(settings)
            click.echo("\n".join(told), err=True, nl=bool(told))
            _serve(create_app(settings), settings, demo)
    except (opening.CannotOpen, Held) as error:
        raise click.ClickException(str(error)) from error
    except PortTaken as error:
        advice = f"{error} Stop the other program, or choose another: --port {settings.port + 1}"
        raise click.ClickException(advice) from error


def _start_log(settings: Settings) -> None:
    try:
        logs.configure(settings.log_level, settings.log_format)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _serve(app: Flask, settings: Settings, demo: bool) -> None:
    with keeping(app):
        serve(app, settings.host, settings.port, on_ready=lambda: _greet(app, settings, demo))


for command in (backup, restore, check, export_command, import_command, move_command):
    main.add_command(command)


def _greet(app: Flask, settings: Settings, demo: bool) -> None:
    app.config["PUBLIC_URL"] = settings.base_url.rstrip("/") or f"http://{lan_address()}:{settings.port}"
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
