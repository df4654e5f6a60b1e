"""Periods of rows: days, weeks and lengths that are mixed; each as it is declared, else refused."""

import pytest

from tests.load.test_tables import read, site, told

WEEKS = "product,period,amount\n" + "".join(f"card,2025-W{week:02d},{week}\n" for week in range(1, 14))


def test_a_week_counts_in_the_month_of_its_thursday(tmp_path):
    found = read(tmp_path, WEEKS, site(weeks="thursday"))

    # 2025-W05 begins on 27 January, and its Thursday is the 30th; that of W09 is 27 February.
    assert found.value("card", "amount", "2025-01") == 1 + 2 + 3 + 4 + 5
    assert found.value("card", "amount", "2025-02") == 6 + 7 + 8 + 9
    assert found.value("card", "amount", "2025-Q1") == sum(range(1, 14))


def test_two_rows_of_one_week_are_told(tmp_path):
    problems = told(tmp_path, WEEKS + "card,2025-W13,1\n", site(weeks="thursday"))

    assert problems == [
        "data.csv:15: error: a second row of product 'card' for 2025-W13; the first is line 14. "
        "Delete one, or declare 'repeats: allow' if rows are records to be added up."
    ]


MIXED = "product,period,amount\ncard,2025-01,1\ncard,2025-02,2\ncard,2025-03,3\ncard,2025-Q1,7\n"


@pytest.mark.parametrize(("grain", "expected"), [("month", 6), ("quarter", 7)])
def test_of_mixed_lengths_only_the_declared_grain_is_read(tmp_path, grain, expected):
    declared = site(grain=grain)
    if grain == "quarter":
        indicators = {"amount": declared.indicators["amount"].model_copy(update={"cadence": "quarter"})}
        declared = declared.model_copy(update={"indicators": indicators})

    assert read(tmp_path, MIXED, declared).value("card", "amount", "2025-Q1") == expected


@pytest.mark.parametrize(
    ("form", "labels"),
    [
        ("day-first", ("5/1/2025", "28/02/2025", "31.3.2025")),
        ("month-first", ("1/5/2025", "02/28/2025", "3-31-2025")),
        ("excel-serial", ("45662", "45716", "45747")),
    ],
)
def test_doubtful_dates_are_read_as_they_are_declared(tmp_path, form, labels):
    rows = "".join(f"card,{label},{n}\n" for n, label in enumerate(labels, 1))

    found = read(tmp_path, "product,period,amount\n" + rows, site(date_format=form))

    assert [found.value("card", "amount", f"2025-0{n}") for n in (1, 2, 3)] == [1, 2, 3]


def test_records_with_a_time_of_day_count_on_their_day(tmp_path):
    rows = "product,period,amount\ncard,2025-01-31 23:59:59,1\ncard,2025-02-01T00:00:00.5Z,2\n"

    found = read(tmp_path, rows, site(repeats="allow"))

    assert [found.value("card", "amount", f"2025-0{n}") for n in (1, 2)] == [1, 2]
