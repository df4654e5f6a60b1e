"""What lies ahead of figures, at the report's period and as it was seen in each one before.

Arrays are [N, T], N figures up to and with the report's period. Only values of one segment are looked at together.
"""

from dataclasses import dataclass, replace

import numpy as np

from kpisite.evaluate.choice import ORIGINS, chosen
from kpisite.evaluate.columns import Columns, Indexes, columns
from kpisite.evaluate.forecast import Forecast, forecast
from kpisite.evaluate.hindsight import Reach, hindsight, step_by_step
from kpisite.evaluate.limits import Codes, Flags, Floats
from kpisite.evaluate.methods import Method, methods


@dataclass(frozen=True, slots=True)
class Track:
    """N figures with what their forecasts need to know."""

    value: Floats  # NaN where it may not be judged
    segment: Codes
    compared: Codes  # steps over which methods are compared, 1 to 6, in the report of each period
    seasonal: Flags  # [N]
    season: int  # periods of a year
    low: Floats  # natural bounds, [N]; NaN where there is none
    high: Floats
    moved: tuple[Floats, Floats] | None = None  # what reach is measured against, where that moves: [N, T, 6] each

    @property
    def latest(self) -> Flags:
        """Which periods belong to the last segment."""
        found: Flags = self.segment == self.segment[:, -1:]
        return found

    def at(self, rows: Indexes) -> "Track":
        """Some of the figures."""
        arrays = {
            name: getattr(self, name)[rows] for name in ("value", "segment", "compared", "seasonal", "low", "high")
        }
        moved = None if self.moved is None else (self.moved[0][rows], self.moved[1][rows])
        return replace(self, **arrays, moved=moved)

    def bounded(self, values: Floats) -> Floats:
        """Forecasts [N, ...] within the natural bounds; NaN stays."""
        return np.where(np.isnan(values), np.nan, np.fmin(np.fmax(values, self.low[:, None]), self.high[:, None]))


@dataclass(frozen=True, slots=True)
class _Tried:
    """The methods tried on one segment of each figure, and the best of them in the last K periods [K, N]."""

    columns: Columns
    methods: tuple[Method, ...]
    best: Codes


def look_ahead(track: Track) -> Forecast:
    """The forecast at the report's period."""
    return _forecast(track, _tried(track, track.latest, max(track.value.shape[1] - ORIGINS - 1, 0)))


def look_ahead_and_back(track: Track) -> tuple[Forecast, Reach]:
    """The forecast at the report's period, and how far the forecasts of each period reached."""
    tried = _tried(track, track.latest, 0)
    reach = _reach(track, tried)
    for number in range(int(track.segment.max(initial=0))):
        before = (track.segment == number) & ~track.latest
        rows = np.flatnonzero(before.any(axis=1))
        if len(rows):
            inside, own = before[rows], track.at(rows)
            found = _reach(own, _tried(own, inside, 0))
            reach.lowest[rows] = np.where(inside, found.lowest, reach.lowest[rows])
            reach.highest[rows] = np.where(inside, found.highest, reach.highest[rows])
    return _forecast(track, tried), reach


def _tried(track: Track, inside: Flags, first: int) -> _Tried:
    """The methods tried on the marked values alone, in the periods from `first` on."""
    values = columns(np.where(inside, track.value, np.nan))
    tried = methods(values, first, track.seasonal, track.season)
    return _Tried(values, tried, chosen(values, tried, np.ascontiguousarray(track.compared[:, first:].T)))


def _forecast(track: Track, tried: _Tried) -> Forecast:
    made = forecast(tried.columns, tried.methods, tried.best[-1], track.compared[:, -1])
    return replace(made, expected=track.bounded(made.expected))


def _reach(track: Track, tried: _Tried) -> Reach:
    if track.moved is None:
        found = hindsight(tried.methods, tried.best)
        return Reach(track.bounded(found.lowest.T), track.bounded(found.highest.T))
    # As far as from bounds that stay where they were: each step by how much its own have moved.
    steps = [track.bounded(part.T) for part in step_by_step(tried.methods, tried.best)]
    low, high = ([part - moved[:, :, n] for n, part in enumerate(steps)] for moved in track.moved)
    return Reach(np.minimum.reduce(low), np.maximum.reduce(high))
