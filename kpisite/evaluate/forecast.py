"""Forecasts: for each series the simplest method that would have done best lately, and how far it was off.

The method is chosen by its errors from the last thirteen origins (rolling origin), measured in units of the naive
one-step error (MASE). Arrays: history [N, T] up to and with the report's period, forecasts [N, H].
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate import methods
from kpisite.evaluate.limits import Codes, Flags, Floats

# Fewer points than the first give no forecast, fewer than the second only the simple methods.
FEWEST, ALL_METHODS = 6, 24
# Periods ahead that a forecast reaches, and that methods are compared over at most.
HORIZON, COMPARED = 12, 6
# Origins looked back to; so many give eight errors six steps ahead. And the fewest for a choice.
ORIGINS, FEWEST_ORIGINS = 13, 4
# Errors that make a spread of their own; with fewer it grows from one step with the square root of the steps.
ENOUGH_ERRORS = 8
# Smaller differences of MASE do not make a method better than a simpler one.
TIE = 1e-6
# A spread below this share of the usual step is none.
_NOISE = 1e-6


@dataclass(frozen=True, slots=True)
class Forecast:
    """Forecasts of N series: expected value and spread [N, H], NaN without one; method, MASE, mean error [N].

    mase and error (in the unit) are those of the chosen method in hindsight, NaN where there were too few origins.
    """

    expected: Floats
    spread: Floats
    method: Codes
    mase: Floats
    error: Floats


def forecast(history: Floats, seasonal: Flags, season: int, compared: npt.NDArray[np.intp]) -> Forecast:
    """Forecast every series; `compared` [N] is the number of steps over which methods are compared, 1 to 6."""
    # Origins before the data have nothing to say; the padding keeps their places.
    padded = np.concatenate([np.full((len(history), ORIGINS + 1), np.nan), history], axis=1)
    points = (~np.isnan(history)).sum(axis=1)
    tried = list(_tried(padded, points, seasonal, season))
    actual, usable = _actual(padded), _usable(padded)
    best = _Best(tried[0][1], np.full(len(history), methods.NAIVE, dtype=np.int8))
    for number, (method, guess, allowed) in enumerate(tried):
        errors = np.where(usable[:, :, None], np.abs(actual - guess[:, :-1, :COMPARED]), np.nan)
        enough = _origins(errors) >= FEWEST_ORIGINS
        best.offer(method, guess, _score(errors, compared), allowed=(allowed & enough) | (number == 0))
    scale = _mean(np.abs(np.diff(history, axis=1)))
    errors = np.where(usable[:, :, None], actual - best.guess[:, :-1, :COMPARED], np.nan)
    there = points >= FEWEST
    error = np.where(there & (_origins(errors) >= FEWEST_ORIGINS), best.score, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        mase = np.where(scale > 0, error / scale, np.nan)
    expected = np.where(there[:, None], best.guess[:, -1], np.nan)
    spread = np.where(there[:, None], _spread(errors, history), np.nan)
    return Forecast(expected, spread, np.where(there, best.method, 0).astype(np.int8), mase, error)


def _tried(
    padded: Floats, points: npt.NDArray[np.intp], seasonal: Flags, season: int
) -> Iterator[tuple[int, Floats, Flags]]:
    """The methods from the simplest on, with their forecasts from every origin and where they may be used."""
    everywhere = points >= FEWEST
    origins = ORIGINS + 1
    yield methods.NAIVE, methods.naive(padded, origins, HORIZON), everywhere
    yield methods.DRIFT, methods.drift(padded, origins, HORIZON), everywhere
    long = points >= ALL_METHODS
    for method, allowed in ((methods.DAMPED, long), (methods.SEASONAL, long & seasonal)):
        rows = np.flatnonzero(allowed)
        if len(rows):
            guess = np.full((len(padded), origins, HORIZON), np.nan)
            if method == methods.DAMPED:
                guess[rows] = methods.damped(padded[rows], origins, HORIZON)
            else:
                guess[rows] = methods.seasonal(padded[rows], origins, HORIZON, season)
            yield method, guess, allowed


def _actual(padded: Floats) -> Floats:
    """What came after each origin but the last, [N, K, H]; NaN where nothing has yet."""
    length = padded.shape[1]
    found = np.full((len(padded), ORIGINS, COMPARED), np.nan)
    for step in range(1, COMPARED + 1):
        known = ORIGINS - step + 1
        found[:, :known, step - 1] = padded[:, length - ORIGINS - 1 + step : length][:, :known]
    return found


def _usable(padded: Floats) -> Flags:
    """Which origins but the last have points enough before them."""
    count = np.cumsum(~np.isnan(padded), axis=1)
    usable: Flags = count[:, -ORIGINS - 1 : -1] >= FEWEST
    return usable


def _score(errors: Floats, compared: npt.NDArray[np.intp]) -> Floats:
    """The mean absolute error over the compared steps of all origins, NaN without any."""
    inside = np.arange(COMPARED) < compared[:, None, None]
    kept = inside & ~np.isnan(errors)
    total = np.where(kept, errors, 0.0).sum(axis=(1, 2))
    count = kept.sum(axis=(1, 2))
    found = np.full(len(errors), np.nan)
    np.divide(total, count, out=found, where=count > 0)
    return found


class _Best:
    """The best method of each series so far; a later one must be better by more than a tie."""

    def __init__(self, simplest: Floats, method: Codes) -> None:
        self.guess = simplest.copy()
        self.method = method
        self.score = np.full(len(simplest), np.nan)

    def offer(self, method: int, guess: Floats, score: Floats, *, allowed: Flags) -> None:
        """Take a method where it is better; the first one is taken everywhere."""
        if method == methods.NAIVE:
            self.score = score
            return
        better = allowed & (score < self.score * (1 - TIE))
        self.guess[better], self.score[better], self.method[better] = guess[better], score[better], method


def _origins(errors: Floats) -> npt.NDArray[np.intp]:
    """From how many origins there is an error to look at."""
    found: npt.NDArray[np.intp] = (~np.isnan(errors)).any(axis=2).sum(axis=1)
    return found


def _spread(errors: Floats, history: Floats) -> Floats:
    """How far the forecast may be off at each step: never less than at the step before."""
    squares = errors * errors
    count = (~np.isnan(squares)).sum(axis=1)
    known = np.sqrt(_mean(squares.transpose(0, 2, 1).reshape(-1, ORIGINS)).reshape(-1, COMPARED))
    steps = np.sqrt(np.arange(1, HORIZON + 1))
    # With too few errors the spread grows from that of one step, and without any from the steps of the series.
    moves = np.sqrt(_mean(np.square(np.diff(history, axis=1))))
    one = np.where(count[:, 0] >= FEWEST_ORIGINS, known[:, 0], moves)
    found = one[:, None] * steps
    enough = count >= ENOUGH_ERRORS
    found[:, :COMPARED] = np.maximum.accumulate(np.where(enough, known, found[:, :COMPARED]), axis=1)
    found[:, COMPARED:] = found[:, COMPARED - 1 : COMPARED] / steps[COMPARED - 1] * steps[COMPARED:]
    # What is left of a series that was followed without error is noise of binary arithmetic.
    return np.where(found <= _NOISE * moves[:, None], 0.0, found)


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    found = np.full(len(values), np.nan)
    np.divide(np.where(known, values, 0.0).sum(axis=1), count, out=found, where=count > 0)
    return found
