"""Series: every indicator's value, or the reason why there is none, at product, line and bank and at each grain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from kpisite.load.facts import SourceFact
from kpisite.measure.inputs import NO_INPUTS, Inputs
from kpisite.measure.quality import NO_QUALITY, Quality
from kpisite.periods import Grain, Period

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

# Why a cell has no value, by code; 0 is "has one". Texts for readers stand in the locale files under `reason`.
REASONS = (
    "",
    "no-data",  # due, but not delivered
    "incomplete",  # a month or a part of the period or level is missing
    "no-history",  # the formula looks back to before the first figure
    "zero-denominator",
    "negative-denominator",  # a share of less than nothing
    "base-not-positive",  # growth on a base of zero or less
    "no-meaning",  # the indicator's missing_when holds; its own reason is shown
    "not-comparable",  # the formula looks across a change of definition
    "not-derivable",  # a median cannot be rolled up
    "not-due",  # reported at another cadence
    "not-launched",  # before the product's launch or before its first delivery
    "not-applicable",  # the subject does not carry the indicator at this level
    "not-reviewed",  # no signed review or no judged plan to count yet
    "ended",  # after the product's last month, or that of the last product of a roll-up
)
REASON = {name: code for code, name in enumerate(REASONS)}
# Missing for these reasons is no gap in the data: such a cell is not expected and does not lower the coverage.
NOT_EXPECTED = tuple(REASON[name] for name in ("not-derivable", "not-due", "not-launched", "not-applicable", "ended"))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a scorecard or a roll-up is about: a product, `line:<id>` or `bank`."""

    id: str
    level: Literal["product", "line", "bank"]
    members: tuple[int, ...] = ()  # positions of the products a line or the bank rolls up


@dataclass(frozen=True, slots=True)
class GrainSeries:
    """The values of one grain; every array is [S, I, T], value and sample NaN where there is none.

    `reason` is 0 exactly where `value` is not NaN. `sample` counts the answers behind the figure where the indicator
    counts them. `vintage` is the day (date ordinal) on which the newest row behind the figure arrived, 0 = not known.
    """

    grain: Grain
    periods: tuple[Period, ...]
    value: Floats
    reason: Codes
    sample: Floats
    vintage: npt.NDArray[np.int32]
    provisional: Codes  # months of a running period that have arrived, where its figure is made of them; else 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Some indicators' figures by the labels of one dimension at one grain: value and reason are [S, K, L, T].

    K are the indicators named here, L the labels ("" is the rows that name none), T the periods that are shown.
    The parts of an additive indicator sum to its whole.
    """

    dimension: str
    labels: tuple[str, ...]
    indicators: tuple[str, ...]
    additive: tuple[bool, ...]  # [K]
    value: Floats
    reason: Codes
    grain: Grain = Grain.MONTH


@dataclass(frozen=True, slots=True)
class Series:
    """All values before they are judged; builtin indicators (family 10) are still missing as "not-reviewed".

    `accumulates` is [I]: the figure grows with the length of the period (a flow, or a flow per head), so that its
    target does, too.
    """

    subjects: tuple[Subject, ...]
    indicators: tuple[str, ...]
    accumulates: npt.NDArray[np.bool_]
    grains: dict[Grain, GrainSeries]
    sources: tuple[SourceFact, ...]
    inputs: Inputs = NO_INPUTS
    breakdowns: tuple[Breakdown, ...] = ()
    quality: Quality = NO_QUALITY
    before: Mapping[Grain, int] = field(default_factory=dict)  # periods at the start of each grain that are not shown
