import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.periods import GRAIN_ORDER, MONTHS, Grain, Period, PeriodError, month, of_month, parse, span

MONTH_NUMBERS = st.integers(min_value=1900 * 12, max_value=2199 * 12)
STARTS = st.integers(min_value=1, max_value=12)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2025-09", "2025-09"),
        ("2025-9", "2025-09"),
        ("2025/09", "2025-09"),
        ("2025.10", "2025-10"),
        ("202509", "2025-09"),
        ("2025M9", "2025-09"),
        ("2025-M09", "2025-09"),
        ("2025年9月", "2025-09"),
        ("2025年09月份", "2025-09"),
        ("２０２５－０９", "2025-09"),  # noqa: RUF001
        (" 2025-09 ", "2025-09"),
        ("2025Q3", "2025-Q3"),
        ("2025-Q3", "2025-Q3"),
        ("Q3 2025", "2025-Q3"),
        ("2025年第三季度", "2025-Q3"),
        ("2025年3季度", "2025-Q3"),
        ("2025年四季", "2025-Q4"),
        ("2025-H2", "2025-H2"),
        ("2025H1", "2025-H1"),
        ("2025年上半年", "2025-H1"),
        ("2025年下半年", "2025-H2"),
        ("2025", "2025"),
        ("FY2025", "2025"),
        ("2025年", "2025"),
        ("2025-W36", "2025-W36"),
        ("2020-W53", "2020-W53"),
        ("2025-09-30", "2025-09-30"),
        ("20250930", "2025-09-30"),
        ("2025/9/3", "2025-09-03"),
        ("2025年9月30日", "2025-09-30"),
        ("2025-09-30 00:00:00", "2025-09-30"),
        ("2024-02-29", "2024-02-29"),
        ("2025-09 YTD", "2025-09 YTD"),
        ("2025-09 T12", "2025-09 T12"),
        # Further spellings that people and systems use.
        ("2025/9", "2025-09"),
        ("2025.09", "2025-09"),
        ("2025M09", "2025-09"),
        ("2025年09月", "2025-09"),
        ("2025/9/30", "2025-09-30"),
        ("2025.09.30", "2025-09-30"),
        ("2025年三季度", "2025-Q3"),
        ("2025年第3季度", "2025-Q3"),
        ("2025 Q3", "2025-Q3"),
        ("H1 2025", "2025-H1"),
        ("2025W36", "2025-W36"),
        ("2025年度", "2025"),
        ("２０２５年９月３０日", "2025-09-30"),
        ("２０２５Ｑ３", "2025-Q3"),  # noqa: RUF001
        # As statistical offices write them (SDMX).
        ("2025-M09", "2025-09"),
        ("2025-S1", "2025-H1"),
        ("2025-A1", "2025"),
        # With a time of day, as records carry it.
        ("2025-09-30 23:59", "2025-09-30"),
        ("2025-09-30T23:59:59.999+08:00", "2025-09-30"),
    ],
)
def test_spellings(text, label):
    assert parse(text).label == label


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Sep-25", "A spreadsheet has shortened it; format the column as text and write 2025-09."),
        ("25-Sep", "A spreadsheet has shortened it; format the column as text and write 2025-09."),
        ("1/2/2025", "Day and month cannot be told apart; write 2025-09-30."),
        ("2025.1", "January or October? Write 2025-01 or 2025-10."),
        ("45930", "It looks like a spreadsheet's serial date; format the column as text and write 2025-09-30."),
        ("2025-02-30", "There is no such day in the calendar."),
        ("2025-W53", "There is no such week in the calendar."),
        ("2025-13", "Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30."),
        ("2025-Q5", "Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30."),
        ("12/31/2025", "Day and month cannot be told apart; write 2025-09-30."),
        ("三季度", "The year is missing; write 2025-Q3, 2025-H2 or 2025-09."),
        ("第三季度", "The year is missing; write 2025-Q3, 2025-H2 or 2025-09."),
        ("上半年", "The year is missing; write 2025-Q3, 2025-H2 or 2025-09."),
        ("H1", "The year is missing; write 2025-Q3, 2025-H2 or 2025-09."),
        ("9月", "It has no year; a spreadsheet may have shortened it. Format the column as text and write 2025-09."),
        ("25-09", "Write the year with four digits, as in 2025-09."),
        ("25/9/30", "Day and month cannot be told apart; write 2025-09-30."),
        ("25年9月", "Write the year with four digits, as in 2025-09."),
        ("25Q3", "Write the year with four digits, as in 2025-09."),
        ("FY25", "Write the year with four digits, as in 2025-09."),
        ("2025-0930", "Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30."),
        ("soon", "Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30."),
        ("", "Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30."),
    ],
)
def test_doubtful_spellings_are_refused_with_a_hint(text, hint):
    with pytest.raises(PeriodError) as error:
        parse(text)

    assert error.value.hint == hint
    assert str(error.value) == f"'{text}' is not a period"


@settings(deadline=None)
@given(MONTH_NUMBERS, st.sampled_from(GRAIN_ORDER), STARTS)
def test_a_label_reads_back_as_its_period(number, grain, start):
    period = of_month(number, grain, start)

    # Labels of months do not depend on the fiscal year, so that they are read back without it.
    assert parse(period.label, start) == Period(grain, period.number, start)


@settings(deadline=None)
@given(MONTH_NUMBERS, st.sampled_from(GRAIN_ORDER), STARTS)
def test_a_period_holds_the_month_it_was_made_of(number, grain, start):
    period = of_month(number, grain, start)

    assert period.first_month <= number <= period.last_month
    if grain in MONTHS:
        assert period.months == MONTHS[grain]


@settings(deadline=None)
@given(MONTH_NUMBERS, st.sampled_from(tuple(MONTHS)), STARTS)
def test_periods_follow_each_other_without_a_gap(number, grain, start):
    period = of_month(number, grain, start)

    assert period.plus(1).first_month == period.last_month + 1


def test_a_fiscal_year_is_named_by_the_year_it_ends_in():
    year = parse("2025", 4)

    assert of_month(year.first_month).label == "2024-04"
    assert of_month(year.last_month).label == "2025-03"
    assert of_month(month(2024, 4).number, Grain.QUARTER, 4).label == "2025-Q1"
    assert of_month(month(2025, 3).number, Grain.HALF, 4).label == "2025-H2"


@pytest.mark.parametrize(("start", "first", "months"), [(1, "2025-01", 9), (4, "2025-04", 6), (10, "2024-10", 12)])
def test_the_year_to_date_begins_with_the_fiscal_year(start, first, months):
    period = parse("2025-09 YTD", start)

    assert of_month(period.first_month).label == first
    assert period.months == months


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("2025-02", dt.date(2025, 2, 28)),
        ("2024-02", dt.date(2024, 2, 29)),
        ("2025-Q4", dt.date(2025, 12, 31)),
        ("2025-W36", dt.date(2025, 9, 7)),
        ("2025-09-30", dt.date(2025, 9, 30)),
        ("2025-09 YTD", dt.date(2025, 9, 30)),
        ("2025-09 T12", dt.date(2025, 9, 30)),
    ],
)
def test_the_last_day(label, day):
    assert parse(label).last_day == day


def test_only_whole_periods_lie_in_a_span():
    first, last = month(2025, 2).number, month(2025, 12).number

    assert [str(p) for p in span(Grain.QUARTER, first, last)] == ["2025-Q2", "2025-Q3", "2025-Q4"]
    assert [str(p) for p in span(Grain.HALF, first, last)] == ["2025-H2"]
    assert span(Grain.YEAR, first, last) == ()
    assert len(span(Grain.MONTH, first, last)) == 11
    assert [str(p) for p in span(Grain.YTD, first, last)][:1] == ["2025-02 YTD"]


def test_a_trailing_year_holds_twelve_months_wherever_the_fiscal_year_begins():
    trailing = parse("2025-03 T12", 7)

    assert (of_month(trailing.first_month).label, trailing.months) == ("2024-04", 12)
    labels = [str(p) for p in span(Grain.T12, month(2024, 1).number, month(2025, 2).number)]
    assert labels == ["2024-12 T12", "2025-01 T12", "2025-02 T12"]


@pytest.mark.parametrize(
    ("text", "form", "label"),
    [
        ("1/2/2025", "day-first", "2025-02-01"),
        ("1/2/2025", "month-first", "2025-01-02"),
        ("2025-09-30", "day-first", "2025-09-30"),
        ("45930", "excel-serial", "2025-09-30"),
        ("45930.75", "excel-serial", "2025-09-30"),
        ("61", "excel-serial", "1900-03-01"),
    ],
)
def test_doubtful_dates_that_are_declared(text, form, label):
    assert parse(text, form=form).label == label


@pytest.mark.parametrize(
    ("text", "form", "hint"),
    [
        ("31/12/2025", "month-first", "There is no such day in the calendar."),
        ("2025-09-30", "excel-serial", "The source declares a spreadsheet's serial days, like 45930."),
        ("60", "excel-serial", "The source declares a spreadsheet's serial days, like 45930."),
    ],
)
def test_a_declared_form_still_refuses_what_is_not_in_it(text, form, hint):
    with pytest.raises(PeriodError) as error:
        parse(text, form=form)

    assert error.value.hint == hint


def test_a_period_seen_at_another_grain():
    assert month(2025, 11).at(Grain.QUARTER) == parse("2025-Q4")
    assert parse("2025-Q2").at(Grain.YTD) == parse("2025-06 YTD")
    assert parse("2025-H1").at(Grain.MONTH) == month(2025, 6)


def test_periods_of_one_grain_are_ordered_in_time():
    assert month(2024, 12) < month(2025, 1) < month(2025, 2)
