"""From the files of one source to one staged table of typed columns, labels still as they were written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from kpisite.declare.model import Column, Source
from kpisite.load import engine_duckdb as engine
from kpisite.load.files import Delivery
from kpisite.load.header import Header, Text, fold
from kpisite.load.units import factor_of
from kpisite.load.values import SPREADSHEET_ERRORS

NOTHING = "CAST(NULL AS VARCHAR)"
# The files of a source as a table: how the engine knows each, how authors do, and what its path tells.
FILES = {
    "path": "VARCHAR",
    "name": "VARCHAR",
    "number": "INTEGER",
    "product": "VARCHAR",
    "period": "VARCHAR",
    "as_of": "INTEGER",
}
NUMBERS = ("decimal", "integer", "float")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a source, opened: where it came from, its text and its header."""

    number: int
    delivery: Delivery
    text: Text
    header: Header
    stamp: tuple[int, int, int]  # of the file as it was opened


@dataclass(frozen=True, slots=True)
class Staged:
    """The staged table of one source: file and labels as text, c0 c1 ... typed, b0 b1 ... what the cast rejected."""

    table: str
    columns: Mapping[str, Column]  # in the order of c0 c1 ...
    product: str | None  # the product of every row, where neither a column nor the path tells it
    units: Mapping[str, str]  # of columns, by their names as they are compared


def stage(connection: engine.Connection, staged: Staged, source: Source, parts: Sequence[Part]) -> None:
    """Create the staged table from the files; raises EngineError when a file is no CSV of its header's width."""
    by_header = sorted(parts, key=lambda part: (_shape(part), part.number))
    rows = [
        (str(p.text.readable), p.text.path, p.number, p.delivery.product, p.delivery.period, p.delivery.as_of)
        for p in parts
    ]
    engine.put_rows(connection, f"{staged.table}_files", FILES, rows)
    groups = groupby(by_header, key=_shape)
    texts = " UNION ALL ".join(_texts(staged, source, list(group)) for _, group in groups)
    values, rejects = [], []
    for number, (name, kind) in enumerate(staged.columns.items()):
        fast = engine.cast(f"t{number}", kind, source.na)
        values.append(f", t{number}, {_scaled(fast, kind, staged.units.get(name, ''))} AS c{number}")
        doubt = engine.rejected(f"t{number}", f"c{number}", kind, source.na) if kind != "text" else _doubt(f"t{number}")
        rejects.append(f", c{number}, {doubt} AS b{number}")
    labels = "file, product, period, as_of"
    # Only where the last row of several is to stand, the order of lines matters.
    connection.execute(f"SET preserve_insertion_order={str(source.repeats == 'last').lower()}")
    connection.execute(
        f"CREATE TABLE {engine.name(staged.table)} AS SELECT {labels}, blank{''.join(rejects)} "
        f"FROM (SELECT {labels}, blank{''.join(values)} FROM ({texts}))"
    )
    connection.execute("SET preserve_insertion_order=false")


def _shape(part: Part) -> tuple[tuple[str, ...], int, str]:
    return part.header.names, part.header.line, part.header.delimiter


def _scaled(fast: str, kind: Column, unit: str) -> str:
    """The value in units of one; NULL, for the slow path to tell, where it then is too large."""
    factor = factor_of(unit) or Decimal(1)
    if kind not in NUMBERS or factor == 1:
        return f"CAST({fast} AS {engine.TYPES[kind]})"
    return f"TRY(CAST(({fast}) * {factor:f} AS {engine.TYPES[kind]}))"


def _doubt(column: str) -> str:
    """A text that a spreadsheet has spoilt."""
    errors = ", ".join(engine.text(error) for error in SPREADSHEET_ERRORS)
    shortened = f"contains({column}, 'E+') AND regexp_full_match({column}, '[0-9](\\.[0-9]+)?E\\+[0-9]+')"
    return f"CASE WHEN {shortened} OR {column} IN ({errors}) THEN {column} END"


def _texts(staged: Staged, source: Source, parts: Sequence[Part]) -> str:
    """Read files of one header as text: t0 t1 ... in the order of the staged columns, NULL for what they lack."""
    names = parts[0].header.names
    column = {name: f"h{number}" for number, name in enumerate(names)}
    if source.product is not None:
        product = column[fold(source.product)]
    else:
        product = "f.product" if staged.product is None else engine.text(staged.product)
    period = "f.period" if source.period_column is None else column[fold(source.period_column)]
    labels = [column[fold(name)] for name in (source.product, source.period_column, source.as_of) if name is not None]
    as_of = column[fold(source.as_of)] if source.as_of is not None else NOTHING
    fields = [
        "f.number AS file",
        f"{product} AS product",
        f"{period} AS period",
        f"{as_of} AS as_of",
    ]
    fields += [f"{column.get(name, NOTHING)} AS t{number}" for number, name in enumerate(staged.columns)]
    filled = ", ".join([*labels, *(column[name] for name in staged.columns if name in column)])
    shape = parts[0].header
    read = engine.read_csv([part.text.readable for part in parts], len(names), shape.delimiter, shape.skip)
    files = f"{engine.name(staged.table + '_files')} f"
    join = f"{files} ON f.path = r.filename" if len(parts) > 1 else f"{files} ON f.number = {parts[0].number}"
    # A row without anything in it is how spreadsheets end a table.
    blank = f"coalesce({filled}) IS NULL" if filled else "false"
    return f"SELECT {', '.join(fields)}, {blank} AS blank FROM {read} r JOIN {join}"


def drop_blanks(connection: engine.Connection, staged: Staged) -> dict[int, int]:
    """Take away the rows without anything in them; the answer counts them by file."""
    table = engine.name(staged.table)
    found = connection.execute(f"SELECT file, count(*) FROM {table} WHERE blank GROUP BY file").fetchall()
    if found:
        connection.execute(f"DELETE FROM {table} WHERE blank")
    return dict(found)
