"""The jury's scores and the public's votes in one result, both on one scale first.

On scales of their own the share that was declared isn't the share that decides: a jury whose scores lie within a few
points of each other, at 70 % beside votes stretched over 0 to 100, decides no more than a quarter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from facilitator.methods.judging.marks import Entry, Flaw, Number, Unusable, exact

Points = dict[Entry, Fraction]
MIDDLE = Fraction(50)
"""Where all stand who are all equal: they differ by nothing that one scale could show."""


@dataclass(frozen=True)
class Mixture:
    """Entry → points from 0 to 100: of both together, of the jury alone, of the public alone. All exact."""

    scores: Points
    jury100: Points
    public100: Points
    share: Fraction
    """The jury's share as it was declared."""
    effective_share: float
    """The jury's share in what sets the entries apart: see `effective_share`."""


def mix(jury: Mapping[Entry, Number], public: Mapping[Entry, Number], share: Number, how: str) -> Mixture:
    """The mixture share · jury + (1 - share) · public, once both lie between 0 and 100.

    `how`: "minmax" puts the last at 0, the first at 100 and the others between them in proportion; "rank" puts them at
    even steps from the last to the first, equals in the middle of their steps. Raises Unusable if the two don't speak
    of the same entries, or for a share outside 0 to 1.
    """
    if unlike := set(jury) ^ set(public):
        names = tuple(sorted(unlike, key=str))
        raise Unusable(Flaw.UNLIKE, names, f"Not scored by both: {', '.join(map(str, names))}.")
    if how not in SCALES:
        raise Unusable(Flaw.METHOD, (how,), f"There is no scale {how!r}, only {', '.join(SCALES)}.")
    part = _share(share)
    jury100, public100 = (SCALES[how]({entry: exact(side[entry]) for entry in jury}) for side in (jury, public))
    scores = {entry: part * jury100[entry] + (1 - part) * public100[entry] for entry in jury}
    return Mixture(scores, jury100, public100, part, effective_share(jury100, public100, part))


def effective_share(jury: Mapping[Entry, Number], public: Mapping[Entry, Number], share: Number) -> float:
    """Which part of what sets the entries apart in share · jury + (1 - share) · public comes from the jury.

    share·s(jury) / (share·s(jury) + (1 - share)·s(public)), s being the standard deviation over the entries on the
    scales as they are given: the share that is declared only where both spread alike. Whoever gives all entries the
    same has no part in it; where both do, nothing is set apart and the share stands as it was declared.
    """
    part = _share(share)
    ours, theirs = float(part) * _spread(jury), float(1 - part) * _spread(public)
    return ours / (ours + theirs) if ours + theirs else float(part)


def _share(share: Number) -> Fraction:
    part = exact(share)
    if not 0 <= part <= 1:
        raise Unusable(Flaw.SHARE, (share,), f"The jury's share is {share}, which isn't between 0 and 1.")
    return part


def _spread(values: Mapping[Entry, Number]) -> float:
    exactly = [exact(value) for value in values.values()]
    if not exactly:
        return 0.0
    mean = sum(exactly, Fraction()) / len(exactly)
    return sqrt(sum(((value - mean) ** 2 for value in exactly), Fraction()) / len(exactly))


def _by_minmax(values: Points) -> Points:
    low, high = min(values.values(), default=Fraction()), max(values.values(), default=Fraction())
    if low == high:
        return dict.fromkeys(values, MIDDLE)
    return {entry: 100 * (value - low) / (high - low) for entry, value in values.items()}


def _by_rank(values: Points) -> Points:
    if len(values) < 2:
        return dict.fromkeys(values, MIDDLE)
    ordered = list(values.values())
    below = {value: sum(other < value for other in ordered) for value in set(ordered)}
    step = Fraction(100, len(values) - 1)
    return {entry: step * (below[value] + Fraction(ordered.count(value) - 1, 2)) for entry, value in values.items()}


SCALES: dict[str, Callable[[Points], Points]] = {"minmax": _by_minmax, "rank": _by_rank}
