"""The header of a table: its names, the units in them, and what is wrong with them."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from kpisite.declare.model import Source
from kpisite.errors import Problems, did_you_mean, nearest
from kpisite.load.columnfile import ColumnFile
from kpisite.load.textfile import TextFile
from kpisite.load.units import factor_of
from kpisite.load.workbook import SheetFile

# What rows are read from: a text of lines, or a sheet written as one.
Text = TextFile | SheetFile
Opened = Text | ColumnFile

# Title lines above a header are looked for in so many lines.
TITLE_LINES = 20
# Read without being declared where the header then has every column; never in words of Chinese or SQL.
USUAL_DELIMITERS = (";", "\t")
OTHER_DELIMITERS = (";", "\t", "|", "，")
# The first line by which a spreadsheet is told the delimiter.
_SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_WITH_UNIT = re.compile(r"(.*\S)\s*[(\[]([^()\[\]]+)[)\]]")


@dataclass(frozen=True, slots=True)
class Header:
    """The column names of one file as they count: NFKC, without spaces around them and without their units."""

    names: tuple[str, ...]
    line: int  # of the header in the file
    delimiter: str = ","
    units: Mapping[str, str] = field(default_factory=dict)  # as the header gives them
    is_recut: bool = False  # it is cut by another delimiter than the declared one

    @property
    def skip(self) -> int:
        """The lines above the header."""
        return self.line - 1


def fold(name: str) -> str:
    """A column's name or a label as it is compared."""
    return unicodedata.normalize("NFKC", name).strip()


def read_header(
    text: Text, source: Source, needed: Collection[str], used: Collection[str], problems: Problems
) -> Header | None:
    """Read the header below `skip` lines; every column needed must stand in it, and none twice."""
    lines = text.head().split("\n")
    header = _find_header(lines, source, needed)
    return _checked(text, header, lines, (source, needed, used), problems)


def header_of(
    file: ColumnFile, source: Source, needed: Collection[str], used: Collection[str], problems: Problems
) -> Header | None:
    """The names of a Parquet file's columns, checked in the same way."""
    header = Header(tuple(fold(field.name) for field in file.fields), 0)
    return _checked(file, header, [], (source, needed, used), problems)


def _checked(
    text: Opened,
    header: Header,
    lines: list[str],
    asked: tuple[Source, Collection[str], Collection[str]],
    problems: Problems,
) -> Header | None:
    source, needed, used = asked
    names, units = _without_units(header.names, {*needed, *used})
    header = Header(names, header.line, header.delimiter, units, header.is_recut)
    place = text.place(header.line)
    if not any(header.names):
        problems.error(place, "there is no header", "The first row names the columns.", "csv-header")
        return None
    missing = [name for name in needed if name not in header.names]
    if missing:
        others = set(header.names) - {"", *needed}
        hint = (
            _where_else(lines, header, needed)
            or nearest(missing[0], others)
            or _other_encoding(text.encoding, lines, header, needed)
            or did_you_mean(missing[0], others)
        )
        named = ", ".join(f"'{name}'" for name in missing)
        problems.error(place, f"the header lacks the column {named}", hint, "csv-column")
        return None
    fine = _is_unique(text, header, problems) and _agree_units(text, header, source, problems)
    return header if fine else None


def _find_header(lines: list[str], source: Source, needed: Collection[str]) -> Header:
    """The header as declared, unless the file says otherwise or has every column with a usual delimiter only."""
    said = _SEP.fullmatch(lines[0].strip()) if source.skip == 0 else None
    skip, delimiter = (1, said.group(1)) if said else (source.skip, source.delimiter)
    below = "\n".join(lines[skip:])
    header = Header(_names(below, delimiter), skip + 1, delimiter, is_recut=bool(said))
    if delimiter == "," and not set(needed) <= set(header.names):
        for other in USUAL_DELIMITERS:
            names = _names(below, other)
            if len(names) > 1 and set(needed) <= set(_without_units(names, needed)[0]):
                return Header(names, skip + 1, other, is_recut=True)
    return header


def _names(text: str, delimiter: str) -> tuple[str, ...]:
    row: list[str] = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True), [])
    return tuple(fold(name) for name in row)


def _without_units(names: tuple[str, ...], wanted: Collection[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Names that are wanted without the unit behind them, as 金额 is where the header has 金额(万元)."""
    plain, units = [], {}
    for name in names:
        match = _WITH_UNIT.fullmatch(name)
        if match and name not in wanted and match.group(1) in wanted and factor_of(match.group(2)) is not None:
            units[match.group(1)] = match.group(2)
            plain.append(match.group(1))
        else:
            plain.append(name)
    return tuple(plain), units


def _where_else(lines: list[str], header: Header, needed: Collection[str]) -> str:
    """Say where the header seems to be: further down, or with another delimiter."""
    for other in OTHER_DELIMITERS:
        if other != header.delimiter and set(needed) <= set(_names("\n".join(lines[header.skip :]), other)):
            name = "\\t" if other == "\t" else other
            return f"The columns seem to be separated by '{name}': declare 'delimiter: \"{name}\"'."
    for number, line in enumerate(lines[:TITLE_LINES]):
        if number != header.skip and set(needed) <= set(_names(line, header.delimiter)):
            return f"Line {number + 1} has it: declare 'skip: {number}'."
    return ""


def _other_encoding(encoding: str, lines: list[str], header: Header, needed: Collection[str]) -> str:
    """Traditional Chinese in Big5 can be read as GB18030 without an error, but then nothing makes sense."""
    if encoding != "gb18030":
        return ""
    line = lines[header.skip].encode("gb18030").decode("big5", "replace")
    if set(needed) <= set(_names(line, header.delimiter)):
        return "It reads well as Big5: declare 'encoding: big5'."
    return "It was read as GB18030; if its names look wrong, declare another encoding, like 'encoding: big5'."


def _is_unique(text: Opened, header: Header, problems: Problems) -> bool:
    first: dict[str, int] = {}
    fine = True
    for number, name in enumerate(header.names, 1):
        if name and name in first:
            what = f"the column '{name}' stands twice, as column {first[name]} and {number}"
            problems.error(text.place(header.line), what, "Rename one of them.", "csv-column-twice")
            fine = False
        first.setdefault(name, number)
    return fine


def _agree_units(text: Opened, header: Header, source: Source, problems: Problems) -> bool:
    """A unit in the header must be the declared one: a factor of ten thousand is not for us to guess."""
    declared = {fold(name): unit for name, unit in source.units.items()}
    fine = True
    for name, unit in header.units.items():
        if name not in declared:
            what = f"the header gives '{name}' in {unit}"
            hint = f"Declare it: 'units: {{{name}: {unit}}}'."
        elif factor_of(unit) != factor_of(declared[name]):
            what = f"the header gives '{name}' in {unit}, the declaration in {declared[name]}"
            hint = "Correct one of them."
        else:
            continue
        problems.error(text.place(header.line), what, hint, "csv-unit")
        fine = False
    return fine
