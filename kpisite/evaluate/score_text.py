"""The score of a figure as arithmetic on the numbers that are shown."""

import math

from kpisite.evaluate.arithmetic import number
from kpisite.evaluate.case import Case

WHOLE = 100.0


def score_text(case: Case, status: str) -> str:
    """Plain arithmetic that gives the score; `status` is that before any veto."""
    text = _line(case, status)
    edge = max(WHOLE - case.scoring.slope, 0.0)
    if case.indicator.veto and status != "green":
        return f"min({text}, {_plain(case.scoring.veto_score)})"
    # Limits are rounded and the tolerance is not: a score that would contradict its status stops at the edge.
    if status == "amber" and case.score in (edge, math.nextafter(WHOLE, 0.0)):
        return f"min(max({text}, {_plain(edge)}), {_plain(math.nextafter(WHOLE, 0.0))})"
    if status == "red" and case.score == math.nextafter(edge, -1.0):
        return f"min({text}, {_plain(case.score)})"
    return text


def _line(case: Case, status: str) -> str:
    """The straight line through target and amber limit, with bends where floor or stretch are set apart."""
    value, width, scoring = case.shown(case.value), case.tolerance, case.scoring
    near, far = _ends(case, value)
    lead, gap = near - far, f"({_plain(near)} - {_plain(far)})"
    if width == 0 or lead == 0 or (case.is_range and status == "green"):
        return number(case.score).text
    floor, stretch = case.own
    if lead > 0 and not math.isnan(stretch):
        rise = f"{_plain(scoring.cap - WHOLE)} * {gap} / {_plain(stretch)}"
        return f"min(100 + {rise}, {_plain(scoring.cap)})" if stretch else _plain(scoring.cap)
    if lead < -width and not math.isnan(floor):
        amber = max(WHOLE - scoring.slope, 0.0)
        fall = f"{_plain(amber)} * ({gap} + {_plain(floor)}) / ({_plain(floor)} - {_plain(width)})"
        return f"max({fall}, 0)" if floor > width else "0"
    line = f"100 + {_plain(scoring.slope)} * {gap} / {_plain(width)}"
    return f"max({line}, 0)" if case.is_range else f"min(max({line}, 0), {_plain(scoring.cap)})"


def _ends(case: Case, value: float) -> tuple[float, float]:
    """Two numbers whose difference says how far the figure is on the good side of its target."""
    if case.is_range:
        low, high = case.shown(case.low), case.shown(case.high)
        return (value, low) if value < low else (high, value)
    target = case.shown(case.low)
    return (value, target) if case.sign > 0 else (target, value)


def _plain(value: float) -> str:
    return number(value).within(1)
