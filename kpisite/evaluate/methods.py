"""The methods of forecasting, each from every origin at once: naive, drift, damped Holt, seasonal with drift.

`history` is [N, T]; a forecast is [N, K, H]: from each of the last K periods H steps ahead.
A gap is passed over: the forecast made before it goes on. No method searches at random.
"""

import numpy as np

from kpisite.evaluate.limits import Flags, Floats
from kpisite.evaluate.medians import median

METHODS = ("", "naive", "drift", "damped", "seasonal")
NAIVE, DRIFT, DAMPED, SEASONAL = range(1, 5)
# Periods that a drift is measured over.
WINDOW = 12
# Damping of the trend, and the weights tried for the level and for the trend.
PHI = 0.95
ALPHAS, BETAS = (0.2, 0.4, 0.6, 0.8, 1.0), (0.01, 0.1, 0.3)
YEARS_WINDOW = 12


def naive(history: Floats, origins: int, steps: int) -> Floats:
    """The last value goes on."""
    last, _ = _last_values(history)
    return np.repeat(last[:, -origins:, None], steps, axis=2)


def drift(history: Floats, origins: int, steps: int) -> Floats:
    """The last value moves on by the median slope of the last twelve periods (Theil-Sen)."""
    last, age = _last_values(history)
    slope = np.nan_to_num(_slopes(history, origins))
    ahead = np.arange(1, steps + 1) + age[:, -origins:, None]
    return last[:, -origins:, None] + slope[:, :, None] * ahead


def _last_values(history: Floats) -> tuple[Floats, Floats]:
    """The last value up to each period, and how many periods ago it was."""
    length = history.shape[1]
    places = np.maximum.accumulate(np.where(np.isnan(history), -1, np.arange(length)), axis=1)
    last = np.take_along_axis(history, np.maximum(places, 0), axis=1)
    return last, (np.arange(length) - places).astype(np.float64)


def _slopes(history: Floats, origins: int) -> Floats:
    """The median slope between any two of the twelve periods up to each of the last origins, [N, K]."""
    pad = np.full((len(history), max(WINDOW + origins - history.shape[1], 0)), np.nan)
    padded = np.concatenate([pad, history], axis=1)
    by_lag = [(padded[:, lag:] - padded[:, :-lag]) / lag for lag in range(1, WINDOW)]
    # Looking back, slopes are ordered in single precision: several times faster, and enough to compare methods.
    rough = [slopes.astype(np.float32) for slopes in by_lag]
    found = np.empty((len(history), origins))
    for k in range(origins):
        end = padded.shape[1] - origins + k + 1
        used = rough if k < origins - 1 else by_lag
        window = [slopes[:, end - WINDOW : end - lag] for lag, slopes in enumerate(used, 1)]
        found[:, k] = median(np.concatenate(window, axis=1))
    return found


def damped(history: Floats, origins: int, steps: int) -> Floats:
    """Holt's level and damped trend with the weights that had the least one-step errors up to the origin."""
    count, length = history.shape
    first = max(length - origins, 0)
    best = np.full((count, origins), np.inf)
    level, slope = np.full((count, origins), np.nan), np.full((count, origins), np.nan)
    columns = np.ascontiguousarray(history.T)
    known = ~np.isnan(columns)
    for alpha in ALPHAS:
        for beta in BETAS:
            _run(columns, known, (alpha, beta), first, (best, level, slope))
    damping = np.cumsum(PHI ** np.arange(1, steps + 1))
    found: Floats = level[:, :, None] + slope[:, :, None] * damping
    return found


def _run(
    columns: Floats, known: Flags, weights: tuple[float, float], first: int, kept: tuple[Floats, Floats, Floats]
) -> None:
    """Run one pair of weights through time; keep its state at every origin where it has been the best so far."""
    alpha, beta = weights
    best, levels, slopes = kept
    level, slope = np.full(columns.shape[1], np.nan), np.zeros(columns.shape[1])
    squares = np.zeros(columns.shape[1])
    for t, (x, here) in enumerate(zip(columns, known, strict=True)):
        expected = level + PHI * slope
        error = x - expected
        started = ~np.isnan(level)
        update = here & started
        error = np.where(update, error, 0.0)
        squares += error * error
        level = np.where(started, expected + alpha * error, x)
        slope = np.where(started, PHI * slope + alpha * beta * error, 0.0)
        if t >= first:
            k = t - first
            better = squares < best[:, k]
            best[better, k], levels[better, k], slopes[better, k] = squares[better], level[better], slope[better]


def seasonal(history: Floats, origins: int, steps: int, season: int) -> Floats:
    """The value of the same period a year before, moved on by the median change on the year; else the last value."""
    found = naive(history, origins, steps)
    length = history.shape[1]
    if season < 2 or length <= season:
        return found
    yearly = history[:, season:] - history[:, :-season]
    for k in range(origins):
        now = length - origins + k
        seen = yearly[:, max(now - season - YEARS_WINDOW + 1, 0) : max(now - season + 1, 0)]
        if not seen.shape[1]:
            continue
        moved = median(seen)
        for h in range(1, steps + 1):
            at = now + h - season * (-(-h // season))
            guess = history[:, at] + moved * (-(-h // season)) if at >= 0 else np.nan
            found[:, k, h - 1] = np.where(np.isnan(guess), found[:, k, h - 1], guess)
    return found
