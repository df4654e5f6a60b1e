"""Which target rules in which period."""

import numpy as np
import pytest

from kpisite.evaluate.target import monthly_goals
from kpisite.periods import Grain
from tests.factories import a_series, a_site, an_indicator


def goals(target, *, history=12, grains=("month",), accumulates=False, indicator=None, **more):
    """The goals of one product x indicator at each grain, as lists over the periods."""
    site = a_site(
        {"card": {"key": {"it": target}}}, {"it": indicator or an_indicator()}, history=history, grains=grains, **more
    )
    series = a_series(site, {}, accumulates=("it",) if accumulates else ())
    months = monthly_goals(site, series)
    return {grain: months.over(cells.periods) for grain, cells in series.grains.items()}


def row(part):
    return [None if np.isnan(x) else x for x in part[0, 0].tolist()]


def test_a_flat_target_rules_every_month():
    found = goals({"weight": 10, "target": 88, "tolerance": 3})[Grain.MONTH]

    assert row(found.target) == [88] * 12
    assert row(found.tolerance) == [3] * 12
    assert row(found.weight) == [10] * 12
    assert row(found.high) == [None] * 12


def test_a_range_has_two_bounds():
    indicator = an_indicator(direction="range")
    found = goals({"weight": 10, "target": [70, 100], "tolerance": 10}, indicator=indicator, history=1)[Grain.MONTH]

    assert (row(found.target), row(found.high)) == ([70], [100])


def test_a_straight_path_starts_at_its_baseline_and_stays_at_its_end():
    target = {
        "weight": 10, "target": 1.80, "tolerance": 0.3, "path": "linear", "by": "2025-10",
        "baseline": {"period": "2025-04", "value": 1.62},
    }  # fmt: skip
    found = goals(target)[Grain.MONTH]

    assert row(found.target) == [None, None, None, 1.62, 1.65, 1.68, 1.71, 1.74, 1.77, 1.8, 1.8, 1.8]
    assert row(found.weight) == [0, 0, 0] + [10] * 9
    assert row(found.tolerance) == [None] * 3 + [0.3] * 9


def test_one_target_hands_over_to_the_next():
    targets = [
        {"weight": 10, "target": 20, "tolerance": 5},
        {"weight": 15, "target": 25, "tolerance": 5, "from": "2025-10"},
    ]
    found = goals(targets)[Grain.MONTH]

    assert row(found.target) == [20] * 9 + [25] * 3
    assert row(found.weight) == [10] * 9 + [15] * 3


def test_before_the_first_target_there_is_none():
    found = goals({"weight": 10, "target": 20, "tolerance": 5, "from": "2025-11"}, history=3)[Grain.MONTH]

    assert row(found.target) == [None, 20, 20]
    assert row(found.weight) == [0, 10, 10]


def test_a_longer_period_has_the_target_of_its_last_month():
    targets = [
        {"weight": 10, "target": 20, "tolerance": 5},
        {"weight": 20, "target": 25, "tolerance": 4, "from": "2025-12"},
    ]
    found = goals(targets, grains=("month", "quarter", "year"))

    assert row(found[Grain.QUARTER].target) == [20, 20, 20, 25]
    assert row(found[Grain.QUARTER].weight) == [10, 10, 10, 20]
    assert row(found[Grain.YEAR].tolerance) == [4]


def test_targets_of_what_accumulates_add_up_over_the_months():
    targets = [{"weight": 10, "target": 0.1, "tolerance": 0.01}, {"weight": 10, "target": 0.2, "from": "2025-12"}]
    found = goals(targets, grains=("quarter", "half", "year", "ytd"), accumulates=True)

    assert row(found[Grain.QUARTER].target) == [0.3, 0.3, 0.3, 0.4]
    assert row(found[Grain.HALF].target) == [0.6, 0.7]
    assert row(found[Grain.YEAR].target) == [1.3]
    assert row(found[Grain.YTD].target) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3]
    assert row(found[Grain.QUARTER].tolerance) == [0.03, 0.03, 0.03, 0.04]


def test_a_period_that_begins_before_its_target_has_none():
    found = goals({"weight": 10, "target": 5, "from": "2025-02"}, grains=("quarter",), accumulates=True)[Grain.QUARTER]

    assert row(found.target) == [None, 15, 15, 15]
    assert row(found.weight) == [0, 10, 10, 10]


def test_the_year_to_date_counts_from_before_the_window():
    found = goals({"weight": 10, "target": 5}, history=2, grains=("ytd",), accumulates=True)[Grain.YTD]

    assert row(found.target) == [55, 60]


def test_a_fiscal_year_starts_where_it_is_declared():
    found = goals(
        {"weight": 10, "target": 5}, history=4, grains=("ytd",), accumulates=True, report={"fiscal_year_starts": 10}
    )[Grain.YTD]

    assert row(found.target) == [60, 5, 10, 15]


@pytest.mark.parametrize(("target", "tolerance"), [(88, 8.8), (-50, 5), (1.1, 0.11)])
def test_the_default_tolerance_is_a_share_of_the_target(target, tolerance):
    assert row(goals({"weight": 10, "target": target}, history=1)[Grain.MONTH].tolerance) == [tolerance]


def test_the_default_tolerance_of_a_range_counts_from_its_farther_bound():
    indicator = an_indicator(direction="range")
    found = goals({"weight": 10, "target": [70, 100]}, indicator=indicator, history=1)

    assert row(found[Grain.MONTH].tolerance) == [10]
