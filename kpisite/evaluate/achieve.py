"""Can a target be reached: the chance, what it takes, whether so much was ever done, and when a limit is crossed.

Arrays are [N] or [N, H], N figures with their forecasts. `sign` is 1 where more is better, -1 where less is, 0 for a
range. Nothing here is scored.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.limits import Codes, Flags, Floats
from kpisite.evaluate.medians import quantile
from kpisite.evaluate.rounding import Ints, steps

LIKELIHOODS = ("", "kept", "likely", "uncertain", "unlikely")
KEPT, LIKELY, UNCERTAIN, UNLIKELY = range(1, 5)
# From here on a target is likely to be met, and below the second unlikely.
LIKELY_FROM, UNLIKELY_BELOW = 0.7, 0.3
# The share of past changes that the required one is compared with, and how many of them it needs.
BEST, FEWEST_CHANGES = 0.9, 8
# Periods ahead in which a crossed limit is looked for, and met periods after which a target counts as kept.
AHEAD, KEPT_FOR = 6, 6
# Smaller differences, in shares of the figure, are noise of binary arithmetic; of a forecast against a limit those of
# the single precision in which slopes of the past are kept (slopes.py), so that the past is judged as it was told.
_NOISE, AHEAD_NOISE = 1e-12, 1e-6
_ROOT_2 = math.sqrt(2.0)

Steps = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Goal:
    """What should be reached in so many steps: a single value, or from `low` to `high` where `high` is a number."""

    low: Floats
    high: Floats
    steps: Steps  # 1 or more, 0 where there is no goal; a forecast reaches only so far


def chance(expected: Floats, spread: Floats, goal: Goal, sign: Codes) -> Floats:
    """The probability of meeting the goal at its step: the normal distribution around the forecast.

    NaN without one, and where the goal lies beyond it: what is forecast of a nearer step says nothing of it.
    """
    horizon = expected.shape[1]
    at = np.clip(goal.steps - 1, 0, horizon - 1)[:, None]
    y, sigma = (np.take_along_axis(part, at, axis=1)[:, 0] for part in (expected, spread))
    y = np.where(goal.steps > horizon, np.nan, y)
    ranged = ~np.isnan(goal.high)
    tiny = _NOISE * np.abs(y)
    single = _below(sign * (y - goal.low), sigma, tiny)
    inside = _below(y - goal.low, sigma, tiny) + _below(goal.high - y, sigma, tiny) - 1.0
    found: Floats = np.where(ranged, np.maximum(inside, 0.0), single)
    return found


def _below(margin: Floats, sigma: Floats, tiny: Floats) -> Floats:
    """The normal distribution at a margin; without any spread it is met or it is not."""
    found = np.where(np.isnan(margin), np.nan, (margin >= -tiny).astype(np.float64))
    spread = np.flatnonzero((sigma > tiny) & ~np.isnan(margin))
    found[spread] = [0.5 * math.erfc(-z / _ROOT_2) for z in (margin[spread] / sigma[spread]).tolist()]
    return found


def likelihood(chances: Floats, kept: Flags) -> Codes:
    """The word for a chance; a target met in all of the last periods, and at its date if nothing moves, is kept."""
    found = np.zeros(len(chances), dtype=np.int8)
    found[chances >= LIKELY_FROM] = LIKELY
    found[chances < LIKELY_FROM] = UNCERTAIN
    found[chances < UNLIKELY_BELOW] = UNLIKELY
    found[kept & ~np.isnan(chances)] = KEPT
    return found


def required(value: Floats, goal: Goal) -> Floats:
    """The change that is still needed, T - v; for a range to its nearest bound, 0 inside."""
    ranged = ~np.isnan(goal.high)
    to_low, to_high = goal.low - value, goal.high - value
    outside = np.where(to_low > 0, to_low, np.where(to_high < 0, to_high, 0.0))
    found: Floats = np.where(np.isnan(value), np.nan, np.where(ranged, outside, to_low))
    return found


def reached(value: Floats, goal: Goal, sign: Codes, decimals: Ints) -> Flags:
    """Is no change needed any more? As figures are shown, so that a change of nothing is none."""
    own, low, high = (steps(part, decimals) for part in (value, goal.low, goal.high))
    inside = np.where(np.isnan(goal.high), own == low, (own >= low) & (own <= high))
    found: Flags = np.where(sign == 0, inside, sign * (own - low) >= 0)
    return found


def stretch(history: Floats, change: Floats, over: Steps, sign: Codes) -> Floats:
    """The required change against the best tenth of past changes over as long a time.

    Above 1 it has not been done before; 0 or less is already met; infinite where nothing ever moved that way; NaN with
    fewer than eight past changes.
    """
    found = np.full(len(history), np.nan)
    way = np.where(sign == 0, np.sign(change), sign)
    for count in np.unique(over[over > 0]).tolist():
        rows = np.flatnonzero((over == count) & ~np.isnan(change))
        if count >= history.shape[1] or not len(rows):
            continue
        past = way[rows, None] * (history[rows, count:] - history[rows, :-count])
        best = np.where((~np.isnan(past)).sum(axis=1) >= FEWEST_CHANGES, quantile(past, BEST), np.nan)
        needed = way[rows] * change[rows]
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(best > 0, needed / best, np.where(needed > 0, np.inf, np.minimum(needed, 0.0)))
        found[rows] = np.where(np.isnan(best), np.nan, ratio)
    return found


def crossing(expected: Floats, worst: Floats, best: Floats) -> Codes:
    """The first of the next six steps at which the forecast lies beyond its bounds (P >= 0.5); 0 where none does.

    The bounds are [N, 6], or [N, 1] where they stay.
    """
    ahead = expected[:, :AHEAD]
    tiny = AHEAD_NOISE * np.abs(ahead).max(axis=1, keepdims=True)
    beyond = (ahead < worst - tiny) | (ahead > best + tiny)
    found: Codes = np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 1, 0).astype(np.int8)
    return found


def crossed(expected: Floats, steps: Codes, worst: Floats, best: Floats) -> Floats:
    """The bound that the forecast lies beyond at its step, [N]; NaN at the step 0."""
    at = np.maximum(steps - 1, 0)[:, None].astype(np.intp)
    y, low, high = (np.take_along_axis(part, at, axis=1)[:, 0] for part in (expected, worst, best))
    found: Floats = np.where(steps > 0, np.where(y < low, low, high), np.nan)
    return found
