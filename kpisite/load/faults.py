"""What is wrong with the rows of a source, told with exact lines: only then are its files read a second time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kpisite.declare.model import Source
from kpisite.declare.sources import MEASURE
from kpisite.errors import Place, Problems, in_lines
from kpisite.load.cells import Broken, Row, rows
from kpisite.load.header import fold
from kpisite.load.labels import BadLabel
from kpisite.load.staging import Part
from kpisite.load.values import CellError

# More problems of one file than this say nothing new.
MOST = 100
# Lines that are named for rows that are left out.
LINES = 5
# Cells that are named where a column is in per cent in some rows only.
SAMPLES = 3
# Characters of a row that are repeated in a message.
SHOWN = 60

# Product, month, day, delivery and the labels of its part: what only one row may have.
Key = tuple[int, int, int, int, str]
KeyOf = Callable[[str, str, str, str, Part], Key | None]
# Between the labels of a part; no text holds it.
BETWEEN = "\x1f"


@dataclass(slots=True)
class Faults:
    """Everything found wrong with one source before its lines are known."""

    cells: Mapping[str, Mapping[str, CellError]] = field(default_factory=dict)
    mixed: Mapping[str, frozenset[str]] = field(default_factory=dict)  # columns in per cent in some rows only
    products: Mapping[str, BadLabel] = field(default_factory=dict)
    periods: Mapping[str, BadLabel] = field(default_factory=dict)
    days: Mapping[str, BadLabel] = field(default_factory=dict)
    totals: Mapping[str, BadLabel] = field(default_factory=dict)  # labels of sums that nobody declared
    measures: Mapping[str, BadLabel] = field(default_factory=dict)  # labels in a long source that no measure asks for
    unasked: frozenset[str] = frozenset()  # those of them that do not stop the build: no fault, but counted
    repeated: frozenset[Key] = frozenset()
    identical: frozenset[Key] = frozenset()  # repeated with the same values
    unreadable: str = ""  # what the engine said

    def __bool__(self) -> bool:
        """Is anything wrong?"""
        labels = self.products or self.periods or self.days or self.totals or self.measures
        return bool(labels or self.cells or self.mixed or self.repeated or self.identical or self.unreadable)


@dataclass(slots=True)
class _Telling:
    """The second pass over the files of one source."""

    source: Source
    faults: Faults
    left_out: Mapping[str, str]  # labels of rows that do not count, with the reason
    key_of: KeyOf
    problems: Problems
    seen: dict[Key, Place] = field(default_factory=dict)
    told: int = 0
    strangers: dict[str, list[tuple[Place, int]]] = field(default_factory=dict)
    unmeasured: dict[str, list[tuple[Place, int]]] = field(default_factory=dict)
    totals: dict[str, list[tuple[Place, int]]] = field(default_factory=dict)
    samples: dict[str, list[tuple[Place, str, bool]]] = field(default_factory=dict)
    lines: dict[tuple[int, str], list[int]] = field(default_factory=dict)  # by file and label

    def error(self, place: Place, what: str, hint: str, code: str) -> None:
        self.told += 1
        if self.told <= MOST:
            self.problems.error(place, what, hint, code)


def tell(
    source: Source,
    parts: tuple[Part, ...],
    faults: Faults,
    left_out: Mapping[str, str],
    key_of: KeyOf,
    problems: Problems,
) -> dict[tuple[int, str], list[int]]:
    """Name the place of every fault; `key_of` gives the key of a row from its labels.

    The answer holds the first lines of the rows that do not count, by file and label.
    """
    telling = _Telling(source, faults, left_out, key_of, problems)
    before = len(problems.errors)
    for part in parts:
        telling.told = 0
        label = faults.periods.get(part.delivery.period or "")
        if source.period_column is None and label is not None:
            telling.error(Place(part.text.path), label.what, label.hint, "csv-period")
        for row in rows(part.text, part.header):
            if isinstance(row, Broken):
                telling.error(part.text.place(row.line), f"{row.why}: {_shown(row.text)}", "", "csv-quote")
            elif any(row.values):
                _tell_row(telling, part, row)
        if telling.told > MOST:
            problems.error(Place(part.text.path), f"{telling.told - MOST} more problems in this file", "", "csv-more")
    if faults.unreadable and len(problems.errors) == before:
        problems.error(Place(parts[0].text.path), f"the file cannot be read: {faults.unreadable}", "", "csv-unreadable")
    _tell_strangers(telling)
    _tell_mixed(telling)
    return telling.lines


def _tell_row(telling: _Telling, part: Part, row: Row) -> None:
    names, source, faults = part.header.names, telling.source, telling.faults
    if len(row.values) != len(names):
        what = f"this row has {len(row.values)} fields, the header has {len(names)}: {_shown(row.text)}"
        telling.error(part.text.place(row.line), what, "Quote texts that hold the delimiter.", "csv-ragged")
        return
    if tuple(map(fold, row.values)) == names:
        what = "the header stands here again"
        hint = "Were files put together? Delete the line, or deliver them one by one."
        telling.error(part.text.place(row.line), what, hint, "csv-header-again")
        return
    cell = dict(zip(names, row.values, strict=True))
    if source.measure_in_path:
        cell[MEASURE] = part.delivery.measure or ""
    product = cell[fold(source.product)] if source.product is not None else part.delivery.product or ""
    period = cell[fold(source.period_column)] if source.period_column is not None else part.delivery.period or ""
    if _is_apart(telling, part, row, product, period):
        return
    for name, bad in ((source.period_column, faults.periods), (source.as_of, faults.days)):
        if name is not None and cell[fold(name)] in bad:
            label = bad[cell[fold(name)]]
            telling.error(_place(part, row, names.index(fold(name))), label.what, label.hint, "csv-period")
    if source.measure is not None and _is_unasked(telling, part, row, cell.get(fold(source.measure), "")):
        return
    if product not in faults.products:
        _tell_cells(telling, part, row, cell)
    if faults.repeated or faults.identical:
        parts = BETWEEN.join(cell.get(fold(name), "") for name in source.key_columns)
        _tell_repeat(telling, part, row, (product, period, cell[fold(source.as_of)] if source.as_of else "", parts))


def _is_apart(telling: _Telling, part: Part, row: Row, product: str, period: str) -> bool:
    """Is it a row that does not count, or a total, so that nothing else about it matters?"""
    source, faults = telling.source, telling.faults
    for label, column in ((product, source.product), (period, source.period_column)):
        if label in telling.left_out:
            telling.lines.setdefault((part.number, label), []).append(row.line)
            return True
        if column is not None and label in faults.totals:
            place = _place(part, row, part.header.names.index(fold(column)))
            telling.totals.setdefault(label, []).append((place, row.line))
            return True
    if product in faults.products:
        column_number = part.header.names.index(fold(source.product)) if source.product is not None else 0
        telling.strangers.setdefault(product, []).append((_place(part, row, column_number), row.line))
        telling.lines.setdefault((part.number, product), []).append(row.line)
    return False


def _is_unasked(telling: _Telling, part: Part, row: Row, label: str) -> bool:
    """Is it a row whose measure nobody asks for?"""
    if label in telling.faults.unasked:
        telling.lines.setdefault((part.number, f"{BETWEEN}{label}"), []).append(row.line)
    if label in telling.faults.measures:
        names, column = part.header.names, fold(telling.source.measure or "")
        at = _place(part, row, names.index(column)) if column in names else Place(part.text.path)
        telling.unmeasured.setdefault(label, []).append((at, row.line))
    return label in telling.faults.measures or label in telling.faults.unasked


def _tell_cells(telling: _Telling, part: Part, row: Row, cell: dict[str, str]) -> None:
    names, faults = part.header.names, telling.faults
    for name, texts in faults.cells.items():
        error = texts.get(cell[name]) if name in cell else None
        if error is not None:
            place = _place(part, row, names.index(name))
            telling.error(place, f"column '{name}': {error}", error.hint, "csv-value")
    missing = {"0", "", *(mark.strip() for mark in telling.source.na)}
    for name, shares in faults.mixed.items():
        bad = faults.cells.get(name, {})
        if name in cell and cell[name].strip() not in missing and cell[name] not in bad:
            is_share = cell[name] in shares
            samples = telling.samples.setdefault(name, [])
            # At least one of each kind, so that the reader sees what is meant.
            room = SAMPLES if any(kind != is_share for *_, kind in samples) else SAMPLES - 1
            if len(samples) < room:
                samples.append((_place(part, row, names.index(name)), cell[name], is_share))


def _tell_repeat(telling: _Telling, part: Part, row: Row, labels: tuple[str, str, str, str]) -> None:
    key = telling.key_of(*labels, part)
    if key is None or not (key in telling.faults.repeated or key in telling.faults.identical):
        return
    place = part.text.place(row.line)
    if key not in telling.seen:
        telling.seen[key] = place
        return
    first = telling.seen[key]
    where = f"line {first.line}" if first.line and first.file == place.file else str(first)
    product, period, _, parts = labels
    of = "".join(f" and '{label}'" for label in parts.split(BETWEEN) if label)
    if key in telling.faults.identical:
        what = f"the same row of product '{product}'{of} for {period} as {where}; it counts once"
        telling.problems.warn(place, what, "Delete one.", "csv-same")
        return
    what = f"a second row of product '{product}'{of} for {period}; the first is {where}"
    hint = "Delete one, or declare 'repeats: allow' if rows are records to be added up."
    telling.error(place, what, hint, "csv-repeat")


def _place(part: Part, row: Row, column: int) -> Place:
    line, char = row.place_of(column, part.header.delimiter)
    return part.text.place(line, column + 1, char)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


def _tell_strangers(telling: _Telling) -> None:
    """Undeclared products, measures and sums: one problem for each, with its first lines and the count of its rows."""
    add = telling.problems.error if telling.source.unknown == "error" else telling.problems.warn
    strangers = [(*one, telling.faults.products, "csv-product") for one in sorted(telling.strangers.items())]
    strangers += [(*one, telling.faults.measures, "csv-measure") for one in sorted(telling.unmeasured.items())]
    for label, places, why, code in strangers:
        bad = why[label]
        add(places[0][0], bad.what + in_lines([line for _, line in places]), bad.hint, code)
    for label, places in sorted(telling.totals.items()):
        bad = telling.faults.totals[label]
        what = bad.what + in_lines([line for _, line in places])
        telling.problems.error(places[0][0], what, bad.hint, "csv-total")


def _tell_mixed(telling: _Telling) -> None:
    for name, samples in sorted(telling.samples.items()):
        said = ", ".join(f"'{text}' ({place})" for place, text, _ in samples)
        what = f"column '{name}' is in per cent in some rows only: {said}"
        hint = f"Write all of them alike, or declare 'units: {{{name}: \"%\"}}' if all are in per cent."
        telling.problems.error(samples[0][0], what, hint, "csv-mixed-scale")
