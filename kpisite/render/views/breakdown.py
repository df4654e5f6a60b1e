"""A product's figure by the labels of a dimension: the latest period, the one before, the course, the worst first."""

import math
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from kpisite.languages import Column
from kpisite.measure.series import REASON
from kpisite.measure.series import Breakdown as Parts
from kpisite.measure.shown import STEPS
from kpisite.periods import Grain
from kpisite.render import charts, marks
from kpisite.render.cells import reason_text
from kpisite.render.charts import MultiplesChart, SmallSeries
from kpisite.render.edition import Edition
from kpisite.render.narrative import LEAST_BASE
from kpisite.render.parts import Breakdown, Folded, Head, Table
from kpisite.render.rounding import Floats, tenths
from kpisite.render.views import plotted
from kpisite.render.views.rows import LONGEST, longest

# More small charts than this are not compared any more.
MOST_SMALL = 12
# Beside the months.
LONGER = (Grain.QUARTER, Grain.YEAR)
# Labels for which there never was a figure are no rows.
NEVER = (REASON["not-launched"], REASON["not-applicable"], REASON["ended"])


def breakdowns(e: Edition, s: int, i: int) -> tuple[Breakdown, ...]:
    """Every breakdown that an indicator declares, for one subject."""
    id_ = e.report.indicators[i]
    of_months = (one for one in e.report.breakdowns if one.grain is Grain.MONTH and id_ in one.indicators)
    return tuple(one for one in (_breakdown(e, s, i, parts) for parts in of_months) if one is not None)


def _breakdown(e: Edition, s: int, i: int, of: Parts) -> Breakdown | None:
    k, now = of.indicators.index(e.report.indicators[i]), e.board.now
    values, reasons = of.value[s, k], of.reason[s, k]
    kept = [n for n in range(len(of.labels)) if int(reasons[n, now]) not in NEVER]
    if not kept:
        return None
    order = worst_first(values[kept, now], e.site.indicators[e.report.indicators[i]].direction)
    rows = [kept[n] for n in order]
    names = [_label(e, of.dimension, of.labels[n]) for n in rows]
    dimension = _dimension(e, of.dimension)
    words = e.t["breakdown"]
    title = words["title"].format(dimension=dimension)
    table = _table(e, i, (of.dimension, dimension, title), names, (values[rows], reasons[rows]), adds=of.additive[k])
    chart = _chart(e, i, f"by-{of.dimension}-chart", title, names, values[rows])
    return Breakdown(title, table, chart, _longer(e, (s, i), of, rows, names))


def _longer(e: Edition, at: tuple[int, int], of: Parts, rows: Sequence[int], names: Sequence[str]) -> Folded | None:
    """The report's quarter and year and the ones before them, in the order of the table of months."""
    s, i = at
    heads, lines = [], []
    for parts in (one for one in e.report.breakdowns if one.dimension == of.dimension and one.grain in LONGER):
        figures, newest = e.report.figures[parts.grain], e.report.period.at(parts.grain)
        if e.report.indicators[i] not in parts.indicators or newest not in figures.periods:
            continue
        now = figures.periods.index(newest)
        for t in range(max(now - 1, 0), now + 1):
            period = figures.periods[t]
            name, there = e.tongue.period(period), int(figures.provisional[s, i, t])
            heads.append((name, e.t["say"]["provisional"].format(n=there, m=period.months) if there else ""))
            lines.append(parts.value[s, parts.indicators.index(e.report.indicators[i]), rows, t])
    if not lines or all(np.isnan(line).all() for line in lines):
        return None
    column = e.common_column(i, np.concatenate(lines).tolist())
    columns = [_shown(e, column, line) for line in lines]
    dimension, unit = _dimension(e, of.dimension), e.t["say"]["head_unit"]
    named = [(unit.format(text=name, unit=column.head) if column.head else name, mark) for name, mark in heads]
    shown = [Head(f"{name} {mark}".strip(), "num") for name, mark in named]
    title = e.t["breakdown"]["longer"].format(dimension=dimension)
    some = [list(names)[:LONGEST], *(column[:LONGEST] for column in columns)]
    note = longest(e, len(some[0]), len(names))
    table = marks.table_of_columns(
        f"by-{of.dimension}-longer", title, [Head(dimension[:1].upper() + dimension[1:]), *shown], some, note=note
    )
    return Folded(title, table)


def _shown(e: Edition, column: Column, numbers: Floats) -> list[str]:
    missing = e.t["say"]["missing"]
    return [missing if n != n else e.tongue.number(column.steps(n), column.decimals) for n in numbers.tolist()]


def worst_first(values: Floats, direction: str) -> list[int]:
    """The positions of values from the worst to the best; where a range is wanted, from the highest; gaps last."""
    key = values if direction == "higher" else -values
    order: list[int] = np.argsort(key, kind="stable").tolist()
    return order


def _dimension(e: Edition, dimension: str) -> str:
    declared = [one.dimensions[dimension] for one in e.site.sources.values() if dimension in one.dimensions]
    return next((e.say(one.name) for one in declared if one.name), dimension)


def _label(e: Edition, dimension: str, label: str) -> str:
    if not label:
        return str(e.t["breakdown"]["unlabelled"])
    declared = [one.dimensions[dimension] for one in e.site.sources.values() if dimension in one.dimensions]
    return next((e.say(one.labels[label]) for one in declared if label in one.labels), label)


def _table(
    e: Edition,
    i: int,
    about: tuple[str, str, str],
    names: Sequence[str],
    cells: tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.int8]]],
    *,
    adds: bool,
) -> Table:
    values, reasons = cells
    now = e.board.now
    before = now - STEPS[e.site.indicators[e.report.indicators[i]].cadence]
    new, old = values[:, now], values[:, before] if before >= 0 else np.full(len(values), np.nan)
    column = e.common_column(i, [*new.tolist(), *old.tolist()])

    columns: list[Sequence[str]] = [list(names), _shown(e, column, new), _shown(e, column, old)]
    heads = [
        Head(about[1][:1].upper() + about[1][1:]),
        e.head("value", "num", column.head),
        e.head("previous", "num", column.head),
    ]
    changes, unit = _changes(e, i, column, new, old)
    columns.append(changes)
    heads.append(e.head("prior_period", "num", unit))
    whole = float(new.sum())
    if adds and whole > 0 and (new >= 0).all():
        columns.append([e.percent(n / whole, 1) for n in new.tolist()])
        heads.append(e.head("share", "num"))
    columns.append(charts.sparklines(values, np.full(len(values), np.nan), names))
    heads.append(e.head("trend", "chart"))
    if np.isnan(new).any():
        columns.append([reason_text(e, i, int(code)) if code else "" for code in reasons[:, now]])
        heads.append(e.head("reason"))
    some = [column[:LONGEST] for column in columns]
    return marks.table_of_columns(f"by-{about[0]}", about[2], heads, some, note=longest(e, len(some[0]), len(names)))


def _changes(e: Edition, i: int, column: Column, new: Floats, old: Floats) -> tuple[list[str], str]:
    """The changes since the period before, and the one unit of them all: growth where each can be told as growth."""
    known = ~np.isnan(new + old)
    if known.any() and (old[known] >= LEAST_BASE.get(e.plain_columns[i].unit.style, math.inf)).all():
        growth = [100 * (a / b - 1) if there else math.nan for a, b, there in _each(new, old)]
        return e.tongue.numbers(tenths(np.array(growth)).tolist(), 1, signed=True), str(e.t["units"]["pct"]["head"])
    steps = [column.steps(a) - column.steps(b) if there else None for a, b, there in _each(new, old)]
    return e.tongue.numbers(steps, column.decimals, signed=True), column.gap_head


def _each(new: Floats, old: Floats) -> list[tuple[float, float, bool]]:
    return list(zip(new.tolist(), old.tolist(), (~np.isnan(new + old)).tolist(), strict=True))


def _chart(e: Edition, i: int, id_: str, title: str, names: Sequence[str], values: Floats) -> Markup:
    """The course of each label on its own scale, in the order of the table."""
    column = e.common_column(i, values[:, e.board.now].tolist())
    series = tuple(
        SmallSeries(
            label=name,
            values=tuple([plotted.shown(column, v) for v in line]),
            target=None,
            statuses=("grey",) * len(line),
            display=e.t["say"]["missing"]
            if math.isnan(line[e.board.now])
            else e.tongue.figure(line[e.board.now], column),
        )
        for name, line in zip(names[:MOST_SMALL], values[:MOST_SMALL].tolist(), strict=True)
    )
    if len(series) < 2:
        return Markup()
    return charts.multiples(
        MultiplesChart(id_, title, column.head, e.month_labels, series, e.chart_texts, column.decimals)
    )
