"""Sparklines: the lines in the cells of tables, drawn for all rows at once because there is one in each."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

from kpisite.render.rounding import Floats

Flags = npt.NDArray[np.bool_]

FORM = '<svg class="spark" width="100" height="24" role="img" aria-label="%s">%s%s%s</svg>'


def sparklines(values: Floats, targets: Floats, labels: Sequence[str]) -> list[Markup]:
    """Lines of 100 x 24, one for each row of values: the course, the target as a hairline, the last point marked."""
    known: Flags = ~np.isnan(values)
    some, whole_rows = np.logical_or.reduce(known, axis=1), np.logical_and.reduce(known, axis=1)
    low, scale, base = _axes(values, targets, some)
    heights = base[:, np.newaxis] - (values - low[:, np.newaxis]) * scale[:, np.newaxis]
    whole = np.where(known, heights, 0.0).astype(np.int64).tolist()
    complete, hairs = whole_rows.tolist(), (base - (targets - low) * scale).tolist()
    drawn = []
    for row, label in enumerate(labels):
        line = _whole(whole[row]) if complete[row] else _broken(whole[row], known[row].tolist())
        hair = hairs[row]
        target = "" if hair != hair or not line else f'<path class="target" d="M2 {int(hair)}H96"/>'
        drawn.append(Markup(FORM % (escape(label), target, *(line or ("", "")))))
    return drawn


def _axes(values: Floats, targets: Floats, known: Flags) -> tuple[Floats, Floats, Floats]:
    """Lowest value, pixels for each unit, and the height of the lowest value; the target counts where there is one."""
    low, high = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
    low, high = np.where(known, np.fmin(low, targets), 0.0), np.where(known, np.fmax(high, targets), 0.0)
    rising = high > low
    scale = np.divide(18, high - low, out=np.zeros_like(low), where=rising)
    # Half a pixel more, because whole numbers are cut off below.
    return low, scale, np.where(rising, 21.5, 12.5)


@cache
def _form(count: int) -> tuple[str, str, tuple[int, ...]]:
    """The line through so many periods and its last point with their heights left open, and where they stand."""
    places = tuple([int(2.5 + at * 94 / max(1, count - 1)) for at in range(count)])
    line = "M" + "L".join([f"{x} %d" for x in places])
    return f'<path class="line" d="{line}"/>', f'<path class="end" d="M{places[-1]} %dh0"/>', places


def _whole(heights: list[int]) -> tuple[str, str]:
    line, end, _ = _form(len(heights))
    return line % tuple(heights), end % heights[-1]


def _broken(heights: list[int], known: list[bool]) -> tuple[str, str] | None:
    """A line with gaps; nothing where there are only gaps."""
    parts, pen, last = [], "M", ""
    for x, y, here in zip(_form(len(heights))[2], heights, known, strict=True):
        if not here:
            pen = "M"
            continue
        last = f"{x} {y}"
        parts.append(pen + last)
        pen = "L"
    return (f'<path class="line" d="{"".join(parts)}"/>', f'<path class="end" d="M{last}h0"/>') if parts else None
