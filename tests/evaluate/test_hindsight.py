"""Forecasts in hindsight are those that each month's own report would have made."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.foresight import look_ahead, look_ahead_and_back
from tests.evaluate.tracks import track

MONTHS = 42
NUMBERS = st.one_of(*[st.integers(-400, 400).map(lambda n: n / 10)] * 8, st.just(np.nan))


@pytest.fixture(scope="module")
def series():
    random = np.random.default_rng(1)
    slope = random.normal(0, 0.15, (120, 1)) * np.arange(MONTHS)
    value = 100 + np.cumsum(random.normal(0, 0.5, (120, MONTHS)), axis=1) + random.normal(0, 1, (120, MONTHS)) + slope
    value[random.random(value.shape) < 0.04] = np.nan
    value[:20, :25] = np.nan
    value[20:25, 12:] = np.nan
    return value


def plain(values, segment, compared, seasonal):
    """The lowest and highest of six steps, forecast anew from each history cut off after its month."""
    found = np.full((2, *values.shape), np.nan)
    for m in range(values.shape[1]):
        known = np.s_[:, : m + 1]
        part = track(values[known], segment=segment[known], compared=compared[known], seasonal=seasonal)
        ahead = look_ahead(part).expected[:, :6]
        found[:, :, m] = ahead.min(axis=1), ahead.max(axis=1)
    return found


def test_each_month_is_forecast_from_what_was_known_in_it(series):
    random = np.random.default_rng(2)
    seasonal, compared = random.random(len(series)) < 0.3, random.integers(1, 7, series.shape)
    segment = np.zeros(series.shape, dtype=np.int8)
    segment[30:60, 18:] = 1
    segment[50:60, 30:] = 2

    forecast, found = look_ahead_and_back(track(series, segment=segment, compared=compared, seasonal=seasonal))

    lowest, highest = plain(series, segment, compared, seasonal)
    # Looking back, slopes are ordered in single precision.
    assert found.lowest == pytest.approx(lowest, rel=1e-6, nan_ok=True)
    assert found.highest == pytest.approx(highest, rel=1e-6, nan_ok=True)
    assert np.array_equal(found.lowest[:, -1], forecast.expected[:, :6].min(axis=1), equal_nan=True)
    assert np.isfinite(lowest[:, 5:]).any(axis=0).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(NUMBERS, min_size=28, max_size=28), min_size=1, max_size=3), st.data())
def test_looking_back_changes_nothing_of_the_forecast(rows, data):
    flags = st.lists(st.booleans(), min_size=28, max_size=28)
    segment = np.cumsum([data.draw(flags) for _ in rows], axis=1).astype(np.int8) // 9
    figures = track(rows, segment=segment, low=-30, high=30)

    alone, (together, reach) = look_ahead(figures), look_ahead_and_back(figures)

    for name in ("expected", "spread", "method", "mase", "error"):
        assert np.array_equal(getattr(alone, name), getattr(together, name), equal_nan=True)
    assert (reach.lowest >= -30).sum() == (reach.highest <= 30).sum() == np.isfinite(reach.lowest).sum()


def test_later_months_do_not_change_what_was_forecast(series):
    later = look_ahead_and_back(track(series))[1]
    earlier = look_ahead_and_back(track(series[:, :-3]))[1]

    assert later.lowest[:, :-3] == pytest.approx(earlier.lowest, rel=1e-6, nan_ok=True)
    assert later.highest[:, :-3] == pytest.approx(earlier.highest, rel=1e-6, nan_ok=True)
