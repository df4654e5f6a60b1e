"""Limits of natural variation (XmR): the mean of a segment's points and 2.66 times its average moving range.

Arrays are [N, T], N series of T periods. Sums run strictly in the order of time, so that limits once locked are the
same to the last bit however many periods follow. Source of the constants: the XmR chart as NHSRplotthedots draws it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

# From the average moving range to the limits of single points, and to the limit of a moving range itself.
LIMIT, RANGE_LIMIT = 2.66, 3.267
# Points of a segment: fewer than the first give no limits, fewer than the second give trial limits.
FEWEST, FIRM = 8, 13
# So many points lock the limits of a segment: later ones are judged by them and do not move them.
LOCKED = 24
STATES = ("none", "trial", "firm", "locked")
NONE, TRIAL, FIRM_STATE, LOCKED_STATE = range(4)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force at each point, [N, T]: NaN and state `none` where there are none.

    lower and upper are clipped to the natural bounds of the figure; `spread` is the average moving range behind them.
    """

    mean: Floats
    spread: Floats
    lower: Floats
    upper: Floats
    state: Codes


def limits(charted: Floats, segment: Codes, bounds: tuple[Floats, Floats]) -> Limits:
    """The limits of every segment; `bounds` are the lowest and highest possible value of each series, [N]."""
    shape = charted.shape
    mean, spread, lower, upper = (np.full(shape, np.nan) for _ in range(4))
    found = Limits(mean, spread, lower, upper, np.zeros(shape, dtype=np.int8))
    for number in range(int(segment.max(initial=-1)) + 1):
        inside = segment == number
        rows = np.flatnonzero(inside.any(axis=1))
        closed: Flags = segment[rows].max(axis=1, initial=-1) > number
        _of_segment(found, rows, charted[rows], inside[rows], closed)
    lowest, highest = (bound[:, None] for bound in bounds)
    np.subtract(found.mean, LIMIT * found.spread, out=found.lower)
    np.add(found.mean, LIMIT * found.spread, out=found.upper)
    np.fmax(found.lower, lowest, out=found.lower, where=~np.isnan(found.lower))
    np.fmin(found.upper, highest, out=found.upper, where=~np.isnan(found.upper))
    return found


def _of_segment(found: Limits, rows: npt.NDArray[np.intp], charted: Floats, inside: Flags, closed: Flags) -> None:
    """Write the limits of one segment of these rows; a closed segment gets no more points, so its limits are locked."""
    points = inside & ~np.isnan(charted)
    count = points.sum(axis=1)
    base = points & (np.cumsum(points, axis=1) <= LOCKED)
    mean = _mean(charted, base)
    spread = average_range(moving_ranges(np.where(base, charted, np.nan)))
    state = np.zeros(len(rows), dtype=np.int8)
    state[count >= FEWEST] = TRIAL
    state[count >= FIRM] = FIRM_STATE
    state[(count >= LOCKED) | (closed & (count >= FIRM))] = LOCKED_STATE
    state[np.isnan(spread)] = NONE
    there = state > NONE
    for whole, part in ((found.mean, mean), (found.spread, spread)):
        whole[rows] = np.where(inside, np.where(there, part, np.nan)[:, None], whole[rows])
    found.state[rows] = np.where(inside, state[:, None], found.state[rows])


def moving_ranges(charted: Floats) -> Floats:
    """How far each point lies from the one right before it; NaN across a gap."""
    ranges = np.full(charted.shape, np.nan)
    ranges[:, 1:] = np.abs(charted[:, 1:] - charted[:, :-1])
    return ranges


def average_range(ranges: Floats) -> Floats:
    """The average moving range [N] without those of 3.267 times the average and more (screened once, Nelson 1982)."""
    known = ~np.isnan(ranges)
    average = _mean(ranges, known)
    kept = known & ((ranges < RANGE_LIMIT * average[:, None]) | (average == 0)[:, None])
    return _mean(ranges, kept)


def _mean(values: Floats, chosen: Flags) -> Floats:
    """The mean of the chosen cells of each row, NaN without any; a constant row has exactly its value."""
    count = chosen.sum(axis=1)
    filled = np.where(chosen, values, 0.0)
    least = np.where(chosen, values, np.inf).min(axis=1, initial=np.inf)
    most = np.where(chosen, values, -np.inf).max(axis=1, initial=-np.inf)
    # A running sum adds in the order of time; the last one alone is wanted, and an empty row has none.
    total = np.cumsum(filled, axis=1)[:, -1:].sum(axis=1)
    mean = np.full(len(values), np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    found: Floats = np.where(least == most, least, mean)
    return found
