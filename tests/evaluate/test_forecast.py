"""Forecasts against closed forms, a plain loop and statsmodels; what must hold for any series."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate import methods
from kpisite.evaluate.choice import COMPARED
from kpisite.evaluate.foresight import look_ahead
from kpisite.evaluate.methods import ALPHAS, BETAS, HORIZON, METHODS, PHI
from tests.evaluate.tracks import guesses, track

examples = settings(max_examples=500, deadline=None)
number = st.integers(0, 400).map(lambda n: n / 10)
row = st.lists(st.one_of(*[number] * 6, st.just(math.nan)), min_size=1, max_size=40)


def of(rows, *, seasonal=False, compared=COMPARED):
    return look_ahead(track(rows, seasonal=seasonal, compared=compared))


def walks(count, length, seed=3):
    random = np.random.default_rng(seed)
    return 100 + np.cumsum(random.normal(0.1, 1, (count, length)), axis=1)


@pytest.mark.parametrize(("points", "method"), [(0, ""), (5, ""), (6, "naive"), (9, "naive")])
def test_few_points_allow_few_methods(points, method):
    found = of([[math.nan, *[5.0 + n for n in range(points)]]])

    assert METHODS[found.method[0]] == method
    assert np.isnan(found.expected[0]).all() == (not method)


def test_a_straight_line_is_followed_without_error():
    found = of([[2.0 * n for n in range(20)]])

    assert METHODS[found.method[0]] == "drift"
    assert found.expected[0].tolist() == pytest.approx([38 + 2.0 * h for h in range(1, HORIZON + 1)])
    assert found.mase[0] == pytest.approx(0, abs=1e-6)
    assert found.spread[0] == pytest.approx(0, abs=1e-5)


def test_a_constant_stays_and_has_no_spread():
    found = of([[7.0] * 30])

    assert METHODS[found.method[0]] == "naive"
    assert set(found.expected[0].tolist()) == {7.0}
    assert set(found.spread[0].tolist()) == {0.0}


def test_a_season_is_seen_where_one_is_declared():
    season = [0, 5, 9, 4, 1, -3, -8, -4, 0, 2, 6, 10]
    values = [100 + 0.5 * n + season[n % 12] for n in range(48)]

    found = of([values], seasonal=True)

    assert METHODS[found.method[0]] == "seasonal"
    assert found.expected[0].tolist() == pytest.approx([100 + 0.5 * n + season[n % 12] for n in range(48, 60)])
    assert METHODS[of([values]).method[0]] != "seasonal"


def test_naive_and_drift_are_their_closed_forms():
    history = walks(50, 30)
    naive, drift = (guesses(method, history, 14, 12) for method in (methods.naive, methods.drift))

    for n in range(50):
        for k, end in ((0, 17), (13, 30)):
            window = history[n, max(end - 12, 0) : end]
            slopes = [(window[b] - window[a]) / (b - a) for a in range(len(window)) for b in range(a + 1, len(window))]
            steps = np.arange(1, 13)
            assert naive[n, k].tolist() == [history[n, end - 1]] * 12
            assert drift[n, k] == pytest.approx(history[n, end - 1] + np.median(slopes) * steps, rel=1e-6)


def plain_damped(values, steps):
    """Holt's damped trend, point by point."""
    best = None
    for alpha in ALPHAS:
        for beta in BETAS:
            level, slope, squares = values[0], 0.0, 0.0
            for x in values[1:]:
                error = x - (level + PHI * slope)
                squares += error * error
                level, slope = level + PHI * slope + alpha * error, PHI * slope + alpha * beta * error
            if best is None or squares < best[0]:
                best = squares, level, slope
    return [best[1] + best[2] * sum(PHI**k for k in range(1, h + 1)) for h in range(1, steps + 1)]


def test_damped_holt_equals_a_plain_loop():
    history = walks(30, 36)

    found = guesses(methods.damped, history, 14, 12)

    for n in range(30):
        assert found[n, -1] == pytest.approx(plain_damped(history[n].tolist(), 12))
        assert found[n, 0] == pytest.approx(plain_damped(history[n, :23].tolist(), 12))


def test_damped_holt_stays_near_statsmodels():
    """The distance that docs/explanation/signals.md names, in standard deviations of the residuals."""
    holt = pytest.importorskip("statsmodels.tsa.holtwinters", reason="statsmodels is not installed").Holt
    history = walks(200, 48, seed=11)
    ours = guesses(methods.damped, history, 1, 6)[:, 0]
    distances = []
    for n, values in enumerate(history):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says when its search has not ended
            fitted = holt(values, damped_trend=True, initialization_method="estimated").fit()
        distances.append(np.abs(fitted.forecast(6) - ours[n]) / np.std(fitted.resid))

    one, six = (np.array(distances)[:, h] for h in (0, 5))
    assert np.median(one) < 0.15
    assert np.median(six) < 0.4
    assert np.quantile(six, 0.95) < 1.6


def test_the_method_chosen_has_the_least_error_over_the_last_origins():
    history = walks(40, 40)
    found = of(history)
    for n, values in enumerate(history):
        errors = {}
        for name, method in (("naive", methods.naive), ("drift", methods.drift), ("damped", methods.damped)):
            gaps = []
            for end in range(40 - 13, 40):
                guess = guesses(method, values[None, :end], 1, 6)[0, 0]
                gaps += [abs(values[end + h] - guess[h]) for h in range(6) if end + h < 40]
            errors[name] = np.mean(gaps)
        least = min(errors.values())
        assert errors[METHODS[found.method[n]]] == pytest.approx(least, rel=1e-5)
        assert found.error[n] == pytest.approx(least, rel=1e-5)
        assert found.mase[n] == pytest.approx(least / np.mean(np.abs(np.diff(values))), rel=1e-5)


def test_intervals_are_empirical_where_there_are_errors_enough():
    values = walks(1, 40)
    found = of(values)
    method = {"naive": methods.naive, "drift": methods.drift, "damped": methods.damped}[METHODS[found.method[0]]]
    for h in (1, 6):
        gaps = [
            values[0, end + h - 1] - guesses(method, values[:, :end], 1, 6)[0, 0, h - 1]
            for end in range(27, 40 - h + 1)
        ]
        assert found.spread[0, h - 1] >= math.sqrt(np.mean(np.square(gaps))) * (1 - 1e-6)
    assert found.spread[0, 0] == pytest.approx(
        math.sqrt(
            np.mean([(values[0, e] - guesses(method, values[:, :e], 1, 1)[0, 0, 0]) ** 2 for e in range(27, 40)])
        ),
        rel=1e-5,
    )
    assert found.spread[0, 11] == pytest.approx(found.spread[0, 5] * math.sqrt(2))


@examples
@given(row)
def test_a_fan_never_narrows_and_nothing_is_forecast_from_few_points(values):
    found = of([values])
    known = sum(not math.isnan(x) for x in values)

    assert np.isnan(found.expected[0]).all() == (known < 6)
    assert (METHODS[found.method[0]] == "") == (known < 6)
    if not np.isnan(found.spread[0]).any():
        assert (np.diff(found.spread[0]) >= 0).all()


def test_a_fan_never_narrows_whatever_the_size_of_the_numbers_and_their_gaps():
    random = np.random.default_rng(5)
    for length in (6, 14, 20, 30, 45):
        size = 10.0 ** random.integers(-8, 9, (400, 1))
        values = np.cumsum(random.normal(0, size, (400, length)), axis=1) + 10.0 ** random.integers(-5, 9, (400, 1))
        values[random.random(values.shape) < random.uniform(0, 0.8, (400, 1))] = np.nan
        for compared in (1, 6):
            spread = of(values, compared=compared).spread

            there = ~np.isnan(spread)
            assert np.array_equal(there.any(axis=1), there.all(axis=1))
            assert (np.diff(spread[there.all(axis=1)], axis=1) >= 0).all()
            assert there.any()


@examples
@given(row)
def test_mirroring_mirrors_the_forecast(values):
    one, other = of([values]), of([[-x for x in values]])

    assert np.array_equal(one.expected, -other.expected, equal_nan=True)
    assert np.array_equal(one.spread, other.spread, equal_nan=True)
    assert one.method[0] == other.method[0]


@examples
@given(st.lists(st.lists(number, min_size=20, max_size=20), min_size=2, max_size=4))
def test_the_company_of_other_series_changes_nothing(rows):
    together = of(rows)

    for n, values in enumerate(rows):
        alone = of([values])
        assert np.array_equal(alone.expected[0], together.expected[n], equal_nan=True)
        assert alone.method[0] == together.method[n]


@settings(max_examples=500, deadline=None)
@given(st.lists(number, min_size=10, max_size=30), st.sampled_from([2.0, 4.0, 0.5]))
def test_scaling_scales_the_forecast(values, factor):
    one, other = of([values]), of([[factor * x for x in values]])

    assert other.expected == pytest.approx(factor * one.expected, rel=1e-9, nan_ok=True)
    assert one.method[0] == other.method[0]
