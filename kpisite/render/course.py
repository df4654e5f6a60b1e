"""A figure over all periods of a grain as readers see it, column by column: most of the site's cells are made here."""

from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from kpisite.evaluate.report import KEY
from kpisite.languages import Column
from kpisite.periods import Grain
from kpisite.render.cells import Doubt, remark, target_text
from kpisite.render.edition import Edition


class Course(NamedTuple):
    """The columns of a figure's table; the units stand in the headings."""

    column: Column
    values: list[str]
    targets: list[str]
    gaps: list[str]
    attainments: list[str]
    marks: list[Markup]
    scores: list[str]
    remarks: list[str]


class _Aim(NamedTuple):
    """A target as it is shown: its text and its two bounds; a single value is both."""

    text: str
    low: int
    high: int


def course(e: Edition, s: int, i: int, grain: Grain) -> Course:
    """Format a figure over all periods of a grain."""
    figures, column, tongue = e.report.figures[grain], e.column(s, i, grain), e.tongue
    steps = column.many(figures.value[s, i].tolist())
    targets = figures.target[s, i].tolist()
    aims = _aims(e, column, targets, figures.target_high[s, i].tolist())
    missing, decimals = e.t["say"]["missing"], column.decimals
    gaps = [
        None if n is None or aim is None else max(0, n - aim.high) + min(0, n - aim.low)
        for n, aim in zip(steps, aims, strict=True)
    ]
    tolerances = figures.tolerance[s, i].tolist()
    return Course(
        column=column,
        values=tongue.numbers(steps, decimals, missing=missing),
        targets=["" if aim is None else aim.text for aim in aims],
        gaps=tongue.numbers(gaps, decimals, signed=True),
        attainments=[
            "" if a != a or abs(target) < tolerance else e.attainment(a)
            for a, target, tolerance in zip(figures.attainment[s, i].tolist(), targets, tolerances, strict=True)
        ],
        marks=[e.marks[status] for status in figures.status[s, i].tolist()],
        scores=[e.score(score) if score == score else "" for score in figures.score[s, i].tolist()],
        remarks=_remarks(e, s, i, grain),
    )


def _aims(e: Edition, column: Column, targets: list[float], highs: list[float]) -> list[_Aim | None]:
    """Targets stay the same over many periods, so each is worded once."""
    known: dict[tuple[float, float], _Aim] = {}
    aims: list[_Aim | None] = []
    for target, high in zip(targets, highs, strict=True):
        if target != target:
            aims.append(None)
            continue
        key = (target, high if high == high else target)
        if key not in known:
            text = target_text(e, column, target, high, units=False)
            known[key] = _Aim(text, column.steps(key[0]), column.steps(key[1]))
        aims.append(known[key])
    return aims


def _remarks(e: Edition, s: int, i: int, grain: Grain) -> list[str]:
    """Most cells need none, so only the others are looked at closely."""
    figures = e.report.figures[grain]
    reason, over, small = figures.reason[s, i], figures.over_limit[s, i], figures.small[s, i]
    judged = e.report.role[s, i] == KEY
    remarks = [""] * len(reason)
    aimless = np.isnan(figures.target[s, i]) & judged
    for t in np.flatnonzero((reason != 0) | over | small | aimless).tolist():
        sample = float(figures.sample[s, i, t])
        remarks[t] = remark(e, i, Doubt(int(reason[t]), bool(over[t]), bool(small[t]), sample, bool(aimless[t])))
    return remarks
