"""The axes of time: months numbered from the first one that any figure looks back to, and the periods made of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import ReportSettings
from kpisite.measure.expression import Call, Expression, walk
from kpisite.periods import GRAIN_ORDER, MONTHLY, TRAILING, Grain, Period, of_month, span

Indexes = npt.NDArray[np.intp]
YEAR = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """The periods of one grain; `first` and `last` are the positions of their months on the axis of months."""

    grain: Grain
    periods: tuple[Period, ...]
    first: Indexes
    last: Indexes
    partial: bool = False  # only the first months of each period are meant

    @property
    def months(self) -> Indexes:
        """How many months each period holds."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Calendar:
    """All axes of one report, whole fiscal years; months are counted from `start`, the first month of the first one."""

    start: int
    count: int  # months
    shown_from: int  # the first month that is shown
    fiscal_start: int
    axes: Mapping[Grain, Axis]
    last: int  # the position of the last month that can have arrived

    def shown(self, grain: Grain) -> slice:
        """The part of an axis that is shown: periods that begin in the window, ytd one for each of its months."""
        axis = self.axes[grain]
        begins = axis.last if grain is Grain.YTD else axis.first
        hidden = int(np.count_nonzero(begins < self.shown_from - self.start))
        ends = axis.last if grain in MONTHLY else axis.first
        return slice(hidden, max(hidden, int(np.count_nonzero(ends <= self.last))))

    def ends(self, step: int) -> npt.NDArray[np.bool_]:
        """Which months end a period of so many months of the fiscal calendar."""
        found: npt.NDArray[np.bool_] = (np.arange(self.count) + 1) % step == 0
        return found


# What lies more than so many months before the shown window is no part of any limits.
MOST_BEFORE = 240


def calendar(report: ReportSettings, formulas: Iterable[Expression], earliest: int | None = None) -> Calendar:
    """Lay the axes out: the shown window, before it what the formulas look back to, and after it the running year.

    They begin with the first month that has data where that is earlier: limits and alerts of a figure are made from
    its whole history, so that they stay as they are when the window moves on.
    """
    last = (report.through or report.period).last_month
    shown_from = report.period.last_month - report.history + 1
    reach = max((_reach(formula) for formula in formulas), default=0)
    if Grain.T12 in report.grains:
        # What looks back from a trailing year looks back to another one.
        reach += TRAILING if reach else 0
    begins = min(shown_from - reach, max(earliest, shown_from - MOST_BEFORE) if earliest is not None else shown_from)
    start = Period(Grain.YTD, begins, report.fiscal_year_starts).first_month
    end = of_month(last, Grain.YEAR, report.fiscal_year_starts).last_month
    axes = {}
    for grain in GRAIN_ORDER:
        periods = span(grain, start, end, report.fiscal_year_starts)
        first = np.array([period.first_month - start for period in periods], dtype=np.intp)
        ends = np.array([period.last_month - start for period in periods], dtype=np.intp)
        axes[grain] = Axis(grain, periods, first, ends)
    return Calendar(start, end - start + 1, shown_from, report.fiscal_year_starts, axes, last - start)


def _reach(formula: Expression) -> int:
    """The most months that a formula can look back at any grain; a little more does no harm."""
    return sum(_looks_back(part) for part in walk(formula) if isinstance(part, Call))


def _looks_back(call: Call) -> int:
    match call.name:
        case "lag" | "rolling_sum" | "rolling_avg":
            # At the grain of years it counts years; what lies before the data is missing anyway.
            return call.count * YEAR if call.count <= YEAR else call.count + YEAR
        case "year_ago" | "yoy" | "qoq" | "mom" | "delta" | "ytd" | "trailing_year" | "average" | "opening" | "avg2":
            return YEAR
        case _:
            return 0
