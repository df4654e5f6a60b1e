"""Family 10: what the house's own figures count, and when there is nothing to count yet."""

import numpy as np
import pytest

from kpisite.measure.series import REASONS
from kpisite.periods import Grain
from tests.factories import a_report, a_site, an_indicator

BUILTINS = (
    "target-attainment-rate",
    "plan-on-time-rate",
    "plan-effectiveness-rate",
    "data-completeness",
    "report-timeliness",
)
INDICATORS = {"csat": an_indicator("customers"), "growth": an_indicator("money")} | {
    id_: an_indicator("performance", builtin=id_, direction="lower" if id_ == "report-timeliness" else "higher")
    for id_ in BUILTINS
}
WANTED = {"target": 100, "tolerance": 10}
BANK = {"key": {id_: {"weight": 0, "target": 50, "tolerance": 10} for id_ in BUILTINS}}


def house(values, *, key=None, monitor=(), as_of="2026-03-31", grains=("month",), indicators=None, **more):
    """A reader of the bank's own figures: indicator, period label -> value or reason."""
    key = key or {"csat": {"weight": 60} | WANTED, "growth": {"weight": 40} | WANTED}
    products = {"card": {"key": key, "monitor": list(monitor)}, "loan": {"key": {"csat": {"weight": 100} | WANTED}}}
    site = a_site(products, indicators or INDICATORS, history=12, grains=grains, bank=BANK, **more)
    report = a_report(site, values, as_of=as_of)

    def read(id_, label="2025-12"):
        for figures in report.figures.values():
            for t, period in enumerate(figures.periods):
                if period.label == label:
                    s, i = report.subject("bank"), report.indicator(id_)
                    value = figures.value[s, i, t]
                    return REASONS[figures.reason[s, i, t]] if np.isnan(value) else value
        raise KeyError(label)

    read.report = report
    return read


def action(due, done=None, **more):
    return {"title": "Do it", "owner": "Li", "start": "2025-01-01", "due": due, "done": done} | more


def plan(actions=(), reviews=(), **more):
    return {
        "title": "Plan", "product": "card", "indicators": ["csat"], "owner": "Li", "opened": "2025-01-01",
        "actions": {f"a-{n}": one for n, one in enumerate(actions)},
        "reviews": [{"on": on, "verdict": verdict, "decision": "continue"} for on, verdict in reviews],
    } | more  # fmt: skip


def test_target_attainment_is_the_weight_of_green_in_the_weight_scored():
    read = house({"card": {"csat": 100, "growth": 80}, "loan": {"csat": {"": 100, "2025-12": "no-data"}}})

    assert read("target-attainment-rate") == 60
    assert read("target-attainment-rate", "2025-11") == 80


def test_target_attainment_without_any_score_is_not_there():
    assert house({})("target-attainment-rate") == "not-reviewed"


def test_target_attainment_counts_each_grains_own_figures():
    values = {"card": {"csat": {"2025-Q4": 100}, "growth": {"2025-Q4": 90}}}

    assert house(values, grains=("month", "quarter"))("target-attainment-rate", "2025-Q4") == 60


def test_actions_on_time_counts_what_was_due_since_the_fiscal_year_began():
    actions = [
        action("2024-12-31"),  # the year before
        action("2025-03-31", "2025-03-31"),
        action("2025-06-30", "2025-07-01"),  # late
        action("2025-10-31"),  # open
        action("2025-11-30", cancelled=True),
        action("2025-12-31", "2025-12-01"),
    ]
    read = house({}, plans={"p-1": plan(actions)}, grains=("month", "quarter", "year", "ytd"))

    assert read("plan-on-time-rate", "2025-02") == "not-reviewed"
    assert read("plan-on-time-rate", "2025-03") == 100
    assert read("plan-on-time-rate", "2025-06") == 50
    assert read("plan-on-time-rate", "2025-12") == 50
    assert read("plan-on-time-rate", "2025-Q4") == read("plan-on-time-rate", "2025") == 50
    assert read("plan-on-time-rate", "2025-10 YTD") == pytest.approx(100 / 3)


def test_what_is_due_after_the_reports_day_is_not_judged():
    read = house(
        {}, plans={"p-1": plan([action("2025-12-20"), action("2025-12-01", "2025-11-30")])}, as_of="2025-12-10"
    )

    assert read("plan-on-time-rate") == 100


def test_plan_effectiveness_counts_the_latest_verdict():
    plans = {
        "p-1": plan(reviews=[("2025-06-30", "no-evidence"), ("2025-11-30", "effective")]),
        "p-2": plan(reviews=[("2025-09-30", "adverse")]),
        "p-3": plan(reviews=[("2025-09-30", "too-early")]),
        "p-4": plan(),
    }
    read = house({}, plans=plans)

    assert read("plan-effectiveness-rate", "2025-05") == "not-reviewed"
    assert read("plan-effectiveness-rate", "2025-06") == 0
    assert read("plan-effectiveness-rate", "2025-12") == 50


def test_a_quarterly_figure_is_due_when_a_quarter_ends():
    quarterly = INDICATORS["plan-effectiveness-rate"] | {"cadence": "quarter"}
    plans = {"p-1": plan(reviews=[("2025-06-30", "effective")])}
    read = house(
        {}, plans=plans, indicators=INDICATORS | {"plan-effectiveness-rate": quarterly}, grains=("month", "quarter")
    )

    assert read("plan-effectiveness-rate", "2025-11") == "not-due"
    assert read("plan-effectiveness-rate", "2025-12") == 100
    assert read("plan-effectiveness-rate", "2025-Q4") == 100


def test_completeness_counts_delivered_cells_of_key_and_monitored_indicators():
    values = {
        "card": {"csat": 100, "growth": "zero-denominator"},
        "loan": {"csat": {"": "no-data", "2025-11": "incomplete", "2025-10": "not-launched"}},
    }
    read = house(values, monitor=["growth"], key={"csat": {"weight": 100} | WANTED})

    assert read("data-completeness", "2025-12") == pytest.approx(200 / 3)
    assert read("data-completeness", "2025-11") == pytest.approx(200 / 3)
    assert read("data-completeness", "2025-10") == 100


def test_completeness_of_a_longer_period_counts_its_months():
    values = {
        "card": {"csat": {"2025-10": 1, "2025-11": 1, "2025-Q4": "incomplete"}, "growth": 1},
        "loan": {"csat": {"": 1}},
    }
    read = house(values, grains=("month", "quarter", "ytd"))

    assert read("data-completeness", "2025-Q4") == pytest.approx(100 * 8 / 9)


REVIEW = {"role": "head", "person": "Wang", "verdict": "signed"}


def review(product, on, release="2025-11", **more):
    return REVIEW | {"product": product, "on": on, "release": release} | more


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        ([("card", "2025-12-05"), ("loan", "2025-12-12")], 12),
        ([("card", "2025-12-05")], "not-reviewed"),
        ([("card", "2025-12-05"), ("loan", "2025-12-12"), ("card", "2025-12-15")], 15),
    ],
)
def test_a_report_is_out_when_its_last_product_is_signed(reviews, expected):
    read = house({}, reviews=[review(*one) for one in reviews])

    assert read("report-timeliness", "2025-11") == expected


def test_a_returned_report_is_not_signed():
    reviews = [
        review("card", "2025-12-05"),
        review("loan", "2025-12-06"),
        review("card", "2025-12-08", verdict="returned"),
    ]

    assert house({}, reviews=reviews)("report-timeliness", "2025-11") == "not-reviewed"


def test_a_signature_after_the_reports_day_is_not_known_yet():
    reviews = [review("card", "2025-12-05"), review("loan", "2026-01-06")]

    assert house({}, reviews=reviews, as_of="2025-12-31")("report-timeliness", "2025-11") == "not-reviewed"


def test_timeliness_is_not_derived_for_longer_periods():
    assert house({}, grains=("month", "quarter"))("report-timeliness", "2025-Q4") == "not-derivable"


def test_the_houses_figures_are_judged_like_any_other():
    report = house({"card": {"csat": 100, "growth": 80}}).report
    figures = report.figures[Grain.MONTH]
    s, i = report.subject("bank"), report.indicator("target-attainment-rate")

    assert (figures.value[s, i, -1], figures.score[s, i, -1], figures.attainment[s, i, -1]) == (60, 120, 1.2)
