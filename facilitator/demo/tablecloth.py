"""A tablecloth after three rounds, as somebody photographed it: paper, pens, the rings of the cups. Drawn by seed."""

from __future__ import annotations

import itertools
import math
import random
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 960)
PAPER, WOOD, COFFEE = (246, 241, 228), (150, 112, 78), (176, 140, 100)
PENS = [(38, 92, 122), (196, 84, 52), (74, 122, 66), (214, 160, 48), (122, 74, 128)]
Point = tuple[float, float]


def tablecloth(seed: int) -> BytesIO:
    """The picture as a file; the same seed draws the same one."""
    chance = random.Random(seed)  # noqa: S311  a drawing, nothing secret
    picture = Image.new("RGB", SIZE, WOOD)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((36, 28, SIZE[0] - 40, SIZE[1] - 30), 14, fill=PAPER)
    middles = _clouds(draw, chance)
    for one, other in itertools.pairwise(middles):
        _stroke(draw, chance, one, other, chance.choice(PENS), 5)
    _sketches(draw, chance)
    _cups(draw, chance)
    out = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(out, "PNG", compress_level=1)
    out.seek(0)
    return out


def _clouds(draw: ImageDraw.ImageDraw, chance: random.Random) -> list[Point]:
    """Thoughts with a line round each, and written lines inside that nobody can read from here."""
    middles = [(x + chance.uniform(-50, 50), y + chance.uniform(-40, 40)) for x in (260, 640, 1010) for y in (250, 690)]
    chance.shuffle(middles)
    for x, y in middles:
        pen, width, height = chance.choice(PENS), chance.uniform(105, 150), chance.uniform(70, 105)
        _loop(draw, chance, (x, y), (width, height), pen)
        for line in range(chance.randint(2, 4)):
            at = y - height * 0.45 + line * 30
            _scribble(draw, chance, (x - width * 0.6, at), width * chance.uniform(0.8, 1.2), pen)
    return middles


def _loop(
    draw: ImageDraw.ImageDraw, chance: random.Random, middle: Point, radius: Point, pen: tuple[int, int, int]
) -> None:
    wobble = chance.uniform(0, math.tau)
    around = [math.tau * step / 60 for step in range(62)]
    points = [
        (
            middle[0] + radius[0] * (1 + 0.05 * math.sin(3 * angle + wobble)) * math.cos(angle),
            middle[1] + radius[1] * (1 + 0.06 * math.cos(4 * angle + wobble)) * math.sin(angle),
        )
        for angle in around
    ]
    draw.line(points, fill=pen, width=6, joint="curve")


def _scribble(
    draw: ImageDraw.ImageDraw, chance: random.Random, start: Point, length: float, pen: tuple[int, int, int]
) -> None:
    steps = int(length / 7)
    points = [(start[0] + 7 * step, start[1] + chance.uniform(-8, 8)) for step in range(steps)]
    draw.line(points, fill=pen, width=3, joint="curve")


def _stroke(
    draw: ImageDraw.ImageDraw, chance: random.Random, one: Point, other: Point, pen: tuple[int, int, int], width: int
) -> None:
    """From one thought towards another, a little bent."""
    bend = chance.uniform(-60, 60)
    points = [
        (
            one[0] + (other[0] - one[0]) * part,
            one[1] + (other[1] - one[1]) * part + bend * math.sin(math.pi * part),
        )
        for part in (step / 20 for step in range(6, 15))
    ]
    draw.line(points, fill=pen, width=width, joint="curve")


def _sketches(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """A flower, a bench, a tree: who waits for the floor draws."""
    for sketch in (_flower, _bench, _tree):
        sketch(draw, (chance.uniform(130, 1120), chance.uniform(420, 520)), chance.choice(PENS))


def _flower(draw: ImageDraw.ImageDraw, at: Point, pen: tuple[int, int, int]) -> None:
    x, y = at
    draw.line([(x, y), (x + 6, y + 70)], fill=PENS[2], width=5)
    for step in range(6):
        px, py = x + 20 * math.cos(math.tau * step / 6), y + 20 * math.sin(math.tau * step / 6)
        draw.ellipse((px - 13, py - 13, px + 13, py + 13), outline=pen, width=4)
    draw.ellipse((x - 9, y - 9, x + 9, y + 9), fill=PENS[3])


def _bench(draw: ImageDraw.ImageDraw, at: Point, pen: tuple[int, int, int]) -> None:
    x, y = at
    for line in (
        (0, 0, 120, 0),
        (0, 18, 120, 18),
        (0, 44, 120, 44),
        (12, 44, 12, 78),
        (108, 44, 108, 78),
        (6, 0, 6, 44),
    ):
        draw.line((x + line[0], y + line[1], x + line[2], y + line[3]), fill=pen, width=6)


def _tree(draw: ImageDraw.ImageDraw, at: Point, pen: tuple[int, int, int]) -> None:
    x, y = at
    draw.line([(x, y + 80), (x, y + 10)], fill=WOOD, width=8)
    for dx, dy, radius in ((-26, 4, 30), (26, 2, 28), (0, -28, 34)):
        draw.ellipse((x + dx - radius, y + dy - radius, x + dx + radius, y + dy + radius), outline=pen, width=5)


def _cups(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for _ring in range(3):
        x, y, radius = chance.uniform(120, 1160), chance.uniform(110, 850), chance.uniform(44, 54)
        draw.arc((x - radius, y - radius, x + radius, y + radius), chance.randint(0, 90), 380, fill=COFFEE, width=5)
