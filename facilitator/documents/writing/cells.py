"""What may stand in a spreadsheet's cell without harm."""

from __future__ import annotations

import re
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Characters that XML 1.0 can't hold: a workbook with one of them does not open.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""


def is_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith(FORMULA_STARTS)


def readable(value: object) -> object:
    """Text without characters that XML can't hold, cut at what a cell can hold; anything else as it is."""
    return _NOT_XML.sub("", value)[:LONGEST] if isinstance(value, str) else value


def printable(content: Any) -> Any:
    """The same data without characters that XML can't hold."""
    if isinstance(content, str):
        return _NOT_XML.sub("", content)
    if isinstance(content, list):
        return [printable(each) for each in content]
    return {key: printable(each) for key, each in content.items()} if isinstance(content, dict) else content


def harmless(value: object) -> object:
    """For CSV, which knows no types: what a program could run as a formula gets an apostrophe before it."""
    text = readable(value)
    return f"'{text}" if is_formula(text) else text
