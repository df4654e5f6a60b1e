"""Signals once more, point by point in exact fractions: the oracle for the arrays of kpisite.

A series is a list of numbers, None where there is none. Written from the published method, not from kpisite.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

LIMIT, RANGE = Fraction("2.66"), Fraction("3.267")
NEAR = LIMIT * 2 / 3
LOCK = 24


@dataclass
class Chart:
    """Limits of one segment and what the rules say of its points."""

    mean: Fraction | None
    spread: Fraction | None
    lower: Fraction | None
    upper: Fraction | None
    state: str
    said: list[tuple[str, int]]  # by points up to each one
    drawn: list[tuple[str, int]]  # with patterns that were complete only later


def exact(series):
    return [None if x is None else Fraction(repr(float(x))) for x in series]


def average(numbers):
    return sum(numbers, Fraction(0)) / len(numbers) if numbers else None


def chart(series, low=None, high=None):
    """The chart of one segment."""
    points = exact(series)
    locked, seen = [], 0
    for x in points:
        seen += x is not None
        locked.append(x if seen <= LOCK else None)
    known = [x for x in locked if x is not None]
    ranges = [abs(b - a) for a, b in pairwise(locked) if a is not None and b is not None]
    raw = average(ranges)
    spread = raw if not raw else average([r for r in ranges if r < RANGE * raw])
    count = sum(x is not None for x in points)
    if count < 8 or spread is None:
        nothing = [("", 0)] * len(points)
        return Chart(None, None, None, None, "none", nothing, nothing)
    mean = average(known)
    lower, upper = mean - LIMIT * spread, mean + LIMIT * spread
    clipped = {
        -1: low is not None and Fraction(repr(low)) > lower,
        1: high is not None and Fraction(repr(high)) < upper,
    }
    state = "trial" if count < 13 else "firm" if count < LOCK else "locked"
    said = rule_of(points, mean, spread, clipped, later=False)
    drawn = rule_of(points, mean, spread, clipped, later=True)
    lower = Fraction(repr(low)) if clipped[-1] else lower
    upper = Fraction(repr(high)) if clipped[1] else upper
    return Chart(mean, spread, lower, upper, state, said, drawn)


def rule_of(points, mean, spread, clipped, *, later):  # noqa: C901 - the rules stand side by side
    """The rule of each point; `later` also looks at what follows it."""
    count = len(points)

    def side(t):
        return 0 if points[t] is None else (points[t] > mean) - (points[t] < mean)

    def beyond(t, way):
        return points[t] is not None and way * (points[t] - mean) > LIMIT * spread and not clipped[way]

    def near(t, way):
        return points[t] is not None and NEAR * spread < way * (points[t] - mean) <= LIMIT * spread

    def windows(t, size):
        ends = range(t, min(t + size, count)) if later else [t]
        return [range(end - size + 1, end + 1) for end in ends if end - size + 1 >= 0]

    def rises(window, way):
        return all(
            points[a] is not None and points[b] is not None and way * (points[b] - points[a]) > 0
            for a, b in pairwise(window)
        )

    def first(t):
        for way in (1, -1):
            if beyond(t, way):
                return ("outside", way)
        for way in (1, -1):
            if any(rises(window, way) for window in windows(t, 7)):
                return ("trend", way)
        for way in (1, -1):
            for window in windows(t, 3):
                if near(t, way) and all(side(k) == way for k in window) and sum(near(k, way) for k in window) >= 2:
                    return ("two-in-three", way)
        for way in (1, -1):
            if any(all(side(k) == way for k in window) for window in windows(t, 7)):
                return ("shift", way)
        return ("", 0)

    return [first(t) if points[t] is not None else ("", 0) for t in range(count)]
