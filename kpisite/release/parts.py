"""Breakdowns as text and back: their axes in axes.json, their figures in one table for each subject."""

import csv
import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from kpisite.evaluate.report import ABSENT, Report
from kpisite.measure.series import REASON, REASONS, Breakdown, Codes
from kpisite.periods import Grain
from kpisite.release.axes import Axes
from kpisite.release.text import number

FOLDER = "breakdowns/"
PART_COLUMNS = ("indicator", "dimension", "label", "period", "value", "reason")
# What stands in no line; a label may come long after its product.
_UNSAID = REASON["not-launched"]


def freeze_parts(report: Report) -> dict[str, str]:
    """The figures by label of each subject that carries any."""
    tables = {f"{FOLDER}{one.id.replace(':', '-')}.csv": _table(report, s) for s, one in enumerate(report.subjects)}
    return {path: text for path, text in tables.items() if text.count("\n") > 1}


def part_axes(report: Report) -> list[dict[str, Any]]:
    """What each breakdown is laid out along."""
    return [
        {
            "dimension": one.dimension,
            "grain": one.grain.value,
            "labels": list(one.labels),
            "indicators": list(one.indicators),
            "additive": [id_ for id_, adds in zip(one.indicators, one.additive, strict=True) if adds],
        }
        for one in report.breakdowns
    ]


def part_rows(report: Report, subject: int) -> list[list[str]]:
    """The lines of one subject: indicator, dimension, label, period, value, reason."""
    rows = []
    for one in report.breakdowns:
        periods = [period.label for period in report.figures[one.grain].periods]
        for k, id_ in enumerate(one.indicators):
            if report.role[subject, report.indicator(id_)] == ABSENT:
                continue
            for label, values, reasons in zip(one.labels, one.value[subject, k], one.reason[subject, k], strict=True):
                rows += [
                    [id_, one.dimension, label, period, number(value), REASONS[reason]]
                    for period, value, reason in zip(periods, values.tolist(), reasons.tolist(), strict=True)
                    if reason != _UNSAID
                ]
    return rows


def _table(report: Report, subject: int) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([PART_COLUMNS, *part_rows(report, subject)])
    return out.getvalue()


def thaw_parts(
    axes: Axes, role: Codes, declared: list[dict[str, Any]], files: Mapping[str, str]
) -> tuple[Breakdown, ...]:
    """The breakdowns back from their text."""
    positions = {p.label: (grain, t) for grain, periods in axes.periods.items() for t, p in enumerate(periods)}
    found: dict[tuple[str, Grain], Breakdown] = {}
    for one in declared:
        # Releases of before have months only.
        grain = Grain(one.get("grain", Grain.MONTH))
        shape = (len(axes.subjects), len(one["indicators"]), len(one["labels"]), len(axes.periods[grain]))
        reason = np.full(shape, _UNSAID, dtype=np.int8)
        for k, id_ in enumerate(one["indicators"]):
            reason[role[:, axes.indicators.index(id_)] == ABSENT, k] = REASON["not-applicable"]
        additive = tuple(id_ in one["additive"] for id_ in one["indicators"])
        along = one["dimension"], tuple(one["labels"]), tuple(one["indicators"])
        found[one["dimension"], grain] = Breakdown(*along, additive, np.full(shape, np.nan), reason, grain)
    for s, subject in enumerate(axes.subjects):
        text = files.get(f"{FOLDER}{subject.id.replace(':', '-')}.csv", "")
        for row in csv.DictReader(io.StringIO(text, newline="")):
            grain, t = positions[row["period"]]
            part = found[row["dimension"], grain]
            at = (s, part.indicators.index(row["indicator"]), part.labels.index(row["label"]), t)
            part.value[at] = float(row["value"] or "nan")
            part.reason[at] = REASON[row["reason"]]
    return tuple(found.values())
