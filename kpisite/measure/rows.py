"""The rows behind a measure: exactly those that it takes, each with its values and, of a file, with its line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp, parse_one

from kpisite.declare.model import Site
from kpisite.load.labels import product_numbers
from kpisite.load.located import Located
from kpisite.load.source import Table
from kpisite.load.tables import Tables
from kpisite.measure.aggregate import Aggregate
from kpisite.measure.atoms import Atom, value_in_row
from kpisite.measure.cube import rows_of
from kpisite.measure.taken import FileRows, ListedRow, RowsTaken, Value
from kpisite.periods import Grain, Period

# Ranges of lines that are named for each file.
RANGES = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure at a period, and what it is made of: the products, each with a month."""

    measure: str
    period: str
    cells: Sequence[tuple[str, Period]]


@dataclass(frozen=True, slots=True)
class Lister:
    """Asks for rows of the sources of one site; at most `most` of each measure and period are listed."""

    site: Site
    tables: Tables
    aggregates: Mapping[str, Aggregate]
    most: int = 0

    def rows(self, wanted: Wanted) -> RowsTaken:
        """The rows that a measure takes."""
        measure = self.site.measures[wanted.measure]
        table, atoms = self.tables.tables[measure.source], self.aggregates[wanted.measure].atoms
        columns = tuple(dict.fromkeys(_column(atom, table) for atom in atoms))
        query = self._query(table, rows_of(table, measure), atoms, wanted)
        found = table.located
        files = _files(table, found, query) if found is not None else ()
        count = sum(file.rows for file in files) if found is not None else _count(table, query)
        ordered = query.order_by(*_order(query, located=found is not None))
        listed = _listed(self.site, table, ordered.limit(self.most)) if self.most else ()
        select = "" if found is not None else table.engine.text(ordered)
        return RowsTaken(wanted.measure, wanted.period, count, columns, files, listed, select)

    def _query(self, table: Table, view: str, atoms: Sequence[Atom], wanted: Wanted) -> exp.Select:
        numbers = product_numbers(self.site)
        cells = sorted({(numbers[product], month.last_month) for product, month in wanted.cells})
        chosen = table.engine.put("cells_taken", {"taken_product": "INTEGER", "taken_month": "INTEGER"}, cells)
        found = [exp.column(name) for name in ("file", "record") if table.located is not None]
        labels = [exp.column(name) for name in ("product", "month", "day")]
        values = {_column(atom, table): value_in_row(atom) for atom in atoms}
        named = [exp.alias_(value, f"v{n}") for n, value in enumerate(values.values())]
        inner = exp.select(*found, *labels, *named).from_(table.engine.rows(view))
        inner = inner.join(chosen, on="product = taken_product AND month = taken_month")
        taken = exp.or_(*(exp.column(one.alias).is_(exp.null()).not_() for one in named))
        return exp.select("*").from_(inner.subquery("taken")).where(taken)


def _column(atom: Atom, table: Table) -> str:
    """An aggregate in the words of its author."""
    tree = parse_one(atom.sql, read="duckdb")
    names = {field.field: name for name, field in table.columns.items()}
    for column in tree.find_all(exp.Column):
        column.replace(exp.column(names[column.name], quoted=not names[column.name].isidentifier()))
    return tree.sql(dialect="duckdb", normalize_functions="lower")


def _order(query: exp.Select, *, located: bool) -> list[str]:
    inner = query.find(exp.Subquery)
    assert inner is not None
    names = [name for name in inner.this.named_selects if name not in ("file", "record")]
    return ["file", "record"] if located else names


def _count(table: Table, query: exp.Select) -> int:
    counted = exp.select("COUNT(*)").from_(query.subquery("counted"))
    return int(table.engine.run(table.engine.text(counted))[1][0][0])


def _files(table: Table, located: Located, query: exp.Select) -> tuple[FileRows, ...]:
    rows = table.engine.text(query)
    counted = f"SELECT file, count(*) FROM ({rows}) GROUP BY file ORDER BY file"
    numbered = (
        f"SELECT file, record, record - row_number() OVER (PARTITION BY file ORDER BY record) AS run FROM ({rows})"
    )
    runs = (
        f"SELECT file, min(record) AS first, max(record) AS last FROM ({numbered}) GROUP BY file, run "
        f"QUALIFY row_number() OVER (PARTITION BY file ORDER BY first) <= {RANGES + 1} ORDER BY file, first"
    )
    ranges: dict[int, list[tuple[int, int]]] = {}
    for file, first, last in table.engine.run(runs)[1]:
        ranges.setdefault(file, []).append((first, last))
    return tuple(
        FileRows(located.path(file), count, _places(located, file, ranges[file][:RANGES]), len(ranges[file]) <= RANGES)
        for file, count in table.engine.run(counted)[1]
    )


def _places(located: Located, file: int, ranges: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    lines = located.lines(file, [record for one in ranges for record in one])
    if not lines:
        return ()
    return tuple(
        f"{located.place(file, lines[first])}{'' if first == last else f'-{lines[last]}'}" for first, last in ranges
    )


def _listed(site: Site, table: Table, query: exp.Select) -> tuple[ListedRow, ...]:
    names, rows = table.engine.run(table.engine.text(query))
    products = list(product_numbers(site))
    found = [dict(zip((name.lower() for name in names), row, strict=True)) for row in rows]
    places = _places_of(table.located, found) if table.located is not None else [""] * len(found)
    return tuple(
        ListedRow(
            place,
            products[int(row["product"])],
            _period(int(row["month"]), int(row["day"])),
            tuple(_plain(value) for name, value in row.items() if name.startswith("v")),
        )
        for row, place in zip(found, places, strict=True)
    )


def _places_of(located: Located, found: Sequence[Mapping[str, int]]) -> list[str]:
    files = {row["file"] for row in found}
    lines = {file: located.lines(file, [row["record"] for row in found if row["file"] == file]) for file in files}
    return [str(located.place(row["file"], lines[row["file"]].get(row["record"], 0))) for row in found]


def _period(month: int, day: int) -> str:
    return (Period(Grain.DAY, day) if day else Period(Grain.MONTH, month)).label


def _plain(value: object) -> Value:
    """A decimal without the zeros behind it, as a float where that is exact."""
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else f"{value.normalize():f}"
    if value is None or isinstance(value, float | str):
        return value
    return float(value) if isinstance(value, int) else str(value)
