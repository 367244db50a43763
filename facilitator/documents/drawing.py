"""Shapes that templates draw as SVG: positions and paths, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin, sqrt
from typing import NamedTuple

import qrcode
from qrcode.constants import ERROR_CORRECT_M

GOLDEN_ANGLE = pi * (3 - sqrt(5))
MOST_IN_SUN = 900
"""More dots than this only look like dust; each then stands for several ideas."""


class Spot(NamedTuple):
    x: float
    y: float
    radius: float
    colour: int


def sunflower(colours: Sequence[int], radius: float) -> list[Spot]:
    """A disc of dots, one for each colour given, laid like the seeds of a sunflower from the middle outwards.

    Source: Vogel (1979), a better way to construct the sunflower head.
    """
    every = -(-len(colours) // MOST_IN_SUN) or 1
    shown = colours[::every]
    seed = radius / sqrt(len(shown) or 1)
    return [_seed(index, colour, seed) for index, colour in enumerate(shown)]


def _seed(index: int, colour: int, seed: float) -> Spot:
    distance = seed * sqrt(index + 0.5)
    angle = index * GOLDEN_ANGLE
    return Spot(round(distance * cos(angle), 2), round(distance * sin(angle), 2), round(seed * 0.72, 2), colour)


class Qr(NamedTuple):
    size: int
    """Modules a side, the quiet zone of four included."""
    path: str


def qr(address: str) -> Qr:
    """A QR code as one SVG path. Upper case fits a smaller code; our addresses read the same in either."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(address.upper())
    code.make()
    matrix = code.get_matrix()
    bars = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return Qr(len(matrix), "".join(bars))
