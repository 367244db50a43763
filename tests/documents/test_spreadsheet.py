"""Workbooks and JSON: everything is in them, and nothing in them runs."""

import json
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitator.documents import spreadsheet
from facilitator.documents.cells import harmless, readable

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]
HARMLESS = ["一条意见", "1+1=2", "a=b", "", "长" * 40_000, "bell\x07 null\x00 esc\x1b", "\ufffe\uffff", "😀"]


@pytest.fixture
def book(tmp_path):
    def written(texts):
        target = tmp_path / "out.xlsx"
        spreadsheet.write_xlsx(
            {"ideas": [{"idea": n, "text": text} for n, text in enumerate(texts)], "empty": []}, target
        )
        return target

    return written


def test_text_that_looks_like_a_formula_stays_text(book):
    target = book(DANGEROUS)
    cells = [row[1] for row in openpyxl.load_workbook(target)["ideas"].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(DANGEROUS)
    assert [cell.quotePrefix for cell in cells] == [True] * len(DANGEROUS)
    assert cells[0].value == "=1+1"
    with zipfile.ZipFile(target) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_everything_else_is_kept_as_far_as_a_workbook_can(book):
    rows = list(openpyxl.load_workbook(book(HARMLESS))["ideas"].iter_rows(min_row=2, values_only=True))
    assert [text or "" for _number, text in rows] == [
        "一条意见",
        "1+1=2",
        "a=b",
        "",
        "长" * 32_767,
        "bell null esc",
        "",
        "😀",
    ]


def test_numbers_stay_numbers(book):
    assert openpyxl.load_workbook(book(["a"]))["ideas"]["A2"].data_type == "n"


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_csv_never_begins_a_formula(text):
    kept = harmless(text)
    assert kept == "" or kept[0] not in "=+-@\t\r"
    assert str(kept).removeprefix("'") == str(readable(text)).removeprefix("'")


def test_json_holds_the_tables(tmp_path):
    tables = {"ideas": [{"idea": 1, "text": "=1+1 \u202e长凳"}]}
    spreadsheet.write_json(tables, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == tables
