"""Targets in bulk: CSV files with the keys of a target as columns, read column by column into the site's products."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kpisite.declare.draft import Draft
from kpisite.declare.files import read_text
from kpisite.declare.model import Site, Target
from kpisite.declare.target_cells import COLUMNS, NEEDED, CellError, Names, fold, read_column
from kpisite.declare.target_rows import Row, targets_of
from kpisite.declare.yaml_source import Mark
from kpisite.errors import Place, Problems, did_you_mean, in_lines

# More problems of one file than this say nothing new.
MOST = 100
BANK = "bank"
Key = tuple[str, str]


def with_target_files(site: Site, draft: Draft, root: Path, problems: Problems) -> Site:
    """The site with the targets of its CSV files; mistakes in them are noted with line and column."""
    if site.targets is None:
        return site
    before = len(problems.errors)
    rows: dict[Key, list[Row]] = {}
    for file in _files(site, draft, root, problems):
        text = read_text(file, root, problems, fallback="gb18030")
        if text is not None:
            for row in _rows(text, file.relative_to(root).as_posix(), site, draft, problems):
                rows.setdefault((row.product, row.indicator), []).append(row)
    added: dict[str, dict[str, tuple[Target, ...]]] = {}
    for (product, indicator), own in rows.items():
        path = _path(product, indicator)
        if path in draft.marks:
            what = f"the targets of '{indicator}' of '{product}' stand here and at {draft.key_place(*path)}"
            problems.error(own[0].place, what, "Keep them in one place.", "target-twice")
            continue
        found = targets_of(own, problems)
        for number, (_, place) in enumerate(found):
            draft.marks[(*path, number)] = (place.file, Mark(place.line, place.col, place.line, place.col))
        if found:
            draft.marks[path] = draft.marks[(*path, 0)]
            added.setdefault(product, {})[indicator] = tuple(target for target, _ in found)
    draft.some_targets = len(problems.errors) > before
    return _merged(site, added).model_copy(update={"places": draft.places()})


def _path(product: str, indicator: str) -> tuple[str, ...]:
    return (BANK, "key", indicator) if product == BANK else ("products", product, "key", indicator)


def _merged(site: Site, added: dict[str, dict[str, tuple[Target, ...]]]) -> Site:
    bank = site.bank.model_copy(update={"key": site.bank.key | added.pop(BANK, {})})
    products = {
        id_: product.model_copy(update={"key": product.key | added[id_]}) if id_ in added else product
        for id_, product in site.products.items()
    }
    return site.model_copy(update={"products": products, "bank": bank})


def _files(site: Site, draft: Draft, root: Path, problems: Problems) -> list[Path]:
    """The files that are meant, in the order of their names; none is a mistake."""
    pattern, place = site.targets.file if site.targets else "", draft.place("targets", "file")
    parts = pattern.split("/")
    if not pattern.strip() or parts[0] in ("", "~") or ".." in parts or "\\" in pattern or ":" in pattern:
        what = f"'{pattern}' is no path below the site's folder"
        problems.error(place, what, "Write a path with '/', like targets/*.csv.", "path-outside")
        return []
    found = sorted(path for path in root.glob(pattern) if path.is_file())
    if not found:
        problems.error(place, f"no file matches '{pattern}'", "Paths start at the folder of site.yaml.", "no-file")
    return found


@dataclass(slots=True)
class _Text:
    """One file's records with the line each begins on; the columns of a record are only looked for in mistakes."""

    file: str
    lines: list[str]
    problems: Problems
    told: int = 0
    starts: list[int] = field(default_factory=list)

    def error(self, line: int, column: int, what: str, hint: str, code: str) -> None:
        """Note a mistake in one cell; a column below 0 is the whole row."""
        self.told += 1
        if self.told <= MOST:
            self.problems.error(self.place(line, column), what, hint, code)

    def cells(self, column: int, mistakes: Sequence[tuple[int, object]]) -> None:
        """Note the mistakes of one column by their lines; a name that means nothing is told once."""
        strangers: dict[str, list[int]] = {}
        for line, error in mistakes:
            if isinstance(error, CellError) and error.code.startswith("unknown-"):
                strangers.setdefault(str(error), []).append(line)
        for line, error in mistakes:
            if isinstance(error, CellError):
                lines = strangers.get(str(error), [line])
                if line == lines[0]:
                    self.error(line, column, f"{error}{in_lines(lines)}", error.hint, error.code)

    def place(self, line: int, column: int) -> Place:
        """Where a cell begins, found by walking over its line."""
        at, quoted = 0, False
        for col, char in enumerate(self.lines[line - 1], 1):
            if at >= column:
                return Place(self.file, line, col)
            quoted ^= char == '"'
            at += char == "," and not quoted
        return Place(self.file, line, max(len(self.lines[line - 1]), 1))


def _rows(text: str, file: str, site: Site, draft: Draft, problems: Problems) -> Iterator[Row]:
    """The rows of one file, its columns read one by one: each distinct text once."""
    told = _Text(file, text.split("\n"), problems)
    records = _records(text, told)
    if not records:
        problems.error(Place(file, 1), "there is no header", "The first row names the columns.", "csv-header")
        return
    header = [fold(name) for name in records[0]]
    body, starts = _even(records[1:], told.starts[1:], len(header), told)
    if not _check_header(header, told):
        return
    columns: dict[str, Sequence[object]] = {}
    bad: set[int] = set()
    for at, name in enumerate(header):
        if not name:
            continue
        values, mistakes = read_column(name, [record[at] for record in body], _known(name, site, draft))
        columns[name] = values
        told.cells(at, [(starts[row], values[row]) for row in mistakes])
        bad.update(mistakes)
    names = [name for name in columns if name not in ("product", "indicator")]
    cells = list(zip(*(columns[name] for name in names), strict=True)) if names else []
    products, indicators = columns["product"], columns["indicator"]
    for row, start in enumerate(starts):
        if row not in bad:
            written = {name: cell for name, cell in zip(names, cells[row], strict=True) if cell is not None}
            yield Row(str(products[row]), str(indicators[row]), written, Place(file, start, 1))
    if told.told > MOST:
        problems.error(Place(file), f"{told.told - MOST} more problems in this file", "", "csv-more")


def _records(text: str, told: _Text) -> list[list[str]]:
    """All records that are not blank; where each begins is noted."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[list[str]] = []
    start = 1
    try:
        for record in reader:
            if any(record):
                found.append(record)
                told.starts.append(start)
            start = reader.line_num + 1
    except csv.Error:
        told.error(start, -1, "a quoted text is never closed, or goes on after its quote", "", "csv-quote")
    return found


def _even(records: list[list[str]], starts: list[int], width: int, told: _Text) -> tuple[list[list[str]], list[int]]:
    """The records that are as wide as the header; the others are mistakes."""
    if all(len(record) == width for record in records):
        return records, starts
    kept = []
    for record, start in zip(records, starts, strict=True):
        if len(record) == width:
            kept.append((record, start))
        else:
            what = f"this row has {len(record)} fields, the header has {width}"
            told.error(start, -1, what, "Quote texts that hold a comma.", "csv-ragged")
    return [record for record, _ in kept], [start for _, start in kept]


def _check_header(header: list[str], told: _Text) -> bool:
    before = told.told
    for at, name in enumerate(header):
        if name and name not in COLUMNS:
            told.error(1, at, f"a target has no '{name}'", did_you_mean(name, COLUMNS), "csv-column")
        elif name and name in header[:at]:
            told.error(1, at, f"the column '{name}' stands twice", "Delete one.", "csv-column-twice")
    missing = [name for name in NEEDED if name not in header]
    if missing:
        names = ", ".join(f"'{name}'" for name in missing)
        told.error(1, -1, f"the header lacks the column {names}", "", "csv-column")
    return told.told == before


def _known(name: str, site: Site, draft: Draft) -> Names:
    """What a column of ids may hold, and the id that is meant: of a product also one of its codes in data."""
    if name not in ("product", "indicator"):
        return Names({})
    section = f"{name}s"
    declared = draft.ids(section)
    # An id declared in capitals is a problem of its own; who speaks of it is right.
    ids = {id_.casefold(): id_ for id_ in declared} | {id_: id_ for id_ in declared}
    if name == "product":
        codes = [(fold(code), id_) for id_, product in site.products.items() for code in product.codes]
        ids = {BANK: BANK, **dict(codes), **ids}
    # What stands further down in a file that could not be read to its end is not unknown.
    return Names(ids, draft.whole and draft.is_readable(section))
