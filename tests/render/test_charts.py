"""Charts: static drawings without style of their own, data that cannot become code, and live kinds that compile."""

import json
import math
import re
import time

import pytest
from markupsafe import Markup

from kpisite.render import charts_kinds
from kpisite.render.charts import (
    BulletChart,
    BulletRow,
    ChartTexts,
    HeatChart,
    HistoryChart,
    MultiplesChart,
    SmallSeries,
    WaterfallChart,
    WaterfallRow,
    bullet,
    heat,
    history,
    multiples,
    waterfall,
)
from kpisite.render.charts_model import domain, position, thinned, ticks

WORDS = ("value", "target", "tolerance", "limit", "period", "no_data", "green", "amber", "red", "grey")
TEXTS = ChartTexts(*WORDS, "status", "indicator", "product", "family", "score")


def a_history(values, **more):
    count = len(values)
    given = {
        "id": "nps",
        "title": "客户满意度",
        "unit": "%",
        "periods": tuple(f"2025-{at + 1:02d}" for at in range(count)),
        "values": tuple(values),
        "targets": (90.0,) * count,
        "targets_high": (None,) * count,
        "tolerances": (5.0,) * count,
        "direction": "higher",
        "decimals": 1,
        "statuses": ("green",) * count,
        "limit": None,
        "texts": TEXTS,
    }
    return HistoryChart(**given | more)


def a_row(value, direction="higher", target=90.0, high=None, tolerance=5.0):
    return BulletRow("NPS", value, target, high, tolerance, direction, str(value), "amber", str(target))


def block(figure):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', figure, re.DOTALL).group(1))


def path(figure, name):
    found = re.search(rf'<path class="{name}" d="([^"]*)"', figure)
    return found.group(1) if found else ""


FIGURES = {
    "history": history(a_history([88, None, 92.5], limit=80.0, statuses=("amber", "grey", "green"))),
    "bullet": bullet(BulletChart("key", "Key", (a_row(88), a_row(None), a_row(1, "range", 70, 100, 10)), TEXTS)),
    "heat": heat(
        HeatChart("h", "Heat", ("A", "B"), ("Risk and compliance", "增长"), ((90, None), (60, 101.5)),
                  (("amber", "grey"), ("red", "green")), TEXTS)
    ),
    "multiples": multiples(
        MultiplesChart("m", "NPS", "", ("2025-01", "2025-02"),
                       (SmallSeries("A & B", (1, 2), 1.5, ("red", "green"), "2"), SmallSeries("C", (None, 3), None, ("grey", "green"))),
                       TEXTS)
    ),
    "waterfall": waterfall(
        WaterfallChart("w", "Why", "points",
                       (WaterfallRow("Before", 0, 0, "level", "90.0"), WaterfallRow("A & B", 0, 2, "up", "+2.0"),
                        WaterfallRow("C", 2, 1, "down", "−1.0"), WaterfallRow("Together", 0, 1, "total", "+1.0"),
                        WaterfallRow("After", 1, 1, "level", "91.0")), TEXTS)
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FIGURES)
def test_a_static_chart_carries_no_style_and_says_what_it_is(kind):
    figure = FIGURES[kind]

    assert isinstance(figure, Markup)
    assert "style=" not in figure
    assert " fill=" not in figure
    assert 'role="img" aria-label="' in figure
    assert figure.count("<svg") == figure.count("</svg>")


@pytest.mark.parametrize("kind", FIGURES)
def test_a_chart_drawn_twice_is_the_same(kind):
    assert block(FIGURES[kind])["kind"] == kind
    assert set(block(FIGURES[kind])["words"]) >= {"value", "target", "statuses"}


def test_a_title_cannot_end_the_script_that_holds_the_data():
    figure = history(a_history([88], periods=("</script><b>\u2028",), title="<i> & </script>"))

    assert figure.count("</script>") == 1
    assert "\u2028" not in figure[figure.index("<script") :]
    assert block(figure)["data"]["series"]["period"] == ["</script><b>\u2028"]
    assert 'aria-label="&lt;i&gt; &amp; &lt;/script&gt;"' in figure


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_value_breaks_the_line_and_is_a_gap_in_the_data(missing):
    figure = history(a_history([88, 89, missing, 91]))

    assert path(figure, "line").count("M") == 2
    assert figure.count("<use ") == 3
    assert block(figure)["data"]["series"]["value"] == [88, 89, None, 91]


def test_points_are_shaped_by_status_not_only_coloured():
    figure = history(a_history([80, 87, 91], statuses=("red", "amber", "green")))

    assert re.findall(r'href="#mark-(\w+)" class="(\w+)"', figure) == [
        ("red", "red"), ("amber", "amber"), ("green", "green"),
    ]  # fmt: skip


def test_where_lower_is_better_the_red_band_lies_above_the_target():
    higher, lower = history(a_history([90] * 3)), history(a_history([90] * 3, direction="lower"))

    assert path(higher, "band-red").endswith("z") and "V180" in path(higher, "band-red")
    assert "V0" in path(lower, "band-red")


def test_a_range_has_bands_on_both_sides():
    figure = history(a_history([85], targets=(70.0,), targets_high=(100.0,), direction="range"))

    assert path(figure, "band-red").count("M") == 2
    assert path(figure, "target").count("M") == 2


def test_a_new_target_is_a_step_and_a_month_without_target_has_no_band():
    figure = history(a_history([1, 2, 3], targets=(None, 2.0, 3.0), tolerances=(None, 1.0, 1.0)))

    assert path(figure, "target").count("M") == 2
    assert path(figure, "band-amber").startswith("M333.3 ")


@pytest.mark.parametrize(("limit", "drawn"), [(94.0, True), (500.0, False), (None, False)])
def test_a_limit_is_drawn_only_where_it_does_not_press_the_line_flat(limit, drawn):
    figure = history(a_history([88, 91], limit=limit))

    assert bool(path(figure, "limit")) is drawn
    assert ("limit" in block(figure)["data"]["notes"]["text"]) is drawn


def test_words_at_the_edge_do_not_hide_each_other():
    figure = history(a_history([88, 91], limit=90.1))

    heights = sorted(float(y) for y in re.findall(r'class="note \w+"[^>]* y="([\d.]+)"', figure))

    assert heights[1] - heights[0] >= 13


def test_a_history_without_any_value_is_drawn_empty():
    figure = history(a_history([None, None], targets=(None, None), tolerances=(None, None)))

    assert "<use " not in figure
    assert not path(figure, "line")


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (a_row(90), 100), (a_row(85), 60), (a_row(92.5), 120), (a_row(999), 120), (a_row(0), 0),
        (a_row(95, "lower"), 60), (a_row(90, "lower"), 100), (a_row(80, "lower"), 120),
        (a_row(70, "range", 70, 100, 10), 100), (a_row(110, "range", 70, 100, 10), 60), (a_row(60, "range", 70, 100, 10), 60),
        (a_row(None), None), (a_row(90, target=None), None), (a_row(90, tolerance=None), None), (a_row(math.nan), None),
    ],
)  # fmt: skip
def test_a_bullet_stands_on_the_scale_of_the_score(row, place):
    assert position(row) == place


def test_all_targets_of_a_bullet_chart_stand_in_one_line():
    marks = path(FIGURES["bullet"], "mark")

    assert re.findall(r"M(\d+)", marks) == ["100", "100"]


def test_a_row_that_cannot_be_judged_keeps_its_words():
    figure = bullet(BulletChart("key", "Key", (a_row(None),), TEXTS))

    assert ">NPS</text>" in figure
    assert "band-" not in figure
    assert "<use " not in figure


def test_a_cell_of_the_heat_map_shows_glyph_and_score():
    assert "▲ 90.0" in FIGURES["heat"]
    assert ">○<" in FIGURES["heat"]


def test_a_cell_that_does_not_exist_is_left_out():
    figure = heat(HeatChart("h", "Heat", ("A",), ("X", "Y"), ((90, None),), (("amber", ""),), TEXTS))

    assert figure.count("<rect") == 1
    assert block(figure)["data"]["series"]["each"][0]["show"] == ["▲ 90.0", ""]


def test_a_long_heading_breaks_between_words():
    assert ">Risk and<" in FIGURES["heat"]
    assert ">compliance<" in FIGURES["heat"]


def test_small_multiples_share_their_periods():
    series = block(FIGURES["multiples"])["data"]["series"]

    assert series["period"] == ["2025-01", "2025-02"]
    assert [one["value"] for one in series["each"]] == [[1, 2], [None, 3]]
    assert "A &amp; B" in FIGURES["multiples"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (78, 91, ((80, 85, 90), 0)), (0.0, 1.0, ((0, 0.25, 0.5, 0.75, 1.0), 2)), (-3, 3, ((-2, 0, 2), 0)),
        (0.012, 0.019, ((0.012, 0.014, 0.016, 0.018), 3)), (0, 12_000_000, ((0, 5_000_000, 10_000_000), 0)),
    ],
)  # fmt: skip
def test_ticks_are_round(low, high, expected):
    assert ticks(low, high) == expected


def test_an_axis_of_one_value_has_air_around_it():
    low, high = domain([5.0, 5.0])

    assert low < 5 < high
    assert domain([0.0]) == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, ()), (1, (0,)), (4, (0, 1, 2, 3)), (12, (2, 5, 8, 11)), (36, (11, 23, 35)), (24, (5, 11, 17, 23))],
)
def test_labels_are_thinned_in_steps_of_the_calendar_and_end_with_the_last(count, shown):
    assert thinned(count) == shown


def test_drawing_a_history_is_quick():
    chart = a_history([90 + math.sin(at) for at in range(36)])
    history(chart)

    start = time.process_time()
    for _ in range(100):
        history(chart)

    # Ten times what it takes on a quiet machine: this catches a mistake, not a busy day.
    assert (time.process_time() - start) / 100 < 0.002


# ---------------------------------------------------------------------------------------------- live kinds


def filled(part, words):
    """What site.js does with the open places of a specification."""
    if isinstance(part, str) and part.startswith("@") and part[1:] in words:
        return words[part[1:]]
    if isinstance(part, str) and part.startswith("--"):
        return "#123456"
    if isinstance(part, list):
        return [filled(inner, words) for inner in part]
    if isinstance(part, dict):
        return {key: filled(inner, words) for key, inner in part.items()}
    return part


@pytest.fixture(scope="module")
def kinds():
    return charts_kinds.compiled()


@pytest.mark.parametrize("kind", FIGURES)
def test_every_open_place_of_a_kind_has_a_word(kinds, kind):
    vl_convert = pytest.importorskip("vl_convert")
    room = {"width": 600, "height": 200, "columns": 3, "gap": 30, "cell": 180}
    spec = filled(kinds[kind], room | block(FIGURES[kind])["words"])

    assert not re.findall(r'"@\w+"', json.dumps(spec))
    assert vl_convert.vegalite_to_vega(spec, vl_version="6.4")["marks"]


def test_no_kind_has_an_axis_of_time(kinds):
    assert '"temporal"' not in json.dumps(kinds)


def test_each_bar_of_a_waterfall_begins_where_the_one_before_it_ends():
    series = block(FIGURES["waterfall"])["data"]["series"]

    assert series["start"] == [0, 0, 2, 0, 1]
    assert series["end"] == [0, 2, 1, 1, 1]
    bars = re.findall(r'<path class="bar (?:up|down)" d="M([0-9.]+) [0-9.]+H([0-9.]+)', FIGURES["waterfall"])
    (up_from, up_to), (down_from, down_to) = [tuple(map(float, bar)) for bar in bars]
    assert up_from < up_to == down_to
    assert (up_to - up_from) == pytest.approx(2 * (down_to - down_from), abs=0.2)


@pytest.mark.parametrize(("way", "end"), [(2, "low"), (-2, "high")])
def test_a_waterfall_holds_zero_and_no_bar_of_it_is_cut_off(way, end):
    kind = "up" if way > 0 else "down"
    found = waterfall(
        WaterfallChart("w", "Why", "", (WaterfallRow("Before", 0, 0, "level", "90"),
                                        WaterfallRow("A", 0, way, kind, f"{way}"),
                                        WaterfallRow("Together", 0, way, "total", f"{way}"),
                                        WaterfallRow("After", way, way, "level", f"{90 + way}")), TEXTS)
    )  # fmt: skip

    words = block(found)["words"]
    assert words["ends"] == [0]
    assert words["low"] <= min(0, way) and max(0, way) <= words["high"]
    assert 0 in (words["low"], words["high"])
    assert f'class="tick {end}"' in found
    lengths = [
        abs(float(right) - float(left))
        for left, right in re.findall(r'<path class="bar [a-z]+" d="M([0-9.]+) [0-9.]+H([0-9.]+)', found)
    ]
    assert len(lengths) == 2 and lengths[0] == lengths[1] > 500  # the levels are numbers without a bar
