"""Cells: dense arrays of values with the reasons of the missing ones, and sums over them that lose nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.measure.axis import Axis
from kpisite.measure.series import REASON, Codes, Floats

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
HERE = REASON[""]
# Floats hold integers up to here exactly; sums of them stay in 63 bits up to a number of terms.
EXACT = 2**53
DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Cells:
    """Values of [subjects, periods]; reason is 0 exactly where the value is not NaN."""

    value: Floats
    reason: Codes

    @property
    def ok(self) -> Flags:
        """Where there is a value."""
        found: Flags = self.reason == HERE
        return found

    def at(self, columns: npt.NDArray[np.intp]) -> "Cells":
        """The cells of these periods."""
        return Cells(self.value[:, columns], self.reason[:, columns])

    def replaced(self, other: "Cells", where: Flags) -> "Cells":
        """These cells, and those of the other in some periods."""
        return Cells(np.where(where, other.value, self.value), np.where(where, other.reason, self.reason))


def cells(value: Floats, reason: Codes) -> Cells:
    """Make cells that keep the promise: no value where there is a reason, and a reason where there is no value."""
    odd = ~np.isfinite(value) & (reason == HERE)
    reason = np.where(odd, np.int8(REASON["no-meaning"]), reason)
    return Cells(np.where(reason == HERE, value, np.nan), reason)


def missing(shape: tuple[int, int], reason: str) -> Cells:
    """Cells that are all missing for one reason."""
    return Cells(np.full(shape, np.nan), np.full(shape, REASON[reason], np.int8))


@dataclass(frozen=True, slots=True)
class Amounts:
    """Numbers that are to be added up: as integers of a decimal unit where they are such, else as floats."""

    whole: Whole | None
    scale: float
    floats: Floats

    def replaced(self, other: "Amounts", where: Flags) -> "Amounts":
        """These amounts, and those of the other, which have the same unit, in some periods."""
        floats = np.where(where, other.floats, self.floats)
        if self.whole is None or other.whole is None:
            return Amounts(None, self.scale, floats)
        return Amounts(np.where(where, other.whole, self.whole), self.scale, floats)

    def sum_groups(self, groups: Sequence[Sequence[int]], counted: Flags) -> "Amounts":
        """Add up the rows of each group, in their order, where they count: [groups, periods]."""
        shape = (len(groups), self.floats.shape[1])
        if self.whole is not None:
            whole = np.zeros(shape, dtype=np.int64)
            for number, rows in enumerate(groups):
                whole[number] = np.where(counted[list(rows)], self.whole[list(rows)], 0).sum(axis=0)
            return Amounts(whole, self.scale, whole.astype(np.float64) / self.scale)
        sums = np.zeros(shape)
        for number, rows in enumerate(groups):
            for row in rows:
                sums[number] += np.where(counted[row], self.floats[row], 0.0)
        return Amounts(None, 1.0, sums)

    def sum_periods(self, axis: Axis, counted: Flags) -> Floats:
        """Add up the months of each period, in their order, where they count: [subjects, periods]."""
        if self.whole is not None:
            sums = np.zeros((self.whole.shape[0], self.whole.shape[1] + 1), dtype=np.int64)
            np.cumsum(np.where(counted, self.whole, 0), axis=1, out=sums[:, 1:])
            total = sums[:, axis.last + 1] - sums[:, axis.first]
            return total.astype(np.float64) / self.scale
        return sum_months(np.where(counted, self.floats, 0.0), axis)


def sum_months(months: Floats, axis: Axis) -> Floats:
    """Add up the months of each period in their order: [subjects, periods]."""
    sums = np.zeros((months.shape[0], len(axis.periods)))
    most = int(axis.months.max(initial=0))
    for offset in range(most):
        inside = np.flatnonzero(axis.first + offset <= axis.last)
        sums[:, inside] += months[:, axis.first[inside] + offset]
    return sums


def amounts(values: Floats) -> Amounts:
    """Find the decimal unit in which all values are integers small enough to be added up exactly."""
    known = values[np.isfinite(values)]
    largest = float(np.abs(known).max(initial=0.0))
    for decimals in range(DECIMALS + 1):
        scale = 10.0**decimals
        if largest * scale >= EXACT or largest * scale * max(known.size, 1) >= 2**62:
            break
        # Most measures of one kind need the same decimals: a few values rule out most of them.
        if _are_whole(known[:64], scale) and _are_whole(known, scale):
            whole = np.rint(np.where(np.isfinite(values), values, 0.0) * scale).astype(np.int64)
            return Amounts(whole, scale, values)
    return Amounts(None, 1.0, values)


def _are_whole(values: Floats, scale: float) -> bool:
    return bool(np.array_equal(np.rint(values * scale) / scale, values))
