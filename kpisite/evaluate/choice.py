"""Which method had done best by each period: the least mean absolute error from the thirteen origins before it.

Arrays are [K, N], the last K of T periods of N series.
"""

from collections.abc import Sequence

import numpy as np

from kpisite.evaluate.columns import Columns
from kpisite.evaluate.limits import Codes, Floats
from kpisite.evaluate.methods import ALL_METHODS, DAMPED, FEWEST, NAIVE, Method

# Steps that methods are compared over at most.
COMPARED = 6
# Origins looked back to; so many give eight errors six steps ahead. And the fewest for a choice.
ORIGINS, FEWEST_ORIGINS = 13, 4
# Smaller differences of the error do not make a method better than a simpler one.
TIE = 1e-6


def chosen(columns: Columns, tried: Sequence[Method], compared: Codes) -> Codes:
    """The method of each period; `compared` [K, N] is the number of steps over which methods are compared, 1 to 6.

    The first of those tried is for every series. A choice looks at the thirteen periods before it that are among the K,
    so it is whole from the fourteenth on, or wherever K is all there is.
    """
    points = columns.points[len(columns.values) - len(compared) :]
    enough = _origins(columns, len(compared)) >= FEWEST_ORIGINS
    best = np.full(compared.shape, NAIVE, dtype=np.int8)
    least = _errors(columns.values, tried[0], compared)
    for method in tried[1:]:
        own = slice(None) if method.rows is None else method.rows
        errors = _errors(columns.values[:, own], method, compared[:, own])
        better = enough[:, own] & (errors < least[:, own] * (1 - TIE))
        if method.code >= DAMPED:
            better &= points[:, own] >= ALL_METHODS
        best[:, own] = np.where(better, np.int8(method.code), best[:, own])
        least[:, own] = np.where(better, errors, least[:, own])
    return best


def _errors(values: Floats, method: Method, compared: Codes) -> Floats:
    """The sum of a method's absolute errors that were known by each period; all methods have the same number of them.

    The errors of an origin so many periods ago are known up to as many steps; of the older origins all are.
    """
    count = len(compared)
    actual = values[len(values) - count :]
    total, young, sums = (np.zeros(compared.shape) for _ in range(3))
    for step in range(1, min(COMPARED, count - 1) + 1):
        error = method.ahead(step, count)[: count - step] - actual[step:]
        np.abs(error, out=error)
        # Without a value or a forecast there is no error.
        sums[: count - step] += np.fmax(error, 0.0, out=error)
        whole = compared == step
        if whole.any():
            np.copyto(total, _older(sums, step) + young, where=whole)
        young[step:] += sums[: count - step]
    return total


def _older(sums: Floats, least: int) -> Floats:
    """For each period the sum over its origins that lie at least so many periods before it."""
    found = np.zeros(sums.shape)
    for back in range(least, min(ORIGINS, len(sums) - 1) + 1):
        found[back:] += sums[:-back]
    return found


def _origins(columns: Columns, count: int) -> Codes:
    """From how many of the thirteen origins before each period an error was known by then."""
    known, usable = columns.known[-count:], columns.points[-count:] >= FEWEST
    seen = np.zeros(known.shape, dtype=np.bool_)
    total = np.zeros(known.shape, dtype=np.int8)
    for back in range(1, min(ORIGINS, count - 1) + 1):
        if back <= COMPARED:
            seen[: count - back] |= usable[: count - back] & known[back:]
        total[back:] += seen[: count - back]
    return total
