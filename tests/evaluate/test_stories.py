"""The stories of the demo bank as its warnings and statuses tell them.

Others stand where they belong: the redesign's rebase, trial limits, the chart of growth on the year and the signal of
the veto in test_demo_signals.py; the reset of the card's targets in test_reasons.py; the rank of wealth among
competitors in test_compare_peers.py; restated figures in tests/release/test_vintages.py; the data behind
every story in tests/data/test_stories.py.
"""

from itertools import pairwise

import numpy as np
import pytest

from kpisite.build import judged, versions_of
from kpisite.declare.read import read_site
from kpisite.errors import Problems
from kpisite.evaluate.achieve import LIKELIHOODS
from kpisite.evaluate.report import RED, STATUSES
from kpisite.evaluate.warning import alerts
from kpisite.evaluate.warning_quality import warning_quality
from kpisite.measure.series import REASONS
from kpisite.periods import Grain, parse
from tests.conftest import ROOT
from tests.evaluate.test_demo_signals import demo_of


@pytest.fixture(scope="module")
def demo():
    """The newest of all versions, so that it knows what was published before."""
    problems = Problems()
    report = judged(read_site(ROOT / "site.yaml", problems), ROOT / "site.yaml", problems)
    return versions_of(ROOT / "site.yaml", report)[-1]


@pytest.fixture(scope="module")
def said(demo):
    """Months in which a rule was raised and cleared ("" while open) for a figure."""
    every = list(alerts(demo))

    def of(product, indicator, rule):
        return [
            (one.raised.label, one.cleared.label if one.cleared else "")
            for one in every
            if (one.product, one.indicator, one.rule) == (product, indicator, rule)
        ]

    return of


class Months:
    """One figure month by month."""

    def __init__(self, report, product, indicator):
        self.figures = report.figures[Grain.MONTH]
        self.at = report.subject(product), report.indicator(indicator)
        self.when = {period.label: t for t, period in enumerate(self.figures.periods)}

    def status(self, month):
        return STATUSES[self.figures.status[*self.at, self.when[month]]]

    def statuses(self, first):
        return [STATUSES[code] for code in self.figures.status[*self.at, self.when[first] :].tolist()]

    def __getitem__(self, field_month):
        field, month = field_month
        return getattr(self.figures, field)[*self.at, self.when[month]].item()


def one(report, product, indicator, rule):
    (found,) = (
        alert
        for alert in alerts(report)
        if (alert.product, alert.indicator, alert.rule) == (product, indicator, rule) and alert.cleared is None
    )
    return found


# ------------------------------------------------------------------------------------------- st-card-warning


def test_card_overdue_signals_concern_when_it_steps_up(said):
    assert said("credit-card", "overdue-30d-ratio", "W5")[-1] == ("2025-03", "")


def test_the_leading_indicator_warns_half_a_year_before_card_bad_loans_turn_amber(demo, said):
    raised, cleared = said("credit-card", "npl-ratio", "W9")[-1]
    npl = Months(demo, "credit-card", "npl-ratio")

    assert raised == "2025-03"
    assert npl.statuses("2025-03")[:6] == ["green"] * 6
    assert npl.status("2025-09") == "amber"
    assert cleared >= "2025-10"
    assert one(demo, "credit-card", "npl-ratio", "W2").raised.label == "2025-09"


def test_the_forecast_of_card_bad_loans_crosses_the_red_limit_in_january(demo):
    alert = one(demo, "credit-card", "npl-ratio", "W4")

    assert alert.breach.label == "2026-01"
    assert alert.chance == pytest.approx(0.5, abs=0.2)
    assert alert.chance >= 0.5
    assert alert.threshold == 2.10


def test_the_card_plan_is_in_progress_and_its_targets_unlikely(demo):
    at = demo.subject("credit-card"), demo.indicator("npl-ratio")

    assert LIKELIHOODS[demo.outlook.likelihood[at]] == "unlikely"
    actions = {fact.action: fact.status for fact in demo.actions if fact.plan == "card-risk-warning"}
    assert actions["a-12"] == "doing"


# ---------------------------------------------------------------------------------------- the other stories


def test_wealth_meets_its_growth_target_and_falls_behind(demo, said):
    assert Months(demo, "wealth", "balance-growth-yoy").status("2025-12") == "green"
    assert said("wealth", "balance-growth-yoy", "W10")[-1][1] == ""
    assert said("wealth", "market-share", "W10")[-1][1] == ""


def test_consumer_conversion_is_missed_again_and_again_before_its_plan_and_then_recovers(demo, said):
    (raised, cleared) = said("consumer-loan", "conversion-rate", "W3")[-1]
    plan = demo.site.plans["consumer-loan-recovery"]

    assert raised < plan.opened.isoformat()[:7] < cleared
    assert {fact.status for fact in demo.actions if fact.plan == "consumer-loan-recovery"} == {"done"}
    assert plan.reviews[-1].verdict == "effective"
    assert Months(demo, "consumer-loan", "conversion-rate").status("2025-12") == "green"


def test_restated_sme_bad_loans_are_warned_of_in_the_release_that_restates_them(demo, said):
    alert = one(demo, "sme-loan", "npl-ratio", "W11")

    assert alert.raised.label == "2025-11"
    assert alert.detail == "2025-06..2025-10"
    assert alert.value - alert.threshold == pytest.approx(0.21)


@pytest.mark.parametrize("product", ["personal-deposit", "mortgage", "consumer-loan", "credit-card"])
def test_a_new_definition_of_complaints_is_no_jump(demo, said, product):
    i = demo.indicator("complaint-rate")

    assert demo.role[demo.subject(product), i]
    assert set(demo.signals[Grain.MONTH].segment[demo.subject(product), i].tolist()) == {0, 1}
    assert "2025-01" not in [month for month, _ in said(product, "complaint-rate", "W8")]


def test_a_missing_month_lowers_the_coverage_and_is_told(demo, said):
    csat = Months(demo, "mortgage", "csat")
    t = csat.when["2025-07"]

    assert REASONS[csat["reason", "2025-07"]] == "no-data"
    assert demo.scores[Grain.MONTH].coverage[demo.subject("mortgage"), -1, t] == pytest.approx(0.92)
    assert said("mortgage", "csat", "W7") == [("2025-07", "2025-09")]


def test_late_data_are_a_warning_and_not_a_zero(demo, said):
    s = demo.subject("cash-mgmt")

    assert said("cash-mgmt", "availability", "W7")[-1] == ("2025-12", "")
    assert Months(demo, "cash-mgmt", "availability").status("2025-12") == "grey"
    assert demo.scores[Grain.MONTH].coverage[s, -1, demo.now()] == pytest.approx(0.88)


def test_straight_through_processing_will_not_reach_its_target(demo, said):
    (raised, cleared), *more = said("cash-mgmt", "stp-rate", "W6")

    assert (cleared, more) == ("", [])
    assert raised == "2024-01"  # the thirteenth month: from then on the limits are firm


def test_breaches_are_critical_red_and_cap_the_composite(demo, said):
    breaches = Months(demo, "consumer-loan", "compliance-breaches")
    t = breaches.when["2024-08"]
    s = demo.subject("consumer-loan")

    assert breaches.status("2024-08") == "red"
    assert demo.scores[Grain.MONTH].status[s, -1, t] == RED
    assert said("consumer-loan", "compliance-breaches", "W14") == [("2024-08", "2024-10")]
    (alert,) = (a for a in alerts(demo) if a.rule == "W14")
    assert alert.severity == "critical"


def test_deposit_retention_flips_its_status_and_has_one_open_alert(demo, said):
    statuses = Months(demo, "personal-deposit", "retention-rate").statuses("2024-01")

    assert statuses == ["green", "amber"] * 12
    assert said("personal-deposit", "retention-rate", "W2") == [("2024-02", "")]
    open_ = [
        a for a in alerts(demo) if (a.product, a.indicator) == ("personal-deposit", "retention-rate") and not a.cleared
    ]
    assert len(open_) == 1


def test_nine_answers_are_shown_and_not_judged(demo, said):
    ces = Months(demo, "sme-loan", "ces")

    assert (ces["small", "2025-09"], ces["sample", "2025-09"]) == (True, 9)
    assert ces.status("2025-09") == "grey"
    assert not np.isnan(ces["value", "2025-09"])
    every = [a for a in alerts(demo) if (a.product, a.indicator) == ("sme-loan", "ces")]
    assert all(a.raised.label != "2025-09" for a in every)


def test_a_short_history_gives_no_warning_that_needs_firm_limits(demo, said):
    assert said("mobile-app", "ces", "W6") == []


def test_quarter_ends_of_deposits_look_like_no_jump(demo, said):
    assert "balance-growth-yoy" in demo.site.products["personal-deposit"].key
    assert said("personal-deposit", "balance-growth-yoy", "W8") == []


def test_a_shrinking_market_has_no_share_of_growth(demo):
    share = Months(demo, "mortgage", "increment-share")

    assert REASONS[share["reason", "2025-12"]] == "no-meaning"
    assert share.status("2025-12") == "grey"


def test_a_late_action_is_warned_of(demo, said):
    alert = next(a for a in alerts(demo) if a.rule == "W12" and a.detail.endswith("/a-15"))

    assert (alert.product, alert.raised.label, alert.cleared) == ("sme-loan", "2025-11", None)
    assert (alert.value, alert.threshold) == (60, 100)
    assert {f.status for f in demo.actions if f.action == "a-15"} == {"late"}
    signed = {review.product for review in demo.site.reviews if review.release == "2025-12"}
    assert "sme-loan" not in signed


# ------------------------------------------------------------------------------------------------ all of them


def test_every_warning_has_a_name_of_its_own(demo):
    ids = [a.id for a in alerts(demo)]

    assert len(ids) == len(set(ids)) > 300


def test_alerts_of_one_rule_and_figure_do_not_overlap(demo):
    spans = {}
    for a in alerts(demo):
        if a.rule != "W12":
            spans.setdefault((a.product, a.indicator, a.rule), []).append(a)
    for own in spans.values():
        own.sort(key=lambda a: a.raised)
        for first, second in pairwise(own):
            assert first.cleared is not None
            assert first.cleared <= second.raised


@pytest.mark.parametrize("earlier", ["2025-06", "2025-10"])
def test_another_month_changes_of_older_alerts_only_that_open_ones_are_cleared(demo, earlier):
    # Signals stand on limits that move until they are locked, W9 on signals, and the forecast on its target's date.
    steady = ("W1", "W2", "W3", "W7", "W13", "W14")
    month = parse(earlier)
    before = {one.id: one for one in alerts(demo_of(earlier)) if one.rule in steady and one.product != "bank"}
    after = {one.id: one for one in alerts(demo_of("2025-12")) if one.rule in steady and one.product != "bank"}

    assert len(before) > 100
    assert {id_ for id_, one in after.items() if one.raised.last_month <= month.last_month} == set(before)
    for id_, one in before.items():
        same = after[id_]
        assert (same.raised, same.value, same.threshold) == (one.raised, one.value, one.threshold) or np.isnan(
            one.value
        )
        assert same.cleared == one.cleared or (one.cleared is None and same.cleared.last_month > month.last_month)


def test_every_red_figure_has_an_open_breach(demo):
    figures, now = demo.figures[Grain.MONTH], demo.now()
    open_ = {(a.product, a.indicator) for a in alerts(demo) if a.rule == "W1" and a.cleared is None}
    red = {
        (demo.subjects[s].id, demo.indicators[i])
        for s, i in np.argwhere((figures.status[:, :, now] == RED) & (demo.role == 1)).tolist()
    }

    assert red <= open_
    assert red


def test_past_warnings_that_looked_ahead_are_counted_against_what_came(demo):
    trend, leading = warning_quality(demo)
    every = [a for a in alerts(demo) if a.rule == "W4"]

    assert trend.hits + trend.false + trend.pending == len(every)
    assert trend.hits > 0
    assert trend.lead is not None
    assert 1 <= trend.lead <= 6
    assert leading.hits >= 1  # card bad loans, six months ahead
