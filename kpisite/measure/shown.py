"""The shown part of one indicator's figures: due by its cadence, with the answers and the delivery behind each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Indicator
from kpisite.measure.axis import Indexes
from kpisite.measure.cells import HERE, Cells, Flags
from kpisite.measure.figures import Figures
from kpisite.measure.levels import Membership
from kpisite.measure.running import Running, joined, running
from kpisite.measure.series import REASON, Floats
from kpisite.measure.versions import measures_of
from kpisite.periods import Grain

Days = npt.NDArray[np.int32]
# Months of the fiscal year between two figures.
STEPS = {"month": 1, "quarter": 3, "year": 12}
# The grain whose figure stands in the shorter periods that end with it.
GRAINS = {"month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR}
SHORTER = {"month": (), "quarter": (Grain.MONTH,), "year": (Grain.MONTH, Grain.QUARTER, Grain.HALF)}


@dataclass(frozen=True, slots=True)
class Shown:
    """One indicator at one grain, products first and then what they roll up to: [subjects, periods]."""

    value: Floats
    reason: npt.NDArray[np.int8]
    sample: Floats
    vintage: Days
    provisional: npt.NDArray[np.int8]  # how many months of the period have arrived; 0 = all, or none is needed


def shown(figures: Figures, grain: Grain) -> Shown:
    """The figures of one indicator in the shown window."""
    cube, indicator = figures.cube, figures.indicator
    calendar = cube.calendar
    over = _grain_of(indicator, grain)
    source = calendar.axes[over]
    window = calendar.shown(grain)
    last = calendar.axes[grain].last[window]
    # In a month that ends a quarter stands the quarter's figure.
    columns = np.searchsorted(source.last, last)
    due = (last + 1) % STEPS[indicator.cadence] == 0
    if not len(source.last):
        return _nothing(cube.products + len(figures.grounds.rollups), len(last))
    # Any other month learns from the period around it whether there is a figure at all.
    columns = np.minimum(columns, len(source.last) - 1) if over is not grain else np.arange(len(source.last))[window]
    whole = joined(figures, over)
    sample, vintage = _samples(figures, over), _vintages(figures, over)
    months = np.zeros(whole.value.shape, dtype=np.int8)
    unfinished = running(figures, over, whole) if over is grain else None
    if unfinished is not None:
        whole = _put(whole, unfinished)
        months[:, unfinished.column] = unfinished.months
        for number, (of, column) in enumerate(unfinished.figures):
            these = unfinished.chosen == number
            sample[these, unfinished.column] = _samples(of, over)[these, column]
            vintage[these, unfinished.column] = _vintages(of, over)[these, column]
    whole = whole.at(columns)
    due &= source.last[columns] == last
    reason = np.where(due | ~np.isin(whole.reason, MAY_BE_DUE), whole.reason, np.int8(REASON["not-due"]))
    value = np.where(reason == HERE, whole.value, np.nan)
    here: Flags = reason == HERE
    sample = np.where(due, sample[:, columns], np.nan)
    vintage = np.where(here, vintage[:, columns], 0).astype(np.int32)
    return Shown(value, reason, sample, vintage, np.where(here, months[:, columns], 0).astype(np.int8))


def _put(whole: Cells, unfinished: Running) -> Cells:
    """The cells with those of a running period in their column."""
    value, reason = whole.value.copy(), whole.reason.copy()
    value[:, unfinished.column], reason[:, unfinished.column] = (
        unfinished.cells.value[:, 0],
        unfinished.cells.reason[:, 0],
    )
    return Cells(value, reason)


# What a cell says that is not due; the others say that there never will be a figure.
MAY_BE_DUE = tuple(
    code for name, code in REASON.items() if name not in ("not-applicable", "not-derivable", "not-launched", "ended")
)


def _grain_of(indicator: Indicator, grain: Grain) -> Grain:
    if grain not in SHORTER[indicator.cadence] or indicator.kind == "duration":
        return grain
    return GRAINS[indicator.cadence]


def _nothing(subjects: int, periods: int) -> Shown:
    shape = (subjects, periods)
    reason = np.full(shape, REASON["not-due"], dtype=np.int8)
    return Shown(
        np.full(shape, np.nan), reason, np.full(shape, np.nan), np.zeros(shape, np.int32), np.zeros(shape, np.int8)
    )


def _samples(figures: Figures, grain: Grain) -> Floats:
    """How many answers were counted; NaN where the indicator counts none."""
    cube, sample = figures.cube, figures.indicator.sample
    shape = (cube.products + len(figures.grounds.rollups), len(cube.calendar.axes[grain].periods))
    if sample is None:
        return np.full(shape, np.nan)
    members = figures.members(figures.newest)
    grounds = (figures.grounds.ground(None), figures.grounds.ground(members))
    return np.concatenate([ground.sample(sample.measure, grain) for ground in grounds])


def _vintages(figures: Figures, grain: Grain) -> Days:
    """The newest delivery among the rows of each period and subject."""
    cube = figures.cube
    axis = cube.calendar.axes[grain]
    names = {n for version in figures.versions for n in measures_of(version.formula, figures.grounds.params)}
    sources = sorted({cube.measures[name].source for name in names})
    if not any(cube.vintage[source].any() for source in sources):
        return np.zeros((cube.products + len(figures.grounds.rollups), len(axis.periods)), dtype=np.int32)
    months = np.zeros((cube.products, cube.calendar.count), dtype=np.int32)
    for source in sources:
        months = np.maximum(months, cube.vintage[source])
    products = _newest(months, axis.first, axis.last)
    members = figures.members(figures.newest)
    return np.concatenate([products, _newest_of_groups(products, members, axis.last)])


def _newest(months: Days, first: Indexes, last: Indexes) -> Days:
    found = np.zeros((months.shape[0], len(first)), dtype=np.int32)
    for offset in range(int((last - first).max(initial=-1)) + 1):
        inside = np.flatnonzero(first + offset <= last)
        found[:, inside] = np.maximum(found[:, inside], months[:, first[inside] + offset])
    return found


def _newest_of_groups(products: Days, members: Membership, last: Indexes) -> Days:
    counted = np.where(members.since[:, None] <= last, products, 0)
    found = np.zeros((len(members.groups), len(last)), dtype=np.int32)
    for number, group in enumerate(members.groups):
        if group:
            found[number] = counted[list(group)].max(axis=0)
    return found
