"""What was read, for those who must trust it: files, what was repaired in them, and which rows were left out."""

from dataclasses import dataclass
from typing import Literal

Format = Literal["csv", "parquet", "xlsx", "query"]

# What is repaired without asking, and counted: whole files first, then cells, then rows.
FIXES = (
    "decoded",  # the file is no plain UTF-8
    "newlines",  # lines that ended otherwise than with a line feed alone
    "delimiter",  # the file is cut by another sign than the declared one
    "full-width",  # digits, signs and spaces of the Chinese typesetting, or another minus sign
    "thousands",  # 1,234,567.89
    "negatives",  # (1,000) or 1,000-
    "percent",  # 12.5 %
    "units",  # 1.2万, ¥1,200, a header's (万元)
    "dates",  # serial numbers of spreadsheets, days in a declared order
    "spelling",  # other spellings of numbers, days, yes and no
    "blank-rows",
    "identical-rows",  # a row that repeats another one of its key, value for value; kept once
)
# Why rows that were read do not count.
LEFT_OUT = (
    "unknown-product",  # not declared, and the source says that this does not stop the build
    "unknown-measure",  # of a long table: no measure asks for its label, and the source says that this is meant
    "total-row",  # named by ignore_rows
    "other-period",  # of another grain than the source declares
    "replaced",  # a later row of the same product and period stands
    "later-period",  # after the last period that is shown
    "later-delivery",  # after the day of the report
)


@dataclass(frozen=True, slots=True)
class Fix:
    """How often one kind of repair was made in a file; the kinds are those of FIXES."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of one file that do not count: why, how many, and the first lines (0 where a format has no lines)."""

    reason: str
    rows: int
    lines: tuple[int, ...] = ()
    label: str = ""  # the product or row label they are about


@dataclass(frozen=True, slots=True)
class FileFact:
    """What was read from one file."""

    path: str  # below the site's folder; of a query its connection and file or table
    sha256: str  # of its bytes; of a query of its text
    encoding: str  # "" for a format that knows its own
    rows: int  # records below the header, blank ones left out
    size: int = 0  # bytes
    format: Format = "csv"
    delimiter: str = ""
    sheet: str = ""
    newest: str = ""  # the label of the newest period in it
    fixes: tuple[Fix, ...] = ()  # in the order of FIXES, none with 0
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFact:
    """What was read from one source."""

    source: str
    files: tuple[FileFact, ...]

    @property
    def rows(self) -> int:
        """The records of all files."""
        return sum(file.rows for file in self.files)

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def newest(self) -> str:
        """The label of the newest period; the periods of a source are of one length, so that labels sort."""
        return max((file.newest for file in self.files), default="")

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """The repairs of all files by kind."""
        counts = {
            kind: sum(fix.count for file in self.files for fix in file.fixes if fix.kind == kind) for kind in FIXES
        }
        return tuple(Fix(kind, count) for kind, count in counts.items() if count)
