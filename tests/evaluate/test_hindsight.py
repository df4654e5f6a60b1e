"""Forecasts in hindsight are those that each month's own report would have made."""

import numpy as np
import pytest

from kpisite.evaluate.forecast import forecast
from kpisite.evaluate.hindsight import hindsight

MONTHS = 24


@pytest.fixture(scope="module")
def series():
    random = np.random.default_rng(1)
    slope = random.normal(0, 0.15, (120, 1)) * np.arange(42)
    value = 100 + np.cumsum(random.normal(0, 0.5, (120, 42)), axis=1) + random.normal(0, 1, (120, 42)) + slope
    value[random.random(value.shape) < 0.04] = np.nan
    value[:20, :25] = np.nan
    value[20:25, 12:] = np.nan
    return value


def test_each_month_is_forecast_from_what_was_known_in_it(series):
    random = np.random.default_rng(2)
    seasonal, compared = random.random(len(series)) < 0.3, random.integers(1, 7, (len(series), MONTHS))

    found = hindsight(series, seasonal, 12, compared)

    for m in range(MONTHS):
        known = series[:, : series.shape[1] - MONTHS + m + 1]
        expected = forecast(known, seasonal, 12, compared[:, m]).expected[:, :6]
        # Looking back, slopes are ordered in single precision.
        assert found[:, m] == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_later_months_do_not_change_what_was_forecast(series):
    compared = np.full((len(series), MONTHS), 6)
    later = hindsight(series, np.zeros(len(series), dtype=bool), 12, compared)
    earlier = hindsight(series[:, :-3], np.zeros(len(series), dtype=bool), 12, compared)

    assert later[:, :-3] == pytest.approx(earlier[:, 3:], rel=1e-6, nan_ok=True)
