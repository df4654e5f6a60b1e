"""What the rules of early warning look at: the figures of one grain as rows [N, T] up to the report's period."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Indicator
from kpisite.evaluate.delivery import still_open
from kpisite.evaluate.limits import Codes, Flags, Floats
from kpisite.evaluate.report import GREY, Report
from kpisite.evaluate.rollup import is_expected
from kpisite.evaluate.rounding import settle
from kpisite.evaluate.signals import SIGNS
from kpisite.measure.series import REASON
from kpisite.periods import Grain

Indexes = npt.NDArray[np.intp]
_UNDELIVERED = (REASON["no-data"], REASON["incomplete"])


@dataclass(frozen=True, slots=True)
class Rows:
    """Figures and signals of N figures; `sign` [N, 1] is 1 where more is better, -1 where less is, 0 for a range."""

    value: Floats  # NaN where it may not be judged: missing, too few answers, or a running period
    status: Codes
    over: Flags
    target: Floats
    high: Floats
    tolerance: Floats
    places: npt.NDArray[np.int64]  # decimals shown, [N, 1]
    sign: Codes
    veto: Flags  # [N, 1]
    least: Floats  # regulatory limits [N, 1]: NaN where there is none
    most: Floats
    missing: Flags  # due and not delivered
    due: Flags  # there, or its day has passed
    charted: Floats
    mean: Floats
    spread: Floats
    lower: Floats
    upper: Floats
    segment: Codes
    variation: Codes
    assurance: Codes

    @property
    def judged(self) -> Flags:
        """Where there is a status."""
        found: Flags = self.status != GREY
        return found

    @property
    def limited(self) -> Flags:
        """Which figures have a regulatory limit, [N, 1]."""
        found: Flags = ~(np.isnan(self.least) & np.isnan(self.most))
        return found

    @property
    def there(self) -> Flags:
        """Where there is a value that may be judged."""
        found: Flags = ~np.isnan(self.value)
        return found

    def lead(self) -> Floats:
        """How much better than the target each value is, in its unit; inside a range the way to its nearer bound."""
        return self._margin(self.target, np.where(np.isnan(self.high), self.target, self.high))

    def reach(self) -> Floats:
        """How much better each value is than what makes it red: the amber or the regulatory limit, the nearer one."""
        worst, best = self.amber()
        found: Floats = np.fmin(self._margin(worst, best), self.room())
        return found

    def amber(self) -> tuple[Floats, Floats]:
        """The lowest and highest value that is not red for its target; with a veto, the target itself."""
        top = np.where(np.isnan(self.high), self.target, self.high)
        width = np.where(self.veto, 0.0, self.tolerance)
        return settle(self.target - width, self.places), settle(top + width, self.places)

    def room(self) -> Floats:
        """How far each value is from its regulatory limit, below 0 beyond it; NaN without a limit."""
        found: Floats = np.fmin(self.most - self.value, self.value - self.least)
        return found

    def _margin(self, low: Floats, high: Floats) -> Floats:
        above, below = self.value - low, high - self.value
        found: Floats = np.where(self.sign > 0, above, np.where(self.sign < 0, below, np.minimum(above, below)))
        return found


def rows_of(report: Report, grain: Grain, at: tuple[Indexes, Indexes], until: int) -> Rows:
    """The rows of these figures (positions of subject and indicator) over so many periods."""
    figures, signals = report.figures[grain], report.signals[grain]
    declared = [report.site.indicators[report.indicators[i]] for i in at[1].tolist()]

    def cut(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        cells: npt.NDArray[Any] = array[at][:, :until]
        return cells

    unusable = cut(figures.small) | (cut(figures.provisional) > 0)
    reason = cut(figures.reason)
    undelivered = np.isin(reason, _UNDELIVERED)
    as_of = dt.date.fromisoformat(report.as_of)
    kinds, kind = np.unique(at[1], return_inverse=True)
    different = [report.site.indicators[report.indicators[i]] for i in kinds.tolist()]
    may_come = undelivered & still_open(report.site, different, figures.periods[:until], as_of)[kind]
    due = is_expected(reason) & (cut(figures.provisional) == 0) & ~may_come
    return Rows(
        value=np.where(unusable, np.nan, cut(figures.value)),
        status=np.where(unusable, GREY, cut(figures.status)).astype(np.int8),
        over=cut(figures.over_limit),
        target=cut(figures.target),
        high=cut(figures.target_high),
        tolerance=cut(figures.tolerance),
        places=np.array([one.decimals for one in declared], dtype=np.int64)[:, None],
        sign=np.array([SIGNS[one.direction] for one in declared], dtype=np.int8)[:, None],
        veto=np.array([one.veto for one in declared], dtype=np.bool_)[:, None],
        least=limits_of(declared, "min"),
        most=limits_of(declared, "max"),
        missing=due & undelivered,
        due=due,
        **{
            name: cut(getattr(signals, name))
            for name in ("charted", "mean", "spread", "lower", "upper", "segment", "variation", "assurance")
        },
    )


def limits_of(declared: Sequence[Indicator], side: str) -> Floats:
    """The regulatory limits of some indicators on one side, [N, 1]; NaN where there is none."""
    found = [one.limit.value if one.limit and one.limit.side == side else np.nan for one in declared]
    return np.array(found, dtype=np.float64)[:, None]
