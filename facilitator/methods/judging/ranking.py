"""Ranks with ties shown as ties, the rule that breaks them, and how alike two orders are.

Source of the measure: Kendall (1945), τ-b, which allows for ties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import sqrt

from facilitator.methods.judging.marks import Entry, Number

SAME = 1e-6
"""Numbers of which one is a float are equal within this: an estimate ends there. Fractions are equal if they are."""


def ranked(scores: Mapping[Entry, Number], ties: Sequence[Mapping[Entry, Number]] = ()) -> dict[Entry, int]:
    """Entry → rank, the highest score first; equals share a rank and the next ones are skipped (1, 1, 3).

    Among equals the first of `ties` decides, then the second and so on: the higher number is better, who has none comes
    after those who have one. Who is equal in all of them stays equal.
    """
    ranks: dict[Entry, int] = {}
    for group in _ordered(list(scores), [scores, *ties]):
        ranks |= dict.fromkeys(group, len(ranks) + 1)
    return {entry: ranks[entry] for entry in scores}


def kendall(one: Mapping[Entry, Number], other: Mapping[Entry, Number]) -> float:
    """τ-b of two orders of the entries that are in both: 1 the same, 0 unrelated, -1 reversed.

    An order in which all are equal is the same as another such one and unrelated to any other.
    """
    pairs = list(combinations([entry for entry in one if entry in other], 2))
    signs = [(_sign(one[a], one[b]), _sign(other[a], other[b])) for a, b in pairs]
    in_one, in_other = (sum(1 for pair in signs if pair[side]) for side in (0, 1))
    if not in_one or not in_other:
        return 1.0 if in_one == in_other else 0.0
    return sum(a * b for a, b in signs) / sqrt(in_one * in_other)


def _ordered(entries: list[Entry], rules: Sequence[Mapping[Entry, Number]]) -> list[list[Entry]]:
    """Groups of equals, the best first."""
    if not rules or len(entries) < 2:
        return [entries] if entries else []
    rule, *others = rules
    having = sorted((entry for entry in entries if entry in rule), key=lambda entry: rule[entry], reverse=True)
    groups: list[list[Entry]] = []
    for entry in having:
        if groups and not _sign(rule[groups[-1][0]], rule[entry]):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    lacking = [entry for entry in entries if entry not in rule]
    return [part for group in [*groups, lacking] for part in _ordered(group, others)]


def _sign(one: Number, other: Number) -> int:
    if isinstance(one, float) or isinstance(other, float):
        one, other = float(one), float(other)
        return 0 if abs(one - other) <= SAME else (1 if one > other else -1)
    return (one > other) - (one < other)
