"""Sparklines: the lines in the cells of tables, drawn for all rows at once because there is one in each."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

from kpisite.render.rounding import Floats

Flags = npt.NDArray[np.bool_]

FORM = '<svg class="spark" width="100" height="24" role="img" aria-label="%s">%s%s</svg>'
LINE = '<path class="line" d="%s"/><path class="end" d="%s"/>'
HEIGHT = 24


def sparklines(values: Floats, targets: Floats, labels: Sequence[str]) -> list[Markup]:
    """Lines of 100 x 24, one for each row of values: the course, the target as a hairline, the last point marked."""
    known: Flags = ~np.isnan(values)
    low, scale, base = _axes(values, targets, np.logical_or.reduce(known, axis=1))
    heights = base[:, np.newaxis] - (values - low[:, np.newaxis]) * scale[:, np.newaxis]
    heights[~known] = 0.0
    drawn = _lines(heights.astype(np.int64), known)
    hairs = (base - (targets - low) * scale).tolist()
    aims = [
        "" if hair != hair or not line else f'<path class="target" d="M2 {int(hair)}H96"/>'
        for hair, line in zip(hairs, drawn, strict=True)
    ]
    return [Markup(FORM % (escape(label), aim, line)) for label, aim, line in zip(labels, aims, drawn, strict=True)]


def _lines(heights: npt.NDArray[np.int64], known: Flags) -> list[str]:
    """The lines and their last points; nothing for a row of gaps."""
    if not heights.size:
        return [""] * len(heights)
    steps, ends = _steps(heights.shape[1])
    places = np.arange(len(steps))
    drawn = [
        LINE % ("".join(parts), ends[row[-1]])
        for row, parts in zip(heights.tolist(), steps[places, heights].tolist(), strict=True)
    ]
    for row in np.flatnonzero(~np.logical_and.reduce(known, axis=1)).tolist():
        drawn[row] = _broken(steps, heights[row], known[row])
    return drawn


def _axes(values: Floats, targets: Floats, known: Flags) -> tuple[Floats, Floats, Floats]:
    """Lowest value, pixels for each unit, and the height of the lowest value; the target counts where there is one."""
    low, high = np.fmin.reduce(values, axis=1, initial=np.inf), np.fmax.reduce(values, axis=1, initial=-np.inf)
    low, high = np.where(known, np.fmin(low, targets), 0.0), np.where(known, np.fmax(high, targets), 0.0)
    rising = high > low
    scale = np.divide(18, high - low, out=np.zeros_like(low), where=rising)
    # Half a pixel more, because whole numbers are cut off below.
    return low, scale, np.where(rising, 21.5, 12.5)


@cache
def _steps(count: int) -> tuple[npt.NDArray[np.object_], tuple[str, ...]]:
    """The step to each height at each of so many periods, the first without a pen; and the last point by height."""
    places = [int(2.5 + at * 94 / max(1, count - 1)) for at in range(count)]
    steps = [[f"{'L' if at else 'M'}{x} {y}" for y in range(HEIGHT)] for at, x in enumerate(places)]
    return np.array(steps, dtype=object), tuple([f"M{places[-1]} {y}h0" for y in range(HEIGHT)])


def _broken(steps: npt.NDArray[np.object_], heights: npt.NDArray[np.int64], known: Flags) -> str:
    parts: list[str] = []
    before = False
    for at, (y, here) in enumerate(zip(heights.tolist(), known.tolist(), strict=True)):
        if here:
            step: str = steps[at, y][1:]
            parts.append(f"{'L' if before else 'M'}{step}")
        before = here
    return LINE % ("".join(parts), f"M{parts[-1][1:]}h0") if parts else ""
