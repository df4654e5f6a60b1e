"""The static waterfall: the level before and after in words, and between them what moved the one to the other.

Bars lie: their names are words of two languages, which no upright bar could carry on a phone. The scale is that of the
change and holds zero: a change of two points among a hundred can be seen, and no bar is cut off. So the levels
themselves, which such a scale cannot show, are numbers without a bar.
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
# A level before or after: a row of words only.
LEVEL = "level"


class Scale(NamedTuple):
    """The part of the changes that is drawn; it holds zero."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Where a number of points lies from left, out of WIDE."""
        return round((min(max(value, self.low), self.high) - self.low) / (self.high - self.low) * WIDE, 1)


def scale(chart: WaterfallChart) -> Scale:
    """A scale that shows every change from zero on."""
    ends = [end for row in chart.rows for end in (row.start, row.end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    air = (high - low) * AIR or 1.0
    return Scale(low - air if low else 0.0, high + air if high or not low else 0.0)


def still(chart: WaterfallChart) -> Markup:
    """Rows of label and points over a bar; thin lines lead from one bar to the next, and one stands at zero."""
    on = scale(chart)
    tops = [HEAD + at * ROW for at in range(len(chart.rows))]
    words = [
        text(f"label {row.kind}", "0", top + 13, row.label) + text(f"value {row.kind}", "100%", top + 13, row.display)
        for top, row in zip(tops, chart.rows, strict=True)
    ]
    bars = []
    for kind in KINDS:
        found = "".join(
            [_bar(on, row.start, row.end, top) for top, row in zip(tops, chart.rows, strict=True) if row.kind == kind]
        )
        bars.append(path(f"bar {kind}", found))
    drawn = [(top, row) for top, row in zip(tops, chart.rows, strict=True) if row.kind != LEVEL]
    links = "".join([f"M{on.x(row.end)} {top + 18}v{ROW + BAR}" for top, row in drawn[:-1]])
    height, zero = HEAD + len(tops) * ROW, on.x(0.0)
    end = "low" if not zero else "high" if zero == WIDE else "mid"
    tick = text(f"tick {end}", f"{zero / WIDE:.1%}", 10, "0")
    lines = [path("link", links), *bars, path("zero", f"M{zero:g} {HEAD}V{height}")]
    inner = stretched(WIDE, height, "".join(lines))
    return drawing("waterfall", height, chart.title, f"{inner}{tick}{''.join(words)}")


def _bar(on: Scale, start: float, end: float, top: float) -> str:
    left, right = sorted((on.x(start), on.x(end)))
    return f"M{left:g} {top + 18}H{max(right, left + 1):g}v{BAR}H{left:g}z"
