"""Everything of a workshop as a workbook or as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, cast

from facilitator.documents.writing.cells import is_formula, readable

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
"""Sheet name → rows; all rows of a sheet have the same keys, which become its header."""

WIDTHS = {"text": 60, "title": 36, "instruction": 48, "idea": 10, "name": 20, "when": 20}
NARROW = 13
LONGEST_NAME = 31
"""Characters in the name of a sheet."""
_NAMED = re.compile(r"\[(?:(\w+)\.)?(\w+)\]")


def write_json(tables: Tables, target: Path) -> None:
    target.write_text(json.dumps(tables, ensure_ascii=False, indent=1), encoding="utf-8")


def write_xlsx(tables: Tables, target: Path) -> None:
    """One sheet for each table. Text stays text: nothing that a person typed can run as a formula.

    What is reckoned in the workbook comes as a `Formula`, a mapping; whatever is typed is a string.
    """
    from openpyxl import Workbook

    written = {name: [_written_out(tables, name, row, at) for at, row in enumerate(tables[name], 2)] for name in tables}
    book = Workbook(write_only=True)
    for name, rows in written.items():
        _write_sheet(book.create_sheet(name[:LONGEST_NAME]), rows)
    book.save(target)


class _InCells(str):
    """A formula in which cells stand in the place of the columns that it named."""

    __slots__ = ()


def _written_out(tables: Tables, name: str, row: Mapping[str, Any], at: int) -> dict[str, Any]:
    """The row, which stands at this line of its sheet, with its formulas; KeyError for a column that isn't there."""

    def cells(found: re.Match[str]) -> str:
        other, column = found.groups()
        rows = tables[other or name]
        letter = _letter(list(rows[0]).index(column) + 1) if rows and column in rows[0] else _nowhere(column)
        return f"'{other[:LONGEST_NAME]}'!${letter}$2:${letter}${len(rows) + 1}" if other else f"${letter}{at}"

    return {
        key: _InCells(_NAMED.sub(cells, value["formula"])) if isinstance(value, Mapping) else value
        for key, value in row.items()
    }


def _nowhere(column: str) -> NoReturn:
    raise KeyError(column)


def _write_sheet(sheet: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    header = list(rows[0]) if rows else ["nothing"]
    for position, column in enumerate(header, 1):
        sheet.column_dimensions[_letter(position)].width = WIDTHS.get(column, NARROW)
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, column) for column in header])
    for row in rows:
        sheet.append([_cell(sheet, row[column]) for column in header])


def _heading(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: object) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    cell = WriteOnlyCell(sheet, cast(Any, readable(value)))
    if isinstance(value, _InCells):
        cell.data_type = "f"
    elif isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        # The mark that a spreadsheet sets when somebody types an apostrophe first: editing the cell keeps it text.
        cell.quotePrefix = is_formula(value)
    return cell


def _letter(position: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position))
