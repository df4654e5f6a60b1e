"""The live chart of natural variation and of what lies ahead, as charts_signal.py draws it still.

Altair is imported when the kind is built, and then only.
"""

from typing import Any

SIGNALS = ("common", "improvement", "concern", "neutral")
SHAPES = ("circle", "diamond", "triangle-down", "cross")
COLORS = ("--line", "--better", "--worse", "--target")
# Of an ordinary point, and of a signal. Where neither way is better signals are often many; their shape is enough.
SMALL, LARGE = 14, 60


def signal_chart() -> Any:  # noqa: ANN401 - Altair's charts have no common public type
    """The chart with its parameters, without its frame."""
    import altair as alt

    base, notes = alt.Chart(alt.NamedData("series")), alt.Chart(alt.NamedData("notes"))
    scale = alt.Scale(domain=["@low", "@high"], nice=False, zero=False)
    axis = alt.Axis(values=alt.ExprRef("ticks"), format="@decimals", title=None, labelPadding=6, grid=True)
    labels = alt.Axis(
        values=alt.ExprRef("labels"), title=None, labelAngle=0, labelPadding=6, labelOverlap=True, grid=False
    )
    x = alt.X("period:O", sort=None, axis=labels, scale=alt.Scale(padding=0))

    def y(field: str) -> Any:  # noqa: ANN401
        return alt.Y(f"{field}:Q", scale=scale, axis=axis)

    def level(field: str, color: str, test: str = "true", dash: tuple[int, ...] = ()) -> Any:  # noqa: ANN401
        return (
            base.transform_filter(f"isValid(datum.{field}) && {test}")
            .mark_rect(stroke=color, strokeWidth=1.25, strokeDash=list(dash), filled=False)
            .encode(x=x, y=y(field), y2=f"{field}:Q")
        )

    def shaped(channel: str, values: tuple[Any, ...]) -> Any:  # noqa: ANN401
        return getattr(alt, channel)("mark:N", scale=alt.Scale(domain=list(SIGNALS), range=list(values)), legend=None)

    hover = alt.selection_point(name="hover", fields=["period"], on="pointerover", clear="pointerout", empty=False)
    tooltip = [
        alt.Tooltip("period:O", title="@period"),
        alt.Tooltip("show:N", title="@value"),
        alt.Tooltip("word:N", title="@signal"),
    ]
    marks = {"shape": SHAPES, "stroke": COLORS, "fill": COLORS}
    is_small = "datum.mark === 'common' || datum.mark === 'neutral'"
    size = alt.condition(is_small, alt.value(SMALL), alt.value(LARGE))
    return alt.layer(
        base.mark_rule(color="--muted", strokeWidth=1).encode(
            x=x, opacity=alt.condition(hover, alt.value(0.6), alt.value(0))
        ),
        base.transform_filter("isValid(datum.fan_low)")
        .mark_area(color="--fan", clip=True)
        .encode(x=x, y=y("fan_low"), y2="fan_high:Q"),
        level("lower", "--bound", "!datum.trial"),
        level("upper", "--bound", "!datum.trial"),
        level("lower", "--bound", "datum.trial", (4, 3)),
        level("upper", "--bound", "datum.trial", (4, 3)),
        level("mean", "--bound"),
        level("target", "--target"),
        level("target_high", "--target"),
        base.mark_line(color="--line", strokeWidth=2).encode(x=x, y=y("value")),
        base.transform_filter("isValid(datum.expected)")
        .mark_line(color="--line", strokeWidth=2, strokeDash=[5, 4])
        .encode(x=x, y=y("expected")),
        base.transform_filter("isValid(datum.value)")
        .mark_point(strokeWidth=1.2, opacity=1)
        .encode(x=x, y=y("value"), size=size, **{name: shaped(name.title(), values) for name, values in marks.items()}),
        notes.mark_text(align="left", baseline="middle", dx=8, fontSize=11, color="--muted").encode(
            x=alt.value("width"), y=y("at"), text="text:N"
        ),
        base.transform_calculate(word="words[datum.mark]")
        .mark_rect(opacity=0)
        .encode(x=x, tooltip=tooltip)
        .add_params(hover),
    ).add_params(
        alt.param(name="words", value="@words"),
        alt.param(name="ticks", value="@ticks"),
        alt.param(name="labels", value="@labels"),
    )
