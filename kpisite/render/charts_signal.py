"""The chart of natural variation and that of what lies ahead: one drawing, still and live, for both.

The first has a mean and limits in steps, which break where limits are computed anew; points that are signals have a
shape and a colour of their own. The second goes on beyond the last figure: dashed, with a fan.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from kpisite.render.charts_history import (
    BOTTOM,
    HEIGHT,
    LONGEST_TICK,
    ROOM,
    WIDE,
    WIDE_ROOM,
    Axis,
    Note,
    apart,
    line_through,
    middles,
    scale,
    stairs,
)
from kpisite.render.charts_model import Numbers, domain, gaps, thinned, ticks
from kpisite.render.charts_svg import drawing, path, stretched, text


@dataclass(frozen=True, slots=True)
class SignalChart:
    """A figure by period with mean, limits and target, or with its forecast and the fan around it.

    `marks` are "", common, improvement, concern or neutral; `trial` says which limits are not firm. `words` are those
    that the chart prints: value, target, mean, upper, lower, expected, period, signal, and one for each mark.
    """

    id: str
    title: str
    unit: str
    periods: tuple[str, ...]
    values: Numbers
    displays: tuple[str, ...]
    mean: Numbers
    lower: Numbers
    upper: Numbers
    trial: tuple[bool, ...]
    targets: Numbers
    targets_high: Numbers
    marks: tuple[str, ...]
    expected: Numbers
    fan_low: Numbers
    fan_high: Numbers
    decimals: int
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SignalPlan:
    """What both drawings share: axis, ticks, period labels and letterings."""

    axis: Axis
    ticks: tuple[float, ...]
    decimals: int
    shown: tuple[int, ...]
    notes: tuple[Note, ...]
    wide: bool

    @property
    def room(self) -> int:
        """The room for the scale in pixels."""
        return WIDE_ROOM if self.wide else ROOM


def signal_plan(chart: SignalChart) -> SignalPlan:
    """Choose axis, ticks, labels and letterings."""
    every = (
        chart.values, chart.lower, chart.upper, chart.targets, chart.targets_high, chart.fan_low, chart.fan_high,
    )  # fmt: skip
    axis = Axis(*domain([value for column in every for value in column if value is not None and value == value]))
    marks, decimals = ticks(axis.low, axis.high)
    wide = any(len(scale(tick, decimals)) > LONGEST_TICK for tick in marks)
    return SignalPlan(axis, marks, decimals, thinned(len(chart.periods)), tuple(apart(_notes(chart, axis))), wide)


def _notes(chart: SignalChart, axis: Axis) -> list[Note]:
    """The words at the right edge, each at the last level of its line."""
    lines = {"mean": chart.mean, "upper": chart.upper, "lower": chart.lower, "target": chart.targets}
    found = []
    for name, levels in lines.items():
        level = levels[-1] if levels else None
        if level is not None and level == level:
            kind = "target" if name == "target" else "edge"
            found.append(Note(chart.words[name], level, axis.y(level), kind))
    return found


def still(chart: SignalChart, plan: SignalPlan) -> Markup:
    """The static drawing."""
    axis, count = plan.axis, max(1, len(chart.periods))
    numbers = "".join(text("tick", "-6", axis.y(tick) + 4, scale(tick, plan.decimals)) for tick in plan.ticks)
    notes = "".join(
        f'<text class="note {note.kind}" x="100%" dx="8" y="{note.y + 4:.1f}">{escape(note.text)}</text>'
        for note in plan.notes
    )
    places = middles(len(chart.periods), 100 / count, 2)
    labels = "".join(text("period", f"{places[at]}%", HEIGHT + 18, chart.periods[at]) for at in plan.shown)
    heights = axis.heights(gaps(chart.values))
    points = "".join(
        [
            f'<use href="#mark-{mark or "common"}" class="{mark or "common"}" x="{x}%" y="{y}"/>'
            for x, y, mark in zip(places, heights, chart.marks, strict=True)
            if y is not None
        ]
    )
    inside = f"{numbers}\n{stretched(WIDE, HEIGHT, _lines(chart, plan, heights, WIDE / count))}{points}{labels}{notes}"
    return drawing("history", HEIGHT + BOTTOM, chart.title, inside)


def _lines(chart: SignalChart, plan: SignalPlan, heights: list[str | None], step: float) -> str:
    axis = plan.axis
    firm, trial = (_bounds(chart, axis, step, of_trial=of_trial) for of_trial in (False, True))
    targets = stairs(gaps(chart.targets), axis, step) + stairs(gaps(chart.targets_high), axis, step)
    return (
        _fan(chart, axis, step)
        + path("grid", "".join(f"M0 {axis.y(tick)}H{WIDE}" for tick in plan.ticks))
        + path("bound", firm)
        + path("bound trial", trial)
        + path("mean", stairs(gaps(chart.mean), axis, step))
        + path("target", targets)
        + path("line", line_through(heights, step))
        + path("line ahead", line_through(axis.heights(gaps(chart.expected)), step))
    )


def _bounds(chart: SignalChart, axis: Axis, step: float, *, of_trial: bool) -> str:
    """The limits that are firm, or those that are not."""
    if of_trial not in chart.trial:
        return ""
    both = (gaps(chart.lower), gaps(chart.upper))
    if (not of_trial) in chart.trial:
        both = (_kept(both[0], chart.trial, of_trial), _kept(both[1], chart.trial, of_trial))
    return "".join([stairs(levels, axis, step) for levels in both])


def _kept(levels: Numbers, trial: tuple[bool, ...], wanted: bool) -> Numbers:
    return tuple([level if one is wanted else None for level, one in zip(levels, trial, strict=True)])


def _fan(chart: SignalChart, axis: Axis, step: float) -> str:
    """The fan as one closed shape: along its upper edge and back along the lower one."""
    at = [t for t, level in enumerate(gaps(chart.fan_high)) if level is not None]
    if not at:
        return ""
    places = middles(len(chart.periods), step, 1)
    upper, lower = axis.heights(gaps(chart.fan_high)), axis.heights(gaps(chart.fan_low))
    corners = [f"{places[t]} {upper[t]}" for t in at] + [f"{places[t]} {lower[t]}" for t in reversed(at)]
    return path("fan", f"M{'L'.join(corners)}z")


def signal_series(chart: SignalChart) -> dict[str, tuple[object, ...]]:
    """The columns of the live drawing."""
    return {
        "value": gaps(chart.values),
        "show": chart.displays,
        "mean": gaps(chart.mean),
        "lower": gaps(chart.lower),
        "upper": gaps(chart.upper),
        "trial": chart.trial,
        "target": gaps(chart.targets),
        "target_high": gaps(chart.targets_high),
        "mark": chart.marks,
        "expected": gaps(chart.expected),
        "fan_low": gaps(chart.fan_low),
        "fan_high": gaps(chart.fan_high),
    }
