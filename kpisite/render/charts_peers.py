"""The chart of a figure beside its competitors: one line each, named at its end; estimates are dashed."""

from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup, escape

from kpisite.render.charts_history import HEIGHT, NEAREST, Axis, scale
from kpisite.render.charts_model import Numbers, domain, gaps, thinned, ticks
from kpisite.render.charts_svg import drawing, path, stretched, text

BOTTOM, WIDE = 26, 1000
# Names longer than this, in letters of Latin width, are cut at the end of a line; the table beside has them whole.
LONGEST_NAME = 20
WIDE_FROM = "\u2e80"


class PeerLine(NamedTuple):
    """One line: whose, its values, how they are printed, and its kind: own, peer, estimate or market."""

    label: str
    values: Numbers
    displays: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class PeersChart:
    """Our figure and those of competitors over the periods for which any is known; ours comes first."""

    id: str
    title: str
    unit: str
    periods: tuple[str, ...]
    lines: tuple[PeerLine, ...]
    decimals: int
    competitor: str  # the words of the tooltip
    period: str
    value: str


def peers_still(chart: PeersChart) -> Markup:
    """The static drawing."""
    axis, marks, decimals = _axis(chart)
    step = WIDE / max(1, len(chart.periods))
    grid = path("grid", "".join([f"M0 {axis.y(tick)}H{WIDE}" for tick in marks]))
    # Ours is drawn last, above the others.
    lines = "".join([path(f"line {one.kind}", _course(one.values, axis, step)) for one in reversed(chart.lines)])
    numbers = "".join([text("tick", "-6", axis.y(tick) + 4, scale(tick, decimals)) for tick in marks])
    middles = [f"{(at + 0.5) * 100 / max(1, len(chart.periods)):.2f}%" for at in range(len(chart.periods))]
    periods = "".join([text("period", middles[at], HEIGHT + 18, chart.periods[at]) for at in thinned(len(middles))])
    names = "".join(
        [
            f'<text class="note {kind}" x="100%" dx="8" y="{y + 4:.1f}">{escape(name)}</text>'
            for y, name, kind in _names(chart, axis)
        ]
    )
    inside = f"{numbers}\n{stretched(WIDE, HEIGHT, grid + lines)}{periods}{names}"
    return drawing("peers", HEIGHT + BOTTOM, chart.title, inside)


def peers_block(chart: PeersChart) -> tuple[dict[str, object], dict[str, object]]:
    """The words and the data of the live chart."""
    axis, marks, decimals = _axis(chart)
    names = list(_names(chart, axis))
    words: dict[str, object] = {
        "low": axis.low,
        "high": axis.high,
        "ticks": marks,
        "decimals": f",.{decimals}f",
        "labels": [chart.periods[at] for at in thinned(len(chart.periods))],
        "competitor": chart.competitor,
        "period": chart.period,
        "value": chart.value,
    }
    each = [
        {"who": one.label, "kind": one.kind, "value": gaps(one.values), "show": one.displays} for one in chart.lines
    ]
    notes = {
        "at": [round(axis.value(y), 9) for y, _, _ in names],
        "text": [name for _, name, _ in names],
        "kind": [kind for _, _, kind in names],
    }
    return words, {"series": {"period": chart.periods, "each": each}, "notes": notes}


def _axis(chart: PeersChart) -> tuple[Axis, tuple[float, ...], int]:
    known = [value for one in chart.lines for value in gaps(one.values) if value is not None]
    axis = Axis(*domain(known))
    return axis, *ticks(axis.low, axis.high)


def _course(values: Numbers, axis: Axis, step: float) -> str:
    parts, pen = [], "M"
    for at, value in enumerate(gaps(values)):
        if value is None:
            pen = "M"
            continue
        # A single point is a short dash, or it would not be seen.
        parts.append(f"{pen}{(at + 0.5) * step:.1f} {axis.y(value)}" + ("h6" if pen == "M" else ""))
        pen = "L"
    return "".join(parts)


def _names(chart: PeersChart, axis: Axis) -> list[tuple[float, str, str]]:
    """Names at the heights of the lines' ends, moved down until none hides another."""
    ends = []
    for one in chart.lines:
        last = next((value for value in reversed(gaps(one.values)) if value is not None), None)
        if last is not None:
            ends.append((axis.y(last), _cut(one.label), one.kind))
    placed: list[tuple[float, str, str]] = []
    for y, name, kind in sorted(ends, key=lambda end: end[0]):
        placed.append((max(y, placed[-1][0] + NEAREST) if placed else y, name, kind))
    # A stack that would leave the plot is moved up as a whole.
    over = max(placed[-1][0] - HEIGHT, 0.0) if placed else 0.0
    return [(y - over, name, kind) for y, name, kind in placed]


def _cut(name: str) -> str:
    room, kept = LONGEST_NAME, ""
    for letter in name:
        room -= 2 if letter > WIDE_FROM else 1
        if room < 0:
            return f"{kept.rstrip()}…"
        kept += letter
    return kept
