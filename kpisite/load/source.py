"""One source from its files to a view of typed rows: products and months numbered, the newest delivery of each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kpisite.declare.model import Column, Site
from kpisite.errors import Place, Problems
from kpisite.load import engine_duckdb as engine
from kpisite.load.columns import used_columns
from kpisite.load.engine import Engine
from kpisite.load.facts import FileFact
from kpisite.load.faults import Faults, Key, tell
from kpisite.load.files import find_files
from kpisite.load.header import fold, read_header
from kpisite.load.labels import PeriodLabel, product_labels, read_days, read_periods, read_products
from kpisite.load.staging import Part, Staged, repair, stage
from kpisite.load.textfile import TextFile, open_text

# How alike two columns' names are that mean the same; revenue and revenue_new are not.
SAME_WORD = 0.85


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table: its name in the engine, and its declared type."""

    field: str
    kind: Column


@dataclass(frozen=True, slots=True)
class Table:
    """One source as a view of the engine: product, month, day, as_of (numbers) and the columns that measures use.

    Only rows of declared products up to the last month and the day of the report are in it, each product and period
    in its newest delivery.
    """

    view: str
    ends: str  # the view of the rows of each month's last day: where balances stand
    columns: Mapping[str, TableColumn]
    header: tuple[str, ...]  # every column of the files
    dated: bool  # the day of delivery is known
    engine: Engine  # where the views are
    starts: str  # the view of the rows of each month's first day


@dataclass(frozen=True, slots=True)
class Scope:
    """What all sources of one site share while they are read."""

    site: Site
    root: Path
    as_of: dt.date
    folder: Path
    connection: engine.Connection
    problems: Problems


@dataclass(frozen=True, slots=True)
class _Labels:
    products: Mapping[str, int]
    periods: Mapping[str, PeriodLabel]
    days: Mapping[str, int]


def read_source(scope: Scope, source: str, table: str) -> tuple[Table, tuple[FileFact, ...]] | None:
    """Read one source into the engine under this name, or tell why it cannot be read."""
    before = len(scope.problems.errors)
    spec = scope.site.sources[source]
    parts = _open_parts(scope, source, table)
    product = _one_product(scope, source)
    if not parts or len(scope.problems.errors) > before:
        return None
    present = {name for part in parts for name in part.header.names}
    columns = {name: kind for name, kind in used_columns(scope.site, source).items() if name in present}
    staged = Staged(table, columns, product)
    faults = Faults()
    try:
        stage(scope.connection, staged, spec, parts)
    except engine.EngineError as error:
        faults.unreadable = str(error).partition("\n")[0]
        tell(spec, parts, faults, _no_key, scope.problems)
        return None
    labels = _read_labels(scope, source, staged, faults)
    _create_view(scope, source, staged, labels)
    faults.cells = repair(scope.connection, staged, f"{table}_products")
    if spec.repeats == "error":
        faults.repeated = _repeated(scope.connection, f"{table}_joined")
    if faults:
        _tell(scope, source, staged, parts, faults, labels)
    if len(scope.problems.errors) > before:
        return None
    header = tuple(sorted(present - {""}))
    fields = {name: TableColumn(f"c{number}", kind) for number, (name, kind) in enumerate(columns.items())}
    # Periods without days all lie on day 0: then there is nothing to choose.
    daily = any(label.day for label in labels.periods.values())
    ends, starts = (f"{table}_ends", f"{table}_starts") if daily else (f"{table}_rows", f"{table}_rows")
    dated = spec.as_of is not None or "{as_of}" in spec.file
    here = engine.DuckEngine(scope.connection)
    made = Table(f"{table}_rows", ends, fields, header, dated, here, starts)
    return made, _facts(scope.connection, staged, parts, labels)


def _open_parts(scope: Scope, source: str, table: str) -> tuple[Part, ...]:
    """Open every file of the source and check its header."""
    spec = scope.site.sources[source]
    needed = [fold(n) for n in (spec.product, spec.period_column, spec.as_of, *spec.columns) if n is not None]
    opened: list[tuple[int, TextFile]] = []
    deliveries = find_files(scope.site, source, scope.root, scope.as_of, scope.problems)
    for number, delivery in enumerate(deliveries):
        copy = scope.folder / f"{table}-{number}.csv"
        text = open_text(delivery.file, delivery.path, spec.encoding, copy, scope.problems)
        if text is not None:
            opened.append((number, text))
    parts = []
    for number, text in opened:
        header = read_header(text, spec.delimiter, spec.skip, needed, scope.problems)
        if header is not None:
            parts.append(Part(number, deliveries[number], text, header, spec.delimiter))
    _doubt_columns(scope, source, parts)
    return tuple(parts)


def _doubt_columns(scope: Scope, source: str, parts: Sequence[Part]) -> None:
    """One file may lack a column that another has; but not when it has one that is only spelt differently."""
    used = set(used_columns(scope.site, source))
    present = {name for part in parts for name in part.header.names}
    for part in parts:
        for name in sorted((used & present) - set(part.header.names)):
            near = get_close_matches(name, sorted(set(part.header.names) - used - {""}), n=1, cutoff=SAME_WORD)
            if near:
                place = Place(part.text.path, part.header.line)
                what = f"the header has '{near[0]}', where other files of the source have '{name}'"
                scope.problems.warn(place, what, "Rename the column, or it stays unread.", "csv-column-spelling")


def _one_product(scope: Scope, source: str) -> str | None:
    """The only product of the site, where neither a column nor the path tells one."""
    spec, products = scope.site.sources[source], scope.site.products
    if spec.product is not None or "{product}" in spec.file:
        return None
    if len(products) != 1:
        hint = "Name its column with 'product:', or put {product} into its path."
        place = scope.site.place("sources", source)
        scope.problems.error(place, "the source does not tell which product a row is about", hint, "source-product")
        return None
    return next(iter(products))


def _read_labels(scope: Scope, source: str, staged: Staged, faults: Faults) -> _Labels:
    """Read the distinct labels and put them beside the staged table; what means nothing goes to the faults."""
    connection, table = scope.connection, staged.table
    products, faults.products = read_products(_distinct(connection, table, "product"), product_labels(scope.site))
    start = scope.site.report.fiscal_year_starts
    periods, faults.periods = read_periods(_distinct(connection, table, "period"), scope.site.sources[source], start)
    days: dict[str, int] = {}
    if scope.site.sources[source].as_of is not None:
        days, faults.days = read_days(_distinct(connection, table, "as_of"))
    if scope.site.sources[source].unknown == "ignore":
        faults.products = {}
    numbers = {"label": "VARCHAR", "number": "INTEGER"}
    engine.put_rows(connection, f"{table}_products", numbers, list(products.items()))
    months = [(label, read.month, read.day) for label, read in periods.items()]
    engine.put_rows(connection, f"{table}_periods", {"label": "VARCHAR", "month": "INTEGER", "day": "INTEGER"}, months)
    engine.put_rows(connection, f"{table}_days", {"label": "VARCHAR", "day": "INTEGER"}, list(days.items()))
    return _Labels(products, periods, days)


def _distinct(connection: engine.Connection, table: str, column: str) -> list[str]:
    query = f"SELECT DISTINCT coalesce({column}, '') FROM {engine.name(table)}"
    return sorted(row[0] for row in connection.execute(query).fetchall())


def _create_view(scope: Scope, source: str, staged: Staged, labels: _Labels) -> None:
    """Join the labels' numbers to the rows; of several deliveries of a product and period keep the newest."""
    spec, table = scope.site.sources[source], staged.table
    last = (scope.site.report.through or scope.site.report.period).last_month
    fields = "".join(f", r.c{number}" for number in range(len(staged.columns)))
    day = "a.day" if spec.as_of is not None else "f.as_of"
    join = (
        f"JOIN {engine.name(table + '_days')} a ON coalesce(r.as_of, '') = a.label"
        if spec.as_of is not None
        else f"JOIN {engine.name(table + '_files')} f ON r.file = f.number"
    )
    scope.connection.execute(
        f"CREATE VIEW {engine.name(table + '_joined')} AS "
        f"SELECT p.number AS product, t.month, t.day, {day} AS as_of{fields} FROM {engine.name(table)} r "
        f"JOIN {engine.name(table + '_products')} p ON coalesce(r.product, '') = p.label "
        f"JOIN {engine.name(table + '_periods')} t ON coalesce(r.period, '') = t.label {join} "
        f"WHERE t.month <= {last} AND {day} <= {scope.as_of.toordinal()}"
    )
    joined = engine.name(table + "_joined")
    newest = f"SELECT product, month, day, max(as_of) AS as_of FROM {joined} GROUP BY ALL"
    keep = f" SEMI JOIN ({newest}) n USING (product, month, day, as_of)" if spec.as_of is not None else ""
    scope.connection.execute(f"CREATE VIEW {engine.name(table + '_rows')} AS SELECT * FROM {joined}{keep}")
    rows = engine.name(table + "_rows")
    for view, edge in (("_ends", "max"), ("_starts", "min")):
        days = f"SELECT product, month, {edge}(day) AS day FROM {rows} GROUP BY ALL"
        chosen = f"SELECT * FROM {rows} SEMI JOIN ({days}) e USING (product, month, day)"
        scope.connection.execute(f"CREATE VIEW {engine.name(table + view)} AS {chosen}")


def _repeated(connection: engine.Connection, view: str) -> frozenset[Key]:
    query = f"SELECT product, month, day, as_of FROM {engine.name(view)} GROUP BY ALL HAVING count(*) > 1"
    return frozenset((row[0], row[1], row[2], row[3]) for row in connection.execute(query).fetchall())


def _no_key(product: str, period: str, as_of: str, part: Part) -> Key | None:
    return None


def _tell(scope: Scope, source: str, staged: Staged, parts: tuple[Part, ...], faults: Faults, labels: _Labels) -> None:
    def key_of(product: str, period: str, as_of: str, part: Part) -> Key | None:
        number, read = labels.products.get(staged.product or product), labels.periods.get(period)
        if number is None or read is None:
            return None
        return number, read.month, read.day, labels.days.get(as_of, 0) or part.delivery.as_of

    tell(scope.site.sources[source], parts, faults, key_of, scope.problems)


def _facts(
    connection: engine.Connection, staged: Staged, parts: tuple[Part, ...], labels: _Labels
) -> tuple[FileFact, ...]:
    """What was read from each file: its rows, and the newest of its periods."""
    query = f"SELECT file, coalesce(period, ''), count(*) FROM {engine.name(staged.table)} GROUP BY ALL"
    rows: dict[int, int] = {}
    newest: dict[int, PeriodLabel] = {}
    for file, label, count in connection.execute(query).fetchall():
        rows[file] = rows.get(file, 0) + count
        read = labels.periods.get(label)
        if read is not None and (file not in newest or (read.month, read.day) > (newest[file].month, newest[file].day)):
            newest[file] = read
    return tuple(
        FileFact(
            part.text.path,
            part.text.sha256,
            part.text.encoding,
            rows.get(part.number, 0),
            part.text.size,
            delimiter=part.delimiter,
            newest=newest[part.number].name if part.number in newest else "",
        )
        for part in parts
    )
