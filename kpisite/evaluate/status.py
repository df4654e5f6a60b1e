"""Attainment, score and status of every figure, from the same rounded limits so that they cannot contradict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Indicator, Scoring, Site
from kpisite.evaluate.anchors import Anchors, bent
from kpisite.evaluate.report import AMBER, GREEN, GREY, RED, Codes, Flags
from kpisite.evaluate.rounding import Floats, Ints, in_steps, settle, steps
from kpisite.evaluate.target import Goals


@dataclass(frozen=True, slots=True)
class Rules:
    """What each indicator's definition says about judging it, as arrays [I, 1] to spread over subjects and periods."""

    decimals: Ints
    sign: Floats  # 1 where more is better, -1 where less is; a range is known by its higher bound
    veto: Flags
    highest: Floats  # regulatory limits, NaN where there is none
    lowest: Floats
    least: Floats  # answers needed to judge


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgements [S, I, T]: attainment and score NaN where there is none."""

    attainment: Floats
    score: Floats
    status: Codes
    over_limit: Flags
    small: Flags


def rules_of(site: Site, indicators: Sequence[str]) -> Rules:
    """Gather the rules of these indicators."""
    declared = [site.indicators[id_] for id_ in indicators]
    return Rules(
        decimals=np.array([[one.decimals] for one in declared], dtype=np.int64).reshape(-1, 1),
        sign=_column([-1.0 if one.direction == "lower" else 1.0 for one in declared]),
        veto=np.array([[one.veto] for one in declared], dtype=np.bool_).reshape(-1, 1),
        highest=_column([_limit(one, "max") for one in declared]),
        lowest=_column([_limit(one, "min") for one in declared]),
        least=_column([one.sample.least if one.sample else np.nan for one in declared]),
    )


@dataclass(frozen=True, slots=True)
class _Leads:
    """How far values are on the good side of their limits, in steps of the last decimal shown; below 0 is missed."""

    target: Floats
    amber: Floats
    ranged: Flags


def judge(rules: Rules, scoring: Scoring, value: Floats, sample: Floats, goals: Goals) -> Judged:
    """Judge values against their goals; what is missing, without a target or of too small a sample stays grey.

    `sample` is the number of answers; where one is needed and unknown (NaN), it is too small.
    """
    shown = steps(value, rules.decimals)
    # A count of answers that is needed and was not delivered proves nothing.
    small = ~((sample >= rules.least) | np.isnan(rules.least)) & ~np.isnan(value)
    over = _over_limit(rules, shown) & ~small
    unjudged = np.isnan(value) | np.isnan(goals.target) | small
    bounds = _bounds(rules, goals)
    leads = _leads(rules, shown, bounds, goals)
    status = _status(leads)
    score = _within_status(_score(rules, scoring, leads, goals), status, scoring)
    vetoed = rules.veto & (status != GREEN)
    status[vetoed] = RED
    score[vetoed] = np.minimum(score[vetoed], scoring.veto_score)
    status[unjudged] = GREY
    score[unjudged] = np.nan
    status[over] = RED
    attainment = attained(shown, bounds, rules.sign)
    attainment[unjudged] = np.nan
    return Judged(attainment, score, status, over, small)


def attained(value: Floats, bounds: tuple[Floats, Floats], sign: Floats) -> Floats:
    """The share of the target that is reached, as a ratio: 1 + d (v - T) / |T|; none where the target is zero.

    Value and bounds (the target, and the higher one of a range) are in steps of the last decimal shown, as they are
    judged, so that what is green is never short of its target.
    """
    low, high = bounds
    ranged = ~np.isnan(high)
    bound = np.where(ranged & (value > high), high, low)
    gap = np.where(ranged, -np.abs(value - bound), sign * (value - bound))
    size = np.abs(bound)
    size[size == 0] = np.nan
    share: Floats = (size + gap) / size
    share[ranged & (value >= low) & (value <= high)] = 1.0
    return share


def _bounds(rules: Rules, goals: Goals) -> tuple[Floats, Floats]:
    """The target, and the higher bound of ranges, in steps of the last decimal shown."""
    high = goals.high
    return steps(goals.target, rules.decimals), high if np.isnan(high).all() else steps(high, rules.decimals)


def _leads(rules: Rules, shown: Floats, bounds: tuple[Floats, Floats], goals: Goals) -> _Leads:
    """Compare with the target and with the amber limit, a tolerance beyond it; a range has both on either side."""
    places = rules.decimals
    ranged = ~np.isnan(goals.high)
    target = rules.sign * (shown - bounds[0])
    amber = rules.sign * (shown - steps(settle(goals.target - rules.sign * goals.tolerance, places), places))
    if ranged.any():
        places = np.broadcast_to(places, shown.shape)[ranged]
        inner, low, high, width = (part[ranged] for part in (shown, goals.target, goals.high, goals.tolerance))
        target[ranged] = np.minimum(0.0, _inside(inner, bounds[0][ranged], bounds[1][ranged]))
        amber_low, amber_high = (steps(settle(bound, places), places) for bound in (low - width, high + width))
        amber[ranged] = _inside(inner, amber_low, amber_high)
    return _Leads(target, amber, ranged)


def _inside(shown: Floats, low: Floats, high: Floats) -> Floats:
    """How far inside two bounds, below 0 outside."""
    nearest: Floats = np.minimum(shown - low, high - shown)
    return nearest


def _status(leads: _Leads) -> Codes:
    """Green at the target or better, amber within a tolerance of it, red beyond; equality is on the better side."""
    status = np.full(leads.target.shape, RED, dtype=np.int8)
    status[leads.amber >= 0] = AMBER
    status[leads.target >= 0] = GREEN
    return status


def _score(rules: Rules, scoring: Scoring, leads: _Leads, goals: Goals) -> Floats:
    """The straight line through the target (100) and the amber limit, clamped; inside a range 100.

    Where an author set floor or stretch apart, the line has bends.
    """
    width = in_steps(goals.tolerance, rules.decimals)
    with np.errstate(divide="ignore", invalid="ignore"):  # a tolerance of zero is a step from nothing to everything
        line = (100.0 * width + scoring.slope * leads.target) / width
    line[leads.target == 0] = 100.0
    score: Floats = np.clip(line, 0.0, scoring.cap)
    own = goals.anchors
    if own is not None:
        places = rules.decimals[own.i]
        in_widths = Anchors(own.s, own.i, in_steps(own.floor, places), in_steps(own.stretch, places))
        at = (own.s, own.i)
        score[at] = bent(leads.target[at], width[at], in_widths, scoring.slope, scoring.cap)
    return score


def _within_status(score: Floats, status: Codes, scoring: Scoring) -> Floats:
    """Keep the score on its status' side: limits are rounded to what is shown, the tolerance behind them is not."""
    least_amber = max(100.0 - scoring.slope, 0.0)
    most_red = max(float(np.nextafter(least_amber, -1.0)), 0.0)
    amber, red = status == AMBER, status == RED
    score[amber] = np.clip(score[amber], least_amber, np.nextafter(100.0, 0.0))
    score[red] = np.minimum(score[red], most_red)
    return score


def _over_limit(rules: Rules, shown: Floats) -> Flags:
    over: Flags = (shown > steps(rules.highest, rules.decimals)) | (shown < steps(rules.lowest, rules.decimals))
    return over


def _limit(indicator: Indicator, side: str) -> float:
    return indicator.limit.value if indicator.limit and indicator.limit.side == side else np.nan


def _column(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64).reshape(-1, 1)
