"""From the files of one source to one staged table of typed columns, labels still as they were written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kpisite.declare.model import Column, Source
from kpisite.declare.sources import MEASURE
from kpisite.load import engine_duckdb as engine
from kpisite.load.columnfile import DAYS, ONE, TEXT, ColumnFile, read, times
from kpisite.load.files import Delivery
from kpisite.load.header import Header, Opened, fold
from kpisite.load.textfile import SEPARATORS, SIGNS, TextFile
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
    "measure": "VARCHAR",
}
NUMBERS = ("decimal", "integer", "float")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a source, opened: where it came from, its text and its header."""

    number: int
    delivery: Delivery
    text: Opened
    header: Header
    stamp: tuple[int, int, int]  # of the file as it was opened


@dataclass(frozen=True, slots=True)
class Staged:
    """The staged table of one source: file and labels as text, c0 c1 ... typed, b0 b1 ... what the cast rejected."""

    table: str
    columns: Mapping[str, Column]  # in the order of c0 c1 ...
    product: str | None  # the product of every row, where neither a column nor the path tells it
    units: Mapping[str, str]  # of columns, by their names as they are compared
    numbered: bool = False  # rows keep the order of their files, and those of Parquet files have a number


def stage(connection: engine.Connection, staged: Staged, source: Source, parts: Sequence[Part]) -> None:
    """Create the staged table from the files; raises EngineError when a file is no CSV of its header's width."""
    by_header = sorted(parts, key=lambda part: (_shape(part), part.number))
    rows = [
        (str(p.text.readable), p.text.path, p.number, of.product, of.period, of.as_of, of.measure)
        for p in parts
        for of in (p.delivery,)
    ]
    engine.put_rows(connection, f"{staged.table}_files", FILES, rows)
    texts = [part for part in by_header if not isinstance(part.text, ColumnFile)]
    selects = [_columns(staged, source, part, part.text) for part in parts if isinstance(part.text, ColumnFile)]
    selects += [_cast(staged, source, list(group)) for _, group in groupby(texts, key=_shape)]
    # Only where the last row of several is to stand, the order of lines matters.
    in_order = source.repeats == "last" or staged.numbered
    connection.execute(f"SET preserve_insertion_order={str(in_order).lower()}")
    kind = "TABLE" if texts else "VIEW"
    connection.execute(f"CREATE {kind} {engine.name(staged.table)} AS {' UNION ALL '.join(selects)}")
    connection.execute("SET preserve_insertion_order=false")


def own_types(staged: Staged, part: Part) -> dict[str, str]:
    """The columns of a file that have a narrower type as exact as ours, by their fields with our type."""
    if not isinstance(part.text, ColumnFile):
        return {}
    fields = dict(zip(part.header.names, part.text.fields, strict=True))
    return {
        f"c{number}": engine.TYPES[kind]
        for number, (name, kind) in enumerate(staged.columns.items())
        if fields[name].is_ours(kind) and (factor_of(staged.units.get(name, "")) or ONE) == ONE
    }


def selected_days(staged: Staged, source: Source, part: Part) -> str:
    """The rows of one file that names products and days: label, day, columns, and whether anything is doubtful.

    A day that is not written like 2025-09-30 is NULL; columns of `own_types` keep their own type.
    """
    if isinstance(part.text, ColumnFile):
        fields = dict(zip(part.header.names, part.text.fields, strict=True))
        field = fields[fold(source.period_column or "")]
        day = f"CAST({engine.name(field.name)} AS DATE)" if field.type in DAYS else _iso_day(field.text)
        rows = _columns(staged, source, part, part.text, day=day, own=own_types(staged, part))
    else:
        rows = f"SELECT *, {_iso_day('period', _signs([part]))} AS day FROM ({_cast(staged, source, [part])})"
    numbers = range(len(staged.columns))
    doubts = " OR ".join(["false", *(f"b{number} IS NOT NULL" for number in numbers)])
    values = "".join(f", c{number}" for number in numbers)
    return f"SELECT product, day{values}, {doubts} AS doubtful FROM ({rows})"


def _iso_day(label: str, signs: Collection[bytes] = SIGNS) -> str:
    """The day of a label that is written like 2025-09-30, else NULL; `signs` are those that may stand in it."""
    # The cast takes 2025/09/30 and 02025-9-30, too. Where no other separator can stand, the length tells them apart.
    is_plain = f"strlen({label}) = 10 AND {label} >= '1'"
    if any(sign in signs for sign in SEPARATORS):
        is_plain = f"{label} LIKE '____-__-__'"
    return f"CASE WHEN {is_plain} THEN try_cast({label} AS DATE) END"


def is_view(parts: Sequence[Part]) -> bool:
    """Is the staged table but a view of the files?"""
    return all(isinstance(part.text, ColumnFile) for part in parts)


def store(connection: engine.Connection, staged: Staged) -> None:
    """Make a table of the staged view, so that its rows can be mended."""
    table, copy = engine.name(staged.table), engine.name(f"{staged.table}_stored")
    connection.execute("SET preserve_insertion_order=true")
    connection.execute(f"CREATE TABLE {copy} AS SELECT * FROM {table}")
    connection.execute("SET preserve_insertion_order=false")
    connection.execute(f"DROP VIEW {table}")
    connection.execute(f"ALTER TABLE {copy} RENAME TO {table}")


def _cast(staged: Staged, source: Source, parts: Sequence[Part]) -> str:
    """Read texts of one header and give them their types."""
    values, rejects = [], []
    signs = _signs(parts)
    for number, (name, kind) in enumerate(staged.columns.items()):
        value, doubt = _typed(f"t{number}", f"c{number}", kind, staged.units.get(name, ""), source, signs)
        values.append(f", t{number}, {value} AS c{number}")
        rejects.append(f", c{number}, {doubt} AS b{number}")
    labels = f"file, product, period, as_of{', record' if staged.numbered else ''}"
    inner = f"SELECT {labels}, blank{''.join(values)} FROM ({_texts(staged, source, parts)})"
    return f"SELECT {labels}, blank{''.join(rejects)} FROM ({inner})"


def _signs(parts: Sequence[Part]) -> frozenset[bytes]:
    """The signs that may stand anywhere in these files."""
    return frozenset[bytes]().union(*(p.text.signs if isinstance(p.text, TextFile) else SIGNS for p in parts))


def _typed(
    text: str, value: str, kind: Column, unit: str, source: Source, signs: Collection[bytes] = SIGNS
) -> tuple[str, str]:
    """The fast reading of a text as its type, and the text that it could not take; `value` names the first.

    `signs` are those that may stand in the text.
    """
    if kind == "text":
        doubt = _doubt(text) if b"#" in signs or b"+" in signs else NOTHING
    else:
        doubt = engine.rejected(text, value, kind, source.na)
    return _scaled(engine.cast(text, kind, source.na, underscored=b"_" in signs), kind, unit), doubt


def _columns(
    staged: Staged, source: Source, part: Part, file: ColumnFile, *, day: str = "", own: Collection[str] = ()
) -> str:
    """Read the columns of a Parquet file, which have types of their own; those of `own` keep theirs."""
    fields = dict(zip(part.header.names, file.fields, strict=True))
    told = part.delivery.product if staged.product is None else staged.product
    product = fields[fold(source.product)].text if source.product is not None else engine.text(told or "")
    column = source.period_column
    period = fields[fold(column)].text if column is not None else engine.text(part.delivery.period or "")
    as_of = fields[fold(source.as_of)].text if source.as_of is not None else NOTHING
    selected = [
        f"{part.number} AS file",
        f"{product} AS product",
        f"{period} AS period",
        f"{as_of} AS as_of",
    ]
    selected += ["file_row_number + 1 AS record"] if staged.numbered else []
    selected += ["false AS blank"]
    selected += [f"{day} AS day"] if day else []
    for number, (name, kind) in enumerate(staged.columns.items()):
        unit, field = staged.units.get(name, ""), fields.get(name)
        if name == MEASURE and source.measure_in_path:
            value, doubt = engine.text(part.delivery.measure or ""), NOTHING
        elif field is None:
            value, doubt = f"CAST(NULL AS {engine.TYPES[kind]})", NOTHING
        elif field.type == TEXT:
            value = _scaled(engine.cast(field.text, kind, source.na), kind, unit)
            doubt = _typed(field.text, value, kind, unit, source)[1]
        elif f"c{number}" in own:
            value, doubt = engine.name(field.name), NOTHING
        else:
            value, doubt = field.value(kind, factor_of(unit) or ONE)
        selected += [f"{value} AS c{number}", f"{doubt} AS b{number}"]
    return f"SELECT {', '.join(selected)} FROM {read(file.readable, numbered=staged.numbered)}"


def _shape(part: Part) -> tuple[tuple[str, ...], int, str]:
    return part.header.names, part.header.line, part.header.delimiter


def _scaled(fast: str, kind: Column, unit: str) -> str:
    """The value in units of one; NULL, for the slow path to tell, where it then is too large."""
    factor = factor_of(unit) or ONE
    if kind not in NUMBERS or factor == ONE:
        return f"CAST({fast} AS {engine.TYPES[kind]})"
    return times(fast, kind, factor)


def _doubt(column: str) -> str:
    """A text that a spreadsheet has spoilt."""
    errors = ", ".join(engine.text(error) for error in SPREADSHEET_ERRORS)
    # Each begins with a digit or with #, which stand before the letters; looking for one sign is a fraction of the
    # work, and hardly any text has one.
    shortened = f"contains({column}, '+') AND regexp_full_match({column}, '[0-9](\\.[0-9]+)?E\\+[0-9]+')"
    spoilt = f"{shortened} OR (contains({column}, '#') AND {column} IN ({errors}))"
    return f"CASE WHEN {column} < ':' AND ({spoilt}) THEN {column} END"


def _texts(staged: Staged, source: Source, parts: Sequence[Part]) -> str:
    """Read files of one header as text: t0 t1 ... in the order of the staged columns, NULL for what they lack."""
    names, only = parts[0].header.names, parts[0] if len(parts) == 1 else None
    column = {name: f"h{number}" for number, name in enumerate(names)}
    if source.product is not None:
        product = column[fold(source.product)]
    else:
        product = _told("product", only) if staged.product is None else engine.text(staged.product)
    period = _told("period", only) if source.period_column is None else column[fold(source.period_column)]
    labels = [column[fold(name)] for name in (source.product, source.period_column, source.as_of) if name is not None]
    as_of = column[fold(source.as_of)] if source.as_of is not None else NOTHING
    fields = [
        f"{_told('number', only)} AS file",
        f"{product} AS product",
        f"{period} AS period",
        f"{as_of} AS as_of",
    ]
    # Of texts it is the row of the table, which stands in their order.
    fields += ["CAST(NULL AS BIGINT) AS record"] if staged.numbered else []
    if source.measure_in_path:
        column[MEASURE] = _told("measure", only)
    fields += [f"{column.get(name, NOTHING)} AS t{number}" for number, name in enumerate(staged.columns)]
    filled = ", ".join([*labels, *(column[name] for name in staged.columns if name in names)])
    shape = parts[0].header
    files = [part.text.readable for part in parts]
    read = engine.read_csv(files, len(names), shape.delimiter, shape.skip, named=only is None)
    join = "" if only else f" JOIN {engine.name(staged.table + '_files')} f ON f.path = r.filename"
    # A row without anything in it is how spreadsheets end a table.
    blank = f"coalesce({filled}) IS NULL" if filled else "false"
    return f"SELECT {', '.join(fields)}, {blank} AS blank FROM {read} r{join}"


def _told(field: str, only: Part | None) -> str:
    """What is known of the file of a row; of a single file it is written down, for a join would look at every row."""
    if only is None:
        return f"f.{field}"
    of = only.delivery
    told = {"number": only.number, "product": of.product, "period": of.period, "measure": of.measure}[field]
    return NOTHING if told is None else str(told) if isinstance(told, int) else engine.text(told)


def drop_blanks(connection: engine.Connection, staged: Staged) -> dict[int, int]:
    """Take away the rows without anything in them; the answer counts them by file."""
    table = engine.name(staged.table)
    found = connection.execute(f"SELECT file, count(*) FROM {table} WHERE blank GROUP BY file").fetchall()
    if found:
        connection.execute(f"DELETE FROM {table} WHERE blank")
    return dict(found)
