"""Changes for the command line and for programs: lines of text, and JSON that holds the same."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from kpisite.evaluate.report import Report
from kpisite.periods import Period
from kpisite.release.changes import Changes, CompositeChange, Edit, FigureChange

# The parts of Changes in the order in which they are told, with the words over them.
PARTS = {
    "composites": "Composites",
    "statuses": "Statuses",
    "values": "Values",
    "restated": "Restated",
    "arrived": "Arrived since",
    "withdrawn": "Withdrawn",
    "targets": "Targets",
    "weights": "Weights",
    "definitions": "Definitions",
    "indicators": "Indicators",
    "products": "Products",
    "plans": "Plans",
}
# Both reports' own periods differ in nearly every value: told as a count, listed in JSON.
COUNTED = ("values",)


def as_lines(changes: Changes) -> Iterator[str]:
    """One line for each change, under a heading with their count; parts without any are left out."""
    before, after = changes.before, changes.after
    yield f"{before.version} (period {before.period}) -> {after.version} (period {after.period})"
    told = False
    for part, words in PARTS.items():
        found: Sequence[Any] = getattr(changes, part)
        if part == "composites":
            found = [one for one in found if not _same(one.before, one.after)]
        if not found:
            continue
        told = True
        yield ""
        yield f"{words}: {len(found)}"
        if part not in COUNTED:
            yield from _lines(found, changes)
    if not told:
        yield "No differences."


def as_plain(changes: Changes) -> dict[str, Any]:
    """The same as plain values: periods as labels, what is missing as null."""
    head = {"before": _head(changes.before), "after": _head(changes.after)}
    return head | {part: [_plain(one) for one in getattr(changes, part)] for part in PARTS}


def _lines(found: Sequence[Any], changes: Changes) -> Iterator[str]:
    """One line each, but for figures that read the same and differ only beyond their last decimal."""
    unseen = 0
    for one in found:
        if isinstance(one, FigureChange) and not one.is_seen:
            unseen += 1
        else:
            yield f"  {_line(one, changes)}"
    if unseen:
        yield f"  and {unseen} that read the same"


def _line(one: CompositeChange | FigureChange | Edit, changes: Changes) -> str:
    if isinstance(one, CompositeChange):
        first, second = (_number(score, 1) for score in (one.before, one.after))
        return f"{one.subject}: {first} {one.before_status} -> {second} {one.after_status}"
    if isinstance(one, Edit):
        thing = f" {one.thing}" if one.thing else ""
        return f"{one.owner}{thing}: {one.field} {one.before or 'none'} -> {one.after or 'none'}"
    return _figure(one, changes)


def _figure(one: FigureChange, changes: Changes) -> str:
    decimals = changes.after.site.indicators[one.indicator].decimals
    first, second = (
        f"{cell.reason or _number(cell.value, decimals)} {cell.status}" for cell in (one.before, one.after)
    )
    month = f" {one.after.period}" if one.before.period == one.after.period else ""
    remark = " (definition changed)" if one.is_redefined else ""
    return f"{one.subject} {one.indicator}{month}: {first} -> {second}{remark}"


def _number(value: float, decimals: int) -> str:
    return "none" if math.isnan(value) else f"{value:.{decimals}f}"


def _same(one: float, two: float) -> bool:
    return one == two or (math.isnan(one) and math.isnan(two))


def _head(report: Report) -> dict[str, str]:
    return {"version": report.version, "period": report.period.label, "as_of": report.as_of}


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON can hold
    if isinstance(value, Period):
        return value.label
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return None if isinstance(value, float) and math.isnan(value) else value
