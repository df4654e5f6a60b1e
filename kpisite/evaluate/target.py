"""The target of every period: declared paths over their months, one handing over to the next, summed as values are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import YEAR, Site, Target
from kpisite.evaluate.anchors import Anchors, at_subjects
from kpisite.evaluate.rounding import Floats, Ints, settle
from kpisite.evaluate.target_path import NO_SPREAD, Course, Spread, is_lasting, shares_of
from kpisite.measure.series import Series, Subject
from kpisite.measure.shown import STEPS
from kpisite.periods import Grain, Period


@dataclass(frozen=True, slots=True)
class Goals:
    """What is wanted, as arrays [S, I, T]: NaN where there is no target, `high` only for a range, weight 0 there."""

    target: Floats
    high: Floats
    tolerance: Floats
    weight: Floats
    anchors: Anchors | None = None  # of the figures whose floor or stretch does not follow from the tolerance

    def at(self, some: slice) -> "Goals":
        """The goals of some subjects only."""
        parts = (self.target[some], self.high[some], self.tolerance[some], self.weight[some])
        return Goals(*parts, at_subjects(self.anchors, some))


class _Only(NamedTuple):
    """A target that is meant for other figures than those of each period: subject, indicator, its months, its basis."""

    s: int
    i: int
    start: int
    end: int
    basis: str


@dataclass(frozen=True, slots=True)
class MonthlyGoals:
    """The goals of each month from `first` on, and what is needed to bring them to coarser grains."""

    first: int
    goals: Goals
    accumulates: npt.NDArray[np.bool_]
    decimals: Ints
    cadence: Ints  # months between two figures of each indicator
    fiscal_start: int
    only: tuple[_Only, ...] = ()

    def over(self, periods: Sequence[Period]) -> Goals:
        """The goals of longer periods: those of the last month, or the sum where figures grow with the period.

        A month or quarter that shows the figure of the quarter or year it ends is judged against that one's goal.
        """
        last = np.array([period.last_month for period in periods], dtype=np.int64) - self.first
        months = self.goals
        if np.array_equal(last, np.arange(months.target.shape[2])) and all(period.months == 1 for period in periods):
            return self._meant(months, periods, last) if self.only else months
        starts = np.array([period.first_month for period in periods], dtype=np.int64) - self.first
        sums = self.accumulates.any() and any(period.months > 1 for period in periods)

        def brought(part: Floats, indicators: npt.NDArray[np.intp] | None = None) -> Floats:
            whole: Floats = np.take(part, last, axis=-1)
            if not sums:
                return whole
            own = np.arange(len(self.decimals)) if indicators is None else indicators
            for cadence in np.unique(self.cadence).tolist():
                grown = self.accumulates[own] & (self.cadence[own] == cadence)
                if grown.any():
                    summed = _summed(part[..., grown, :], starts, last, self._due(cadence))
                    whole[..., grown, :] = settle(summed, self.decimals[own][grown][:, None])
            return whole

        target, high, tolerance = (brought(part) for part in (months.target, months.high, months.tolerance))
        weight = np.take(months.weight, last, axis=2)
        weight[np.isnan(target)] = 0.0
        anchors = months.anchors
        if anchors is not None:
            widths = (brought(part, anchors.i) for part in (anchors.floor, anchors.stretch))
            anchors = Anchors(anchors.s, anchors.i, *widths)
        return self._meant(Goals(target, high, tolerance, weight, anchors), periods, last)

    def _due(self, cadence: int) -> npt.NDArray[np.bool_]:
        """In which of the months a figure of this cadence is due."""
        months = self.first + np.arange(self.goals.target.shape[2])
        due: npt.NDArray[np.bool_] = (months + 1 - (self.fiscal_start - 1)) % cadence == 0
        return due

    def _meant(self, goals: Goals, periods: Sequence[Period], last: Ints) -> Goals:
        """The goals without those that are meant for other figures: of the year to date, or of whole years."""
        if not self.only or not periods:
            return goals
        grain = periods[0].grain
        whole = np.array([period.months == YEAR for period in periods])
        target, high, tolerance = (part.copy() for part in (goals.target, goals.high, goals.tolerance))
        weight = goals.weight.copy()
        for one in self.only:
            meant = whole | (one.basis == "ytd" and grain is Grain.YTD)
            off = (last >= one.start) & (last < one.end) & ~meant
            for part in (target, high, tolerance):
                part[one.s, one.i, off] = np.nan
            weight[one.s, one.i, off] = 0.0
        return Goals(target, high, tolerance, weight, goals.anchors)


def monthly_goals(site: Site, series: Series) -> MonthlyGoals:
    """The goals of each month that any period of the series holds, for products and for the bank."""
    periods = [period for grain in series.grains.values() for period in grain.periods]
    first = min((period.first_month for period in periods), default=0)
    return goals_of(site, series, range(first, max((period.last_month for period in periods), default=first - 1) + 1))


def goals_of(site: Site, series: Series, months: range) -> MonthlyGoals:
    """The goals of some months, for products and for the bank."""
    first, count = months.start, len(months)
    shown = [site.indicators[id_].decimals for id_ in series.indicators]
    shape = (len(series.subjects), len(series.indicators), count)
    goals = Goals(np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape))
    ranged = [site.indicators[id_].direction == "range" for id_ in series.indicators]
    # Most targets never change, so they are gathered flat and written all at once.
    places: list[int] = []
    levels: list[float] = []
    anchored: dict[tuple[int, int], tuple[Floats, Floats]] = {}
    only: list[_Only] = []
    for s, i, entries in _pairs(site, series):
        if len(entries) == 1 and is_lasting(entries[0]):
            places += (s, i)
            levels += Course(entries[0], site.scoring, shown[i], ranged[i], NO_SPREAD).row
            continue
        courses = [course_of(site, series, s, i, one) for one in entries]
        for start, end, course in _spells(courses, first, count):
            _fill(goals, (s, i, slice(start, end)), first, course, anchored)
            if course.target.basis != "period" and not series.accumulates[i]:
                only.append(_Only(s, i, start, end, course.target.basis))
    _fill_lasting(goals, np.array(places, dtype=np.intp).reshape(-1, 2), np.array(levels).reshape(-1, 4))
    return MonthlyGoals(
        first,
        replace(goals, anchors=_anchors(anchored)),
        series.accumulates,
        np.array(shown, dtype=np.int64),
        np.array([STEPS[site.indicators[id_].cadence] for id_ in series.indicators], dtype=np.int64),
        site.report.fiscal_year_starts,
        tuple(only),
    )


def course_of(site: Site, series: Series, s: int, i: int, target: Target) -> Course:
    """One target of a figure, to be laid out over any months."""
    declared = site.indicators[series.indicators[i]]
    return Course(target, site.scoring, declared.decimals, declared.direction == "range", _spread(site, series, s, i))


def _spread(site: Site, series: Series, s: int, i: int) -> Spread:
    """How one figure is spread over a year, by its own months a year before."""
    months = series.grains.get(Grain.MONTH)

    def shares(year: int) -> Floats | None:
        if months is None or not months.periods:
            return None
        return shares_of(months.value[s, i], months.periods[0].number, year - YEAR)

    cadence = STEPS[site.indicators[series.indicators[i]].cadence]
    return Spread(bool(series.accumulates[i]), site.report.fiscal_year_starts, shares, cadence)


def _fill_lasting(goals: Goals, places: npt.NDArray[np.intp], levels: Floats) -> None:
    """Write targets that never change: subject and indicator [L, 2]; target, high bound, tolerance, weight [L, 4]."""
    for array, values in zip((goals.target, goals.high, goals.tolerance, goals.weight), levels.T, strict=True):
        array[places[:, 0], places[:, 1]] = values[:, None]


def _fill(
    goals: Goals,
    at: tuple[int, int, slice],
    first: int,
    course: Course,
    anchored: dict[tuple[int, int], tuple[Floats, Floats]],
) -> None:
    """Write one target into its months."""
    s, i, months = at
    levels = course.over(range(first + months.start, first + months.stop))
    goals.target[s, i, months] = levels.low
    goals.high[s, i, months] = levels.high
    goals.tolerance[s, i, months] = levels.tolerance
    goals.weight[s, i, months] = np.where(np.isnan(levels.low), 0.0, course.target.weight)
    if course.target.floor is not None or course.target.stretch is not None:
        count = goals.target.shape[2]
        floor, stretch = anchored.setdefault((s, i), (np.full(count, np.nan), np.full(count, np.nan)))
        floor[months], stretch[months] = levels.floor, levels.stretch


def _anchors(found: Mapping[tuple[int, int], tuple[Floats, Floats]]) -> Anchors | None:
    if not found:
        return None
    s, i = (np.array(part, dtype=np.intp) for part in zip(*found, strict=True))
    floor, stretch = (np.stack(part) for part in zip(*found.values(), strict=True))
    return Anchors(s, i, floor, stretch)


def _pairs(site: Site, series: Series) -> Iterator[tuple[int, int, tuple[Target, ...]]]:
    """Every subject x key indicator with its targets."""
    where = {id_: i for i, id_ in enumerate(series.indicators)}
    for s, subject in enumerate(series.subjects):
        for id_, entries in keys_of(site, subject).items():
            if id_ in where:
                yield s, where[id_], entries


def keys_of(site: Site, subject: Subject) -> Mapping[str, tuple[Target, ...]]:
    """The key indicators of a product or of the bank; lines have none of their own."""
    if subject.level == "product":
        return site.products[subject.id].key
    return site.bank.key if subject.level == "bank" else {}


def _spells(courses: Sequence[Course], first: int, count: int) -> Iterator[tuple[int, int, Course]]:
    """Which months, counted from the first, each target rules: from its start to its end or the next one's start."""
    ordered = sorted(courses, key=lambda one: begin(one.target))
    starts = [min(max(begin(one.target) - first, 0), count) for one in ordered]
    for course, start, following in zip(ordered, starts, [*starts[1:], count], strict=True):
        until = course.target.until
        end = following if until is None else min(following, max(until.number + 1 - first, 0))
        if start < end:
            yield start, end, course


def begin(target: Target) -> int:
    """The month from which a target rules; 0 is from the beginning."""
    return 0 if target.from_ is None else target.from_.number


def in_force(entries: Sequence[Target], month: int) -> Target | None:
    """The target that rules in a month (its number): the last one that has begun."""
    return max((entry for entry in entries if begin(entry) <= month), key=begin, default=None)


def _summed(months: Floats, starts: Ints, ends: Ints, due: npt.NDArray[np.bool_]) -> Floats:
    """The sum over each period's months in which a figure is due, added in their order; without any the last month."""
    total: Floats = np.take(months, ends, axis=-1)
    begun = np.zeros(len(starts), dtype=np.bool_)
    for step in range(int((ends - starts).max(initial=0)) + 1):
        inside = (starts + step <= ends) & due[np.minimum(starts + step, len(due) - 1)]
        total[..., inside & ~begun] = 0.0
        total[..., inside] += months[..., (starts + step)[inside]]
        begun |= inside
    return total
