"""The live charts, one Altair chart for each kind, made once for a whole site and filled with data in the browser.

Altair is imported when a kind is built, and then only. Axes of time are ordinal: labels are the site's own strings,
and no time zone can move a month. The layout is fixed (autosize none), so that the fonts of a machine cannot change it.
"""

from collections.abc import Callable
from typing import Any

from kpisite.render import charts_waterfall
from kpisite.render.charts_history import BOTTOM, ROOM, TOP
from kpisite.render.charts_kinds_signals import signal_chart
from kpisite.render.charts_model import AT_RISK, FULL, ON_TARGET, STATUSES
from kpisite.render.charts_static import HEAD, HEADINGS, ROW_LABELS, SMALL

Spec = dict[str, Any]

# The room to the right of the plot of a history chart, as the style sheet leaves it beside the static one.
RIGHT = 58
# The same where whole names stand there.
NAMES = 128
SHAPES = ("circle", "triangle-up", "square", "circle")
COLORS = tuple(f"--{status}" for status in STATUSES)
# A figure without judgement is a hollow point.
FILLS = (*COLORS[:3], "--surface")


def compiled() -> dict[str, Spec]:
    """Every kind as a Vega-Lite specification with places left open for words ("@word") and colours ("--name")."""
    return {name: build() for name, build in KINDS.items()}


def _history() -> Spec:
    import altair as alt

    series, notes = alt.NamedData("series"), alt.NamedData("notes")
    scale = alt.Scale(domain=["@low", "@high"], nice=False, zero=False)
    axis = alt.Axis(values=alt.ExprRef("ticks"), format="@decimals", title=None, labelPadding=6, grid=True)
    labels = alt.Axis(
        values=alt.ExprRef("labels"), title=None, labelAngle=0, labelPadding=6, labelOverlap=True, grid=False
    )
    x = alt.X("period:O", sort=None, axis=labels, scale=alt.Scale(padding=0))

    def y(field: str) -> Any:  # noqa: ANN401 - Altair's channels have no common public type
        return alt.Y(f"{field}:Q", scale=scale, axis=axis)

    def band(name: str, test: str, start: str, end: str) -> Any:  # noqa: ANN401
        return (
            alt.Chart(series)
            .transform_filter(f"{test} && isValid(datum.target) && isValid(datum.tolerance)")
            .transform_calculate(start=start, end=end)
            .mark_rect(color=name, stroke=name, strokeWidth=1, clip=True)
            .encode(x=x, y=y("start"), y2="end:Q")
        )

    top = "(isValid(datum.target_high) ? datum.target_high : datum.target)"
    below, above = "direction !== 'lower'", "direction !== 'higher'"
    hover = alt.selection_point(name="hover", fields=["period"], on="pointerover", clear="pointerout", empty=False)
    tooltip = [
        alt.Tooltip("period:O", title="@period"),
        alt.Tooltip("show:N", title="@value"),
        alt.Tooltip("goal:N", title="@target"),
        alt.Tooltip("word:N", title="@status"),
    ]
    base = alt.Chart(series)
    goal = "isValid(datum.target_high) ? format(datum.target, number) + '–' + format(datum.target_high, number)"

    def level(field: str) -> Any:  # noqa: ANN401
        return (
            base.transform_filter(f"isValid(datum.{field})")
            .mark_rect(stroke="--target", strokeWidth=1.5, filled=False)
            .encode(x=x, y=y(field), y2=f"{field}:Q")
        )

    # The first layer has every period, so that the axis keeps their order when the filtered ones join it.
    return _fitted(
        alt.layer(
            base.mark_rule(color="--muted", strokeWidth=1).encode(
                x=x, opacity=alt.condition(hover, alt.value(0.6), alt.value(0))
            ),
            band("--band-amber", below, "datum.target - datum.tolerance", "datum.target"),
            band("--band-red", below, "low", "datum.target - datum.tolerance"),
            band("--band-amber", above, top, f"{top} + datum.tolerance"),
            band("--band-red", above, f"{top} + datum.tolerance", "high"),
            alt.Chart(notes)
            .transform_filter("datum.kind === 'limit'")
            .mark_rule(color="--limit", strokeWidth=1.5, strokeDash=[5, 3])
            .encode(y=y("level")),
            level("target"),
            level("target_high"),
            base.mark_line(color="--line", strokeWidth=1.5, strokeDash=[4, 3]).encode(x=x, y=y("published")),
            base.mark_line(color="--line", strokeWidth=2).encode(x=x, y=y("value")),
            base.transform_filter("isValid(datum.value)")
            .mark_point(size=38, strokeWidth=1.2, opacity=1)
            .encode(x=x, y=y("value"), **_by_status()),
            alt.Chart(notes)
            .mark_text(align="left", baseline="middle", dx=8, fontSize=11)
            .encode(x=alt.value("width"), y=y("at"), text="text:N", color=_note_color()),
            base.transform_calculate(
                word="statuses[datum.status]",
                show="datum.show || (isValid(datum.value) ? format(datum.value, number) : '')",
                goal=f"{goal} : isValid(datum.target) ? format(datum.target, number) : ''",
            )
            .mark_rect(opacity=0)
            .encode(x=x, tooltip=tooltip)
            .add_params(hover),
        ).add_params(
            _statuses(),
            alt.param(name="number", value="@number"),
            alt.param(name="direction", value="@direction"),
            alt.param(name="low", value="@low"),
            alt.param(name="high", value="@high"),
            alt.param(name="ticks", value="@ticks"),
            alt.param(name="labels", value="@labels"),
        ),
        padding={"left": "@left", "right": RIGHT, "top": TOP, "bottom": BOTTOM},
    )


def _signal() -> Spec:
    return _fitted(signal_chart(), padding={"left": "@left", "right": RIGHT, "top": TOP, "bottom": BOTTOM})


def _bullet() -> Spec:
    import altair as alt

    judged = alt.Chart(alt.NamedData("series")).transform_filter("isValid(datum.place)")
    every = alt.Chart(alt.NamedData("series"))
    rows = alt.Y("row:O", sort=None, axis=None, scale=alt.Scale(padding=0))
    scale = alt.Scale(domain=[0, FULL], nice=False)
    axis = alt.Axis(orient="top", values=[ON_TARGET], labelExpr="head", title=None, grid=False, labelPadding=8)
    tooltip = [
        alt.Tooltip("label:N", title="@indicator"),
        alt.Tooltip("show:N", title="@value"),
        alt.Tooltip("goal:N", title="@target"),
        alt.Tooltip("word:N", title="@status"),
    ]

    def zone(name: str, start: float, end: float) -> Any:  # noqa: ANN401
        x = alt.XDatum(start, type="quantitative", scale=scale, axis=axis)
        return judged.mark_bar(size=10, yOffset=5, color=name).encode(y=rows, x=x, x2=alt.X2Datum(end))

    place = alt.X("place:Q", scale=scale, axis=axis)
    line = alt.XDatum(ON_TARGET, type="quantitative", scale=scale, axis=axis)
    return _fitted(
        alt.layer(
            zone("--band-red", 0, AT_RISK),
            zone("--band-amber", AT_RISK, ON_TARGET),
            zone("--band-green", ON_TARGET, FULL),
            judged.mark_bar(size=4, yOffset=5).encode(y=rows, x=place, color=_scaled("Color", COLORS)),
            judged.mark_tick(orient="vertical", size=16, thickness=2, yOffset=5, color="--ink").encode(y=rows, x=line),
            judged.mark_point(size=46, strokeWidth=1.2, yOffset=5, opacity=1).encode(y=rows, x=place, **_by_status()),
            every.mark_text(align="left", baseline="alphabetic", yOffset=-7, fontSize=13, color="--ink").encode(
                y=rows, x=alt.value(0), text="label:N"
            ),
            every.mark_text(align="right", baseline="alphabetic", yOffset=-7, fontSize=13, color="--ink").encode(
                y=rows, x=alt.value("width"), text="show:N"
            ),
            every.transform_calculate(word="statuses[datum.status]")
            .mark_rect(opacity=0)
            .encode(y=rows, tooltip=tooltip),
        ).add_params(alt.param(name="head", value="@target"), _statuses()),
        padding={"left": 0, "right": 0, "top": HEAD, "bottom": 0},
    )


def _heat() -> Spec:
    import altair as alt

    base = alt.Chart(alt.NamedData("series"))
    cells = base.transform_filter("datum.status")
    left = alt.ExprRef(f"width * {ROW_LABELS / 100}")
    scale = alt.Scale(range=[left, alt.ExprRef("width")], padding=0.02)
    x = alt.X("column:O", sort=None, scale=scale, axis=None)
    y = alt.Y("row:O", sort=None, axis=None, scale=alt.Scale(padding=0.05))
    tooltip = [
        alt.Tooltip("row:N", title="@product"),
        alt.Tooltip("column:N", title="@family"),
        alt.Tooltip("show:N", title="@score"),
        alt.Tooltip("word:N", title="@status"),
    ]
    tints = tuple(f"--tint-{status}" for status in STATUSES)
    texts = tuple(f"--text-{status}" for status in STATUSES)
    # The headings come first: they have every row and column, and so keep their order.
    return _fitted(
        alt.layer(
            base.transform_aggregate(groupby=["row"])
            .mark_text(align="left", fontSize=13, color="--ink")
            .encode(x=alt.value(0), y=y, text="row:N"),
            *[
                base.transform_aggregate(groupby=["column", line])
                .mark_text(fontSize=11, color="--muted", baseline="alphabetic")
                .encode(x=x, y=alt.value(above), text=f"{line}:N")
                for line, above in (("upper", -22), ("lower", -9))
            ],
            cells.transform_calculate(word="statuses[datum.status]")
            .mark_rect()
            .encode(x=x, y=y, color=_scaled("Color", tints), tooltip=tooltip),
            cells.mark_text(fontSize=12, tooltip=None).encode(x=x, y=y, text="show:N", color=_scaled("Color", texts)),
        )
        .add_params(_statuses())
        .resolve_scale(color="independent"),
        padding={"left": 0, "right": 0, "top": HEADINGS, "bottom": 0},
    )


def _multiples() -> Spec:
    import altair as alt

    series = alt.NamedData("series")
    x = alt.X("period:O", sort=None, axis=None, scale=alt.Scale(padding=0))
    base = alt.Chart().encode(x=x)
    y = alt.Y("value:Q", axis=None, scale=alt.Scale(zero=False, nice=False, padding=6))
    tooltip = [
        alt.Tooltip("period:O", title="@period"),
        alt.Tooltip("show:N", title="@value"),
        alt.Tooltip("word:N", title="@status"),
    ]
    layers = alt.layer(
        base.transform_filter("isValid(datum.target)")
        .mark_rect(stroke="--target", strokeWidth=1, filled=False)
        .encode(y=alt.Y("target:Q", axis=None), y2="target:Q"),
        base.mark_line(color="--line", strokeWidth=1.75).encode(y=y),
        base.transform_filter(
            "isValid(datum.value) && (datum.period === last || datum.status === 'red' || datum.status === 'amber')"
        )
        .mark_point(size=28, strokeWidth=1, opacity=1)
        .encode(y=y, **_by_status()),
        base.transform_calculate(
            word="statuses[datum.status]", show="isValid(datum.value) ? format(datum.value, number) : ''"
        )
        .mark_rect(opacity=0)
        .encode(tooltip=tooltip),
        data=series,
    )
    # Name and number stand below each other and end with their column, so that no name widens it.
    lines = "split(datum.label, '\\n')"
    header = alt.Header(
        title=None,
        labelExpr=lines,
        labelAnchor="start",
        labelFontSize=13,
        labelLineHeight=17,
        labelColor="--ink",
        labelPadding=4,
    )
    order = alt.EncodingSortField("order", op="min", order="ascending")
    chart = layers.facet(facet=alt.Facet("head:N", sort=order, header=header), columns=1)
    numbers = [alt.param(name=name, value=f"@{name}") for name in ("number", "last")]
    spec = _plain(chart.resolve_scale(y="independent").add_params(_statuses(), *numbers))
    spec["padding"] = 0
    spec["columns"] = "@columns"
    spec["facet"]["header"]["labelLimit"] = "@cell"
    spec["spacing"] = {"row": 14, "column": "@gap"}
    spec["spec"] |= {"width": "@cell", "height": SMALL}
    return spec


def _waterfall() -> Spec:
    import altair as alt

    series = alt.Chart(alt.NamedData("series"))
    rows = alt.Y("row:O", sort=None, axis=None, scale=alt.Scale(padding=0))
    scale = alt.Scale(domain=["@low", "@high"], nice=False, zero=False)
    axis = alt.Axis(
        orient="top",
        values=alt.ExprRef("ends"),
        format="d",
        title=None,
        grid=True,
        gridColor="--muted",
        labelPadding=2,
        labelFlush=True,
    )
    x = alt.X("start:Q", scale=scale, axis=axis)
    tooltip = [alt.Tooltip("label:N", title="@indicator"), alt.Tooltip("show:N", title="@score")]
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(charts_waterfall.KINDS), range=["--line", "--green", "--red"]),
        legend=None,
    )
    is_level = f"datum.kind == '{charts_waterfall.LEVEL}'"
    moves = series.transform_filter(f"!({is_level})")
    tick = moves.mark_tick(orient="vertical", size=charts_waterfall.BAR, thickness=1, yOffset=6, color="--ink")
    letters: dict[str, Any] = {"baseline": "alphabetic", "yOffset": -5, "fontSize": 13, "color": "--ink"}
    letters["fontWeight"] = alt.expr(f"{is_level} ? 700 : 400")
    return _fitted(
        alt.layer(
            series.mark_bar(size=charts_waterfall.BAR, yOffset=6).encode(y=rows, x=x, x2="end:Q", color=color),
            tick.encode(y=rows, x=alt.X("end:Q", scale=scale, axis=axis)),
            series.mark_text(align="left", **letters).encode(y=rows, x=alt.value(0), text="label:N"),
            series.mark_text(align="right", **letters).encode(y=rows, x=alt.value("width"), text="show:N"),
            series.mark_rect(opacity=0).encode(y=rows, tooltip=tooltip),
        ).add_params(alt.param(name="ends", value="@ends")),
        padding={"left": 0, "right": 0, "top": charts_waterfall.HEAD, "bottom": 0},
    )


def _peers() -> Spec:
    import altair as alt

    series, notes = alt.NamedData("series"), alt.NamedData("notes")
    scale = alt.Scale(domain=["@low", "@high"], nice=False, zero=False)
    axis = alt.Axis(values=alt.ExprRef("ticks"), format="@decimals", title=None, labelPadding=6, grid=True)
    labels = alt.Axis(
        values=alt.ExprRef("labels"), title=None, labelAngle=0, labelPadding=6, labelOverlap=True, grid=False
    )
    x = alt.X("period:O", sort=None, axis=labels, scale=alt.Scale(padding=0))
    y = alt.Y("value:Q", scale=scale, axis=axis)
    base = alt.Chart(series)
    tooltip = [
        alt.Tooltip("who:N", title="@competitor"),
        alt.Tooltip("period:O", title="@period"),
        alt.Tooltip("show:N", title="@value"),
    ]

    def line(kind: str, color: str, width: float, dash: list[int]) -> Any:  # noqa: ANN401
        own = base.transform_filter(f"datum.kind === '{kind}'")
        return own.mark_line(color=color, strokeWidth=width, strokeDash=dash).encode(x=x, y=y, detail="who:N")

    kinds = ["own", "peer", "estimate", "market"]
    color = alt.Color(
        "kind:N", scale=alt.Scale(domain=kinds, range=["--ink", "--muted", "--muted", "--muted"]), legend=None
    )
    return _fitted(
        alt.layer(
            # Every period first, so that the axis keeps their order.
            base.mark_rule(opacity=0).encode(x=x),
            line("peer", "--muted", 1.5, [1, 0]),
            line("estimate", "--muted", 1.5, [2, 3]),
            line("market", "--target", 1.5, [6, 3]),
            line("own", "--line", 2.5, [1, 0]),
            alt.Chart(notes)
            .mark_text(align="left", baseline="middle", dx=8, fontSize=11)
            .encode(x=alt.value("width"), y=alt.Y("at:Q", scale=scale, axis=axis), text="text:N", color=color),
            base.transform_filter("isValid(datum.value)")
            .mark_point(size=200, opacity=0, filled=True)
            .encode(x=x, y=y, tooltip=tooltip),
        ).add_params(alt.param(name="ticks", value="@ticks"), alt.param(name="labels", value="@labels")),
        padding={"left": ROOM, "right": NAMES, "top": TOP, "bottom": BOTTOM},
    )


def _by_status() -> dict[str, Any]:
    """Shape and colour of a point, both by status: colour is never the only sign."""
    return {
        "shape": _scaled("Shape", SHAPES),
        "stroke": _scaled("Stroke", COLORS),
        "fill": _scaled("Fill", FILLS),
    }


def _scaled(channel: str, of: tuple[str, ...]) -> Any:  # noqa: ANN401
    import altair as alt

    scale = alt.Scale(domain=list(STATUSES), range=list(of))
    return getattr(alt, channel)("status:N", scale=scale, legend=None)


def _statuses() -> Any:  # noqa: ANN401
    import altair as alt

    return alt.param(name="statuses", value="@statuses")


def _note_color() -> Any:  # noqa: ANN401
    import altair as alt

    return alt.Color("kind:N", scale=alt.Scale(domain=["target", "limit"], range=["--muted", "--limit"]), legend=None)


def _fitted(chart: Any, padding: dict[str, int | str]) -> Spec:  # noqa: ANN401
    """A chart that fills the room of its static drawing."""
    return _plain(chart) | {"width": "@width", "height": "@height", "padding": padding, "autosize": {"type": "none"}}


def _plain(chart: Any) -> Spec:  # noqa: ANN401
    spec: Spec = chart.to_dict()
    spec["config"] = CONFIG
    return spec


KINDS: dict[str, Callable[[], Spec]] = {
    "bullet": _bullet,
    "heat": _heat,
    "history": _history,
    "multiples": _multiples,
    "waterfall": _waterfall,
    "peers": _peers,
    "signal": _signal,
}

CONFIG: Spec = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "labelColor": "--muted",
        "labelFontSize": 11,
        "gridColor": "--grid",
        "gridWidth": 1,
    },
}
