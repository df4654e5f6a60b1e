"""From the files of one source to one staged table of typed columns, labels still as they were written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kpisite.declare.model import Column, Source
from kpisite.load import engine_duckdb as engine
from kpisite.load.files import Delivery
from kpisite.load.header import Header, fold
from kpisite.load.textfile import TextFile
from kpisite.load.values import CellError, read_cell

NOTHING = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a source, opened: where it came from, its text and its header."""

    number: int
    delivery: Delivery
    text: TextFile
    header: Header
    delimiter: str


@dataclass(frozen=True, slots=True)
class Staged:
    """The staged table of one source: file and labels as text, c0 c1 ... typed, b0 b1 ... what the cast rejected."""

    table: str
    columns: Mapping[str, Column]  # in the order of c0 c1 ...
    product: str | None  # the product of every row, where neither a column nor the path tells it


def stage(connection: engine.Connection, staged: Staged, source: Source, parts: Sequence[Part]) -> None:
    """Create the staged table from the files; raises EngineError when a file is no CSV of its header's width."""
    by_header = sorted(parts, key=lambda part: (part.header.names, part.number))
    engine.put_rows(
        connection,
        f"{staged.table}_files",
        {"path": "VARCHAR", "number": "INTEGER", "product": "VARCHAR", "period": "VARCHAR", "as_of": "INTEGER"},
        [(str(p.text.readable), p.number, p.delivery.product, p.delivery.period, p.delivery.as_of) for p in parts],
    )
    groups = groupby(by_header, key=lambda part: part.header.names)
    texts = " UNION ALL ".join(_texts(staged, source, list(group)) for _, group in groups)
    values, rejects = [], []
    for number, kind in enumerate(staged.columns.values()):
        fast = engine.cast(f"t{number}", kind, source.na)
        values.append(f", t{number}, CAST({fast} AS {engine.TYPES[kind]}) AS c{number}")
        rejects.append(f", c{number}, {engine.rejected(f't{number}', f'c{number}', kind, source.na)} AS b{number}")
    labels = "file, product, period, as_of"
    connection.execute(
        f"CREATE TABLE {engine.name(staged.table)} AS SELECT {labels}{''.join(rejects)} "
        f"FROM (SELECT {labels}{''.join(values)} FROM ({texts}))"
    )


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
    read = engine.read_csv([part.text.readable for part in parts], len(names), source.delimiter, source.skip)
    files = f"{engine.name(staged.table + '_files')} f"
    join = f"{files} ON f.path = r.filename" if len(parts) > 1 else f"{files} ON f.number = {parts[0].number}"
    # A row without anything in it is how spreadsheets end a table.
    return f"SELECT {', '.join(fields)} FROM {read} r JOIN {join} WHERE coalesce({filled}) IS NOT NULL"


def repair(connection: engine.Connection, staged: Staged, products: str) -> dict[str, dict[str, CellError]]:
    """Read what the fast cast rejected on the slow path; the answer holds, by column, the texts that mean nothing.

    Only rows of declared products count: what stands in a row that is left out anyway is nobody's mistake.
    """
    table = engine.name(staged.table)
    bad: dict[str, dict[str, CellError]] = {}
    counts = ", ".join(["0", *(f"count(b{number})" for number in range(len(staged.columns)))])
    rejected = connection.execute(f"SELECT {counts} FROM {table}").fetchall()[0]
    for number, (column, kind) in enumerate(staged.columns.items()):
        if not rejected[number + 1]:
            continue
        query = f"SELECT DISTINCT b{number} FROM {table} SEMI JOIN {engine.name(products)} p ON product = p.label"
        texts = [row[0] for row in connection.execute(f"{query} WHERE b{number} IS NOT NULL").fetchall()]
        good = []
        for text in sorted(texts):
            try:
                good.append((text, read_cell(text, kind)))
            except CellError as error:
                bad.setdefault(column, {})[text] = error
        if good:
            fixes = f"{staged.table}_fixes{number}"
            engine.put_rows(connection, fixes, {"label": "VARCHAR", "value": "VARCHAR"}, good)
            connection.execute(
                f"UPDATE {table} SET c{number} = CAST(m.value AS {engine.TYPES[kind]}) "
                f"FROM {engine.name(fixes)} m WHERE b{number} = m.label"
            )
    return bad
