"""One source on a connection: its labels are read by the rules of files, and its rows stay where they are.

The rows get numbers for product, month and day by joining small maps of the labels, not by functions of the engine:
fiscal years and every spelling of a period mean the same on every engine.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlglot import exp

from kpisite.declare.model import Column, Site, Source
from kpisite.errors import Place, Problems, did_you_mean
from kpisite.load.columns import used_columns
from kpisite.load.engine import EngineError
from kpisite.load.engine_duckdb import TYPES
from kpisite.load.engine_remote import RemoteEngine
from kpisite.load.facts import FileFact
from kpisite.load.header import fold
from kpisite.load.labels import (
    BadLabel,
    PeriodLabel,
    product_labels,
    product_numbers,
    read_days,
    read_periods,
    read_products,
)
from kpisite.load.scope import TableColumn
from kpisite.load.source import Table

# Rows that are looked at for the types of the columns of labels.
SAMPLE = 100
# Labels or keys that are named before the rest is only counted.
MOST = 20
TABLE = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*){0,2}")


@dataclass(frozen=True, slots=True)
class Seen:
    """The distinct labels of one column by their texts: as the engine gave them, and the rows of each."""

    values: Mapping[str, object]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """One source while it is read."""

    site: Site
    root: Path
    as_of: dt.date
    problems: Problems
    source: str
    name: str  # what its parts are called on the engine
    engine: RemoteEngine

    @property
    def spec(self) -> Source:
        """The declaration."""
        return self.site.sources[self.source]

    @property
    def place(self) -> Place:
        """Where the query or the table is named."""
        return self.site.place("sources", self.source, "query" if self.spec.query else "table")

    def error(self, what: str, hint: str = "", code: str = "query") -> None:
        """Tell a mistake of this source."""
        self.problems.error(self.place, f"source '{self.source}': {what}", hint, code)


def read_remote(reading: Reading) -> tuple[Table, tuple[FileFact, ...]] | None:
    """Understand one source on a connection, or tell why it cannot be understood."""
    before = len(reading.problems.errors)
    query = _query(reading)
    if query is None:
        return None
    reading.engine.define(f"{reading.name}_source", query)
    try:
        found = _read(reading, query)
    except EngineError as error:
        hint = did_you_mean(reading.spec.table, reading.engine.tables(reading.spec.table)) if reading.spec.table else ""
        reading.error(str(error), hint)
        return None
    return found if len(reading.problems.errors) == before else None


def _query(reading: Reading) -> str | None:
    """The author's own words: a table whole, or the one SELECT of a file."""
    spec = reading.spec
    if spec.table:
        if TABLE.fullmatch(spec.table):
            return f"SELECT * FROM {spec.table}"
        reading.error(f"'{spec.table}' is no name of a table", "Write it like loans or core.loans.", "query-table")
        return None
    file = reading.root / spec.query
    if not file.resolve().is_relative_to(reading.root.resolve()):
        reading.error(f"'{spec.query}' leads out of the site's folder", "Copy the file into the site.", "query-file")
        return None
    try:
        text = file.read_text(encoding="utf-8-sig").strip().rstrip(";").strip()
    except OSError:
        names = [path.relative_to(reading.root).as_posix() for path in reading.root.rglob("*.sql")]
        reading.error(f"there is no file '{spec.query}'", did_you_mean(spec.query, names), "query-file")
        return None
    except UnicodeDecodeError:
        reading.error(f"'{spec.query}' is not UTF-8", "Save it as UTF-8.", "query-file")
        return None
    if not text:
        reading.error(f"'{spec.query}' is empty", "Write a SELECT.", "query-file")
    return text or None


def _read(reading: Reading, query: str) -> tuple[Table, tuple[FileFact, ...]] | None:
    spec, engine, name = reading.spec, reading.engine, reading.name
    first = exp.select("*").from_(engine.rows(f"{name}_source")).limit(SAMPLE)
    names, sample = engine.run(engine.text(first))
    header = {fold(column): _column(column, [row[at] for row in sample]) for at, column in enumerate(names)}
    if not _has_what_it_needs(reading, header):
        return None
    columns = {column: kind for column, kind in used_columns(reading.site, reading.source).items() if column in header}
    fields = {column: TableColumn(f"c{number}", kind) for number, (column, kind) in enumerate(columns.items())}
    chosen = [exp.alias_(_typed(header[column], field.kind), field.field) for column, field in fields.items()]
    joined = exp.select().from_(exp.alias_(engine.rows(f"{name}_source"), "r"))
    newest, counted = _join_periods(reading, header, joined)
    daily = newest is not None and newest.day > 0
    products = _join_products(reading, header, joined)
    _join_days(reading, header, joined)
    engine.define(f"{name}_joined", joined.select(*chosen))
    _define_views(reading)
    if spec.repeats == "error":
        _tell_repeats(reading)
    views = [f"{name}_{view}" for view in (("rows", "ends", "starts") if daily else ("rows", "rows", "rows"))]
    table = Table(views[0], views[1], fields, tuple(sorted(header)), spec.as_of is not None, engine, views[2], products)
    where = f"{spec.connection}: {spec.query or spec.table}"
    digest = hashlib.sha256(query.encode()).hexdigest()
    return table, (
        FileFact(where, digest, "", counted, len(query.encode()), "query", newest=newest.name if newest else ""),
    )


def _column(name: str, sample: Sequence[Any]) -> exp.Expr:
    """A column of the source; a moment in time is taken as its day."""
    column = exp.column(exp.to_identifier(name, quoted=True), table="r")
    moments = any(isinstance(value, dt.datetime) for value in sample)
    return exp.cast(column, "DATE") if moments else column


def _typed(column: exp.Expr, kind: Column) -> exp.Expr:
    """The column in its declared type; texts and truths are what they are."""
    return column.copy() if kind in ("text", "boolean") else exp.cast(column.copy(), TYPES[kind])


def _has_what_it_needs(reading: Reading, header: Mapping[str, exp.Expr]) -> bool:
    spec = reading.spec
    needed = [name for name in (spec.product, spec.period_column, spec.as_of, *spec.columns) if name is not None]
    missing = [name for name in dict.fromkeys(needed) if fold(name) not in header]
    for name in missing:
        reading.error(f"the answer has no column '{name}'", did_you_mean(fold(name), header), "query-column")
    if spec.product is None and len(reading.site.products) != 1:
        reading.error("it does not tell which product a row is about", "Name its column with 'product:'.")
        return False
    return not missing


def _seen(reading: Reading, column: exp.Expr) -> Seen:
    """Ask for the distinct labels of a column and the rows of each."""
    engine = reading.engine
    query = (
        exp.select(exp.alias_(column.copy(), "label"), exp.alias_(exp.Count(this=exp.Star()), "counted"))
        .from_(exp.alias_(engine.rows(f"{reading.name}_source"), "r"))
        .group_by(column.copy())
    )
    _, rows = engine.run(engine.text(query))
    found = {_text(label): (label, int(count)) for label, count in rows}
    return Seen({text: one[0] for text, one in found.items()}, {text: one[1] for text, one in found.items()})


def _text(label: object) -> str:
    """A label as a file would hold it."""
    if isinstance(label, Decimal | float) and label == int(label):
        return str(int(label))
    return "" if label is None else label.isoformat() if isinstance(label, dt.date) else str(label)


@dataclass(frozen=True, slots=True)
class Map:
    """A small table to be joined: its alias, the names of its columns, and its rows, each beginning with a label."""

    alias: str
    names: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]


def _join(reading: Reading, joined: exp.Select, column: exp.Expr, small: Map) -> None:
    """Join the numbers of labels."""
    alias = small.alias
    made = reading.engine.put(f"{reading.name}_{alias}", dict.fromkeys(small.names, ""), small.rows)
    on = exp.EQ(this=column.copy(), expression=exp.column("label", table=alias))
    joined.join(exp.alias_(made, alias), on=on, copy=False)


def _join_products(reading: Reading, header: Mapping[str, exp.Expr], joined: exp.Select) -> frozenset[int]:
    """Join the numbers of products; those that have rows."""
    spec = reading.spec
    if spec.product is None:
        joined.select("0 AS product", copy=False)
        return frozenset({0})
    column = header[fold(spec.product)]
    seen = _seen(reading, column)
    good, bad = read_products(seen.values, product_labels(reading.site))
    if spec.unknown != "ignore":
        _tell_labels(reading, bad, seen, warn=spec.unknown == "warn", code="query-product")
    rows = [(seen.values[label], number) for label, number in good.items()]
    _join(reading, joined, column, Map("p", ("label", "product"), rows))
    joined.select("p.product", copy=False)
    return frozenset(good.values())


def _join_periods(
    reading: Reading, header: Mapping[str, exp.Expr], joined: exp.Select
) -> tuple[PeriodLabel | None, int]:
    """Join the months and days of periods; the newest one, and how many rows there are."""
    column = header[fold(reading.spec.period_column or "")]
    seen = _seen(reading, column)
    settings = reading.site.report
    good, bad = read_periods(seen.values, reading.spec, settings.fiscal_year_starts)
    _tell_labels(reading, bad, seen, warn=False, code="query-period")
    last = (settings.through or settings.period).last_month
    rows = [(seen.values[label], read.month, read.day) for label, read in good.items() if read.month <= last]
    _join(reading, joined, column, Map("t", ("label", "month", "day"), rows))
    joined.select("t.month", "t.day", copy=False)
    newest = max(good.values(), key=lambda read: (read.month, read.day), default=None)
    return newest, sum(seen.rows.values())


def _join_days(reading: Reading, header: Mapping[str, exp.Expr], joined: exp.Select) -> None:
    """Join the days of delivery up to that of the report; 0 where none is known."""
    if reading.spec.as_of is None:
        joined.select("0 AS as_of", copy=False)
        return
    column = header[fold(reading.spec.as_of)]
    seen = _seen(reading, column)
    good, bad = read_days(seen.values)
    _tell_labels(reading, bad, seen, warn=False, code="query-period")
    rows = [(seen.values[label], day) for label, day in good.items() if day <= reading.as_of.toordinal()]
    _join(reading, joined, column, Map("a", ("label", "as_of"), rows))
    joined.select("a.as_of", copy=False)


def _define_views(reading: Reading) -> None:
    """Of several deliveries the newest rows; of those the last and the first day of each month."""
    engine, name = reading.engine, reading.name
    joined = f"{name}_joined"
    if reading.spec.as_of is None:
        engine.define(f"{name}_rows", exp.select("*").from_(engine.rows(joined)))
    else:
        keys = ("product", "month", "day")
        engine.define(f"{name}_rows", _edge(engine, joined, keys, "MAX", "as_of"))
    for view, edge in (("ends", "MAX"), ("starts", "MIN")):
        engine.define(f"{name}_{view}", _edge(engine, f"{name}_rows", ("product", "month"), edge, "day"))


def _edge(engine: RemoteEngine, view: str, keys: tuple[str, ...], edge: str, column: str) -> exp.Select:
    """The rows of a view that have the greatest or least value of a column among those of their keys."""
    inner = exp.select(*keys, f"{edge}({column}) AS {column}").from_(engine.rows(view)).group_by(*keys)
    on = " AND ".join(f"r.{one} = e.{one}" for one in (*keys, column))
    return exp.select("r.*").from_(exp.alias_(engine.rows(view), "r")).join(inner.subquery("e"), on=on)


def _tell_labels(reading: Reading, bad: Mapping[str, BadLabel], seen: Seen, *, warn: bool, code: str) -> None:
    """Labels that mean nothing here, each with the count of its rows."""
    for label, one in list(bad.items())[:MOST]:
        rows = seen.rows[label]
        what = f"source '{reading.source}': {one.what} ({rows} row{'s' * (rows != 1)})"
        (reading.problems.warn if warn else reading.problems.error)(reading.place, what, one.hint, code)
    if len(bad) > MOST:
        reading.error(f"{len(bad) - MOST} more labels mean nothing", "", code)


def _tell_repeats(reading: Reading) -> None:
    engine = reading.engine
    keys = ("product", "month", "day", "as_of")
    query = (
        exp.select(*keys, "COUNT(*) AS counted")
        .from_(engine.rows(f"{reading.name}_joined"))
        .group_by(*keys)
        .having("COUNT(*) > 1")
    )
    _, rows = engine.run(engine.text(query))
    products = list(product_numbers(reading.site))
    for product, month, day, _, count in sorted(tuple(row) for row in rows)[:MOST]:
        when = dt.date.fromordinal(day).isoformat() if day else f"{month // 12}-{month % 12 + 1:02d}"
        what = f"there are {count} rows of product '{products[product]}' for {when}"
        reading.error(what, "Declare 'repeats: allow' if rows are records to be added up.", "query-repeat")
    if len(rows) > MOST:
        reading.error(f"{len(rows) - MOST} more products and periods have several rows", "", "query-repeat")
