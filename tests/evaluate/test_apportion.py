"""Rounded parts that add up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.apportion import apportion


def test_what_rounding_down_leaves_goes_to_the_largest_remainders():
    assert apportion((1.4, 1.4, 1.2), 4) == (2, 1, 1)
    assert apportion((-16.67, 21.14, -12.0, 2.0, -1.97, -1.84), -9) == (-16, 21, -12, 2, -2, -2)


def test_a_total_beyond_the_parts_is_reached_all_the_same():
    assert apportion((0.5, 0.5), 4) == (2, 2)
    assert apportion((0.2, 0.9), -1) == (-1, 0)
    assert apportion((), 0) == ()


@pytest.mark.parametrize("whole", [0, 7, -7])
def test_equal_parts_are_served_in_their_order(whole):
    assert apportion((whole / 2, whole / 2), whole)[0] >= apportion((whole / 2, whole / 2), whole)[1]


parts = st.lists(st.integers(-(10**6), 10**6).map(lambda n: n / 1000), min_size=1, max_size=20)


@settings(max_examples=500, deadline=None)
@given(parts)
def test_rounded_parts_sum_to_the_rounded_total_and_stay_next_to_themselves(found):
    whole = round(sum(found))

    rounded = apportion(found, whole)

    assert sum(rounded) == whole
    assert all(abs(one - part) <= 1.000001 for one, part in zip(rounded, found, strict=True))
