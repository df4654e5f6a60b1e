"""What must hold for any value, target, tolerance and weight."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.report import AMBER, GREEN, RED
from kpisite.evaluate.status import judge, rules_of
from kpisite.evaluate.target import Goals
from kpisite.periods import Grain
from tests.factories import a_report, a_site, an_indicator

SITES = {
    (direction, decimals): a_site({"card": {}}, {"it": an_indicator(direction=direction, decimals=decimals)})
    for direction in ("higher", "lower", "range")
    for decimals in (0, 1, 2)
}
# Numbers as people write them: up to four decimals, so that limits fall on, between and off what is printed.
number = st.integers(-(10**7), 10**7).map(lambda n: n / 10**4)
width = st.integers(1, 10**6).map(lambda n: n / 10**4)
direction = st.sampled_from(["higher", "lower"])
decimals = st.integers(0, 2)
examples = settings(max_examples=500, deadline=None)


def judged(values, target, tolerance, direction="higher", decimals=2, high=None):
    """Scores and statuses of many values against one target."""
    site = SITES[direction, decimals]
    value = np.array(values, dtype=np.float64).reshape(1, 1, -1)
    spread = [np.full(value.shape, np.nan if x is None else x) for x in (target, high, tolerance, 1.0)]
    found = judge(rules_of(site, ["it"]), site.scoring, value, np.full(value.shape, np.nan), Goals(*spread))
    return found.score[0, 0], found.status[0, 0]


@examples
@given(st.lists(number, min_size=2, max_size=20), number, width, direction, decimals)
def test_the_score_never_falls_when_the_value_betters(values, target, tolerance, direction, decimals):
    better_last = sorted(values, reverse=direction == "lower")

    score, status = judged(better_last, target, tolerance, direction, decimals)

    assert (np.diff(score) >= 0).all()
    assert (np.diff(status) >= 0).all()


@examples
@given(st.lists(number, min_size=1, max_size=20), number, width, direction, decimals)
def test_score_and_status_cannot_contradict(values, target, tolerance, direction, decimals):
    near = [target + k * tolerance / 4 for k in range(-8, 9)]

    score, status = judged(values + near, target, tolerance, direction, decimals)

    assert ((status == GREEN) == (score >= 100)).all()
    assert ((status == AMBER) == ((score >= 60) & (score < 100))).all()
    assert ((status == RED) == (score < 60)).all()
    assert ((score >= 0) & (score <= 120)).all()


@examples
@given(st.lists(number, min_size=1, max_size=20), number, width, width, decimals)
def test_a_range_cannot_contradict_either(values, low, size, tolerance, decimals):
    near = [low - tolerance, low, low + size, low + size + tolerance]

    score, status = judged(values + near, low, tolerance, "range", decimals, high=low + size)

    assert ((status == GREEN) == (score >= 100)).all()
    assert ((status == RED) == (score < 60)).all()
    assert (score <= 100).all()


@examples
@given(number, number, width, direction, st.integers(-(10**5), 10**5).map(lambda n: n / 100))
def test_shifting_value_and_target_changes_nothing(value, target, tolerance, direction, shift):
    """Shifts of whole printed steps; numbers are kept to those steps, where no rounding is left to do."""
    value, target = round(value, 2), round(target, 2)

    before, after = (judged([round(value + by, 2)], round(target + by, 2), tolerance, direction) for by in (0, shift))

    assert before[1] == after[1]
    assert before[0] == pytest.approx(after[0])


@examples
@given(number, number, width, direction, st.sampled_from([10, 100, 3, 7]))
def test_scaling_value_target_and_tolerance_changes_nothing(value, target, tolerance, direction, factor):
    value, target, tolerance = round(value, 2), round(target, 2), max(round(tolerance, 2), 0.01)

    before = judged([value], target, tolerance, direction)
    after = judged([round(value * factor, 2)], round(target * factor, 2), round(tolerance * factor, 2), direction)

    assert before[1] == after[1]
    assert before[0] == pytest.approx(after[0])


@examples
@given(number, number, width, direction, decimals)
def test_mirroring_changes_nothing(value, target, tolerance, direction, decimals):
    other = {"higher": "lower", "lower": "higher"}[direction]

    before = judged([value], target, tolerance, direction, decimals)
    after = judged([-value], -target, tolerance, other, decimals)

    assert before[1] == after[1]
    assert before[0] == after[0]


INDICATORS = {
    "csat": an_indicator("customers"),
    "nps": an_indicator("customers"),
    "growth": an_indicator("money"),
    "revenue": an_indicator("money"),
}
weights = st.lists(st.integers(1, 60), min_size=4, max_size=4)
cells = st.lists(st.one_of(st.integers(700, 1100).map(lambda n: n / 10), st.just("no-data")), min_size=4, max_size=4)
complete = st.lists(st.integers(700, 1100).map(lambda n: n / 10), min_size=4, max_size=4)


def composite(weights, cells, order=tuple(INDICATORS), least=0.0):
    """The report of one product whose indicators are declared in this order."""
    key = {
        id_: {"weight": weight, "target": 100, "tolerance": 10} for id_, weight in zip(INDICATORS, weights, strict=True)
    }
    site = a_site(
        {"card": {"key": {id_: key[id_] for id_ in order}}},
        {id_: INDICATORS[id_] for id_ in order},
        history=1,
        scoring={"least_coverage": least},
    )
    report = a_report(site, {"card": dict(zip(INDICATORS, cells, strict=True))})
    return report, report.scores[Grain.MONTH]


@examples
@given(weights, cells)
def test_a_composite_lies_between_the_scores_and_within_its_bounds(weights, cells):
    report, scores = composite(weights, cells)
    given_scores = report.figures[Grain.MONTH].score[0, :, 0]
    there = given_scores[~np.isnan(given_scores)]
    score, low, high = (float(part[0, -1, 0]) for part in (scores.score, scores.low, scores.high))

    if len(there):
        assert there.min() - 1e-9 <= score <= there.max() + 1e-9
        assert low - 1e-9 <= score <= high + 1e-9
    else:
        assert np.isnan(score)


@examples
@given(weights, cells, complete)
def test_bounds_contain_the_composite_of_any_completion(weights, cells, complete):
    _, scores = composite(weights, cells)
    filled = [other if cell == "no-data" else cell for cell, other in zip(cells, complete, strict=True)]
    _, whole = composite(weights, filled)

    assert scores.low[0, -1, 0] - 1e-9 <= whole.score[0, -1, 0] <= scores.high[0, -1, 0] + 1e-9


@examples
@given(weights, cells, st.permutations(list(INDICATORS)))
def test_the_order_of_indicators_changes_nothing(weights, cells, order):
    _, one = composite(weights, cells, least=0.7)
    _, other = composite(weights, cells, tuple(order), least=0.7)

    assert one.score[0, -1, 0] == pytest.approx(other.score[0, -1, 0], nan_ok=True)
    assert one.status[0, -1, 0] == other.status[0, -1, 0]
    assert (one.counts[0, -1] == other.counts[0, -1]).all()


@examples
@given(weights, complete)
def test_a_composite_is_the_mean_of_its_families(weights, cells):
    _, scores = composite(weights, cells)
    customers, money = sum(weights[:2]), sum(weights[2:])

    families = (customers * scores.score[0, 0, 0] + money * scores.score[0, 1, 0]) / sum(weights)

    assert scores.score[0, -1, 0] == pytest.approx(families)
