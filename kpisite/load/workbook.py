"""One sheet of an Excel workbook -> the text of a table: each cell exactly as the workbook holds it.

A row of the sheet becomes a line of the same number, so that whatever is told later names the sheet's own cell.
"""

import csv
import datetime as dt
import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import ParseError

from kpisite.errors import Place, Problems, did_you_mean
from kpisite.load.facts import Format

ENDINGS = (".xlsx", ".xlsm")
# What openpyxl raises for files that are no workbooks, or damaged ones.
DAMAGED = (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError)
MIDNIGHT = dt.time(0)
# Whole numbers below are exact in a float, and are written without a fraction.
EXACT = 1e15
HEAD = 1 << 18


class Cell(Protocol):
    """What is asked of a cell; openpyxl has no types of its own."""

    value: object
    column: int
    data_type: str


class Sheet(Protocol):
    """What is asked of a sheet."""

    rows: Iterable[Iterable[Cell]]

    def reset_dimensions(self) -> None:
        """Forget what the workbook says of its size."""


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A sheet of a workbook; `readable` holds it as CSV, one line for each of its rows."""

    path: str  # below the site's folder
    sheet: str
    sha256: str  # of the workbook
    readable: Path
    size: int  # bytes of the workbook
    encoding: str = ""
    decoded: bool = False
    returns: int = 0
    format: Format = "xlsx"

    def head(self) -> str:
        """The beginning of the text, enough for any header."""
        with self.readable.open("rb") as stream:
            return stream.read(HEAD).decode("utf-8", "ignore")

    def lines(self) -> Iterator[str]:
        """All rows as lines, one after the other, each with its newline."""
        with self.readable.open(encoding="utf-8", newline="\n") as stream:
            yield from stream

    def place(self, line: int, column: int = 0, char: int = 0) -> Place:
        """Where a row or a cell stands, as book.xlsx:Sheet1!B7; column from 1."""
        return Place(f"{self.path}:{self.sheet}!{_letters(column)}{line}")


def _letters(column: int) -> str:
    """The name of a column, from 1; none for 0."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def open_sheet(file: Path, path: str, sheet: str | None, copy: Path, problems: Problems) -> SheetFile | None:
    """Read a sheet (the only one, or the one that is named), or tell why it cannot be read."""
    # Few sites read workbooks, and all others need not wait for the library.
    import openpyxl

    raw = file.read_bytes()
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except DAMAGED as error:
        what = f"it is no Excel workbook: {str(error) or type(error).__name__}"
        problems.error(Place(path), what, "Save it as .xlsx, or export it as CSV.", "xlsx-damaged")
        return None
    name = _choose(book.sheetnames, path, sheet, problems)
    if name is None:
        book.close()
        return None
    found = SheetFile(path, name, hashlib.sha256(raw).hexdigest(), copy, len(raw))
    before = len(problems.errors)
    try:
        empty = _write(book[name], found, problems)
    except DAMAGED as error:
        problems.error(Place(path), f"the sheet '{name}' is damaged: {error}", "Save it again.", "xlsx-damaged")
        return None
    finally:
        book.close()
    if empty:
        _refuse_uncomputed(file, found, empty, problems)
    return found if len(problems.errors) == before else None


def _choose(names: list[str], path: str, wanted: str | None, problems: Problems) -> str | None:
    if wanted is not None:
        if wanted in names:
            return wanted
        problems.error(Place(path), f"the workbook has no sheet '{wanted}'", did_you_mean(wanted, names), "xlsx-sheet")
        return None
    if len(names) == 1:
        return names[0]
    what = f"the workbook has {len(names)} sheets"
    problems.error(
        Place(path), what, f"Declare one of them: 'sheet: {names[0]}' or {', '.join(names[1:])}.", "xlsx-sheet"
    )
    return None


def _write(sheet: Sheet, found: SheetFile, problems: Problems) -> set[tuple[int, int]]:
    """Write the sheet as CSV; the answer holds the cells that are there but hold nothing."""
    empty: set[tuple[int, int]] = set()
    # What a workbook says of its size is often wrong, and openpyxl would cut or fill the rows by it.
    sheet.reset_dimensions()
    rows: list[tuple[str, ...]] = []
    last = 0
    with found.readable.open("w", encoding="utf-8", newline="") as stream:
        for number, cells in enumerate(sheet.rows, 1):
            texts = tuple(_text(cell, number, found, empty, problems) for cell in cells)
            width = max((column for column, text in enumerate(texts, 1) if text), default=0)
            rows.append(texts)
            last = max(last, width)
        writer = csv.writer(stream, lineterminator="\n")
        # Every row as wide as the widest one: a sheet has no ragged rows.
        writer.writerows((*texts[:last], *[""] * (last - len(texts))) for texts in rows)
    return empty


def _text(cell: Cell, row: int, found: SheetFile, empty: set[tuple[int, int]], problems: Problems) -> str:
    """The plain spelling of a cell's value."""
    value = cell.value
    if value is None:
        # A cell that does not stand in the workbook has no column.
        if hasattr(cell, "column"):
            empty.add((row, cell.column))
        return ""
    if cell.data_type == "e" and value != "#N/A":
        place = found.place(row, cell.column)
        problems.error(place, f"'{value}' is a spreadsheet's error", "Mend the formula.", "xlsx-error")
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat(sep=" ")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    return " ".join(str(value).splitlines()) if isinstance(value, str) else str(value)


def _refuse_uncomputed(file: Path, found: SheetFile, empty: set[tuple[int, int]], problems: Problems) -> None:
    """A formula that no spreadsheet has computed yet looks like an empty cell; it must not become a missing value."""
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True, data_only=False)
    for number, cells in enumerate(book[found.sheet].rows, 1):
        for cell in cells:
            if (number, getattr(cell, "column", 0)) in empty and cell.data_type == "f":
                what = f"the formula '{cell.value}' has no value yet"
                hint = "Open the workbook in a spreadsheet program, and save it."
                problems.error(found.place(number, cell.column), what, hint, "xlsx-formula")
    book.close()
