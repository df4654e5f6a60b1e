"""W4, trend to breach: figures that are not red yet and are forecast to cross their amber or their regulatory limit.

Each period's forecast is the one that its own report made, from what was known in it.
"""

import numpy as np

from kpisite.evaluate.achieve import AHEAD_NOISE
from kpisite.evaluate.hindsight import Reach
from kpisite.evaluate.limits import Floats
from kpisite.evaluate.report import RED
from kpisite.evaluate.warning_replay import Case
from kpisite.evaluate.warning_rows import Rows
from kpisite.evaluate.warning_rules import Ruled, limit_beyond


def trend_to_breach(rows: Rows, ahead: Reach) -> Ruled:
    """W4: not red, and crossing within six periods with a probability of at least one half; `ahead` is [N, T]."""
    worst, best = _bounds(rows)
    tiny = AHEAD_NOISE * np.maximum(np.abs(ahead.lowest), np.abs(ahead.highest))
    crosses = (ahead.lowest < worst - tiny) | (ahead.highest > best + tiny)
    fires = crosses & (rows.status != RED) & ~rows.over & rows.there
    return Ruled(Case(fires, fires, ~np.isnan(ahead.lowest) & rows.there), rows.value, _threshold(rows, worst, best))


def _bounds(rows: Rows) -> tuple[Floats, Floats]:
    """What a forecast must stay within: amber limit and regulatory limit, whichever is the nearer."""
    worst, best = rows.amber()
    worst = np.where(rows.sign >= 0, worst, np.nan)
    best = np.where(rows.sign <= 0, best, np.nan)
    low, high = np.fmax(worst, rows.least), np.fmin(best, rows.most)
    return np.nan_to_num(low, nan=-np.inf), np.nan_to_num(high, nan=np.inf)


def _threshold(rows: Rows, low: Floats, high: Floats) -> Floats:
    """The limit on the bad side of the value, the nearer one of a range."""
    upper = np.where(rows.sign == 0, high - rows.value < rows.value - low, rows.sign < 0)
    found = np.where(upper, high, low)
    return np.where(np.isinf(found), limit_beyond(rows), found)
