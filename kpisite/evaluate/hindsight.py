"""Forecasts as they were made in earlier periods, each from what was known in that period: did they tell in time?

The same methods and the same choice among them as in forecast.py, for many origins at once. Arrays: history [N, T],
forecasts [N, M, 6] from each of the last M periods.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.evaluate import methods
from kpisite.evaluate.forecast import ALL_METHODS, COMPARED, FEWEST, FEWEST_ORIGINS, ORIGINS, TIE
from kpisite.evaluate.limits import Flags, Floats

Counts = npt.NDArray[np.intp]


def hindsight(history: Floats, seasonal: Flags, season: int, compared: Counts) -> Floats:
    """What was forecast in each of the last M periods for the next six; NaN where nothing was.

    `compared` is [N, M]: the steps over which methods are compared, 1 to 6.
    """
    months = compared.shape[1]
    origins = ORIGINS + months
    padded = np.concatenate([np.full((len(history), origins), np.nan), history], axis=1)
    points = np.cumsum(~np.isnan(padded), axis=1)[:, -origins:]
    actual = _actual(padded, origins)
    usable = points >= FEWEST
    allowed_from = points[:, -months:]
    best: Floats | None = None
    score = np.full((len(history), months), np.nan)
    for method, guess, rows in _tried(padded, history, origins, seasonal, season):
        part = slice(None) if rows is None else rows
        errors = np.where(usable[part][:, :, None], np.abs(actual[part] - guess), np.nan)
        total, enough = _score(errors, compared[part])
        if best is None:
            best, score = guess[:, -months:].copy(), total
            continue
        better = enough & (total < score[part] * (1 - TIE))
        if method in (methods.DAMPED, methods.SEASONAL):
            better &= allowed_from[part] >= ALL_METHODS
        n, m = np.nonzero(better)
        at = n if rows is None else rows[n]
        best[at, m] = guess[n, m - months]
        score[at, m] = total[n, m]
    assert best is not None
    best[allowed_from < FEWEST] = np.nan
    return best


def _tried(
    padded: Floats, history: Floats, origins: int, seasonal: Flags, season: int
) -> Iterator[tuple[int, Floats, Counts | None]]:
    """The methods from the simplest on, with their forecasts from every origin, and for which rows (None: all)."""
    yield methods.NAIVE, methods.naive(padded, origins, COMPARED), None
    yield methods.DRIFT, methods.drift(padded, origins, COMPARED), None
    long = (~np.isnan(history)).sum(axis=1) >= ALL_METHODS
    rows = np.flatnonzero(long)
    if len(rows):
        yield methods.DAMPED, methods.damped(padded[rows], origins, COMPARED), rows
    rows = np.flatnonzero(long & seasonal)
    if len(rows):
        yield methods.SEASONAL, methods.seasonal(padded[rows], origins, COMPARED, season), rows


def _actual(padded: Floats, origins: int) -> Floats:
    """What came after each origin, [N, K, 6]; NaN where nothing has yet."""
    length = padded.shape[1]
    found = np.full((len(padded), origins, COMPARED), np.nan)
    for step in range(1, COMPARED + 1):
        found[:, : origins - step, step - 1] = padded[:, length - origins + step :]
    return found


def _score(errors: Floats, compared: Counts) -> tuple[Floats, Flags]:
    """The mean absolute error [N, M] over the origins and steps that had been seen by then, and were they enough."""
    known = ~np.isnan(errors)
    filled = np.where(known, errors, 0.0)
    shape = (len(errors), compared.shape[1])
    total, count = np.zeros(shape), np.zeros(shape, dtype=np.intp)
    seen = np.zeros(shape, dtype=np.int64)
    before = np.zeros(known.shape[:2], dtype=np.bool_)  # an error of fewer steps was known
    for step in range(1, COMPARED + 1):
        inside = compared >= step
        total += np.where(inside, _window(filled[:, :, step - 1], step, shape[1]), 0.0)
        count += np.where(inside, _window(known[:, :, step - 1].astype(np.int64), step, shape[1]), 0)
        first = known[:, :, step - 1] & ~before
        seen += _window(first.astype(np.int64), step, shape[1])
        before |= first
    score = np.full(shape, np.nan)
    np.divide(total, count, out=score, where=count > 0)
    return score, seen >= FEWEST_ORIGINS


def _window(cells: npt.NDArray[Any], step: int, months: int) -> npt.NDArray[Any]:
    """For each of the last months, the sum over its thirteen origins before whose error at this step was known."""
    sums = np.concatenate([np.zeros((len(cells), 1), dtype=cells.dtype), np.cumsum(cells, axis=1)], axis=1)
    ends = cells.shape[1] - months + np.arange(months) - step + 1
    starts = cells.shape[1] - months + np.arange(months) - ORIGINS
    found: npt.NDArray[Any] = sums[:, ends] - sums[:, starts]
    return found
