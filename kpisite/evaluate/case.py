"""One judged figure as plain numbers, for those who tell how it was judged."""

import math
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Indicator, Scoring, Target
from kpisite.evaluate.report import STATUSES, Figures, Report
from kpisite.evaluate.rounding import settle
from kpisite.languages import half_up
from kpisite.measure.series import REASONS


@dataclass(frozen=True, slots=True)
class Case:
    """One judged figure as plain numbers; NaN is a number that is not there."""

    indicator: Indicator
    scoring: Scoring
    value: float
    reason: str
    sample: float
    small: bool
    low: float
    high: float
    tolerance: float
    over: bool
    status: str
    score: float
    provisional: int
    months: int  # of the whole period
    own: tuple[float, float]  # distances of a floor and a stretch of its own from the target

    @property
    def is_range(self) -> bool:
        """Is the target a range?"""
        return not math.isnan(self.high)

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return -1 if self.indicator.direction == "lower" else 1

    def shown(self, value: float) -> float:
        """A number as it is shown and compared: rounded half up."""
        return float(half_up(value, self.indicator.decimals))

    def settled(self, value: float) -> float:
        """A computed limit as the decimal number that was meant."""
        return float(settle(np.array(value), np.array(self.indicator.decimals)))


def case_of(report: Report, figures: Figures, s: int, i: int, t: int, declared: Target | None) -> Case:
    """One figure of a report, with the declaration of its target."""
    at = (s, i, t)
    return Case(
        indicator=report.site.indicators[report.indicators[i]],
        scoring=report.site.scoring,
        value=float(figures.value[at]),
        reason=REASONS[figures.reason[at]],
        sample=float(figures.sample[at]),
        small=bool(figures.small[at]),
        low=float(figures.target[at]),
        high=float(figures.target_high[at]),
        tolerance=float(figures.tolerance[at]),
        over=bool(figures.over_limit[at]),
        status=STATUSES[figures.status[at]],
        score=float(figures.score[at]),
        provisional=int(figures.provisional[at]),
        months=figures.periods[t].months,
        own=own_anchors(declared, float(figures.tolerance[at])) if declared else (math.nan, math.nan),
    )


def own_anchors(declared: Target, tolerance: float) -> tuple[float, float]:
    """How far floor and stretch lie from the target, NaN where they follow from the tolerance.

    Over a longer period they are as much wider as the tolerance is.
    """
    final = declared.target[0] if isinstance(declared.target, tuple) else declared.target
    width = declared.tolerance if declared.amber is None else abs(final - declared.amber)
    times = tolerance / width if width else 1.0
    floor = math.nan if declared.floor is None else abs(final - declared.floor) * times
    return floor, math.nan if declared.stretch is None else abs(declared.stretch - final) * times
