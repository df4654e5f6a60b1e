"""Attainment, score and status of every figure, from the same rounded limits so that they cannot contradict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Indicator, Scoring, Site
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
class _Limits:
    """What values are compared with, in steps of the last decimal that is shown."""

    low: Floats  # the target, or the lower bound of a range
    high: Floats  # the same, or the higher bound
    amber_low: Floats
    amber_high: Floats
    ranged: Flags


def judge(rules: Rules, scoring: Scoring, value: Floats, sample: Floats, goals: Goals) -> Judged:
    """Judge values against their goals; what is missing, too small a sample or without a target stays grey."""
    shown = steps(value, rules.decimals)
    small = (sample < rules.least) & ~np.isnan(value)
    over = _over_limit(rules, shown) & ~small
    unjudged = np.isnan(value) | np.isnan(goals.target) | small
    limits = _limits(rules, goals)
    status = _status(rules, shown, limits)
    score = _within_status(_score(rules, scoring, shown, limits, goals.tolerance), status, scoring)
    vetoed = rules.veto & (status != GREEN)
    status[vetoed] = RED
    score[vetoed] = np.minimum(score[vetoed], scoring.veto_score)
    status[unjudged] = GREY
    score[unjudged] = np.nan
    status[over] = RED
    attainment = attained(value, goals, rules.sign)
    attainment[unjudged] = np.nan
    return Judged(attainment, score, status, over, small)


def attained(value: Floats, goals: Goals, sign: Floats) -> Floats:
    """The share of the target that is reached, as a ratio: 1 + d (v - T) / |T|; none where the target is zero."""
    ranged = ~np.isnan(goals.high)
    bound = np.where(ranged & (value > goals.high), goals.high, goals.target)
    gap = np.where(ranged, -np.abs(value - bound), sign * (value - bound))
    size = np.abs(bound)
    size[size == 0] = np.nan
    share: Floats = 1.0 + gap / size
    share[ranged & (value >= goals.target) & (value <= goals.high)] = 1.0
    return share


def _limits(rules: Rules, goals: Goals) -> _Limits:
    ranged = ~np.isnan(goals.high)
    top = np.where(ranged, goals.high, goals.target)
    places = rules.decimals
    return _Limits(
        low=steps(goals.target, places),
        high=steps(top, places),
        amber_low=steps(settle(goals.target - goals.tolerance, places), places),
        amber_high=steps(settle(top + goals.tolerance, places), places),
        ranged=ranged,
    )


def _status(rules: Rules, shown: Floats, limits: _Limits) -> Codes:
    """Green at the target or better, amber within a tolerance of it, red beyond; equality is on the better side."""
    no_floor = ~limits.ranged & (rules.sign < 0)
    no_ceiling = ~limits.ranged & (rules.sign > 0)
    green = ((shown >= limits.low) | no_floor) & ((shown <= limits.high) | no_ceiling)
    amber = ((shown >= limits.amber_low) | no_floor) & ((shown <= limits.amber_high) | no_ceiling)
    status = np.full(shown.shape, RED, dtype=np.int8)
    status[amber] = AMBER
    status[green] = GREEN
    return status


def _score(rules: Rules, scoring: Scoring, shown: Floats, limits: _Limits, tolerance: Floats) -> Floats:
    """The straight line through the target (100) and the amber limit, clamped; inside a range 100."""
    outside = np.minimum(0.0, np.minimum(shown - limits.low, limits.high - shown))
    lead = np.where(limits.ranged, outside, rules.sign * (shown - limits.low))
    with np.errstate(divide="ignore", invalid="ignore"):  # a tolerance of zero is a step from nothing to everything
        gain = scoring.slope * lead / in_steps(tolerance, rules.decimals)
    gain[lead == 0] = 0.0
    score: Floats = np.clip(100.0 + gain, 0.0, np.where(limits.ranged, 100.0, scoring.cap))
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
