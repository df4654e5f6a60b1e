"""The author's files: which there are, and their text."""

import codecs
from pathlib import Path

from kpisite.errors import Place, Problems

# A declaration of this size is data in the wrong place.
MOST_BYTES = 64 * 2**20

YAML_ENDINGS = (".yaml", ".yml")
MARKDOWN_ENDING = ".md"
# Read by other programs like ours, and meant for us when they lie here.
OTHER_ENDINGS = (*YAML_ENDINGS, MARKDOWN_ENDING, ".markdown", ".mdown", ".mkd", ".json")


# The first bytes of files that are no texts, what such a file is, and what to do about it.
_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or another zip file", "Name it .xlsx if it is a workbook, or export it as CSV."),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind", "Save it as .xlsx, or export it as CSV."),
    (b"PAR1", "a Parquet file", "Name it .parquet."),
    (b"\x1f\x8b", "packed with gzip", "Name it .gz, or unpack it."),
)


def foreign(start: bytes) -> tuple[str, str] | None:
    """What a file with these first bytes is in truth if it is no text, and what to do about it."""
    found = ((f"the file is {what}, not a text", hint) for sign, what, hint in _SIGNATURES if start.startswith(sign))
    return next(found, None)


def content_files(root: Path) -> tuple[Path, ...]:
    """YAML and Markdown files below content/, in the order of their names; hidden ones are left out."""
    return tuple(path for path in _shown(root) if path.suffix in (*YAML_ENDINGS, MARKDOWN_ENDING))


def doubt_endings(root: Path, problems: Problems) -> None:
    """Warn of files below content/ that look like declarations and are not read because of their ending."""
    for path in _shown(root):
        if path.suffix.casefold() in OTHER_ENDINGS and path.suffix not in (*YAML_ENDINGS, MARKDOWN_ENDING):
            what = f"files that end in '{path.suffix}' are not read"
            hint = f"Only {', '.join((*YAML_ENDINGS, MARKDOWN_ENDING))} are; rename it."
            problems.warn(Place(path.relative_to(root).as_posix()), what, hint, "file-ending")


def _shown(root: Path) -> tuple[Path, ...]:
    """The files below content/ in the order of their names, without hidden ones."""
    folder = root / "content"
    found = (
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    return tuple(sorted(found, key=lambda path: path.relative_to(root).as_posix()))


def read_text(path: Path, root: Path, problems: Problems, fallback: str = "") -> str | None:
    """The text of a file, UTF-8 or else the fallback encoding, or None with the problem noted; line ends are single."""
    name = path.relative_to(root).as_posix()
    if not path.resolve().is_relative_to(root.resolve()):
        problems.error(
            Place(name), "the file leads outside the site's folder", "Copy it into the site.", "file-outside"
        )
        return None
    try:
        if path.stat().st_size > MOST_BYTES:
            problems.error(
                Place(name), f"the file is larger than {MOST_BYTES // 2**20} MB", "Move data to data/.", "file-size"
            )
            return None
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        problems.error(Place(name), f"the file cannot be read: {error.strerror}", "", "file-unreadable")
        return None
    stranger = foreign(data)
    if stranger is not None:
        problems.error(Place(name), *stranger, "file-kind")
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        other = _decoded(data, fallback) if fallback else None
        if other is not None:
            return other
        before = data[: error.start].decode("utf-8")
        line, col = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = f"the file is not UTF-8: byte 0x{data[error.start]:02X} at position {error.start}"
        problems.error(Place(name, line, col), what, "Save it as UTF-8.", "file-encoding")
        return None
    return _single(text)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return _single(data.decode(encoding))
    except UnicodeDecodeError:
        return None


def _single(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
