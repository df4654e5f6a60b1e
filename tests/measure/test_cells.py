"""Adding up: exact wherever the amounts are decimals, in a fixed order where they are not."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kpisite.declare.model import ReportSettings
from kpisite.measure.axis import calendar
from kpisite.measure.cells import amounts, cells, sum_months
from kpisite.measure.expression import parse_formula
from kpisite.measure.series import REASON
from kpisite.periods import Grain

AXES = calendar(ReportSettings.model_validate({"period": "2025-12", "history": 12}), [])


@given(st.lists(st.integers(-(10**12), 10**12), min_size=12, max_size=12), st.integers(0, 4))
def test_decimal_amounts_add_up_exactly(numbers, decimals):
    values = np.array([[float(Fraction(n, 10**decimals)) for n in numbers]])
    found = amounts(values)

    total = found.sum_periods(AXES.axes[Grain.YEAR], np.isfinite(values))

    assert found.whole is not None
    assert total[0, 0] == float(Fraction(sum(numbers), 10**decimals))


def test_amounts_without_a_common_unit_are_added_in_their_order():
    values = np.array([[1e300, 1 / 3, -1e300, *[0.1] * 9]])
    found = amounts(values)
    expected = 0.0
    for value in values[0].tolist():
        expected += value

    assert found.whole is None
    assert found.sum_periods(AXES.axes[Grain.YEAR], np.isfinite(values))[0, 0] == expected


def test_groups_add_up_where_their_members_count():
    values = np.array([[0.1, 0.2], [0.2, 0.4], [np.nan, 1.0]])
    counted = np.array([[True, True], [True, False], [False, True]])

    found = amounts(values).sum_groups([[0, 1], [1, 2], []], counted)

    assert found.floats.tolist() == [[0.3, 0.2], [0.2, 1.0], [0.0, 0.0]]


def test_floats_of_groups_add_up_in_the_order_of_the_members():
    values = np.array([[1e300], [1 / 3], [-1e300]])

    found = amounts(values).sum_groups([[0, 1, 2]], np.ones((3, 1), dtype=bool))

    assert found.floats[0, 0] == 1e300 + 1 / 3 - 1e300


def test_months_add_up_to_their_periods():
    months = np.arange(12.0)[None, :]

    assert sum_months(months, AXES.axes[Grain.QUARTER])[0].tolist() == [3, 12, 21, 30]
    assert sum_months(months, AXES.axes[Grain.YTD])[0, -1] == 66


def test_what_is_not_finite_has_no_meaning():
    found = cells(np.array([[np.inf, np.nan, 1.0]]), np.zeros((1, 3), dtype=np.int8))

    assert found.reason.tolist() == [[REASON["no-meaning"], REASON["no-meaning"], 0]]


def test_the_axis_reaches_as_far_back_as_the_formulas_look():
    report = ReportSettings.model_validate({"period": "2025-12", "history": 12})

    far = calendar(report, [parse_formula("lag(a, 30) + yoy(a)", ("a",))])

    assert AXES.count == 12
    assert far.start <= AXES.start - 42
    assert far.start % 12 == 0
    assert far.shown(Grain.MONTH) == slice(far.count - 12, far.count)
