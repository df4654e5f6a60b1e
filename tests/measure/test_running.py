"""Running periods: figures of the months that have arrived, compared with the same months of other periods."""

import numpy as np
import pytest

from kpisite.periods import Grain
from tests.measure.small import a_site, an_indicator, figures, flow, months, stock, write

FIRST, LAST = "2024-01", "2025-11"


def rows(last=LAST, product="card"):
    """Sales of 1, 2, 3 … a month, costs of half as much, balances of 100 more than the month before."""
    return [
        {"product": product, "period": label, "sales": n, "cost": n / 2 + 1, "balance": 100 * n}
        for n, label in enumerate(months(FIRST, last), 1)
    ]


def site(indicators, report=None, **more):
    return a_site(
        measures={"sales": flow(), "cost": flow(), "balance": stock()},
        indicators=indicators,
        report={"period": LAST, "history": 23} | (report or {}),
        **more,
    )


def provisional(found, subject, indicator, label):
    cells, s, i, t = found._at(subject, indicator, label)
    return int(cells.provisional[s, i, t])


@pytest.mark.parametrize(
    ("formula", "kind", "quarter", "half", "year"),
    [
        # Months 13 to 23 have arrived: 22 and 23 of the quarter, 19 to 23 of the half.
        ("sales", "flow", 45, 105, 198),
        ("balance", "stock", 2300, 2300, 2300),
        ("cost / sales", "ratio", (45 / 2 + 2) / 45, (105 / 2 + 5) / 105, (198 / 2 + 11) / 198),
        # Two months of the quarter are annualised by 12 / 2.
        ("ann(sales)", "ratio", 45 * 6, 105 * 12 / 5, 198 * 12 / 11),
        ("average(balance)", "ratio", 2250, 2100, 1800),
        ("opening(balance)", "ratio", 2100, 1800, 1200),
        ("trailing_year(sales)", "ratio", sum(range(12, 24)), sum(range(12, 24)), sum(range(12, 24))),
        ("ytd(sales)", "ratio", 198, 198, 198),
        # Growth compares the first two months of this quarter with the first two of that one.
        ("yoy(sales)", "ratio", 45 / (10 + 11) - 1, 105 / (7 + 8 + 9 + 10 + 11) - 1, 198 / sum(range(1, 12)) - 1),
        ("qoq(sales)", "ratio", 45 / (19 + 20) - 1, 105 / (13 + 14 + 15 + 16 + 17) - 1, 198 / sum(range(1, 12)) - 1),
        # Parts of quarters do not add up to anything that has a name.
        ("rolling_sum(sales, 2)", "ratio", "incomplete", "incomplete", "incomplete"),
    ],
)
def test_a_running_period_shows_the_months_there_are(tmp_path, formula, kind, quarter, half, year):
    write(tmp_path, rows())

    found = figures(tmp_path, site({"x": an_indicator(formula, kind)}))

    for label, expected, count in (("2025-Q4", quarter, 2), ("2025-H2", half, 5), ("2025", year, 11)):
        value = found.value("card", "x", label)
        assert value == (expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-12))
        assert provisional(found, "card", "x", label) == (0 if isinstance(expected, str) else count)
    assert provisional(found, "card", "x", "2025-Q3") == 0


def test_only_the_period_of_the_reports_last_month_is_running(tmp_path):
    write(tmp_path, rows())

    found = figures(tmp_path, site({"x": an_indicator("sales", "flow")}, report={"period": "2025-07", "history": 19}))

    assert [period.label for period in found.series.grains[Grain.QUARTER].periods][-2:] == ["2025-Q2", "2025-Q3"]
    assert [period.label for period in found.series.grains[Grain.MONTH].periods][-1] == "2025-07"
    assert (found.value("card", "x", "2025-Q3"), provisional(found, "card", "x", "2025-Q3")) == (19, 1)
    counts = {grain: int(np.count_nonzero(one.provisional)) for grain, one in found.series.grains.items()}
    # The card, its line and the bank.
    assert counts == {Grain.MONTH: 0, Grain.QUARTER: 3, Grain.HALF: 3, Grain.YEAR: 3, Grain.YTD: 0}


def test_a_period_that_is_over_is_provisional_while_its_last_month_has_not_arrived(tmp_path):
    write(tmp_path, rows())

    found = figures(tmp_path, site({"x": an_indicator("sales", "flow")}, report={"period": "2025-12"}))

    assert found.value("card", "x", "2025-12") == "no-data"
    assert (found.value("card", "x", "2025-Q4"), provisional(found, "card", "x", "2025-Q4")) == (45, 2)
    assert (found.value("card", "x", "2025-12 YTD"), provisional(found, "card", "x", "2025-12 YTD")) == (198, 11)


def test_a_month_missing_between_others_leaves_the_period_incomplete(tmp_path):
    gap = [row if row["period"] != "2025-10" else row | {"sales": None} for row in rows()]
    write(tmp_path, gap)

    found = figures(tmp_path, site({"x": an_indicator("sales", "flow")}))

    for label in ("2025-Q4", "2025-H2", "2025"):
        assert (found.value("card", "x", label), provisional(found, "card", "x", label)) == ("incomplete", 0)


def test_a_period_of_which_nothing_has_arrived_is_not_due_before_it_is_over(tmp_path):
    write(tmp_path, rows("2025-09"))

    running = figures(tmp_path, site({"x": an_indicator("sales", "flow")}, report={"period": "2025-10"}))
    over = figures(tmp_path, site({"x": an_indicator("sales", "flow")}, report={"period": "2025-12"}))

    assert running.value("card", "x", "2025-Q4") == "not-due"
    assert over.value("card", "x", "2025-Q4") == "incomplete"


def test_a_line_has_as_many_months_as_all_its_products(tmp_path):
    write(tmp_path, rows() + rows("2025-10", "loan"))

    found = figures(tmp_path, site({"x": an_indicator("sales", "flow")}))

    assert (found.value("card", "x", "2025-Q4"), provisional(found, "card", "x", "2025-Q4")) == (45, 2)
    assert (found.value("loan", "x", "2025-Q4"), provisional(found, "loan", "x", "2025-Q4")) == (22, 1)
    assert (found.value("line:retail", "x", "2025-Q4"), provisional(found, "line:retail", "x", "2025-Q4")) == (44, 1)


def test_a_count_of_distinct_things_is_asked_anew_for_the_months_there_are(tmp_path):
    write(
        tmp_path, [{"product": "card", "period": m, "customer": c} for m in months("2025-07", LAST) for c in ("a", m)]
    )
    declared = a_site(
        sources={
            "monthly": {
                "file": "monthly.csv",
                "product": "product",
                "repeats": "allow",
                "columns": {"customer": "text"},
            }
        },
        measures={"customers": flow("count(distinct customer)", "count")},
        indicators={"x": an_indicator("customers", "ratio", unit="count")},
        report={"period": LAST, "history": 5},
    )

    found = figures(tmp_path, declared)

    assert (found.value("card", "x", "2025-Q4"), provisional(found, "card", "x", "2025-Q4")) == (3, 2)


def test_a_trailing_year_is_never_provisional(tmp_path):
    write(tmp_path, rows())
    grains = ["month", "t12"]

    found = figures(
        tmp_path,
        site({"x": an_indicator("sales", "flow")}, report={"period": "2025-12", "grains": grains, "history": 24}),
    )

    assert found.value("card", "x", "2025-11 T12") == sum(range(12, 24))
    assert found.value("card", "x", "2025-12 T12") == "incomplete"
    assert found.series.grains[Grain.T12].periods[0].label == "2024-12 T12"
