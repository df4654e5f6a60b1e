"""Every file of a source opened: its text or sheet, and its header, checked against what the source needs."""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from kpisite.declare.sources import MEASURE
from kpisite.errors import Place, did_you_mean
from kpisite.load.columnfile import ColumnFile, open_columns
from kpisite.load.columns import used_columns
from kpisite.load.doubles import refuse_copies
from kpisite.load.files import Delivery, find_files
from kpisite.load.header import Header, Opened, fold, header_of, read_header
from kpisite.load.scope import Scope
from kpisite.load.staging import Part
from kpisite.load.textfile import open_text
from kpisite.load.units import SCALES, SHARES, factor_of
from kpisite.load.workbook import ENDINGS, open_sheet

# How alike two columns' names are that mean the same; revenue and revenue_new are not.
SAME_WORD = 0.85
# What lies on disk: changed while it was read if any of it differs.
Stamp = tuple[int, int, int]


def open_parts(scope: Scope, source: str, table: str) -> tuple[Part, ...]:
    """Open every file of the source and check its header."""
    spec = scope.site.sources[source]
    used = used_columns(scope.site, source)
    needed = [fold(n) for n in (spec.product, spec.period_column, spec.as_of, *spec.columns) if n is not None]
    deliveries = find_files(scope.site, source, scope.root, scope.as_of, scope.problems)
    _check_units(scope, source)
    opened: list[tuple[int, Stamp, Opened]] = []
    for number, delivery in enumerate(deliveries):
        stamp = stamp_of(delivery.file)
        text = _open(scope, source, delivery, scope.folder / f"{table}-{number}.csv")
        if text is not None:
            opened.append((number, stamp, text))
    parts = []
    for number, stamp, text in opened:
        if isinstance(text, ColumnFile):
            header = header_of(text, spec, needed, used, scope.problems)
        else:
            header = read_header(text, spec, needed, used, scope.problems)
        if header is not None and not _is_told_twice(scope, source, text, header):
            parts.append(Part(number, deliveries[number], text, header, stamp))
    if spec.repeats == "allow":
        refuse_copies(parts, scope.problems)
    misspelt = _doubt_spelling(scope, parts, set(used))
    _doubt_others(scope, source, parts, {*needed, *used, *misspelt})
    return tuple(parts)


def _is_told_twice(scope: Scope, source: str, text: Opened, header: Header) -> bool:
    """Is there a column of labels beside the one in the path?"""
    if not scope.site.sources[source].measure_in_path or MEASURE not in header.names:
        return False
    what = f"the path tells the measure, and so does the column '{MEASURE}'"
    scope.problems.error(
        text.place(header.line), what, "Rename the column, or take {measure} out of the path.", "csv-measure"
    )
    return True


def stamp_of(file: Path) -> Stamp:
    """By what a changed file is known."""
    stat = file.stat() if file.exists() else os.stat_result((0,) * 10)
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def refuse_changed(scope: Scope, parts: Sequence[Part]) -> None:
    """A file that was written while it was read has given something that never stood in it."""
    for part in parts:
        # Its digest may still be under way; what is written later does no harm.
        _ = part.text.sha256
        if stamp_of(part.delivery.file) != part.stamp:
            hint = "Build again when it is complete; deliver files under another name and rename them at last."
            scope.problems.error(Place(part.text.path), "the file changed while it was read", hint, "source-changed")


def _open(scope: Scope, source: str, delivery: Delivery, copy: Path) -> Opened | None:
    spec = scope.site.sources[source]
    if delivery.file.suffix.lower() == ".parquet":
        return open_columns(delivery.file, delivery.path, scope.connection, scope.problems)
    if delivery.file.suffix.lower() in ENDINGS:
        return open_sheet(delivery.file, delivery.path, spec.sheet, copy, scope.problems)
    if delivery.file.suffix.lower() == ".xls":
        what = "it is a workbook of the old kind"
        scope.problems.error(Place(delivery.path), what, "Save it as .xlsx, or export it as CSV.", "xlsx-old")
        return None
    return open_text(delivery.file, delivery.path, spec.encoding, copy, scope.problems)


def _check_units(scope: Scope, source: str) -> None:
    for name, unit in scope.site.sources[source].units.items():
        if factor_of(unit) is None:
            place = scope.site.place("sources", source, "units", name)
            hint = did_you_mean(unit, {*SHARES, *(f"{scale}元" for scale in SCALES if not scale.isascii()), "元"})
            scope.problems.error(place, f"'{unit}' is no unit known here", hint, "source-unit")


def _doubt_spelling(scope: Scope, parts: Sequence[Part], used: set[str]) -> set[str]:
    """One file may lack a column that another has; but not when it has one that is only spelt differently."""
    present = {name for part in parts for name in part.header.names}
    told: set[str] = set()
    for part in parts:
        for name in sorted((used & present) - set(part.header.names)):
            near = get_close_matches(name, sorted(set(part.header.names) - used - {""}), n=1, cutoff=SAME_WORD)
            if near:
                place = part.text.place(part.header.line)
                what = f"the header has '{near[0]}', where other files of the source have '{name}'"
                scope.problems.warn(place, what, "Rename the column, or it stays unread.", "csv-column-spelling")
                told.add(near[0])
    return told


def _doubt_others(scope: Scope, source: str, parts: Sequence[Part], known: set[str]) -> None:
    """Columns that nothing asks for; told once, at the first file that has them."""
    if scope.site.sources[source].other_columns == "ignore":
        return
    told: set[str] = set()
    for part in parts:
        others = [name for name in dict.fromkeys(part.header.names) if name and name not in known | told]
        told |= set(others)
        if others:
            named = ", ".join(f"'{name}'" for name in others)
            what = f"nothing uses the column{'s' if len(others) > 1 else ''} {named}"
            near = [n for n in others if get_close_matches(n, sorted(known), n=1, cutoff=SAME_WORD)]
            hint = did_you_mean(near[0], known) if near else "Declare 'other_columns: ignore' if that is meant."
            if part.text.encoding == "gb18030":
                hint += " It was read as GB18030; if its names look wrong, declare another, like 'encoding: big5'."
            scope.problems.warn(part.text.place(part.header.line), what, hint, "csv-column-unknown")
