"""A Parquet file: columns with types of their own, read by the engine where it lies and never copied."""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from kpisite.declare.model import Column
from kpisite.errors import Place, Problems
from kpisite.load import engine_duckdb as engine
from kpisite.load.digest import digest_of
from kpisite.load.facts import Format
from kpisite.load.values import LARGEST

# Types whose values are whole numbers that always fit.
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
DAYS = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")
TEXT = "VARCHAR"
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
# Of our decimals, before and behind the point.
DIGITS, DECIMALS = 26, 12
ONE = Decimal(1)
# A share of a number has more decimals while it is computed, so that fewer digits are left before the point.
SHARED = Decimal(10) ** 20


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the file: its name as it is written there, and its type in the engine."""

    name: str
    type: str

    @property
    def text(self) -> str:
        """The column as text, a day without its hours."""
        column = engine.name(self.name)
        if self.type == TEXT:
            return column
        return f"CAST(CAST({column} AS DATE) AS VARCHAR)" if self.type in DAYS else f"CAST({column} AS VARCHAR)"

    @property
    def is_narrow(self) -> bool:
        """Does every value of it have a place among our decimals?"""
        match = _DECIMAL.fullmatch(self.type)
        return match is not None and int(match[2]) <= DECIMALS and int(match[1]) - int(match[2]) <= DIGITS

    def is_ours(self, kind: Column) -> bool:
        """Can values of its own type be compared, added and subtracted as exactly as those of the declared one?"""
        return (kind == "decimal" and self.is_narrow) or (kind == "integer" and self.type in WHOLE)

    def value(self, kind: Column, factor: Decimal) -> tuple[str, str]:
        """The column as a declared type, and the text of what does not fit it; for columns that are no text."""
        column = engine.name(self.name)
        if kind == "text":
            return self.text, "CAST(NULL AS VARCHAR)"
        number = f"TRY_CAST({column} AS {engine.TYPES[kind]})"
        if kind == "float":
            number = f"CASE WHEN isfinite({number}) THEN {number} END"
        if kind == "integer" and self.type not in WHOLE:
            number = f"CASE WHEN {column} = trunc({column}) THEN {number} END"
        if factor != ONE:
            number = times(number, kind, factor)
        elif (self.type in WHOLE and kind in ("decimal", "integer", "float")) or (kind == "decimal" and self.is_narrow):
            return number, "CAST(NULL AS VARCHAR)"
        return number, f"CASE WHEN {column} IS NOT NULL AND {number} IS NULL THEN CAST({column} AS VARCHAR) END"


@dataclass(frozen=True, slots=True)
class ColumnFile:
    """A Parquet file of the site; its rows are numbered from 1."""

    path: str  # below the site's folder
    digest: Future[str]
    readable: Path
    size: int
    fields: tuple[Field, ...]
    connection: engine.Connection
    encoding: str = ""
    decoded: bool = False
    returns: int = 0
    sheet: str = ""
    format: Format = "parquet"

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return self.digest.result()

    def place(self, line: int, column: int = 0, char: int = 0) -> Place:
        """Where a row stands: its number."""
        return Place(self.path, line)

    def records(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """All rows with their numbers, every value as its text."""
        texts = ", ".join(f"coalesce({field.text}, '')" for field in self.fields)
        query = f"SELECT file_row_number + 1, {texts} FROM {read(self.readable, numbered=True)} ORDER BY 1"
        found = self.connection.cursor().execute(query)
        while rows := found.fetchmany(1 << 14):
            for number, *values in rows:
                yield number, tuple(values)


def times(number: str, kind: Column, factor: Decimal) -> str:
    """A number in units of one; NULL where it then is too large for its type."""
    product = f"CAST(({number}) * {factor:f} AS {engine.TYPES[kind]})"
    limit = LARGEST / factor if factor > ONE else SHARED
    return product if kind == "float" else f"CASE WHEN abs({number}) < {limit:f} THEN {product} END"


def read(file: Path, *, numbered: bool = False) -> str:
    """The table function that reads a file."""
    return f"read_parquet({engine.text(str(file))}{', file_row_number=true' if numbered else ''})"


def open_columns(file: Path, path: str, connection: engine.Connection, problems: Problems) -> ColumnFile | None:
    """Read the names and types of the columns, or tell why they cannot be read."""
    try:
        found = connection.execute(f"DESCRIBE SELECT * FROM {read(file)}").fetchall()
    except engine.EngineError as error:
        what = f"it is no Parquet file: {str(error).partition(chr(10))[0].removesuffix('.')}"
        problems.error(Place(path), what, "Write it again, or export it as CSV.", "parquet-damaged")
        return None
    fields = tuple(Field(row[0], row[1]) for row in found)
    return ColumnFile(path, digest_of(file), file, file.stat().st_size, fields, connection)
