"""The Report: all figures of one report, judged; the narrow waist between computing and showing.

Everything that is shown, exported, frozen or compared is made from a Report alone.
Arrays are dense. Axis S is the subjects (products in their order, then lines, then the bank), axis I the indicators
in the order of the families, axis T the periods of one grain, axis F the families in their order and, last, the
composite.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Site
from kpisite.load.facts import SourceFact
from kpisite.measure.inputs import NO_INPUTS, Inputs
from kpisite.measure.quality import NO_QUALITY, Quality
from kpisite.measure.series import Breakdown, Subject
from kpisite.periods import Grain, Period

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int32]
Lengths = npt.NDArray[np.int16]

# Statuses by code; a missing value is never zero and never green.
STATUSES = ("grey", "red", "amber", "green")
GREY, RED, AMBER, GREEN = range(4)

ABSENT, KEY, MONITOR, ROLLED = range(4)
Role = Literal["absent", "key", "monitor", "rolled"]
ROLES: tuple[Role, ...] = ("absent", "key", "monitor", "rolled")


@dataclass(frozen=True, slots=True)
class Figures:
    """The judged figures of one grain; every array is [S, I, T] unless said otherwise.

    value, target, target_high, tolerance, attainment (a ratio: 0.9 is 90 %), score and sample are NaN where there is
    none. `target_high` is only given for a range. `reason` is 0 exactly where `value` is not NaN.
    """

    grain: Grain
    periods: tuple[Period, ...]
    value: Floats
    reason: Codes
    target: Floats
    target_high: Floats
    tolerance: Floats
    weight: Floats  # 0 for anything that is not a key indicator
    attainment: Floats
    score: Floats
    status: Codes
    over_limit: Flags  # the regulatory limit is crossed
    small: Flags  # fewer answers than needed, or an unknown number: printed, not judged
    sample: Floats  # answers behind the figure where the indicator counts them
    vintage: npt.NDArray[np.int32]  # day the newest row behind the figure arrived (date ordinal), 0 = not known
    provisional: Codes  # months of a running period that its figure is made of, 0 for a whole one: printed, not judged


@dataclass(frozen=True, slots=True)
class Scores:
    """Roll-ups of one grain: [S, F + 1, T]; counts are [S, F + 1, T, 4], the key indicators by status code."""

    score: Floats
    status: Codes
    coverage: Floats
    low: Floats
    high: Floats
    counts: Counts


# What the chart of natural variation says of a point; the first one is "not charted".
VARIATIONS = (
    "", "common", "improvement-high", "improvement-low", "concern-high", "concern-low", "neutral-high", "neutral-low",
)  # fmt: skip
# Whether a process like this reaches its target by itself.
ASSURANCES = ("", "passes", "hit-or-miss", "fails")


@dataclass(frozen=True, slots=True)
class Signals:
    """Signal or noise at one grain, [S, I, T], for the indicators whose cadence this grain is.

    `charted` is what is watched: the value, or its change as the indicator's `spc` says; NaN at gaps. mean, spread
    (the average moving range), lower and upper are the limits in force at that point, NaN without any; `state` tells
    how firm they are. Codes: STATES and RULES of evaluate.limits and evaluate.rules, VARIATIONS, ASSURANCES.
    """

    charted: Floats
    mean: Floats
    spread: Floats
    lower: Floats
    upper: Floats
    segment: Codes
    state: Codes
    rule: Codes
    variation: Codes
    assurance: Codes


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies ahead of each figure at the report's period, [S, I], at the grain of its indicator's cadence.

    slope is the median slope a period over the last six points, kendall their Mann-Kendall sum; on_period and on_year
    are shares for flows and stocks and differences in the unit for all others; same_status and off_target count judged
    periods. expected and spread are [S, I, H], the next twelve periods; mase and error (in the unit) are those of the
    method in hindsight. goal (to goal_high for a range) is what should be reached in `steps` periods with a
    probability of `chance` (none beyond the next twelve); required is the change still needed, stretch the same
    against the best tenth of past changes, run_rate what is needed each month left in the year as a multiple of the
    last twelve months' average. crosses and crosses_limit are the step at which the forecast crosses the amber or the
    regulatory limit, 0 where it does not within six; crosses_at is the amber limit at that step, another one than
    today's where the target moves. NaN and code 0 where there is nothing to say. Codes: TRENDS, METHODS, LIKELIHOODS of
    their modules.
    """

    slope: Floats
    kendall: Codes
    trend: Codes
    on_period: Floats
    on_year: Floats
    same_status: Lengths
    off_target: Lengths
    method: Codes
    mase: Floats
    error: Floats
    expected: Floats
    spread: Floats
    steps: Lengths
    goal: Floats
    goal_high: Floats
    chance: Floats
    likelihood: Codes
    required: Floats
    stretch: Floats
    run_rate: Floats
    crosses: Codes
    crosses_limit: Codes
    crosses_at: Floats


# Rules of early warning; the position is the code.
WARNING_RULES = tuple(f"W{number}" for number in range(1, 15))
SEVERITIES = ("info", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Alert:
    """One warning: a rule that holds, or held, for one figure; `cleared` is None while it is open.

    `id` stays the same from build to build. value and threshold are those of the period in which it was raised, in the
    unit of the figure (of an action: its progress in percent and what should be done by now). `breach` is the period
    in which the forecast crosses the threshold, with probability `chance`; None and NaN where nothing is forecast.
    `detail` names what else it is about: a leading indicator, a competitor, plan/action.
    """

    id: str
    rule: str
    severity: str
    product: str
    indicator: str
    raised: Period
    cleared: Period | None
    value: float
    threshold: float
    breach: Period | None
    chance: float
    detail: str


@dataclass(frozen=True, slots=True)
class Warnings:
    """All warnings of a report as columns [W], sorted by subject, indicator, rule and month.

    subject and indicator are positions, rule and severity codes. raised, cleared and breach are the last months
    (their numbers) of periods of the indicator's cadence; 0 is none, and open where it was not cleared.
    """

    subject: npt.NDArray[np.int32]
    indicator: npt.NDArray[np.int32]
    rule: Codes
    severity: Codes
    raised: npt.NDArray[np.int32]
    cleared: npt.NDArray[np.int32]
    value: Floats
    threshold: Floats
    breach: npt.NDArray[np.int32]
    chance: Floats
    detail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActionFact:
    """One action as of the report's day: plan, action, and the status derived from its dates and progress.

    status: cancelled, done, done-late, late, at-risk, doing, overdue-start or planned (domain: actions and PDCA).
    """

    plan: str
    action: str
    status: str


@dataclass(frozen=True, slots=True)
class PeerFact:
    """One value of a competitor beside our figure of the same period, and what follows from both; NaN is none.

    Numbers of merit are larger the better we are: `gap`, its change since the comparable period before, `material`
    (weight x gap / tolerance). `rank` (0 = none) is among the `of - 1` comparable peers of the period and ourselves.
    A line that stands for the market has a gap and its change; it neither worsens nor is it material.
    """

    product: str
    indicator: str
    period: Period
    competitor: str
    value: float
    as_of: str  # ISO day it became known
    comparable: str  # yes, partly or no
    confidence: str  # A published, B association or survey, C estimate
    source: str
    note: str  # how its definition differs
    own: float  # as shown: rounded to the indicator's decimals
    gap: float
    relative_gap: float
    gap_change: float
    worsenings: int  # how many times in a row the gap has worsened
    rank: int
    of: int
    percentile: float
    median: float
    best: float
    quadrant: str  # ahead, ahead_below_target, behind_on_target, behind; empty without target or peers
    material: float


@dataclass(frozen=True, slots=True)
class Report:
    """One report, whole: what was declared, and every figure with its judgement.

    `figures` and `scores` are keyed by grain. `role` is [S, I]: absent, key, monitor or rolled.
    """

    version: str
    title: str
    period: Period
    as_of: str  # ISO day
    site: Site
    subjects: tuple[Subject, ...]
    indicators: tuple[str, ...]
    families: tuple[str, ...]
    role: Codes
    figures: dict[Grain, Figures]
    scores: dict[Grain, Scores]
    signals: dict[Grain, Signals]
    outlook: Outlook
    warnings: Warnings
    actions: tuple[ActionFact, ...] = ()
    sources: tuple[SourceFact, ...] = ()
    inputs: Inputs = NO_INPUTS  # what the figures were computed from
    breakdowns: tuple[Breakdown, ...] = ()
    peers: tuple[PeerFact, ...] = ()  # by product, indicator, period and competitor
    quality: Quality = NO_QUALITY  # when data arrived, and whether sums meet their control totals
    frozen: bool = False

    def subject(self, id_: str) -> int:
        """The position of a subject on axis S."""
        return next(s for s, subject in enumerate(self.subjects) if subject.id == id_)

    def indicator(self, id_: str) -> int:
        """The position of an indicator on axis I."""
        return self.indicators.index(id_)

    def now(self, grain: Grain = Grain.MONTH) -> int:
        """The position of the report's period on axis T of a grain; raises ValueError if the grain has none."""
        return self.figures[grain].periods.index(self.period.at(grain))
