"""Ask the engine once per source for all its measures by product and month, and lay the answer out densely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from kpisite.declare.model import Measure, Site
from kpisite.errors import Problems
from kpisite.load import engine_duckdb as duckdb
from kpisite.load.engine import Answer, Engine, EngineError
from kpisite.load.labels import product_numbers
from kpisite.load.source import Table
from kpisite.load.tables import Tables
from kpisite.measure.aggregate import Aggregate
from kpisite.measure.ask import by_month, plain
from kpisite.measure.axis import Calendar, Indexes
from kpisite.measure.cells import HERE, Cells, amounts
from kpisite.measure.cube import NEVER, Cube, Monthly, is_averaged, rows_of
from kpisite.measure.series import REASON, Codes, Floats

# From so many measures of one shape on, one grouped query is cheaper than filters.
FEW = 4
# One number as key groups twice as fast as three columns: label, product and month are packed into it.
PRODUCTS = 1 << 24
MONTHS = 1 << 17

Aggregates = Mapping[str, Aggregate]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """A measure's values as the engine gave them, month by month, also before the calendar starts."""

    product: Integers
    month: Integers  # a calendar month's number
    value: Floats
    counted: Integers  # rows behind it
    days: Integers  # days behind it, where an average over them is wanted
    sent: str


Columns = Mapping[str, Column]


def read_columns(site: Site, tables: Tables, aggregates: Aggregates, problems: Problems) -> Columns:
    """Aggregate all measures by product and month, in all months that have rows."""
    columns: dict[str, Column] = {}
    for source, table in tables.tables.items():
        found = {name: aggregate for name, aggregate in aggregates.items() if site.measures[name].source == source}
        columns |= _read(site, tables, table, found, problems)
    return columns


def first_month(columns: Columns) -> int | None:
    """The first month that any measure has a value for; none without any."""
    return min((int(column.month.min()) for column in columns.values() if len(column.month)), default=None)


def build_cube(
    site: Site, tables: Tables, aggregates: Aggregates, columns: Columns, steps: Mapping[str, int], calendar: Calendar
) -> Cube:
    """Lay the measures out on a calendar; `steps` says how many months may lie between the deliveries of each."""
    vintage = {source: _vintage(table, len(site.products), calendar) for source, table in tables.tables.items()}
    launched, ended = _launched(site, calendar), _ended(site, calendar)
    measures = {
        name: _monthly(
            site.measures[name],
            name,
            aggregates[name],
            columns[name],
            _Frame(calendar, launched, ended, steps[name], tables),
        )
        for name in aggregates
        if name in columns
    }
    return Cube(calendar, len(site.products), launched, ended, measures, vintage, tables)


def _read(site: Site, tables: Tables, table: Table, found: Aggregates, problems: Problems) -> dict[str, Column]:
    columns = _read_pivots(site, tables, table, found) if table.engine.dialect == "duckdb" else {}
    views: dict[str, list[str]] = {}
    for name in found:
        if name not in columns:
            views.setdefault(rows_of(table, site.measures[name]), []).append(name)
    for rows, names in views.items():
        days = any(is_averaged(site.measures[name]) for name in names)
        try:
            known = table.known if rows == table.view and not days else None
            columns |= _read_wide(table.engine, rows, names, found, days=days, known=known)
        except EngineError:
            _blame(site, table.engine, rows, names, found, problems)
    return columns


def _read_pivots(site: Site, tables: Tables, table: Table, found: Aggregates) -> dict[str, Column]:
    shapes: dict[tuple[str, str, str], dict[str, str]] = {}
    for name, aggregate in found.items():
        if aggregate.pivot is not None and not is_averaged(site.measures[name]):
            field, key, _ = aggregate.pivot
            shapes.setdefault((rows_of(table, site.measures[name]), field, key), {})[name] = aggregate.pivot[2]
    columns: dict[str, Column] = {}
    for (rows, field, key), labels in shapes.items():
        if len(labels) >= FEW:
            columns |= _read_pivot(tables, rows, field, key, labels)
    return columns


def _read_pivot(tables: Tables, rows: str, field: str, key: str, labels: Mapping[str, str]) -> dict[str, Column]:
    """Many sums of one column, told apart by the label in another: grouped by the label."""
    distinct = sorted(set(labels.values()))
    numbers = list(enumerate(distinct))
    duckdb.put_rows(tables.connection, "labels", {"number": "INTEGER", "label": "VARCHAR"}, numbers)
    sent = (
        f"SELECT key, CAST(sum(value) AS DOUBLE) AS value, count(*) AS counted FROM ("
        f"SELECT (l.number * CAST({PRODUCTS} AS BIGINT) + product) * {MONTHS} + month AS key, r.{field} AS value "
        f"FROM {duckdb.name(rows)} r JOIN labels l ON r.{key} = l.label WHERE r.{field} IS NOT NULL) GROUP BY key"
    )
    found = duckdb.fetch(tables.connection, sent)
    value, packed = plain(found["value"]), found["key"]
    label_of = (packed // (PRODUCTS * MONTHS)).astype(np.int32)
    order = np.argsort(label_of, kind="stable")
    bounds = np.searchsorted(label_of[order], np.arange(len(distinct) + 1))
    columns = {}
    for number, label in numbers:
        part = order[bounds[number] : bounds[number + 1]]
        product, month = np.divmod(packed[part] % (PRODUCTS * MONTHS), MONTHS)
        counted = found["counted"][part]
        columns[label] = Column(product, month, value[part], counted, np.ones_like(counted), sent)
    return {name: columns[label] for name, label in labels.items()}


def _read_wide(
    engine: Engine,
    rows: str,
    names: Sequence[str],
    found: Aggregates,
    *,
    days: bool = False,
    known: Answer | None = None,
) -> dict[str, Column]:
    asked = by_month(engine, rows, [found[name] for name in names], days=days, known=known)
    product, month, counted = (asked.answer[name] for name in ("product", "month", "counted"))
    of_days = asked.answer["days"].astype(np.int64) if days else np.ones_like(counted)
    columns = {}
    for name in names:
        value = asked.value(found[name])
        here = np.isfinite(value)
        columns[name] = Column(product[here], month[here], value[here], counted[here], of_days[here], asked.sent)
    return columns


def _blame(site: Site, engine: Engine, rows: str, names: Sequence[str], found: Aggregates, problems: Problems) -> None:
    """Find out which of the measures the engine refused to compute."""
    for name in names:
        try:
            _read_wide(engine, rows, [name], found)
        except EngineError as error:
            hint = "Declare the type of the source's columns, as in 'columns: {channel: text}'."
            path = ("measures", name, "sql") if site.measures[name].sql is not None else ("measures", name)
            problems.error(site.place(*path), f"measure '{name}' cannot be computed: {error}", hint, "measure-engine")


def _vintage(table: Table, products: int, calendar: Calendar) -> npt.NDArray[np.int32]:
    newest = np.zeros((products, calendar.count), dtype=np.int32)
    if table.dated:
        query = (
            exp.select("product", "month", "MAX(as_of) AS newest")
            .from_(table.engine.rows(table.view))
            .where(f"month >= {calendar.start}")
            .group_by("product", "month")
        )
        found = table.engine.fetch(query)
        if not len(found["newest"]):
            return newest
        newest[found["product"], found["month"] - calendar.start] = found["newest"]
    return newest


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a measure is laid out on: the months, the launches and ends, and the months between deliveries."""

    calendar: Calendar
    launched: Indexes
    ended: Indexes
    step: int
    tables: Tables


def _monthly(measure: Measure, name: str, aggregate: Aggregate, column: Column, frame: _Frame) -> Monthly:
    calendar, step = frame.calendar, frame.step
    position = column.month - calendar.start
    # Delivered in between, too: then every month is due.
    if step > 1 and np.any((position + 1) % step):
        step = 1
    shape = (len(frame.launched), calendar.count)
    kept = (position >= frame.launched[column.product]) & (position <= frame.ended[column.product])
    first = np.full(shape[0], NEVER, dtype=np.intp)
    np.minimum.at(first, column.product[kept], position[kept])
    kept &= position >= 0
    at = column.product[kept], position[kept]
    value, days, counted = np.full(shape, np.nan), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    value[at], days[at], counted[at] = column.value[kept], column.days[kept], column.counted[kept]
    sums = amounts(value)
    if is_averaged(measure):
        value = value / np.where(days == 0, 1, days)
    found = Cells(value, _reasons(value, (first, frame.ended), step, calendar))
    engine = frame.tables.tables[measure.source].engine.dialect
    return Monthly(
        name, measure.kind, measure.source, aggregate, found, sums, first, step, measure.within, days, counted,
        engine, column.sent,
    )  # fmt: skip


def _launched(site: Site, calendar: Calendar) -> Indexes:
    """The position of each product's month of launch; far in the past where none is declared."""
    months = np.full(len(site.products), -NEVER, dtype=np.intp)
    for id_, number in product_numbers(site).items():
        launched = site.products[id_].launched
        if launched is not None:
            months[number] = launched.last_month - calendar.start
    return months


def _ended(site: Site, calendar: Calendar) -> Indexes:
    """The position of each product's last month; NEVER where none is declared."""
    months = np.full(len(site.products), NEVER, dtype=np.intp)
    for id_, number in product_numbers(site).items():
        ended = site.products[id_].ended
        if ended is not None:
            months[number] = ended.last_month - calendar.start
    return months


def _reasons(value: Floats, life: tuple[Indexes, Indexes], step: int, calendar: Calendar) -> Codes:
    reason = np.full(value.shape, REASON["no-data"], dtype=np.int8)
    if step > 1:
        reason[:, ~calendar.ends(step)] = REASON["not-due"]
    first, ended = life
    reason[np.arange(calendar.count) > ended[:, None]] = REASON["ended"]
    reason[np.arange(calendar.count) < first[:, None]] = REASON["not-launched"]
    reason[np.isfinite(value)] = HERE
    return reason
