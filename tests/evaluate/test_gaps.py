"""The formulas by which figures are set beside competitors."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate import gaps

NUMBERS = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("own", "peer", "direction", "expected"),
    [(14.0, 21.0, "higher", -7.0), (1.6, 1.9, "lower", 0.3), (1.9, 1.6, "lower", -0.3), (88.0, 88.0, "higher", 0.0)],
)
def test_a_gap_above_zero_means_that_we_are_better(own, peer, direction, expected):
    assert gaps.gap(own, peer, direction) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("own", "peer", "expected"),
    [(80.0, 90.0, 0.0), (80.0, 105.0, 5.0), (62.0, 80.0, -8.0), (62.0, 108.0, 0.0)],
)
def test_a_range_compares_the_distances_to_it(own, peer, expected):
    assert gaps.gap(own, peer, "range", 70.0, 100.0) == expected


def test_without_one_of_the_values_or_the_range_there_is_no_gap():
    assert math.isnan(gaps.gap(math.nan, 3.0, "higher"))
    assert math.isnan(gaps.gap(3.0, math.nan, "lower"))
    assert math.isnan(gaps.gap(3.0, 4.0, "range"))


def test_a_gap_in_per_cent_needs_a_scale_from_zero_and_a_base_beyond_the_tolerance():
    assert gaps.relative(-7.0, 21.0, 3.0, is_ratio_scale=True) == pytest.approx(-1 / 3)
    assert math.isnan(gaps.relative(-7.0, 21.0, 3.0, is_ratio_scale=False))
    assert math.isnan(gaps.relative(-1.0, 2.0, 3.0, is_ratio_scale=True))
    assert math.isnan(gaps.relative(1.0, 0.0, math.nan, is_ratio_scale=True))


def test_ties_share_a_rank():
    assert gaps.rank(5.0, [7.0, 5.0, 5.0, 3.0]) == 2
    assert gaps.rank(7.0, [7.0, 5.0]) == 1


def test_a_percentile_needs_five_peers():
    assert math.isnan(gaps.percentile(5.0, [1.0, 2.0, 3.0, 4.0]))
    assert gaps.percentile(5.0, [1.0, 2.0, 5.0, 8.0, 9.0]) == 50.0


def test_the_reference_is_the_median_and_never_the_mean():
    assert gaps.median([1.0, 2.0, 100.0]) == 2.0
    assert math.isnan(gaps.median([]))


def test_falling_behind_is_three_worsenings_in_a_row():
    assert gaps.worsenings([0.0, -1.0, -2.0, -3.0]) == 3
    assert gaps.worsenings([0.0, -1.0, -2.0, -2.0]) == 0
    assert gaps.worsenings([0.0, -1.0, 1.0, 0.5]) == 1
    assert gaps.worsenings([4.0]) == 0


def test_the_share_of_wealth_moves_by_nine_hundredths_of_a_point_a_year():
    # The check of the method: 2.60 % x (0.14 - 0.18) / 1.18.
    assert gaps.share_change(2.60, 0.14, 0.18) == pytest.approx(-0.09, abs=0.005)


@pytest.mark.parametrize(
    ("met", "gap", "expected"),
    [
        (True, 1.0, "ahead"), (True, -1.0, "behind_on_target"), (False, 1.0, "ahead_below_target"),
        (False, -1.0, "behind"), (True, math.nan, ""),
    ],
)  # fmt: skip
def test_four_words_for_target_and_market(met, gap, expected):
    assert gaps.quadrant(met=met, gap_=gap) == expected


@settings(max_examples=500)
@given(own=NUMBERS, peer=NUMBERS, direction=st.sampled_from(["higher", "lower"]))
def test_the_gap_seen_from_the_other_side_is_its_mirror(own, peer, direction):
    assert gaps.gap(own, peer, direction) == -gaps.gap(peer, own, direction)
    other = "lower" if direction == "higher" else "higher"
    assert gaps.gap(own, peer, direction) == gaps.gap(-own, -peer, other)


@settings(max_examples=500)
@given(
    values=st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=9),
    direction=st.sampled_from(["higher", "lower"]),
)
def test_equal_values_share_a_rank_and_ranks_count_who_is_better(values, direction):
    merits = [gaps.merit(value, direction) for value in values]
    ranks = [gaps.rank(mine, merits[:n] + merits[n + 1 :]) for n, mine in enumerate(merits)]

    assert min(ranks) == 1
    for value, place in zip(values, ranks, strict=True):
        better = sum(gaps.gap(value, other, direction) < 0 for other in values)
        assert place == better + 1
    assert all((one == two) == (ranks[n] == ranks[k]) for n, one in enumerate(values) for k, two in enumerate(values))


@settings(max_examples=500)
@given(share=st.floats(0.01, 100), own=st.floats(-0.9, 5), market=st.floats(-0.9, 5))
def test_the_market_growth_of_two_shares_gives_the_change_between_them(share, own, market):
    after = share * (1 + own) / (1 + market)
    implied = gaps.market_growth(share, after, own)

    assert implied == pytest.approx(market, rel=1e-9, abs=1e-9)
    assert share + gaps.share_change(share, own, market) == pytest.approx(after, rel=1e-9, abs=1e-9)
