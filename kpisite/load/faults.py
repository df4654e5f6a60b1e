"""What is wrong with the rows of a source, told with exact lines: only then are its files read a second time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kpisite.declare.model import Source
from kpisite.errors import Place, Problems
from kpisite.load.cells import Broken, Row, rows
from kpisite.load.header import fold
from kpisite.load.labels import BadLabel
from kpisite.load.staging import Part
from kpisite.load.values import CellError

# More problems of one file than this say nothing new.
MOST = 100
# Lines that are named for an undeclared product.
LINES = 5

# Product, month, day, delivery: what only one row may have.
Key = tuple[int, int, int, int]


@dataclass(slots=True)
class Faults:
    """Everything found wrong with one source before its lines are known."""

    cells: Mapping[str, Mapping[str, CellError]] = field(default_factory=dict)
    products: Mapping[str, BadLabel] = field(default_factory=dict)
    periods: Mapping[str, BadLabel] = field(default_factory=dict)
    days: Mapping[str, BadLabel] = field(default_factory=dict)
    repeated: frozenset[Key] = frozenset()
    unreadable: str = ""  # what the engine said

    def __bool__(self) -> bool:
        """Is anything wrong?"""
        return bool(self.cells or self.products or self.periods or self.days or self.repeated or self.unreadable)


@dataclass(slots=True)
class _Telling:
    """The second pass over the files of one source."""

    source: Source
    faults: Faults
    key_of: Callable[[str, str, str, Part], Key | None]
    problems: Problems
    seen: dict[Key, tuple[str, int]] = field(default_factory=dict)
    told: int = 0
    strangers: dict[str, list[Place]] = field(default_factory=dict)

    def error(self, place: Place, what: str, hint: str, code: str) -> None:
        self.told += 1
        if self.told <= MOST:
            self.problems.error(place, what, hint, code)


def tell(
    source: Source,
    parts: tuple[Part, ...],
    faults: Faults,
    key_of: Callable[[str, str, str, Part], Key | None],
    problems: Problems,
) -> None:
    """Name the place of every fault; `key_of` gives the key of a row from its labels."""
    telling = _Telling(source, faults, key_of, problems)
    before = len(problems.errors)
    for part in parts:
        telling.told = 0
        label = faults.periods.get(part.delivery.period or "")
        if source.period_column is None and label is not None:
            telling.error(Place(part.text.path), label.what, label.hint, "csv-period")
        for row in rows(part.text, source.delimiter, source.skip):
            if isinstance(row, Broken):
                telling.error(Place(part.text.path, row.line), row.why, "", "csv-quote")
            elif any(row.values):
                _tell_row(telling, part, row)
        if telling.told > MOST:
            problems.error(Place(part.text.path), f"{telling.told - MOST} more problems in this file", "", "csv-more")
    if faults.unreadable and len(problems.errors) == before:
        problems.error(Place(parts[0].text.path), f"the file cannot be read: {faults.unreadable}", "", "csv-unreadable")
    _tell_strangers(telling)


def _tell_row(telling: _Telling, part: Part, row: Row) -> None:
    names, source, faults = part.header.names, telling.source, telling.faults
    if len(row.values) != len(names):
        what = f"this row has {len(row.values)} fields, the header has {len(names)}"
        telling.error(Place(part.text.path, row.line), what, "Quote texts that hold the delimiter.", "csv-ragged")
        return
    cell = dict(zip(names, row.values, strict=True))
    product = cell[fold(source.product)] if source.product is not None else part.delivery.product or ""
    if product in faults.products:
        column = names.index(fold(source.product)) if source.product is not None else 0
        telling.strangers.setdefault(product, []).append(_place(telling, part, row, column))
        if source.unknown == "ignore":
            return
    for name, bad in ((source.period_column, faults.periods), (source.as_of, faults.days)):
        if name is not None and cell[fold(name)] in bad:
            label = bad[cell[fold(name)]]
            place = _place(telling, part, row, names.index(fold(name)))
            telling.error(place, label.what, label.hint, "csv-period")
    for name, texts in faults.cells.items():
        error = texts.get(cell[name]) if name in cell else None
        if error is not None and product not in faults.products:
            place = _place(telling, part, row, names.index(name))
            telling.error(place, f"column '{name}': {error}", error.hint, "csv-value")
    if faults.repeated:
        _tell_repeat(telling, part, row, cell, product)


def _tell_repeat(telling: _Telling, part: Part, row: Row, cell: dict[str, str], product: str) -> None:
    source = telling.source
    column = source.period_column
    period = cell[fold(column)] if column is not None else part.delivery.period or ""
    key = telling.key_of(product, period, cell[fold(source.as_of)] if source.as_of else "", part)
    if key is None or key not in telling.faults.repeated:
        return
    if key not in telling.seen:
        telling.seen[key] = (part.text.path, row.line)
        return
    path, line = telling.seen[key]
    first = f"line {line}" if path == part.text.path else f"{path}:{line}"
    what = f"a second row of product '{product}' for {period}; the first is {first}"
    hint = "Delete one, or declare 'repeats: allow' if rows are records to be added up."
    telling.error(Place(part.text.path, row.line), what, hint, "csv-repeat")


def _place(telling: _Telling, part: Part, row: Row, column: int) -> Place:
    return Place(part.text.path, *row.place_of(column, telling.source.delimiter))


def _tell_strangers(telling: _Telling) -> None:
    """Undeclared products: one problem for each, with its first lines and the count of its rows."""
    if telling.source.unknown == "ignore":
        return
    add = telling.problems.error if telling.source.unknown == "error" else telling.problems.warn
    for product, places in sorted(telling.strangers.items()):
        bad = telling.faults.products[product]
        lines = ", ".join(str(place.line) for place in places[:LINES])
        more = f" and {len(places) - LINES} more" if len(places) > LINES else ""
        where = "" if len(places) == 1 else f" (lines {lines}{more})"
        add(places[0], bad.what + where, bad.hint, "csv-product")
