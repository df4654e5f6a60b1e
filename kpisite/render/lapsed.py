"""What a composite does not tell: key figures that have lost their target, and zero tolerance that nobody can prove."""

from functools import partial
from typing import NamedTuple

import numpy as np

from kpisite.evaluate.report import GREY
from kpisite.measure.series import NOT_EXPECTED
from kpisite.render.board import Board
from kpisite.render.edition import Edition
from kpisite.render.headlines import weight_text


class Lapsed(NamedTuple):
    """A key figure without a target in the report's month: what it weighed when it had one, and all figures then."""

    i: int
    weight: float
    whole: float


def lapsed(e: Edition, s: int) -> tuple[Lapsed, ...]:
    """Those of a product, the heaviest first."""
    return e.fact(("lapsed", s), partial(_lapsed, e.board, s))


def _lapsed(board: Board, s: int) -> tuple[Lapsed, ...]:
    months, now, keys = board.months, board.now, list(board.keys[s])
    weights = months.weight[s][keys, : now + 1]
    found = []
    for row, i in enumerate(keys):
        had = np.flatnonzero(weights[row, :now])
        is_due = months.reason[s, i, now] not in NOT_EXPECTED
        if not is_due or not np.isnan(months.target[s, i, now]) or not had.size:
            continue
        whole = float(weights[:, had[-1]].sum())
        # Where the others have taken its weight over, its target was ended on purpose.
        if float(weights[:, now].sum()) < whole:
            found.append(Lapsed(i, float(weights[row, had[-1]]), whole))
    return tuple(sorted(found, key=lambda one: (-one.weight, one.i)))


def lapsed_sentence(e: Edition, s: int) -> str:
    """How much of the weight has no target this month; empty where all has one."""
    found = lapsed(e, s)
    if not found:
        return ""
    facts = {
        "weight": weight_text(e, sum(one.weight for one in found)),
        "whole": weight_text(e, max(one.whole for one in found)),
        "period": e.month_labels[e.board.now],
        "indicators": e.listed(e.indicators[one.i] for one in found),
    }
    return str(e.t["say"]["scorecard"]["lapsed"].format(**facts))


def unproven_sentence(e: Edition, s: int) -> str:
    """That a composite is provisional, for a figure of zero tolerance is due and missing; empty where none is."""
    months, now = e.board.months, e.board.now
    found = [
        i
        for i in e.board.keys[s]
        if e.site.indicators[e.report.indicators[i]].veto
        and months.reason[s, i, now] not in NOT_EXPECTED
        and months.status[s, i, now] == GREY
        and not np.isnan(months.target[s, i, now])
    ]
    if not found or np.isnan(e.board.scores.score[s, e.board.composite, now]):
        return ""
    return str(e.t["say"]["scorecard"]["unproven"].format(indicators=e.listed(e.indicators[i] for i in found)))
