"""The target of every period: flat or on a straight path, one handing over to the next, summed where values are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Scoring, Site, Target
from kpisite.evaluate.rounding import Floats, Ints, settle
from kpisite.measure.series import Series, Subject
from kpisite.periods import Period


@dataclass(frozen=True, slots=True)
class Goals:
    """What is wanted, as arrays [S, I, T]: NaN where there is no target, `high` only for a range, weight 0 there."""

    target: Floats
    high: Floats
    tolerance: Floats
    weight: Floats

    def at(self, some: slice) -> "Goals":
        """The goals of some subjects only."""
        return Goals(self.target[some], self.high[some], self.tolerance[some], self.weight[some])


@dataclass(frozen=True, slots=True)
class MonthlyGoals:
    """The goals of each month from `first` on, and what is needed to bring them to coarser grains."""

    first: int
    goals: Goals
    accumulates: npt.NDArray[np.bool_]
    decimals: Ints

    def over(self, periods: Sequence[Period]) -> Goals:
        """The goals of longer periods: those of the last month, or the sum where figures grow with the period."""
        last = np.array([period.last_month for period in periods], dtype=np.int64) - self.first
        months = self.goals
        if np.array_equal(last, np.arange(months.target.shape[2])) and all(period.months == 1 for period in periods):
            return months
        taken = [np.take(part, last, axis=2) for part in (months.target, months.high, months.tolerance)]
        if any(period.months > 1 for period in periods) and self.accumulates.any():
            starts = np.array([period.first_month for period in periods], dtype=np.int64) - self.first
            for part, whole in zip((months.target, months.high, months.tolerance), taken, strict=True):
                summed = _summed(part[:, self.accumulates, :], starts, last)
                whole[:, self.accumulates, :] = settle(summed, self.decimals[self.accumulates][None, :, None])
        weight = np.take(months.weight, last, axis=2)
        weight[np.isnan(taken[0])] = 0.0
        target, high, tolerance = taken
        return Goals(target, high, tolerance, weight)


def monthly_goals(site: Site, series: Series) -> MonthlyGoals:
    """The goals of each month that any period of the series holds, for products and for the bank."""
    periods = [period for grain in series.grains.values() for period in grain.periods]
    first = min((period.first_month for period in periods), default=0)
    count = max((period.last_month for period in periods), default=first - 1) - first + 1
    decimals = np.array([site.indicators[id_].decimals for id_ in series.indicators], dtype=np.int64)
    shape = (len(series.subjects), len(series.indicators), count)
    goals = Goals(np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape))
    ranged = [site.indicators[id_].direction == "range" for id_ in series.indicators]
    lasting: list[tuple[int, int, float, float, float, float]] = []
    for s, i, entries in _pairs(site, series):
        if len(entries) == 1 and entries[0].from_ is None and entries[0].path == "flat":
            lasting.append((s, i, *_Shape(entries[0], site.scoring, int(decimals[i]), ranged[i]).row))
            continue
        for start, end, target in _spells(entries, first, count):
            _fill(goals, (s, i, slice(start, end)), first, _Shape(target, site.scoring, int(decimals[i]), ranged[i]))
    _fill_lasting(goals, lasting)
    return MonthlyGoals(first, goals, series.accumulates, decimals)


def _fill_lasting(goals: Goals, rows: Sequence[tuple[int, int, float, float, float, float]]) -> None:
    """Write the targets that never change, all at once: most are so."""
    if rows:
        s, i, *parts = zip(*rows, strict=True)
        for array, values in zip((goals.target, goals.high, goals.tolerance, goals.weight), parts, strict=True):
            array[list(s), list(i)] = np.array(values, dtype=np.float64)[:, None]


@dataclass(frozen=True, slots=True)
class _Shape:
    """One target with what is needed to lay it out over months."""

    target: Target
    scoring: Scoring
    decimals: int
    ranged: bool

    @property
    def tolerance(self) -> float:
        """As declared, or the site's share of the final target; a range counts from its bound farther from zero."""
        if self.target.tolerance is not None:
            return self.target.tolerance
        return self._settled(self.scoring.default_tolerance * max(abs(bound) for bound in self.bounds))

    @property
    def bounds(self) -> tuple[float, float]:
        """The lower and the higher bound, the same twice for a single value."""
        wanted = self.target.target
        return wanted if isinstance(wanted, tuple) else (wanted, wanted)

    @property
    def row(self) -> tuple[float, float, float, float]:
        """Target, higher bound, tolerance and weight where they do not change with time."""
        low, high = self.bounds
        return low, high if self.is_range else np.nan, self.tolerance, self.target.weight

    @property
    def is_range(self) -> bool:
        """Is it judged on both sides?"""
        return self.ranged or isinstance(self.target.target, tuple)

    def path(self, months: range) -> Floats:
        """The lower bound or only value in each of these months; before the baseline of a straight path none."""
        low = np.full(len(months), self.bounds[0])
        baseline, by = self.target.baseline, self.target.by
        if self.target.path == "flat" or baseline is None or by is None:
            return low
        done = np.array(months, dtype=np.float64) - baseline.period.number
        length = by.number - baseline.period.number
        way = settle(baseline.value + (low - baseline.value) * done / length, np.array(self.decimals))
        way[done >= length] = self.bounds[0]
        way[done < 0] = np.nan
        return way

    def _settled(self, value: float) -> float:
        return float(settle(np.array(value), np.array(self.decimals)))


def _fill(goals: Goals, at: tuple[int, int, slice], first: int, shape: _Shape) -> None:
    """Write one target into its months."""
    s, i, months = at
    straight = shape.target.path == "linear"
    low = shape.path(range(first + months.start, first + months.stop)) if straight else shape.bounds[0]
    goals.target[s, i, months] = low
    goals.tolerance[s, i, months] = shape.tolerance
    goals.weight[s, i, months] = shape.target.weight
    if shape.is_range:
        goals.high[s, i, months] = low if straight else shape.bounds[1]
    if straight:
        none = np.isnan(low)
        goals.tolerance[s, i, months][none] = np.nan
        goals.weight[s, i, months][none] = 0.0


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


def _spells(entries: tuple[Target, ...], first: int, count: int) -> Iterator[tuple[int, int, Target]]:
    """Which months, counted from the first, each target rules: from its own start to the start of the next."""
    ordered = sorted(entries, key=_start)
    starts = [min(max(_start(entry) - first, 0), count) for entry in ordered]
    for entry, start, end in zip(ordered, starts, [*starts[1:], count], strict=True):
        if start < end:
            yield start, end, entry


def _start(target: Target) -> int:
    return 0 if target.from_ is None else target.from_.number


def _summed(months: Floats, starts: Ints, ends: Ints) -> Floats:
    """The sum over each period's months, added in their order."""
    total = np.take(months, starts, axis=2)
    for step in range(1, int((ends - starts).max(initial=0)) + 1):
        inside = starts + step <= ends
        total[:, :, inside] += months[:, :, (starts + step)[inside]]
    return total
