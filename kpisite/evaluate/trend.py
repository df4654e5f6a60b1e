"""Trend words, changes and streaks at the report's period: what can be said without limits of variation.

Arrays are [N, T] up to and with the report's period. Source: Theil-Sen slope and Mann-Kendall test with their exact
small-sample thresholds (one-sided p of 0.042, 0.028, 0.035 and 0.031 for 5, 6, 7 and 8 points).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.limits import Codes, Flags, Floats
from kpisite.evaluate.medians import median

Counts = npt.NDArray[np.int16]

# Points of a trend; and how far the Mann-Kendall sum must lie from zero, by the number of points.
POINTS = 6
THRESHOLDS = {5: 8, 6: 11, 7: 13, 8: 16}
# "unclear" is no clear trend; rising and falling are for ranges, where neither is better.
TRENDS = ("", "unclear", "improving", "worsening", "rising", "falling")
_UNCLEAR, _IMPROVING, _WORSENING, _RISING, _FALLING = range(1, 6)
# Differences below this share of the values are noise of binary arithmetic.
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Trend:
    """The trend of each series, [N]: slope a period (NaN with fewer than 2 points), Mann-Kendall sum and word."""

    slope: Floats
    kendall: Codes
    word: Codes


def trend(values: Floats, sign: npt.NDArray[np.int8]) -> Trend:
    """The trend over the last six valid points; `sign` [N] is 1 where more is better, -1 where less is, 0 for none."""
    x, when = last_points(values, POINTS)
    count = (~np.isnan(x)).sum(axis=1)
    first, second = np.triu_indices(POINTS, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = (x[:, second] - x[:, first]) / (when[:, second] - when[:, first])
    tiny = _TINY * np.fmax.reduce(np.abs(x), axis=1, initial=0.0)[:, None]
    moves = (slopes > tiny).sum(axis=1) - (slopes < -tiny).sum(axis=1)
    threshold = np.full(len(x), np.iinfo(np.int8).max)
    for points, least in THRESHOLDS.items():
        threshold[count == points] = least
    clear, up = np.abs(moves) >= threshold, moves > 0
    word = np.zeros(len(x), dtype=np.int8)
    word[count >= min(THRESHOLDS)] = _UNCLEAR
    better = sign * np.where(up, 1, -1)
    word[clear] = np.where(better > 0, _IMPROVING, np.where(better < 0, _WORSENING, np.where(up, _RISING, _FALLING)))[
        clear
    ]
    return Trend(median(slopes), moves.astype(np.int8), word)


def last_points(values: Floats, count: int) -> tuple[Floats, Floats]:
    """The last valid points of each row and their places, [N, count], to the right; NaN where there are fewer."""
    length = values.shape[1]
    places = np.sort(np.where(np.isnan(values), -1, np.arange(length)), axis=1)[:, -count:]
    if places.shape[1] < count:
        missing = np.full((len(values), count - places.shape[1]), -1, dtype=places.dtype)
        places = np.concatenate([missing, places], axis=1)
    there = places >= 0
    taken = np.take_along_axis(values, np.maximum(places, 0), axis=1) if length else np.full(places.shape, np.nan)
    return np.where(there, taken, np.nan), np.where(there, places, np.nan)


def change(values: Floats, back: int, relative: Flags) -> Floats:
    """The change of the last value over so many periods; where `relative` [N], as a share of a base above zero."""
    if values.shape[1] <= back:
        return np.full(len(values), np.nan)
    now, before = values[:, -1], values[:, -1 - back]
    usable = before > 0
    share = np.where(usable, now / np.where(usable, before, 1.0) - 1.0, np.nan)
    found: Floats = np.where(relative, share, now - before)
    return found


def streak(holds: Flags, judged: Flags) -> Counts:
    """For how many judged periods up to the last one something has held without a break; others are passed over."""
    count = np.zeros(len(holds), dtype=np.int16)
    open_ = np.ones(len(holds), dtype=np.bool_)
    for t in range(holds.shape[1] - 1, -1, -1):
        open_ &= holds[:, t] | ~judged[:, t]
        count += open_ & judged[:, t]
    return count
