"""Of which month a figure is shown: one that is due each quarter or year stands until the next one is due."""

from functools import partial

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.charted import CADENCES
from kpisite.evaluate.report import KEY
from kpisite.measure.series import REASON
from kpisite.periods import Grain, Period, of_month
from kpisite.render.board import Board
from kpisite.render.edition import Edition

Months = npt.NDArray[np.int64]


def months_due(e: Edition) -> Months:
    """[S, I]: places on the axis of months; the report's month, or the last of the newest period of a longer cadence.

    Only what is not due in the report's month is taken from an earlier one; a figure that is due and missing stays so.
    """
    return e.fact(("due",), partial(_months_due, e.board))


def month_due(e: Edition, s: int, i: int) -> int:
    """The same of one figure."""
    return int(months_due(e)[s, i])


def _months_due(board: Board) -> Months:
    report, months, now = board.report, board.months, board.now
    due = np.full(report.role.shape, now, dtype=np.int64)
    waiting = months.reason[:, :, now] == REASON["not-due"]
    for i, id_ in enumerate(report.indicators):
        grain = CADENCES[report.site.indicators[id_].cadence]
        ends = [t for t in range(now) if _whole(months.periods[t], grain).last_month == months.periods[t].last_month]
        if grain is not Grain.MONTH and ends:
            due[waiting[:, i], i] = ends[-1]
    return due


def _whole(month: Period, grain: Grain) -> Period:
    """The quarter or year that a month belongs to."""
    return of_month(month.last_month, grain, month.fiscal_start)


def with_period(e: Edition, s: int, i: int, text: str) -> str:
    """A value with the period that it is of, where that is not the report's."""
    t = month_due(e, s, i)
    if t == e.board.now:
        return text
    whole = _whole(e.board.months.periods[t], CADENCES[e.site.indicators[e.report.indicators[i]].cadence])
    return str(e.t["say"]["of_period"].format(value=text, period=e.tongue.period(whole)))


def not_due(e: Edition, s: int, i: int) -> str:
    """That a key figure of an earlier period is no part of the report's composite; empty of all others."""
    if month_due(e, s, i) == e.board.now or e.report.role[s, i] != KEY:
        return ""
    return str(e.t["say"]["not_due"].format(month=e.month_labels[e.board.now]))
