"""Numerator and denominator, within and mix: exact sums for any ratio."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.ratios import Fraction, mix_change, ratio_change

examples = settings(max_examples=500, deadline=None)
amount = st.integers(-(10**6), 10**6).map(lambda n: n / 100)
positive = st.integers(1, 10**6).map(lambda n: n / 100)
fraction = st.builds(Fraction, amount, positive)
pair = st.tuples(fraction, fraction)


def test_a_ratio_falls_by_its_denominator_when_only_that_grows():
    found = ratio_change(Fraction(2, 100), Fraction(2, 200))

    assert found.numerator == 0
    assert found.denominator == pytest.approx(-0.01)


def test_equal_ratios_in_both_parts_move_only_by_their_mix():
    # Ratios of 10 % and 30 % stay; their shares go from half and half to one and three quarters.
    found = mix_change((Fraction(10, 100), Fraction(30, 100)), (Fraction(5, 50), Fraction(45, 150)))

    assert found.within == pytest.approx((0, 0))
    assert sum(found.mix) == pytest.approx(0.05)


@examples
@given(fraction, fraction)
def test_numerator_and_denominator_sum_to_the_change(before, after):
    found = ratio_change(before, after)

    size = max(1.0, abs(before.value), abs(after.value))
    assert found.numerator + found.denominator == pytest.approx(after.value - before.value, abs=1e-9 * size)


@examples
@given(st.lists(pair, min_size=1, max_size=8))
def test_within_and_mix_sum_to_the_change_of_the_whole(pairs):
    before, after = zip(*pairs, strict=True)

    found = mix_change(before, after)

    wholes = [
        Fraction(sum(f.numerator for f in side), sum(f.denominator for f in side)).value for side in (before, after)
    ]
    size = max(1.0, *(abs(one.value) for side in (before, after) for one in side))
    assert sum(found.within) + sum(found.mix) == pytest.approx(wholes[1] - wholes[0], abs=1e-9 * size)
