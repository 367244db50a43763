"""What stands on the judges' sheets, in exact numbers, and what makes it unusable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

Number = int | Fraction | Decimal | float
Judge = Any
Entry = Any
"""Whatever the caller knows them by; it must be hashable."""

SNAP = 9
"""Floats are equal, and rounded, by their first nine decimals: what lies beyond is noise of the arithmetic."""


class Flaw(StrEnum):
    """Why nothing can be reckoned, for an app that words it."""

    METHOD = "method"
    NUMBER = "number"
    TWICE = "twice"
    UNKNOWN_CRITERION = "unknown criterion"
    NO_WEIGHT = "no weight"
    NEGATIVE_WEIGHT = "negative weight"
    NO_WEIGHTS = "no weights"
    SHARE = "share"
    UNLIKE = "unlike"


class Unusable(ValueError):
    """What was given can't be reckoned with. `flaw` and `about` say what, the message says it in English."""

    def __init__(self, flaw: Flaw, about: tuple[object, ...], message: str) -> None:
        super().__init__(message)
        self.flaw = flaw
        self.about = about


@dataclass(frozen=True)
class Mark:
    """One judge's score for one entry by one criterion; whoever abstains has none.

    `score` may be given as an int, Fraction, Decimal or float (as it is written, so 8.1 is 81/10) and is kept exactly.
    """

    judge: Judge
    entry: Entry
    criterion: str
    score: Fraction

    def __post_init__(self) -> None:
        object.__setattr__(self, "score", exact(self.score))


def exact(number: Number) -> Fraction:
    """The number as a fraction, a float as it is written. Raises Unusable for what isn't finite."""
    try:
        return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
    except (ValueError, OverflowError, TypeError) as error:
        raise Unusable(Flaw.NUMBER, (number,), f"{number!r} isn't a number to reckon with.") from error


def rounded(value: Number, places: int = 2) -> Decimal:
    """The value as it is printed: half up (away from zero), from the exact fraction, never by way of a float.

    A published panel score recomputes to the last place so. What is a float already (a calibrated score) counts by its
    first nine decimals, else 8.924999999999999 would hide an 8.925.
    """
    fraction = exact(round(value, SNAP) if isinstance(value, float) else value)
    whole, rest = divmod(abs(fraction) * 10**places, 1)
    units = (whole + (2 * rest >= 1)) * (-1 if fraction < 0 else 1)
    wide = Context(prec=len(str(units)) + places + 1, rounding=ROUND_HALF_UP)
    return Decimal(units).scaleb(-places, wide)


def once(marks: Iterable[Mark]) -> list[Mark]:
    """The marks; raises Unusable if a judge scored the same twice."""
    seen: dict[tuple[Judge, Entry, str], Mark] = {}
    for mark in marks:
        key = (mark.judge, mark.entry, mark.criterion)
        if key in seen:
            where = f"{mark.judge} has scored {mark.entry} twice by the criterion {mark.criterion!r}."
            raise Unusable(Flaw.TWICE, key, where)
        seen[key] = mark
    return list(seen.values())


def shares(criteria: Iterable[str], weights: Mapping[str, Number] | None) -> dict[str, Fraction]:
    """Each criterion's part of the whole, adding up to 1; without weights all count the same.

    Raises Unusable for a weight that isn't for a criterion, a criterion without one, a negative one, or none above 0.
    """
    names = list(dict.fromkeys(criteria))
    if weights is None:
        return {name: Fraction(1, len(names)) for name in names}
    given = {name: exact(weight) for name, weight in weights.items()}
    if unknown := [name for name in given if name not in names]:
        raise Unusable(Flaw.UNKNOWN_CRITERION, tuple(unknown), f"There is no criterion {_listed(unknown)}.")
    if missing := [name for name in names if name not in given]:
        message = f"There is no weight for {_listed(missing)}; a weight of 0 would leave it out."
        raise Unusable(Flaw.NO_WEIGHT, tuple(missing), message)
    if negative := [name for name in names if given[name] < 0]:
        raise Unusable(Flaw.NEGATIVE_WEIGHT, tuple(negative), f"The weight of {_listed(negative)} is below 0.")
    if not (whole := sum(given.values(), Fraction())):
        raise Unusable(Flaw.NO_WEIGHTS, tuple(names), "All weights are 0.")
    return {name: given[name] / whole for name in names}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
