"""Ask the engine once per source for all its measures by product and month, and lay the answer out densely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Measure, Site
from kpisite.errors import Problems
from kpisite.load import engine_duckdb as engine
from kpisite.load.labels import product_numbers
from kpisite.load.source import Table
from kpisite.load.tables import Tables
from kpisite.measure.aggregate import Aggregate
from kpisite.measure.axis import Calendar, Indexes
from kpisite.measure.cells import HERE, Cells, amounts
from kpisite.measure.cube import NEVER, Cube, Monthly, plain, rows_of
from kpisite.measure.series import REASON, Codes, Floats

# From so many measures of one shape on, one grouped query is cheaper than filters.
FEW = 4
# One number as key groups twice as fast as three columns: label, product and month are packed into it.
PRODUCTS = 1 << 24
MONTHS = 1 << 17

Aggregates = Mapping[str, Aggregate]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Column:
    """A measure's values as the engine gave them, month by month, also before the calendar starts."""

    product: Integers
    month: Integers  # a calendar month's number
    value: Floats


def build_cube(
    site: Site, tables: Tables, aggregates: Aggregates, steps: Mapping[str, int], calendar: Calendar, problems: Problems
) -> Cube:
    """Aggregate all measures; `steps` says how many months may lie between the deliveries of each."""
    columns: dict[str, _Column] = {}
    vintage: dict[str, npt.NDArray[np.int32]] = {}
    for source, table in tables.tables.items():
        found = {name: aggregate for name, aggregate in aggregates.items() if site.measures[name].source == source}
        columns |= _read(site, tables, table, found, problems)
        vintage[source] = _vintage(tables, table, len(site.products), calendar)
    launched = _launched(site, calendar)
    measures = {
        name: _monthly(
            site.measures[name], name, aggregates[name], columns[name], _Frame(calendar, launched, steps[name])
        )
        for name in aggregates
        if name in columns
    }
    return Cube(calendar, len(site.products), launched, measures, vintage, tables)


def _read(site: Site, tables: Tables, table: Table, found: Aggregates, problems: Problems) -> dict[str, _Column]:
    shapes: dict[tuple[str, str, str], dict[str, str]] = {}
    for name, aggregate in found.items():
        if aggregate.pivot is not None:
            field, key, _ = aggregate.pivot
            shapes.setdefault((rows_of(table, site.measures[name].kind), field, key), {})[name] = aggregate.pivot[2]
    shapes = {shape: labels for shape, labels in shapes.items() if len(labels) >= FEW}
    columns: dict[str, _Column] = {}
    for (rows, field, key), labels in shapes.items():
        columns |= _read_pivot(tables, rows, field, key, labels)
    views: dict[str, list[str]] = {}
    for name in found:
        if name not in columns:
            views.setdefault(rows_of(table, site.measures[name].kind), []).append(name)
    for rows, names in views.items():
        try:
            columns |= _read_wide(tables, rows, names, found)
        except engine.EngineError:
            _blame(site, tables, rows, names, found, problems)
    return columns


def _read_pivot(tables: Tables, rows: str, field: str, key: str, labels: Mapping[str, str]) -> dict[str, _Column]:
    """Many sums of one column, told apart by the label in another: grouped by the label."""
    distinct = sorted(set(labels.values()))
    numbers = list(enumerate(distinct))
    engine.put_rows(tables.connection, "labels", {"number": "INTEGER", "label": "VARCHAR"}, numbers)
    found = engine.fetch(
        tables.connection,
        f"SELECT key, CAST(sum(value) AS DOUBLE) AS value FROM ("
        f"SELECT (l.number * CAST({PRODUCTS} AS BIGINT) + product) * {MONTHS} + month AS key, r.{field} AS value "
        f"FROM {engine.name(rows)} r JOIN labels l ON r.{key} = l.label WHERE r.{field} IS NOT NULL) GROUP BY key",
    )
    value, packed = plain(found["value"]), found["key"]
    label_of = (packed // (PRODUCTS * MONTHS)).astype(np.int32)
    order = np.argsort(label_of, kind="stable")
    bounds = np.searchsorted(label_of[order], np.arange(len(distinct) + 1))
    columns = {}
    for number, label in numbers:
        part = order[bounds[number] : bounds[number + 1]]
        product, month = np.divmod(packed[part] % (PRODUCTS * MONTHS), MONTHS)
        columns[label] = _Column(product, month, value[part])
    return {name: columns[label] for name, label in labels.items()}


def _read_wide(tables: Tables, rows: str, names: Sequence[str], found: Aggregates) -> dict[str, _Column]:
    fields = ", ".join(f"CAST({found[name].sql} AS DOUBLE) AS m{number}" for number, name in enumerate(names))
    answer = engine.fetch(
        tables.connection,
        f"SELECT product, month, {fields} FROM {engine.name(rows)} GROUP BY product, month",
    )
    columns = {}
    for number, name in enumerate(names):
        value = plain(answer[f"m{number}"])
        here = np.isfinite(value)
        columns[name] = _Column(answer["product"][here], answer["month"][here], value[here])
    return columns


def _blame(site: Site, tables: Tables, rows: str, names: Sequence[str], found: Aggregates, problems: Problems) -> None:
    """Find out which of the measures the engine refused to compute."""
    for name in names:
        try:
            _read_wide(tables, rows, [name], found)
        except engine.EngineError as error:
            what = str(error).partition("\n")[0].removesuffix(".")
            hint = "Declare the type of the source's columns, as in 'columns: {channel: text}'."
            path = ("measures", name, "sql") if site.measures[name].sql is not None else ("measures", name)
            problems.error(site.place(*path), f"measure '{name}' cannot be computed: {what}", hint, "measure-engine")


def _vintage(tables: Tables, table: Table, products: int, calendar: Calendar) -> npt.NDArray[np.int32]:
    newest = np.zeros((products, calendar.count), dtype=np.int32)
    if table.dated:
        found = engine.fetch(
            tables.connection,
            f"SELECT product, month, max(as_of) AS as_of FROM {engine.name(table.view)} "
            f"WHERE month >= {calendar.start} GROUP BY product, month",
        )
        newest[found["product"], found["month"] - calendar.start] = found["as_of"]
    return newest


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a measure is laid out on: the months, the launches, and the months that may lie between deliveries."""

    calendar: Calendar
    launched: Indexes
    step: int


def _monthly(measure: Measure, name: str, aggregate: Aggregate, column: _Column, frame: _Frame) -> Monthly:
    calendar, step = frame.calendar, frame.step
    position = column.month - calendar.start
    # Delivered in between, too: then every month is due.
    if step > 1 and np.any((position + 1) % step):
        step = 1
    shape = (len(frame.launched), calendar.count)
    kept = position >= frame.launched[column.product]
    first = np.full(shape[0], NEVER, dtype=np.intp)
    np.minimum.at(first, column.product[kept], position[kept])
    kept &= position >= 0
    value = np.full(shape, np.nan)
    value[column.product[kept], position[kept]] = column.value[kept]
    found = Cells(value, _reasons(value, first, step, calendar))
    return Monthly(name, measure.kind, measure.source, aggregate, found, amounts(value), first, step)


def _launched(site: Site, calendar: Calendar) -> Indexes:
    """The position of each product's month of launch; far in the past where none is declared."""
    months = np.full(len(site.products), -NEVER, dtype=np.intp)
    for id_, number in product_numbers(site).items():
        launched = site.products[id_].launched
        if launched is not None:
            months[number] = launched.last_month - calendar.start
    return months


def _reasons(value: Floats, first: Indexes, step: int, calendar: Calendar) -> Codes:
    reason = np.full(value.shape, REASON["no-data"], dtype=np.int8)
    if step > 1:
        reason[:, ~calendar.ends(step)] = REASON["not-due"]
    reason[np.arange(calendar.count) < first[:, None]] = REASON["not-launched"]
    reason[np.isfinite(value)] = HERE
    return reason
