"""The report as a whole: who carries what, what was known when, and what never contradicts."""

import numpy as np
import pytest

from kpisite.evaluate.report import ABSENT, GREY, KEY, MONITOR, ROLES, ROLLED
from kpisite.measure.series import REASON
from kpisite.periods import Grain, Period
from tests.factories import a_report, a_site, an_indicator

INDICATORS = {
    "csat": an_indicator("customers"),
    "response": an_indicator("customers", kind="duration", across="none"),
    "growth": an_indicator("money"),
    "mau": an_indicator("money", across="none"),
}
TARGET = {"weight": 100, "target": 100, "tolerance": 10}
PRODUCTS = {
    "card": {"key": {"csat": TARGET}, "monitor": ["response", "mau"]},
    "loan": {"line": "corporate", "key": {"growth": TARGET}},
}


def test_everyone_carries_what_is_declared_or_rolled_up():
    report = a_report(a_site(PRODUCTS, INDICATORS), {})

    roles = {
        (subject.id, id_): ROLES[report.role[s, i]]
        for s, subject in enumerate(report.subjects)
        for i, id_ in enumerate(report.indicators)
        if report.role[s, i] != ABSENT
    }

    assert roles == {
        ("card", "csat"): "key",
        ("card", "response"): "monitor",
        ("card", "mau"): "monitor",
        ("loan", "growth"): "key",
        ("line:retail", "csat"): "rolled",
        ("line:corporate", "growth"): "rolled",
        ("bank", "csat"): "rolled",
        ("bank", "growth"): "rolled",
    }
    assert (KEY, MONITOR, ROLLED) == (1, 2, 3)


def test_what_a_subject_does_not_carry_is_not_applicable():
    report = a_report(a_site(PRODUCTS, INDICATORS), {"card": {"growth": 5, "csat": 90}})
    figures, i = report.figures[Grain.MONTH], report.indicator("growth")

    assert np.isnan(figures.value[0, i]).all()
    assert (figures.reason[0, i] == REASON["not-applicable"]).all()
    assert (figures.status[0, i] == GREY).all()


def test_a_value_and_a_reason_exclude_each_other():
    report = a_report(a_site(PRODUCTS, INDICATORS), {"card": {"csat": {"2025-12": 90}}})
    figures = report.figures[Grain.MONTH]

    assert ((figures.reason == 0) == ~np.isnan(figures.value)).all()


def test_monitored_and_rolled_figures_are_not_judged():
    report = a_report(a_site(PRODUCTS, INDICATORS), {"card": {"mau": 5}, "bank": {"csat": 90}})
    figures = report.figures[Grain.MONTH]

    for subject, id_ in (("card", "mau"), ("bank", "csat")):
        s, i = report.subject(subject), report.indicator(id_)
        assert figures.status[s, i, -1] == GREY
        assert figures.weight[s, i, -1] == 0
        assert np.isnan(figures.score[s, i, -1])


def test_the_report_names_its_period_on_the_fiscal_calendar():
    site = a_site(PRODUCTS, INDICATORS, grains=("month", "quarter"), report={"fiscal_year_starts": 4}, history=6)
    report = a_report(site, {})

    assert report.period == Period(Grain.MONTH, 2025 * 12 + 11, 4)
    assert report.now() == 5
    assert report.figures[Grain.QUARTER].periods[report.now(Grain.QUARTER)].label == "2026-Q3"


PLAN = {
    "title": "Plan",
    "product": "card",
    "indicators": ["csat"],
    "owner": "Li",
    "opened": "2025-03-01",
    "actions": {
        "a-1": {"title": "Call", "owner": "Li", "start": "2025-03-01", "due": "2025-09-30", "done": "2025-08-31"},
    },
    "reviews": [{"on": "2025-11-30", "verdict": "effective", "decision": "standardise"}],
    "closed": "2025-12-15",
}
SIGNED = {
    "release": "2025-09",
    "product": "card",
    "role": "head",
    "person": "Wang",
    "on": "2025-10-10",
    "verdict": "signed",
}


@pytest.mark.parametrize(
    ("as_of", "plans", "done", "verdicts", "closed", "signed", "status"),
    [
        ("2025-02-28", 0, None, None, None, 0, None),
        ("2025-06-30", 1, False, 0, False, 0, "overdue-start"),
        ("2025-10-31", 1, True, 0, False, 1, "done"),
        ("2025-12-31", 1, True, 1, True, 1, "done"),
    ],
)
def test_facts_dated_after_the_reports_day_are_left_out(as_of, plans, done, verdicts, closed, signed, status):
    report = a_report(a_site(PRODUCTS, INDICATORS, plans={"p-1": PLAN}, reviews=[SIGNED]), {}, as_of=as_of)

    assert len(report.site.plans) == plans
    assert len(report.site.reviews) == signed
    assert [fact.status for fact in report.actions] == ([status] if plans else [])
    for plan in report.site.plans.values():
        assert (plan.actions["a-1"].done is not None) == done
        assert len(plan.reviews) == verdicts
        assert (plan.closed is not None) == closed


def test_a_later_month_never_changes_older_judgements():
    values = {"card": {"csat": {"2025-10": 95, "2025-11": 101, "2025-12": 80}}}
    before = a_report(a_site(PRODUCTS, INDICATORS, period="2025-11", history=2), values)
    after = a_report(a_site(PRODUCTS, INDICATORS, period="2025-12", history=3), values)

    for field in ("value", "status", "score", "attainment", "reason"):
        old = getattr(before.figures[Grain.MONTH], field)
        new = getattr(after.figures[Grain.MONTH], field)[:, :, :2]
        assert np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
    assert np.array_equal(before.scores[Grain.MONTH].status, after.scores[Grain.MONTH].status[:, :, :2])
