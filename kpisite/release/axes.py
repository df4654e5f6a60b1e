"""What the arrays of a report are laid out along, and which subject carries which indicator, as text and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kpisite.evaluate.report import ABSENT, ROLES, Codes, Report
from kpisite.measure.series import Subject
from kpisite.periods import GRAIN_ORDER, Grain, Period, parse
from kpisite.release.text import as_json


@dataclass(frozen=True, slots=True)
class Axes:
    """What the arrays of a report are laid out along."""

    subjects: tuple[Subject, ...]
    indicators: tuple[str, ...]
    families: tuple[str, ...]
    periods: Mapping[Grain, tuple[Period, ...]]

    @property
    def grains(self) -> tuple[Grain, ...]:
        """The grains in the order of files and pages."""
        return tuple(grain for grain in GRAIN_ORDER if grain in self.periods)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of all periods, grain after grain."""
        return tuple(period.label for grain in self.grains for period in self.periods[grain])


def axes_of(report: Report) -> Axes:
    """The axes of a report."""
    periods = {grain: figures.periods for grain, figures in report.figures.items()}
    return Axes(report.subjects, report.indicators, report.families, periods)


def freeze_axes(report: Report, more: Sequence[Mapping[str, Any]] = ()) -> str:
    """The axes and roles as JSON; periods are consecutive, so the first one and their count say it all.

    `more` is what breakdowns are laid out along.
    """
    ids = [subject.id for subject in report.subjects]
    axes = axes_of(report)
    return as_json(
        {
            "grains": {grain: _span(axes.periods[grain]) for grain in axes.grains},
            "families": list(report.families),
            "indicators": list(report.indicators),
            "subjects": [
                {"id": one.id, "level": one.level, "members": [ids[m] for m in one.members]} | _carried(report, s)
                for s, one in enumerate(report.subjects)
            ],
        }
        | ({"breakdowns": more} if more else {})
    )


def thaw_axes(text: str, fiscal_start: int) -> tuple[Axes, Codes]:
    """The axes and the roles [S, I] back from JSON."""
    data = json.loads(text)
    ids = [one["id"] for one in data["subjects"]]
    where = {id_: s for s, id_ in enumerate(ids)}
    subjects = tuple(
        Subject(one["id"], one["level"], tuple(where[member] for member in one["members"])) for one in data["subjects"]
    )
    periods = {Grain(grain): _periods(span, fiscal_start) for grain, span in data["grains"].items()}
    axes = Axes(subjects, tuple(data["indicators"]), tuple(data["families"]), periods)
    role = np.full((len(subjects), len(axes.indicators)), ABSENT, dtype=np.int8)
    which = {id_: i for i, id_ in enumerate(axes.indicators)}
    for s, one in enumerate(data["subjects"]):
        for code, name in enumerate(ROLES):
            role[s, [which[id_] for id_ in one.get(name, ())]] = code
    return axes, role


def _carried(report: Report, subject: int) -> dict[str, list[str]]:
    """The indicators of a subject by their role."""
    found = {
        name: [id_ for id_, role in zip(report.indicators, report.role[subject].tolist(), strict=True) if role == code]
        for code, name in enumerate(ROLES)
        if code != ABSENT
    }
    return {name: ids for name, ids in found.items() if ids}


def _span(periods: Sequence[Period]) -> dict[str, str | int]:
    return {"first": periods[0].label if periods else "", "count": len(periods)}


def _periods(span: Mapping[str, Any], fiscal_start: int) -> tuple[Period, ...]:
    if not span["count"]:
        return ()
    first = parse(span["first"], fiscal_start)
    return tuple(first.plus(step) for step in range(span["count"]))
