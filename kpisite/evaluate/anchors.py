"""Floors and stretches that authors set themselves: scores on a line with bends instead of a straight one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.rounding import Floats

WHOLE = 100.0


@dataclass(frozen=True, slots=True)
class Anchors:
    """Figures with anchors of their own: subject and indicator of each, and their distances from the target [K, T].

    NaN where a distance follows from the tolerance.
    """

    s: npt.NDArray[np.intp]
    i: npt.NDArray[np.intp]
    floor: Floats
    stretch: Floats


def at_subjects(anchors: Anchors | None, some: slice) -> Anchors | None:
    """The anchors of some subjects only, which are numbered anew."""
    if anchors is None:
        return None
    stop = np.inf if some.stop is None else some.stop
    start = some.start or 0
    here = (anchors.s >= start) & (anchors.s < stop)
    if not here.any():
        return None
    return Anchors(anchors.s[here] - start, anchors.i[here], anchors.floor[here], anchors.stretch[here])


def bent(lead: Floats, tolerance: Floats, anchors: Anchors, slope: float, cap: float) -> Floats:
    """The score through floor (0), amber limit, target (100) and stretch (the cap), straight between each two.

    `lead` is how far each figure [K, T] is on the good side of its target, in the unit of `tolerance`.
    """
    amber = max(WHOLE - slope, 0.0)
    floor = np.where(np.isnan(anchors.floor), tolerance * WHOLE / slope, anchors.floor)
    stretch = np.where(np.isnan(anchors.stretch), tolerance * (cap - WHOLE) / slope, anchors.stretch)
    with np.errstate(divide="ignore", invalid="ignore"):  # anchors may lie on each other: a step from one to the next
        above = WHOLE + (cap - WHOLE) * np.where(stretch > 0, np.minimum(lead / stretch, 1.0), 1.0)
        within = WHOLE + (WHOLE - amber) * lead / tolerance
        below = amber * (lead + floor) / (floor - tolerance)
    found = np.where(lead > 0, above, np.where(lead >= -tolerance, within, np.maximum(below, 0.0)))
    found[lead == 0] = WHOLE
    score: Floats = np.where(np.isnan(lead), np.nan, found)
    return score
