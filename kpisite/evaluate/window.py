"""From the whole history that figures are judged in to the window that is shown of them."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from kpisite.evaluate.report import Figures, Report, Scores, Signals, Warnings
from kpisite.periods import Grain

Part = TypeVar("Part", Figures, Scores, Signals)


def shown_part(report: Report, before: Mapping[Grain, int]) -> Report:
    """The report without so many periods at the start of each grain, and without the alerts that ended in them."""
    if not any(before.values()):
        return report
    first = report.figures[Grain.MONTH].periods[before.get(Grain.MONTH, 0)].last_month
    return replace(
        report,
        figures={
            grain: replace(_cut(one, before.get(grain, 0)), periods=one.periods[before.get(grain, 0) :])
            for grain, one in report.figures.items()
        },
        scores={grain: _cut(one, before.get(grain, 0)) for grain, one in report.scores.items()},
        signals={grain: _cut(one, before.get(grain, 0)) for grain, one in report.signals.items()},
        warnings=_still_told(report.warnings, first),
        peers=tuple(one for one in report.peers if one.period.last_month >= first),
    )


def _cut(part: Part, periods: int) -> Part:
    """The arrays of one grain without their first periods; time is their third axis."""
    arrays: dict[str, Any] = {field.name: getattr(part, field.name) for field in fields(part)}
    cut: dict[str, Any] = {name: a[:, :, periods:] for name, a in arrays.items() if isinstance(a, np.ndarray)}
    return replace(part, **cut)


def _still_told(warnings: Warnings, first: int) -> Warnings:
    """The alerts that are open or were cleared in the window."""
    kept = (warnings.cleared == 0) | (warnings.cleared >= first)
    arrays = {field.name: getattr(warnings, field.name) for field in fields(warnings)}
    found = {name: a[kept] for name, a in arrays.items() if isinstance(a, np.ndarray)}
    return replace(warnings, **found, detail=tuple(d for d, k in zip(warnings.detail, kept.tolist(), strict=True) if k))
