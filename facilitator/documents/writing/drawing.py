"""Shapes that templates draw as SVG: positions and paths, no markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
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


def qr(address: str, *, as_it_is: bool = False) -> Qr:
    """A QR code as one SVG path. Upper case fits a smaller code; our addresses read the same in either.

    `as_it_is` keeps the case, which a person's own link needs: its secret is another one in capitals.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(address if as_it_is else address.upper())
    code.make()
    matrix = code.get_matrix()
    return Qr(len(matrix), "".join(_bars(matrix)))


def _bars(matrix: Sequence[Sequence[bool]]) -> Iterator[str]:
    """Each run of dark modules as one rectangle: a sheet with hundreds of codes is drawn in half the time."""
    for y, row in enumerate(matrix):
        x = 0
        for dark, run in groupby(row):
            long = len(list(run))
            if dark:
                yield f"M{x} {y}h{long}v1h-{long}z"
            x += long
