"""What a chart shows, as values: made by the views, drawn by the static and the live charts alike.

Numbers stand in the unit that `unit` names: a caller that prints 亿元 divides by 1e8 first. None is a gap.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Numbers = tuple[float | None, ...]

# Score of a bullet's full width, of its target and of its amber limit: the anchors of the scoring method.
FULL, ON_TARGET, AT_RISK = 120.0, 100.0, 60.0
LOST_PER_TOLERANCE = 40.0
STATUSES = ("green", "amber", "red", "grey")


@dataclass(frozen=True, slots=True)
class ChartTexts:
    """The words that a chart prints, in the page's language."""

    value: str
    target: str
    tolerance: str
    limit: str
    period: str
    no_data: str
    green: str
    amber: str
    red: str
    grey: str
    status: str
    indicator: str
    product: str
    family: str
    score: str

    def word(self, status: str) -> str:
        """The word for a status."""
        return {"green": self.green, "amber": self.amber, "red": self.red}.get(status, self.grey)


@dataclass(frozen=True, slots=True)
class HistoryChart:
    """One figure over time, with its target, tolerance and limit; `displays` are the values as readers see them."""

    id: str
    title: str
    unit: str
    periods: tuple[str, ...]
    values: Numbers
    targets: Numbers
    targets_high: Numbers
    tolerances: Numbers
    direction: str
    decimals: int
    statuses: tuple[str, ...]
    limit: float | None
    texts: ChartTexts
    displays: tuple[str, ...] = ()
    published: Numbers = ()  # as first published, where that was something else; all gaps or nothing otherwise
    remark: str = ""  # beside the unit


class BulletRow(NamedTuple):
    """One row of a bullet chart; the two displays are the value and the target as readers see them."""

    label: str
    value: float | None
    target: float | None
    target_high: float | None
    tolerance: float | None
    direction: str
    display: str
    status: str
    target_display: str = ""


@dataclass(frozen=True, slots=True)
class BulletChart:
    """Several figures against their targets."""

    id: str
    title: str
    rows: tuple[BulletRow, ...]
    texts: ChartTexts


@dataclass(frozen=True, slots=True)
class HeatChart:
    """Scores by row and column; an empty status is a cell that does not exist."""

    id: str
    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    scores: tuple[Numbers, ...]
    statuses: tuple[tuple[str, ...], ...]
    texts: ChartTexts


class WaterfallRow(NamedTuple):
    """One bar from one sum of changes to the next; `kind` is total, up or down, `display` the points as shown.

    A row of the kind level has a number and no bar.
    """

    label: str
    start: float
    end: float
    kind: str
    display: str


@dataclass(frozen=True, slots=True)
class WaterfallChart:
    """How one level became another: a level, what moved it, the whole change, a level."""

    id: str
    title: str
    unit: str
    rows: tuple[WaterfallRow, ...]
    texts: ChartTexts


class SmallSeries(NamedTuple):
    """One small line of a multiples chart; `display` is the last value as readers see it."""

    label: str
    values: Numbers
    target: float | None
    statuses: tuple[str, ...]
    display: str = ""


@dataclass(frozen=True, slots=True)
class MultiplesChart:
    """The same figure of several subjects, side by side."""

    id: str
    title: str
    unit: str
    periods: tuple[str, ...]
    series: tuple[SmallSeries, ...]
    texts: ChartTexts
    decimals: int = 2


def gaps(values: Sequence[float | None]) -> Numbers:
    """The values with every not-a-number turned into a gap."""
    return tuple([value if value == value else None for value in values])


def domain(values: list[float], pad: float = 0.08) -> tuple[float, float]:
    """The range of an axis that shows all the values with some air above and below."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    # A flat line still needs an axis; it runs through the middle.
    air = (high - low) * pad or abs(high) * pad or 1.0
    return low - air, high + air


def ticks(low: float, high: float, about: int = 4) -> tuple[tuple[float, ...], int]:
    """Round numbers within an axis, and the decimals needed to print them."""
    raw = (high - low) / about
    power = math.floor(math.log10(raw))
    step = next(s * 10.0**power for s in (1, 2, 2.5, 5, 10) if s * 10.0**power >= raw * 0.999)
    decimals = max(0, 1 - power if f"{step / 10.0**power:g}" == "2.5" else -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple([round(k * step, decimals) + 0.0 for k in range(first, last + 1)]), decimals


def thinned(count: int, most: int = 4) -> tuple[int, ...]:
    """Which of so many period labels are printed: evenly apart, always the last one."""
    # Steps that readers count in: quarters, half-years, then whole years.
    step = next((step for step in (1, 2, 3, 6, 12, 24, 36, 60, 120) if count <= most * step), math.ceil(count / most))
    return tuple(range((count - 1) % step, count, step))


def position(row: BulletRow) -> float | None:
    """Where a figure stands on the scale of the score, whatever its direction: 100 is on target, more is better."""
    if row.value is None or row.value != row.value or row.target is None or not row.tolerance:
        return None
    if row.direction == "range":
        high = row.target if row.target_high is None else row.target_high
        off = max(row.target - row.value, row.value - high, 0.0)
    else:
        off = row.target - row.value if row.direction == "higher" else row.value - row.target
    return min(FULL, max(0.0, ON_TARGET - LOST_PER_TOLERANCE * off / row.tolerance))
