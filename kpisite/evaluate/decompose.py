"""Why a composite moved: its change as an exact sum of effects, indicator by indicator (domain: why did it move).

Arrays are [S, I, 1] like those of one period of a report, so that they are judged by the very rules of a report.
"""

from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Scoring
from kpisite.evaluate.report import Flags, Floats
from kpisite.evaluate.status import Rules, judge
from kpisite.evaluate.target import Goals

# What can happen to an indicator that is scored in both states, in the order of `Moves.effects`.
EFFECTS = ("value", "target", "definition", "restatement", "weight")
VALUE, TARGET, DEFINITION, RESTATEMENT, WEIGHT = range(len(EFFECTS))
# The parts of a change add up to it but for the noise of binary arithmetic.
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class State:
    """What subjects scored at one time: arrays [S, I, 1], and the composite [S].

    `score` is NaN where an indicator plays no part: not due, missing, too small a sample or without a target.
    """

    rules: Rules
    scoring: Scoring
    goals: Goals
    value: Floats
    weight: Floats
    score: Floats
    composite: Floats

    @property
    def mean(self) -> "Mean":
        """The composite as the weighted mean that it is."""
        return Mean(self.weight, self.score, self.composite)

    def scores(self, value: Floats) -> Floats:
        """What other values would score by the rules and goals of this state."""
        return judge(self.rules, self.scoring, value, np.full(value.shape, np.inf), self.goals).score


@dataclass(frozen=True, slots=True)
class Way:
    """How the values went from the first state to the second, as arrays [S, I, 1].

    `restated` are the first state's values as they are known in the second; `old` the second state's values under the
    first one's definition, NaN where nobody measured both ways. `remade` tells that the second state defines the
    first one's period otherwise than the first did, `redefined` that a definition that breaks the comparison begins
    between the two periods.
    """

    restated: Floats
    old: Floats
    remade: Flags
    redefined: Flags


@dataclass(frozen=True, slots=True)
class Moves:
    """The change of composites [S] and what it is made of, in points of the composite.

    `effects` is [S, I, E], E in the order of EFFECTS. `mix` [S] is the effect of indicators that appear, leave or go
    missing. `inseparable` [S, I] marks effects of a definition that hold the change of the value and of the target,
    too, because nobody measured both ways.
    """

    change: Floats
    effects: Floats
    mix: Floats
    inseparable: Flags


def decompose(before: State, after: State, way: Way) -> Moves:
    """Split the change of each composite; NaN throughout where one of the two is none."""
    both = ~np.isnan(before.score) & ~np.isnan(after.score)
    own, inseparable = _effects(before, after, way)
    means = split_means(before.mean, after.mean)
    parts = np.concatenate([means.share * np.where(both, own, 0.0), means.weight], axis=2)
    change = after.composite - before.composite
    parts[np.isnan(change)] = np.nan
    _prove(parts, means.mix, change)
    return Moves(change, parts, means.mix, inseparable[:, :, 0] & both[:, :, 0])


@dataclass(frozen=True, slots=True)
class Mean:
    """Weighted means: weights and scores [S, I, 1], NaN where there is no score, and the means themselves [S]."""

    weight: Floats
    score: Floats
    whole: Floats


@dataclass(frozen=True, slots=True)
class Split:
    """How the change of means comes about: what has a score in both moves the mean by its mean share [S, I, 1].

    `weight` [S, I, 1] is the effect of changed shares, `mix` [S] that of scores which appear or leave.
    """

    share: Floats
    weight: Floats
    mix: Floats


def split_means(before: Mean, after: Mean) -> Split:
    """Split the change of weighted means into scores, weights and mix."""
    both = ~np.isnan(before.score) & ~np.isnan(after.score)
    first, second = _on(both, before), _on(both, after)
    middle = (first.composite + second.composite) / 2
    above = np.where(both, (before.score + after.score) / 2 - middle, 0.0)
    mix = (after.whole - second.composite[:, 0, 0]) - (before.whole - first.composite[:, 0, 0])
    return Split((first.share + second.share) / 2, (second.share - first.share) * above, mix)


def _prove(parts: Floats, mix: Floats, change: Floats) -> None:
    """The parts of a change are the change: anything else would be a wrong story."""
    rest = np.abs(total(parts) + mix - change)
    if (rest >= EXACT).any():
        raise AssertionError(f"the parts of a change leave {np.nanmax(rest)} unexplained")


def total(parts: Floats) -> Floats:
    """The sum of all parts of each subject [S], added in their order on every machine."""
    flat = parts.reshape(len(parts), -1)
    if not flat.shape[1]:
        return np.zeros(len(parts))
    found: Floats = np.add.accumulate(flat, axis=1)[:, -1]
    return found


@dataclass(frozen=True, slots=True)
class _Shared:
    """A state on the indicators that both states score: shares [S, I, 1] and composite [S, 1, 1]."""

    share: Floats
    composite: Floats


def _on(both: Flags, mean: Mean) -> _Shared:
    weight = np.where(both, mean.weight, 0.0)
    whole = total(weight)[:, None, None]
    share = weight / np.where(whole > 0, whole, 1.0)
    return _Shared(share, total(share * np.where(both, mean.score, 0.0))[:, None, None])


def _effects(before: State, after: State, way: Way) -> tuple[Floats, Flags]:
    """What happened to each indicator's own score [S, I, 4], and where it cannot be told apart.

    Each effect is the mean of its size before and after the change of the target (half-half form).
    """
    start = np.where(np.isnan(way.restated), before.value, way.restated)
    dual = way.redefined & ~np.isnan(way.old)
    end = np.where(dual, way.old, after.value)
    lone = way.redefined & ~dual
    # Rows: the first and the second state's rules; columns: the values at the start, under the old definition, now.
    first = [before.scores(value) for value in (start, end, after.value)]
    second = [after.scores(value) for value in (start, end, after.value)]
    first[0] = np.where(start == before.value, before.score, first[0])
    second[1], second[2] = np.where(dual, second[1], after.score), after.score
    restated = first[0] - before.score
    value = (first[1] - first[0] + second[1] - second[0]) / 2
    definition = (first[2] - first[1] + second[2] - second[1]) / 2
    target = (second[0] - first[0] + second[2] - first[2]) / 2
    parts = (
        np.where(lone, 0.0, value),
        np.where(lone, 0.0, target),
        np.where(lone, second[2] - first[0], definition) + np.where(way.remade, restated, 0.0),
        np.where(way.remade, 0.0, restated),
    )
    return np.concatenate(parts, axis=2), lone | (way.remade & (restated != 0))
