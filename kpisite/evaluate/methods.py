"""The methods of forecasting, each from every period at once: naive, drift, damped Holt, seasonal with drift.

Arrays are [K, N], the last K of T periods of N series: a method says what it would have forecast in each of them, NaN
where fewer than six points were known. A gap is passed over: the forecast made before it goes on. No method searches at
random.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kpisite.evaluate.columns import Columns, Indexes
from kpisite.evaluate.limits import Flags, Floats
from kpisite.evaluate.medians import median
from kpisite.evaluate.slopes import slopes

METHODS = ("", "naive", "drift", "damped", "seasonal")
NAIVE, DRIFT, DAMPED, SEASONAL = range(1, 5)
# Fewer points than the first give no forecast, fewer than the second only the simple methods.
FEWEST, ALL_METHODS = 6, 24
# Periods ahead that a forecast reaches.
HORIZON = 12
# Damping of the trend, and the weights tried for the level and for the trend.
PHI = 0.95
ALPHAS, BETAS = (0.2, 0.4, 0.6, 0.8, 1.0), (0.01, 0.1, 0.3)
YEARS_WINDOW = 12
_ALPHA = np.array([[alpha] for alpha in ALPHAS for _ in BETAS])
_ALPHA_BETA = np.array([[alpha * beta] for alpha in ALPHAS for beta in BETAS])
_DAMPING = np.cumsum(PHI ** np.arange(1, HORIZON + 1))


class Method(Protocol):
    """One method of some series: what it forecast in each of the last K periods."""

    @property
    def code(self) -> int:
        """Its position in METHODS."""

    @property
    def rows(self) -> Indexes | None:
        """The series that it is for; None is all."""

    def ahead(self, step: int, count: int) -> Floats:
        """What it forecast so many steps ahead in the last `count` periods, [count, rows]."""

    def reach(self, steps: int) -> tuple[Floats, Floats]:
        """The lowest and the highest of the next steps in each of the K periods."""


@dataclass(frozen=True, slots=True)
class Line:
    """A level that moves on along a path that does not turn: it stays, goes straight on, or is damped."""

    code: int
    level: Floats
    slope: Floats | None = None
    age: Floats | None = None  # periods since the level, for a straight path
    rows: Indexes | None = None

    def ahead(self, step: int, count: int) -> Floats:
        """What it forecast so many steps ahead."""
        level = self.level[-count:]
        if self.slope is None:
            return level
        path = _DAMPING[step - 1] if self.age is None else step + self.age[-count:]
        moved: Floats = self.slope[-count:] * path
        moved += level
        return moved

    def reach(self, steps: int) -> tuple[Floats, Floats]:
        """The ends of a path that does not turn are its lowest and its highest."""
        near, far = (self.ahead(step, len(self.level)) for step in (1, steps))
        return np.minimum(near, far), np.maximum(near, far)


@dataclass(frozen=True, slots=True)
class Seasonal:
    """The value of the same period a year before, moved on; the last value where there is none."""

    values: Floats  # [T, rows]
    last: Floats
    moved: Floats  # the change on the year
    season: int
    rows: Indexes | None
    code: int = SEASONAL

    def ahead(self, step: int, count: int) -> Floats:
        """What it forecast so many steps ahead."""
        years = -(-step // self.season)
        end = len(self.values) + step - years * self.season
        before = self.values[max(end - count, 0) : end]
        none = np.full((count - len(before), self.values.shape[1]), np.nan)
        guess = np.concatenate([none, before]) + self.moved[-count:] * years
        return np.where(np.isnan(guess), self.last[-count:], guess)

    def reach(self, steps: int) -> tuple[Floats, Floats]:
        """The lowest and the highest of the next steps."""
        every = [self.ahead(step, len(self.last)) for step in range(1, steps + 1)]
        return np.minimum.reduce(every), np.maximum.reduce(every)


def methods(columns: Columns, first: int, seasonal: Flags, season: int) -> tuple[Method, ...]:
    """The methods that can be tried, the simplest first, for the periods from `first` on; `seasonal` is [N]."""
    found: list[Method] = [naive(columns, first), drift(columns, first)]
    long = columns.points[-1] >= ALL_METHODS
    if long.any():
        found.append(damped(columns, first))
    rows = np.flatnonzero(long & seasonal)
    if len(rows) and 1 < season < len(columns.values):
        found.append(seasonal_of(columns, first, rows, season))
    return tuple(found)


def naive(columns: Columns, first: int) -> Line:
    """The last value goes on."""
    return Line(NAIVE, _usable(columns, first, columns.last[first:]))


def drift(columns: Columns, first: int) -> Line:
    """The last value moves on by the median slope of the last twelve periods (Theil-Sen)."""
    slope = np.nan_to_num(slopes(columns.values, columns.points, first))
    return Line(DRIFT, _usable(columns, first, columns.last[first:]), slope, columns.age[first:])


def _usable(columns: Columns, first: int, level: Floats) -> Floats:
    """The level where there are points enough for a forecast."""
    return np.where(columns.points[first:] < FEWEST, np.nan, level)


def damped(columns: Columns, first: int) -> Line:
    """Holt's level and damped trend with the weights that had the least one-step errors up to each period."""
    length, count = columns.values.shape
    levels, trends = np.empty((length - first, count)), np.empty((length - first, count))
    level, trend, squares, step = (np.zeros((len(_ALPHA), count)) for _ in range(4))
    series = np.arange(count)
    for t, (x, gap, begin) in enumerate(zip(columns.values, columns.gaps, columns.begins, strict=True)):
        trend *= PHI
        level += trend
        error = np.subtract(x, level, out=step)
        error[:, gap] = 0.0
        error[:, begin] = 0.0
        level += _ALPHA * error
        trend += _ALPHA_BETA * error
        error *= error
        squares += error
        level[:, begin] = x[begin]
        if t >= first:
            best = squares.argmin(axis=0) * count + series
            level.take(best, out=levels[t - first])
            trend.take(best, out=trends[t - first])
    return Line(DAMPED, _usable(columns, first, levels), trends)


def seasonal_of(columns: Columns, first: int, rows: Indexes, season: int) -> Seasonal:
    """The same period a year before and the median change on the year, for some series only."""
    values = columns.values[:, rows]
    yearly = values[season:] - values[:-season]
    moved = np.full((len(values) - first, len(rows)), np.nan)
    for t in range(max(first, season), len(values)):
        moved[t - first] = median(yearly[max(t - season - YEARS_WINDOW + 1, 0) : t - season + 1].T)
    few = columns.points[first:, rows] < FEWEST
    last = np.where(few, np.nan, columns.last[first:, rows])
    return Seasonal(values, last, np.where(few, np.nan, moved), season, rows)
