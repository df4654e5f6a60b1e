"""Measures of all products by month: the ground on which everything else is computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.load import engine_duckdb as engine
from kpisite.load.source import Table
from kpisite.load.tables import Tables
from kpisite.measure.aggregate import Aggregate
from kpisite.measure.axis import Calendar, Indexes
from kpisite.measure.cells import Amounts, Cells
from kpisite.measure.series import Floats
from kpisite.periods import Grain

# The first month of what never begins.
NEVER = 1 << 30


@dataclass(frozen=True, slots=True)
class Member:
    """A product within a roll-up, counted from one month on (a position on the axis of months)."""

    product: int
    since: int


@dataclass(frozen=True, slots=True)
class Monthly:
    """One measure by product and month."""

    name: str
    kind: str
    source: str
    aggregate: Aggregate
    cells: Cells
    amounts: Amounts
    first: Indexes  # position of each product's first delivered month; NEVER without one
    step: int  # months between deliveries: 1, 3 or 12


@dataclass(frozen=True, slots=True)
class Cube:
    """All measures, and the way to ask for those that cannot be added up."""

    calendar: Calendar
    products: int
    launched: Indexes  # position of each product's month of launch; far in the past where none is declared
    measures: Mapping[str, Monthly]
    vintage: Mapping[str, npt.NDArray[np.int32]]  # source -> newest delivery by product and month
    tables: Tables

    def ask(self, measure: Monthly, grain: Grain, groups: Sequence[Sequence[Member]]) -> Floats:
        """Aggregate the rows of groups of products over whole periods anew: [groups, periods]."""
        axis = self.calendar.axes[grain]
        start = self.calendar.start
        connection = self.tables.connection
        spans = [
            (number, month + start)
            for number, (first, last) in enumerate(zip(axis.first.tolist(), axis.last.tolist(), strict=True))
            for month in range(first, last + 1)
        ]
        members = [(number, m.product, m.since + start) for number, group in enumerate(groups) for m in group]
        engine.put_rows(connection, "spans", {"period": "INTEGER", "month": "INTEGER"}, spans)
        three = {"subject": "INTEGER", "product": "INTEGER", "since": "INTEGER"}
        engine.put_rows(connection, "members", three, members)
        rows = engine.name(rows_of(self.tables.tables[measure.source], measure.kind))
        found = engine.fetch(
            connection,
            f"SELECT m.subject, s.period, CAST({measure.aggregate.sql} AS DOUBLE) AS value "
            f"FROM {rows} r JOIN members m USING (product) JOIN spans s USING (month) "
            "WHERE month >= m.since GROUP BY m.subject, s.period",
        )
        result = np.full((len(groups), len(axis.periods)), np.nan)
        result[found["subject"], found["period"]] = plain(found["value"])
        return result


def rows_of(table: Table, kind: str) -> str:
    """The view a measure reads: balances stand on the last day of a month."""
    return table.ends if kind == "stock" else table.view


def plain(column: npt.NDArray[Any]) -> Floats:
    """A column of the engine as floats, NaN where it has none."""
    return np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)
