"""Trend words, changes and streaks against brute force."""

import itertools
import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.medians import quantile
from kpisite.evaluate.methods import METHODS
from kpisite.evaluate.report import STATUSES
from kpisite.evaluate.trend import THRESHOLDS, TRENDS, change, streak, trend
from tests.factories import a_report, a_series, a_site, an_indicator

examples = settings(max_examples=500, deadline=None)
number = st.integers(-50, 50).map(lambda n: n / 10)
row = st.lists(st.one_of(number, number, st.just(math.nan)), min_size=1, max_size=12)


def of(values, sign=1):
    found = trend(np.array([values], dtype=np.float64), np.array([sign], dtype=np.int8))
    return float(found.slope[0]), int(found.kendall[0]), TRENDS[found.word[0]]


@pytest.mark.parametrize(
    ("points", "least", "share"), [(5, 8, 0.0417), (6, 11, 0.0278), (7, 13, 0.0345), (8, 16, 0.0305)]
)
def test_thresholds_are_the_exact_tails(points, least, share):
    """Counts of inversions over all orders, added up one element at a time."""
    sums = {0: 1}
    for size in range(1, points):
        longer = {}
        for total, count in sums.items():
            for discordant in range(size + 1):
                key = total + size - 2 * discordant
                longer[key] = longer.get(key, 0) + count
        sums = longer

    assert THRESHOLDS[points] == least
    assert sum(count for total, count in sums.items() if total >= least) / math.factorial(points) == pytest.approx(
        share, abs=5e-5
    )


def test_nine_of_six_points_would_be_too_weak():
    orders = list(itertools.permutations(range(6)))
    strong = [sum(b > a for a, b in itertools.combinations(order, 2)) * 2 - 15 for order in orders]

    assert sum(s >= 9 for s in strong) / len(orders) == pytest.approx(0.0681, abs=5e-5)


@pytest.mark.parametrize(
    ("values", "sign", "word"),
    [
        ([1, 2, 3, 4, 5, 6], 1, "improving"),
        ([1, 2, 3, 4, 5, 6], -1, "worsening"),
        ([6, 5, 4, 3, 2, 1], -1, "improving"),
        ([1, 2, 3, 4, 5, 6], 0, "rising"),
        ([6, 5, 4, 3, 2, 1], 0, "falling"),
        ([1, 2, 3, 4, 6, 5], 1, "improving"),
        ([1, 2, 3, 5, 6, 4], 1, "improving"),
        ([1, 2, 4, 3, 6, 4], 1, "unclear"),
        ([1, 2, 3, 4, 5], 1, "improving"),
        ([1, 2, 3, 4], 1, ""),
        ([9, 1, math.nan, 2, 3, math.nan, 4, 5, 6], 1, "improving"),
        ([3, 3, 3, 3, 3, 3], 1, "unclear"),
    ],
)
def test_the_word_speaks_of_merit(values, sign, word):
    assert of(values, sign)[2] == word


@examples
@given(row)
def test_slope_and_sum_equal_brute_force(values):
    points = [(t, x) for t, x in enumerate(values) if not math.isnan(x)][-6:]
    slopes = [(b - a) / (u - t) for (t, a), (u, b) in itertools.combinations(points, 2)]

    slope, kendall, _ = of(values)

    assert kendall == sum((s > 0) - (s < 0) for s in slopes)
    assert slope == pytest.approx(statistics.median(slopes) if slopes else math.nan, nan_ok=True)


@examples
@given(row)
def test_mirroring_keeps_the_word(values):
    mirrored = [-x for x in values]

    assert of(values, 1)[2] == of(mirrored, -1)[2]
    assert of(values, 1)[0] == pytest.approx(-of(mirrored, -1)[0], nan_ok=True)


@examples
@given(row, st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]))
def test_quantiles_equal_numpy(values, share):
    known = [x for x in values if not math.isnan(x)]
    wanted = float(np.quantile(known, share)) if known else math.nan

    assert quantile(np.array([values]), share)[0] == pytest.approx(wanted, nan_ok=True)


def test_changes_are_shares_of_amounts_and_differences_of_ratios():
    values = np.array([[50.0, 60.0], [50.0, 60.0], [-1.0, 60.0], [np.nan, 60.0]])

    found = change(values, 1, np.array([True, False, True, False]))

    assert found.tolist() == pytest.approx([0.2, 10.0, math.nan, math.nan], nan_ok=True)
    assert np.isnan(change(values, 12, np.ones(4, dtype=np.bool_))).all()


def test_a_streak_passes_over_what_is_not_judged():
    holds = np.array([[True, False, True, False, True, True]])
    judged = np.array([[True, True, True, False, True, True]])

    assert streak(holds, judged)[0] == 3


def test_the_report_tells_streaks_and_changes():
    values = {"": 80.0, "2024-12": 70.0, "2025-08": 90.0, "2025-10": "no-data", "2025-12": 82.0}
    key = {"it": {"weight": 100, "target": 85, "tolerance": 4}}
    site = a_site({"card": {"key": key}}, {"it": an_indicator(decimals=1)}, history=24)

    report = a_report(site, {"card": {"it": values}})

    assert report.outlook.off_target[0, 0] == 3
    assert report.outlook.same_status[0, 0] == 1
    assert STATUSES[report.figures["month"].status[0, 0, -2]] == "red"
    assert report.outlook.on_period[0, 0] == pytest.approx(2.0)
    assert report.outlook.on_year[0, 0] == pytest.approx(12.0)


def test_no_change_is_told_across_a_new_definition():
    definitions = [
        {"version": 1, "valid_from": "2020-01"},
        {"version": 2, "valid_from": "2025-06", "comparable": False, "reason": "new"},
    ]
    site = a_site({"card": {"monitor": ["it"]}}, {"it": an_indicator(definitions=definitions)}, history=24)

    report = a_report(site, {"card": {"it": {"": 80.0}}})

    assert math.isnan(report.outlook.on_year[0, 0])
    assert report.outlook.on_period[0, 0] == 0.0


@pytest.mark.parametrize(
    ("cadence", "missing", "told"),
    [("month", 11, True), ("month", 12, False), ("quarter", 3, True), ("quarter", 4, False), ("year", 1, True),
     ("year", 2, False)],
)  # fmt: skip
def test_what_ended_a_year_ago_has_no_trend_and_nothing_ahead(cadence, missing, told):
    months = {"month": 1, "quarter": 3, "year": 12}[cadence]
    site = a_site(
        {"card": {"key": {"it": {"weight": 100, "target": 200, "tolerance": 3}}}},
        {"it": an_indicator(cadence=cadence)},
        history=months * 24,
        grains=(cadence,),
    )
    periods = next(iter(a_series(site, {}).grains.values())).periods
    given = {one.label: 80.0 + n for n, one in enumerate(periods[: len(periods) - missing])}

    out = a_report(site, {"card": {"it": given}}).outlook

    assert TRENDS[out.trend[0, 0]] == ("improving" if told else "")
    assert bool(METHODS[out.method[0, 0]]) is told
    numbers = (out.slope, out.expected[..., 0], out.spread[..., 0], out.chance, out.required)
    assert [bool(np.isnan(part[0, 0])) for part in numbers] == [not told] * 5
