"""Where a forecast leaves what is not red: which limit it crosses, in which period, and with what probability."""

import math
from collections.abc import Iterator

from kpisite.evaluate.charted import CADENCES
from kpisite.evaluate.facts import Crossing
from kpisite.evaluate.report import Report
from kpisite.evaluate.signals import SIGNS
from kpisite.periods import Period

_ROOT_2 = math.sqrt(2.0)


def crossings(report: Report, s: int, i: int) -> tuple[Crossing, ...]:
    """The regulatory limit, and the end of amber in the period in which the forecast crosses it, if it does."""
    grain = CADENCES[report.site.indicators[report.indicators[i]].cadence]
    periods = report.figures[grain].periods if grain in report.figures else ()
    ended = [one for one in periods if one.last_month <= report.period.last_month]
    return tuple(_of_figure(report, s, i, ended[-1])) if ended else ()


def first_crossing(report: Report, s: int, i: int) -> Crossing | None:
    """What the forecast crosses first; in the same period the regulatory limit."""
    return min(crossings(report, s, i), key=lambda one: one.period.last_month, default=None)


def _of_figure(report: Report, s: int, i: int, now: Period) -> Iterator[Crossing]:
    declared, out = report.site.indicators[report.indicators[i]], report.outlook
    step = out.crosses_limit.item(s, i)
    if step and declared.limit is not None:
        chance = _beyond(report, (s, i, step), declared.limit.value, upward=declared.limit.side == "max")
        yield Crossing("limit", declared.limit.value, now.plus(step), chance)
    step = out.crosses.item(s, i)
    if step:
        level = out.crosses_at.item(s, i)
        level = _today(report, s, i, now) if math.isnan(level) else level
        upward = out.expected.item(s, i, step - 1) > level
        yield Crossing("amber", level, now.plus(step), _beyond(report, (s, i, step), level, upward=upward))


def _today(report: Report, s: int, i: int, now: Period) -> float:
    """The amber limit at the report's period, for releases that do not tell which one is crossed."""
    declared, figures = report.site.indicators[report.indicators[i]], report.figures[now.grain]
    at = (s, i, figures.periods.index(now))
    low, high, width = (array.item(at) for array in (figures.target, figures.target_high, figures.tolerance))
    width, top = 0.0 if declared.veto else width, low if math.isnan(high) else high
    sign, step = SIGNS[declared.direction], report.outlook.crosses.item(s, i)
    upward = sign < 0 or (sign == 0 and report.outlook.expected.item(s, i, step - 1) > top)
    return top + width if upward else low - width


def _beyond(report: Report, at: tuple[int, int, int], level: float, *, upward: bool) -> float:
    """The probability that the figure lies beyond a level after so many steps: the normal distribution around it."""
    s, i, step = at
    expected, spread = report.outlook.expected.item(s, i, step - 1), report.outlook.spread.item(s, i, step - 1)
    margin = expected - level if upward else level - expected
    return 0.5 * (1 + math.erf(margin / spread / _ROOT_2)) if spread > 0 else 1.0
