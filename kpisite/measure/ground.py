"""The ground of formulas: measures of some subjects at every grain, products themselves or what they roll up to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kpisite.measure.axis import Axis, Calendar, Indexes
from kpisite.measure.cells import HERE, Amounts, Cells, Flags, amounts, cells, missing, sum_months
from kpisite.measure.cube import NEVER, Cube, Member, Monthly, is_averaged
from kpisite.measure.levels import Membership, roll_up
from kpisite.measure.series import REASON, Floats
from kpisite.periods import Grain


@dataclass(frozen=True, slots=True)
class Months:
    """Figures by month that are added up to longer periods: with their first month and the months between them."""

    cells: Cells
    amounts: Amounts
    first: Indexes
    step: int = 1


def add_up(months: Months, axis: Axis, calendar: Calendar) -> Cells:
    """Sum the months of each period; one that is due and missing leaves the period incomplete."""
    ok = months.cells.ok
    sums = months.amounts.sum_periods(axis, ok)
    due = calendar.ends(months.step)
    expected = _count(due[None, :], axis)
    delivered = _count(ok & due, axis)
    reason = np.where(delivered == expected, np.int8(HERE), np.int8(REASON["incomplete"]))
    reason[axis.last < months.first[:, None]] = REASON["not-launched"]
    reason[np.broadcast_to(expected == 0, reason.shape)] = REASON["not-due"]
    odd = (reason == HERE) & ~np.isfinite(sums)
    reason[odd] = REASON["incomplete"]
    return Cells(np.where(reason == HERE, sums, np.nan), reason)


def _count(flags: Flags, axis: Axis) -> Indexes:
    sums = np.zeros((flags.shape[0], flags.shape[1] + 1), dtype=np.intp)
    np.cumsum(flags, axis=1, out=sums[:, 1:])
    found: Indexes = sums[:, axis.last + 1] - sums[:, axis.first]
    return found


@dataclass(slots=True)
class Ground:
    """Measures of products, or of the groups of a membership; what was computed once is kept."""

    cube: Cube
    members: Membership | None = None
    _kept: dict[tuple[str, Grain], Cells] = field(default_factory=dict)
    _months: dict[str, Months] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many subjects there are."""
        return self.cube.products if self.members is None else len(self.members.groups)

    def measure(self, name: str, grain: Grain) -> Cells:
        """A measure at a grain: flows are added up, balances are those of the last month."""
        key = (name, grain)
        if key not in self._kept:
            self._kept[key] = self._measure(self.cube.measures[name], grain)
        return self._kept[key]

    def sample(self, name: str, grain: Grain) -> Floats:
        """How many answers were counted in each period; NaN where none were delivered."""
        months = self.months(self.cube.measures[name])
        axis = self.cube.calendar.axes[grain]
        ok = months.cells.ok
        return np.where(_count(ok, axis) > 0, months.amounts.sum_periods(axis, ok), np.nan)

    def months(self, measure: Monthly) -> Months:
        """A measure by month."""
        if measure.name not in self._months:
            self._months[measure.name] = self._by_month(measure)
        return self._months[measure.name]

    def _by_month(self, measure: Monthly) -> Months:
        if is_averaged(measure):
            found = self._averaged(measure, self.cube.calendar.axes[Grain.MONTH])
            first = measure.first if self.members is None else self.members.first
            return Months(found, amounts(found.value), first, measure.step)
        if self.members is None:
            return Months(measure.cells, measure.amounts, measure.first, measure.step)
        last = self.cube.calendar.axes[Grain.MONTH].last
        rolled, numbers = roll_up(measure.cells, measure.amounts, self.members, last)
        if not measure.aggregate.additive:
            value = self.cube.ask(measure, Grain.MONTH, self._groups(measure))
            rolled = cells(np.where(rolled.ok, value, np.nan), rolled.reason)
        return Months(rolled, numbers, self.members.first, measure.step)

    def _measure(self, measure: Monthly, grain: Grain) -> Cells:
        axis, calendar = self.cube.calendar.axes[grain], self.cube.calendar
        if measure.kind == "duration" and (grain is not Grain.MONTH or self.members is not None):
            return missing((self.count, len(axis.periods)), "not-derivable")
        if is_averaged(measure):
            return self._averaged(measure, axis)
        months = self.months(measure)
        if grain is Grain.MONTH:
            return months.cells
        if measure.kind == "stock":
            return months.cells.at(axis.first if measure.within == "first" else axis.last)
        found = add_up(months, axis, calendar)
        if measure.aggregate.additive:
            return found
        value = self.cube.ask(measure, grain, self._groups(measure))
        return cells(np.where(found.ok, value, np.nan), found.reason)

    def _averaged(self, measure: Monthly, axis: Axis) -> Cells:
        """A balance averaged over all days of a period; lines and bank are the sums of their products' averages."""
        months = Months(measure.cells, measure.amounts, measure.first, measure.step)
        total = add_up(months, axis, self.cube.calendar)
        days = sum_months(np.where(measure.cells.ok, measure.days, 0).astype(np.float64), axis)
        products = Cells(total.value / np.where(days == 0, 1, days), total.reason)
        if self.members is None:
            return products
        return roll_up(products, amounts(products.value), self.members, axis.last)[0]

    def _groups(self, measure: Monthly) -> Sequence[Sequence[Member]]:
        if self.members is None:
            first = measure.first.tolist()
            return [[Member(product, since)] if since < NEVER else [] for product, since in enumerate(first)]
        since = self.members.since.tolist()
        return [[Member(product, since[product]) for product in group] for group in self.members.groups]
