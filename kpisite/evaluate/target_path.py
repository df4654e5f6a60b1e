"""One declared target laid out over months: flat, straight, in steps, from a table, or the parts of a whole year."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from kpisite.declare.model import YEAR, Scoring, Target
from kpisite.evaluate.rounding import Floats, Ints, settle

# The shares of the twelve months of the fiscal year that begins in a month, as they were a year before.
Shares = Callable[[int], Floats | None]


@dataclass(frozen=True, slots=True)
class Levels:
    """What a target wants in each of some months; NaN where it wants nothing, `high` NaN where it is no range.

    `floor` and `stretch` are distances from the target, NaN where they follow from the tolerance.
    """

    low: Floats
    high: Floats
    tolerance: Floats
    floor: Floats
    stretch: Floats

    def times(self, factor: Floats) -> "Levels":
        """All of it multiplied."""
        return Levels(*(getattr(self, field.name) * factor for field in fields(self)))


class Spread(NamedTuple):
    """How figures of a year are spread: do they accumulate, when do fiscal years begin, and how was the last one?"""

    accumulates: bool
    fiscal_start: int  # 1..12
    shares: Shares
    cadence: int = 1  # months between two figures

    def year_of(self, month: int) -> int:
        """The first month of the fiscal year that a month lies in."""
        return month - (month - (self.fiscal_start - 1)) % YEAR

    def due(self, months: range) -> Ints:
        """The month in which the figure that each of these months belongs to is due."""
        found: Ints = np.array(months, dtype=np.int64)
        return found + self.cadence - 1 - (found - (self.fiscal_start - 1)) % self.cadence


# For what is the same in every month.
NO_SPREAD = Spread(accumulates=False, fiscal_start=1, shares=lambda _: None)


@dataclass(frozen=True, slots=True)
class Course:
    """One target with what is needed to lay it out over months."""

    target: Target
    scoring: Scoring
    decimals: int
    ranged: bool
    spread: Spread

    @property
    def tolerance(self) -> float:
        """That of the final target."""
        low, high = (np.array([bound]) for bound in self.bounds)
        return float(self._tolerance(low, high, low)[0])

    @property
    def bounds(self) -> tuple[float, float]:
        """The lower and the higher bound of the final target, the same twice for a single value."""
        return _bounds(self.target.target)

    @property
    def row(self) -> tuple[float, float, float, float]:
        """Target, higher bound, tolerance and weight where they do not change with time."""
        low, high = self.bounds
        return low, high if self.is_range else np.nan, self.tolerance, self.target.weight

    @property
    def is_range(self) -> bool:
        """Is it judged on both sides?"""
        return self.ranged or isinstance(self.target.target, tuple)

    def over(self, months: range) -> Levels:
        """What is wanted in each month; where figures accumulate, so do the parts of a year.

        In every month of a quarter or year whose figure is due only once, what is wanted of that whole figure.
        """
        if not self.spread.accumulates:
            return self._declared(np.array(months, dtype=np.int64))
        if self.target.basis == "period":
            return self._declared(self.spread.due(months))
        # Whole fiscal years, because their parts depend on each other.
        first = self.spread.year_of(months.start)
        last = self.spread.year_of(max(months.stop - 1, months.start)) + YEAR
        whole = self._declared(np.arange(first, last))
        parts = self._of_the_year(whole, first) if self.target.basis == "year" else self._to_date(whole)
        here = slice(months.start - first, months.stop - first)
        return Levels(*(self._due_at_once(getattr(parts, field.name))[here] for field in fields(Levels)))

    def _due_at_once(self, parts: Floats) -> Floats:
        """What is wanted of each month's figure, where it is due with those of other months."""
        cadence = self.spread.cadence
        if cadence == 1:
            return parts
        sums = np.add.accumulate(parts.reshape(-1, cadence), axis=1)[:, -1]
        return np.repeat(settle(sums, np.array(self.decimals)), cadence)

    def _declared(self, months: Ints) -> Levels:
        low, high = self._path(months)
        none, one = np.isnan(low), self.target
        # Amber limit, floor and stretch are levels: how far off they are depends on what the month wants. Those beside
        # a target that grows over the year belong to its end.
        grows = one.basis == "ytd" and self.spread.accumulates
        goal = np.where(none, np.nan, self.bounds[0]) if grows else low

        def apart(level: float | None) -> Floats:
            return np.full(len(months), np.nan) if level is None else self._settled(np.abs(goal - level))

        top = high if self.is_range else np.full(len(months), np.nan)
        return Levels(low, top, self._tolerance(low, high, goal), apart(one.floor), apart(one.stretch))

    def _tolerance(self, low: Floats, high: Floats, goal: Floats) -> Floats:
        """As declared, or up to the amber limit, or the site's share of the target; of a range, of its far bound."""
        if self.target.tolerance is not None:
            return np.where(np.isnan(low), np.nan, self.target.tolerance)
        if self.target.amber is not None:
            return self._settled(np.abs(goal - self.target.amber))
        return self._settled(self.scoring.default_tolerance * np.maximum(np.abs(low), np.abs(high)))

    def _path(self, months: Ints) -> tuple[Floats, Floats]:
        """The lower and higher bounds, or the only value twice, as declared for these months."""
        match self.target.path:
            case "step" | "table":
                numbers = self.target.steps or self.target.values
                begun = np.array([month.number for month in numbers], dtype=np.int64)
                at = np.searchsorted(begun, months, side="right") - 1
                known = at >= 0
                if self.target.path == "table":
                    known &= begun[at] == months
                bounds = np.array([_bounds(one) for one in numbers.values()], dtype=np.float64)[at]
                bounds[~known] = np.nan
                return bounds[:, 0], bounds[:, 1]
            case "linear":
                way = self._straight(months)
                return way, way
            case _:
                low, high = self.bounds
                return np.full(len(months), low), np.full(len(months), high)

    def _straight(self, months: Ints) -> Floats:
        """From the baseline to the agreed month, and the same from there on; before the baseline nothing."""
        baseline, by, final = self.target.baseline, self.target.by, self.bounds[0]
        if baseline is None or by is None:
            raise AssertionError("a linear path has a baseline and an end")
        done = months.astype(np.float64) - baseline.period.number
        length = by.number - baseline.period.number
        way = settle(baseline.value + (final - baseline.value) * done / length, np.array(self.decimals))
        way[done >= length] = final
        way[done < 0] = np.nan
        return way

    def _of_the_year(self, whole: Levels, first: int) -> Levels:
        """T_ytd(p) = T_year x the shares up to p, so each month has its share."""
        years = range(first, first + len(whole.low), YEAR)
        return whole.times(np.concatenate([self._shares(year) for year in years]))

    def _shares(self, year: int) -> Floats:
        declared = self.target.profile
        found = np.array(declared, dtype=np.float64) / sum(declared) if declared else self.spread.shares(year)
        return np.full(YEAR, 1 / YEAR) if found is None else found

    def _to_date(self, whole: Levels) -> Levels:
        """The part of each month in what is wanted of the year to date, and as much of the tolerance of the year."""

        def parts(levels: Floats) -> Floats:
            years = levels.reshape(-1, YEAR)
            return np.diff(years, axis=1, prepend=0.0).reshape(-1)

        low, high = parts(whole.low), parts(whole.high)
        size = np.fmax(np.abs(low), np.abs(high))
        if self.target.tolerance is None and self.target.amber is None:
            # The tolerance is a share of each target, and floor and stretch lie as many tolerances away as at the end.
            widths = replace(whole, tolerance=np.full(len(low), self.tolerance))
            widths = widths.times(size / max(abs(bound) for bound in self.bounds))
        else:
            years = np.nansum(np.abs(low).reshape(-1, YEAR), axis=1)
            widths = whole.times(np.abs(low) / np.repeat(np.where(years > 0, years, np.nan), YEAR))
        return Levels(low, high, widths.tolerance, widths.floor, widths.stretch)

    def _settled(self, values: Floats) -> Floats:
        return settle(values, np.array(self.decimals))


def scaled_anchors(target: Target, scoring: Scoring, tolerance: float) -> tuple[float, float]:
    """How far floor and stretch lie from a part of the number of a year: as many tolerances as from the whole.

    `tolerance` is that of the part; NaN where they follow from it.
    """
    final = target.target[0] if isinstance(target.target, tuple) else target.target
    width = target.tolerance
    if width is None:
        width = scoring.default_tolerance * abs(final) if target.amber is None else abs(final - target.amber)
    times = tolerance / width if width else 1.0
    floor, stretch = (np.nan if one is None else abs(final - one) * times for one in (target.floor, target.stretch))
    return floor, stretch


def is_lasting(target: Target) -> bool:
    """Is it the same in every month, from the beginning, without anything of its own?"""
    plain = target.path == "flat" and target.basis == "period" and target.from_ is None and target.until is None
    return plain and target.floor is None and target.stretch is None


def shares_of(values: Floats, first: int, spread_from: int) -> Floats | None:
    """The shares of the twelve months from one on, if all of them are known, none is negative and not all are zero.

    `values` are figures by month from `first` on.
    """
    at = spread_from - first
    if at < 0 or at + YEAR > len(values):
        return None
    year = values[at : at + YEAR]
    total = float(np.add.accumulate(year)[-1])
    if np.isnan(total) or total <= 0 or bool((year < 0).any()):
        return None
    shares: Floats = year / total
    return shares


def _bounds(wanted: float | tuple[float, float]) -> tuple[float, float]:
    return wanted if isinstance(wanted, tuple) else (wanted, wanted)
