"""Workbooks and JSON: everything is in them, and nothing in them runs."""

import json
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitator.documents.writing import spreadsheet
from facilitator.documents.writing.cells import harmless, readable

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


SUMS = {
    "points": [{"who": who, "given": given} for who, given in (("=1+1", 3), ("b", 4), ("=1+1", 5))],
    "sums": [
        {
            "who": who,
            "sum": {"formula": "=SUMIFS([points.given],[points.who],[who])", "value": value},
            "half": {"formula": "=[sum]/2", "value": value / 2},
        }
        for who, value in (("=1+1", 8), ("b", 4))
    ],
}


def test_a_formula_names_columns_and_gets_cells(tmp_path):
    target = tmp_path / "out.xlsx"
    spreadsheet.write_xlsx(SUMS, target)
    sheet = openpyxl.load_workbook(target)["sums"]
    rows = [[(cell.data_type, cell.value) for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows == [
        [("s", who), ("f", f"=SUMIFS('points'!$B$2:$B$4,'points'!$A$2:$A$4,$A{row})"), ("f", f"=$B{row}/2")]
        for row, who in ((2, "=1+1"), (3, "b"))
    ]


def test_a_formula_of_what_is_not_there_is_never_written(tmp_path):
    tables = {"sums": [{"sum": {"formula": "=[points.given]", "value": 0}}]}
    with pytest.raises(KeyError):
        spreadsheet.write_xlsx(tables, tmp_path / "out.xlsx")


def test_programs_read_the_formula_and_what_it_comes_to(tmp_path):
    target = tmp_path / "out.json"
    spreadsheet.write_json(SUMS, target)
    assert json.loads(target.read_text(encoding="utf-8"))["sums"][1]["half"] == {"formula": "=[sum]/2", "value": 2.0}


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
