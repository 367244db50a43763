"""What was found: rows with a figure each, and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Results = dict[str, dict[str, Any]]
"""What is kept: scenario → {"taken": day, "machine": text, "load": before the run, "rows": [row], "wrong": [line]}."""


@dataclass(frozen=True)
class Row:
    """One line of the table. `at_most`, `at_least`, `exactly`: what must be reached, by the ratio if there is one."""

    key: str
    name: str
    figure: float
    unit: str = ""
    digits: int = 0
    ratio: float | None = None
    """To the yardstick, measured in the same run."""
    at_most: float | None = None
    at_least: float | None = None
    exactly: float | None = None
    note: str = ""

    @property
    def goal(self) -> str:
        unit = "× Node" if self.ratio is not None else self.unit
        limits = {"≤": self.at_most, "≥": self.at_least, "=": self.exactly}
        return " and ".join(f"{sign} {limit:g} {unit}".rstrip() for sign, limit in limits.items() if limit is not None)

    @property
    def is_reached(self) -> bool | None:
        """None where nothing was to be reached."""
        judged = self.figure if self.ratio is None else self.ratio
        checks = [
            self.at_most is None or judged <= self.at_most,
            self.at_least is None or judged >= self.at_least,
            self.exactly is None or judged == self.exactly,
        ]
        return all(checks) if self.goal else None

    @property
    def text(self) -> str:
        return f"{self.figure:,.{self.digits}f} {self.unit}".rstrip()


@dataclass
class Findings:
    """The rows of one scenario, and every count that did not agree with the database."""

    rows: list[Row] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, key: str, name: str, figure: float, unit: str = "", **more: object) -> None:
        self.rows.append(Row(key, name, figure, unit, **more))

    def equal(self, key: str, name: str, expected: int, found: int) -> None:
        """A count that must be just this."""
        self.add(key, name, found, exactly=expected)
        if expected != found:
            self.wrong.append(f"{name}: expected {expected}, found {found}")


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of all lies; nan when there are none."""
    rising = sorted(values)
    return rising[min(len(rising) - 1, int(share * len(rising)))] if rising else float("nan")


def spread(values: list[float]) -> str:
    """Median, 95th and 99th percentile of seconds, in milliseconds."""
    return "p50 {:.0f}, p95 {:.0f}, p99 {:.0f}".format(*(1000 * percentile(values, at) for at in (0.5, 0.95, 0.99)))
