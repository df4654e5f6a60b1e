"""Signal or noise: which figures move more than by chance, and which can be relied on to reach their target.

Source: the XmR chart and icons of Making Data Count as NHSRplotthedots computes them, and the limits once locked.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Indicator, Site
from kpisite.evaluate.charted import CADENCES, breaks_of, charted, may_break
from kpisite.evaluate.limits import NONE, Codes, Flags, Floats, Limits, limits
from kpisite.evaluate.report import ABSENT, ASSURANCES, VARIATIONS, Figures, Signals
from kpisite.evaluate.rules import ABOVE_ZERO, apply
from kpisite.measure.series import Subject
from kpisite.periods import Grain

# Series judged at a time: what is worked on stays in the processor's own memory.
_AT_A_TIME = 1024
SIGNS: Mapping[str, int] = {"higher": 1, "lower": -1, "range": 0}
_COMMON = VARIATIONS.index("common")
_CONCERN_HIGH = VARIATIONS.index("concern-high")
# By the sign of what is better and by the direction of the signal.
_MERIT = {
    (sign, way): VARIATIONS.index(f"{merit}-{'high' if way > 0 else 'low'}")
    for way in (1, -1)
    for sign, merit in ((0, "neutral"), (way, "improvement"), (-way, "concern"))
}
_PASSES, _EITHER, _FAILS = (ASSURANCES.index(name) for name in ("passes", "hit-or-miss", "fails"))


def signals(
    site: Site, subjects: Sequence[Subject], indicators: Sequence[str], role: Codes, figures: Mapping[Grain, Figures]
) -> dict[Grain, Signals]:
    """The signals of every figure at the grain of its indicator's cadence."""
    declared = [site.indicators[id_] for id_ in indicators]
    found = {}
    for grain in sorted({CADENCES[one.cadence] for one in declared} & set(figures)):
        due = np.array([CADENCES[one.cadence] is grain for one in declared], dtype=np.bool_)
        found[grain] = _of_grain(site, subjects, indicators, (role != ABSENT) & due, figures[grain])
    return found


def _of_grain(
    site: Site, subjects: Sequence[Subject], indicators: Sequence[str], chosen: Flags, figures: Figures
) -> Signals:
    made = empty_signals(figures.value.shape)
    s, i = np.nonzero(chosen)
    broken = may_break(site)
    # Nobody knew of later months in the report's own one.
    ahead = np.array([one.last_month > site.report.period.last_month for one in figures.periods], dtype=np.bool_)
    for start in range(0, len(s), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        at = (s[part], i[part])
        declared = [site.indicators[indicators[k]] for k in at[1].tolist()]
        breaks = [
            breaks_of(site, subjects[n], indicators[k]) if indicators[k] in broken else ()
            for n, k in zip(*(p.tolist() for p in at), strict=True)
        ]
        value = np.where(figures.small[at] | (figures.provisional[at] > 0) | ahead, np.nan, figures.value[at])
        shown = charted(declared, breaks, value, figures.periods)
        goal = (figures.target[at], figures.target_high[at])
        rare = _rare(declared, goal[0])
        shown.values[rare.any(axis=1)] = np.nan
        drawn = limits(shown.values, shown.segment, _bounds(declared))
        parts = {
            "charted": np.where(rare, value, shown.values),
            "segment": shown.segment,
            **{name: getattr(drawn, name) for name in ("mean", "spread", "lower", "upper", "state")},
            **_judged(declared, shown.values, shown.segment, drawn),
            "assurance": _assurance(declared, shown.values, drawn, goal),
        }
        _mark_rare(parts, rare & ~np.isnan(value), value)
        for name, array in parts.items():
            getattr(made, name)[at] = array
    return made


def empty_signals(shape: tuple[int, ...]) -> Signals:
    """Signals of figures of which none is charted."""
    charted_, mean, spread, lower, upper = (np.full(shape, np.nan) for _ in range(5))
    segment, state, rule, variation, assurance = (np.zeros(shape, dtype=np.int8) for _ in range(5))
    return Signals(charted_, mean, spread, lower, upper, segment, state, rule, variation, assurance)


def _bounds(declared: Sequence[Indicator]) -> tuple[Floats, Floats]:
    """The natural bounds of what is charted; changes have none."""
    own = [one.bounds if one.spc == "level" else (None, None) for one in declared]
    low, high = (np.array([np.nan if pair[side] is None else pair[side] for pair in own]) for side in (0, 1))
    return low.astype(np.float64), high.astype(np.float64)


def _judged(declared: Sequence[Indicator], values: Floats, segment: Codes, drawn: Limits) -> dict[str, Codes]:
    """Rule and variation of each point that has limits."""
    found = apply(values, segment, drawn)
    variation = np.zeros(values.shape, dtype=np.int8)
    variation[(drawn.state != NONE) & ~np.isnan(values)] = _COMMON
    sign = np.array([SIGNS[one.direction] for one in declared], dtype=np.int8)[:, None]
    for (better, way), code in _MERIT.items():
        variation[(found.direction == way) & (sign == better)] = code
    return {"rule": found.rule, "variation": variation}


def _assurance(declared: Sequence[Indicator], values: Floats, drawn: Limits, goal: tuple[Floats, Floats]) -> Codes:
    """Will a process like this reach its target by itself: always, by chance, or never; equality is by chance."""
    low, high = goal
    levels = np.array([one.spc == "level" for one in declared], dtype=np.bool_)[:, None]
    sign = np.array([SIGNS[one.direction] for one in declared], dtype=np.int8)[:, None]
    known = levels & (drawn.state != NONE) & ~np.isnan(low) & ~np.isnan(values)
    ranged = ~np.isnan(high)
    below, above = low < drawn.lower, low > drawn.upper
    passes = np.where(sign > 0, below, above)
    fails = np.where(sign > 0, above, below)
    if ranged.any():
        passes = np.where(ranged, (drawn.lower >= low) & (drawn.upper <= high), passes)
        fails = np.where(ranged, (drawn.upper < low) | (drawn.lower > high), fails)
    found = np.zeros(low.shape, dtype=np.int8)
    found[known] = _EITHER
    found[known & passes] = _PASSES
    found[known & fails] = _FAILS
    return found


def _rare(declared: Sequence[Indicator], target: Floats) -> Flags:
    """Where none at all is wanted of what is counted: there every single one is the signal."""
    counted = np.array([one.kind == "flow" and one.direction == "lower" for one in declared], dtype=np.bool_)
    rare: Flags = counted[:, None] & (target == 0)
    return rare


def _mark_rare(parts: Mapping[str, npt.NDArray[np.generic]], rare: Flags, value: Floats) -> None:
    """Write the signals of counts that should be zero."""
    parts["variation"][rare] = _COMMON
    above = rare & (value > 0)
    parts["variation"][above] = _CONCERN_HIGH
    parts["rule"][above] = ABOVE_ZERO
