"""What the figures were computed from: every measure by product and month, so that a figure can be explained later."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Months = npt.NDArray[np.intp]

# Products by position, each with the month (its position) from which it counts: all that is asked for together.
Members = tuple[tuple[int, int], ...]
# A measure, the position of the period's last month, how many months it holds, and the members.
Question = tuple[str, int, int, Members]


@dataclass(frozen=True, slots=True)
class Input:
    """One measure by product and month, [P, T]; the value is NaN where there is none."""

    engine: str  # the dialect of the engine that was asked
    sent: str  # and its words, for all measures that were asked for together
    additive: bool  # months and products add up; else longer periods and roll-ups were asked anew
    step: int  # months between deliveries
    value: Floats
    rows: Counts  # rows counted
    days: Counts | None  # days behind each average of a balance; None for any other measure
    first: Months  # [P]: position of the first delivered month, 0 at the least; NEVER without one


@dataclass(frozen=True, slots=True)
class Inputs:
    """All measures on one axis of months, and the answers that cannot be added up; `start` numbers the first month."""

    start: int = 0
    months: int = 0
    measures: Mapping[str, Input] = field(default_factory=dict)
    asked: Mapping[Question, float] = field(default_factory=dict)


# Of a report that was put together without them.
NO_INPUTS = Inputs()
