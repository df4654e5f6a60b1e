"""Running periods: the figures of the months that have arrived, where the last ones of a period have not.

Only the period that holds the report's last month can be running. Its figure is that of its first n months, and it
looks back to the first n months of earlier periods, so that a growth compares like with like. A month that is
missing between others leaves the figure incomplete, as everywhere.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kpisite.measure.axis import Axis, Indexes
from kpisite.measure.cells import HERE, Cells
from kpisite.measure.figures import Figures, Grounds
from kpisite.measure.series import REASON, Codes
from kpisite.measure.versions import needed
from kpisite.periods import Grain

# A trailing year that lacks its last month is the one of the month before; a month has no parts.
GRAINS = (Grain.QUARTER, Grain.HALF, Grain.YEAR, Grain.YTD)
# Where one of these stands there is no figure, however much arrives.
NEVER_DUE = tuple(REASON[name] for name in ("not-applicable", "not-derivable", "not-launched", "ended"))


@dataclass(frozen=True, slots=True)
class Running:
    """One period of a grain: its column, how many of its months have arrived for each subject, and their figures.

    `months` is 0 for a subject whose figure is whole, or that has none. `columns` names for each subject the figures
    and the column in them that its value, sample and vintage are taken from.
    """

    column: int
    months: Codes
    cells: Cells  # [subjects, 1]
    figures: tuple[tuple[Figures, int], ...]  # distinct ones
    chosen: npt.NDArray[np.intp]  # which of them, by subject; -1 = as it is


def running_column(axis: Axis, last: int) -> int | None:
    """The period that holds the last month of the report."""
    if axis.grain not in GRAINS or not len(axis.last):
        return None
    column = int(np.searchsorted(axis.last, last))
    return column if column < len(axis.last) and axis.first[column] <= last else None


def running(figures: Figures, grain: Grain, whole: Cells) -> Running | None:
    """The period of a grain that is running for some subjects; `whole` holds its figures as if it were over."""
    calendar = figures.cube.calendar
    axis = calendar.axes[grain]
    column = running_column(axis, calendar.last)
    if column is None or figures.indicator.kind == "duration":
        return None
    first, count = int(axis.first[column]), int(axis.months[column])
    reason = whole.reason[:, column].copy()
    value = whole.value[:, column].copy()
    arrived = np.clip(_arrived(figures) - first + 1, 0, count)
    open_ = ~np.isin(reason, NEVER_DUE)
    over = int(axis.last[column]) <= calendar.last
    months = np.where(open_ & (arrived < count) & ((reason != HERE) | (not over)), arrived, 0).astype(np.int8)
    if not over:
        reason[open_ & (months == 0) & (reason != HERE)] = REASON["not-due"]
    found: list[tuple[Figures, int]] = []
    chosen = np.full(len(reason), -1, dtype=np.intp)
    for n in sorted({int(n) for n in months if n > 0}):
        of, at = _first_months(figures, grain, column, n)
        cells = joined(of, grain)
        these = months == n
        value[these], reason[these] = cells.value[these, at], cells.reason[these, at]
        chosen[these] = len(found)
        found.append((of, at))
    months[reason != HERE] = 0
    return Running(column, months, Cells(value[:, None], reason[:, None]), tuple(found), chosen)


def joined(figures: Figures, grain: Grain) -> Cells:
    """The figures of products, then of what they roll up to."""
    products, rollups = figures.products(grain), figures.rollups(grain)
    value = np.concatenate([products.value, rollups.value])
    return Cells(value, np.concatenate([products.reason, rollups.reason]))


def _arrived(figures: Figures) -> Indexes:
    """The last month for which each subject has all that the formula needs; -1 where there is none."""
    version, grounds = figures.newest, figures.grounds
    names = sorted(needed(version.formula, grounds.params))
    found = []
    for ground in (grounds.ground(None), grounds.ground(figures.members(version))):
        latest = np.full(ground.count, figures.cube.calendar.count if names else -1, dtype=np.intp)
        for name in names:
            ok = ground.months(figures.cube.measures[name]).cells.ok
            newest = ok.shape[1] - 1 - np.argmax(ok[:, ::-1], axis=1)
            latest = np.minimum(latest, np.where(ok.any(axis=1), newest, -1))
        found.append(latest)
    return np.concatenate(found)


def _first_months(figures: Figures, grain: Grain, column: int, count: int) -> tuple[Figures, int]:
    """The figures in which every period of a grain ends after its first months, and the column to take."""
    axis = figures.axis(grain)
    if grain is Grain.YTD:
        # A year up to a month that has not arrived is the year up to the last one that has.
        return figures, column - (int(axis.months[column]) - count)
    return replace(figures, grounds=_short(figures.grounds, grain, count)), column


def _short(grounds: Grounds, grain: Grain, count: int) -> Grounds:
    if (grain, count) not in grounds.short:
        calendar = grounds.cube.calendar
        axis = calendar.axes[grain]
        cut = replace(axis, last=np.minimum(axis.last, axis.first + count - 1), partial=True)
        cube = replace(grounds.cube, calendar=replace(calendar, axes={**calendar.axes, grain: cut}))
        grounds.short[grain, count] = Grounds(cube, grounds.params, grounds.rollups)
    return grounds.short[grain, count]
