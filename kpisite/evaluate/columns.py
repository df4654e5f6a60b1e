"""Series laid out with time running down: one step in time of many series is one stretch of memory.

Arrays are [T, N], T periods of N series, where most others are [N, T].
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.limits import Flags, Floats

Indexes = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Columns:
    """The values of N series [T, N]; NaN where there is none."""

    values: Floats

    @cached_property
    def known(self) -> Flags:
        """Where there is a value."""
        found: Flags = ~np.isnan(self.values)
        return found

    @cached_property
    def points(self) -> Counts:
        """How many values there are up to each period."""
        found = self.known.astype(np.int16)
        for t in range(1, len(found)):
            found[t] += found[t - 1]
        return found

    @cached_property
    def gaps(self) -> tuple[Indexes, ...]:
        """Which series have no value, for each period."""
        return _by_period(~self.known)

    @cached_property
    def begins(self) -> tuple[Indexes, ...]:
        """Which series have their first value, for each period."""
        return _by_period(self.known & (self.points == 1))

    @cached_property
    def last(self) -> Floats:
        """The last value up to each period."""
        found = self.values.copy()
        for t, gap in enumerate(self.gaps[1:], 1):
            found[t, gap] = found[t - 1, gap]
        return found

    @cached_property
    def age(self) -> Floats:
        """How many periods ago the last value was."""
        found = np.zeros(self.values.shape)
        for t, gap in enumerate(self.gaps[1:], 1):
            found[t, gap] = found[t - 1, gap] + 1
        return found


def columns(history: Floats) -> Columns:
    """The columns of series given as rows [N, T]."""
    return Columns(np.ascontiguousarray(history.T))


def _by_period(flags: Flags) -> tuple[Indexes, ...]:
    """The marked series of each period."""
    when, which = np.nonzero(flags)
    ends = np.searchsorted(when, np.arange(1, len(flags)))
    return tuple(np.split(which, ends))
