"""Paths of targets: steps, tables, profiles and year-to-date targets, and anchors of one's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.declare.model import Scoring, Target
from kpisite.evaluate.target import monthly_goals
from kpisite.evaluate.target_path import Course, Spread
from kpisite.periods import Grain, month
from tests.factories import a_report, a_series, a_site, an_indicator

JANUARY = month(2025, 1).number


def goals(target, *, values=None, grains=("month", "quarter", "ytd", "year"), accumulates=True, history=12, **more):
    """The goals of one product x indicator at each grain."""
    kind = more.pop("kind", "flow" if accumulates else "ratio")
    site = a_site(
        {"card": {"key": {"it": target}}}, {"it": an_indicator(kind=kind)}, history=history, grains=grains, **more
    )
    series = a_series(site, {"card": {"it": values or {}}}, accumulates=("it",) if accumulates else ())
    months = monthly_goals(site, series)
    return {grain: months.over(cells.periods) for grain, cells in series.grains.items()}


def row(part):
    return [None if np.isnan(x) else round(x, 9) for x in part[0, 0].tolist()]


def test_steps_rule_from_their_month_on_and_nothing_before_the_first():
    target = {"weight": 10, "steps": {"2025-03": 85, "2025-07": 88}, "tolerance": 3}
    found = goals(target, accumulates=False)[Grain.MONTH]

    assert row(found.target) == [None] * 2 + [85] * 4 + [88] * 6
    assert row(found.weight) == [0] * 2 + [10] * 10


def test_a_table_has_a_number_for_its_months_only():
    target = {"weight": 10, "values": {"2025-01": 85, "2025-02": 86, "2025-05": 87}}
    found = goals(target, accumulates=False)[Grain.MONTH]

    assert row(found.target) == [85, 86, None, None, 87] + [None] * 7
    assert row(found.tolerance) == [8.5, 8.6, None, None, 8.7] + [None] * 7


def test_a_table_may_hold_ranges():
    target = {"weight": 10, "values": {"2025-01": [70, 100], "2025-02": [75, 100]}, "tolerance": 10}
    found = goals(target, accumulates=False)[Grain.MONTH]

    assert row(found.target)[:3] == [70, 75, None]
    assert row(found.high)[:3] == [100, 100, None]


def test_a_target_for_the_year_is_spread_evenly_where_last_year_is_not_known():
    found = goals({"weight": 10, "target": 1200, "tolerance": 120, "basis": "year"})

    assert row(found[Grain.MONTH].target) == [100] * 12
    assert row(found[Grain.YTD].target) == [100 * n for n in range(1, 13)]
    assert row(found[Grain.YTD].tolerance) == [10 * n for n in range(1, 13)]
    assert row(found[Grain.QUARTER].target) == [300] * 4
    assert row(found[Grain.YEAR].target) == [1200]


def test_a_target_for_the_year_follows_the_shares_of_the_year_before():
    year_before = {f"2024-{m:02d}": 20.0 if m == 12 else 10.0 for m in range(1, 13)}
    found = goals({"weight": 10, "target": 1300, "path": "profile"}, values=year_before, history=24)

    assert row(found[Grain.YTD].target)[-12:] == [100 * n for n in range(1, 12)] + [1300]
    # 2024 has no year before it: a twelfth each.
    assert row(found[Grain.MONTH].target)[0] == round(1300 / 12, 9)


@pytest.mark.parametrize("gap", [{"2024-05": "no-data"}, {"2024-05": -1.0}])
def test_a_year_before_with_a_gap_or_a_negative_month_gives_no_profile(gap):
    year_before = {f"2024-{m:02d}": 10.0 * m for m in range(1, 13)} | gap
    found = goals({"weight": 10, "target": 1200, "path": "profile"}, values=year_before, history=24)

    assert row(found[Grain.MONTH].target)[-12:] == [100] * 12


def test_a_profile_of_its_own_is_followed_in_the_fiscal_year():
    profile = [0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2]
    target = {"weight": 10, "target": 1200, "profile": profile}
    found = goals(target, report={"fiscal_year_starts": 4})

    # April begins the fiscal year and has the profile's first part.
    assert row(found[Grain.MONTH].target)[3:] == [0, 0, 0, 100, 100, 100, 100, 100, 100]
    assert row(found[Grain.MONTH].target)[:3] == [200, 200, 200]


def test_a_year_to_date_figure_is_never_compared_with_the_target_of_the_year():
    actual = {f"2025-{m:02d}": 100.0 for m in range(1, 7)} | {f"2025-{m:02d} YTD": 100.0 * m for m in range(1, 7)}
    site = a_site(
        {"card": {"key": {"it": {"weight": 100, "target": 1200, "tolerance": 120, "basis": "year"}}}},
        {"it": an_indicator(kind="flow")},
        period="2025-06", history=6, grains=("month", "ytd"),
    )  # fmt: skip
    report = a_report(site, {"card": {"it": actual}}, as_of="2025-06-30", accumulates=("it",))

    ytd = report.figures[Grain.YTD]
    assert ytd.value[0, 0].tolist() == [100, 200, 300, 400, 500, 600]
    assert ytd.target[0, 0].tolist() == pytest.approx([100, 200, 300, 400, 500, 600])
    assert ytd.score[0, 0].tolist() == [100] * 6


def test_year_to_date_targets_are_cut_into_months_and_add_up_again():
    to_date = {f"2025-{m:02d}": v for m, v in enumerate([10, 25, 45, 60, 80, 100, 120, 140, 160, 180, 210, 250], 1)}
    found = goals({"weight": 10, "values": to_date, "basis": "ytd", "tolerance": 25})

    assert row(found[Grain.MONTH].target)[:3] == [10, 15, 20]
    assert row(found[Grain.YTD].target) == list(to_date.values())
    assert row(found[Grain.YEAR].target) == [250]
    assert row(found[Grain.YEAR].tolerance) == [25]


@pytest.mark.parametrize(("basis", "ytd"), [("ytd", [40] * 12), ("year", [None] * 11 + [40])])
def test_a_ratio_is_only_judged_over_the_time_its_target_is_meant_for(basis, ytd):
    target = {"weight": 10, "target": 40, "basis": basis}
    found = goals(target, accumulates=False)

    assert row(found[Grain.MONTH].target) == [None] * 12
    assert row(found[Grain.MONTH].weight) == [0] * 12
    assert row(found[Grain.YTD].target) == ytd
    assert row(found[Grain.YEAR].target) == [40]


def test_a_target_ends_with_until_and_the_next_one_begins_later():
    targets = [
        {"weight": 10, "target": 20, "until": "2025-04"},
        {"weight": 10, "target": 25, "from": "2025-07"},
    ]
    found = goals(targets, accumulates=False)[Grain.MONTH]

    assert row(found.target) == [20] * 4 + [None] * 2 + [25] * 6


def scores(target, values, **more):
    """The scores and statuses of these values against one target."""
    site = a_site(
        {"card": {"key": {"it": target | {"weight": 100}}}}, {"it": an_indicator(**more)}, history=len(values)
    )
    periods = [site.report.period.plus(n - len(values) + 1).label for n in range(len(values))]
    figures = a_report(site, {"card": {"it": dict(zip(periods, values, strict=True))}}).figures[Grain.MONTH]
    return [round(score, 6) for score in figures.score[0, 0].tolist()], figures.status[0, 0].tolist()


def test_anchors_of_their_own_bend_the_line():
    target = {"target": 100, "floor": 40, "amber": 80, "stretch": 140}

    found, status = scores(target, [30, 40, 60, 79, 80, 90, 100, 120, 140, 150])

    assert found == [0, 0, 30, 58.5, 60, 80, 100, 110, 120, 120]
    assert status == [1, 1, 1, 1, 2, 2, 3, 3, 3, 3]


def test_anchors_of_a_figure_where_less_is_better_go_the_other_way():
    target = {"target": 1.8, "amber": 2.1, "floor": 2.4, "stretch": 1.2}

    found, _ = scores(target, [2.5, 2.4, 2.25, 2.1, 1.95, 1.8, 1.5, 1.0], direction="lower")

    assert found == [0, 0, 30, 60, 80, 100, 110, 120]


def test_without_anchors_of_their_own_the_line_is_the_straight_one():
    straight, _ = scores({"target": 88, "tolerance": 3}, [80.5, 84.9, 85, 86.5, 88, 90])
    bent, _ = scores({"target": 88, "tolerance": 3, "floor": 80.5}, [80.5, 84.9, 85, 86.5, 88, 90])

    assert straight == bent == [0, 58.666667, 60, 80, 100, 120]


@settings(max_examples=500)
@given(
    anchors=st.lists(st.integers(-1000, 1000), min_size=4, max_size=4, unique=True).map(sorted),
    values=st.lists(st.integers(-1200, 1200), min_size=2, max_size=12).map(sorted),
    direction=st.sampled_from(["higher", "lower"]),
)
def test_a_better_value_never_scores_less_and_green_is_100(anchors, values, direction):
    sign = 1 if direction == "higher" else -1
    floor, amber, goal, stretch = (sign * one for one in anchors)
    found, status = scores(
        {"target": goal, "floor": floor, "amber": amber, "stretch": stretch}, [sign * v for v in values],
        direction=direction,
    )  # fmt: skip

    assert found == sorted(found)
    assert all((code == 3) == (score >= 100) for code, score in zip(status, found, strict=True))
    assert all((code == 2) == (60 <= score < 100) for code, score in zip(status, found, strict=True))


@pytest.mark.parametrize(
    ("target", "wanted", "status"),
    [
        ({"values": {"2025-10": 1000, "2025-11": 500, "2025-12": 100}}, [100, 50, 10], [2, 2, 2]),
        ({"steps": {"2025-10": 1000, "2025-12": 100}}, [100, 100, 10], [2, 1, 2]),
        (
            {"target": 100, "path": "linear", "baseline": {"period": "2025-10", "value": 1000}, "by": "2025-12"},
            [100, 55, 10],
            [2, 1, 2],
        ),
    ],
)
def test_the_default_tolerance_is_a_share_of_each_months_target(target, wanted, status):
    site = a_site({"card": {"key": {"it": target | {"weight": 100}}}}, {"it": an_indicator()}, history=3)
    given = {"2025-10": 950.0, "2025-11": 480.0, "2025-12": 95.0}
    figures = a_report(site, {"card": {"it": given}}).figures[Grain.MONTH]

    assert figures.tolerance[0, 0].tolist() == wanted
    assert figures.status[0, 0].tolist() == status


def test_the_default_tolerance_of_a_year_to_date_is_a_share_of_each_part():
    table = {f"2025-{m:02d}": 100.0 * m for m in range(1, 13)} | {f"2026-{m:02d}": 200.0 * m for m in range(1, 13)}
    found = goals({"weight": 10, "values": table, "basis": "ytd"}, period="2026-12", history=24)

    assert row(found[Grain.MONTH].tolerance) == [10] * 12 + [20] * 12
    assert row(found[Grain.YTD].tolerance)[11::12] == [120, 240]


LINE = {"target": 1.80, "path": "linear", "baseline": {"period": "2024-12", "value": 1.62}, "by": "2025-12"}


def test_amber_floor_and_stretch_are_levels_in_every_month_of_a_path():
    levels = {"amber": 2.1, "floor": 2.4, "stretch": 1.5}
    months = goals(LINE | levels | {"weight": 10}, accumulates=False)[Grain.MONTH]
    at = row(months.target)

    assert row(months.tolerance) == [round(2.1 - goal, 9) for goal in at]
    assert np.round(months.anchors.floor[0], 9).tolist() == [round(2.4 - goal, 9) for goal in at]
    assert np.round(months.anchors.stretch[0], 9).tolist() == [round(goal - 1.5, 9) for goal in at]


@pytest.mark.parametrize(
    ("target", "value", "month", "status", "score"),
    [
        (LINE | {"amber": 2.1}, 2.05, "2025-06", 2, 100 - 40 * (2.05 - 1.71) / (2.1 - 1.71)),
        (LINE | {"amber": 2.1}, 2.1, "2025-01", 2, 60),
        (LINE | {"amber": 2.1, "floor": 2.4}, 2.25, "2025-06", 1, 30),
        (LINE | {"tolerance": 0.3, "stretch": 1.5}, 1.605, "2025-06", 3, 110),
        ({"steps": {"2025-01": 2.0, "2025-06": 1.8}, "amber": 2.1}, 2.15, "2025-05", 1, 40),
        ({"steps": {"2025-01": 2.0, "2025-06": 1.8}, "amber": 2.1}, 2.1, "2025-05", 2, 60),
    ],
)
def test_a_declared_end_of_amber_is_where_it_was_declared(target, value, month, status, score):
    site = a_site(
        {"card": {"key": {"it": target | {"weight": 100}}}}, {"it": an_indicator(decimals=3, direction="lower")},
        history=12,
    )  # fmt: skip
    figures = a_report(site, {"card": {"it": {month: value}}}).figures[Grain.MONTH]
    t = [one.label for one in figures.periods].index(month)

    assert figures.status[0, 0, t] == status
    assert figures.score[0, 0, t] == pytest.approx(score)


def test_levels_beside_the_number_of_a_year_are_cut_as_it_is():
    target = {"weight": 10, "target": 1200, "basis": "year", "amber": 1080, "floor": 900, "stretch": 1320}
    found = goals(target)

    assert row(found[Grain.MONTH].tolerance) == [10] * 12
    assert np.round(found[Grain.YEAR].anchors.floor, 6).tolist() == [[300]]
    assert np.round(found[Grain.MONTH].anchors.stretch, 6).tolist() == [[10] * 12]


def laid(target, *, accumulates=True, shares=None):
    """One target laid out over 2025."""
    spread = Spread(accumulates, 1, lambda year: shares)
    course = Course(Target.model_validate({"weight": 10} | target), Scoring(), 2, False, spread)
    return course.over(range(JANUARY, JANUARY + 12))


@settings(max_examples=500)
@given(start=st.floats(-1e6, 1e6), end=st.floats(-1e6, 1e6), first=st.integers(0, 10), length=st.integers(1, 24))
def test_a_straight_path_never_turns(start, end, first, length):
    begin = month(2024, 8 + first - 6) if first < 5 else month(2025, first - 4)
    target = {
        "target": end, "tolerance": 1, "path": "linear", "baseline": {"period": begin.label, "value": start},
        "by": begin.plus(length).label,
    }  # fmt: skip
    way = laid(target, accumulates=False).low
    steps = np.diff(way[~np.isnan(way)])

    assert (steps >= -1e-6).all() if end >= start else (steps <= 1e-6).all()


@settings(max_examples=500)
@given(
    goal=st.floats(0.01, 1e9),
    profile=st.lists(st.floats(0, 1e6), min_size=12, max_size=12).filter(lambda parts: sum(parts) > 1e-3),
)
def test_what_is_wanted_to_date_only_grows_and_ends_at_the_target_of_the_year(goal, profile):
    to_date = np.cumsum(laid({"target": goal, "profile": profile}).low)

    assert (np.diff(to_date) >= 0).all()
    assert to_date[-1] == pytest.approx(goal, rel=1e-9)
