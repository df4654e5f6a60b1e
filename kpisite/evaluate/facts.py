"""What is told of a figure: the record from which every language prints its sentences (domain: automatic narrative).

Records hold numbers, periods and keys, and no sentence of any language: what happened, against what, signal or noise,
what it goes together with, what happens next. NaN is a number that there is none of.
"""

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Literal

from kpisite.evaluate.charted import Watched
from kpisite.evaluate.report import GREEN, GREY
from kpisite.languages import Text
from kpisite.periods import Period

Kind = Literal[
    "met", "above", "below", "inside", "range_above", "range_below",
    "no_target", "small", "provisional", "missing",
]  # fmt: skip
Merit = Literal["common", "improvement", "concern", "neutral"]
# A warning of this severity stands before everything else.
CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Known:
    """A value and its period."""

    value: float
    period: Period


@dataclass(frozen=True, slots=True)
class Movement:
    """Signal or noise: the merit of the latest point, and since when without a break every point has had it.

    `of` is what the chart watches: noise in the change of a figure says nothing of the figure itself.
    """

    merit: Merit
    since: Period
    assurance: str  # of ASSURANCES
    of: Watched = "level"


@dataclass(frozen=True, slots=True)
class Crossing:
    """The forecast crosses a level within the next periods; `what` is amber (the end of amber) or limit."""

    what: Literal["amber", "limit"]
    level: float
    period: Period
    chance: float  # of being beyond it then


@dataclass(frozen=True, slots=True)
class Behind:
    """On target, and yet behind the competitors: the best of them in the newest comparable period."""

    period: Period
    own: float
    best: float
    rank: int
    of: int


@dataclass(frozen=True, slots=True)
class Effect:
    """A plan whose effect was judged effective; before and after are means of the process, NaN without a rebase."""

    plan: str
    on: dt.date
    since: Period | None = None
    before: float = math.nan
    after: float = math.nan


@dataclass(frozen=True, slots=True)
class Restatement:
    """A figure that the report publishes otherwise than the one before: the newest of `months` changed months."""

    period: Period
    before: float
    after: float
    before_code: int  # of its status
    after_code: int
    months: int
    reason: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True)
class Driver:
    """The larger of two effects that make up the change of a ratio; `measure` is empty where the part is a formula."""

    side: Literal["numerator", "denominator"]
    measure: str
    before: Period
    old: float  # the ratio then and now
    new: float
    effect: float  # in the unit of the ratio


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next: an open action, a plan without open actions, nothing yet, or nothing that is needed."""

    kind: Literal["action", "closed", "none", "unneeded"]
    owner: str = ""
    plan: str = ""
    action: str = ""
    due: dt.date | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of one figure of one period."""

    product: str
    indicator: str
    period: Period
    kind: Kind
    status: int
    value: float
    target: float
    high: float  # of a target range
    weight: float
    score: float
    reason: int  # why the value is missing
    last: Known | None  # the newest value, where this period has none
    sample: float
    least: int  # answers needed
    months: int  # months of a running period that there are
    limit: float  # the regulatory limit, where it is crossed
    veto: bool  # zero tolerance, and missed
    movement: Movement | None
    crossing: Crossing | None
    behind: Behind | None
    effect: Effect | None
    restated: Restatement | None
    next: Next | None  # only where the target is missed
    warning: str = ""  # the severity of the worst open warning; empty without any
    trend: str = ""  # of TRENDS, over the last points

    @property
    def severity(self) -> str:
        """The worst of what is known: a crossed limit and a missed zero tolerance are critical by themselves."""
        return CRITICAL if self.veto or self.limit == self.limit else self.warning

    @property
    def material(self) -> float:
        """Weight times points below 100; 0 without a score."""
        return 0.0 if math.isnan(self.score) else self.weight * max(0.0, 100.0 - self.score)

    @property
    def is_worsening(self) -> bool:
        """Does the trend go the wrong way? That of a range does where it leads further away from it."""
        return worsens(self.trend, self.kind)

    @property
    def is_noise(self) -> bool:
        """Is there nothing but normal variation, in the figure's chart and in its trend?"""
        return self.movement is not None and self.movement.merit == "common" and not self.is_worsening

    @property
    def is_missed(self) -> bool:
        """Is the target missed?"""
        return self.status not in (GREEN, GREY)


_AWAY: dict[Kind, str] = {"range_above": "rising", "range_below": "falling"}


def worsens(trend: str, kind: Kind) -> bool:
    """Does a trend, of TRENDS, go the wrong way for a figure of this kind?"""
    return trend == "worsening" or (trend != "" and _AWAY.get(kind) == trend)


def by_materiality(told: Told) -> tuple[bool, float]:
    """The order of attention: critical ones first, then the largest weighted shortfall."""
    return (told.severity != CRITICAL, -told.material)
