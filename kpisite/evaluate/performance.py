"""Family 10: how well the house itself measures, plans and reports, computed from everything else in the report."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Plan, Site
from kpisite.evaluate.report import GREEN, KEY, Codes, Figures, Flags, Floats
from kpisite.evaluate.rollup import is_expected
from kpisite.measure.series import REASON, Subject
from kpisite.periods import Grain, Period, of_month

# How often a figure is reported, as the grain whose last month carries it.
_CADENCES = {"month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR}


@dataclass(frozen=True, slots=True)
class House:
    """What the figures of the house are computed from."""

    site: Site
    subjects: tuple[Subject, ...]
    role: Codes
    figures: Mapping[Grain, Figures]
    version: str
    period: Period
    as_of: dt.date

    @property
    def products(self) -> list[int]:
        """The positions of the products on axis S."""
        return [s for s, subject in enumerate(self.subjects) if subject.level == "product"]

    def cut_off(self, period: Period) -> dt.date:
        """The last day that counts for a period: its end, or the report's day if that comes first."""
        return min(period.last_day, self.as_of)


# Values and reasons [T] of one figure of the house over the periods of one grain.
Line = tuple[Floats, Codes]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure of the house is computed from, [T]: a share is 100 x part / whole, other figures part - whole."""

    part: Floats
    whole: Floats
    is_share: bool = True
    missing: str = "not-reviewed"  # why there is nothing to count

    def line(self) -> Line:
        """The values, and the reasons where there is nothing to count."""
        counted = self.whole > 0
        whole = np.where(counted, self.whole, np.nan)
        value: Floats = 100.0 * self.part / whole if self.is_share else self.part - whole
        return value, np.where(counted, 0, REASON[self.missing]).astype(np.int8)


Builtin = Callable[[House, Grain], Counted]


def house_line(house: House, id_: str, grain: Grain) -> Line:
    """The values and reasons of one builtin indicator at a grain; between its reporting dates it is not due.

    Nor is it while a period is running.
    """
    indicator = house.site.indicators[id_]
    value, reason = counted(house, id_, grain).line()
    cadence = _CADENCES[indicator.cadence]
    fiscal = house.site.report.fiscal_year_starts
    last = (house.site.report.through or house.site.report.period).last_month
    for t, period in enumerate(house.figures[grain].periods):
        closes = of_month(period.last_month, cadence, fiscal).last_month == period.last_month
        if not closes or period.last_month > last:
            value[t], reason[t] = np.nan, REASON["not-due"]
    return value, reason


def counted(house: House, id_: str, grain: Grain) -> Counted:
    """What a builtin indicator is computed from at a grain."""
    return BUILTINS[house.site.indicators[id_].builtin or ""](house, grain)


def target_attainment(house: House, grain: Grain) -> Counted:
    """The weight of green key indicators in the weight of all that have a score, over all products."""
    figures = house.figures[grain]
    rows = house.products
    key = (house.role[rows] == KEY)[:, :, None] & ~np.isnan(figures.score[rows])
    weight = np.where(key, figures.weight[rows], 0.0)
    green = np.where(figures.status[rows] == GREEN, weight, 0.0)
    return Counted(_total(green), _total(weight))


def actions_on_time(house: House, grain: Grain) -> Counted:
    """The actions done by their due day among those due in the fiscal year up to the period's end."""
    actions = [one for plan in house.site.plans.values() for one in plan.actions.values() if not one.cancelled]
    done, due = [], []
    for period in house.figures[grain].periods:
        start, end = _year_start(period), house.cut_off(period)
        counted = [one for one in actions if start <= one.due <= end]
        due.append(float(len(counted)))
        done.append(float(sum(one.done is not None and one.done <= one.due for one in counted)))
    return Counted(np.array(done), np.array(due))


def plans_effective(house: House, grain: Grain) -> Counted:
    """The plans whose latest verdict by the period's end is that they work, among those with a verdict."""
    good, judged = [], []
    for period in house.figures[grain].periods:
        verdicts = [_verdict(plan, house.cut_off(period)) for plan in house.site.plans.values()]
        good.append(float(verdicts.count("effective")))
        judged.append(float(len(verdicts) - verdicts.count("")))
    return Counted(np.array(good), np.array(judged))


def data_completeness(house: House, grain: Grain) -> Counted:
    """The cells that were delivered among those due, over key and monitored indicators of all products.

    A longer period counts the cells of its months.
    """
    months = house.figures.get(Grain.MONTH)
    counted = months or house.figures[grain]
    due, there = _cells(house, counted)
    if months is None or grain is Grain.MONTH:
        return Counted(there, due)
    where = {period.last_month: t for t, period in enumerate(months.periods)}
    spans = [
        [where[month] for month in range(period.first_month, period.last_month + 1) if month in where]
        for period in house.figures[grain].periods
    ]
    return Counted(np.array([there[span].sum() for span in spans]), np.array([due[span].sum() for span in spans]))


def report_timeliness(house: House, grain: Grain) -> Counted:
    """The days from the end of a month until the last product of its release was signed."""
    periods = house.figures[grain].periods
    nothing = np.zeros(len(periods))
    if grain is not Grain.MONTH:
        return Counted(nothing, nothing, is_share=False, missing="not-derivable")
    end, last = nothing.copy(), nothing.copy()
    for t, period in enumerate(periods):
        release = house.version if period == house.period else period.label
        signed = _signed(house, release, period)
        if signed is not None:
            last[t], end[t] = float(signed.toordinal()), float(period.last_day.toordinal())
    return Counted(last, end, is_share=False)


BUILTINS: Mapping[str, Builtin] = {
    "target-attainment-rate": target_attainment,
    "plan-on-time-rate": actions_on_time,
    "plan-effectiveness-rate": plans_effective,
    "data-completeness": data_completeness,
    "report-timeliness": report_timeliness,
}


def _cells(house: House, figures: Figures) -> tuple[Floats, Floats]:
    """How many cells of each period were due and how many of them were delivered."""
    rows = house.products
    reason = figures.reason[rows]
    due: Flags = (house.role[rows] != 0)[:, :, None] & is_expected(reason)
    gap = (reason == REASON["no-data"]) | (reason == REASON["incomplete"])
    return due.sum(axis=(0, 1)).astype(np.float64), (due & ~gap).sum(axis=(0, 1)).astype(np.float64)


def _signed(house: House, release: str, period: Period) -> dt.date | None:
    """The day on which the last product was signed; none while one of them is not."""
    days = []
    for s in house.products:
        id_ = house.subjects[s].id
        if not house.site.products[id_].lives_in(period):
            continue
        reviews = [one for one in house.site.reviews if (one.release, one.product) == (release, id_)]
        latest = max(reviews, key=lambda one: one.on, default=None)
        if latest is None or latest.verdict != "signed":
            return None
        days.append(latest.on)
    return max(days, default=None)


def _verdict(plan: Plan, day: dt.date) -> str:
    """The latest verdict on a plan by this day; none as long as it was too early to tell."""
    found = [one for one in plan.reviews if one.on <= day]
    latest = max(found, key=lambda one: one.on, default=None)
    return "" if latest is None or latest.verdict == "too-early" else latest.verdict


def _year_start(period: Period) -> dt.date:
    """The first day of the fiscal year in which a period ends."""
    year, month = divmod(period.at(Grain.YEAR).first_month, 12)
    return dt.date(year, month + 1, 1)


def _total(cells: Floats) -> Floats:
    """The sum over subjects and indicators, added one after the other in their order."""
    flat = cells.reshape(cells.shape[0] * cells.shape[1], cells.shape[2])
    if not len(flat):
        return np.zeros(cells.shape[2])
    total: Floats = np.add.accumulate(flat, axis=0)[-1]
    return total
