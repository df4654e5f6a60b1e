"""Every row of the method's own tables of scores, statuses and attainments."""

import numpy as np
import pytest

from kpisite.evaluate.report import AMBER, GREEN, GREY, RED, STATUSES
from tests.factories import a_report, a_site, an_indicator


def judged(value, target, tolerance=None, direction="higher", decimals=2, scoring=None, **more):
    """One key figure of one product, judged."""
    indicator = an_indicator(direction=direction, decimals=decimals, **more)
    wanted = {"weight": 100, "target": target} | ({"tolerance": tolerance} if tolerance else {})
    site = a_site({"card": {"key": {"it": wanted}}}, {"it": indicator}, history=1, scoring=scoring or {})
    return next(iter(a_report(site, {"card": {"it": value}}).figures.values()))


def cell(figures, field):
    return getattr(figures, field)[0, 0, 0]


@pytest.mark.parametrize(
    ("value", "target", "tolerance", "direction", "score", "status"),
    [
        (88, 88, 3, "higher", 100, "green"),
        (86.5, 88, 3, "higher", 80, "amber"),
        (85, 88, 3, "higher", 60, "amber"),
        (84.9, 88, 3, "higher", 58.67, "red"),
        (80.5, 88, 3, "higher", 0, "red"),
        (90, 88, 3, "higher", 120, "green"),
        (2.05, 1.80, 0.30, "lower", 66.67, "amber"),
        (2.10, 1.80, 0.30, "lower", 60, "amber"),
        (2.11, 1.80, 0.30, "lower", 58.67, "red"),
        (0, 0, 1, "lower", 100, "green"),
        (1, 0, 1, "lower", 60, "amber"),
        (-6.5e6, -8e6, 2e6, "higher", 120, "green"),
        (-10e6, -8e6, 2e6, "higher", 60, "amber"),
        (78, [70, 100], 10, "range", 100, "green"),
        (105, [70, 100], 10, "range", 80, "amber"),
        (62, [70, 100], 10, "range", 68, "amber"),
        (59, [70, 100], 10, "range", 56, "red"),
        (1.499, 1.50, 0.10, "higher", 100, "green"),
    ],
)
def test_score_and_status(value, target, tolerance, direction, score, status):
    figures = judged(value, target, tolerance, direction)

    assert round(float(cell(figures, "score")), 2) == score
    assert STATUSES[cell(figures, "status")] == status


@pytest.mark.parametrize(("value", "score", "status"), [(0, 100, GREEN), (1, 59, RED), (2, 20, RED)])
def test_a_missed_veto_is_red_whatever_the_tolerance(value, score, status):
    figures = judged(value, 0, 1, "lower", decimals=0, veto=True)

    assert (cell(figures, "score"), cell(figures, "status")) == (score, status)


@pytest.mark.parametrize(
    ("value", "target", "direction", "attainment"),
    [
        (45, 50, "higher", 0.90),
        (1.8, 1.5, "lower", 0.80),
        (1.2, 1.5, "lower", 1.20),
        (3.2, 1.5, "lower", -0.1333),
        (-6.5, -8, "higher", 1.1875),
        (-10, -8, "higher", 0.75),
        (3, -2, "higher", 3.50),
        (78, [70, 100], "range", 1),
        (63, [70, 100], "range", 0.9),
        (105, [70, 100], "range", 0.95),
    ],
)
def test_attainment(value, target, direction, attainment):
    figures = judged(value, target, 1, direction)

    assert cell(figures, "attainment") == pytest.approx(attainment, abs=5e-5)


@pytest.mark.parametrize(
    ("value", "target", "direction", "attainment"),
    [(1.495, 1.50, "higher", 1), (1.494, 1.50, "higher", 1.49 / 1.50), (1.504, 1.50, "lower", 1),
     (1.63, 1.6333, "higher", 1), (69.996, [70, 100], "range", 1)],
)  # fmt: skip
def test_attainment_is_that_of_the_value_as_it_is_shown(value, target, direction, attainment):
    figures = judged(value, target, 1, direction)

    assert cell(figures, "attainment") == pytest.approx(attainment, rel=1e-12)
    assert (cell(figures, "status") == GREEN) == (attainment == 1)


def test_attainment_of_a_zero_target_is_undefined():
    figures = judged(3, 0, 1, "lower")

    assert np.isnan(cell(figures, "attainment"))


def test_attainment_outside_a_range_bounded_by_zero_is_undefined():
    inside = judged(0, [0, 5], 1, "range")
    below = judged(-1, [0, 5], 1, "range")

    assert cell(inside, "attainment") == 1
    assert np.isnan(cell(below, "attainment"))


def test_the_default_tolerance_is_a_tenth_of_the_target():
    figures = judged(79.2, 88, direction="higher", decimals=1)

    assert cell(figures, "tolerance") == 8.8
    assert (cell(figures, "score"), cell(figures, "status")) == (60, AMBER)


def test_binary_noise_never_decides():
    """1.4 + 0.1 is 1.5, and 0.1 + 0.2 is not worse than 0.3."""
    figures = judged(0.1 + 0.2, 0.3, 0.1, "lower", decimals=9)

    assert cell(figures, "status") == GREEN


def test_a_value_that_prints_as_the_amber_limit_is_amber():
    """The limit 1.57 - 0.157 = 1.413 prints as 1.41."""
    figures = judged(1.41, 1.57, direction="higher")

    assert (cell(figures, "score"), cell(figures, "status")) == (60, AMBER)


def test_a_crossed_regulatory_limit_is_red_whatever_the_target_says():
    figures = judged(5.2, 6, 1, "lower", limit={"value": 5, "side": "max"})

    assert cell(figures, "status") == RED
    assert cell(figures, "over_limit")
    assert cell(figures, "score") == 120


@pytest.mark.parametrize(("value", "over"), [(5.0, False), (5.004, False), (5.005, True)])
def test_a_limit_is_crossed_only_beyond_what_is_printed(value, over):
    figures = judged(value, 6, 1, "lower", limit={"value": 5, "side": "max"})

    assert cell(figures, "over_limit") == over


def test_a_limit_from_below_is_crossed_downwards():
    figures = judged(119, [100, 300], 30, "range", limit={"value": 120, "side": "min"})

    assert cell(figures, "over_limit")


def test_a_small_sample_is_printed_but_not_judged():
    figures = judged_sample(9)

    assert cell(figures, "value") == 6
    assert cell(figures, "small")
    assert cell(figures, "status") == GREY
    assert np.isnan(cell(figures, "score"))
    assert np.isnan(cell(figures, "attainment"))


def test_an_unknown_number_of_answers_is_not_enough():
    figures = judged_sample(np.nan)

    assert cell(figures, "value") == 6
    assert (cell(figures, "small"), cell(figures, "status")) == (True, GREY)


def test_enough_answers_are_judged():
    figures = judged_sample(30)

    assert not cell(figures, "small")
    assert cell(figures, "status") == GREEN


def judged_sample(count):
    indicator = an_indicator(sample={"measure": "answers", "least": 30})
    site = a_site({"card": {"key": {"it": {"weight": 100, "target": 5, "tolerance": 1}}}}, {"it": indicator}, history=1)
    report = a_report(site, {"card": {"it": 6}}, samples={"card": {"it": count}})
    return next(iter(report.figures.values()))


def test_a_missing_value_is_never_green():
    figures = judged("no-data", 0, 1, "lower")

    assert cell(figures, "status") == GREY
    assert np.isnan(cell(figures, "score"))


def test_slope_and_cap_are_the_sites_own():
    figures = judged(87, 88, 2, scoring={"slope": 50, "cap": 100})
    above = judged(95, 88, 2, scoring={"slope": 50, "cap": 100})

    assert cell(figures, "score") == 75
    assert cell(above, "score") == 100


def test_a_tolerance_of_nothing_is_a_step_from_nothing_to_everything():
    """A target of zero gives a default tolerance of zero."""
    met, missed, beyond = (judged(value, 0) for value in (0, -1, 1))

    assert [cell(one, "score") for one in (met, missed, beyond)] == [100, 0, 120]
    assert [STATUSES[cell(one, "status")] for one in (met, missed, beyond)] == ["green", "red", "green"]


def test_scores_are_the_nearest_numbers_there_are():
    figures = judged(84.9, 88, 3, "higher", decimals=1)

    assert cell(figures, "score") == 176 / 3
