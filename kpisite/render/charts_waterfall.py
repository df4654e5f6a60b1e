"""The static waterfall: solid totals at both ends, and between them what moved the one to the other.

Bars lie: their names are words of two languages, which no upright bar could carry on a phone. The scale does not begin
at zero, because a change of two points among a hundred could not be seen; the totals are torn off at their left end to
say so, and the scale's ends are printed.
"""

from typing import NamedTuple

from markupsafe import Markup

from kpisite.render.charts_model import WaterfallChart
from kpisite.render.charts_svg import drawing, path, stretched, text

# Heights in CSS pixels; the live chart is drawn into the same room.
ROW, HEAD = 36, 18
WIDE = 1000
BAR = 11
# Air beyond the lowest and the highest end of a bar, as a share of what they span.
AIR = 0.12
KINDS = ("total", "up", "down")


class Scale(NamedTuple):
    """The part of the points that is drawn."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Where a number of points lies from left, out of WIDE."""
        return round((min(max(value, self.low), self.high) - self.low) / (self.high - self.low) * WIDE, 1)


def scale(chart: WaterfallChart) -> Scale:
    """A scale that shows every change; it begins at zero where that is near."""
    ends = [row.end for row in chart.rows] + [row.start for row in chart.rows if row.kind != "total"]
    low, high = min(ends), max(ends)
    air = (high - low) * AIR or 1.0
    return Scale(0.0 if 0 <= low < high - low else low - 2 * air, high + air)


def still(chart: WaterfallChart) -> Markup:
    """Rows of label and points over a bar; thin lines lead from one bar to the next."""
    on = scale(chart)
    tops = [HEAD + at * ROW for at in range(len(chart.rows))]
    words = [
        text("label", "0", top + 13, row.label) + text("value", "100%", top + 13, row.display)
        for top, row in zip(tops, chart.rows, strict=True)
    ]
    bars = []
    for kind in KINDS:
        found = "".join(
            [_bar(on, row.start, row.end, top) for top, row in zip(tops, chart.rows, strict=True) if row.kind == kind]
        )
        bars.append(path(f"bar {kind}", found))
    links = "".join(
        [f"M{on.x(row.end)} {top + 18}v{ROW + BAR}" for top, row in zip(tops, chart.rows[:-1], strict=False)]
    )
    torn = "".join([_tear(top) for top, row in zip(tops, chart.rows, strict=True) if row.kind == "total"])
    ends = text("tick low", "0", 10, f"{on.low:.1f}") + text("tick high", "100%", 10, f"{on.high:.1f}")
    height = HEAD + len(tops) * ROW
    lines = [path("link", links), *bars, path("tear", torn if on.low else "")]
    inner = stretched(WIDE, height, "".join(lines))
    return drawing("waterfall", height, chart.title, f"{inner}{ends}{''.join(words)}")


def _bar(on: Scale, start: float, end: float, top: float) -> str:
    left, right = sorted((on.x(start), on.x(end)))
    return f"M{left:g} {top + 18}H{max(right, left + 1):g}v{BAR}H{left:g}z"


def _tear(top: float) -> str:
    """A slanting cut through the left end of a bar."""
    return f"M14 {top + 17}l-5 {BAR + 2}M20 {top + 17}l-5 {BAR + 2}"
