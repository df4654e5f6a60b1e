"""One source from its files to a view of typed rows: products and months numbered, the newest delivery of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpisite.declare.model import Source
from kpisite.declare.sources import MEASURE
from kpisite.load import engine_duckdb as engine
from kpisite.load.account import Account, count_replaced, count_rows, file_facts, named_left_out
from kpisite.load.columns import used_columns
from kpisite.load.doubts import Spans, doubt_newest, doubt_rows
from kpisite.load.engine import Answer, Engine
from kpisite.load.engine_late import LateEngine
from kpisite.load.facts import FileFact
from kpisite.load.faults import BETWEEN, Faults, Key, tell
from kpisite.load.header import fold
from kpisite.load.labels import PeriodLabel, product_labels, read_days, read_periods, read_products
from kpisite.load.located import Located, locate
from kpisite.load.onepass import Found, is_fit, read_at_once
from kpisite.load.opening import open_parts, refuse_changed
from kpisite.load.repair import repair
from kpisite.load.repeats import needs_mending, settle_repeats
from kpisite.load.scope import Scope, TableColumn, last_month
from kpisite.load.staging import Part, Staged, drop_blanks, is_view, stage, store
from kpisite.load.totals import set_apart
from kpisite.load.unasked import count_unasked, unknown_measures

# Bytes of files that are read a second time only to name the lines of rows that are left out.
QUICK = 1 << 26


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
    products: frozenset[int] = frozenset()  # that have rows
    known: Answer | None = None  # by product and month, of aggregates by their SQL: computed while the file was read
    every: str = ""  # the view of the rows of all deliveries; "" where only the newest one is known
    located: Located | None = None  # where its rows stand in their files, where that is kept


@dataclass(frozen=True, slots=True)
class _Labels:
    products: Mapping[str, int]
    periods: Mapping[str, PeriodLabel]
    days: Mapping[str, int]
    left_out: Mapping[str, str]  # labels of rows that do not count, with the reason


def read_source(scope: Scope, source: str, table: str) -> tuple[Table, tuple[FileFact, ...]] | None:
    """Read one source into the engine under this name, or tell why it cannot be read."""
    before = len(scope.problems.errors)
    spec = scope.site.sources[source]
    parts = open_parts(scope, source, table)
    product = _one_product(scope, source)
    if not parts or len(scope.problems.errors) > before:
        return None
    present = {name for part in parts for name in part.header.names}
    present |= {MEASURE} if spec.measure_in_path else set()
    columns = {name: kind for name, kind in used_columns(scope.site, source).items() if name in present}
    units = {fold(name): unit for name, unit in spec.units.items()}
    staged = Staged(table, columns, product, units, scope.numbered)
    fields = {name: TableColumn(f"c{number}", kind) for number, (name, kind) in enumerate(columns.items())}
    header = tuple(sorted(present - {""}))
    found = _at_once(scope, source, staged, parts, (fields, header))
    read = _read_staged(scope, source, staged, parts) if found is None else found
    if read is None or len(scope.problems.errors) > before:
        return None
    account, spans, ends, starts = read.account, read.spans, f"{table}_rows", f"{table}_rows"
    located = None
    if isinstance(read, _Settled):
        ends, starts, located = read.ends, read.starts, read.located
    doubt_newest(scope, source, spans)
    dated = spec.as_of is not None or "{as_of}" in spec.file
    here: Engine = engine.DuckEngine(scope.connection)
    if found is not None:
        here = LateEngine(engine.DuckEngine(scope.connection), [lambda: _stage_late(scope, source, staged, parts)])
    known = None if found is None else found.answer
    every = f"{table}_joined" if found is None else ""
    made = Table(f"{table}_rows", ends, fields, header, dated, here, starts, frozenset(spans), known, every, located)
    return made, file_facts(parts, account)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What came of staging a source: its account, its months, and the views of the edges of months."""

    account: Account
    spans: Spans
    ends: str
    starts: str
    located: Located | None


def _at_once(
    scope: Scope,
    source: str,
    staged: Staged,
    parts: tuple[Part, ...],
    columns: tuple[Mapping[str, TableColumn], tuple[str, ...]],
) -> Found | None:
    """Everything that is asked of a large clean file, in one pass over it."""
    if scope.ahead is None or not is_fit(scope.site.sources[source], parts):
        return None
    asked = scope.ahead(source, *columns)
    return None if asked is None else read_at_once(scope, source, staged, parts[0], asked)


def _read_staged(scope: Scope, source: str, staged: Staged, parts: tuple[Part, ...]) -> _Settled | None:
    """Stage the files and look at every label and cell."""
    before, table = len(scope.problems.errors), staged.table
    try:
        stage(scope.connection, staged, scope.site.sources[source], parts)
    except engine.EngineError as error:
        said = Faults(unreadable=str(error).partition("\n")[0])
        tell(scope.site.sources[source], parts, said, {}, _no_key, scope.problems)
        return None
    located = locate(scope.connection, staged, parts) if staged.numbered else None
    account, labels = _settle(scope, source, staged, parts)
    if len(scope.problems.errors) > before:
        return None
    spans = doubt_rows(scope, source, table)
    # Periods without days all lie on day 0: then there is nothing to choose.
    daily = any(label.day for label in labels.periods.values())
    ends, starts = (f"{table}_ends", f"{table}_starts") if daily else (f"{table}_rows", f"{table}_rows")
    return _Settled(account, spans, ends, starts, located)


def _stage_late(scope: Scope, source: str, staged: Staged, parts: tuple[Part, ...]) -> None:
    """Stage a file that was read at once: more is asked of its rows than was known beforehand."""
    stage(scope.connection, staged, scope.site.sources[source], parts)
    _settle(scope, source, staged, parts)


def _settle(scope: Scope, source: str, staged: Staged, parts: tuple[Part, ...]) -> tuple[Account, _Labels]:
    """Read labels and cells, settle what is repeated, tell what is wrong, and count all that was done."""
    spec, connection = scope.site.sources[source], scope.connection
    faults = Faults()
    blanks = drop_blanks(connection, staged)
    labels = _read_labels(scope, source, staged, faults)
    _create_view(scope, source, staged, labels, "NULL" if is_view(parts) else "r.rowid")
    if is_view(parts) and needs_mending(connection, staged, spec.repeats):
        store(connection, staged)
        _create_view(scope, source, staged, labels, "r.rowid")
    repaired = repair(connection, staged, f"{staged.table}_products", spec.date_format)
    faults.cells, faults.mixed, fixes = repaired.bad, repaired.mixed, repaired.fixes
    rows, newest, left_out = count_rows(connection, staged, labels.periods, last_month(scope))
    if spec.repeats != "allow":
        repeats = settle_repeats(connection, staged, last=spec.repeats == "last")
        faults.repeated, faults.identical = repeats.different, repeats.identical
        fixes.update({(file, "identical-rows"): count for file, count in repeats.dropped})
        left_out.update({(file, "replaced", ""): count for file, count in repeats.replaced})
    lines = _tell(scope, source, staged, parts, faults, labels)
    refuse_changed(scope, parts)
    if spec.as_of is not None:
        left_out += count_replaced(connection, staged)
    left_out += count_unasked(scope, source, staged, faults.unasked)
    fixes.update({(file, "blank-rows"): count for file, count in blanks.items()})
    return Account(rows, newest, named_left_out(left_out, labels.left_out), fixes, lines), labels


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
    faults.measures = unknown_measures(scope, source, staged)
    left_out = set_apart(scope.site.sources[source], faults)
    numbers = {"label": "VARCHAR", "number": "INTEGER"}
    engine.put_rows(connection, f"{table}_products", numbers, list(products.items()))
    months = [(label, read.month, read.day) for label, read in periods.items()]
    engine.put_rows(connection, f"{table}_periods", {"label": "VARCHAR", "month": "INTEGER", "day": "INTEGER"}, months)
    engine.put_rows(connection, f"{table}_days", {"label": "VARCHAR", "day": "INTEGER"}, list(days.items()))
    return _Labels(products, periods, days, left_out)


def _distinct(connection: engine.Connection, table: str, column: str) -> list[str]:
    query = f"SELECT DISTINCT coalesce({column}, '') FROM {engine.name(table)}"
    return sorted(row[0] for row in connection.execute(query).fetchall())


def _create_view(scope: Scope, source: str, staged: Staged, labels: _Labels, line: str) -> None:
    """Join the labels' numbers to the rows; of several deliveries of a product and period keep the newest."""
    spec, table = scope.site.sources[source], staged.table
    last = last_month(scope)
    fields = "".join(f", r.c{number}" for number in range(len(staged.columns)))
    if staged.numbered:
        fields += ", r.record" if line == "NULL" else f", coalesce(r.record, {line}) AS record"
    day = "a.day" if spec.as_of is not None else "f.as_of"
    join = (
        f"JOIN {engine.name(table + '_days')} a ON r.as_of = a.label"
        if spec.as_of is not None
        else f"JOIN {engine.name(table + '_files')} f ON r.file = f.number"
    )
    scope.connection.execute(
        f"CREATE OR REPLACE VIEW {engine.name(table + '_joined')} AS "
        f"SELECT p.number AS product, t.month, t.day, {day} AS as_of, {_part(spec, staged)} AS labels, "
        f"r.file, {line} AS line{fields} "
        f"FROM {engine.name(table)} r "
        f"JOIN {engine.name(table + '_products')} p ON r.product = p.label "
        f"JOIN {engine.name(table + '_periods')} t ON r.period = t.label {join} "
        f"WHERE t.month <= {last} AND {day} <= {scope.as_of.toordinal()}"
    )
    joined = engine.name(table + "_joined")
    # A later delivery of records replaces all of them; of anything else it replaces row by row.
    own = "" if spec.repeats == "allow" else ", labels"
    newest = f"SELECT product, month, day{own}, max(as_of) AS as_of FROM {joined} GROUP BY ALL"
    keep = f" SEMI JOIN ({newest}) n USING (product, month, day{own}, as_of)" if spec.as_of is not None else ""
    scope.connection.execute(f"CREATE OR REPLACE VIEW {engine.name(table + '_rows')} AS SELECT * FROM {joined}{keep}")
    rows = engine.name(table + "_rows")
    for view, edge in (("_ends", "max"), ("_starts", "min")):
        days = f"SELECT product, month, {edge}(day) AS day FROM {rows} GROUP BY ALL"
        chosen = f"SELECT * FROM {rows} SEMI JOIN ({days}) e USING (product, month, day)"
        scope.connection.execute(f"CREATE OR REPLACE VIEW {engine.name(table + view)} AS {chosen}")


def _part(spec: Source, staged: Staged) -> str:
    """The labels that tell the rows of one product and period apart, as one text."""
    numbers = {name: number for number, name in enumerate(staged.columns)}
    labels = [f"coalesce(r.c{numbers[fold(name)]}, '')" for name in spec.key_columns if fold(name) in numbers]
    return f" || {engine.text(BETWEEN)} || ".join(labels) or "''"


def _no_key(product: str, period: str, as_of: str, labels_of_part: str, part: Part) -> Key | None:
    return None


def _tell(
    scope: Scope, source: str, staged: Staged, parts: tuple[Part, ...], faults: Faults, labels: _Labels
) -> dict[tuple[int, str], list[int]]:
    """Tell the faults with their lines; small files are also searched for the lines of rows that are left out."""

    def key_of(product: str, period: str, as_of: str, labels_of_part: str, part: Part) -> Key | None:
        number, read = labels.products.get(staged.product or product), labels.periods.get(period)
        if number is None or read is None:
            return None
        return number, read.month, read.day, labels.days.get(as_of, 0) or part.delivery.as_of, labels_of_part

    apart = labels.left_out or faults.unasked
    if not faults and (not apart or sum(part.text.size for part in parts) > QUICK):
        return {}
    return tell(scope.site.sources[source], parts, faults, labels.left_out, key_of, scope.problems)
