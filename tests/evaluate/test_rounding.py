"""Half up in decimal arithmetic, whatever the binary digits say."""

import decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpisite.evaluate.rounding import in_steps, settle, steps


def decimal_steps(value, places):
    """The same through decimal numbers."""
    with decimal.localcontext(prec=400):
        number = decimal.Decimal(repr(value)).scaleb(places).quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP)
    return float(number)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (1.499, 2, 150),
        (1.005, 2, 101),  # the double is 1.00499999999999989...
        (2.675, 2, 268),
        (0.5, 0, 1),
        (2.5, 0, 3),
        (-2.5, 0, -3),
        (-0.004, 2, 0),
        (0.49999999999999994, 0, 0),
        (109000000.0, 0, 109000000),
        (1e22, 2, 1e24),
    ],
)
def test_a_value_is_rounded_as_people_do_it(value, places, expected):
    assert steps(np.array([value]), np.array([places])).tolist() == [expected]


def test_zero_has_no_sign():
    assert not np.signbit(steps(np.array([-0.001]), np.array([2])))[0]


def test_what_is_missing_stays_missing():
    assert np.isnan(steps(np.array([np.nan, 1.0]), np.array([2, 2]))).tolist() == [True, False]


@settings(max_examples=500)
@given(
    st.one_of(
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(-1e6, 1e6),
        st.integers(-(10**9), 10**9).map(lambda n: n / 1000),
        st.integers(-(10**6), 10**6).map(lambda n: n + 0.5),
    ),
    st.integers(0, 9),
)
def test_the_fast_way_equals_the_decimal_way(value, places):
    assume(abs(value) < 1e290)

    assert steps(np.array([value]), np.array([places]))[0] == decimal_steps(value, places)


def test_each_indicator_is_rounded_to_its_own_decimals():
    values = np.array([[1.25, 1.35], [1.25, 1.55]])

    assert steps(values, np.array([[1], [0]])).tolist() == [[13, 14], [1, 2]]


def test_a_computed_limit_is_the_number_that_was_meant():
    places = np.array([2])

    assert settle(np.array([1.1 + 2.2]), places)[0] == 3.3
    assert steps(settle(np.array([1.7 + 0.125 + 0.1]), places), places)[0] == 193  # 1.925 is a tie


def test_a_tolerance_is_whole_in_steps_where_it_was_meant_to_be():
    assert in_steps(np.array([0.3, 0.157]), np.array([2, 2])).tolist() == [30.0, 15.7]
