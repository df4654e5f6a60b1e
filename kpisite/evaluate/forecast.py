"""Forecasts: for each series the simplest method that would have done best lately, and how far it was off.

The method is chosen by its errors from the last thirteen origins (rolling origin), measured in units of the naive
one-step error (MASE). Arrays: history [N, T] up to and with the report's period, forecasts [N, H].
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.choice import COMPARED, FEWEST_ORIGINS, ORIGINS
from kpisite.evaluate.columns import Columns
from kpisite.evaluate.limits import Codes, Flags, Floats
from kpisite.evaluate.methods import FEWEST, HORIZON, Method

# Errors that make a spread of their own; with fewer it grows from one step with the square root of the steps.
ENOUGH_ERRORS = 8
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


def forecast(columns: Columns, tried: Sequence[Method], best: Codes, compared: Codes) -> Forecast:
    """Forecast every series from its last period by its best method.

    best and compared are [N]: the method, and the number of steps over which methods are compared, 1 to 6.
    """
    moves = np.diff(np.ascontiguousarray(columns.values.T), axis=1)
    errors = _errors(columns, tried, best)
    there = columns.points[-1] >= FEWEST
    error = np.where(there & (_origins(errors) >= FEWEST_ORIGINS), _score(np.abs(errors), compared), np.nan)
    scale = _mean(np.abs(moves))
    with np.errstate(invalid="ignore", divide="ignore"):
        mase = np.where(scale > 0, error / scale, np.nan)
    expected = np.stack([_said(tried, best, step, 1)[0] for step in range(1, HORIZON + 1)], axis=1)
    spread = np.where(there[:, None], _spread(errors, moves), np.nan)
    return Forecast(expected, spread, np.where(there, best, 0).astype(np.int8), mase, error)


def without(made: Forecast, ended: Flags) -> Forecast:
    """The forecasts without those of the marked series, which have come to an end."""
    floats = {name: getattr(made, name).copy() for name in ("expected", "spread", "mase", "error")}
    for array in floats.values():
        array[ended] = np.nan
    return Forecast(method=np.where(ended, 0, made.method).astype(np.int8), **floats)


def _said(tried: Sequence[Method], best: Codes, step: int, count: int) -> Floats:
    """What the best method of each series forecast so many steps ahead in the last `count` periods."""
    found = tried[0].ahead(step, count).copy()
    for method in tried[1:]:
        own = slice(None) if method.rows is None else method.rows
        found[:, own] = np.where(best[own] == method.code, method.ahead(step, count), found[:, own])
    return found


def _errors(columns: Columns, tried: Sequence[Method], best: Codes) -> Floats:
    """How far the best method was off at each step from each of the last origins, [N, 13, 6]; NaN where not known."""
    values = columns.values
    origins = min(ORIGINS, len(values) - 1)
    found = np.full((COMPARED, ORIGINS, values.shape[1]), np.nan)
    for step in range(1, min(COMPARED, origins) + 1):
        known = origins - step + 1
        guess = _said(tried, best, step, origins + 1)[:known]
        found[step - 1, ORIGINS - origins :][:known] = values[len(values) - known :] - guess
    return np.ascontiguousarray(found.T)


def _score(errors: Floats, compared: Codes) -> Floats:
    """The mean absolute error over the compared steps of all origins, NaN without any."""
    inside = np.arange(COMPARED) < compared[:, None, None]
    kept = inside & ~np.isnan(errors)
    total = np.where(kept, errors, 0.0).sum(axis=(1, 2))
    count = kept.sum(axis=(1, 2))
    found = np.full(len(errors), np.nan)
    np.divide(total, count, out=found, where=count > 0)
    return found


def _origins(errors: Floats) -> npt.NDArray[np.intp]:
    """From how many origins there is an error to look at."""
    found: npt.NDArray[np.intp] = (~np.isnan(errors)).any(axis=2).sum(axis=1)
    return found


def _spread(errors: Floats, moves: Floats) -> Floats:
    """How far the forecast may be off at each step: never less than at the step before."""
    squares = errors * errors
    count = (~np.isnan(squares)).sum(axis=1)
    known = np.sqrt(_mean(squares.transpose(0, 2, 1).reshape(-1, ORIGINS)).reshape(-1, COMPARED))
    steps = np.sqrt(np.arange(1, HORIZON + 1))
    # With too few errors the spread grows from that of one step, and without any from the steps of the series.
    usual = np.sqrt(_mean(np.square(moves)))
    one = np.where(count[:, 0] >= FEWEST_ORIGINS, known[:, 0], usual)
    found = one[:, None] * steps
    enough = count >= ENOUGH_ERRORS
    found[:, :COMPARED] = np.maximum.accumulate(np.where(enough, known, found[:, :COMPARED]), axis=1)
    found[:, COMPARED:] = found[:, COMPARED - 1 : COMPARED] / steps[COMPARED - 1] * steps[COMPARED:]
    # What is left of a series that was followed without error is noise of binary arithmetic.
    return np.where(found <= _NOISE * usual[:, None], 0.0, found)


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    found = np.full(len(values), np.nan)
    np.divide(np.where(known, values, 0.0).sum(axis=1), count, out=found, where=count > 0)
    return found
