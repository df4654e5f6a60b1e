"""One source on a connection: its labels are read by the rules of files, and its rows stay where they are.

The rows get numbers for product, month and day by joining small maps of the labels, not by functions of the engine:
fiscal years and every spelling of a period mean the same on every engine.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from kpisite.declare.model import Column
from kpisite.errors import did_you_mean
from kpisite.load.columns import used_columns
from kpisite.load.engine import EngineError
from kpisite.load.engine_duckdb import TYPES
from kpisite.load.engine_remote import RemoteEngine
from kpisite.load.facts import LEFT_OUT, FileFact, LeftOut
from kpisite.load.header import fold
from kpisite.load.labels import product_numbers
from kpisite.load.remote_labels import MOST, Reading, join_days, join_periods, join_products, judge_measures
from kpisite.load.scope import TableColumn
from kpisite.load.source import Table

# Rows that are looked at for the types of the columns of labels.
SAMPLE = 100
TABLE = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*){0,2}")


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
    texts = {fold(column): all(isinstance(row[at], str | None) for row in sample) for at, column in enumerate(names)}
    chosen = [
        exp.alias_(_typed(header[column], field.kind, is_text=texts[column]), field.field)
        for column, field in fields.items()
    ]
    joined = exp.select().from_(exp.alias_(engine.rows(f"{name}_source"), "r"))
    judge_measures(reading, header)
    newest, counted = join_periods(reading, header, joined)
    daily = newest is not None and newest.day > 0
    products = join_products(reading, header, joined)
    join_days(reading, header, joined)
    engine.define(f"{name}_joined", joined.select(*chosen))
    labels = tuple(fields[fold(key)].field for key in spec.key_columns if fold(key) in fields)
    # A later delivery of records replaces all of them; of anything else it replaces row by row.
    _define_views(reading, () if spec.repeats == "allow" else labels)
    if spec.repeats == "error":
        _tell_repeats(reading, labels)
    views = [f"{name}_{view}" for view in (("rows", "ends", "starts") if daily else ("rows", "rows", "rows"))]
    table = Table(views[0], views[1], fields, tuple(sorted(header)), spec.as_of is not None, engine, views[2], products)
    where = f"{spec.connection}: {spec.query or spec.table}"
    text = query.encode()
    fact = FileFact(where, hashlib.sha256(text).hexdigest(), "", counted, len(text), "query")
    return table, (replace(fact, newest=newest.name if newest else "", left_out=_in_order(reading.left)),)


def _in_order(left: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    return tuple(sorted(left, key=lambda one: (LEFT_OUT.index(one.reason), one.label)))


def _column(name: str, sample: Sequence[Any]) -> exp.Expr:
    """A column of the source; a moment in time is taken as its day."""
    column = exp.column(exp.to_identifier(name, quoted=True), table="r")
    moments = any(isinstance(value, dt.datetime) for value in sample)
    return exp.cast(column, "DATE") if moments else column


def _typed(column: exp.Expr, kind: Column, *, is_text: bool) -> exp.Expr:
    """The column in its declared type; texts and truths are what they are, and a label may be a number there."""
    as_it_is = kind == "boolean" or (kind == "text" and is_text)
    return column.copy() if as_it_is else exp.cast(column.copy(), TYPES[kind])


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


def _define_views(reading: Reading, labels: tuple[str, ...]) -> None:
    """Of several deliveries the newest rows; of those the last and the first day of each month."""
    engine, name = reading.engine, reading.name
    joined = f"{name}_joined"
    if reading.spec.as_of is None:
        engine.define(f"{name}_rows", exp.select("*").from_(engine.rows(joined)))
    else:
        keys = ("product", "month", "day")
        engine.define(f"{name}_rows", _edge(engine, joined, keys, "MAX", "as_of", labels))
    for view, edge in (("ends", "MAX"), ("starts", "MIN")):
        engine.define(f"{name}_{view}", _edge(engine, f"{name}_rows", ("product", "month"), edge, "day"))


def _edge(
    engine: RemoteEngine, view: str, keys: tuple[str, ...], edge: str, column: str, labels: tuple[str, ...] = ()
) -> exp.Select:
    """The rows of a view that have the greatest or least value of a column among those of their keys and labels."""
    every = (*keys, *labels)
    inner = exp.select(*every, f"{edge}({column}) AS {column}").from_(engine.rows(view)).group_by(*every)
    same = [f"r.{one} = e.{one}" for one in (*keys, column)]
    # Rows without a label belong together, too.
    same += [f"(r.{one} = e.{one} OR (r.{one} IS NULL AND e.{one} IS NULL))" for one in labels]
    on = " AND ".join(same)
    return exp.select("r.*").from_(exp.alias_(engine.rows(view), "r")).join(inner.subquery("e"), on=on)


def _tell_repeats(reading: Reading, labels: tuple[str, ...]) -> None:
    engine = reading.engine
    keys = ("product", "month", "day", "as_of", *labels)
    query = (
        exp.select(*keys, "COUNT(*) AS counted")
        .from_(engine.rows(f"{reading.name}_joined"))
        .group_by(*keys)
        .having("COUNT(*) > 1")
    )
    _, rows = engine.run(engine.text(query))
    products = list(product_numbers(reading.site))
    for product, month, day, _, *parts, count in sorted((tuple(row) for row in rows), key=str)[:MOST]:
        when = dt.date.fromordinal(day).isoformat() if day else f"{month // 12}-{month % 12 + 1:02d}"
        of = "".join(f" and '{label}'" for label in parts if label is not None)
        what = f"there are {count} rows of product '{products[product]}'{of} for {when}"
        reading.error(what, "Declare 'repeats: allow' if rows are records to be added up.", "query-repeat")
    if len(rows) > MOST:
        reading.error(f"{len(rows) - MOST} more products and periods have several rows", "", "query-repeat")
