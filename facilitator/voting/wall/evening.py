"""How the evening unfolded: ideas along the time in the colours of their themes, what the room did, and its dots.

Everything is a place in a picture of WIDTH × HEIGHT; the screen scales it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from facilitator.extensions import read
from facilitator.methods import tally
from facilitator.synthesis.models import SHOWN
from facilitator.voting.dots import moments
from facilitator.voting.wall.columns import width
from facilitator.voting.wall.hanging import IN_THEMES, WAS_SAID, Heading, statement, theme
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.history import Deed

if TYPE_CHECKING:
    from facilitator.voting.models import VotingActivity

WIDTH, HEIGHT = 1792, 600
LEFT, RIGHT, TOP, FLOOR = 96, 1250, 130, 540
"""Of the plot; the key stands to the right of it, what the room did above."""
BINS = 30
"""At most."""
MINUTE, HOUR, DAY = 60, 3600, 86_400
STEPS = (5, 10, 15, 30, *(MINUTE * each for each in (1, 2, 5, 10, 15, 30)), *(HOUR * each for each in (1, 2, 3, 6, 12)))
STEPS += tuple(DAY * each for each in (1, 2, 7, 14, 28, 91, 364))
"""Seconds that a bar, or what lies between two times below, may stand for."""
LABELS = 6
WIDEST = 90
LOOSE_LINES, EASY_LINES, LINES = 6, 12, 16
"""Lines of the key in which names may take two, that are of full size, that find room at all."""
LONG = 11
"""Characters of full size that a line has room for."""
OTHERS = "others"
"""Instead of a colour: themes drawn as one, because the key has no room for each."""
TALL = 34
"""From this height on a part of a bar says which theme it is."""


Row = dict[str, dict[str, Any]]
"""What a deed noted of one row: its values before and after."""


class Part(NamedTuple):
    """The ideas of one theme in one bar."""

    theme: int
    """Its place in the key, from 1; 0 for what lies in none."""
    colour: int | str
    y: float
    height: float


class Bar(NamedTuple):
    """What came in one span of time."""

    x: float
    many: int
    y: float
    parts: list[Part]


class Mark(NamedTuple):
    """A word at a place."""

    x: float
    y: float
    text: str


class Key(NamedTuple):
    """A theme's line beside the picture."""

    number: int
    name: str
    colour: int | str
    many: int
    themes: frozenset[int]
    """The ids of those that it stands for."""


class Times:
    """The axis: spans of equal length, from round moments of the town's clock."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.seconds = (last - first).total_seconds()
        self.step = next((step for step in STEPS if self.seconds / step <= BINS - 1), STEPS[-1])
        self.step = max(self.step, MINUTE) if not self.seconds else self.step
        self._shift = first.astimezone(TOWN_TIME).utcoffset().total_seconds()  # type: ignore[union-attr]
        self.begin = floor(self._second(first) / self.step)
        self.many = floor(self._second(last) / self.step) - self.begin + 1

    def _second(self, moment: datetime) -> float:
        return moment.timestamp() + self._shift

    def bin(self, moment: datetime) -> int:
        return floor(self._second(moment) / self.step) - self.begin

    def x(self, bins: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * bins / self.many, 1)

    def place(self, moment: datetime) -> float:
        return self.x(self._second(moment) / self.step - self.begin)

    @property
    def bar(self) -> float:
        """How wide one is."""
        return round(min(WIDEST, (RIGHT - LEFT) / self.many * 0.82), 1)

    def labels(self) -> list[Mark]:
        """The clock, at round moments below the axis."""
        span = self.many * self.step
        step = next((step for step in STEPS if step >= self.step and span / step <= LABELS), span)
        first, end = self.begin * self.step, (self.begin + self.many) * self.step
        every = range(ceil(first / step) * step, int(end) + 1, int(step))
        return [Mark(self.x(each / self.step - self.begin), FLOOR + 44, self._said(each, step)) for each in every]

    def _said(self, second: float, step: float) -> str:
        moment = datetime.fromtimestamp(second - self._shift, TOWN_TIME)
        return str(format_datetime(moment, "M/d" if step >= DAY else "HH:mm" if step >= MINUTE else "HH:mm:ss", False))


def shown(activity: VotingActivity, themes: Sequence[Heading], rounds: Sequence[tally.Round]) -> dict[str, Any]:
    """Context of the template; `rounds` are the votes that the room has seen revealed."""
    said = [(moment, key) for moment, key in read(_SAID, activity=activity.id)]
    if not said:
        return {"bars": []}
    dots = [moment for each in rounds for moment in moments(activity, each.number)]
    every = [moment for moment, _key in said] + dots
    times = Times(min(every), max(every))
    keys = _keys(themes, Counter(key for _moment, key in said), LINES - bool(dots))
    top, bars = _bars(times, said, keys)
    return {
        "bars": bars,
        "times": times,
        "labels": times.labels(),
        "levels": [Mark(LEFT - 16, _y(level, top), str(level)) for level in _levels(top)],
        "keys": keys,
        "print": _print(keys, len(keys) + bool(dots)),
        "stops": _stops(activity, times, said[0][0], max(every)),
        "line": _line(times, dots),
        "dots": len(dots),
    }


def _keys(themes: Sequence[Heading], many: Counter[int | None], lines: int) -> list[Key]:
    """One for every number that is drawn."""
    loose = [Key(0, "", 0, many[None], frozenset())] if many[None] else []
    named = lines - len(loose)
    if len(themes) > named:
        named -= 1
    keys = [
        Key(place, each.name, each.colour, many[each.id], frozenset((each.id,)))
        for place, each in enumerate(themes[:named], 1)
    ]
    rest = frozenset(each.id for each in themes[named:])
    others = [Key(named + 1, _("Other themes"), OTHERS, sum(many[each] for each in rest), rest)] if rest else []
    return keys + others + loose


def _print(keys: Sequence[Key], lines: int) -> str:
    """How large the key is written."""
    if lines <= LOOSE_LINES:
        return "loose-names"
    return "close" if lines > EASY_LINES or any(width(key.name) > LONG for key in keys) else ""


def _bars(times: Times, said: Sequence[tuple[datetime, int | None]], keys: Sequence[Key]) -> tuple[int, list[Bar]]:
    order = {each: (key.number, key.colour) for key in keys for each in key.themes}
    bins: dict[int, Counter[tuple[int, int | str]]] = {}
    for moment, key in said:
        bins.setdefault(times.bin(moment), Counter())[order.get(key or 0, (0, 0))] += 1
    top = max(each.total() for each in bins.values())
    return top, [_bar(times.x(place + 0.5), inside, top) for place, inside in sorted(bins.items())]


def _bar(x: float, inside: Counter[tuple[int, int | str]], top: int) -> Bar:
    parts, below = [], 0
    # The first theme stands on the floor; what is not grouped lies on top.
    for (number, colour), many in sorted(inside.items(), key=lambda item: item[0][0] or 999):
        y = _y(below + many, top)
        parts.append(Part(number, colour, y, round(_y(below, top) - y, 1)))
        below += many
    return Bar(x, below, _y(below, top), parts)


def _y(many: float, top: int) -> float:
    return round(FLOOR - (FLOOR - TOP) * many / max(1, top), 1)


def _levels(top: int) -> list[int]:
    step = next(each for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if top / each <= 4)
    return list(range(step, top + 1, step))


def _line(times: Times, dots: Sequence[datetime]) -> dict[str, Any] | None:
    """The dots along the same time, with a measure of their own to the right; it rises with the first, not before."""
    if not dots:
        return None
    counted = Counter(times.bin(moment) for moment in dots)
    first, last, most = min(counted), max(counted), max(counted.values())
    begin = times.place(min(dots))
    middles = [(max(times.x(place + 0.5), begin), _y(counted[place], most)) for place in range(first, last + 1)]
    points = [(begin, float(FLOOR)), *middles, (min(times.x(last + 1), RIGHT), float(FLOOR))]
    x = next(x for x, y in middles if y == TOP)
    levels = [Mark(RIGHT + 14, _y(level, most), str(level)) for level in _levels(most)]
    return {"points": points, "x": x, "y": TOP, "most": most, "levels": levels}


def _stops(activity: VotingActivity, times: Times, first: datetime, last: datetime) -> list[Mark]:
    """When the room came to each step, as far as it was moved at the desk: the last time where it went to and fro."""
    came: dict[str, datetime] = {}
    here = activity.workshop.activity_id
    # Back from where the room is now: a deed notes only what it changed.
    for rows, moment in read(_MOVES, workshop=activity.workshop_id):
        moved: Row = next((row for row in rows if row["table"] == "workshop"), {"before": {}, "after": {}})
        if here == activity.id and "step" in moved["after"]:
            came.setdefault(moved["after"]["step"], moment)
        here = moved["before"].get("activity_id", here)
    titles = {step.key: str(step.title) for step in activity.steps()}
    found = sorted((moment, titles[key]) for key, moment in came.items() if key in titles and first <= moment <= last)
    return _apart([Mark(times.place(moment), 0, title) for moment, title in found])


def _apart(marks: Sequence[Mark]) -> list[Mark]:
    """In two lines, so that none is written over another; those that come too close are left out."""
    ends, placed = [0.0, 0.0], []
    for mark in marks:
        row = next((row for row, end in enumerate(ends) if mark.x >= end), None)
        if row is not None:
            ends[row] = mark.x + 24 + sum(32 if ord(each) > 0x2E80 else 18 for each in mark.text)
            placed.append(mark._replace(y=34 + 40 * row))
    return placed


_SAID = (
    select(statement.c.created_at, theme.c.id)
    .select_from(IN_THEMES)
    .where(*WAS_SAID, statement.c.status == SHOWN)
    .order_by(statement.c.created_at, statement.c.number)
)
_MOVES = (
    select(Deed.rows, Deed.done_at)
    .where(Deed.workshop_id == bindparam("workshop"), Deed.name == "move", Deed.undone_at.is_(None))
    .order_by(Deed.id.desc())
)
