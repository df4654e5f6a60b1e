"""Chance, required change, stretch, run rate and crossings, through the report and by hand."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.achieve import LIKELIHOODS, Goal, chance, crossing, likelihood, reached, required, stretch
from kpisite.evaluate.methods import METHODS
from kpisite.evaluate.report import GREEN
from kpisite.periods import Grain
from tests.factories import a_report, a_site, an_indicator

NONE = math.nan


def goal(low, high=NONE, steps=1):
    return Goal(np.array([low]), np.array([high]), np.array([steps]))


def chance_of(expected, spread, target, sign, high=NONE):
    found = chance(np.array([[expected]]), np.array([[spread]]), goal(target, high), np.array([sign], dtype=np.int8))
    return float(found[0])


@pytest.mark.parametrize(("expected", "target", "sign"), [(10, 12, 1), (12, 10, 1), (10, 12, -1), (10, 10, 1)])
def test_the_chance_is_that_of_a_normal_distribution(expected, target, sign):
    wanted = statistics.NormalDist().cdf(sign * (expected - target) / 2)

    assert chance_of(expected, 2.0, target, sign) == pytest.approx(wanted)


def test_the_chance_of_a_range_is_that_of_lying_inside():
    wanted = statistics.NormalDist(10, 2)

    assert chance_of(10, 2.0, 9, 0, high=13) == pytest.approx(wanted.cdf(13) - wanted.cdf(9))


@pytest.mark.parametrize(("target", "wanted"), [(9.9, 1.0), (10.0, 1.0), (10.1, 0.0)])
def test_without_spread_it_is_met_or_not(target, wanted):
    assert chance_of(10.0, 0.0, target, 1) == wanted


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0.7, "likely"), (0.699, "uncertain"), (0.3, "uncertain"), (0.299, "unlikely"), (NONE, "")],
)
def test_words_for_chances(probability, word):
    found = likelihood(np.array([probability]), np.array([False]))

    assert LIKELIHOODS[found[0]] == word
    assert LIKELIHOODS[likelihood(np.array([0.1]), np.array([True]))[0]] == "kept"


@pytest.mark.parametrize(
    ("value", "low", "high", "change"),
    [(8, 10, NONE, 2), (12, 10, NONE, -2), (8, 10, 12, 2), (13, 10, 12, -1), (11, 10, 12, 0)],
)
def test_the_required_change_leads_to_the_nearest_bound(value, low, high, change):
    assert required(np.array([float(value)]), goal(low, high))[0] == change


def test_stretch_compares_with_the_best_tenth_of_past_changes():
    history = np.array([[float(n % 4) for n in range(20)]])
    past = [b - a for a, b in zip(history[0], history[0][2:], strict=False)]

    found = stretch(history, np.array([3.0]), np.array([2]), np.array([1], dtype=np.int8))

    assert found[0] == pytest.approx(3.0 / np.quantile(past, 0.9))


def test_stretch_needs_eight_changes_and_may_be_endless():
    def of(values, needed, steps):
        return float(
            stretch(np.array([values]), np.array([needed]), np.array([steps]), np.array([1], dtype=np.int8))[0]
        )

    assert math.isnan(of([1.0] * 9, 1.0, 2))
    assert of([1.0] * 10, 1.0, 2) == math.inf
    assert of([1.0] * 10, -1.0, 2) <= 0


def test_the_first_step_beyond_a_bound_is_found_within_six():
    expected = np.array([[5.0, 4, 3, 2, 1, 0, -1], [5, 5, 5, 5, 5, 5, -9]])

    assert crossing(expected, np.array([[2.5], [0.0]]), np.array([[math.inf]] * 2)).tolist() == [4, 0]
    assert crossing(expected, np.array([[-math.inf]] * 2), np.array([[4.5], [5.0]])).tolist() == [1, 0]


@settings(max_examples=500, deadline=None)
@given(st.floats(-50, 50), st.floats(0, 20), st.floats(-50, 50))
def test_mirroring_keeps_the_chance(expected, spread, target):
    one, other = chance_of(expected, spread, target, 1), chance_of(-expected, spread, -target, -1)

    assert one == other
    assert 0 <= one <= 1


@settings(max_examples=500, deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.lists(st.floats(-50, 50), min_size=2, max_size=5))
def test_a_harder_target_is_never_likelier(expected, spread, targets):
    chances = [chance_of(expected, spread, target, 1) for target in sorted(targets)]

    assert chances == sorted(chances, reverse=True)


# ---------------------------------------------------------------------------------------- through the report


def report_of(values, target, *, period="2025-06", indicator=None, **more):
    site = a_site(
        {"card": {"key": {"it": {"weight": 100, "tolerance": 1} | target}}},
        {"it": an_indicator(**(indicator or {}))},
        period=period,
        history=len(values),
        **more,
    )
    last = site.report.period.number
    labels = [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(last - len(values) + 1, last + 1)]
    return a_report(site, {"card": {"it": dict(zip(labels, values, strict=True))}}, as_of="2025-12-31")


RISING = [50.0 + n for n in range(20)]


def test_the_goal_is_the_target_at_its_date():
    outlook = report_of(RISING, {"target": 72, "by": "2025-09"}).outlook

    assert (outlook.steps[0, 0], outlook.goal[0, 0]) == (3, 72)
    assert METHODS[outlook.method[0, 0]] == "drift"
    assert outlook.expected[0, 0, 2] == pytest.approx(72)
    assert outlook.chance[0, 0] == 1.0
    assert outlook.required[0, 0] == 3.0
    assert outlook.stretch[0, 0] == pytest.approx(1.0)


def test_a_date_that_has_passed_looks_half_a_year_ahead():
    outlook = report_of(RISING, {"target": 76, "by": "2025-06"}).outlook

    assert outlook.steps[0, 0] == 6
    assert outlook.chance[0, 0] == 0.0
    assert LIKELIHOODS[outlook.likelihood[0, 0]] == "unlikely"


def test_a_straight_path_is_judged_by_its_end():
    target = {"target": 80, "by": "2025-12", "path": "linear", "baseline": {"period": "2024-12", "value": 60}}

    assert report_of(RISING, target).outlook.goal[0, 0] == 80


@pytest.mark.parametrize(
    "target",
    [
        {"steps": {"2025-01": 68, "2025-08": 75}},
        {"values": {"2025-05": 66, "2025-06": 68, "2025-12": 75}},
        {"values": {f"2025-{m:02d}": 63.0 + m for m in range(1, 13)}},
        {"target": 75, "path": "linear", "baseline": {"period": "2024-12", "value": 61}},
    ],
)
def test_the_goal_is_what_the_path_asks_for_at_its_date(target):
    outlook = report_of(RISING, target | {"by": "2025-12"}).outlook

    # The line goes on to 75 in six months.
    assert (outlook.goal[0, 0], outlook.steps[0, 0]) == (75, 6)
    assert (outlook.required[0, 0], outlook.chance[0, 0]) == (6.0, 1.0)


def test_a_goal_that_rises_beyond_the_forecast_is_not_called_likely_for_todays_target():
    swinging = [86.0 + (n % 4 - 1.5) / 2 for n in range(24)]
    found = report_of(swinging, {"steps": {"2025-01": 85, "2025-08": 88}, "by": "2025-12"}).outlook
    level, spread = found.expected[0, 0, 5], found.spread[0, 0, 5]

    assert found.goal[0, 0] == 88
    assert found.chance[0, 0] == pytest.approx(statistics.NormalDist(88, spread).cdf(level))
    assert LIKELIHOODS[found.likelihood[0, 0]] == "unlikely"


def test_a_range_moves_to_that_of_its_date():
    target = {"steps": {"2025-01": [60, 80], "2025-08": [70, 90]}, "by": "2025-12"}
    found = report_of(RISING, target, indicator={"direction": "range"}).outlook

    assert (found.goal[0, 0], found.goal_high[0, 0], found.required[0, 0]) == (70, 90, 1.0)


def test_without_a_number_at_its_date_there_is_no_goal():
    found = report_of(RISING, {"values": {"2025-06": 68}, "by": "2025-12"}).outlook

    assert found.steps[0, 0] == 0
    assert np.isnan([found.goal[0, 0], found.chance[0, 0], found.required[0, 0], found.stretch[0, 0]]).all()


def test_the_goal_of_a_quarterly_figure_is_that_of_the_quarter_of_its_date():
    target = {
        "weight": 100, "target": 90, "tolerance": 3, "path": "linear", "by": "2025-12",
        "baseline": {"period": "2024-12", "value": 78},
    }  # fmt: skip
    quarters = [f"{year}-Q{q}" for year in range(2022, 2026) for q in range(1, 5)][:14]
    for kind, accumulates in (("ratio", []), ("flow", ["it"])):
        indicator = an_indicator(cadence="quarter", kind=kind)
        site = a_site(
            {"card": {"key": {"it": target}}}, {"it": indicator}, period="2025-06", history=42, grains=("quarter",)
        )
        found = a_report(
            site, {"card": {"it": dict.fromkeys(quarters, 85.0)}}, as_of="2025-12-31", accumulates=accumulates
        ).outlook

        assert (found.goal[0, 0], found.steps[0, 0], found.required[0, 0]) == (90, 2, 5.0)


def test_beyond_the_forecast_no_chance_is_told_and_the_stretch_is_that_of_the_whole_time():
    values = [83.0 + n + (n % 3 - 1) / 10 for n in range(36)]
    target = {"target": 136, "by": "2026-12", "path": "linear", "baseline": {"period": "2024-12", "value": 106}}
    found = report_of(values, target).outlook
    past = [after - before for before, after in zip(values, values[18:], strict=False)]

    assert (found.steps[0, 0], found.goal[0, 0]) == (18, 136)
    assert math.isnan(found.chance[0, 0])
    assert LIKELIHOODS[found.likelihood[0, 0]] == ""
    assert found.stretch[0, 0] == pytest.approx((136 - values[-1]) / np.quantile(past, 0.9))


def test_a_target_that_still_rises_is_not_called_kept():
    values = [80.0] * 14 + [81.5, 82.75, 84, 89, 89, 89]
    target = {
        "target": 95, "by": "2025-11", "path": "linear", "tolerance": 3,
        "baseline": {"period": "2024-11", "value": 77},
    }  # fmt: skip
    report = report_of(values, target)

    assert (report.figures[Grain.MONTH].status[0, 0, -6:] == GREEN).all()
    assert report.outlook.required[0, 0] == 6.0
    assert LIKELIHOODS[report.outlook.likelihood[0, 0]] in ("unlikely", "uncertain")


def test_a_change_too_small_to_be_shown_is_none():
    values = np.array([[1.495, 1.494]])
    found = [reached(values[:, n], goal(1.5), np.array([1], dtype=np.int8), np.array([2])).item() for n in range(2)]

    assert found == [True, False]


def test_a_target_met_for_half_a_year_is_kept():
    outlook = report_of(RISING, {"target": 60}).outlook

    assert LIKELIHOODS[outlook.likelihood[0, 0]] == "kept"
    assert outlook.same_status[0, 0] == 10


def test_a_falling_figure_crosses_its_amber_limit():
    falling = [100.0 - n for n in range(20)]
    outlook = report_of(falling, {"target": 80, "tolerance": 2}).outlook

    assert outlook.crosses[0, 0] == 4


def test_a_rising_ratio_crosses_its_regulatory_limit():
    indicator = {"direction": "lower", "limit": {"value": 71.5, "side": "max"}}
    outlook = report_of(RISING, {"target": 68, "tolerance": 1.5}, indicator=indicator).outlook

    assert outlook.crosses[0, 0] == 1
    assert outlook.crosses_limit[0, 0] == 3


def test_forecasts_stay_within_natural_bounds():
    values = [80.0 + n for n in range(20)]
    outlook = report_of(values, {"target": 99}, indicator={"bounds": [0, 100]}).outlook

    assert outlook.expected[0, 0].max() == 100.0


def test_no_forecast_through_a_new_definition_with_too_few_points_after_it():
    def method(month):
        definitions = [
            {"version": 1, "valid_from": "2020-01"},
            {"version": 2, "valid_from": month, "comparable": False, "reason": "new"},
        ]
        found = report_of(RISING, {"target": 60}, indicator={"definitions": definitions}).outlook
        return METHODS[found.method[0, 0]]

    assert method("2025-02") == ""
    assert method("2025-01") == "naive"


def test_the_run_rate_says_what_each_month_left_must_bring():
    months = [10.0] * 12 + [8.0] * 6
    site = a_site(
        {"card": {"key": {"it": {"weight": 100, "target": 10, "tolerance": 1}}}},
        {"it": an_indicator(kind="flow", unit="count")},
        period="2025-06",
        history=18,
        grains=("month", "ytd"),
    )
    last = site.report.period.number
    cells = {f"{m // 12:04d}-{m % 12 + 1:02d}": x for m, x in zip(range(last - 17, last + 1), months, strict=True)}
    cells["2025-06 YTD"] = 48.0

    report = a_report(site, {"card": {"it": cells}}, accumulates=["it"])

    # 120 a year, 48 reached: 72 in six months are 12 each, and the last twelve brought 9 each.
    assert report.outlook.run_rate[0, 0] == pytest.approx(12 / 9)


def run_rate(months, target, *, history=18):
    site = a_site(
        {"card": {"key": {"it": {"weight": 100, "tolerance": 1} | target}}},
        {"it": an_indicator(kind="flow", unit="count")},
        period="2025-06",
        history=history,
        grains=("month", "ytd"),
    )
    last = site.report.period.number
    labels = [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(last - len(months) + 1, last + 1)]
    cells = dict(zip(labels, months, strict=True)) | {"2025-06 YTD": sum(months[-6:])}
    return a_report(site, {"card": {"it": cells}}, accumulates=["it"]).outlook.run_rate[0, 0]


@pytest.mark.parametrize(
    ("target", "year"),
    [
        ({"target": 1200, "profile": [20, 20, 20, 10, 10, 5, 5, 2, 2, 2, 2, 2]}, 1200),
        ({"steps": {"2024-01": 100, "2025-09": 130}}, 8 * 100 + 4 * 130),
        ({"values": {f"2025-{m:02d}": 10.0 * m for m in range(1, 13)}}, 780),
    ],
)
def test_the_months_left_have_the_rest_of_the_years_target(target, year):
    assert run_rate([100.0] * 18, target) == pytest.approx((year - 600) / 6 / 100)


def test_the_run_rate_counts_a_target_that_takes_over_within_the_year():
    site = a_site(
        {"card": {"key": {"it": [{"weight": 100, "target": 10}, {"weight": 100, "target": 16, "from": "2025-10"}]}}},
        {"it": an_indicator(kind="flow", unit="count")}, period="2025-06", history=12, grains=("month", "ytd"),
    )  # fmt: skip
    cells = {"": 10.0, "2025-06 YTD": 60.0}
    found = a_report(site, {"card": {"it": cells}}, accumulates=["it"]).outlook.run_rate[0, 0]

    assert found == pytest.approx((9 * 10 + 3 * 16 - 60) / 6 / 10)


def test_fewer_than_twelve_months_have_no_average():
    assert math.isnan(run_rate([100.0] * 11, {"target": 100}, history=11))
    assert math.isnan(run_rate([100.0] * 11, {"target": 100}, history=18))
    assert run_rate([100.0] * 12, {"target": 100}, history=12) == pytest.approx(1.0)
