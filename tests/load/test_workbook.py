"""Sheets of Excel workbooks: every cell as the workbook holds it, and told by its own name."""

import datetime as dt

import openpyxl
import pytest

from kpisite.load.facts import Fix
from tests.load.test_tables import read, site, told
from tests.measure.small import a_site, an_indicator, flow

HEAD = ("product", "period", "amount")
BOOK = site(file="book.xlsx")


def book(folder, rows, *, more=()):
    """A workbook with one sheet of these rows, and these other sheets."""
    made = openpyxl.Workbook()
    made.active.title = "月报"
    for row in rows:
        made.active.append(row)
    for name in more:
        made.create_sheet(name)
    made.save(folder / "book.xlsx")
    return made


def test_numbers_and_dates_are_read_as_they_are(tmp_path):
    days = [dt.date(2025, 1, 31), dt.datetime.combine(dt.date(2025, 2, 28), dt.time()), "2025/3/31"]
    amounts = [0.1, "1,234.50", 123456789012.34]
    book(tmp_path, [HEAD, *(("card", day, amount) for day, amount in zip(days, amounts, strict=True))])

    found = read(tmp_path, None, BOOK)

    assert list(found.row("card", "amount").values()) == [0.1, 1234.5, 123456789012.34]
    (file,) = found.series.sources[0].files
    assert (file.format, file.sheet, file.encoding, file.rows) == ("xlsx", "月报", "", 3)
    assert file.size == (tmp_path / "book.xlsx").stat().st_size
    assert file.fixes == (Fix("thousands", 1),)


def test_titles_empty_rows_and_empty_columns_are_what_they_are_in_any_table(tmp_path):
    book(
        tmp_path,
        [("零售\n月报",), (), HEAD, ("card", "2025-01", 1), (), ("card", "2025-02", None), ("card", "2025-03", 3)],
    )

    found = read(tmp_path, None, site(file="book.xlsx", skip=2))

    assert list(found.row("card", "amount").values()) == [1, "no-data", 3]
    assert told(tmp_path, None, BOOK) == [
        "book.xlsx:月报!1: error: the header lacks the column 'product', 'period'. Line 3 has it: declare 'skip: 2'."
    ]


def test_a_bad_cell_is_told_by_its_name_in_the_sheet(tmp_path):
    book(tmp_path, [HEAD, ("card", "2025-01", "many"), ("crad", "2025-02", 2)])

    assert told(tmp_path, None, BOOK) == [
        "book.xlsx:月报!A3: error: the product 'crad' is not declared. Did you mean 'card'?",
        "book.xlsx:月报!C2: error: column 'amount': 'many' is not a number. "
        "If it stands for a missing value, name it in the source's 'na'.",
    ]


def test_errors_of_formulas_are_refused_and_not_available_is_missing(tmp_path):
    made = book(tmp_path, [HEAD, ("card", "2025-01", 1), ("card", "2025-02", "#N/A"), ("card", "2025-03", 3)])
    assert read(tmp_path, None, BOOK).value("card", "amount", "2025-02") == "no-data"
    made.active["C4"] = "#DIV/0!"
    made.save(tmp_path / "book.xlsx")

    assert told(tmp_path, None, BOOK) == [
        "book.xlsx:月报!C4: error: '#DIV/0!' is a spreadsheet's error. Mend the formula."
    ]


def test_a_formula_that_was_never_computed_is_no_empty_cell(tmp_path):
    book(tmp_path, [HEAD, ("card", "2025-01", "=1+1")])

    assert told(tmp_path, None, BOOK) == [
        "book.xlsx:月报!C2: error: the formula '=1+1' has no value yet. "
        "Open the workbook in a spreadsheet program, and save it."
    ]


def test_one_of_several_sheets_is_declared(tmp_path):
    book(tmp_path, [HEAD, ("card", "2025-01", 5)], more=("说明", "旧"))

    assert told(tmp_path, None, BOOK) == [
        "book.xlsx: error: the workbook has 3 sheets. Declare one of them: 'sheet: 月报' or 说明, 旧."
    ]
    assert told(tmp_path, None, site(file="book.xlsx", sheet="月抱")) == [
        "book.xlsx: error: the workbook has no sheet '月抱'. Known: 旧, 月报, 说明."
    ]
    assert read(tmp_path, None, site(file="book.xlsx", sheet="月报")).value("card", "amount", "2025-01") == 5


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 nothing", b"product,period,amount\n"])
def test_what_is_no_workbook_is_told(tmp_path, raw):
    (tmp_path / "book.xlsx").write_bytes(raw)

    (problem,) = told(tmp_path, None, BOOK)

    assert problem.startswith("book.xlsx: error: it is no Excel workbook: ")


def test_a_workbook_of_the_old_kind_is_told(tmp_path):
    (tmp_path / "book.xls").write_bytes(b"\xd0\xcf\x11\xe0")

    assert told(tmp_path, None, site(file="book.xls")) == [
        "book.xls: error: it is a workbook of the old kind. Save it as .xlsx, or export it as CSV."
    ]


def test_true_and_false_are_read_as_such(tmp_path):
    book(tmp_path, [(*HEAD, "kept"), ("card", "2025-01", 1, True), ("card", "2025-02", 2, False)])
    declared = a_site(
        sources={"monthly": {"file": "book.xlsx", "product": "product", "columns": {"kept": "boolean"}}},
        measures={"kept": flow("sum(amount) filter (where kept)"), "left": flow("sum(amount) filter (where not kept)")},
        indicators={name: an_indicator(name, "flow", unit="cny") for name in ("kept", "left")},
        report={"period": "2025-03", "history": 3},
    )

    found = read(tmp_path, None, declared)

    assert found.value("card", "kept", "2025-01") == 1
    assert found.value("card", "left", "2025-02") == 2
