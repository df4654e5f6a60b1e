"""A figure over all periods of a grain as readers see it, column by column: most of the site's cells are made here."""

from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from kpisite.evaluate.report import KEY
from kpisite.languages import Column
from kpisite.periods import Grain
from kpisite.render import rounding
from kpisite.render.cells import Doubt, remark
from kpisite.render.edition import SCORE_LIMITS, Edition
from kpisite.render.judgements import judgements
from kpisite.render.levels import Levels, levels
from kpisite.render.rounding import Floats


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


class _Judged(NamedTuple):
    """What the judgement adds to the levels of a product's figures, by the same rows and periods."""

    gaps: Floats
    attainments: Floats  # in tenths of a per cent, NaN where it says nothing
    scores: Floats
    remarkable: npt.NDArray[np.bool_]


def course(e: Edition, s: int, i: int, grain: Grain) -> Course:
    """Format a figure over all periods of a grain."""
    found = levels(e, s, grain)
    judged = e.latest(("judged", grain), s, partial(_judged, e, s, grain, found))
    row, numbers = found.rows[i], e.tongue.numbers
    column = found.columns[row]
    return Course(
        column=column,
        values=numbers(found.values[row].tolist(), column.decimals, missing=e.t["say"]["missing"]),
        targets=_targets(e, found, row),
        gaps=numbers(judged.gaps[row].tolist(), column.decimals, signed=True),
        attainments=_attainments(e, judged.attainments[row].tolist()),
        marks=_marks(e, s, i, grain),
        scores=numbers(judged.scores[row].tolist(), 1),
        remarks=_remarks(e, s, i, grain, judged.remarkable[row]),
    )


def _marks(e: Edition, s: int, i: int, grain: Grain) -> list[Markup]:
    """Status and signal of each figure; one of a running period has none, and says how much of it there is."""
    figures = e.report.figures[grain]
    found = judgements(e, grain, (s, i))
    for t in np.flatnonzero(figures.provisional[s, i]).tolist():
        found[t] = e.provisional(int(figures.provisional[s, i, t]), figures.periods[t].months)
    return found


def _judged(e: Edition, s: int, grain: Grain, found: Levels) -> _Judged:
    figures, at = e.report.figures[grain], (s, list(found.rows))
    target, attainment, reason = figures.target[at], figures.attainment[at], figures.reason[at]
    # Against a target within its own tolerance of zero a ratio says nothing.
    telling = np.where(np.abs(target) < figures.tolerance[at], np.nan, attainment)
    judged = (e.report.role[at] == KEY)[:, np.newaxis]
    return _Judged(
        # A part of a period has no gap to the target of the whole.
        gaps=np.where(figures.provisional[at] > 0, np.nan, rounding.gaps(found.values, found.targets, found.highs)),
        attainments=_quoted(telling),
        scores=rounding.scores(figures.score[at], SCORE_LIMITS),
        remarkable=(reason != 0) | figures.over_limit[at] | figures.small[at] | (np.isnan(target) & judged),
    )


def _quoted(attainment: Floats) -> Floats:
    """Attainments in tenths of a per cent; those that are not quoted lie one step beyond 0 to 200 %."""
    found = rounding.tenths(attainment * 100)
    found[attainment < 0], found[attainment > 2] = -1, 2001
    return found


def _attainments(e: Edition, tenths: list[float]) -> list[str]:
    texts = e.tongue.numbers(tenths, 1)
    return [
        f"{text}%" if 0 <= n <= 2000 else "" if n != n else e.attainment(n)
        for n, text in zip(tenths, texts, strict=True)
    ]


def _targets(e: Edition, found: Levels, row: int) -> list[str]:
    decimals, tongue = found.columns[row].decimals, e.tongue
    low = tongue.numbers(found.targets[row].tolist(), decimals)
    if np.isnan(found.highs[row]).all():
        return low
    high = tongue.numbers(found.highs[row].tolist(), decimals)
    return [tongue.span(a, b) if a and b else a for a, b in zip(low, high, strict=True)]


def _remarks(e: Edition, s: int, i: int, grain: Grain, remarkable: npt.NDArray[np.bool_]) -> list[str]:
    """Most cells need none, so only the others are looked at closely."""
    figures, judged = e.report.figures[grain], bool(e.report.role[s, i] == KEY)
    remarks = [""] * len(remarkable)
    for t in np.flatnonzero(remarkable).tolist():
        at = (s, i, t)
        aimless = judged and bool(np.isnan(figures.target[at]))
        doubt = Doubt(
            int(figures.reason[at]),
            bool(figures.over_limit[at]),
            bool(figures.small[at]),
            float(figures.sample[at]),
            aimless,
        )
        remarks[t] = remark(e, i, doubt)
    return remarks
