"""The rows that a measure took, as plain values."""

from dataclasses import dataclass

# A number that no float holds exactly is a text of its digits.
Value = float | str | None


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of one file: how many, and where the first of them stand, as data/sales.csv:26-37."""

    path: str
    rows: int
    places: tuple[str, ...]  # empty where rows and lines could not be told together
    is_all: bool  # no other places than these


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row: where it stands ("" on a connection), what it is about, and its value for each column of the listing."""

    place: str
    product: str
    period: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RowsTaken:
    """The rows that a measure takes for one period; `columns` are its aggregates, each over the values below it."""

    measure: str
    period: str
    rows: int
    columns: tuple[str, ...]
    files: tuple[FileRows, ...]
    listed: tuple[ListedRow, ...]
    select: str  # the query that lists them on a connection, in its words; "" for files
    is_changed: bool = False  # the files are not those that a release was made from
