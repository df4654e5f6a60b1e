"""Signals against the published values, against an independent implementation, and on real data."""

import csv
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.limits import STATES, average_range, limits, moving_ranges
from kpisite.evaluate.report import ASSURANCES, VARIATIONS
from kpisite.evaluate.rules import RULES, apply, pattern
from kpisite.evaluate.signals import signals
from kpisite.periods import Grain, parse
from tests.evaluate.plain_signals import chart
from tests.factories import a_report, a_site, an_indicator

# The series that NHSRplotthedots prints limits for.
PRINTED = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
examples = settings(max_examples=500, deadline=None)


def charts(rows, low=math.nan, high=math.nan):
    """Limits, causal rules and patterns of many series of one segment."""
    values = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float64)
    segment = np.zeros(values.shape, dtype=np.int8)
    found = limits(values, segment, (np.full(len(values), low), np.full(len(values), high)))
    return found, apply(values, segment, found), pattern(values, segment, found)


def named(found, n):
    return [(RULES[rule], way) for rule, way in zip(found.rule[n].tolist(), found.direction[n].tolist(), strict=True)]


def agrees(row, found, n, low=None, high=None):
    """Is series n of these charts what the plain implementation says?"""
    drawn, said, marked = found
    plain = chart(row, low, high)
    assert STATES[drawn.state[n, 0]] == plain.state
    assert named(said, n) == plain.said
    assert named(marked, n) == plain.drawn
    if plain.state != "none":
        for ours, theirs in ((drawn.mean, plain.mean), (drawn.lower, plain.lower), (drawn.upper, plain.upper)):
            assert ours[n, -1] == pytest.approx(float(theirs), rel=1e-9, abs=1e-12)


def test_limits_are_those_that_are_published():
    drawn, _, _ = charts([PRINTED])

    assert [round(float(x[0, 0]), 2) for x in (drawn.upper, drawn.mean, drawn.lower)] == [4.60, 1.94, -0.72]
    assert drawn.spread[0, 0] == pytest.approx(1.0)


def test_without_screening_the_average_range_is_the_published_one():
    ranges = moving_ranges(np.array([PRINTED], dtype=np.float64))

    assert np.nanmean(ranges) == pytest.approx(1.882, abs=5e-4)
    assert average_range(ranges)[0] == 1.0
    assert np.mean(PRINTED) + 2.66 * np.nanmean(ranges) == pytest.approx(6.952, abs=5e-4)


@pytest.mark.parametrize(
    ("count", "state"),
    [(7, "none"), (8, "trial"), (12, "trial"), (13, "firm"), (23, "firm"), (24, "locked"), (60, "locked")],
)
def test_limits_need_points(count, state):
    drawn, _, _ = charts([[1.0, 2.0] * 40][:1])
    few, _, _ = charts([([1.0, 2.0] * 40)[:count]])

    assert STATES[few.state[0, 0]] == state
    assert STATES[drawn.state[0, 0]] == "locked"


def test_locked_limits_do_not_move():
    start = [10 + (k * 7 % 5) for k in range(24)]
    before, _, _ = charts([start])
    after, said, _ = charts([[*start, 40, 41, 42]])

    assert before.upper[0, 0] == after.upper[0, 0]
    assert named(said, 0)[-1] == ("outside", 1)


def test_a_constant_series_takes_any_other_value_as_a_signal():
    _, said, _ = charts([[0.1] * 24 + [0.1, 0.2, 0.1]])

    assert named(said, 0)[24:] == [("", 0), ("outside", 1), ("", 0)]


def test_a_gap_breaks_every_run():
    whole = [10, 10.5] * 12 + [11, 11, 11, 11, 11, 11, 11]
    with_gap = [*whole[:-3], None, *whole[-3:]]

    assert named(charts([whole])[1], 0)[-1] == ("shift", 1)
    assert named(charts([with_gap])[1], 0)[-1] == ("", 0)


def test_a_point_on_the_mean_breaks_a_run():
    _, said, _ = charts([[9, 11] * 12 + [10.2] * 3 + [10] + [10.2] * 6])

    assert [rule for rule, _ in named(said, 0)[24:]] == [""] * 10


def test_a_clipped_side_cannot_signal_outside():
    row = [98, 99, 98, 99] * 6 + [100.0]

    free, clipped = charts([row])[1], charts([row], high=100.0)[1]

    assert named(free, 0)[-1] == ("", 0)
    row[-1] = 103.0
    assert named(charts([row])[1], 0)[-1] == ("outside", 1)
    assert named(charts([row], high=100.0)[1], 0)[-1] == ("", 0)
    assert named(clipped, 0)[-1] == ("", 0)


number = st.integers(0, 60).map(lambda n: n / 10)
series = st.lists(st.one_of(number, number, number, st.none()), min_size=0, max_size=50)


@examples
@given(series, st.sampled_from([None, 0.0, 1.0]), st.sampled_from([None, 5.0, 6.0]))
def test_charts_equal_the_plain_implementation(row, low, high):
    row = row or [None]

    agrees(row, charts([row], math.nan if low is None else low, math.nan if high is None else high), 0, low, high)


@examples
@given(series)
def test_mirroring_mirrors_the_chart(row):
    row = row or [None]
    drawn, said, _ = charts([row])
    other, mirrored, _ = charts([[None if x is None else -x for x in row]])

    assert np.array_equal(drawn.mean, -other.mean, equal_nan=True)
    assert np.array_equal(drawn.upper, -other.lower, equal_nan=True)
    assert np.array_equal(said.rule, mirrored.rule)
    assert np.array_equal(said.direction, -mirrored.direction)


@examples
@given(st.lists(number, min_size=24, max_size=40), st.lists(st.one_of(number, st.none()), min_size=1, max_size=12))
def test_later_months_change_no_signal_once_limits_are_locked(row, later):
    drawn, said, _ = charts([row])
    longer, after, _ = charts([row + later])

    assert np.array_equal(said.rule, after.rule[:, : len(row)])
    assert np.array_equal(said.direction, after.direction[:, : len(row)])
    assert (drawn.upper[0, 0], drawn.mean[0, 0]) == (longer.upper[0, 0], longer.mean[0, 0])


@examples
@given(st.lists(series.filter(len), min_size=2, max_size=5), st.randoms())
def test_the_order_of_series_changes_nothing(rows, random):
    longest = max(len(row) for row in rows)
    rows = [row + [None] * (longest - len(row)) for row in rows]
    order = list(range(len(rows)))
    random.shuffle(order)

    found, shuffled = charts(rows), charts([rows[n] for n in order])

    assert np.array_equal(found[0].upper[order], shuffled[0].upper, equal_nan=True)
    assert np.array_equal(found[1].rule[order], shuffled[1].rule)


def test_charts_of_every_hospital_equal_the_plain_implementation(realdata):
    found = defaultdict(dict)
    with (realdata / "nhs_ae" / "ae_attendances.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if int(row["attendances"]):
                share = 100 * (1 - int(row["breaches"]) / int(row["attendances"]))
                found[row["org_code"], row["type"]][row["period"]] = share
    months = sorted({month for cells in found.values() for month in cells})
    rows = [[cells.get(month) for month in months] for cells in found.values()]
    together = charts(rows)

    for n, row in enumerate(rows):
        agrees(row, together, n)

    assert sum(sum(x is not None for x in row) >= 8 for row in rows) > 200


# ---------------------------------------------------------------------------------------- through the report

ALTERNATING = [90.0, 91.0] * 18


def report_of(values, direction="higher", target=95.0, product=None, **more):
    """The report of one product's indicator over these months up to 2025-12."""
    history = len(values)
    key = {"it": {"weight": 100, "target": target, "tolerance": 1}} if target is not None else {}
    given_ = {"key": key} if key else {"monitor": ["it"]}
    site = a_site(
        {"card": given_ | (product or {})},
        {"it": an_indicator(direction=direction, decimals=1, **more)},
        history=history,
    )
    labels = [label(history - 1 - n) for n in range(history)]
    cells = {name: "no-data" if x is None else x for name, x in zip(labels, values, strict=True)}
    return a_report(site, {"card": {"it": cells}})


def label(back):
    month = 2025 * 12 + 11 - back
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def words_of(report):
    found = report.signals[Grain.MONTH]
    variation, assurance = found.variation[0, 0].tolist(), found.assurance[0, 0].tolist()
    return [VARIATIONS[code] for code in variation], [ASSURANCES[code] for code in assurance]


@pytest.mark.parametrize(
    ("last", "direction", "word"),
    [
        (99.0, "higher", "improvement-high"),
        (99.0, "lower", "concern-high"),
        (80.0, "higher", "concern-low"),
        (80.0, "lower", "improvement-low"),
        (90.0, "higher", "common"),
    ],
)
def test_merit_follows_the_direction(last, direction, word):
    variation, _ = words_of(report_of([*ALTERNATING, last], direction))

    assert variation[-1] == word


def test_a_range_has_signals_without_merit():
    variation, _ = words_of(report_of([*ALTERNATING, 99.0], "range", [85.0, 95.0]))

    assert variation[-1] == "neutral-high"


# Limits of the alternating series: 90.5 -+ 2.66.
@pytest.mark.parametrize(
    ("target", "direction", "word"),
    [
        (87.8, "higher", "passes"),
        (87.84, "higher", "hit-or-miss"),
        (90.0, "higher", "hit-or-miss"),
        (93.2, "higher", "fails"),
        (87.8, "lower", "fails"),
        (93.2, "lower", "passes"),
        ([87.0, 94.0], "range", "passes"),
        ([89.0, 94.0], "range", "hit-or-miss"),
        ([94.0, 99.0], "range", "fails"),
        (None, "higher", ""),
    ],
)
def test_assurance_compares_the_target_with_the_limits(target, direction, word):
    _, assurance = words_of(report_of(ALTERNATING, direction, target))

    assert assurance[-1] == word


def test_for_a_zero_target_of_counts_every_single_one_is_the_signal():
    report = report_of([0.0] * 10 + [2.0, 0.0], "lower", 0.0, kind="flow", spc="off")

    assert words_of(report)[0] == ["common"] * 10 + ["concern-high", "common"]
    assert RULES[report.signals[Grain.MONTH].rule[0, 0, 10]] == "above-zero"


def test_spc_off_charts_nothing():
    report = report_of(ALTERNATING, spc="off")

    assert set(words_of(report)[0]) == {""}
    assert np.isnan(report.signals[Grain.MONTH].charted).all()


def test_spc_change_charts_the_change_without_bounds_or_assurance():
    report = report_of([*ALTERNATING, 99.0], spc="change", bounds=[0, 100])
    found = report.signals[Grain.MONTH]

    assert found.charted[0, 0, :3].tolist() == pytest.approx([math.nan, 1.0, -1.0], nan_ok=True)
    assert found.charted[0, 0, -1] == 8.0
    assert set(words_of(report)[1]) == {""}


def test_spc_yoy_charts_growth_of_flows_in_percent():
    report = report_of([100.0 + n for n in range(24)] + [0.0], kind="flow", spc="yoy")
    found = report.signals[Grain.MONTH].charted[0, 0]

    assert np.isnan(found[:12]).all()
    assert found[12] == pytest.approx(12.0)
    assert found[-1] == -100.0


def test_a_declared_rebase_begins_a_new_segment():
    values = [80.0, 81.0] * 12 + [90.0, 91.0] * 6
    rebase = {"it": {"from": "2025-01", "reason": {"zh": "改版", "en": "Redesign"}}}

    plain = report_of(values)
    rebased = report_of(values, product={"rebase": rebase})

    assert words_of(plain)[0][-1] == "improvement-high"
    assert words_of(rebased)[0][-1] == "common"
    found = rebased.signals[Grain.MONTH]
    assert [STATES[code] for code in found.state[0, 0, [0, -1]].tolist()] == ["locked", "trial"]
    assert found.mean[0, 0, [0, -1]].tolist() == [80.5, 90.5]


def test_a_definition_that_is_not_comparable_begins_a_new_segment():
    definitions = [
        {"version": 1, "valid_from": "2020-01"},
        {"version": 2, "valid_from": "2025-01", "comparable": False, "reason": "new"},
    ]

    report = report_of([80.0, 81.0] * 12 + [90.0, 91.0] * 6, definitions=definitions)

    assert words_of(report)[0][-1] == "common"


def test_a_quarterly_figure_is_charted_by_quarter():
    site = a_site(
        {"card": {"monitor": ["it"]}}, {"it": an_indicator(cadence="quarter")}, history=36, grains=("month", "quarter")
    )
    report = a_report(site, {"card": {"it": {"": 5.0}}})

    assert set(report.signals) == {Grain.QUARTER}
    assert STATES[report.signals[Grain.QUARTER].state[0, 0, 0]] == "trial"


def test_small_samples_are_left_out():
    site = a_site(
        {"card": {"monitor": ["it"]}},
        {"it": an_indicator(sample={"measure": "answers", "least": 10})},
        history=12,
        measures={"answers": {"source": "s", "kind": "flow", "unit": "count"}},
        sources={"s": {"file": "s.csv"}},
    )
    samples = {"card": {"it": [20.0] * 11 + [9.0]}}
    report = a_report(site, {"card": {"it": {"": 5.0, "2025-12": 9.0}}}, samples=samples)

    assert np.isnan(report.signals[Grain.MONTH].charted[0, 0, -1])
    assert words_of(report)[0][-2:] == ["common", ""]


def test_later_months_that_are_shown_are_not_known_in_the_reports_own():
    """A report of June that shows what has arrived until December draws the limits of June."""
    values = [*ALTERNATING[:18], *([120.0] * 6)]
    plain = report_of(values[:18])
    through = report_of(values)
    site = through.site.model_copy(
        update={
            "report": through.site.report.model_copy(update={"period": parse("2025-06"), "through": parse("2025-12")})
        }
    )
    later = signals(site, through.subjects, through.indicators, through.role, through.figures)[Grain.MONTH]

    found = plain.signals[Grain.MONTH]
    assert later.mean[0, 0, :18].tolist() == found.mean[0, 0].tolist()
    assert later.variation[0, 0, :18].tolist() == found.variation[0, 0].tolist()
    assert not later.variation[0, 0, 18:].any()
