"""Which files a source means: paths, globs and what stands in {} in them; nothing outside the site's folder."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kpisite.declare.model import Site
from kpisite.errors import Place, Problems, did_you_mean
from kpisite.periods import PeriodError, parse

PLACEHOLDERS = ("product", "period", "measure", "as_of")
_PIECE = re.compile(r"\{(\w*)\}|\*\*/|\*|\?|[^{*?]+|.")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file of a source, with the product, the period, the measure and the day of delivery that its path tells."""

    file: Path
    path: str  # below the site's folder, with /
    product: str | None = None
    as_of: int = 0  # date ordinal; 0 = not known
    period: str | None = None
    measure: str | None = None

    @property
    def what(self) -> tuple[str | None, ...]:
        """What the file is about: a later delivery about the same replaces it."""
        return self.product, self.period, self.measure


def find_files(site: Site, source: str, root: Path, as_of: dt.date, problems: Problems) -> tuple[Delivery, ...]:
    """The files of a source in the order of their paths; of several deliveries only the newest one up to a day."""
    pattern = site.sources[source].file
    place = site.place("sources", source, "file")
    if not _is_inside(pattern, place, problems):
        return ()
    found = []
    shape = _shape(pattern, place, problems)
    if shape is None:
        return ()
    for file in sorted(root.glob(re.sub(r"\{\w*\}", "*", pattern))):
        path = file.relative_to(root).as_posix()
        match = shape.fullmatch(path)
        if match is None:
            continue
        if not file.is_file():
            _tell_odd(file, path, place, problems, is_named=path == pattern)
            continue
        if not file.resolve().is_relative_to(root.resolve()):
            what = f"'{path}' leads out of the site's folder"
            problems.error(place, what, "Copy the file into the site.", "source-outside")
            continue
        day = _day(match.groupdict().get("as_of"), path, problems)
        if day is not None:
            told = match.groupdict()
            found.append(Delivery(file, path, told.get("product"), day, told.get("period"), told.get("measure")))
    if not found and not (root / pattern).exists():
        _tell_missing(pattern, root, place, problems)
    return _newest(found, as_of) if "{as_of}" in pattern else tuple(found)


def _is_inside(pattern: str, place: Place, problems: Problems) -> bool:
    pure = PurePosixPath(pattern)
    if pure.is_absolute() or ".." in pure.parts or "\\" in pattern or ":" in pattern:
        hint = "Write a path below it with '/', like data/monthly.csv."
        problems.error(place, f"'{pattern}' is no path below the site's folder", hint, "source-outside")
        return False
    if not pattern.strip():
        problems.error(place, "the source names no file", "Write a path, like data/monthly.csv.", "source-missing")
        return False
    return True


def _shape(pattern: str, place: Place, problems: Problems) -> re.Pattern[str] | None:
    """The pattern as a regular expression; a placeholder that stands twice must read the same both times."""
    parts: list[str] = []
    seen: set[str] = set()
    for match in _PIECE.finditer(pattern):
        text, name = match.group(), match.group(1)
        if name is None:
            parts.append({"**/": "(?:[^/]+/)*", "*": "[^/]*", "?": "[^/]"}.get(text) or re.escape(text))
        elif name not in PLACEHOLDERS:
            what = f"'{text}' means nothing in a path"
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            problems.error(place, what, f"Known: {known}.", "source-placeholder")
            return None
        else:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+?)")
            seen.add(name)
    return re.compile("".join(parts))


def _day(text: str | None, path: str, problems: Problems) -> int | None:
    if text is None:
        return 0
    try:
        return parse(text).last_day.toordinal()
    except PeriodError as error:
        problems.error(Place(path), f"'{text}' in the path is no day of delivery", error.hint, "source-as-of")
        return None


def _tell_odd(file: Path, path: str, place: Place, problems: Problems, *, is_named: bool) -> None:
    """A folder that a pattern happens to match is nobody's mistake; reading a pipe would never end."""
    if file.is_dir() and is_named:
        problems.error(place, f"'{path}' is a folder", f"Write '{path}/*.csv' for the files in it.", "source-folder")
    elif not file.is_dir():
        problems.error(place, f"'{path}' is no regular file", "Copy the data into a file.", "source-irregular")


def _newest(found: list[Delivery], as_of: dt.date) -> tuple[Delivery, ...]:
    newest: dict[tuple[str | None, ...], int] = {}
    for delivery in found:
        if delivery.as_of <= as_of.toordinal():
            newest[delivery.what] = max(delivery.as_of, newest.get(delivery.what, 0))
    return tuple(d for d in found if newest.get(d.what) == d.as_of)


def _tell_missing(pattern: str, root: Path, place: Place, problems: Problems) -> None:
    if re.search(r"[{*?]", pattern):
        what = f"no file matches '{pattern}'"
        problems.error(place, what, "Paths start at the folder of site.yaml.", "source-missing")
        return
    folder = (root / pattern).parent
    names = [f.relative_to(root).as_posix() for f in folder.iterdir() if f.is_file()] if folder.is_dir() else []
    problems.error(place, f"there is no file '{pattern}'", did_you_mean(pattern, names), "source-missing")
