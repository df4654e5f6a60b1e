"""Long tables printed by the engine, which writes a line in a third of the time; the text is that of text.py.

Nothing is quoted: ids, codes, labels and numbers need no quotes.
"""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.load.engine_duckdb import Connection, connect, text

Floats = npt.NDArray[np.float64]

# From here on numbers are written with an exponent and so without '.0'.
_EXPONENTS = 1e16


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers, empty for NaN; where there is a number in `high`, too, from one to the other: 70..100."""

    low: Floats
    high: Floats | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words by their positions among the names."""

    codes: npt.NDArray[Any]
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """A column of whole numbers."""

    values: npt.NDArray[Any]


Column = Numbers | Words | Counts


def printed(header: Sequence[str], parts: Iterable[Sequence[Column]]) -> bytes:
    """A CSV table with this header; each part gives its columns for some of the lines, in order."""
    found = [",".join(header).encode() + b"\n"]
    with tempfile.TemporaryDirectory(prefix="kpisite-") as folder, connect(Path(folder)) as connection:
        # One thread: the other processors make pages.
        connection.execute("SET threads=1")
        connection.execute("SET preserve_insertion_order=true")
        file = Path(folder) / "part.csv"
        for columns in parts:
            _print(connection, columns, file)
            found.append(file.read_bytes())
    return b"".join(found)


def _print(connection: Connection, columns: Sequence[Column], file: Path) -> None:
    arrays: dict[str, npt.NDArray[Any]] = {}
    names: list[list[str]] = []
    cells = []
    for number, column in enumerate(columns):
        low, high = f"c{number}", f"h{number}"
        match column:
            case Numbers():
                arrays[low] = column.low.ravel()
                cell = _number(low)
                if column.high is not None and not np.isnan(column.high).all():
                    arrays[high] = column.high.ravel()
                    cell = f"{cell} || coalesce('..' || {_number(high)}, '')"
            case Words():
                arrays[low] = column.codes.ravel().astype(np.int32)
                names.append(list(column.names))
                cell = f"(CAST(? AS VARCHAR[]))[{low} + 1]"
            case Counts():
                arrays[low] = column.values.ravel()
                cell = low
        cells.append(cell)
    connection.register("lines", arrays)
    select = f"SELECT {', '.join(cells)} FROM lines"
    connection.execute(f"COPY ({select}) TO {text(str(file))} (FORMAT csv, HEADER false, QUOTE '')", names)
    connection.unregister("lines")


def _number(column: str) -> str:
    """The shortest text that reads back as this number, without a needless '.0'; NULL for NaN."""
    whole = f"{column} = trunc({column}) AND abs({column}) < {_EXPONENTS}"
    short = f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
    return f"CASE WHEN isnan({column}) THEN NULL WHEN {whole} THEN {short} ELSE CAST({column} AS VARCHAR) END"
