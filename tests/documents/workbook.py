"""Reckons the formulas of a workbook: as much of a spreadsheet as our own formulas ask for.

Ranges are lists, and what is done to a list is done to each of its cells, as inside SUMPRODUCT.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"[^"]*")|(?P<range>(?:'[^']+'!)?\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)"""
    r"""|(?P<name>[A-Z]+)|(?P<sign><=|>=|<>|[-+*/=<>(),]))"""
)
ORDER = [("=", "<", ">", "<=", ">=", "<>"), ("+", "-"), ("*", "/")]
DO: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
}


class Workbook:
    """`Workbook(path).rows("sheet")` gives each row by its head, every formula reckoned."""

    def __init__(self, path: Any) -> None:
        self.book = openpyxl.load_workbook(path)
        self.cell = cache(self._cell)

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        head = [cell.value for cell in self.book[sheet][1]]
        lines = range(2, self.book[sheet].max_row + 1)
        return [{name: self.cell(sheet, line, column) for column, name in enumerate(head, 1)} for line in lines]

    def _cell(self, sheet: str, row: int, column: int) -> Any:
        cell = self.book[sheet].cell(row, column)
        if cell.data_type != "f":
            return cell.value
        return _Reader(self, sheet, cell.value[1:]).whole()

    def range(self, sheet: str, reference: str) -> Any:
        if "!" in reference:
            sheet, reference = reference.split("!")
            sheet = sheet.strip("'")
        left, top, right, bottom = range_boundaries(reference.replace("$", ""))
        cells = [self.cell(sheet, row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        return cells if ":" in reference else cells[0]


class _Reader:
    def __init__(self, book: Workbook, sheet: str, formula: str) -> None:
        self.book, self.sheet = book, sheet
        self.tokens = [(found.lastgroup, found[found.lastgroup]) for found in TOKEN.finditer(formula)]
        assert "".join(text for _kind, text in self.tokens) == formula.replace(" ", ""), formula
        self.at = 0

    def whole(self) -> Any:
        value = self.level(0)
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return value

    def level(self, depth: int) -> Any:
        if depth == len(ORDER):
            return self.one()
        value = self.level(depth + 1)
        while self.next() in ORDER[depth]:
            sign = self.take()
            value = _each(DO[sign], value, self.level(depth + 1))
        return value

    def one(self) -> Any:
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1]
        if kind == "range":
            return self.book.range(self.sheet, text)
        if kind == "name":
            return FUNCTIONS[text](*self.arguments())
        assert text == "(", text
        value = self.level(0)
        self.take()
        return value

    def arguments(self) -> list[Any]:
        self.take()
        found = [self.level(0)]
        while self.take() == ",":
            found.append(self.level(0))
        return found

    def next(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]


def _each(do: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    if not isinstance(one, list) and not isinstance(other, list):
        return do(one, other)
    many = len(one if isinstance(one, list) else other)
    ones, others = (each if isinstance(each, list) else [each] * many for each in (one, other))
    assert len(ones) == len(others)
    return [do(a, b) for a, b in zip(ones, others, strict=True)]


def _picked(*criteria: Any) -> list[bool]:
    columns, wanted = criteria[::2], criteria[1::2]
    return [all(cell == want for cell, want in zip(row, wanted, strict=True)) for row in zip(*columns, strict=True)]


def _round(value: Any, places: Any) -> Any:
    return [round(each, int(places)) for each in value] if isinstance(value, list) else round(value, int(places))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUMIFS": lambda values, *criteria: sum(
        value for value, is_in in zip(values, _picked(*criteria), strict=True) if is_in
    ),
    "COUNTIFS": lambda *criteria: sum(_picked(*criteria)),
    "SUMPRODUCT": lambda values: sum(values) if isinstance(values, list) else values,
    "MAX": max,
    "ABS": abs,
    "ROUND": _round,
    "AND": lambda *parts: all(parts),
    "IF": lambda test, yes, no: yes if test else no,
}
