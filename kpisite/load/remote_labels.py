"""The labels of a source on a connection: read by the rules of files, and joined to its rows as maps of numbers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from sqlglot import exp

from kpisite.declare.model import Site, Source
from kpisite.errors import Place, Problems
from kpisite.load.columns import measure_labels
from kpisite.load.engine_remote import RemoteEngine
from kpisite.load.facts import LeftOut
from kpisite.load.header import fold
from kpisite.load.labels import BadLabel, PeriodLabel, product_labels, read_days, read_periods, read_products
from kpisite.load.unasked import unknown

# Labels or keys that are named before the rest is only counted.
MOST = 20


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
    left: list[LeftOut] = field(default_factory=list)  # rows that do not count

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


def seen_of(reading: Reading, column: exp.Expr) -> Seen:
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


def join_products(reading: Reading, header: Mapping[str, exp.Expr], joined: exp.Select) -> frozenset[int]:
    """Join the numbers of products; those that have rows."""
    spec = reading.spec
    if spec.product is None:
        joined.select("0 AS product", copy=False)
        return frozenset({0})
    column = header[fold(spec.product)]
    seen = seen_of(reading, column)
    good, bad = read_products(seen.values, product_labels(reading.site))
    _tell_unknown(reading, bad, seen, "unknown-product")
    rows = [(seen.values[label], number) for label, number in good.items()]
    _join(reading, joined, column, Map("p", ("label", "product"), rows))
    joined.select("p.product", copy=False)
    return frozenset(good.values())


def join_periods(
    reading: Reading, header: Mapping[str, exp.Expr], joined: exp.Select
) -> tuple[PeriodLabel | None, int]:
    """Join the months and days of periods; the newest one, and how many rows there are."""
    column = header[fold(reading.spec.period_column or "")]
    seen = seen_of(reading, column)
    settings = reading.site.report
    good, bad = read_periods(seen.values, reading.spec, settings.fiscal_year_starts)
    tell_labels(reading, bad, seen, warn=False, code="query-period")
    last = (settings.through or settings.period).last_month
    rows = [(seen.values[label], read.month, read.day) for label, read in good.items() if read.month <= last]
    later = sum(seen.rows[label] for label, read in good.items() if read.month > last)
    reading.left.extend([LeftOut("later-period", later)] if later else [])
    _join(reading, joined, column, Map("t", ("label", "month", "day"), rows))
    joined.select("t.month", "t.day", copy=False)
    newest = max(good.values(), key=lambda read: (read.month, read.day), default=None)
    return newest, sum(seen.rows.values())


def join_days(reading: Reading, header: Mapping[str, exp.Expr], joined: exp.Select) -> None:
    """Join the days of delivery up to that of the report; 0 where none is known."""
    if reading.spec.as_of is None:
        joined.select("0 AS as_of", copy=False)
        return
    column = header[fold(reading.spec.as_of)]
    seen = seen_of(reading, column)
    good, bad = read_days(seen.values)
    tell_labels(reading, bad, seen, warn=False, code="query-period")
    rows = [(seen.values[label], day) for label, day in good.items() if day <= reading.as_of.toordinal()]
    _join(reading, joined, column, Map("a", ("label", "as_of"), rows))
    joined.select("a.as_of", copy=False)


def judge_measures(reading: Reading, header: Mapping[str, exp.Expr]) -> None:
    """The labels of a long table that no measure asks for."""
    known, name = measure_labels(reading.site, reading.source), fold(reading.spec.measure or "")
    if known is not None and name in header:
        seen = seen_of(reading, header[name])
        _tell_unknown(reading, unknown(seen.values, known), seen, "unknown-measure")


def _tell_unknown(reading: Reading, bad: Mapping[str, BadLabel], seen: Seen, reason: str) -> None:
    """Labels that are not declared: an error, a warning, or nothing but their count."""
    how = reading.spec.unknown
    if how != "ignore":
        tell_labels(reading, bad, seen, warn=how == "warn", code=reason.replace("unknown", "query"))
    if how != "error":
        most = sorted(bad, key=lambda label: (-seen.rows[label], label))
        reading.left.extend(LeftOut(reason, seen.rows[label], (), label) for label in most[:MOST])
        rest = sum(seen.rows[label] for label in most[MOST:])
        reading.left.extend([LeftOut(reason, rest)] if rest else [])


def tell_labels(reading: Reading, bad: Mapping[str, BadLabel], seen: Seen, *, warn: bool, code: str) -> None:
    """Labels that mean nothing here, each with the count of its rows."""
    for label, one in list(bad.items())[:MOST]:
        rows = seen.rows[label]
        what = f"source '{reading.source}': {one.what} ({rows} row{'s' * (rows != 1)})"
        (reading.problems.warn if warn else reading.problems.error)(reading.place, what, one.hint, code)
    if len(bad) > MOST:
        what = f"source '{reading.source}': {len(bad) - MOST} more labels mean nothing"
        (reading.problems.warn if warn else reading.problems.error)(reading.place, what, "", code)
