"""Which target rules in which period."""

import numpy as np
import pytest

from kpisite.evaluate.report import STATUSES
from kpisite.evaluate.target import monthly_goals
from kpisite.periods import Grain
from tests.factories import a_report, a_series, a_site, an_indicator


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


EVERY = ("month", "quarter", "half", "year", "ytd")


def due(cadence, target, *, accumulates=True, **more):
    """The goals of a figure that is due once a quarter or year, by the label of the period."""
    indicator = an_indicator(kind="flow" if accumulates else "ratio", unit="count", decimals=0, cadence=cadence)
    site = a_site(
        {"card": {"key": {"it": {"weight": 10} | target}}}, {"it": indicator}, history=12, grains=EVERY, **more
    )
    series = a_series(site, {}, accumulates=("it",) if accumulates else ())
    months = monthly_goals(site, series)
    return {
        period.label: (goal, width)
        for cells in series.grains.values()
        for goals in [months.over(cells.periods)]
        for period, goal, width in zip(cells.periods, row(goals.target), row(goals.tolerance), strict=True)
    }


def test_every_cell_of_a_quarterly_figure_has_the_target_of_its_quarter():
    found = due("quarter", {"target": 300, "tolerance": 30})

    assert {found[label] for label in ("2025-10", "2025-12", "2025-Q4", "2025-03 YTD")} == {(300, 30)}
    assert found["2025-H2"] == found["2025-06 YTD"] == (600, 60)
    assert found["2025"] == found["2025-12 YTD"] == (1200, 120)


def test_every_cell_of_a_yearly_figure_has_the_target_of_its_year():
    found = due("year", {"target": 1200, "tolerance": 120})

    assert {found[label] for label in ("2025-12", "2025-Q4", "2025-H2", "2025", "2025-12 YTD")} == {(1200, 120)}


@pytest.mark.parametrize(("cadence", "quarter", "half"), [("quarter", 300, 600), ("year", 1200, 1200)])
def test_the_parts_of_a_year_are_put_together_where_the_figure_is_due_at_once(cadence, quarter, half):
    found = due(cadence, {"target": 1200, "tolerance": 120, "basis": "year"})

    assert found["2025-12"] == found["2025-Q4"] == (quarter, quarter / 10)
    assert found["2025-H2"] == (half, half / 10)
    assert found["2025"] == (1200, 120)


def test_a_quarters_target_follows_its_path_at_the_end_of_the_quarter():
    found = due("quarter", {"values": {"2025-03": 280, "2025-06": 290, "2025-09": 310, "2025-12": 320}})

    assert [found[f"2025-Q{n}"][0] for n in range(1, 5)] == [280, 290, 310, 320]
    assert [found[f"2025-{n:02d}"][0] for n in (3, 6, 9, 12)] == [280, 290, 310, 320]
    assert (found["2025-H1"][0], found["2025"][0]) == (570, 1200)


def test_quarters_of_a_fiscal_year_end_with_it():
    found = due("quarter", {"target": 300}, report={"fiscal_year_starts": 2}, period="2026-01")

    assert found["2025-04"][0] == found["2026-Q1"][0] == 300
    assert found["2026"][0] == 1200


def test_a_quarterly_ratio_has_the_same_target_whatever_the_period():
    found = due("quarter", {"target": 88, "tolerance": 3}, accumulates=False)

    assert {found[label] for label in ("2025-12", "2025-Q4", "2025-H2", "2025")} == {(88, 3)}


@pytest.mark.parametrize(("cadence", "labels"), [("quarter", ("2025-12", "2025-Q4")), ("year", ("2025-12", "2025"))])
def test_one_figure_has_one_status_in_every_cell_that_shows_it(cadence, labels):
    indicator = an_indicator(kind="flow", unit="count", decimals=0, cadence=cadence)
    key = {"it": {"weight": 100, "target": 300, "tolerance": 30}}
    site = a_site({"card": {"key": key}}, {"it": indicator}, grains=("month", "quarter", "year"), history=12)
    report = a_report(site, {"card": {"it": dict.fromkeys(labels, 285.0) | {"": "not-due"}}}, accumulates=["it"])

    cells = [(figures, t) for figures in report.figures.values() for t, one in enumerate(figures.periods)
             if one.label in labels]  # fmt: skip
    assert [STATUSES[figures.status[0, 0, t]] for figures, t in cells] == ["amber"] * 2
    assert [figures.score[0, 0, t] for figures, t in cells] == [80.0] * 2
