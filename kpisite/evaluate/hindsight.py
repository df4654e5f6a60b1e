"""What was forecast in each period, from what was known in it: did the forecasts tell in time?

Arrays are [K, N], the last K of T periods of N series.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.evaluate.achieve import AHEAD
from kpisite.evaluate.limits import Codes, Floats
from kpisite.evaluate.methods import Method


@dataclass(frozen=True, slots=True)
class Reach:
    """The lowest and the highest of the six values that were forecast in each period; NaN where none was."""

    lowest: Floats
    highest: Floats


def hindsight(tried: Sequence[Method], best: Codes) -> Reach:
    """How far the forecasts of each period reached, each by the method that had been best by then."""
    lowest, highest = (part.copy() for part in tried[0].reach(AHEAD))
    for method in tried[1:]:
        own = slice(None) if method.rows is None else method.rows
        here = best[:, own] == method.code
        for whole, part in zip((lowest, highest), method.reach(AHEAD), strict=True):
            whole[:, own] = np.where(here, part, whole[:, own])
    return Reach(lowest, highest)


def step_by_step(tried: Sequence[Method], best: Codes) -> list[Floats]:
    """The six values that were forecast in each period, each by the method that had been best by then."""
    return [_said(tried, best, step) for step in range(1, AHEAD + 1)]


def _said(tried: Sequence[Method], best: Codes, step: int) -> Floats:
    found = tried[0].ahead(step, len(best)).copy()
    for method in tried[1:]:
        own = slice(None) if method.rows is None else method.rows
        found[:, own] = np.where(best[:, own] == method.code, method.ahead(step, len(best)), found[:, own])
    return found
