import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpisite.languages import NO_UNIT, Column
from kpisite.render import rounding

# Factors that the languages use: percentages, plain numbers, 万, million, 亿.
FACTORS = (0.01, 1.0, 1e4, 1e6, 1e8)


def half_up(value, column):
    """What a reader with pen and paper writes, in units of the last decimal; the digits of the value are its own."""
    scaled = Decimal(repr(value)) / Decimal(repr(column.factor)) * Decimal(10) ** column.decimals
    return int(scaled.quantize(Decimal(1), ROUND_HALF_UP))


def rounded(value, column):
    return rounding.rounded(np.array([[value]]), (column,))[0, 0]


columns = st.builds(Column, st.just(NO_UNIT), st.integers(0, 3), st.sampled_from(FACTORS))
numbers = st.floats(-1e12, 1e12, allow_nan=False)


@given(numbers, columns)
def test_any_number_is_rounded_half_up(value, column):
    assert rounded(value, column) == half_up(value, column)


@given(st.integers(-(10**7), 10**7), st.integers(0, 3), st.sampled_from([0, 1, -1, 1000, -1000]))
def test_ties_go_away_from_zero_and_near_ties_to_their_side(whole, decimals, off):
    tie = float(Decimal(10 * whole + 5).scaleb(-decimals - 1))
    value = tie
    for _ in range(abs(off)):
        value = math.nextafter(value, math.copysign(math.inf, off))
    column = Column(NO_UNIT, decimals)
    assert rounded(value, column) == half_up(value, column)


@pytest.mark.parametrize(
    ("value", "decimals", "steps"),
    [
        (0.5, 0, 1),
        (-0.5, 0, -1),
        (1.005, 2, 101),
        (2.675, 2, 268),
        (-2.675, 2, -268),
        (0.45, 1, 5),
        (1e15 + 0.5, 0, 1e15 + 1),
    ],
)
def test_ties_that_binary_numbers_miss(value, decimals, steps):
    assert rounded(value, Column(NO_UNIT, decimals)) == steps


def test_missing_values_stay_missing_and_nothing_is_minus_zero():
    found = rounding.rounded(np.array([[math.nan, -0.2, 0.0]]), (Column(NO_UNIT, 0),))
    assert math.isnan(found[0, 0])
    assert not np.signbit(found[0, 1:]).any()


@given(st.lists(st.tuples(numbers, columns), min_size=1, max_size=8))
def test_each_row_is_rounded_by_its_own_column(rows):
    values = np.array([[value, math.nan, -value] for value, _ in rows])
    found = rounding.rounded(values, [column for _, column in rows])
    for (value, column), row in zip(rows, found, strict=True):
        assert row[0] == column.steps(value)
        assert math.isnan(row[1])
        assert row[2] == column.steps(-value)


@pytest.mark.parametrize(("score", "tenths"), [(99.96, 999), (100.0, 1000), (59.97, 599), (60.04, 600), (79.96, 800)])
def test_no_score_is_rounded_up_to_a_limit_that_it_missed(score, tenths):
    assert rounding.scores(np.array([score]), (60, 100)).tolist() == [tenths]


def test_gaps_are_those_of_the_printed_numbers():
    shown, low = np.array([62.0, 85, 104, 5]), np.array([70.0, 70, 70, 8])
    high = np.array([100.0, 100, 100, math.nan])
    assert rounding.gaps(shown, low, high).tolist() == [-8, 0, 4, -3]
