"""What is to be reached when: the goal of every key figure, and how many periods were left to it in each period."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Site, Target
from kpisite.evaluate import achieve
from kpisite.evaluate.choice import COMPARED
from kpisite.evaluate.limits import Codes, Floats
from kpisite.evaluate.report import Figures
from kpisite.evaluate.target import begin, course_of, in_force, keys_of
from kpisite.measure.series import Series
from kpisite.periods import MONTHS, Period


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What is to be reached at the report's period, [S, I]: steps is 0 and the others NaN where there is no target.

    `compared` [S, I, T] are the steps over which methods of forecasting are compared in the report of each period.
    """

    low: Floats
    high: Floats
    steps: npt.NDArray[np.intp]
    compared: Codes


def deadlines(site: Site, series: Series, figures: Figures, now: int) -> Deadlines:
    """The goal of every key figure: its target at its date, or half a dozen periods on where that has passed."""
    low, high = figures.target[:, :, now].copy(), figures.target_high[:, :, now].copy()
    steps = np.where(np.isnan(low), 0, achieve.AHEAD).astype(np.intp)
    compared = np.full((*low.shape, now + 1), COMPARED, dtype=np.int8)
    where = {id_: i for i, id_ in enumerate(series.indicators)}
    periods = figures.periods[: now + 1]
    for s, subject in enumerate(series.subjects):
        for id_, entries in keys_of(site, subject).items():
            if id_ not in where or all(one.by is None for one in entries):
                continue
            i = where[id_]
            left = _left(entries, periods)
            due = (left > 0) & ~np.isnan(figures.target[s, i, : now + 1])
            compared[s, i, due] = np.minimum(left[due], COMPARED)
            target = in_force(entries, periods[now].last_month)
            if not due[now] or target is None:
                continue
            if target.path != "flat" or target.basis != "period":
                by = periods[now].plus(int(left[now])).last_month
                wanted = course_of(site, series, s, i, target).over(range(by, by + 1))
                low[s, i], high[s, i] = wanted.low[0], wanted.high[0]
            steps[s, i] = 0 if np.isnan(low[s, i]) else left[now]
    return Deadlines(low, high, steps, compared)


def _left(entries: Sequence[Target], periods: Sequence[Period]) -> npt.NDArray[np.int64]:
    """Periods left to the date of the target that ruled in each period; 0 or less where it has none or has passed."""
    last = np.array([period.last_month for period in periods], dtype=np.int64)
    by = np.zeros(len(last), dtype=np.int64)
    for one in sorted(entries, key=begin):
        by[last >= begin(one)] = one.by.last_month if one.by else 0
    return -((last - by) // MONTHS[periods[-1].grain])
