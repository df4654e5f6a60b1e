"""The header of a CSV file: its names, and what is wrong with them."""

import csv
import io
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from kpisite.errors import Place, Problems, did_you_mean
from kpisite.load.textfile import TextFile

# Title lines above a header are looked for in so many lines.
TITLE_LINES = 20
OTHER_DELIMITERS = (";", "\t", "|", "，")


@dataclass(frozen=True, slots=True)
class Header:
    """The column names of one file as they count: NFKC, without spaces around them."""

    names: tuple[str, ...]
    line: int  # of the header in the file


def fold(name: str) -> str:
    """A column's name or a label as it is compared."""
    return unicodedata.normalize("NFKC", name).strip()


def read_header(
    text: TextFile, delimiter: str, skip: int, needed: Collection[str], problems: Problems
) -> Header | None:
    """Read the header below `skip` lines; every column needed must stand in it, and none twice."""
    head = text.head()
    lines = head.split("\n")
    header = Header(_names("\n".join(lines[skip:]), delimiter), skip + 1)
    place = Place(text.path, skip + 1)
    if not any(header.names):
        problems.error(place, "there is no header", "The first row names the columns.", "csv-header")
        return None
    missing = [name for name in needed if name not in header.names]
    if missing:
        hint = _where_else(lines, delimiter, skip, needed) or did_you_mean(
            missing[0], set(header.names) - {"", *needed}
        )
        named = ", ".join(f"'{name}'" for name in missing)
        problems.error(place, f"the header lacks the column {named}", hint, "csv-column")
        return None
    return header if _is_unique(header, place, problems) else None


def _names(text: str, delimiter: str) -> tuple[str, ...]:
    row: list[str] = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    return tuple(fold(name) for name in row)


def _where_else(lines: list[str], delimiter: str, skip: int, needed: Collection[str]) -> str:
    """Say where the header seems to be: further down, or with another delimiter."""
    for other in OTHER_DELIMITERS:
        if other != delimiter and set(needed) <= set(_names("\n".join(lines[skip:]), other)):
            name = "\\t" if other == "\t" else other
            return f"The columns seem to be separated by '{name}': declare 'delimiter: \"{name}\"'."
    for number, line in enumerate(lines[:TITLE_LINES]):
        if number != skip and set(needed) <= set(_names(line, delimiter)):
            return f"Line {number + 1} has it: declare 'skip: {number}'."
    return ""


def _is_unique(header: Header, place: Place, problems: Problems) -> bool:
    first: dict[str, int] = {}
    fine = True
    for number, name in enumerate(header.names, 1):
        if name and name in first:
            what = f"the column '{name}' stands twice, as column {first[name]} and {number}"
            problems.error(place, what, "Rename one of them.", "csv-column-twice")
            fine = False
        first.setdefault(name, number)
    return fine
