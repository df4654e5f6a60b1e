"""The stories of the demo bank as its signals tell them, and that another month changes no older judgement."""

import dataclasses

import numpy as np
import pytest

from kpisite.build import judged
from kpisite.declare.read import read_site
from kpisite.errors import Problems
from kpisite.evaluate.achieve import LIKELIHOODS
from kpisite.evaluate.limits import LOCKED_STATE, STATES
from kpisite.evaluate.report import ASSURANCES, VARIATIONS
from kpisite.evaluate.rules import RULES
from kpisite.evaluate.trend import TRENDS
from kpisite.periods import Grain, parse
from tests.conftest import ROOT


def demo_of(period, history=36):
    """The demo bank's report for a period, with all data delivered until now."""
    problems = Problems()
    site = read_site(ROOT / "site.yaml", problems)
    settings = site.report.model_copy(
        update={"period": parse(period), "through": None, "version": None, "history": history}
    )
    return judged(site.model_copy(update={"report": settings}), ROOT / "site.yaml", problems)


@pytest.fixture(scope="module")
def demo():
    return demo_of("2025-12")


class Figure:
    """One figure's signals by the labels of its months."""

    def __init__(self, report, product, indicator):
        self.found = report.signals[Grain.MONTH]
        self.at = report.subject(product), report.indicator(indicator)
        self.when = {period.label: t for t, period in enumerate(report.figures[Grain.MONTH].periods)}

    def __call__(self, field, month):
        code = getattr(self.found, field)[*self.at, self.when[month]]
        words = {"variation": VARIATIONS, "assurance": ASSURANCES, "rule": RULES, "state": STATES}
        return words[field][code] if field in words else float(code)


def test_the_app_redesign_is_a_rebase_and_then_another_process(demo):
    csat = Figure(demo, "mobile-app", "csat")

    assert csat("segment", "2024-09") == 0
    assert csat("segment", "2024-10") == 1
    assert csat("mean", "2025-12") - csat("mean", "2024-09") > 5.5
    assert (csat("state", "2024-09"), csat("state", "2025-12")) == ("locked", "firm")


def test_straight_through_processing_will_not_reach_its_target_by_itself(demo):
    stp = Figure(demo, "cash-mgmt", "stp-rate")

    assert stp("assurance", "2025-12") == "fails"
    assert stp("state", "2025-12") == "locked"
    assert stp("upper", "2025-12") < 97


def test_card_overdue_signals_concern_when_it_steps_up(demo):
    overdue = Figure(demo, "credit-card", "overdue-30d-ratio")

    assert overdue("variation", "2025-03") == "concern-high"
    assert overdue("rule", "2025-03") == "outside"
    assert overdue("variation", "2025-02") == "common"


def test_a_short_history_has_trial_limits(demo):
    ces = Figure(demo, "mobile-app", "ces")

    assert ces("state", "2025-12") == "trial"


def test_a_seasonal_flow_is_charted_as_growth_on_the_year(demo):
    sales = next(id_ for id_, one in demo.site.indicators.items() if one.spc == "yoy" and one.seasonal)
    s = next(s for s in range(len(demo.subjects)) if demo.role[s, demo.indicator(sales)] in (1, 2))
    figures, found = demo.figures[Grain.MONTH], demo.signals[Grain.MONTH]
    value, charted = figures.value[s, demo.indicator(sales)], found.charted[s, demo.indicator(sales)]

    assert np.isnan(charted[:12]).all()
    assert charted[12:] == pytest.approx(100 * (value[12:] / value[:-12] - 1))


def test_a_breach_of_rules_is_a_signal_by_itself(demo):
    breaches = Figure(demo, "consumer-loan", "compliance-breaches")

    assert (breaches("variation", "2024-08"), breaches("rule", "2024-08")) == ("concern-high", "above-zero")
    assert breaches("variation", "2024-09") == "common"


def test_a_definition_change_begins_new_limits(demo):
    i = demo.indicator("complaint-rate")
    s = next(s for s in range(len(demo.subjects)) if demo.role[s, i] in (1, 2))
    complaints = Figure(demo, demo.subjects[s].id, "complaint-rate")

    assert (complaints("segment", "2024-12"), complaints("segment", "2025-01")) == (0, 1)


@pytest.mark.parametrize("earlier", ["2025-09", "2025-11"])
def test_another_month_changes_no_older_status_and_no_signal_of_locked_limits(demo, earlier):
    before = demo_of(earlier)
    months = len(before.figures[Grain.MONTH].periods)
    locked = before.signals[Grain.MONTH].state == LOCKED_STATE

    assert months < len(demo.figures[Grain.MONTH].periods)
    assert np.array_equal(before.figures[Grain.MONTH].status, demo.figures[Grain.MONTH].status[:, :, :months])
    assert locked.sum() > 1000
    for field in dataclasses.fields(before.signals[Grain.MONTH]):
        old, new = (getattr(one.signals[Grain.MONTH], field.name)[:, :, :months][locked] for one in (before, demo))
        assert np.array_equal(old, new, equal_nan=old.dtype.kind == "f"), field.name


def test_a_window_that_has_moved_on_shows_the_same_judgements(demo):
    months = 20
    later = demo_of("2025-12", history=months)

    assert later.figures[Grain.MONTH].periods[0].label == "2024-05"
    assert later.figures[Grain.QUARTER].periods[0].label == "2024-Q3"
    for grain in (Grain.MONTH, Grain.YTD):
        for held in ("figures", "scores", "signals"):
            if grain not in getattr(demo, held):
                continue
            whole, part = getattr(demo, held)[grain], getattr(later, held)[grain]
            for field in dataclasses.fields(whole):
                old, new = getattr(whole, field.name), getattr(part, field.name)
                if isinstance(old, np.ndarray):
                    old = old[:, :, -months:]
                    assert np.array_equal(old, new, equal_nan=old.dtype.kind == "f"), (grain, held, field.name)
    opened, kept = (
        set(
            zip(
                *(
                    getattr(one.warnings, name).tolist()
                    for name in ("subject", "indicator", "rule", "raised", "cleared")
                ),
                strict=True,
            )
        )
        for one in (demo, later)
    )
    assert kept == {one for one in opened if one[-1] == 0 or one[-1] >= parse("2024-05").last_month}
    assert opened - kept


def ahead(report, product, indicator, field):
    return getattr(report.outlook, field)[report.subject(product), report.indicator(indicator)]


def test_card_bad_loans_cross_their_amber_limit_in_the_next_month(demo):
    assert ahead(demo, "credit-card", "npl-ratio", "crosses") == 1
    assert ahead(demo, "credit-card", "npl-ratio", "crosses_limit") == 0
    assert TRENDS[ahead(demo, "credit-card", "npl-ratio", "trend")] == "worsening"


@pytest.mark.parametrize(("product", "indicator"), [("credit-card", "npl-ratio"), ("cash-mgmt", "stp-rate")])
def test_targets_out_of_reach_are_called_unlikely(demo, product, indicator):
    assert LIKELIHOODS[ahead(demo, product, indicator, "likelihood")] == "unlikely"
    assert ahead(demo, product, indicator, "stretch") > 1


def test_a_short_history_has_no_change_on_the_year_before_it_is_a_year_old():
    earlier = demo_of("2025-11")

    assert np.isnan(ahead(earlier, "mobile-app", "ces", "on_year"))


def test_streaks_count_the_months_off_target(demo):
    assert ahead(demo, "cash-mgmt", "stp-rate", "off_target") == 36
    assert ahead(demo, "cash-mgmt", "availability", "off_target") == 0
