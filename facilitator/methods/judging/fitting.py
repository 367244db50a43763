"""How strict each judge is: the additive model of judges and entries, and how much of it is more than chance.

    total of a sheet = entry - severity of the judge + chance,   severity ~ N(0, ratio·σ²),   chance ~ N(0, σ²/weight)

Entries are fixed: nothing is assumed of them, so a judge who saw the better ones isn't taken for a mild one. Judges are
random: their severities are pulled towards 0, the more so the fewer sheets they wrote and the less judges differ at all
(empirical Bayes). Within each group of judges and entries that overlap they add up to 0. `ratio` is found by REML, the
likelihood of what remains once entries are taken out: Patterson & Thompson (1971), Robinson (1991) on best linear
unbiased prediction. It bears a mild prior, (1 + ratio)^-½: a handful of sheets would otherwise now and then make
judges differ endlessly. Robust: the same with Huber's weights (1964) and the median absolute deviation for σ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from operator import mul
from statistics import median
from typing import NamedTuple

from facilitator.methods.judging.algebra import Matrix, factored, log_determinant, solved

GRID = (0.0, *(4.0**power for power in range(-6, 11)))
"""Ratios tried first; the best is then refined between its neighbours."""
REFINEMENTS = 16
HUBER = 1.345
"""From so many σ on a sheet counts less: 95 % as good as the mean where there is nothing odd."""
OUTLYING = 3.0
NOTHING = 1e-20
"""Squares below this part of the whole are noise of the arithmetic."""


class Sheet(NamedTuple):
    """One judge's total for one entry, both numbered from 0. A sheet of weight ½ is twice as uncertain."""

    judge: int
    entry: int
    total: float
    weight: float = 1.0


@dataclass(frozen=True)
class Fit:
    """What the sheets say of judges and entries."""

    severity: list[float]
    """By judge; above 0 is stricter than the panel, and is what is added back to the judge's totals."""
    entries: list[float]
    ratio: float
    """The variance of severity by that of chance."""
    outlying: frozenset[int] = frozenset()
    """Sheets, by their place in the list, that are far from what entry and judge would make one expect."""


def fitted(sheets: Sequence[Sheet], ratio: float | None = None) -> Fit:
    """The fit to at least one sheet; judges and entries without any are 0. A ratio that is given isn't estimated."""
    equations = _Equations.of(sheets)
    ratio = equations.likeliest() if ratio is None else ratio
    severity = [0.0 - effect for effect in equations.effects(ratio)]
    return Fit(severity, _entries(sheets, severity), ratio)


def robustly_fitted(sheets: Sequence[Sheet], rounds: int = 60) -> Fit:
    """The fit in which a sheet counts the less the further it lies from what the others make one expect."""
    fit, weights = fitted(sheets), [1.0] * len(sheets)
    for turn in range(rounds):
        residuals = _residuals(sheets, fit)
        scale = _scale(sheets, residuals)
        if not scale:
            return fit
        before, weights = weights, [min(1.0, HUBER * scale / abs(r)) if r else 1.0 for r in residuals]
        weighted = [sheet._replace(weight=sheet.weight * w) for sheet, w in zip(sheets, weights, strict=True)]
        fit = fitted(weighted, None if turn < 3 else fit.ratio)
        if max(abs(w - old) for w, old in zip(weights, before, strict=True)) < 1e-10:
            break
    residuals = _residuals(sheets, fit)
    limit = OUTLYING * _scale(sheets, residuals)
    return replace(fit, outlying=frozenset(n for n, r in enumerate(residuals) if abs(r) > limit > 0))


@dataclass(frozen=True)
class _Equations:
    """The normal equations of the judges once the entries are taken out: information·effects = right."""

    information: Matrix
    right: list[float]
    squares: float
    """Within entries, weighted."""
    free: int
    """Sheets more than entries."""

    @classmethod
    def of(cls, sheets: Sequence[Sheet]) -> _Equations:
        size = 1 + max(sheet.judge for sheet in sheets)
        information, right, squares = [[0.0] * size for _ in range(size)], [0.0] * size, 0.0
        panels = _by_entry(sheets).values()
        for panel in panels:
            whole = sum(sheet.weight for sheet in panel)
            mean = _mean(panel)
            for one in panel:
                apart = one.weight * (one.total - mean)
                right[one.judge] += apart
                squares += apart * (one.total - mean)
                row = information[one.judge]
                row[one.judge] += one.weight
                for other in panel:
                    row[other.judge] -= one.weight * other.weight / whole
        about = sum(sheet.weight * sheet.total**2 for sheet in sheets)
        return cls(information, right, squares if squares > NOTHING * about else 0.0, len(sheets) - len(panels))

    def effects(self, ratio: float) -> list[float]:
        """The judges' effects at this ratio; all 0 where nothing is said of them."""
        if not ratio or not self.squares:
            return [0.0] * len(self.right)
        return [ratio * x for x in solved(self._factored(ratio), self.right)]

    def likeliest(self) -> float:
        """The ratio with the greatest restricted likelihood, σ² profiled out; the smaller one where several have it."""
        if not self.squares:
            return 0.0
        deviances = [self._deviance(ratio) for ratio in GRID]
        least = min(deviances)
        best = next(n for n, deviance in enumerate(deviances) if deviance <= least + 1e-9)
        if best == 0:
            return 0.0
        low, high = (log(max(GRID[max(1, n)], GRID[1])) for n in (best - 1, min(best + 1, len(GRID) - 1)))
        return _lowest(self._deviance, low, high)

    def _deviance(self, ratio: float) -> float:
        lower = self._factored(ratio)
        explained = ratio * sum(map(mul, self.right, solved(lower, self.right)))
        left = max(self.squares - explained, 1e-12 * self.squares)
        return self.free * log(left) + log_determinant(lower) + log(1 + ratio)

    def _factored(self, ratio: float) -> Matrix:
        return factored([[ratio * x + (j == k) for k, x in enumerate(row)] for j, row in enumerate(self.information)])


def _lowest(deviance: Callable[[float], float], low: float, high: float) -> float:
    """The ratio between e^low and e^high where the deviance is lowest, by golden section."""
    golden = (sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = deviance(exp(left)), deviance(exp(right))
    for _ in range(REFINEMENTS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = deviance(exp(left))
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = deviance(exp(right))
    return exp(left if at_left <= at_right else right)


def _entries(sheets: Iterable[Sheet], severity: Sequence[float]) -> list[float]:
    corrected = (sheet._replace(total=sheet.total + severity[sheet.judge]) for sheet in sheets)
    means = {entry: _mean(panel) for entry, panel in _by_entry(corrected).items()}
    return [means.get(entry, 0.0) for entry in range(1 + max(means))]


def _residuals(sheets: Iterable[Sheet], fit: Fit) -> list[float]:
    return [sheet.total + fit.severity[sheet.judge] - fit.entries[sheet.entry] for sheet in sheets]


def _scale(sheets: Sequence[Sheet], residuals: Sequence[float]) -> float:
    """σ by the median absolute deviation, as large as it would be had nothing been fitted to the sheets.

    Where more than half of them fit exactly it is the mean deviation that tells; 0 where all do, or must.
    """
    sizes = [abs(residual) for residual in residuals]
    about = max((abs(sheet.total) for sheet in sheets), default=0.0)
    fitted_to = len({sheet.entry for sheet in sheets}) + len({sheet.judge for sheet in sheets}) - 1
    free = len(sheets) - fitted_to
    if free < 1 or max(sizes) <= sqrt(NOTHING) * about:
        return 0.0
    middle = 1.4826 * median(sizes)
    scale = middle if middle > sqrt(NOTHING) * about else 1.2533 * sum(sizes) / len(sizes)
    return scale * sqrt(len(sheets) / free)


def _by_entry(sheets: Iterable[Sheet]) -> dict[int, list[Sheet]]:
    panels: dict[int, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        panels[sheet.entry].append(sheet)
    return panels


def _mean(panel: Sequence[Sheet]) -> float:
    return sum(sheet.weight * sheet.total for sheet in panel) / sum(sheet.weight for sheet in panel)
