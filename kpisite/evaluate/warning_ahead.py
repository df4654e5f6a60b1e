"""W4, trend to breach: figures that are not red yet and are forecast to cross their amber or their regulatory limit.

Each month's forecast is made anew from what was known in that month. That looks back over the fiscal year of the
report and the one before: enough to judge the warnings of the past, and a start that moves only once a year.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Site
from kpisite.evaluate.achieve import AHEAD
from kpisite.evaluate.charted import YEAR
from kpisite.evaluate.forecast import COMPARED
from kpisite.evaluate.hindsight import Counts, hindsight
from kpisite.evaluate.limits import Flags, Floats
from kpisite.evaluate.report import RED
from kpisite.evaluate.target import begin, keys_of
from kpisite.evaluate.warning_replay import Case
from kpisite.evaluate.warning_rows import Indexes, Rows
from kpisite.evaluate.warning_rules import Ruled, limit_beyond
from kpisite.measure.series import Subject
from kpisite.periods import MONTHS, Grain, Period

# Fiscal years looked back over, the report's own one among them.
YEARS = 2
# Differences below this share of the forecast are noise of binary arithmetic; the same as for the outlook.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Traits:
    """What forecasts need to know of N figures: seasonal [N], natural bounds [N], steps compared [N, M]."""

    seasonal: Flags
    low: Floats
    high: Floats
    compared: Counts


def months_back(periods: Sequence[Period], fiscal_starts: int) -> int:
    """How many periods, the last one among them, are looked back over."""
    if not periods:
        return 0
    last = periods[-1].last_month
    year = last - (last - (fiscal_starts - 1)) % YEAR
    first = year - (YEARS - 1) * YEAR
    return sum(period.last_month >= first for period in periods)


def traits(
    site: Site, subjects: Sequence[Subject], indicators: Sequence[str], at: tuple[Indexes, Indexes],
    periods: Sequence[Period],
) -> Traits:  # fmt: skip
    """The traits of these figures over the periods looked back over."""
    declared = [site.indicators[indicators[i]] for i in at[1].tolist()]
    low, high = (
        np.array([np.nan if one.bounds[side] is None else one.bounds[side] for one in declared], dtype=np.float64)
        for side in (0, 1)
    )
    compared = np.full((len(declared), len(periods)), COMPARED, dtype=np.intp)
    for n, (s, i) in enumerate(zip(*(part.tolist() for part in at), strict=True)):
        entries = keys_of(site, subjects[s]).get(indicators[i], ())
        if any(one.by is not None for one in entries):
            compared[n] = _compared([(begin(one), one.by.last_month if one.by else 0) for one in entries], periods)
    return Traits(np.array([one.seasonal for one in declared], dtype=np.bool_), low, high, compared)


def _compared(targets: Sequence[tuple[int, int]], periods: Sequence[Period]) -> list[int]:
    """Methods are compared over the steps up to the date of the target that ruled, six where it has none or passed."""
    found = []
    for period in periods:
        by = max(((start, end) for start, end in targets if start <= period.last_month), default=(0, 0))[1]
        steps = -(-(by - period.last_month) // MONTHS[period.grain])
        found.append(min(steps, COMPARED) if steps > 0 else COMPARED)
    return found


def trend_to_breach(rows: Rows, own: Traits, grain: Grain) -> Ruled:
    """W4: not red, and crossing within six periods with a probability of at least one half."""
    fires, there = (np.zeros(rows.value.shape, dtype=np.bool_) for _ in range(2))
    months = own.compared.shape[1]
    part = slice(rows.value.shape[1] - months, None)
    asked = _asked(rows, part) if months else np.zeros(len(rows.value), dtype=np.bool_)
    if asked.any():
        segments = rows.segment[:, part]
        for number in np.unique(segments[asked]).tolist():
            which = np.flatnonzero(asked & (segments == number).any(axis=1))
            history = np.where(rows.segment[which] == number, rows.value[which], np.nan)
            expected = hindsight(history, own.seasonal[which], YEAR // MONTHS[grain], own.compared[which])
            low, high = own.low[which, None, None], own.high[which, None, None]
            expected = np.where(np.isnan(expected), np.nan, np.fmin(np.fmax(expected, low), high))
            here = segments[which] == number
            crosses = _crosses(rows, which, part, expected[:, :, :AHEAD])
            fires[which, part] |= here & crosses
            there[which, part] |= here & ~np.isnan(expected[:, :, 0])
    safe = (rows.status != RED) & ~rows.over & rows.there
    fires &= safe
    return Ruled(Case(fires, fires, there & rows.there), rows.value, _threshold(rows))


def _asked(rows: Rows, part: slice) -> Flags:
    """The figures of which anything can be forecast to cross: they have a limit, and were not red all the time."""
    worst, best = (bound[:, part] for bound in _bounds(rows))
    bounded = ~(np.isinf(worst) & np.isinf(best))
    found: Flags = (bounded & rows.there[:, part] & (rows.status[:, part] != RED)).any(axis=1)
    return found


def _crosses(rows: Rows, which: Indexes, part: slice, expected: Floats) -> Flags:
    """Does a forecast lie beyond the amber or the regulatory limit of its month at any of its steps?"""
    worst, best = (bound[which, part] for bound in _bounds(rows))
    lowest, highest = np.nanmin(_known(expected), axis=2), np.nanmax(_known(expected), axis=2)
    tiny = _NOISE * np.maximum(np.abs(lowest), np.abs(highest))
    found: Flags = (lowest < worst - tiny) | (highest > best + tiny)
    return found


def _known(expected: Floats) -> Floats:
    """Forecasts with 0 where there are none, for which nothing is asked."""
    return np.nan_to_num(expected)


def _bounds(rows: Rows) -> tuple[Floats, Floats]:
    """What a forecast must stay within: amber limit and regulatory limit, whichever is the nearer."""
    worst, best = rows.amber()
    worst = np.where(rows.sign >= 0, worst, np.nan)
    best = np.where(rows.sign <= 0, best, np.nan)
    low, high = np.fmax(worst, rows.least), np.fmin(best, rows.most)
    return np.nan_to_num(low, nan=-np.inf), np.nan_to_num(high, nan=np.inf)


def _threshold(rows: Rows) -> Floats:
    """The limit on the bad side of the value, the nearer one of a range."""
    low, high = _bounds(rows)
    upper = np.where(rows.sign == 0, high - rows.value < rows.value - low, rows.sign < 0)
    found = np.where(upper, high, low)
    return np.where(np.isinf(found), limit_beyond(rows), found)
