"""Measures of all products by month: the ground on which everything else is computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Measure
from kpisite.load.source import Table
from kpisite.load.tables import Tables
from kpisite.measure.aggregate import Aggregate
from kpisite.measure.ask import by_group
from kpisite.measure.axis import Axis, Calendar, Indexes
from kpisite.measure.cells import Amounts, Cells, Whole
from kpisite.measure.series import Floats
from kpisite.periods import Grain

# The first month of what never begins.
NEVER = 1 << 30


@dataclass(frozen=True, slots=True)
class Member:
    """A product within a roll-up, counted from one month on (a position on the axis of months)."""

    product: int
    since: int


# A measure, the first and last months of the periods, and groups of products: what the engine is asked for anew.
Asked = tuple[str, bytes, tuple[tuple[Member, ...], ...]]


@dataclass(frozen=True, slots=True)
class Monthly:
    """One measure by product and month; `amounts` are what is added up: of an averaged balance the sums over days."""

    name: str
    kind: str
    source: str
    aggregate: Aggregate
    cells: Cells
    amounts: Amounts
    first: Indexes  # position of each product's first delivered month; NEVER without one
    step: int  # months between deliveries: 1, 3 or 12
    within: str  # of a balance: which of its days stands for a period
    days: Whole  # [products, months] days of an averaged balance
    counted: Whole  # [products, months] rows of the source that were counted
    engine: str  # the dialect of the engine that was asked
    sent: str  # and its words, by product and month


@dataclass(frozen=True, slots=True)
class Cube:
    """All measures, and the way to ask for those that cannot be added up."""

    calendar: Calendar
    products: int
    launched: Indexes  # position of each product's month of launch; far in the past where none is declared
    ended: Indexes  # position of each product's last month; NEVER where none is declared
    measures: Mapping[str, Monthly]
    vintage: Mapping[str, npt.NDArray[np.int32]]  # source -> newest delivery by product and month
    tables: Tables
    answers: dict[Asked, tuple[Axis, Floats]] = field(default_factory=dict)  # what it said, to explain figures later

    def ask(self, measure: Monthly, grain: Grain, groups: Sequence[Sequence[Member]]) -> Floats:
        """Aggregate the rows of groups of products over whole periods anew: [groups, periods]."""
        axis, wanted = self.calendar.axes[grain], tuple(tuple(group) for group in groups)
        when = axis.first.tobytes() + axis.last.tobytes()
        if (measure.name, when, wanted) not in self.answers:
            # What begins with it will be asked for the same groups: one statement for all of them.
            together = [other for other in self.measures.values() if _belong_together(measure, other)]
            for other, found in zip(together, self._ask(together, axis, wanted), strict=True):
                self.answers[other.name, when, wanted] = axis, found
        return self.answers[measure.name, when, wanted][1]

    def _ask(self, measures: Sequence[Monthly], axis: Axis, groups: Sequence[Sequence[Member]]) -> list[Floats]:
        start = self.calendar.start
        until = (np.minimum(self.ended, NEVER - start) + start).tolist()
        members = [
            (number, m.product, m.since + start, until[m.product]) for number, group in enumerate(groups) for m in group
        ]
        spans = [
            (number, month + start)
            for number, (first, last) in enumerate(zip(axis.first.tolist(), axis.last.tolist(), strict=True))
            for month in range(first, last + 1)
        ]
        table = self.tables.tables[measures[0].source]
        asked = by_group(table.engine, rows_of(table, measures[0]), [m.aggregate for m in measures], members, spans)
        found = []
        for measure in measures:
            result = np.full((len(groups), len(axis.periods)), np.nan)
            result[asked.answer["subject"], asked.answer["period"]] = asked.value(measure.aggregate)
            found.append(result)
        return found


def _belong_together(one: Monthly, other: Monthly) -> bool:
    """Do two measures read the same rows, begin together, and need asking anew?"""
    return (
        (one.source, one.kind == "stock", one.within) == (other.source, other.kind == "stock", other.within)
        and not other.aggregate.additive
        and np.array_equal(one.first, other.first)
    )


def rows_of(table: Table, measure: Measure | Monthly) -> str:
    """The view a measure reads: a balance stands on the last or the first day of a month, or on all its days."""
    if measure.kind != "stock":
        return table.view
    return {"last": table.ends, "first": table.starts}.get(measure.within, table.view)


def is_averaged(measure: Measure | Monthly) -> bool:
    """Is it a balance that is averaged over its days?"""
    return measure.kind == "stock" and measure.within == "average"
