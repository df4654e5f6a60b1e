"""Where the rows of a staged source stand in its files: file and line, found again when somebody asks for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from kpisite.errors import Place
from kpisite.load import engine_duckdb as engine
from kpisite.load.cells import Row, rows
from kpisite.load.columnfile import ColumnFile
from kpisite.load.staging import Part, Staged, is_view


@dataclass(frozen=True, slots=True)
class Located:
    """The files of a source, and of each text the engine's number of its first row and the count of its rows."""

    parts: Mapping[int, Part]
    first: Mapping[int, tuple[int, int]]

    def path(self, file: int) -> str:
        """A file, below the site's folder."""
        return self.parts[file].text.path

    def lines(self, file: int, records: Iterable[int]) -> dict[int, int]:
        """The lines of rows by the engine's numbers; empty where rows and lines could not be told together."""
        part, wanted = self.parts[file], sorted(set(records))
        if isinstance(part.text, ColumnFile):
            return {record: record for record in wanted}
        first, count = self.first[file]
        below = sum(1 for _ in islice(part.text.lines(), part.header.line, None))
        if below == count:
            return {record: part.header.line + 1 + record - first for record in wanted}
        # Texts over several lines, or empty lines: every row is counted.
        found = [row.line for row in rows(part.text, part.header) if isinstance(row, Row)]
        return {record: found[record - first] for record in wanted} if len(found) == count else {}

    def place(self, file: int, line: int) -> Place:
        """A line of a file, or a row of a sheet or a Parquet file."""
        return self.parts[file].text.place(line)


def locate(connection: engine.Connection, staged: Staged, parts: tuple[Part, ...]) -> Located:
    """Number the rows of each text, as long as all of them are there."""
    first: dict[int, tuple[int, int]] = {}
    if not is_view(parts):
        query = f"SELECT file, min(rowid), count(*) FROM {engine.name(staged.table)} WHERE record IS NULL GROUP BY file"
        first = {file: (least, count) for file, least, count in connection.execute(query).fetchall()}
    return Located({part.number: part for part in parts}, first)
