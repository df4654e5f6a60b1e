"""Bytes of a file of the site -> UTF-8 text with plain newlines, and what had to be decided on the way."""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from kpisite.errors import Place, Problems

BLOCK = 1 << 22
HEAD = 1 << 18
# Longest mark first: the mark of UTF-32 begins with the mark of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file of the site; `readable` holds the same text in UTF-8 with plain newlines."""

    path: str  # below the site's folder
    encoding: str
    sha256: str  # of the bytes as they were delivered
    readable: Path
    size: int  # bytes as they were delivered

    def head(self) -> str:
        """The beginning of the text, enough for any header."""
        with self.readable.open("rb") as stream:
            return stream.read(HEAD).decode("utf-8", "ignore")

    def text(self) -> str:
        """The whole text."""
        return self.readable.read_bytes().decode("utf-8")


def open_text(file: Path, path: str, declared: str | None, copy: Path, problems: Problems) -> TextFile | None:
    """Find out the encoding (declared, by its mark, UTF-8, GB18030) and give readable text, or say why there is none.

    A plain UTF-8 file is read where it lies; for any other one, `copy` is written.
    """
    plain, digest = _scan(file)
    # The engine would read these characters of a path as a pattern.
    if plain and (declared or "utf-8").lower() in ("utf-8", "utf8") and not set("*?[{") & set(str(file)):
        return TextFile(path, "utf-8", digest, file, file.stat().st_size)
    raw = file.read_bytes()
    found = _decode(raw, path, declared, problems)
    if found is None:
        return None
    encoding, text = found
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        problems.error(Place(path, line), "a NUL byte stands in the file", "It is no text file.", "csv-nul")
        return None
    copy.write_bytes(text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8"))
    return TextFile(path, encoding, digest, copy, len(raw))


def _scan(file: Path) -> tuple[bool, str]:
    """Is it UTF-8 without mark, NUL and carriage returns; and its hash. Reads in blocks: files may be large."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with file.open("rb") as stream:
        block = stream.read(BLOCK)
        plain = not block.startswith(codecs.BOM_UTF8)
        while block:
            digest.update(block)
            plain = plain and b"\r" not in block and b"\0" not in block and _is_utf8(decoder, block)
            block = stream.read(BLOCK)
    return plain and _is_utf8(decoder, b"", final=True), digest.hexdigest()


def _is_utf8(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    if not final and block.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _decode(raw: bytes, path: str, declared: str | None, problems: Problems) -> tuple[str, str] | None:
    if declared is not None:
        return _declared(raw, path, declared, problems)
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return _declared(raw, path, encoding, problems)
    try:
        return "utf-8", raw.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = error
    try:
        return "gb18030", raw.decode("gb18030")
    except UnicodeDecodeError:
        line = raw[: bad.start].count(b"\n") + 1
        what = f"neither UTF-8 nor GB18030: byte 0x{raw[bad.start]:02x} at offset {bad.start}"
        problems.error(Place(path, line), what, "Declare the source's encoding, like 'encoding: big5'.", "csv-encoding")
        return None


def _declared(raw: bytes, path: str, encoding: str, problems: Problems) -> tuple[str, str] | None:
    try:
        text = raw.decode(encoding)
    except LookupError:
        what = f"'{encoding}' is no known encoding"
        problems.error(Place(path), what, "Try utf-8, gb18030 or utf-16.", "csv-encoding")
        return None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"not {encoding}: byte 0x{raw[error.start]:02x} at offset {error.start}"
        problems.error(Place(path, line), what, "Leave 'encoding' out or correct it.", "csv-encoding")
        return None
    return encoding, text.removeprefix("\ufeff")
