"""The second pass over a CSV file, only when something is wrong: where exactly each bad row and cell stands."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kpisite.load.columnfile import ColumnFile
from kpisite.load.header import Header, Opened, Text


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a CSV file with the line it starts on and its text."""

    line: int
    values: tuple[str, ...]
    text: str

    def place_of(self, column: int, delimiter: str) -> tuple[int, int]:
        """Line and column, from 1, where the value of a column starts."""
        line, start = self.line, 0
        quoted = False
        field = 0
        last_break = 0
        for position, char in enumerate(self.text):
            if field == column:
                break
            if char == '"':
                quoted = not quoted
            elif char == delimiter and not quoted:
                field, start = field + 1, position + 1
            elif char == "\n":
                line, last_break = line + 1, position + 1
        return line, start - last_break + 1


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a CSV file stops making sense, and why."""

    line: int
    why: str
    text: str  # of the line where it begins


def rows(text: Opened, header: Header) -> Iterator[Row | Broken]:
    """All records, with the lines they start on; of a Parquet file with their numbers."""
    if isinstance(text, ColumnFile):
        return (Row(number, values, ", ".join(values)) for number, values in text.records())
    return _rows_of_text(text, header)


def _rows_of_text(text: Text, header: Header) -> Iterator[Row | Broken]:
    """All records below the header, blank lines left out; the last one may tell where the text breaks off."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in islice(text.lines(), header.skip, None):
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=header.delimiter, strict=True)
    start = header.line
    headed = False
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Broken(start, _why(str(error)), "".join(taken[:1]).rstrip("\n"))
            return
        if headed and values:
            yield Row(start, tuple(values), "".join(taken).removesuffix("\n"))
        headed = True
        start += len(taken)
        taken.clear()


def _why(message: str) -> str:
    if "unexpected end" in message:
        return "a quoted text is never closed"
    if "field limit" in message:
        return f"a text is longer than {csv.field_size_limit()} characters"
    if "expected after" in message:
        return "something stands between a closing quote and the next delimiter"
    return message
