"""Cells as people and spreadsheets write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpisite.load.values import CellError, read_cell


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234,567.89", "1234567.89"),
        ("\uff11，\uff12\uff13\uff14\uff0e\uff15", "1234.5"),
        ("\u221212", "-12"),
        ("(1,000)", "-1000"),
        ("（1,000）", "-1000"),
        ("1,000-", "-1000"),
        ("\u00a012\u00a0", "12"),
        ("+5", "5"),
        (".5", "0.5"),
        ("12.5%", "0.125"),
        ("(3.1%)", "-0.031"),
        ("1e3", "1000"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert Decimal(read_cell(text, "decimal").value) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "kind", "what", "hint"),
    [
        ("1,23", "decimal", "'1,23' is not a number", "Is it a decimal comma? Thousands have three digits between commas."),
        ("1.2万", "decimal", "'1.2万' carries the unit 万", "Declare in the source's 'units' what a plain number of the column counts, like 元."),
        ("¥1200", "decimal", "'¥1200' carries the unit ¥", "Declare in the source's 'units' what a plain number of the column counts, like 元."),
        ("1.23E+11", "text", "'1.23E+11' is a number that a spreadsheet has shortened", "Format the column as text, and export it again."),
        ("nan", "float", "'nan' is not a number", "Leave the cell empty, or name it in the source's 'na'."),
        ("twelve", "decimal", "'twelve' is not a number", "If it stands for a missing value, name it in the source's 'na'."),
        ("1_000", "decimal", "'1_000' is not a number", "If it stands for a missing value, name it in the source's 'na'."),
        ("--5", "decimal", "'--5' is not a number", "If it stands for a missing value, name it in the source's 'na'."),
        ("(-5)", "decimal", "'(-5)' is not a number", "If it stands for a missing value, name it in the source's 'na'."),
        ("#REF!", "decimal", "'#REF!' is a spreadsheet's error", "Mend the spreadsheet and export it again."),
        ("1.5", "integer", "'1.5' is not a whole number", "Declare the column as decimal."),
        ("1" * 27, "decimal", f"'{'1' * 27}' has more than 26 digits", "Declare the column as float, or as text if it is an id."),
        ("1e400", "float", "'1e400' is too large a number", ""),
        ("1/2/2025", "date", "'1/2/2025' is not a date", "Day and month cannot be told apart; write 2025-09-30, or declare 'day-first' or 'month-first' as the 'date_format' of the source."),
        ("8/28/2024 17:49", "date", "'8/28/2024 17:49' is not a date", "Write 2025-09-30, or declare 'month-first' as the 'date_format' of the source."),
        ("28.8.2024", "date", "'28.8.2024' is not a date", "Write 2025-09-30, or declare 'day-first' as the 'date_format' of the source."),
        ("3天", "decimal", "'3天' carries the unit 天", "Declare in the source's 'units' what a plain number of the column counts, like 天."),
        ("2025-09", "date", "'2025-09' is not a date", "Write 2025-09-30."),
        ("perhaps", "boolean", "'perhaps' is neither yes nor no", "Write true or false."),
    ],
)  # fmt: skip
def test_a_doubtful_cell_is_told(text, kind, what, hint):
    with pytest.raises(CellError) as caught:
        read_cell(text, kind)

    assert (str(caught.value), caught.value.hint) == (what, hint)


@pytest.mark.parametrize(
    ("text", "kind", "plain"),
    [
        ("2025/9/3", "date", "2025-09-03"),
        ("2025年9月3日", "date", "2025-09-03"),
        ("是", "boolean", "true"),
        ("N", "boolean", "false"),
        ("007", "text", "007"),
    ],
)
def test_dates_booleans_and_texts(text, kind, plain):
    assert read_cell(text, kind).value == plain


@given(st.decimals(min_value=-(10**20), max_value=10**20, places=4, allow_nan=False))
def test_grouped_thousands_lose_nothing(number):
    assert Decimal(read_cell(f"{number:,f}", "decimal").value) == number


@pytest.mark.parametrize(
    ("text", "unit", "number", "fixes"),
    [
        ("1.2万", "元", "12000", ("units",)),
        ("3亿", "元", "300000000", ("units",)),
        ("¥1,200", "CNY", "1200", ("units", "thousands")),
        ("(1.5万元)", "元", "-15000", ("negatives", "units")),
        ("1,234", "万元", "12340000", ("thousands",)),
        ("12.5%", "%", "0.125", ("percent",)),
        ("\uff11\uff12.5", "%", "0.125", ("full-width",)),
        ("1,301 万户", "户", "13010000", ("units", "thousands")),
    ],
)
def test_a_declared_unit_tells_what_a_number_counts(text, unit, number, fixes):
    reading = read_cell(text, "decimal", unit)

    assert (Decimal(reading.value), reading.fixes) == (Decimal(number), fixes)


@pytest.mark.parametrize(
    ("text", "unit", "what"),
    [
        ("1.2万", "万元", "'1.2万' carries a unit, and so does the column, declared in 万元"),
        ("12%", "万元", "'12%' is in %, but the column is declared in 万元"),
    ],
)
def test_a_unit_is_never_counted_twice(text, unit, what):
    with pytest.raises(CellError) as caught:
        read_cell(text, "decimal", unit)

    assert str(caught.value) == what
