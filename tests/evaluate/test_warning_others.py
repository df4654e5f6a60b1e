"""Warnings about plans and competitors, and how good those that look ahead were."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from kpisite.declare.model import Plan, Site
from kpisite.evaluate.report import PeerFact
from kpisite.evaluate.warning import WARNING_RULES, alerts
from kpisite.evaluate.warning_others import falling_behind, plans_in_trouble
from kpisite.evaluate.warning_quality import warning_quality
from kpisite.periods import of_month, parse, span
from tests.evaluate.test_warning import NO_DATA, report_of
from tests.factories import a_report, a_site, an_indicator

NAN = float("nan")


def site_with(**plan) -> Site:
    declared = {"title": "Plan", "product": "card", "indicators": ["x"], "owner": "Li", "opened": "2025-01-01"} | plan
    site = a_site({"card": {"key": {}}}, {"x": an_indicator(), "y": an_indicator()})
    return site.model_copy(update={"plans": {"p": Plan.model_validate(declared)}})


def troubles(as_of, **plan):
    """What is told of a plan: rule, figure, months as labels, and what it is about."""
    return [
        (one.indicator, str(of_month(one.raised)), str(of_month(one.cleared)) if one.cleared else "", one.detail)
        for one in plans_in_trouble(site_with(**plan), dt.date.fromisoformat(as_of))
    ]


def an_action(**more):
    return {"a": {"title": "Do", "owner": "Li", "start": "2025-01-01", "due": "2025-06-30"} | more}


@pytest.mark.parametrize(
    ("action", "as_of", "expected"),
    [
        ({"progress": 85}, "2025-06-30", []),
        ({"progress": 60}, "2025-07-01", [("x", "2025-07", "", "p/a")]),
        ({"progress": 100, "done": "2025-06-30"}, "2025-12-31", []),
        ({"progress": 100, "done": "2025-09-02"}, "2025-12-31", [("x", "2025-07", "2025-09", "p/a")]),
        # A fifth done and a fifth of leeway: at risk from when two fifths of the 180 days are over.
        ({"progress": 20}, "2025-05-31", [("x", "2025-03", "", "p/a")]),
        (
            {"progress": 90, "milestones": [{"name": "M", "due": "2025-02-28"}]},
            "2025-05-31",
            [("x", "2025-03", "", "p/a")],
        ),
        ({"progress": 20, "cancelled": True}, "2025-12-31", []),
        ({"progress": 60, "indicators": ["y"]}, "2025-07-01", [("y", "2025-07", "", "p/a")]),
    ],
)
def test_an_action_that_is_late_or_at_risk_is_one_alert(action, as_of, expected):
    assert troubles(as_of, actions=an_action(**action)) == expected


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([("2025-05-01", "promising")], []),
        ([("2025-05-01", "no-evidence")], [("x", "2025-05", "", "p")]),
        ([("2025-05-01", "adverse"), ("2025-08-01", "too-early")], [("x", "2025-05", "", "p")]),
        ([("2025-05-01", "adverse"), ("2025-08-01", "effective")], [("x", "2025-05", "2025-08", "p")]),
    ],
)
def test_a_plan_without_effect_is_told_until_it_is_judged_otherwise(verdicts, expected):
    reviews = [{"on": day, "verdict": verdict, "decision": "continue"} for day, verdict in verdicts]

    assert troubles("2025-12-31", reviews=reviews) == expected


def a_fact(period, gap, worsenings, competitor="a"):
    return PeerFact(
        product="card", indicator="x", period=parse(period), competitor=competitor, value=110.0, as_of="2025-12-31",
        comparable="yes", confidence="A", source="", note="", own=100.0, gap=gap, relative_gap=NAN, gap_change=NAN,
        worsenings=worsenings, rank=0, of=0, percentile=NAN, median=NAN, best=NAN, quadrant="", material=NAN,
    )  # fmt: skip


def test_falling_behind_is_told_at_the_third_worsening_and_cleared_after_two_better_periods():
    quarters = ["2024-03", "2024-06", "2024-09", "2024-12", "2025-03", "2025-06"]
    facts = [a_fact(q, -n, n if n < 4 else 0) for n, q in enumerate(quarters)]

    (one,) = falling_behind(facts)

    assert (str(of_month(one.raised)), str(of_month(one.cleared))) == ("2024-12", "2025-06")
    assert (one.value, one.threshold, one.detail) == (100.0, 110.0, "a")


def test_periods_without_a_gap_neither_raise_nor_clear_falling_behind():
    facts = [a_fact("2024-03", -3, 3), a_fact("2024-06", NAN, 0), a_fact("2024-09", NAN, 0), a_fact("2024-12", -2, 0)]

    (one,) = falling_behind(facts)

    assert one.cleared == 0


def quality(values, raised, **more):
    """The quality of W4 where it had been raised in these months."""
    return quality_of(report_of(values, **more), raised)


def quality_of(report, raised):
    """The quality of W4 of a report if it had been raised in these periods."""
    rows = len(raised)
    kept = replace(
        report.warnings,
        **{
            name: np.full(rows, value)
            for name, value in (("subject", 0), ("indicator", 0), ("severity", 2), ("cleared", 0), ("value", 0.0),
                                ("threshold", 0.0), ("breach", 0), ("chance", NAN))
        },
        rule=np.full(rows, WARNING_RULES.index("W4"), dtype=np.int8),
        raised=np.array([parse(period).last_month for period in raised], dtype=np.int32),
        detail=("",) * rows,
    )  # fmt: skip
    return warning_quality(replace(report, warnings=kept))[0]


def test_a_warning_followed_by_a_breach_within_six_months_is_a_hit():
    found = quality([100] * 20 + [85] * 4, ["2025-06"])

    assert (found.hits, found.false, found.misses, found.pending, found.lead) == (1, 0, 0, 0, 3.0)


def test_a_warning_without_a_breach_is_false_and_a_young_one_too_early_to_judge():
    found = quality([100] * 24, ["2025-03", "2025-10"])

    assert (found.hits, found.false, found.misses, found.pending, found.lead) == (0, 1, 0, 1, None)


def test_a_breach_without_a_warning_is_a_miss():
    found = quality([100] * 20 + [85] * 4, [])

    assert (found.hits, found.false, found.misses) == (0, 0, 1)


def test_a_warning_from_before_the_months_shown_is_not_judged_but_has_told_of_a_breach():
    found = quality([100] * 20 + [85] * 4, ["2023-06"])

    assert (found.hits, found.false, found.misses, found.pending, found.lead) == (0, 0, 0, 0, None)


@pytest.mark.parametrize(
    ("raised", "bad", "expected"),
    [
        ("2024-Q4", "2025-Q1", (1, 0, 3.0)),
        ("2024-Q4", "2025-Q2", (1, 0, 6.0)),
        ("2024-Q4", "2025-Q4", (0, 1, None)),  # a year later
        ("2024-Q4", None, (0, 1, None)),
        ("2024", "2025", (1, 0, 12.0)),  # no year ends within six months of another
        ("2023", "2025", (0, 1, None)),
    ],
)
def test_six_months_are_months_at_every_cadence(raised, bad, expected):
    grain = parse(raised).grain
    site = a_site(
        {"card": {"key": {"x": {"weight": 100, "target": 100, "tolerance": 10}}}},
        {"x": an_indicator(cadence=grain.value)},
        history=144,
        grains=("month", "quarter", "year"),
    )
    given = {p.label: 100.0 for p in span(grain, 2014 * 12, 2025 * 12 + 11, 1)} | {bad: 85.0}
    report = a_report(site, {"card": {"x": {"": "not-due"} | given}})

    found = quality_of(report, [raised])
    assert (found.hits, found.false, found.lead) == expected
    assert quality_of(report, []).misses == (bad is not None)


def test_a_figure_too_young_to_be_forecast_misses_nothing():
    assert quality([NO_DATA] * 13 + [100] * 10 + [85], []).misses == 0
    assert quality([NO_DATA] * 12 + [100] * 11 + [85], []).misses == 1


def test_nothing_is_counted_where_nothing_happened():
    found = warning_quality(report_of([100] * 24))

    assert [(one.rule, one.hits, one.false, one.misses, one.pending) for one in found] == [
        ("W4", 0, 0, 0, 0),
        ("W9", 0, 0, 0, 0),
    ]
    assert list(alerts(report_of([100] * 24))) == []
