"""Competitors' values from their CSV files: each distinct label is read once, every mistake is told with its place."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpisite.declare.model import Site, Source
from kpisite.errors import Place, Problems, did_you_mean
from kpisite.load.cells import Broken, Row, rows
from kpisite.load.facts import FileFact, SourceFact
from kpisite.load.header import Header, fold, read_header
from kpisite.load.textfile import TextFile, open_text
from kpisite.load.values import CellError, read_cell
from kpisite.periods import Grain, Period, PeriodError, parse

NEEDED = ("product", "indicator", "period", "competitor", "value", "as_of", "comparable", "confidence")
FREE = ("source", "definition_note")
COMPARABLE = ("yes", "partly", "no")
# A is published, B from an association or a survey, C an estimate.
CONFIDENCE = ("A", "B", "C")
# What these files are called among the sources.
SOURCE = "competitors"
# Months of the year between two figures of our own.
EVERY = {"month": 1, "quarter": 3, "year": 12}
# More problems of one file than this say nothing new.
MOST = 100


@dataclass(frozen=True, slots=True)
class PeerValue:
    """One value of a competitor as it was delivered; `as_of` is the day (date ordinal) it became known."""

    product: str
    indicator: str
    period: Period
    competitor: str
    value: float
    as_of: int
    comparable: str
    confidence: str
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Peers:
    """All values of competitors, and what was read."""

    values: tuple[PeerValue, ...] = ()
    sources: tuple[SourceFact, ...] = ()


def read_peers(site: Site, root: Path, problems: Problems) -> Peers:
    """Read the files that `competitors` names."""
    if site.competitors is None:
        return Peers()
    # Files in other encodings are read from a copy.
    with tempfile.TemporaryDirectory(prefix="kpisite-") as folder:
        return _read(site, site.competitors.file, root, Path(folder), problems)


def _read(site: Site, pattern: str, root: Path, folder: Path, problems: Problems) -> Peers:
    place = site.place("competitors", "file")
    found = sorted(path for path in root.glob(pattern) if path.is_file())
    if not found:
        what = f"no file matches '{pattern}'"
        problems.error(place, what, "Paths start at the folder of site.yaml.", "source-missing")
    values: dict[tuple[object, ...], tuple[PeerValue, Place]] = {}
    files = []
    for number, file in enumerate(found):
        path = file.relative_to(root).as_posix()
        if not file.resolve().is_relative_to(root.resolve()):
            what = f"'{path}' leads out of the site's folder"
            problems.error(place, what, "Copy it into the site.", "source-outside")
            continue
        text = open_text(file, path, None, folder / f"peers-{number}.csv", problems)
        header = read_header(text, Source(file=pattern), NEEDED, NEEDED, problems) if text is not None else None
        if text is None or header is None:
            continue
        read = list(_File(site, text, header, problems).values())
        files.append(FileFact(path, text.sha256, text.encoding, len(read), file.stat().st_size))
        for value, where in read:
            _keep(values, value, where, problems)
    _doubt_periods(site, values.values(), problems)
    return Peers(tuple(value for value, _ in values.values()), (SourceFact(SOURCE, tuple(files)),))


def _keep(
    values: dict[tuple[object, ...], tuple[PeerValue, Place]], value: PeerValue, place: Place, problems: Problems
) -> None:
    key = (value.product, value.indicator, value.competitor, value.period, value.as_of)
    if key not in values:
        values[key] = value, place
        return
    what = f"a second value of '{value.competitor}' for '{value.indicator}' of '{value.product}' in {value.period}"
    hint = "Delete one, or give the corrected one a later 'as_of'."
    problems.error(place, f"{what}; the first is at {values[key][1]}", hint, "csv-repeat")


def _doubt_periods(site: Site, values: Iterable[tuple[PeerValue, Place]], problems: Problems) -> None:
    """Values of periods in which our own figure is never due are compared with nothing; told once an indicator."""
    found: dict[str, list[tuple[PeerValue, Place]]] = {}
    for value, place in values:
        step = EVERY[site.indicators[value.indicator].cadence]
        if (value.period.last_month + 1) % step:
            found.setdefault(value.indicator, []).append((value, place))
    for indicator, odd in found.items():
        (first, place), cadence = odd[0], site.indicators[indicator].cadence
        more = f", like {len(odd) - 1} more," if len(odd) > 1 else ""
        what = f"the value of '{indicator}' for {first.period}{more} is never compared: ours is due once a {cadence}"
        problems.warn(place, what, f"Deliver the value of a {cadence}, or of its last month.", "peer-period")


class _File:
    """One file on its way to values."""

    def __init__(self, site: Site, text: TextFile, header: Header, problems: Problems) -> None:
        self.text = text
        self.header = header
        self.problems = problems
        self.told = 0
        names = site.competitors.names if site.competitors else {}
        fiscal = site.report.fiscal_year_starts
        self.readers: Mapping[str, Callable[[str], Any]] = {
            "product": _one_of("product", site.products),
            "indicator": _one_of("indicator", site.indicators),
            "competitor": _one_of("competitor", names),
            "period": lambda label: _period(label, fiscal),
            "value": _number,
            "as_of": _day,
            "comparable": _one_of("comparable", COMPARABLE),
            "confidence": _one_of("confidence", CONFIDENCE),
        }
        self.known: dict[tuple[str, str], Any] = {}

    def values(self) -> Iterator[tuple[PeerValue, Place]]:
        """The values of all rows that are in order, each with its place."""
        for row in rows(self.text, self.header):
            if isinstance(row, Broken):
                self._error(Place(self.text.path, row.line), row.why, "", "csv-quote")
            elif any(row.values):
                value = self._value(row)
                if value is not None:
                    yield value, Place(self.text.path, row.line)
        if self.told > MOST:
            self.problems.error(Place(self.text.path), f"{self.told - MOST} more problems in this file", "", "csv-more")

    def _value(self, row: Row) -> PeerValue | None:
        names = self.header.names
        if len(row.values) != len(names):
            what = f"this row has {len(row.values)} fields, the header has {len(names)}"
            self._error(Place(self.text.path, row.line), what, "Quote texts that hold the delimiter.", "csv-ragged")
            return None
        cells = dict(zip(names, row.values, strict=True))
        read = {name: self._cell(row, name, cells[name]) for name in NEEDED}
        if any(value is None for value in read.values()):
            return None
        source, note = (cells.get(name, "").strip() for name in FREE)
        return PeerValue(**read, source=source, note=note)

    def _cell(self, row: Row, name: str, text: str) -> Any:  # noqa: ANN401 - a cell holds what its column is
        """What a cell says, or None with the problem told."""
        if (name, text) not in self.known:
            try:
                self.known[name, text] = self.readers[name](fold(text))
            except CellError as error:
                self.known[name, text] = error
        found = self.known[name, text]
        if not isinstance(found, CellError):
            return found
        line, col = row.place_of(self.header.names.index(name), self.header.delimiter)
        self._error(Place(self.text.path, line, col), f"column '{name}': {found}", found.hint, "csv-value")
        return None

    def _error(self, place: Place, what: str, hint: str, code: str) -> None:
        self.told += 1
        if self.told <= MOST:
            self.problems.error(place, what, hint, code)


def _one_of(noun: str, known: Iterable[str]) -> Callable[[str], str]:
    words = tuple(known)
    unknown = "means nothing here" if noun in ("comparable", "confidence") else "is not declared"

    def read(text: str) -> str:
        if text not in words:
            raise CellError(f"'{text}' {unknown}" if text else "it is empty", did_you_mean(text, words))
        return text

    return read


def _number(text: str) -> float:
    try:
        return float(read_cell(text, "decimal").value)
    except CellError as error:
        hint = "Leave out the row where there is no value." if not text or text.isalpha() or "/" in text else error.hint
        raise CellError(str(error), hint) from error


def _period(text: str, fiscal_start: int) -> Period:
    try:
        period = parse(text, fiscal_start)
    except PeriodError as error:
        raise CellError(str(error), error.hint) from error
    if period.grain in (Grain.DAY, Grain.WEEK):
        raise CellError(f"'{text}' is shorter than a month", "Write 2025-09, 2025-Q3 or 2025.")
    return period


def _day(text: str) -> int:
    try:
        return parse(text).last_day.toordinal()
    except PeriodError as error:
        raise CellError(f"'{text}' is not a day", error.hint) from error


def known_on(values: tuple[PeerValue, ...], day: dt.date, last_month: int) -> tuple[PeerValue, ...]:
    """The newest of each value that had become known by a day, of periods up to a month."""
    newest: dict[tuple[str, str, str, Period], PeerValue] = {}
    for value in values:
        key = (value.product, value.indicator, value.competitor, value.period)
        if value.as_of <= day.toordinal() and value.period.last_month <= last_month:
            held = newest.get(key)
            newest[key] = value if held is None or held.as_of <= value.as_of else held
    return tuple(newest[key] for key in sorted(newest))
