"""Two reports -> Changes: every difference attributed to new periods, restated data, declarations or plans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.evaluate.reasons import formula_at, is_redefined
from kpisite.evaluate.report import ABSENT, ROLES, STATUSES, Figures, Floats, Report
from kpisite.evaluate.rounding import steps
from kpisite.measure.series import REASONS
from kpisite.periods import Grain, Period
from kpisite.release.changes import Cell, Changes, CompositeChange, FigureChange
from kpisite.release.edits import (
    definition_edits,
    indicator_edits,
    plan_edits,
    product_edits,
    target_edits,
    weight_edits,
)

# A figure that changes by less than this share of its tolerance, or by no more than one displayed unit, is a trifle.
MATERIAL_TOLERANCES = 0.25


def compare(before: Report, after: Report) -> Changes:
    """Compare an earlier with a later report."""
    pairs = _pairs(before, after)
    own = [_figure(before, after, pair, before.period, after.period) for pair in pairs]
    same = list(_same_months(before, after, pairs))
    first, second = before.site, after.site
    return Changes(
        before=before,
        after=after,
        composites=tuple(_composites(before, after)),
        statuses=tuple(one for one in own if one.before.status != one.after.status),
        values=tuple(one for one in own if _differs(one)),
        restated=tuple(one for one in same if not one.before.reason and not one.after.reason),
        arrived=tuple(one for one in same if one.before.reason and not one.after.reason),
        withdrawn=tuple(one for one in same if one.after.reason and not one.before.reason),
        targets=tuple(target_edits(first, second)),
        weights=tuple(weight_edits(first, second)),
        definitions=tuple(definition_edits(first, second)),
        indicators=tuple(indicator_edits(first, second)),
        products=tuple(product_edits(first, second)),
        plans=tuple(plan_edits(before, after)),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Where one figure stands in both reports."""

    subject: str
    indicator: str
    first: tuple[int, int]
    second: tuple[int, int]


def _pairs(before: Report, after: Report) -> list[_Pair]:
    """The figures that subjects carry in both reports, in the order of the later one."""
    rows = {one.id: s for s, one in enumerate(before.subjects)}
    columns = {id_: i for i, id_ in enumerate(before.indicators)}
    return [
        _Pair(subject.id, id_, (rows[subject.id], columns[id_]), (s, i))
        for s, subject in enumerate(after.subjects)
        for i, id_ in enumerate(after.indicators)
        if after.role[s, i] != ABSENT
        and subject.id in rows
        and id_ in columns
        and before.role[rows[subject.id], columns[id_]] != ABSENT
    ]


def _same_months(before: Report, after: Report, pairs: Sequence[_Pair]) -> Iterator[FigureChange]:
    """The figures of months in both reports that do not read the same, by subject, indicator and month."""
    if not pairs:
        return
    first, second = before.figures[Grain.MONTH], after.figures[Grain.MONTH]
    months = [period for period in second.periods if period in first.periods and period <= before.period]
    t0 = [first.periods.index(period) for period in months]
    t1 = [second.periods.index(period) for period in months]
    old = _cells(first, [pair.first for pair in pairs])[:, t0]
    new = _cells(second, [pair.second for pair in pairs])[:, t1]
    for p, t in np.argwhere(~((old == new) | (np.isnan(old) & np.isnan(new)))).tolist():
        yield _figure(before, after, pairs[p], months[t], months[t])


def _cells(figures: Figures, places: Sequence[tuple[int, int]]) -> Floats:
    rows, columns = zip(*places, strict=True)
    return figures.value[list(rows), list(columns)]


def _figure(before: Report, after: Report, pair: _Pair, first: Period, second: Period) -> FigureChange:
    id_ = pair.indicator
    one, two = _cell(before, pair.first, first), _cell(after, pair.second, second)
    changed = formula_at(before.site, id_, first) != formula_at(after.site, id_, first)
    units = _units(after, id_, one, two)
    return FigureChange(
        subject=pair.subject,
        indicator=id_,
        role=ROLES[after.role[pair.second]],
        before=one,
        after=two,
        is_seen=units != 0 or one.status != two.status or one.reason != two.reason,
        is_material=one.status != two.status or (units > 1 and _is_wide(after, pair, one, two)),
        is_redefined=changed or is_redefined(after.site.indicators[id_], first, second),
    )


def _cell(report: Report, at: tuple[int, int], period: Period) -> Cell:
    figures = report.figures[Grain.MONTH]
    where = (*at, figures.periods.index(period))
    return Cell(
        period=period,
        value=figures.value[where].item(),
        reason=REASONS[figures.reason[where]],
        status=STATUSES[figures.status[where]],
        score=figures.score[where].item(),
    )


def _units(after: Report, indicator: str, one: Cell, two: Cell) -> float:
    """How many units of the last decimal two values lie apart; NaN without one of them."""
    decimals = np.array(after.site.indicators[indicator].decimals)
    return abs(steps(np.array(two.value), decimals) - steps(np.array(one.value), decimals)).item()


def _is_wide(after: Report, pair: _Pair, one: Cell, two: Cell) -> bool:
    """Do the values lie a good part of the tolerance apart? Without a tolerance they do."""
    figures = after.figures[Grain.MONTH]
    tolerance: float = figures.tolerance[(*pair.second, figures.periods.index(two.period))].item()
    return tolerance != tolerance or abs(two.value - one.value) > MATERIAL_TOLERANCES * tolerance


def _differs(one: FigureChange) -> bool:
    first, second = one.before, one.after
    return first.reason != second.reason or (not second.reason and first.value != second.value)


def _composites(before: Report, after: Report) -> Iterator[CompositeChange]:
    rows = {one.id: s for s, one in enumerate(before.subjects)}
    for s, subject in enumerate(after.subjects):
        if subject.id in rows:
            first, first_status = _composite(before, rows[subject.id])
            second, second_status = _composite(after, s)
            yield CompositeChange(subject.id, first, second, first_status, second_status)


def _composite(report: Report, s: int) -> tuple[float, str]:
    scores, at = report.scores[Grain.MONTH], (s, len(report.families), report.now())
    return scores.score[at].item(), STATUSES[scores.status[at]]
