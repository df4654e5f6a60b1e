"""The embedded engine: how a DuckDB connection is set up and how names, texts and CSV files are written in its SQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from kpisite.declare.model import Column, EngineSettings
from kpisite.load.engine import Answer
from kpisite.load.engine import EngineError as Refused

Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error

# Amounts are decimals: their sums are exact, and the same in every order.
DECIMAL = "DECIMAL(38,12)"
TYPES: Mapping[Column, str] = {
    "decimal": DECIMAL,
    "integer": "DECIMAL(38,0)",
    "float": "DOUBLE",
    "text": "VARCHAR",
    "date": "DATE",
    "boolean": "BOOLEAN",
}


DEFAULTS = EngineSettings()


def connect(folder: Path, settings: EngineSettings = DEFAULTS) -> Connection:
    """Open an engine in memory that spills into this folder, and reads nothing but what we name."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET threads={settings.threads}")
    connection.execute(f"SET memory_limit={text(settings.memory_limit)}")
    connection.execute(f"SET temp_directory={text(str(folder))}")
    # Rows are always grouped or looked up by key, never told apart by their order.
    connection.execute("SET preserve_insertion_order=false")
    # It would make a join of every column's list of missing markers: a hundred times the work.
    connection.execute("SET disabled_optimizers='in_clause'")
    connection.execute("SET autoinstall_known_extensions=false")
    connection.execute("SET autoload_known_extensions=false")
    return connection


def name(word: str) -> str:
    """Write a name in SQL."""
    return '"' + word.replace('"', '""') + '"'


def text(value: str) -> str:
    """Write a text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def read_csv(files: Sequence[Path], width: int, delimiter: str, skip: int, *, named: bool = True) -> str:
    """Read CSV files of one shape as text: columns h0, h1 ... and, if `named`, `filename`; nothing is guessed."""
    paths = ", ".join(text(str(file)) for file in files)
    columns = ", ".join(f"'h{number}': 'VARCHAR'" for number in range(width))
    return (
        f"read_csv([{paths}], auto_detect=false, delim={text(delimiter)}, quote='\"', escape='\"', header=true, "
        f"skip={skip}, columns={{{columns}}}, filename={str(named).lower()})"
    )


def cast(column: str, kind: Column, na: Iterable[str], *, underscored: bool = True) -> str:
    """The fast reading of a text column as its type; NULL for what is missing and for what the slow path must see.

    `underscored` says whether a low line may stand in it at all.
    """
    if kind == "text":
        return f"nullif({column}, '')"
    fast = {
        "decimal": f"try_cast({column} AS {DECIMAL})",
        "integer": _whole(column),
        "float": f"try_cast({column} AS DOUBLE)",
        "date": f"try_cast(try_strptime({column}, '%Y-%m-%d') AS DATE)",
        "boolean": f"CASE {column} WHEN 'true' THEN true WHEN 'false' THEN false END",
    }[kind]
    if kind == "float":
        fast = f"CASE WHEN isfinite({fast}) THEN {fast} END"
    # The cast reads 1_000 as a number; a person does not write it so.
    doubtful = [f"contains({column}, '_')"] if underscored and kind in ("decimal", "integer", "float") else []
    numbers = ", ".join(text(mark) for mark in na if any(char.isdigit() for char in mark))
    doubtful += [f"trim({column}) IN ({numbers})"] if numbers else []
    return f"CASE WHEN {' OR '.join(doubtful)} THEN NULL ELSE {fast} END" if doubtful else fast


def _whole(column: str) -> str:
    """A whole number; where a point or a power of ten stands in it the closer look is needed, for a cast rounds."""
    number = f"try_cast({column} AS {DECIMAL})"
    close = f"CASE WHEN {number} = trunc({number}) THEN CAST({number} AS DECIMAL(38,0)) END"
    # One character alone is a digit or nothing, and the most usual whole numbers are such.
    is_odd = f"strlen({column}) > 1 AND (" + " OR ".join(f"contains({column}, '{sign}')" for sign in ".eE") + ")"
    return f"CASE WHEN {is_odd} THEN {close} ELSE CAST(try_cast({column} AS DECIMAL(26,0)) AS DECIMAL(38,0)) END"


def rejected(column: str, value: str, kind: Column, na: Iterable[str]) -> str:
    """The text that the fast reading could not take and that does not stand for a missing value; else NULL."""
    if kind == "text":
        return "CAST(NULL AS VARCHAR)"
    marks = ", ".join(text(mark) for mark in sorted({"", *(mark.strip() for mark in na)}))
    return f"CASE WHEN {value} IS NULL AND trim({column}) NOT IN ({marks}) THEN {column} END"


def put_rows(connection: Connection, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
    """Create a small table with these rows, or make it anew; columns by name with their types."""
    fields = ", ".join(f"unnest(CAST(? AS {kind}[])) AS {name(column)}" for column, kind in columns.items())
    values = [[row[number] for row in rows] for number in range(len(columns))]
    connection.execute(f"CREATE OR REPLACE TABLE {name(table)} AS SELECT {fields}", values)


def fetch(connection: Connection, query: str) -> dict[str, Any]:
    """Ask and get the answer as one array for each column, masked where it holds NULL."""
    found: dict[str, Any] = connection.execute(query).fetchnumpy()
    return found


@dataclass(frozen=True, slots=True)
class DuckEngine:
    """The embedded engine behind the protocol of all engines: it can compute every atom."""

    connection: Connection
    dialect: str = "duckdb"
    lacks: frozenset[str] = frozenset()

    def rows(self, view: str) -> exp.Expr:
        """The rows of a view of the connection."""
        return exp.to_table(view, quoted=True)

    def put(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> exp.Expr:
        """A small table of the connection."""
        put_rows(self.connection, name, columns, rows)
        return exp.to_table(name, quoted=True)

    def text(self, query: exp.Expr) -> str:
        """The query as DuckDB reads it."""
        return query.sql(dialect=self.dialect)

    def run(self, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Ask the connection for rows."""
        try:
            found = self.connection.execute(sql)
            return [column[0] for column in found.description], found.fetchall()
        except duckdb.Error as error:
            raise Refused(str(error).partition("\n")[0].removesuffix(".")) from error

    def fetch(self, query: exp.Expr) -> Answer:
        """Ask the connection."""
        try:
            return fetch(self.connection, self.text(query))
        except duckdb.Error as error:
            raise Refused(str(error).partition("\n")[0].removesuffix(".")) from error
