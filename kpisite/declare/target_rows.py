"""From the rows of one product and indicator to its targets, months of one kind put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from kpisite.declare.model import Target
from kpisite.errors import Place, Problems
from kpisite.periods import Period

_BASELINE = ("baseline_period", "baseline_value")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file of targets: what it is about, what it says, and where it stands."""

    product: str
    indicator: str
    cells: dict[str, Any]
    place: Place


def targets_of(rows: Sequence[Row], problems: Problems) -> list[tuple[Target, Place]]:
    """The targets of one product and indicator in the order of their months, each with the place of its first row."""
    months = sorted((row for row in rows if "period" in row.cells), key=lambda row: row.cells["period"])
    others = [row for row in rows if "period" not in row.cells]
    written = [(_plain(row), row.place) for row in others]
    written += list(_tables(_once(months, problems)))
    found = []
    for data, place in sorted(written, key=lambda one: _begin(one[0])):
        try:
            found.append((Target.model_validate(data), place))
        except ValidationError as error:
            for finding in error.errors(include_url=False):
                problems.error(place, _said(finding["loc"], finding["msg"]), "", "bad-value")
    return found


def _plain(row: Row) -> dict[str, Any]:
    """The keys of a target as they would stand in YAML."""
    data = {name: cell for name, cell in row.cells.items() if name not in (*_BASELINE, "period")}
    period, value = (row.cells.get(name) for name in _BASELINE)
    if period is not None or value is not None:
        data["baseline"] = {"period": period, "value": value}
    return data


def _once(rows: list[Row], problems: Problems) -> list[Row]:
    """The rows of months without a second one for the same month, which is a mistake."""
    kept: list[Row] = []
    for row in rows:
        if kept and kept[-1].cells["period"] == row.cells["period"]:
            what = f"two targets of '{row.indicator}' of '{row.product}' rule in {row.cells['period']}"
            problems.error(row.place, f"{what}; the other is at {kept[-1].place}", "Delete one.", "target-overlap")
        else:
            kept.append(row)
    return kept


def _tables(rows: list[Row]) -> Iterator[tuple[dict[str, Any], Place]]:
    """Months whose rows differ in nothing but the number are one table."""

    def kind(row: Row) -> list[tuple[str, Any]]:
        return sorted((name, cell) for name, cell in row.cells.items() if name not in ("period", "target"))

    for _, run in groupby(rows, key=kind):
        own = list(run)
        values = {row.cells["period"]: row.cells["target"] for row in own}
        ends = {"from": own[0].cells["period"], "until": own[-1].cells["period"]}
        data = {name: cell for name, cell in _plain(own[0]).items() if name != "target"}
        yield {**data, **ends, "path": "table", "values": values}, own[0].place


def _begin(data: dict[str, Any]) -> int:
    begin = data.get("from")
    return begin.number if isinstance(begin, Period) else 0


def _said(loc: tuple[int | str, ...], message: str) -> str:
    """One sentence of pydantic's, with the column it is about."""
    plain = message.removeprefix("Value error, ")
    name = ".".join(str(part) for part in loc if isinstance(part, str))
    return f"'{name}': {plain}" if name else plain
