"""The marks of one judge for one entry as one number: the sheet's total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from facilitator.methods.judging.fitting import Sheet, fitted
from facilitator.methods.judging.marks import Entry, Judge, Mark

Marks = dict[str, Fraction]


@dataclass(frozen=True)
class Sheets:
    """All sheets, judges and entries numbered as they came, totals as points above the level of them all."""

    judges: list[Judge]
    pairs: list[tuple[Judge, Entry]]
    """(judge, entry) of each row."""
    rows: list[Sheet]
    middle: Fraction
    is_complete: bool
    """Whether every judge scored every entry by every criterion."""

    @classmethod
    def of(cls, marks: Iterable[Mark], parts: Mapping[str, Fraction]) -> Sheets:
        """`parts`: criterion → its part of the whole, above 0 for every criterion that is marked.

        A sheet on which a criterion is missing is completed by how much higher or lower that criterion is scored than
        the others on the same sheets, so that whoever leaves out what is hard to do well doesn't look mild for it. It
        counts as much as the parts that it has.
        """
        written: dict[tuple[Judge, Entry], Marks] = defaultdict(dict)
        for mark in marks:
            written[mark.judge, mark.entry][mark.criterion] = mark.score
        counting = [name for name, part in parts.items() if part]
        is_full = all(len(sheet) == len(counting) for sheet in written.values())
        usual = dict.fromkeys(counting, Fraction()) if is_full else _usual(list(written.values()), counting)
        whole = sum((parts[name] * usual[name] for name in counting), Fraction())
        weights = [sum((parts[name] for name in sheet), Fraction()) for sheet in written.values()]
        totals = [
            sum((parts[name] * (score - usual[name]) for name, score in sheet.items()), Fraction()) / weight + whole
            for sheet, weight in zip(written.values(), weights, strict=True)
        ]
        middle = sum(totals, Fraction()) / len(totals)
        judges = list(dict.fromkeys(judge for judge, _ in written))
        entries = list(dict.fromkeys(entry for _, entry in written))
        at_judge, at_entry = ({who: n for n, who in enumerate(row)} for row in (judges, entries))
        rows = [
            Sheet(at_judge[judge], at_entry[entry], float(total - middle), float(weight))
            for (judge, entry), total, weight in zip(written, totals, weights, strict=True)
        ]
        return cls(judges, list(written), rows, middle, is_full and len(rows) == len(judges) * len(entries))

    def level(self, value: float) -> float:
        """A value of the fit in points."""
        return float(self.middle) + value


def _usual(written: list[Marks], names: list[str]) -> Marks:
    """How criteria are scored beside each other on the same sheets: sheet + criterion by least squares."""
    middle = sum((score for sheet in written for score in sheet.values()), Fraction()) / sum(map(len, written))
    cells = [
        Sheet(names.index(name), place, float(score - middle))
        for place, sheet in enumerate(written)
        for name, score in sheet.items()
    ]
    effects = fitted(cells, ratio=1e7).severity
    return {name: -Fraction(effects[n]) for n, name in enumerate(names)}
