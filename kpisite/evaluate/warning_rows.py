"""What the rules of early warning look at: the figures of one grain as rows [N, T] up to the report's period."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Indicator
from kpisite.evaluate.limits import Codes, Flags, Floats
from kpisite.evaluate.report import GREY, Figures, Signals
from kpisite.evaluate.rollup import is_expected
from kpisite.evaluate.rounding import settle
from kpisite.evaluate.signals import SIGNS
from kpisite.measure.series import REASON

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
    due: Flags
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
    def there(self) -> Flags:
        """Where there is a value that may be judged."""
        found: Flags = ~np.isnan(self.value)
        return found

    def lead(self) -> Floats:
        """How much better than the target each value is, in its unit; inside a range the way to its nearer bound."""
        return self._margin(self.target, np.where(np.isnan(self.high), self.target, self.high))

    def reach(self) -> Floats:
        """How much better than the amber limit each value is."""
        worst, best = self.amber()
        return self._margin(worst, best)

    def amber(self) -> tuple[Floats, Floats]:
        """The lowest and highest value that is not red."""
        top = np.where(np.isnan(self.high), self.target, self.high)
        return settle(self.target - self.tolerance, self.places), settle(top + self.tolerance, self.places)

    def room(self) -> Floats:
        """How far each value is from its regulatory limit, below 0 beyond it; NaN without a limit."""
        found: Floats = np.fmin(self.most - self.value, self.value - self.least)
        return found

    def _margin(self, low: Floats, high: Floats) -> Floats:
        above, below = self.value - low, high - self.value
        found: Floats = np.where(self.sign > 0, above, np.where(self.sign < 0, below, np.minimum(above, below)))
        return found


def rows_of(
    declared: Sequence[Indicator], figures: Figures, signals: Signals, at: tuple[Indexes, Indexes], until: int
) -> Rows:
    """The rows of these figures (positions of subject and indicator), each with its indicator."""

    def cut(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        cells: npt.NDArray[Any] = array[at][:, :until]
        return cells

    unusable = cut(figures.small) | (cut(figures.provisional) > 0)
    reason = cut(figures.reason)
    due = is_expected(reason) & (cut(figures.provisional) == 0)
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
        least=_limits(declared, "min"),
        most=_limits(declared, "max"),
        missing=due & np.isin(reason, _UNDELIVERED),
        due=due,
        **{
            name: cut(getattr(signals, name))
            for name in ("charted", "mean", "spread", "lower", "upper", "segment", "variation", "assurance")
        },
    )


def _limits(declared: Sequence[Indicator], side: str) -> Floats:
    found = [one.limit.value if one.limit and one.limit.side == side else np.nan for one in declared]
    return np.array(found, dtype=np.float64)[:, None]
