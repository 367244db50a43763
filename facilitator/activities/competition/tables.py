"""Tables that go out of the program: text is text, so that no cell of it becomes a formula in somebody's hands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = "E0EEEC"


def workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[str | int]], widths: Sequence[int]) -> bytes:
    """One sheet with a head that stays in sight."""
    # Not before it is needed: numpy comes with it, and the room can do without.
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  a new book has a sheet
    sheet.title = title[:31]
    for column, (words, width) in enumerate(zip(head, widths, strict=True), 1):
        _put(sheet.cell(1, column), words)
        sheet.cell(1, column).font, sheet.cell(1, column).fill = Font(bold=True), PatternFill("solid", fgColor=HEAD)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            _put(sheet.cell(number, column), value)
    sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _put(cell: Any, value: str | int) -> None:
    from openpyxl.styles import Alignment

    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # also one that begins with "="
        cell.alignment = Alignment(wrap_text=True, vertical="top")
