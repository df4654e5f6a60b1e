"""The charts of a page: a static SVG to read at once and to print, and the data from which the live chart is drawn.

The live chart of each kind is one Vega-Lite specification for the whole site (charts_kinds.py); a page carries only
data and words. In a specification a string "@word" stands for that word or number of the figure's block, and
"--name" for the colour that the style sheet gives that name: so one kind serves every language, light and dark.

A table of the block is a mapping of columns; a column with one value for all rows is that value. Under "each" stand
further columns, table by table: the rows of all of them, each beside the columns that they share.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from kpisite.render import charts_history, charts_signal, charts_static, charts_waterfall
from kpisite.render.charts_model import (
    STATUSES,
    BulletChart,
    BulletRow,
    ChartTexts,
    HeatChart,
    HistoryChart,
    MultiplesChart,
    SmallSeries,
    WaterfallChart,
    WaterfallRow,
    gaps,
    position,
)
from kpisite.render.charts_peers import PeerLine, PeersChart, peers_block, peers_still
from kpisite.render.charts_signal import SignalChart
from kpisite.render.charts_spark import sparklines

__all__ = [
    "BulletChart",
    "BulletRow",
    "ChartTexts",
    "HeatChart",
    "HistoryChart",
    "MultiplesChart",
    "PeerLine",
    "PeersChart",
    "SignalChart",
    "SmallSeries",
    "WaterfallChart",
    "WaterfallRow",
    "bullet",
    "figure",
    "heat",
    "history",
    "multiples",
    "peers",
    "signal",
    "sparklines",
    "waterfall",
]


def history(chart: HistoryChart) -> Markup:
    """One figure over time: line with gaps, target, tolerance bands, limit, and a point per period shaped by status."""
    plan = charts_history.plan(chart)
    words = {
        "direction": chart.direction,
        "left": charts_history.room(plan),
        "low": plan.axis.low,
        "high": plan.axis.high,
        "ticks": plan.ticks,
        "decimals": f",.{plan.decimals}f",
        "number": f",.{chart.decimals}f",
        "labels": [chart.periods[at] for at in plan.shown],
    }
    series = {
        "value": plan.values,
        "show": chart.displays or None,
        "target": _once(plan.targets),
        "target_high": _once(plan.targets_high),
        "tolerance": _once(plan.tolerances),
        "status": _once(chart.statuses),
    } | ({"published": gaps(chart.published)} if chart.published else {})
    notes = {
        "at": [round(plan.axis.value(note.y), 9) for note in plan.notes],
        "level": [note.level for note in plan.notes],
        "text": [note.text for note in plan.notes],
        "kind": [note.kind for note in plan.notes],
    }
    still = charts_history.still(chart, plan)
    data = _object({"series": _joined(_shared("period", chart.periods), _json(series)), "notes": _json(notes)})
    words_ = _joined(_json(words), _words(chart.texts))
    name = "history wide" if charts_history.wide(plan) else "history"
    caption = _caption(chart.title, chart.unit, chart.remark)
    return figure(name, chart.id, caption, still, _block("history", words_, data))


def signal(chart: SignalChart) -> Markup:
    """Signal or noise, or what lies ahead: mean, limits and target, or a dashed forecast in its fan."""
    plan = charts_signal.signal_plan(chart)
    words = {
        "left": plan.room,
        "low": plan.axis.low,
        "high": plan.axis.high,
        "ticks": plan.ticks,
        "decimals": f",.{plan.decimals}f",
        "labels": [chart.periods[at] for at in plan.shown],
    }
    notes = {
        "at": [round(plan.axis.value(note.y), 9) for note in plan.notes],
        "text": [note.text for note in plan.notes],
    }
    series = {name: _once(column) for name, column in charts_signal.signal_series(chart).items()}
    data = _object({"series": _joined(_shared("period", chart.periods), _json(series)), "notes": _json(notes)})
    name = "history wide" if plan.wide else "history"
    still = charts_signal.still(chart, plan)
    words_ = _joined(_json(words), _signal_words(tuple(chart.words.items())))
    return figure(name, chart.id, _caption(chart.title, chart.unit), still, _block("signal", words_, data))


def bullet(chart: BulletChart) -> Markup:
    """Several figures against their targets, on the scale of the score, so that all targets lie on one line."""
    places = [position(row) for row in chart.rows]
    series = {
        "row": list(range(len(chart.rows))),
        "label": [row.label for row in chart.rows],
        "place": [None if place is None else round(place, 2) for place in places],
        "show": [row.display for row in chart.rows],
        "goal": [row.target_display for row in chart.rows],
        "status": [row.status for row in chart.rows],
    }
    still = charts_static.bullet(chart, places)
    block = _block("bullet", _words(chart.texts), _json({"series": series}))
    return figure("bullet", chart.id, _caption(chart.title), still, block)


def heat(chart: HeatChart) -> Markup:
    """Scores by row and column: glyph, number and tint."""
    headings = [charts_static.lines(column) for column in chart.columns]
    each = [
        {
            "row": row,
            "status": statuses,
            "show": [charts_static.in_cell(*cell) for cell in zip(gaps(scores), statuses, strict=True)],
        }
        for row, scores, statuses in zip(chart.rows, chart.scores, chart.statuses, strict=True)
    ]
    upper, lower = [upper for upper, _ in headings], [lower for _, lower in headings]
    series = {"column": chart.columns, "upper": upper, "lower": lower, "each": each}
    still = charts_static.heat(chart)
    block = _block("heat", _words(chart.texts), _json({"series": series}))
    return figure("heat", chart.id, _caption(chart.title), still, block)


def multiples(chart: MultiplesChart) -> Markup:
    """One small line for each subject: the same periods for all, each on its own scale."""
    each = [
        {
            "order": order,
            "head": f"{small.label}\n{small.display}",
            "value": gaps(small.values),
            "target": small.target,
            "status": _once(small.statuses),
        }
        for order, small in enumerate(chart.series)
    ]
    words = {"number": f",.{chart.decimals}f", "last": chart.periods[-1] if chart.periods else ""}
    caption = _caption(chart.title, chart.unit, charts_static.span(chart.periods))
    data = _object({"series": _joined(_shared("period", chart.periods), _json({"each": each}))})
    block = _block("multiples", _joined(_json(words), _words(chart.texts)), data)
    return figure("multiples", chart.id, caption, charts_static.multiples(chart), block)


def waterfall(chart: WaterfallChart) -> Markup:
    """How one level became another: the changes and their sum on a scale that holds zero, the levels as numbers."""
    on = charts_waterfall.scale(chart)
    series = {
        "row": list(range(len(chart.rows))),
        "label": [row.label for row in chart.rows],
        "start": [row.start for row in chart.rows],
        "end": [row.end for row in chart.rows],
        "kind": [row.kind for row in chart.rows],
        "show": [row.display for row in chart.rows],
    }
    words = _json({"low": on.low, "high": on.high, "ends": [0]})
    block = _block("waterfall", _joined(words, _words(chart.texts)), _json({"series": series}))
    # The heading above says what it shows; the caption what it is measured in.
    return figure("waterfall", chart.id, _caption(chart.unit), charts_waterfall.still(chart), block)


def peers(chart: PeersChart) -> Markup:
    """A figure beside its competitors: one line each, named at its end."""
    words, data = peers_block(chart)
    block = _block("peers", _json(words), _json(data))
    return figure("peers", chart.id, _caption(chart.title, chart.unit), peers_still(chart), block)


# The parts of a block are put together as JSON text, because some of them are the same on every page.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _object(parts: Mapping[str, str]) -> str:
    return "{" + ",".join([f'"{name}":{part}' for name, part in parts.items()]) + "}"


def _joined(first: str, second: str) -> str:
    """Two objects as one."""
    return f"{first[:-1]},{second[1:]}"


@cache
def _shared(name: str, column: tuple[str, ...]) -> str:
    """A column that many charts have in common."""
    return _json({name: column})


@cache
def _signal_words(pairs: tuple[tuple[str, str], ...]) -> str:
    """The words of a signal chart: all of them under one name, and some on their own."""
    words = dict(pairs)
    return _json({"words": words} | {name: words[name] for name in ("period", "value", "signal")})


def _block(kind: str, words: str, data: str) -> str:
    """What the live chart of this kind is drawn from."""
    return _object({"kind": _json(kind), "words": words, "data": data})


def figure(name: str, id_: str, caption: Markup, still: Markup, block: str) -> Markup:
    """A whole <figure>: caption, static chart, and the block that the live chart is drawn from."""
    return Markup(
        f'<figure class="chart chart-{name}" id="{escape(id_)}"><figcaption>{caption}</figcaption>'
        f'<div class="still">{still}</div>'
        f'<script type="application/json">{_in_script(block)}</script></figure>'
    )


def _in_script(text: str) -> str:
    """JSON that cannot end its own <script> element."""
    text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _caption(title: str, *remarks: str) -> Markup:
    marked = [f' <span class="unit">{escape(remark)}</span>' for remark in remarks if remark]
    return Markup(f"{escape(title)}{''.join(marked)}")


def _once(column: Sequence[Any]) -> Any:  # noqa: ANN401 - a column holds what its field is
    """A column that never changes, written once."""
    return column[0] if column and column.count(column[0]) == len(column) else column


@cache
def _words(texts: ChartTexts) -> str:
    names = ("value", "target", "limit", "period", "status", "indicator", "product", "family", "score")
    words: dict[str, Any] = {name: getattr(texts, name) for name in names}
    return _json(words | {"statuses": {status: texts.word(status) for status in STATUSES}})
