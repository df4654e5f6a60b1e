"""The history chart: its axis and letterings, chosen once for the static and the live drawing, and the static one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import TypeVar

from markupsafe import Markup, escape

from kpisite.render.charts_model import HistoryChart, Numbers, domain, gaps, thinned, ticks
from kpisite.render.charts_svg import drawing, path, point, stretched, text

# In CSS pixels; the style sheet and the live chart's padding leave the same room.
HEIGHT, TOP, BOTTOM = 180, 10, 26
WIDE = 1000  # of the stretched drawing
NEAREST = 14  # between two letterings
ROOM, WIDE_ROOM = 46, 68  # for the scale to the left of the plot
LONGEST_TICK = 7  # letters of a number that fits into the smaller room

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Axis:
    """The range of values that a plot shows."""

    low: float
    high: float

    def y(self, value: float) -> float:
        """The height of a value in pixels from the top of the plot."""
        return round(HEIGHT * (self.high - value) / (self.high - self.low), 1)

    def heights(self, values: Numbers) -> list[str | None]:
        """The heights of many values, as they are written."""
        scale, top = HEIGHT / (self.high - self.low), HEIGHT * self.high / (self.high - self.low)
        return [None if value is None else f"{top - value * scale:.1f}" for value in values]

    def value(self, y: float) -> float:
        """The value at so many pixels from the top of the plot."""
        return self.high - y * (self.high - self.low) / HEIGHT


@dataclass(frozen=True, slots=True)
class Note:
    """A word at the right edge of the plot for a level of the axis, at a height in pixels where it hides no other."""

    text: str
    level: float
    y: float
    kind: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What both drawings of a history chart share."""

    values: Numbers
    targets: Numbers
    targets_high: Numbers
    tolerances: Numbers
    axis: Axis
    ticks: tuple[float, ...]
    decimals: int
    shown: tuple[int, ...]
    limit: float | None  # None also where the limit lies too far off to be drawn
    notes: tuple[Note, ...]


def plan(chart: HistoryChart) -> Plan:
    """Choose axis, ticks, period labels and letterings of a history chart."""
    values, targets, highs = gaps(chart.values), gaps(chart.targets), gaps(chart.targets_high)
    tolerances = gaps(chart.tolerances)
    known = [value for value in (*values, *targets, *highs) if value is not None]
    known += _edges(chart.direction, targets, highs, tolerances)
    known += [value for value in gaps(chart.published) if value is not None]
    axis, limit = Axis(*domain(known)), chart.limit
    # A limit far off would press the line flat; it then stands in the facts beside the chart only.
    half = (axis.high - axis.low) / 2
    if limit is not None and axis.low - half <= limit <= axis.high + half:
        axis = Axis(*domain([*known, limit]))
    else:
        limit = None
    marks, decimals = ticks(axis.low, axis.high)
    notes = tuple(apart(_notes(chart, targets, axis, limit)))
    return Plan(values, targets, highs, tolerances, axis, marks, decimals, thinned(len(chart.periods)), limit, notes)


def wide(plan: Plan) -> bool:
    """Whether the numbers of the scale need the larger room."""
    return any(len(scale(tick, plan.decimals)) > LONGEST_TICK for tick in plan.ticks)


def room(plan: Plan) -> int:
    """The room for the scale in pixels."""
    return WIDE_ROOM if wide(plan) else ROOM


def still(chart: HistoryChart, plan: Plan) -> Markup:
    """The static history chart."""
    axis, heights = plan.axis, plan.axis.heights(plan.values)
    ticks_ = "".join([text("tick", "-6", axis.y(tick) + 4, scale(tick, plan.decimals)) for tick in plan.ticks])
    notes = "".join(
        [
            f'<text class="note {note.kind}" x="100%" dx="8" y="{note.y + 4:.1f}">{escape(note.text)}</text>'
            for note in plan.notes
        ]
    )
    lines = stretched(WIDE, HEIGHT, _lines(chart, plan, heights))
    # The break keeps the scale apart from the periods for whoever reads the page as text.
    inside = f"{ticks_}\n{lines}{_points(chart.statuses, heights)}{_periods(chart, plan)}{notes}"
    return drawing("history", HEIGHT + BOTTOM, chart.title, inside)


def scale(tick: float, decimals: int) -> str:
    """A number of the scale, as the live chart writes it."""
    return f"{tick:,.{decimals}f}".replace("-", "−")


def _lines(chart: HistoryChart, plan: Plan, heights: list[str | None]) -> str:
    step, axis = WIDE / max(1, len(chart.periods)), plan.axis
    grid = "".join([f"M0 {axis.y(tick)}H{WIDE}" for tick in plan.ticks])
    limit = "" if plan.limit is None else f"M0 {axis.y(plan.limit)}H{WIDE}"
    targets = stairs(plan.targets, axis, step) + stairs(plan.targets_high, axis, step)
    return (
        _bands(chart.direction, plan, step)
        + path("grid", grid)
        + path("limit", limit)
        + path("target", targets)
        + (path("published", line_through(axis.heights(gaps(chart.published)), step)) if chart.published else "")
        + path("line", line_through(heights, step))
    )


def _bands(direction: str, plan: Plan, step: float) -> str:
    amber: list[str] = []
    red: list[str] = []
    for first, end, (target, high, tolerance) in _runs(
        zip(plan.targets, plan.targets_high, plan.tolerances, strict=True)
    ):
        if target is None or tolerance is None:
            continue
        x, width, y = round(first * step, 1), round((end - first) * step, 1), plan.axis.y
        if direction != "lower":
            edge = y(target - tolerance)
            amber.append(f"M{x} {y(target)}h{width}V{edge}h-{width}z")
            red.append(f"M{x} {edge}h{width}V{HEIGHT}h-{width}z")
        if direction != "higher":
            top = target if high is None else high
            edge = y(top + tolerance)
            amber.append(f"M{x} {y(top)}h{width}V{edge}h-{width}z")
            red.append(f"M{x} {edge}h{width}V0h-{width}z")
    return path("band-amber", "".join(amber)) + path("band-red", "".join(red))


def stairs(levels: Numbers, axis: Axis, step: float) -> str:
    """A level for each period, drawn over its width."""
    return "".join(
        [f"M{at * step:.1f} {axis.y(level)}H{end * step:.1f}" for at, end, level in _runs(levels) if level is not None]
    )


def line_through(heights: list[str | None], step: float) -> str:
    """The line through the middles of the periods, broken at gaps."""
    if not any(heights):
        return ""
    if None not in heights:
        return _form(len(heights), step) % tuple(heights)
    parts, pen = [], "M"
    for x, y in zip(middles(len(heights), step, 1), heights, strict=True):
        if y is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x} {y}")
        pen = "L"
    return "".join(parts)


@cache
def _form(count: int, step: float) -> str:
    """The line through so many periods with its heights left open."""
    return "M" + "L".join([f"{x} %s" for x in middles(count, step, 1)])


def _points(statuses: tuple[str, ...], heights: list[str | None]) -> str:
    places = middles(len(heights), 100 / max(1, len(heights)), 2)
    return "".join(
        [point(status, x, y) for x, y, status in zip(places, heights, statuses, strict=True) if y is not None]
    )


@cache
def middles(count: int, step: float, decimals: int) -> tuple[str, ...]:
    """Where the periods stand from left to right; the same for all charts with so many of them."""
    return tuple([f"{(at + 0.5) * step:.{decimals}f}" for at in range(count)])


def _periods(chart: HistoryChart, plan: Plan) -> str:
    places = middles(len(chart.periods), 100 / max(1, len(chart.periods)), 2)
    return "".join([text("period", f"{places[at]}%", HEIGHT + 18, chart.periods[at]) for at in plan.shown])


def _notes(chart: HistoryChart, targets: Numbers, axis: Axis, limit: float | None) -> list[Note]:
    notes = []
    target = targets[-1] if targets else None
    if target is not None:
        notes.append(Note(chart.texts.target, target, axis.y(target), "target"))
    if limit is not None:
        notes.append(Note(chart.texts.limit, limit, axis.y(limit), "limit"))
    return notes


def apart(notes: list[Note]) -> list[Note]:
    """Move words down until none hides another; the highest one stays."""
    placed: list[Note] = []
    for note in sorted(notes, key=lambda note: note.y):
        y = max(note.y, placed[-1].y + NEAREST) if placed else note.y
        placed.append(note if y == note.y else replace(note, y=y))
    return placed


def _runs(levels: Iterable[V]) -> Iterator[tuple[int, int, V]]:
    """Stretches of equal levels: first, end, level."""
    levels = list(levels)
    # Most lines are level, or there is none.
    if levels and levels.count(levels[0]) == len(levels):
        yield 0, len(levels), levels[0]
        return
    first = 0
    for level, run in groupby(levels):
        end = first + len(list(run))
        yield first, end, level
        first = end


def _edges(direction: str, targets: Numbers, highs: Numbers, tolerances: Numbers) -> list[float]:
    """The amber limits, which the axis must show for the reader to see the room left."""
    # Targets repeat over the months; each is looked at once.
    levels = [level for _, _, level in _runs(zip(targets, highs, tolerances, strict=True))]
    edges = []
    for target, high, tolerance in levels:
        if target is None or tolerance is None:
            continue
        if direction != "lower":
            edges.append(target - tolerance)
        if direction != "higher":
            edges.append((target if high is None else high) + tolerance)
    return edges
