"""The four rules that tell a signal from noise on a chart with limits, as the Making Data Count set has them.

Arrays are [N, T]. The rule of a point looks at that point and those before it: it is what the chart said in that
month, and later months cannot change it. `pattern` marks, for a drawing, all points that belong to what a rule found.
"""

from dataclasses import dataclass

import numpy as np

from kpisite.evaluate.limits import LIMIT, Codes, Flags, Floats, Limits

RULES = ("", "outside", "trend", "two-in-three", "shift", "above-zero")
OUTSIDE, TREND, TWO_IN_THREE, SHIFT, ABOVE_ZERO = range(1, 6)
# Points of a shift or of a trend.
RUN = 7
# Of so many points two lie close to a limit.
THREE, TWO = 3, 2
# From here to the limit a point lies close to it.
NEAR = 2 * LIMIT / 3
# Smaller differences are noise of binary arithmetic, in shares of the average moving range and of the mean.
_TINY, _TINIER = 1e-9, 1e-13


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules say of each point: the rule that applies first (0 is none) and its direction, 1 up, -1 down."""

    rule: Codes
    direction: Codes


@dataclass(frozen=True, slots=True)
class _Marks:
    """What every rule needs to know about a point in one direction (above the mean, or below it)."""

    beyond: Flags
    side: Flags
    near: Flags
    moving: Flags  # further this way than the point right before it


def apply(charted: Floats, segment: Codes, limits: Limits) -> Found:
    """The rule and direction of each point that has limits."""
    rule = np.zeros(charted.shape, dtype=np.int8)
    direction = np.zeros(charted.shape, dtype=np.int8)
    for sign in (1, -1):
        for code, holds in _rules(_marks(charted, segment, limits, sign), segment):
            first = holds & ((rule == 0) | (rule > code))
            rule[first], direction[first] = code, sign
    return Found(rule, direction)


def pattern(charted: Floats, segment: Codes, limits: Limits) -> Found:
    """The same with every point marked that belongs to a pattern, also where it was complete only later."""
    rule = np.zeros(charted.shape, dtype=np.int8)
    direction = np.zeros(charted.shape, dtype=np.int8)
    for sign in (1, -1):
        marks = _marks(charted, segment, limits, sign)
        parts = {
            OUTSIDE: marks.beyond,
            TREND: _before(_trend(marks), RUN),
            TWO_IN_THREE: _before(_two_in_three(marks, segment), THREE) & marks.near,
            SHIFT: _before(_shift(marks, segment), RUN),
        }
        for code, holds in parts.items():
            first = holds & ((rule == 0) | (rule > code))
            rule[first], direction[first] = code, sign
    return Found(rule, direction)


def _rules(marks: _Marks, segment: Codes) -> tuple[tuple[int, Flags], ...]:
    return (
        (OUTSIDE, marks.beyond),
        (TREND, _trend(marks)),
        (TWO_IN_THREE, _two_in_three(marks, segment) & marks.near),
        (SHIFT, _shift(marks, segment)),
    )


def _marks(charted: Floats, segment: Codes, limits: Limits, sign: int) -> _Marks:
    """Compare points with mean and limits; a gap is on no side, and equality never counts."""
    tiny = _TINY * limits.spread + _TINIER * np.abs(limits.mean)
    off = sign * (charted - limits.mean)
    width = LIMIT * limits.spread
    drawn = limits.upper - limits.mean if sign > 0 else limits.mean - limits.lower
    outer = off > width + tiny
    moving = np.zeros(charted.shape, dtype=np.bool_)
    moving[:, 1:] = sign * (charted[:, 1:] - charted[:, :-1]) > tiny[:, 1:]
    moving[:, 1:] &= segment[:, 1:] == segment[:, :-1]
    # Where a natural bound clips the limit no point can lie beyond it.
    return _Marks(outer & (drawn >= width - tiny), off > tiny, (off > NEAR * limits.spread + tiny) & ~outer, moving)


def _trend(marks: _Marks) -> Flags:
    return _last(marks.moving, RUN - 1)


def _shift(marks: _Marks, segment: Codes) -> Flags:
    return _last(marks.side, RUN) & _together(segment, RUN)


def _two_in_three(marks: _Marks, segment: Codes) -> Flags:
    close = np.zeros(marks.near.shape, dtype=np.int8)
    for back in range(THREE):
        close[:, back:] += marks.near[:, : marks.near.shape[1] - back]
    found: Flags = (close >= TWO) & _last(marks.side, THREE) & _together(segment, THREE)
    return found


def _last(flags: Flags, count: int) -> Flags:
    """Where so many points in a row, this one the last, are all marked."""
    found = flags.copy()
    for back in range(1, count):
        found[:, back:] &= flags[:, :-back]
        found[:, :back] = False
    return found


def _together(segment: Codes, count: int) -> Flags:
    """Where so many points, this one the last, stand in one segment."""
    back = count - 1
    found = np.zeros(segment.shape, dtype=np.bool_)
    found[:, back:] = segment[:, back:] == segment[:, : max(segment.shape[1] - back, 0)]
    return found


def _before(fires: Flags, count: int) -> Flags:
    """The points of a pattern of so many points, known by the point at which it was complete."""
    found = fires.copy()
    for back in range(1, count):
        found[:, :-back] |= fires[:, back:]
    return found
