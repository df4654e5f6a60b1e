"""The kind of an indicator, and how its products combine, fit what its formula is made of."""

import pytest

from tests.measure.small import a_site, an_indicator, flow, problems_of, stock, write

ROWS = [{"product": "card", "period": f"2025-{m:02d}", "a": 10, "s": 100, "who": "x"} for m in range(1, 13)]
MEASURES = {"a": flow(), "s": stock(), "people": flow("count(distinct who)", unit="count")}


def told(folder, formula, kind, **more):
    write(folder, ROWS)
    site = a_site(
        products={"card": {"name": "Card", "line": "retail"}},
        params={"rate": 0.1},
        measures=MEASURES,
        indicators={"x": an_indicator(formula, kind, **more)},
    )
    return [line for line in problems_of(folder, site) if "error" in line]


@pytest.mark.parametrize("formula", ["a", "100 * a / people", "yoy(a)"])
def test_a_stock_of_flows_is_refused(tmp_path, formula):
    (line,) = told(tmp_path, formula, "stock")

    assert "'x' is declared a stock, and all that its formula is made of is added up over time: 'a'" in line


@pytest.mark.parametrize("formula", ["s", "s + s", "average(s)"])
def test_a_flow_of_balances_is_refused(tmp_path, formula):
    (line,) = told(tmp_path, formula, "flow")

    assert "'x' is declared a flow, and its formula adds up balances of several months: 's'" in line


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("trailing_year(a)", "stock"),
        ("s + a", "stock"),
        ("delta(s)", "flow"),
        ("s - lag(s, 1)", "flow"),
        ("s * rate / 12", "flow"),
        ("a", "flow"),
        ("s", "stock"),
        ("100 * a / s", "ratio"),
    ],
)
def test_what_has_a_meaning_is_taken(tmp_path, formula, kind):
    assert told(tmp_path, formula, kind) == []


def test_lines_are_no_sum_of_what_is_counted_once_for_each(tmp_path):
    (line,) = told(tmp_path, "people", "flow", across="sum")

    assert "'x': lines and the bank cannot be the sum of 'people', which is no sum or count of rows" in line
    assert told(tmp_path, "people", "flow") == []
    assert told(tmp_path, "a", "flow", across="sum") == []
