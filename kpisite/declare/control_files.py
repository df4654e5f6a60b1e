"""Control totals from CSV files: the columns period and total, read into the site's controls with their places."""

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path

from kpisite.declare.draft import Draft
from kpisite.declare.files import read_text
from kpisite.declare.model import Site
from kpisite.declare.yaml_source import Mark
from kpisite.errors import Place, Problems
from kpisite.periods import Grain, Period, PeriodError, parse

COLUMNS = ("period", "total")


def with_control_files(site: Site, draft: Draft, root: Path, problems: Problems) -> Site:
    """The site with the totals of its controls' files; mistakes in them are noted with file and line."""
    controls = dict(site.controls)
    for id_, control in site.controls.items():
        if not control.file:
            continue
        totals = dict(control.totals)
        for period, total, place in _rows(control.file, draft.place("controls", id_, "file"), root, problems):
            if period in totals:
                what = f"a second total of the control '{id_}' for {period}"
                problems.error(place, what, "Delete one.", "control-twice")
            totals[period] = total
            mark = Mark(place.line, place.col, place.line, place.col)
            draft.marks["controls", id_, "totals", period.label] = (place.file, mark)
        controls[id_] = control.model_copy(update={"totals": totals})
    return site.model_copy(update={"controls": controls, "places": draft.places()}) if controls else site


def _rows(pattern: str, place: Place, root: Path, problems: Problems) -> Iterator[tuple[Period, float, Place]]:
    parts = pattern.split("/")
    if parts[0] in ("", "~") or ".." in parts or "\\" in pattern or ":" in pattern:
        hint = "Write a path with '/', like data/ledger.csv."
        problems.error(place, f"'{pattern}' is no path below the site's folder", hint, "path-outside")
        return
    file = root / pattern
    if not file.is_file():
        problems.error(place, f"there is no file '{pattern}'", "Paths start at the folder of site.yaml.", "no-file")
        return
    text = read_text(file, root, problems, fallback="gb18030")
    reader = csv.reader(io.StringIO(text or "", newline=""))
    header = [name.strip() for name in next(reader, [])]
    if text is not None and not set(COLUMNS) <= set(header):
        what = "the header lacks the column " + ", ".join(f"'{name}'" for name in COLUMNS if name not in header)
        problems.error(Place(pattern, 1), what, "Control totals have the columns period and total.", "control-column")
        return
    for row in reader:
        if any(row):
            cells = dict(zip(header, row, strict=False))
            found = _row(cells.get("period", ""), cells.get("total", ""), Place(pattern, reader.line_num), problems)
            if found is not None:
                yield (*found, Place(pattern, reader.line_num))


def _row(label: str, total: str, place: Place, problems: Problems) -> tuple[Period, float] | None:
    try:
        period = parse(label)
    except PeriodError as error:
        problems.error(place, str(error), error.hint, "control-period")
        return None
    if period.grain is not Grain.MONTH:
        problems.error(
            place, f"'{label}' is not a month", "Control totals are monthly, like 2025-12.", "control-period"
        )
        return None
    try:
        value = float(total)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.error(place, f"'{total}' is not a number", "Write plain digits, like 1234.56.", "control-total")
        return None
    return period, value
