"""Everything of a workshop as a workbook or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from facilitator.documents.cells import is_formula, readable

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
"""Sheet name → rows; all rows of a sheet have the same keys, which become its header."""

WIDTHS = {"text": 60, "title": 36, "instruction": 48, "idea": 10, "name": 20, "when": 20}
NARROW = 13


def write_json(tables: Tables, target: Path) -> None:
    target.write_text(json.dumps(tables, ensure_ascii=False, indent=1), encoding="utf-8")


def write_xlsx(tables: Tables, target: Path) -> None:
    """One sheet for each table. Text stays text: nothing that a person typed can run as a formula."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in tables.items():
        _write_sheet(book.create_sheet(name[:31]), rows)
    book.save(target)


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
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        # The mark that a spreadsheet sets when somebody types an apostrophe first: editing the cell keeps it text.
        cell.quotePrefix = is_formula(value)
    return cell


def _letter(position: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position))
