"""Draws small squares and stairwells from above the corner, and as plans: the demo's entries have no photographs.

A scene is `{"ground": "paving", "things": [[name, x, y, ...], …]}` on a square of SIDE by SIDE paces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

SIDE = 8
SIZE = (1200, 800)
FINE = 2
"""Drawn so many times larger, then made small: that smooths the edges."""
STEP_X, STEP_Y, STEP_Z = 68, 35, 58
"""Pixels of one pace along the ground, and upwards."""
PAPER, INK, SHADE = (247, 241, 229), (42, 39, 36), (226, 216, 198)
TEAL, TEAL_DEEP, RED, RED_DEEP = (46, 125, 120), (28, 91, 88), (200, 68, 46), (158, 48, 32)
WOOD, WOOD_DEEP, STONE, STONE_DEEP = (196, 150, 98), (158, 115, 70), (214, 206, 192), (176, 167, 152)
LEAF, LEAF_DEEP, TRUNK, WALL, WALL_DEEP = (122, 158, 98), (90, 128, 76), (124, 96, 70), (238, 228, 210), (212, 199, 177)
METAL, GLASS, SAND, YELLOW = (120, 124, 126), (160, 190, 196), (234, 214, 170), (236, 186, 84)
GROUNDS = {"paving": (233, 225, 208), "lawn": (196, 208, 160), "worn": (214, 209, 198), "boards": (222, 192, 148)}

Colour = tuple[int, int, int]
Dot = tuple[float, float]


def drawing(scene: dict[str, Any], *, plan: bool = False) -> BytesIO:
    """The scene as a PNG: seen from above the corner, or as a plan."""
    canvas = _Plan(scene) if plan else _Corner(scene)
    out = BytesIO()
    canvas.picture.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG", compress_level=1)
    out.seek(0)
    return out


class _Corner:
    """From above the corner: what stands further back is drawn first."""

    def __init__(self, scene: dict[str, Any]) -> None:
        self.picture = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), PAPER)
        self.pen = ImageDraw.Draw(self.picture)
        self._ground(GROUNDS[scene["ground"]])
        for name, *about in sorted(scene["things"], key=_depth):
            _THINGS[name](self, *(tuple(each) if isinstance(each, list) else each for each in about))

    def _ground(self, colour: Colour) -> None:
        self.box(-0.15, -0.15, SIDE + 0.3, SIDE + 0.3, 0.0, -0.25, SHADE)
        self.face([(0, 0, 0), (SIDE, 0, 0), (SIDE, SIDE, 0), (0, SIDE, 0)], colour)
        for pace in range(1, SIDE):
            self.line([(pace, 0, 0), (pace, SIDE, 0)], _darker(colour, 0.94), 2)
            self.line([(0, pace, 0), (SIDE, pace, 0)], _darker(colour, 0.94), 2)

    def at(self, x: float, y: float, z: float) -> Dot:
        across = SIZE[0] / 2 + (x - y) * STEP_X
        down = 205 + (x + y) * STEP_Y - z * STEP_Z
        return across * FINE, down * FINE

    def face(self, corners: Sequence[tuple[float, float, float]], colour: Colour, edge: Colour | None = None) -> None:
        dots = [self.at(*corner) for corner in corners]
        self.pen.polygon(dots, fill=colour)
        if edge:
            self.pen.line([*dots, dots[0]], fill=edge, width=2 * FINE, joint="curve")

    def line(self, corners: Sequence[tuple[float, float, float]], colour: Colour, width: int = 3) -> None:
        self.pen.line([self.at(*corner) for corner in corners], fill=colour, width=width * FINE, joint="curve")

    def ball(self, x: float, y: float, z: float, radius: float, colour: Colour) -> None:
        across, down = self.at(x, y, z)
        size = radius * STEP_Z * FINE
        self.pen.ellipse([across - size, down - size, across + size, down + size], fill=colour)

    def shadow(self, x: float, y: float, radius: float) -> None:
        across, down = self.at(x, y, 0)
        wide, high = radius * STEP_X * FINE, radius * STEP_Y * FINE
        self.pen.ellipse([across - wide, down - high, across + wide, down + high], fill=(206, 198, 180))

    def box(self, x: float, y: float, wide: float, deep: float, top: float, bottom: float, colour: Colour) -> None:
        """Its top and the two sides that are seen."""
        right, front = x + wide, y + deep
        self.face(
            [(x, front, bottom), (right, front, bottom), (right, front, top), (x, front, top)], _darker(colour, 0.88)
        )
        self.face(
            [(right, y, bottom), (right, front, bottom), (right, front, top), (right, y, top)], _darker(colour, 0.76)
        )
        self.face([(x, y, top), (right, y, top), (right, front, top), (x, front, top)], colour)


def _depth(thing: Sequence[Any]) -> float:
    return -1.0 if thing[0] in _FLAT else float(thing[1] + thing[2])


def _darker(colour: Colour, share: float) -> Colour:
    red, green, blue = (round(part * share) for part in colour)
    return red, green, blue


# --- Things, each at its back corner


def _patch(on: _Corner, x: float, y: float, wide: float, deep: float, ground: str) -> None:
    on.face([(x, y, 0), (x + wide, y, 0), (x + wide, y + deep, 0), (x, y + deep, 0)], GROUNDS[ground])


def _house(on: _Corner, x: float, y: float, wide: float, deep: float, storeys: int = 3) -> None:
    on.box(x, y, wide, deep, storeys * 1.05, 0, WALL)
    for storey in range(storeys):
        low = storey * 1.05 + 0.35
        for place in range(int(wide)):
            left = x + place + 0.28
            front = y + deep
            corners = [(left, front, low), (left + 0.44, front, low), (left + 0.44, front, low + 0.5)]
            on.face([*corners, (left, front, low + 0.5)], GLASS, WALL_DEEP)
        for place in range(int(deep)):
            back, right = y + place + 0.28, x + wide
            corners = [(right, back, low), (right, back + 0.44, low), (right, back + 0.44, low + 0.5)]
            on.face([*corners, (right, back, low + 0.5)], _darker(GLASS, 0.9), WALL_DEEP)


def _tree(on: _Corner, x: float, y: float, size: float = 1.0, *, bare: bool = False) -> None:
    if not bare:
        on.shadow(x, y, 0.62 * size)
    on.line([(x, y, 0), (x, y, 1.1 * size)], TRUNK, 9)
    on.ball(x, y, 1.55 * size, 0.62 * size, LEAF_DEEP)
    on.ball(x - 0.18 * size, y - 0.1, 1.78 * size, 0.5 * size, LEAF)
    on.ball(x + 0.2 * size, y, 1.42 * size, 0.36 * size, LEAF)


def _bench(on: _Corner, x: float, y: float, long: float = 1.6, colour: Colour = WOOD) -> None:
    on.box(x + 0.1, y + 0.05, 0.16, 0.4, 0.3, 0, METAL)
    on.box(x + long - 0.26, y + 0.05, 0.16, 0.4, 0.3, 0, METAL)
    on.box(x, y - 0.04, long, 0.07, 0.85, 0.42, _darker(colour, 0.95))
    on.box(x, y, long, 0.52, 0.4, 0.3, colour)


def _ring(on: _Corner, x: float, y: float) -> None:
    """A round seat about a tree."""
    on.shadow(x, y, 1.15)
    for side in ((-0.8, -0.8, 1.6, 0.4), (-0.8, -0.8, 0.4, 1.6), (0.4, -0.8, 0.4, 1.6), (-0.8, 0.4, 1.6, 0.4)):
        on.box(x + side[0], y + side[1], side[2], side[3], 0.4, 0, RED)
    _tree(on, x, y, 1.25, bare=True)


def _planter(on: _Corner, x: float, y: float, wide: float = 1.4, deep: float = 0.7, height: float = 0.45) -> None:
    on.box(x, y, wide, deep, height, 0, WOOD_DEEP)
    on.box(x + 0.08, y + 0.08, wide - 0.16, deep - 0.16, height + 0.02, height, TRUNK)
    for place in range(max(2, round(wide / 0.34))):
        across = x + 0.2 + place * 0.34
        on.ball(across, y + deep / 2, height + 0.2, 0.2, LEAF if place % 2 else LEAF_DEEP)
        on.ball(across + 0.06, y + deep / 2, height + 0.36, 0.07, (RED, YELLOW, PAPER)[place % 3])


def _lamp(on: _Corner, x: float, y: float, height: float = 2.2) -> None:
    on.line([(x, y, 0), (x, y, height)], METAL, 5)
    on.line([(x, y, height), (x + 0.35, y, height)], METAL, 4)
    on.ball(x + 0.38, y, height - 0.06, 0.26, (250, 232, 190))
    on.ball(x + 0.38, y, height - 0.06, 0.13, YELLOW)


def _pergola(on: _Corner, x: float, y: float, wide: float = 2.6, deep: float = 1.8, high: float = 1.9) -> None:
    for post in ((x, y), (x + wide, y), (x, y + deep), (x + wide, y + deep)):
        on.box(post[0], post[1], 0.14, 0.14, high, 0, WOOD_DEEP)
    for place in range(int(wide / 0.32) + 1):
        on.box(x + place * 0.32, y - 0.15, 0.12, deep + 0.45, high + 0.12, high, WOOD)
    for place in range(3):
        on.ball(x + 0.4 + place * 0.7, y + deep * 0.3 * place, high + 0.2, 0.24, LEAF)


def _shelter(on: _Corner, x: float, y: float, wide: float = 2.6, deep: float = 1.6, high: float = 1.7) -> None:
    for post in ((x, y), (x + wide - 0.12, y), (x, y + deep - 0.12), (x + wide - 0.12, y + deep - 0.12)):
        on.box(post[0], post[1], 0.12, 0.12, high, 0, METAL)
    on.box(x - 0.15, y - 0.15, wide + 0.3, deep + 0.3, high + 0.14, high, TEAL)


def _table(on: _Corner, x: float, y: float) -> None:
    on.shadow(x + 0.4, y + 0.4, 0.8)
    for stool in ((-0.5, 0.25), (0.95, 0.25), (0.25, -0.5), (0.25, 0.95)):
        on.box(x + stool[0], y + stool[1], 0.3, 0.3, 0.3, 0, RED)
    on.box(x + 0.3, y + 0.3, 0.2, 0.2, 0.5, 0, STONE_DEEP)
    on.box(x, y, 0.8, 0.8, 0.6, 0.5, STONE)


def _board(on: _Corner, x: float, y: float, long: float = 1.8) -> None:
    on.box(x + 0.1, y, 0.1, 0.1, 1.7, 0, TEAL_DEEP)
    on.box(x + long - 0.2, y, 0.1, 0.1, 1.7, 0, TEAL_DEEP)
    on.box(x, y, long, 0.12, 1.7, 0.7, TEAL)
    for place in range(3):
        left = x + 0.16 + place * 0.52
        corners = [(left, y + 0.12, 0.85), (left + 0.4, y + 0.12, 0.85), (left + 0.4, y + 0.12, 1.5)]
        on.face([*corners, (left, y + 0.12, 1.5)], PAPER)


def _line_of_washing(on: _Corner, x: float, y: float, long: float = 3.2, tidy: bool = True) -> None:
    on.box(x, y, 0.1, 0.1, 1.7, 0, TEAL_DEEP if tidy else METAL)
    on.box(x + long, y, 0.1, 0.1, 1.7, 0, TEAL_DEEP if tidy else METAL)
    on.line([(x, y, 1.65), (x + long, y, 1.65 if tidy else 1.3)], INK, 2)
    cloths = (PAPER, RED, GLASS, YELLOW, LEAF) if tidy else (STONE, STONE_DEEP, WALL_DEEP)
    for place, colour in enumerate(cloths):
        left = x + 0.25 + place * 0.58
        low = 0.95 + (place % 2) * 0.15
        on.face(
            [(left, y, low), (left + 0.44, y, low), (left + 0.44, y, 1.6), (left, y, 1.6)], colour, _darker(colour, 0.8)
        )


def _bicycle(on: _Corner, x: float, y: float, colour: Colour = METAL) -> None:
    for wheel in (0.0, 0.62):
        across, down = on.at(x + wheel, y, 0.24)
        size = 0.24 * STEP_Z * FINE
        on.pen.ellipse(
            [across - size * 0.8, down - size, across + size * 0.8, down + size], outline=INK, width=3 * FINE
        )
    on.line([(x, y, 0.24), (x + 0.22, y, 0.62), (x + 0.52, y, 0.6), (x + 0.62, y, 0.24)], colour, 4)
    on.line([(x + 0.22, y, 0.62), (x + 0.36, y, 0.24), (x + 0.52, y, 0.6), (x + 0.56, y, 0.8)], colour, 4)


def _bin(on: _Corner, x: float, y: float, colour: Colour = STONE_DEEP) -> None:
    on.box(x, y, 0.42, 0.42, 0.7, 0, colour)
    on.box(x - 0.03, y - 0.03, 0.48, 0.48, 0.78, 0.7, _darker(colour, 0.8))


def _heap(on: _Corner, x: float, y: float) -> None:
    on.box(x, y, 0.5, 0.4, 0.4, 0, WOOD)
    on.box(x + 0.35, y + 0.3, 0.4, 0.4, 0.3, 0, STONE)
    on.box(x + 0.1, y + 0.05, 0.3, 0.3, 0.68, 0.4, WALL_DEEP)


def _ramp(on: _Corner, x: float, y: float, long: float = 2.4, wide: float = 0.9) -> None:
    front = y + wide
    on.face([(x, front, 0), (x + long, front, 0), (x, front, 0.6)], STONE_DEEP)
    on.face([(x, y, 0.6), (x + long, y, 0), (x + long, front, 0), (x, front, 0.6)], STONE)
    for side in (y, front):
        on.line([(x, side, 1.3), (x + long, side, 0.7)], RED_DEEP, 5)
        for place in range(4):
            share = place / 3
            on.line([(x + long * share, side, 0.6 * (1 - share)), (x + long * share, side, 1.3 - 0.6 * share)], RED, 3)


def _steps(on: _Corner, x: float, y: float, wide: float = 1.2) -> None:
    for step in range(3):
        on.box(x + step * 0.3, y, 0.3, wide, 0.6 - step * 0.2, 0, STONE)


def _gate(on: _Corner, x: float, y: float, wide: float = 2.4, colour: Colour = RED) -> None:
    on.box(x, y, 0.28, 0.28, 2.1, 0, colour)
    on.box(x + wide, y, 0.28, 0.28, 2.1, 0, colour)
    on.box(x - 0.3, y - 0.05, wide + 0.88, 0.4, 2.4, 2.1, _darker(colour, 0.9))
    on.box(x + wide / 2 - 0.45, y + 0.3, 1.2, 0.06, 1.95, 1.55, PAPER)


def _fence(on: _Corner, x: float, y: float, wide: float, deep: float) -> None:
    for corners in (
        [(x, y), (x + wide, y)],
        [(x, y), (x, y + deep)],
        [(x + wide, y), (x + wide, y + deep)],
        [(x, y + deep), (x + wide, y + deep)],
    ):
        (left, back), (right, front) = corners
        for height in (0.3, 0.55):
            on.line([(left, back, height), (right, front, height)], TEAL, 4)
        for place in range(5):
            share = place / 4
            post = (left + (right - left) * share, back + (front - back) * share)
            on.line([(*post, 0), (*post, 0.62)], TEAL_DEEP, 4)


def _dog(on: _Corner, x: float, y: float, colour: Colour = WOOD_DEEP) -> None:
    on.box(x, y, 0.45, 0.18, 0.36, 0.16, colour)
    on.ball(x + 0.5, y + 0.1, 0.46, 0.13, colour)
    for leg in (0.04, 0.36):
        on.line([(x + leg, y + 0.1, 0.2), (x + leg, y + 0.1, 0)], colour, 4)


def _person(on: _Corner, x: float, y: float, colour: Colour = TEAL) -> None:
    on.shadow(x, y, 0.2)
    on.box(x - 0.12, y - 0.1, 0.26, 0.22, 0.72, 0, colour)
    on.ball(x, y, 0.9, 0.15, (226, 186, 150))


def _red_person(on: _Corner, x: float, y: float) -> None:
    _person(on, x, y, RED)


def _sand(on: _Corner, x: float, y: float, wide: float = 2.0, deep: float = 2.0) -> None:
    on.box(x, y, wide, deep, 0.18, 0, WOOD)
    on.box(x + 0.12, y + 0.12, wide - 0.24, deep - 0.24, 0.2, 0.18, SAND)


def _slide(on: _Corner, x: float, y: float) -> None:
    on.box(x, y, 0.7, 0.7, 1.1, 0, YELLOW)
    on.face([(x + 0.7, y + 0.1, 1.1), (x + 2.0, y + 0.1, 0.05), (x + 2.0, y + 0.6, 0.05), (x + 0.7, y + 0.6, 1.1)], RED)


def _shelf(on: _Corner, x: float, y: float) -> None:
    """Books to take and leave."""
    on.box(x, y, 1.5, 0.4, 1.3, 0, TEAL)
    for row in (0.2, 0.72):
        on.face(
            [
                (x + 0.1, y + 0.4, row),
                (x + 1.4, y + 0.4, row),
                (x + 1.4, y + 0.4, row + 0.42),
                (x + 0.1, y + 0.4, row + 0.42),
            ],
            INK,
        )
        for place in range(8):
            left = x + 0.14 + place * 0.155
            colour = (RED, PAPER, YELLOW, GLASS, LEAF)[(place + round(row * 10)) % 5]
            on.face(
                [
                    (left, y + 0.4, row),
                    (left + 0.12, y + 0.4, row),
                    (left + 0.12, y + 0.4, row + 0.34),
                    (left, y + 0.4, row + 0.34),
                ],
                colour,
            )


_FLAT = ("patch",)
_THINGS: dict[str, Callable[..., None]] = {
    "patch": _patch,
    "house": _house,
    "tree": _tree,
    "bench": _bench,
    "ring": _ring,
    "planter": _planter,
    "lamp": _lamp,
    "pergola": _pergola,
    "shelter": _shelter,
    "table": _table,
    "board": _board,
    "washing": _line_of_washing,
    "bicycle": _bicycle,
    "bin": _bin,
    "heap": _heap,
    "ramp": _ramp,
    "steps": _steps,
    "gate": _gate,
    "fence": _fence,
    "dog": _dog,
    "person": _person,
    "resident": _red_person,
    "sand": _sand,
    "slide": _slide,
    "shelf": _shelf,
}


class _Plan:
    """Straight from above, with a scale: as an architect would hand it in."""

    INSET, PACE = (250, 50), 87

    def __init__(self, scene: dict[str, Any]) -> None:
        self.picture = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), (252, 249, 242))
        self.pen = ImageDraw.Draw(self.picture)
        self._area(0, 0, SIDE, SIDE, GROUNDS[scene["ground"]], INK)
        for name, x, y, *about in sorted(scene["things"], key=lambda thing: thing[0] != "patch"):
            self._thing(name, x, y, about)
        self._scale()

    def _thing(self, name: str, x: float, y: float, about: list[Any]) -> None:
        if name in ("tree", "ring"):
            self._round(x, y, 0.85 if name == "ring" else 0.62, LEAF, LEAF_DEEP)
            self._round(x, y, 0.12, TRUNK, TRUNK)
        elif name == "patch":
            self._area(x, y, about[0], about[1], GROUNDS[about[2]], None)
        elif name in _FOOTPRINTS:
            wide, deep, colour = _FOOTPRINTS[name]
            numbers = [each for each in about if isinstance(each, int | float)]
            wide, deep = (numbers + [wide, deep][len(numbers) :])[:2] if name in _SIZED else (wide, deep)
            self._area(x, y, wide, deep, colour, INK)

    def _area(self, x: float, y: float, wide: float, deep: float, colour: Colour, edge: Colour | None) -> None:
        corners = [*self._at(x, y), *self._at(x + wide, y + deep)]
        self.pen.rectangle(corners, fill=colour, outline=edge, width=3 * FINE if edge else 0)

    def _round(self, x: float, y: float, radius: float, colour: Colour, edge: Colour) -> None:
        left, top = self._at(x - radius, y - radius)
        right, bottom = self._at(x + radius, y + radius)
        self.pen.ellipse([left, top, right, bottom], fill=colour, outline=edge, width=3 * FINE)

    def _at(self, x: float, y: float) -> Dot:
        return (self.INSET[0] + x * self.PACE) * FINE, (self.INSET[1] + y * self.PACE) * FINE

    def _scale(self) -> None:
        for place in range(4):
            left, top = self._at(SIDE + 0.4 + place * 0.5, SIDE - 0.15)
            right, bottom = self._at(SIDE + 0.9 + place * 0.5, SIDE)
            self.pen.rectangle(
                [left, top, right, bottom], fill=INK if place % 2 == 0 else PAPER, outline=INK, width=FINE
            )


_SIZED = ("house", "gate", "planter", "pergola", "shelter", "ramp", "sand", "fence")
_FOOTPRINTS: dict[str, tuple[float, float, Colour]] = {
    "house": (4, 1, WALL_DEEP),
    "bench": (1.6, 0.5, WOOD),
    "planter": (1.4, 0.7, LEAF),
    "lamp": (0.25, 0.25, YELLOW),
    "pergola": (2.6, 1.8, (226, 200, 160)),
    "shelter": (2.6, 1.6, TEAL),
    "table": (0.8, 0.8, STONE),
    "board": (1.8, 0.2, TEAL),
    "washing": (3.2, 0.12, TEAL_DEEP),
    "bin": (0.42, 0.42, STONE_DEEP),
    "ramp": (2.4, 0.9, STONE),
    "steps": (0.9, 1.2, STONE_DEEP),
    "gate": (2.7, 0.4, RED),
    "fence": (2, 2, (214, 226, 190)),
    "sand": (2, 2, SAND),
    "slide": (2, 0.7, YELLOW),
    "shelf": (1.5, 0.4, TEAL),
    "bicycle": (0.8, 0.2, METAL),
}
