"""Every missing figure says why: one test for each rule."""

import pytest

from kpisite.periods import Grain
from tests.measure.small import a_site, an_indicator, figures, flow, months, stock, write

BOTH = {"card": {"name": "Card", "line": "retail"}, "loan": {"name": "Loan", "line": "retail"}}
CARD = {"card": {"name": "Card", "line": "retail"}}


def rows(product="card", first="2024-01", last="2025-12", **columns):
    """Rows of one product; a column is a number, or a function of the label."""
    return [
        {"product": product, "period": label} | {n: v(label) if callable(v) else v for n, v in columns.items()}
        for label in months(first, last)
    ]


# A product that has always delivered, so that months before another one's first are shown.
OLDER = rows(product="loan", a=1, b=1, s=1, t=1)


def one(folder, formula, kind="ratio", given=None, products=CARD, report=None, **more):
    """The figures of one indicator `x` over the measures a, b (flows) and s, t (balances)."""
    write(folder, given or rows(a=10, b=5, s=100, t=50))
    site = a_site(
        products=products,
        measures={"a": flow(), "b": flow(), "s": stock(), "t": stock()},
        indicators={"x": an_indicator(formula, kind, **more)},
        report=report or {},
    )
    return figures(folder, site)


def without(*labels):
    return lambda label: None if label in labels else 10


def test_an_empty_cell_is_no_data_and_leaves_the_quarter_incomplete(tmp_path):
    found = one(tmp_path, "a / b", given=rows(a=without("2025-05"), b=5, s=1, t=1))

    assert found.value("card", "x", "2025-05") == "no-data"
    assert found.value("card", "x", "2025-04") == 2
    assert found.value("card", "x", "2025-Q2") == "incomplete"
    assert found.value("card", "x", "2025-Q3") == 2
    assert found.value("card", "x", "2025-04 YTD") == 2
    assert found.value("card", "x", "2025-12 YTD") == "incomplete"
    assert found.value("card", "x", "2025") == "incomplete"


def test_a_month_without_a_row_is_no_data(tmp_path):
    found = one(tmp_path, "a / b", given=[r for r in rows(a=1, b=1, s=1, t=1) if r["period"] != "2025-05"])

    assert found.value("card", "x", "2025-05") == "no-data"


def test_a_balance_of_a_quarter_is_that_of_its_last_month(tmp_path):
    gap = rows(a=1, b=1, s=without("2025-05", "2025-09"), t=1)

    found = one(tmp_path, "s", "stock", given=gap)

    assert found.value("card", "x", "2025-Q2") == 10
    assert found.value("card", "x", "2025-Q3") == "no-data"


def test_division_by_zero_has_a_reason_of_its_own(tmp_path):
    found = one(tmp_path, "100 * a / b", given=rows(a=1, b=lambda m: 0 if m == "2025-05" else 2, s=1, t=1))

    assert found.value("card", "x", "2025-05") == "zero-denominator"
    assert found.value("card", "x", "2025-Q2") == 75


@pytest.mark.parametrize("formula", ["yoy(s)", "s / year_ago(s)", "s / lag(s, 12)", "s - lag(s, 12)"])
def test_looking_back_before_the_first_month_is_no_history(tmp_path, formula):
    found = one(tmp_path, formula)

    assert found.value("card", "x", "2024-12") == "no-history"
    assert isinstance(found.value("card", "x", "2025-01"), float)


def test_data_before_the_shown_window_are_looked_back_to(tmp_path):
    given = rows(first="2022-01", a=10, b=5, s=lambda m: int(m[:4]), t=50)

    found = one(tmp_path, "delta(s) + lag(s, 24)", given=given, report={"history": 12})

    assert found.value("card", "x", "2025-01") == 1 + 2023


@pytest.mark.parametrize("base", [0, -5])
def test_growth_on_a_base_of_zero_or_less_has_no_meaning(tmp_path, base):
    found = one(tmp_path, "yoy(s)", given=rows(a=1, b=1, t=1, s=lambda m: base if m == "2024-05" else 10))

    assert found.value("card", "x", "2025-05") == "base-not-positive"
    assert found.value("card", "x", "2025-06") == 0


def test_before_the_first_delivery_a_product_is_not_launched_and_later_looks_back_without_history(tmp_path):
    given = [*rows(first="2025-03", a=1, b=1, s=10, t=1), *OLDER]

    found = one(tmp_path, "s / lag(s, 1)", given=given, products=BOTH)

    row = found.row("card", "x")
    assert row["2025-02"] == "not-launched"
    assert row["2025-03"] == "no-history"
    assert row["2025-04"] == 1


def test_a_quarter_before_the_first_delivery_is_not_launched_and_a_part_of_one_incomplete(tmp_path):
    given = [*rows(first="2025-05", a=1, b=1, s=1, t=1), *OLDER]

    found = one(tmp_path, "a", "flow", given=given, products=BOTH)

    assert found.value("card", "x", "2025-Q1") == "not-launched"
    assert found.value("card", "x", "2025-Q2") == "incomplete"
    assert found.value("card", "x", "2025-Q3") == 3
    assert found.value("card", "x", "2025-12 YTD") == "incomplete"


def test_rows_before_the_declared_launch_do_not_count(tmp_path):
    launched = BOTH | {"card": {"name": "Card", "line": "retail", "launched": "2025-03"}}
    given = [*rows(a=10, b=5, s=100, t=50), *OLDER]

    found = one(tmp_path, "a", "flow", given=given, products=launched)

    assert found.value("card", "x", "2025-02") == "not-launched"
    assert found.value("card", "x", "2025-03") == 10
    assert found.value("bank", "x", "2025-02") == 1
    assert found.value("bank", "x", "2025-03") == 11


def test_the_window_opens_with_the_first_delivered_month(tmp_path):
    found = one(tmp_path, "a", "flow", given=rows(first="2025-05", a=1, b=1, s=1, t=1))

    assert next(iter(found.row("card", "x"))) == "2025-05"
    assert [period.label for period in found.series.grains[Grain.QUARTER].periods] == ["2025-Q3", "2025-Q4"]


def test_a_key_figure_that_was_never_delivered_is_no_data_and_any_other_not_applicable(tmp_path):
    products = {
        "card": {"name": "Card", "line": "retail", "key": {"x": {"weight": 100, "target": 1}}},
        "loan": {"name": "Loan", "line": "retail"},
    }
    given = rows("card", a=None, b=1, s=1, t=1) + rows("loan", a=None, b=1, s=1, t=1)

    found = one(tmp_path, "a / b", given=given, products=products)

    assert found.value("card", "x", "2025-05") == "no-data"
    assert found.value("loan", "x", "2025-05") == "not-applicable"
    assert found.value("bank", "x", "2025-05") == "not-applicable"


def test_the_first_missing_operand_gives_the_reason(tmp_path):
    given = rows(a=without("2025-05"), b=lambda m: 0 if m == "2025-05" else 1, s=1, t=1)

    found = one(tmp_path, "(s / b) * a", given=given)
    assert found.value("card", "x", "2025-05") == "zero-denominator"

    found = one(tmp_path, "a * (s / b)", given=given)
    assert found.value("card", "x", "2025-05") == "no-data"


def test_coalesce_takes_the_first_that_is_there(tmp_path):
    given = rows(a=without("2025-05", "2025-06"), b=lambda m: None if m == "2025-06" else 3, s=1, t=1)

    found = one(tmp_path, "coalesce(a, b)", given=given)

    assert [found.value("card", "x", f"2025-0{n}") for n in (4, 5, 6)] == [10, 3, "no-data"]


def test_missing_when_hides_a_figure_that_has_no_meaning(tmp_path):
    given = rows(a=1, b=1, s=lambda m: 5 if m < "2025-06" else 20, t=10)

    found = one(tmp_path, "100 * s / t", given=given, missing_when={"formula": "s - t < 0", "reason": "small"})

    assert found.value("card", "x", "2025-05") == "no-meaning"
    assert found.value("card", "x", "2025-06") == 200
    assert found.value("bank", "x", "2025-05") == "no-meaning"


def test_missing_when_also_hides_a_division_by_zero(tmp_path):
    found = one(tmp_path, "a / b", given=rows(a=1, b=0, s=1, t=1), missing_when={"formula": "b <= 0", "reason": "none"})

    assert found.value("card", "x", "2025-05") == "no-meaning"


class TestCadence:
    def test_a_quarterly_figure_stands_in_the_last_month_of_the_quarter(self, tmp_path):
        found = one(tmp_path, "a / s", cadence="quarter", given=rows(a=lambda m: int(m[5:]), b=1, s=2, t=1))

        assert found.value("card", "x", "2025-05") == "not-due"
        assert found.value("card", "x", "2025-06") == (4 + 5 + 6) / 2
        assert found.value("card", "x", "2025-Q2") == (4 + 5 + 6) / 2
        assert found.value("card", "x", "2025-05 YTD") == "not-due"
        assert found.value("card", "x", "2025-06 YTD") == 21 / 2
        assert found.value("bank", "x", "2025-06") == (4 + 5 + 6) / 2

    def test_a_survey_delivered_once_a_quarter_is_complete(self, tmp_path):
        given = rows(
            a=lambda m: 10 if int(m[5:]) % 3 == 0 else None, b=lambda m: 4 if int(m[5:]) % 3 == 0 else None, s=1, t=1
        )

        found = one(tmp_path, "a / b", cadence="quarter", given=given, sample={"measure": "b", "least": 1})

        assert found.value("card", "x", "2025-06") == 2.5
        assert found.value("card", "x", "2025") == 2.5
        assert found.value("bank", "x", "2025-Q2") == 2.5
        assert found.value("bank", "x", "2025-05") == "not-due"
        assert found.sample("card", "x", "2025-06") == 4
        assert found.sample("bank", "x", "2025-12 YTD") == 16

    def test_a_missing_quarter_of_such_a_survey_is_told(self, tmp_path):
        due = lambda m: 10 if int(m[5:]) % 3 == 0 and m != "2025-06" else None  # noqa: E731

        found = one(tmp_path, "a / b", cadence="quarter", given=rows(a=due, b=due, s=1, t=1))

        assert found.value("card", "x", "2025-06") == "incomplete"
        assert found.value("card", "x", "2025-09") == 1
        assert found.value("card", "x", "2025") == "incomplete"

    def test_a_yearly_figure_stands_in_december(self, tmp_path):
        found = one(tmp_path, "a", "flow", cadence="year")

        assert found.value("card", "x", "2025-12") == 120
        assert found.value("card", "x", "2025-11") == "not-due"
        assert found.value("card", "x", "2025-Q3") == "not-due"
        assert found.value("card", "x", "2025-Q4") == 120
        assert found.value("card", "x", "2025-H2") == 120
        assert found.value("card", "x", "2025") == 120
        assert found.value("card", "x", "2025-12 YTD") == 120

    def test_what_is_not_launched_is_not_called_not_due(self, tmp_path):
        given = [*rows(first="2025-04", a=1, b=1, s=1, t=1), *OLDER]

        found = one(tmp_path, "a", "flow", cadence="quarter", given=given, products=BOTH)

        assert found.value("card", "x", "2025-01") == "not-launched"
        assert found.value("card", "x", "2025-06") == 3
        assert found.value("card", "x", "2025-07") == "not-due"


class TestDefinitions:
    SWITCH = (
        {"version": 1, "valid_from": "2024-01", "formula": "a / b"},
        {"version": 2, "valid_from": "2025-03", "comparable": False},
    )

    def test_each_month_is_computed_by_the_version_in_force(self, tmp_path):
        found = one(tmp_path, "a / s", definitions=self.SWITCH)

        assert found.value("card", "x", "2025-02") == 2
        assert found.value("card", "x", "2025-03") == 0.1
        assert found.value("card", "x", "2024-01") == 2

    def test_a_period_across_a_break_is_not_comparable(self, tmp_path):
        found = one(tmp_path, "a / s", definitions=self.SWITCH)

        assert found.value("card", "x", "2025-Q1") == "not-comparable"
        assert found.value("card", "x", "2025") == "not-comparable"
        assert found.value("card", "x", "2025-02 YTD") == 2
        assert found.value("card", "x", "2025-03 YTD") == "not-comparable"
        assert found.value("card", "x", "2025-Q2") == 0.3
        assert found.value("bank", "x", "2025-Q1") == "not-comparable"

    def test_looking_back_across_a_break_is_not_comparable(self, tmp_path):
        switch = ({"version": 1, "valid_from": "2024-01"}, {"version": 2, "valid_from": "2025-03", "comparable": False})

        found = one(tmp_path, "s / lag(s, 3)", definitions=switch)

        assert found.value("card", "x", "2025-02") == 1
        assert found.value("card", "x", "2025-03") == "not-comparable"
        assert found.value("card", "x", "2025-05") == "not-comparable"
        assert found.value("card", "x", "2025-06") == 1

    def test_a_comparable_change_breaks_nothing(self, tmp_path):
        switch = (self.SWITCH[0], self.SWITCH[1] | {"comparable": True})

        found = one(tmp_path, "a / s", definitions=switch)

        assert found.value("card", "x", "2025-02") == 2
        assert found.value("card", "x", "2025-Q1") == 0.3

    def test_a_balance_at_the_end_of_a_broken_quarter_stands(self, tmp_path):
        switch = (self.SWITCH[0] | {"formula": "s"}, self.SWITCH[1])

        found = one(tmp_path, "s + t", "stock", definitions=switch)

        assert found.value("card", "x", "2025-02") == 100
        assert found.value("card", "x", "2025-Q1") == 150


class TestRollUp:
    def test_a_member_counts_from_its_first_month(self, tmp_path):
        given = rows("card", a=10, b=5, s=1, t=1) + rows("loan", first="2025-05", a=20, b=5, s=1, t=1)

        found = one(tmp_path, "a / b", given=given, products=BOTH)

        assert found.value("bank", "x", "2025-04") == 2
        assert found.value("bank", "x", "2025-05") == 3
        assert found.value("bank", "x", "2025-Q2") == (30 + 40) / (15 + 10)

    def test_a_gap_of_a_member_leaves_the_roll_up_incomplete(self, tmp_path):
        given = rows("card", a=10, b=5, s=1, t=1) + rows("loan", a=without("2025-05"), b=5, s=1, t=1)

        found = one(tmp_path, "a / b", given=given, products=BOTH)

        assert found.value("bank", "x", "2025-05") == "incomplete"
        assert found.value("line:retail", "x", "2025-Q2") == "incomplete"
        assert found.value("bank", "x", "2025-Q3") == 2

    def test_a_product_without_one_of_the_measures_is_no_member(self, tmp_path):
        given = rows("card", a=10, b=5, s=1, t=1) + rows("loan", a=1000, b=None, s=1, t=1)

        found = one(tmp_path, "a / b", given=given, products=BOTH)

        assert found.value("bank", "x", "2025-05") == 2

    def test_nothing_at_all_is_no_data_above_too(self, tmp_path):
        given = rows("card", a=without("2025-05"), b=5, s=1, t=1)

        found = one(tmp_path, "a", "flow", given=given)

        assert found.value("bank", "x", "2025-05") == "no-data"

    def test_across_sum_adds_the_products_own_figures(self, tmp_path):
        given = rows("card", a=10, b=5, s=1, t=1) + rows("loan", a=30, b=5, s=1, t=1)

        found = one(tmp_path, "a / b", given=given, products=BOTH, across="sum")

        assert found.value("bank", "x", "2025-05") == 2 + 6

    def test_a_line_without_products_is_not_applicable(self, tmp_path):
        found = one(tmp_path, "a", "flow")

        assert found.value("line:corporate", "x", "2025-05") == "not-applicable"

    def test_a_flow_of_mixed_measures_is_the_sum_of_its_months_and_products(self, tmp_path):
        given = rows("card", a=10, b=5, s=lambda m: int(m[5:]), t=1) + rows("loan", a=30, b=5, s=2, t=1)

        found = one(tmp_path, "a - s", "flow", given=given, products=BOTH)

        assert found.value("card", "x", "2025-Q1") == 30 - (1 + 2 + 3)
        assert found.value("bank", "x", "2025-Q1") == 30 - 6 + 3 * 28
        assert found.value("bank", "x", "2025-02 YTD") == 20 - 3 + 2 * 28
