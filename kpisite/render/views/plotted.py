"""Figures as charts show them: numbers in the unit of their column, gaps as None."""

import math

from markupsafe import Markup

from kpisite.evaluate.report import STATUSES
from kpisite.languages import Column
from kpisite.periods import Grain
from kpisite.release.vintages import first_values
from kpisite.render import charts
from kpisite.render.cells import Cell, Places, Raw, raw
from kpisite.render.charts import BulletChart, BulletRow, HistoryChart
from kpisite.render.due import month_due
from kpisite.render.edition import Edition
from kpisite.render.levels import levels
from kpisite.render.views.restated import of_figure

# A list longer than this shows the rows that need it most; the whole of it is in the data.
LONGEST = 100
# More bars than this are a table again; the worst come first.
MOST_BARS = 16


def shown(column: Column, value: float) -> float | None:
    """A number as the reader sees it, or a gap."""
    return None if math.isnan(value) else column.shown(column.steps(value))


def sparklines(e: Edition, at: Places) -> list[Markup]:
    """The course of figures over the shown months, for the cells of a table."""
    if len(e.board.products) > LONGEST:
        return _sparklines(e, at)
    # Each stands on two pages: that of its product and that of its indicator.
    places = list(zip(at.subjects.tolist(), at.indicators.tolist(), strict=True))
    kept: dict[tuple[int, int], Markup] = e.once(("sparklines",), dict)
    if not all(place in kept for place in places):
        kept.update(zip(places, _sparklines(e, at), strict=True))
    return [kept[place] for place in places]


def _sparklines(e: Edition, at: Places) -> list[Markup]:
    figures, names = e.board.months, e.indicators
    targets = figures.target[at.subjects, at.indicators, e.board.now]
    labels = [names[i] for i in at.indicators.tolist()]
    return charts.sparklines(figures.value[at.subjects, at.indicators], targets, labels)


def history(e: Edition, s: int, i: int, title: str) -> Markup:
    """A figure by month with its target, tolerance and limit."""
    found, figures = levels(e, s, Grain.MONTH), e.board.months
    row = found.rows[i]
    column, steps = found.columns[row], found.values[row].tolist()
    declared = e.site.indicators[e.report.indicators[i]]
    return charts.history(
        HistoryChart(
            id=f"history-{e.report.indicators[i]}",
            title=title,
            unit=column.head,
            periods=e.month_labels,
            values=_points(column, steps),
            targets=_points(column, found.targets[row].tolist()),
            targets_high=_points(column, found.highs[row].tolist()),
            tolerances=tuple([None if w != w else w / column.factor for w in figures.tolerance[s, i].tolist()]),
            direction=declared.direction,
            decimals=column.decimals,
            statuses=tuple([STATUSES[status] for status in figures.status[s, i].tolist()]),
            limit=declared.limit.value / column.factor if declared.limit else None,
            texts=e.chart_texts,
            displays=tuple(e.tongue.numbers(steps, column.decimals, missing=e.t["say"]["missing"])),
            published=_published(e, s, i, column),
            remark=e.t["restated"]["chart"] if of_figure(e, s, i) else "",
        )
    )


def _points(column: Column, steps: list[float]) -> tuple[float | None, ...]:
    power = 10.0**column.decimals
    return tuple([None if n != n else n / power for n in steps])


def _published(e: Edition, s: int, i: int, column: Column) -> tuple[float | None, ...]:
    """As first published, from the month before the first changed one to the month after the last, to join the line."""
    changed = of_figure(e, s, i)
    if not changed:
        return ()
    figures = e.board.months
    line = first_values(changed, figures.periods, figures.value[s, i])
    when = [t for t, period in enumerate(figures.periods) if any(one.period == period for one in changed)]
    near = {t + step for t in when for step in (-1, 0, 1)}
    return tuple(shown(column, value) if t in near else None for t, value in enumerate(line.tolist()))


def bullet(e: Edition, s: int, keys: tuple[int, ...], cells: list[Cell]) -> Markup:
    """The key indicators of a product against their targets, in the order of their table."""
    rows = tuple(
        _bullet_row(e, i, raw(e, s, i, month_due(e, s, i)), one)
        for i, one in zip(keys[:MOST_BARS], cells, strict=False)
    )
    return charts.bullet(BulletChart("bullet", e.t["scorecard"]["bullet"], rows, e.chart_texts)) if rows else Markup()


def _bullet_row(e: Edition, i: int, one: Raw, cell: Cell) -> BulletRow:
    def known(value: float) -> float | None:
        return None if math.isnan(value) else value

    return BulletRow(
        label=e.indicators[i],
        value=known(one.value),
        target=known(one.target),
        target_high=known(one.high),
        tolerance=known(one.tolerance),
        direction=e.site.indicators[e.report.indicators[i]].direction,
        display=cell.value,
        status=STATUSES[one.status],
        target_display=cell.target,
    )


def composite(e: Edition, s: int, title: str) -> Markup:
    """A composite by month against the limit from which it is on target."""
    scores, c = e.report.scores[Grain.MONTH], e.board.composite
    values = scores.score[s, c].tolist()
    limits = e.site.scoring.composite
    count = len(values)
    shown_scores = tuple([None if v != v else e.tongue.tenths(v) / 10 for v in values])
    return charts.history(
        HistoryChart(
            id="composite",
            title=title,
            unit="",
            periods=e.month_labels,
            values=shown_scores,
            targets=(limits.green,) * count,
            targets_high=(None,) * count,
            tolerances=(limits.green - limits.amber,) * count,
            direction="higher",
            decimals=1,
            statuses=tuple([STATUSES[code] for code in scores.status[s, c].tolist()]),
            limit=None,
            texts=e.chart_texts,
        )
    )
