"""Bytes of a file of the site -> UTF-8 text with plain newlines, and what had to be decided on the way."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from kpisite.declare.files import foreign
from kpisite.errors import Place, Problems
from kpisite.load.digest import digest_of
from kpisite.load.facts import Format

BLOCK = 1 << 22
HEAD = 1 << 18
# The engine takes no longer ones either.
LONGEST_LINE = 1 << 22
# Longest mark first: the mark of UTF-32 begins with the mark of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What makes a cell worth a closer look: 1_000, #REF!, 1.23E+11, and days like 2025/09/30 or 2025 9 30; no cell need be
# asked in a file that holds none.
SEPARATORS = (b"/", b" ", b"\\")
SIGNS = (b"_", b"#", b"+", *SEPARATORS)
# The engine would read these characters of a path as a pattern.
PATTERN = set("*?[{")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file of the site; `readable` holds the same text in UTF-8 with plain newlines."""

    path: str  # below the site's folder
    encoding: str
    digest: Future[str]  # of the bytes as they were delivered
    readable: Path
    size: int  # bytes as they were delivered
    decoded: bool = False  # it is no plain UTF-8
    returns: int = 0  # carriage returns that were taken away
    sheet: str = ""
    format: Format = "csv"
    signs: frozenset[bytes] = frozenset(SIGNS)  # which of them may stand in it

    @property
    def sha256(self) -> str:
        """Of the bytes as they were delivered."""
        return self.digest.result()

    def head(self) -> str:
        """The beginning of the text, enough for any header."""
        with self.readable.open("rb") as stream:
            return stream.read(HEAD).decode("utf-8", "ignore")

    def lines(self) -> Iterator[str]:
        """All lines, one after the other, each with its newline."""
        with self.readable.open(encoding="utf-8", newline="\n") as stream:
            yield from stream

    def place(self, line: int, column: int = 0, char: int = 0) -> Place:
        """Where a row or a cell stands: the line, and the column of its first character."""
        return Place(self.path, line, char if column or char else 0)


@dataclass(frozen=True, slots=True)
class _Scan:
    """What one look at all bytes tells."""

    is_utf8: bool
    is_marked: bool
    returns: int
    has_nul: bool
    long_line: int  # the line that is too long to be one of a table, 0 = none
    signs: frozenset[bytes]


def open_text(file: Path, path: str, declared: str | None, copy: Path, problems: Problems) -> TextFile | None:
    """Find out the encoding (declared, by its mark, UTF-8, GB18030) and give readable text, or say why there is none.

    A plain UTF-8 file is read where it lies; for any other one, `copy` is written. Both are read in blocks, because
    files may be large. A file that ends in .gz is unpacked first.
    """
    delivered, digest = file, digest_of(file)
    if file.suffix == ".gz":
        file = copy.with_suffix(".unpacked")
        if not _unpack(delivered, path, file, problems):
            return None
    with file.open("rb") as stream:
        stranger = foreign(stream.read(4))
    if stranger is not None:
        problems.error(Place(path), *stranger, "csv-kind")
        return None
    scan = _scan(file)
    if scan.long_line:
        what = f"a line is longer than {LONGEST_LINE >> 20} MB"
        problems.error(Place(path, scan.long_line), what, "Is it a table of lines?", "csv-long-line")
        return None
    size = delivered.stat().st_size
    is_plain = scan.is_utf8 and not (scan.is_marked or scan.returns or scan.has_nul)
    if is_plain and (declared or "utf-8").lower() in ("utf-8", "utf8") and not PATTERN & set(str(file)):
        return TextFile(path, "utf-8", digest, file, size, signs=scan.signs)
    encoding = declared or _encoding(file, scan)
    if not _copy(file, path, encoding, declared is not None or scan.is_utf8, copy, problems):
        return None
    decoded = scan.is_marked or not scan.is_utf8 or encoding.lower() not in ("utf-8", "utf8")
    returns = scan.returns if encoding.startswith(("utf-8", "gb")) else 0
    return TextFile(path, encoding, digest, copy, size, decoded, returns)


def _unpack(file: Path, path: str, copy: Path, problems: Problems) -> bool:
    try:
        with gzip.open(file) as packed, copy.open("wb") as target:
            while block := packed.read(BLOCK):
                target.write(block)
    except (OSError, EOFError, zlib.error) as error:
        problems.error(Place(path), f"it cannot be unpacked: {error}", "Pack it again with gzip.", "csv-gzip")
        return False
    return True


def _scan(file: Path) -> _Scan:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    is_utf8, has_nul, signs = True, False, frozenset[bytes]()
    returns = 0
    is_long = False
    with file.open("rb") as stream:
        first = block = stream.read(BLOCK)
        while block:
            is_utf8 = is_utf8 and _is_utf8(decoder, block)
            has_nul = has_nul or b"\0" in block
            signs |= {sign for sign in SIGNS if sign not in signs and sign in block}
            returns += block.count(b"\r") if b"\r" in block else 0
            is_long = is_long or (len(block) >= LONGEST_LINE and b"\n" not in block and b"\r" not in block)
            block = stream.read(BLOCK)
    is_utf8 = is_utf8 and _is_utf8(decoder, b"", final=True)
    is_marked = first.startswith(tuple(mark for mark, _ in MARKS))
    return _Scan(is_utf8, is_marked, returns, has_nul, _long_line(file) if is_long else 0, signs)


def _long_line(file: Path) -> int:
    """The number of the line that is too long."""
    lines = 0
    with file.open("rb") as stream:
        while (block := stream.read(BLOCK)) and (b"\n" in block or b"\r" in block or len(block) < LONGEST_LINE):
            lines += block.count(b"\n")
    return lines + 1


def _is_utf8(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    if not final and block.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(file: Path, scan: _Scan) -> str:
    """The encoding that the bytes themselves tell; GB18030 is tried where they tell nothing."""
    if scan.is_marked:
        with file.open("rb") as stream:
            head = stream.read(4)
        return next(encoding for mark, encoding in MARKS if head.startswith(mark))
    return "utf-8" if scan.is_utf8 else "gb18030"


def _copy(file: Path, path: str, encoding: str, certain: bool, copy: Path, problems: Problems) -> bool:
    """Write the text as UTF-8 with plain newlines, or tell why it is none in this encoding."""
    line = 1
    try:
        # Reading any kind of line end and writing one kind is what text mode does.
        with (
            file.open(encoding=encoding, newline=None) as source,
            copy.open("w", encoding="utf-8", newline="\n") as target,
        ):
            block = source.read(BLOCK).removeprefix("\ufeff")
            while block:
                if "\0" in block:
                    line += block.count("\n", 0, block.index("\0"))
                    problems.error(Place(path, line), "a NUL byte stands in the file", "It is no text file.", "csv-nul")
                    return False
                line += block.count("\n")
                target.write(block)
                block = source.read(BLOCK)
    except LookupError:
        what = f"'{encoding}' is no known encoding"
        problems.error(Place(path), what, "Try utf-8, gb18030 or utf-16.", "csv-encoding")
        return False
    except UnicodeError:
        _tell_bytes(file.read_bytes(), path, encoding if certain else "", problems)
        return False
    return True


def _tell_bytes(raw: bytes, path: str, encoding: str, problems: Problems) -> None:
    """Name the first byte that does not fit the encoding; of the two that are tried, the one that comes furthest."""
    offset = _first_odd(raw, encoding or "utf-8")
    name, hint = f"not {encoding}", "Leave 'encoding' out or correct it."
    if not encoding:
        name, hint = "neither UTF-8 nor GB18030", "Declare the source's encoding, like 'encoding: big5'."
        other = _first_odd(raw, "gb18030")
        if other > offset:
            name, offset = "no UTF-8, and GB18030 only up to here", other
            hint = "Mend these bytes, or declare the source's encoding, like 'encoding: big5'."
    line = raw[:offset].count(b"\n") + 1
    what = f"{name}: byte 0x{raw[offset]:02x} at offset {offset}"
    problems.error(Place(path, line), what, hint, "csv-encoding")


def _first_odd(raw: bytes, encoding: str) -> int:
    """Where the bytes cease to be text in an encoding."""
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0
