"""One judged figure as plain numbers, for those who tell how it was judged."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Indicator, Scoring, Site, Target
from kpisite.evaluate.report import STATUSES, Figures, Report
from kpisite.evaluate.rounding import Ints, settle
from kpisite.evaluate.target import in_force, keys_of
from kpisite.evaluate.target_path import scaled_anchors
from kpisite.languages import half_up
from kpisite.measure.compute import accumulates
from kpisite.measure.series import REASONS
from kpisite.measure.shown import STEPS
from kpisite.measure.versions import versions
from kpisite.periods import Grain, Period


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
        own=own_anchors(report, figures, at, declared),
    )


def own_anchors(
    report: Report, figures: Figures, at: tuple[int, int, int], declared: Target | None
) -> tuple[float, float]:
    """How far floor and stretch lie from the target of a figure, NaN where they follow from the tolerance."""
    if declared is None or (declared.floor is None and declared.stretch is None):
        return math.nan, math.nan
    site, (s, i, t) = report.site, at
    id_, period = report.indicators[i], figures.periods[t]
    # By month only what accumulates has a part of a year's number as its target.
    grows = declared.basis != "period" if period.grain is Grain.MONTH else _accumulates(site, id_)
    if grows and declared.basis != "period":
        return scaled_anchors(declared, site.scoring, float(figures.tolerance[at]))
    months = _due(site, id_, period) if grows else [period.last_month]
    entries = keys_of(site, report.subjects[s])[id_]
    ruling = [one for month in months for one in [in_force(entries, month)] if one is not None]
    low, places = float(figures.target[at]), np.array(site.indicators[id_].decimals)
    return _apart(low, [one.floor for one in ruling], places), _apart(low, [one.stretch for one in ruling], places)


def _accumulates(site: Site, id_: str) -> bool:
    """Does the figure grow with the length of the period, and its target with it?"""
    indicator = site.indicators[id_]
    names = (*site.measures, *site.params)
    return accumulates(site, id_, {id_: versions(indicator, names)} if indicator.formula else {})


def _due(site: Site, id_: str, period: Period) -> list[int]:
    """The months of a period whose targets are added up: all of them, or those in which a figure is due."""
    step, start = STEPS[site.indicators[id_].cadence], site.report.fiscal_year_starts - 1
    due = [m for m in range(period.first_month, period.last_month + 1) if (m + 1 - start) % step == 0]
    return due or [period.last_month]


def _apart(target: float, levels: Sequence[float | None], places: Ints) -> float:
    """How far a target lies from the sum of these levels, NaN where one of them is not set."""
    known = [one for one in levels if one is not None]
    return float(settle(np.array(abs(target - sum(known))), places)) if len(known) == len(levels) else math.nan
