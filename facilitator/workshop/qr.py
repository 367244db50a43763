"""QR codes as SVG: black on white, four modules of quiet zone, no logo."""

from __future__ import annotations

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
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    side = len(rows)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    label = _("QR code")
    return Markup(  # noqa: S704  numbers and our own words only
        f'<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )
