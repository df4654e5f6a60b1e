"""The rules of early warning that look at one figure and what is known of it in each month.

Each gives, for rows [N, T], where an alert begins, where it goes on, where the rule can be asked, where the value is
clearly better again, and the value and threshold that are told. W4 looks ahead (warning_ahead.py), W9 to W12 at other
figures and plans (warning_others.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.limits import FEWEST, FIRM, RANGE_LIMIT, Codes, Flags, Floats, moving_ranges
from kpisite.evaluate.report import AMBER, ASSURANCES, GREEN, RED, VARIATIONS
from kpisite.evaluate.warning_replay import CLEARLY, Case
from kpisite.evaluate.warning_rows import Rows

Counts = npt.NDArray[np.int16]
# Misses in a row that make a repeated miss; and how near a regulatory limit may come, as a share of it.
MISSES = 3
NEAR = 0.10
_CONCERNS = [VARIATIONS.index(name) for name in ("concern-high", "concern-low")]
_FAILS = ASSURANCES.index("fails")
# Differences below this share are noise of binary arithmetic.
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Ruled:
    """One rule over rows: the case for the replay, and what is told of an alert at the period it was raised."""

    case: Case
    value: Floats
    threshold: Floats
    detail: Callable[[int, int], str] | None = None  # of a row and a period


def breach(rows: Rows) -> Ruled:
    """W1: the status is red, or the regulatory limit is crossed, which can be asked without a target, too."""
    red = rows.status == RED
    return Ruled(
        Case(red, red, rows.judged | (rows.there & rows.limited), _clearly(rows.reach(), rows)),
        rows.value,
        np.where(rows.over, limit_beyond(rows), _worse_end(rows)),
    )


def off_target(rows: Rows) -> Ruled:
    """W2: the status turned from green to amber, and the target is still missed."""
    turned = (rows.status == AMBER) & (_before(rows) == GREEN)
    missed = rows.judged & (rows.status != GREEN)
    return Ruled(Case(turned, missed, rows.judged, _clearly(rows.lead(), rows)), rows.value, _near_end(rows))


def repeated_miss(rows: Rows) -> Ruled:
    """W3: the target was missed in three available periods in a row."""
    run = np.zeros(len(rows.status), dtype=np.int16)
    misses = np.zeros(rows.status.shape, dtype=np.bool_)
    for t in range(rows.status.shape[1]):
        green, missed = rows.status[:, t] == GREEN, (rows.status[:, t] == RED) | (rows.status[:, t] == AMBER)
        run = np.where(missed, run + 1, np.where(green, 0, run)).astype(np.int16)
        misses[:, t] = missed & (run >= MISSES)
    return Ruled(Case(misses, misses, rows.judged, _clearly(rows.lead(), rows)), rows.value, _near_end(rows))


def concern(rows: Rows) -> Ruled:
    """W5: a signal for the worse on a chart that had points enough by then; later signals go on with the same alert."""
    worse = np.isin(rows.variation, _CONCERNS)
    # A count that should be zero has no limits; there every one is a signal.
    known = (_points(rows) >= FEWEST) | np.isnan(rows.mean)
    holds = worse & known
    up = rows.variation == _CONCERNS[0]
    beyond = np.where(up, rows.upper, rows.lower)
    outside = np.where(up, rows.charted > beyond, rows.charted < beyond)
    return Ruled(Case(holds, holds, ~np.isnan(rows.charted)), rows.charted, np.where(outside, beyond, rows.mean))


def out_of_reach(rows: Rows) -> Ruled:
    """W6: by its own firm limits the process will not reach the target; quiet while a value is clearly better."""
    fails = (rows.assurance == _FAILS) & (_points(rows) >= FIRM) & ~_clearly(rows.lead(), rows)
    return Ruled(Case(fails, fails, rows.there & ~np.isnan(rows.target)), rows.value, _near_end(rows))


def undelivered(rows: Rows) -> Ruled:
    """W7: a figure that was due has not been delivered, or its survey was not held."""
    nothing = np.full(rows.value.shape, np.nan)
    return Ruled(Case(rows.missing, rows.missing, rows.due), nothing, nothing)


def jump(rows: Rows) -> Ruled:
    """W8: a step from one point to the next that is longer than chance makes them, either way."""
    ranges = moving_ranges(rows.charted)
    together = np.zeros(ranges.shape, dtype=np.bool_)
    together[:, 1:] = rows.segment[:, 1:] == rows.segment[:, :-1]
    longest = RANGE_LIMIT * rows.spread
    jumps = together & (ranges > longest + _TINY * np.abs(rows.mean)) & (_points(rows) >= FEWEST)
    before = np.full(ranges.shape, np.nan)
    before[:, 1:] = rows.charted[:, :-1]
    edge = before + np.where(rows.charted > before, longest, -longest)
    return Ruled(Case(jumps, jumps, ~np.isnan(rows.charted)), rows.charted, edge)


def near_limit(rows: Rows) -> Ruled:
    """W13: less than a tenth of the regulatory limit is left before it."""
    room, limit = rows.room(), limit_beyond(rows)
    margin = NEAR * np.abs(limit)
    close = room < margin - _TINY * np.abs(limit)
    clear = room - margin >= CLEARLY * rows.tolerance
    return Ruled(Case(close & ~rows.over, close, rows.there, clear), rows.value, limit)


def veto(rows: Rows) -> Ruled:
    """W14: an indicator with a veto missed its target."""
    missed = rows.veto & (rows.status == RED)
    return Ruled(Case(missed, missed, rows.judged, _clearly(rows.lead(), rows)), rows.value, _near_end(rows))


def leading_worsens(rows: Rows, leads: Sequence[Mapping[str, Flags]]) -> Ruled:
    """W9: a leading indicator has W1, W4 or W5 while this one is still green; `leads` tell when, row by row."""
    worse = np.array([np.any(list(own.values()), axis=0) for own in leads], dtype=np.bool_)
    holds = worse & (rows.status == GREEN)

    def named(n: int, t: int) -> str:
        return " ".join(id_ for id_, flags in leads[n].items() if flags[t])

    return Ruled(Case(holds, holds, rows.judged), rows.value, _near_end(rows), named)


ONE_FIGURE: Mapping[str, Callable[[Rows], Ruled]] = {
    "W1": breach,
    "W2": off_target,
    "W3": repeated_miss,
    "W5": concern,
    "W6": out_of_reach,
    "W7": undelivered,
    "W8": jump,
    "W13": near_limit,
    "W14": veto,
}


def limit_beyond(rows: Rows) -> Floats:
    """The regulatory limit, the nearer one of two; NaN without any."""
    upper = rows.most - rows.value <= rows.value - rows.least
    found: Floats = np.where(np.isnan(rows.least) | upper, rows.most, rows.least) + np.zeros(rows.value.shape)
    return found


def _before(rows: Rows) -> Codes:
    """The status of the judged period before each one; grey before the first."""
    found = np.zeros(rows.status.shape, dtype=np.int8)
    latest = np.zeros(len(rows.status), dtype=np.int8)
    for t in range(rows.status.shape[1]):
        found[:, t] = latest
        latest = np.where(rows.status[:, t] != 0, rows.status[:, t], latest)
    return found


def _points(rows: Rows) -> Counts:
    """How many points its chart had by each period, counted from the begin of the segment."""
    known = (~np.isnan(rows.charted)).astype(np.int16)
    total: Counts = np.cumsum(known, axis=1, dtype=np.int16)
    starts = np.diff(rows.segment, axis=1, prepend=rows.segment[:, :1]) != 0
    if not starts.any():
        return total
    base = np.where(starts, total - known, 0)
    found: Counts = total - np.maximum.accumulate(base, axis=1)
    return found


def _clearly(margin: Floats, rows: Rows) -> Flags:
    found: Flags = margin >= CLEARLY * rows.tolerance - _TINY * np.abs(rows.tolerance)
    return found


def _near_end(rows: Rows) -> Floats:
    """The target; of a range the bound that is missed."""
    found: Floats = np.where(~np.isnan(rows.high) & (rows.value > rows.high), rows.high, rows.target)
    return found


def _worse_end(rows: Rows) -> Floats:
    """The amber limit on the side of the value, or the target with a veto."""
    worst, best = rows.amber()
    above = np.where(rows.sign == 0, rows.value > rows.high, rows.sign < 0)
    found: Floats = np.where(above, best, worst)
    return found
