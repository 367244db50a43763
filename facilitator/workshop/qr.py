"""QR codes as SVG: black on white, four modules of quiet zone, no logo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import qrcode
from flask import current_app, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M

from facilitator.workshop.models import Workshop

QUIET = 4


def public(path: str) -> str:
    """The path as an address that phones can reach, whatever address the facilitator's own browser uses."""
    return str(current_app.config["PUBLIC_URL"]) + path


def join_address(workshop: Workshop) -> str:
    """The address of the QR code, in capitals so that it needs the coarser alphanumeric kind."""
    return public(url_for("phone.welcome", code=workshop.code)).upper()


def svg(text: str) -> Markup:
    """The code as one SVG path; its size comes from the style sheet."""
    return _drawn(text, _("QR code"))


@lru_cache(maxsize=256)
def _drawn(text: str, label: str) -> Markup:
    # Kept, because it takes four milliseconds and stands on every picture of the projector.
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    side = len(rows)
    path = "".join(f"M{x} {y}h{long}v1h-{long}z" for y, row in enumerate(rows) for x, long in _dark(row))
    return Markup(  # noqa: S704  numbers and our own words only
        f'<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )


def _dark(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """(where it begins, how long it is) of each run of dark modules."""
    at = 0
    for dark, run in groupby(row):
        length = len(list(run))
        if dark:
            yield at, length
        at += length
