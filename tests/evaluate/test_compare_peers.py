"""Which values of competitors are compared with which of ours, and what follows."""

import datetime as dt
import math

import pytest

from kpisite.evaluate.compare_peers import compare_peers, falling_behind, newest_facts, opportunities
from kpisite.evaluate.evaluate import evaluate
from kpisite.evaluate.warning import alerts
from kpisite.load.peers import Peers, PeerValue
from kpisite.periods import parse
from kpisite.release.snapshot import freeze, thaw
from tests.factories import a_series, a_site, an_indicator

NAMES = {f"peer-{letter}": {"name": letter.upper()} for letter in "abcdef"} | {"all": {"name": "M", "kind": "market"}}


def a_value(competitor, period, value, **more):
    as_of = dt.date.fromisoformat(more.pop("as_of", "2025-11-01")).toordinal()
    kept = {"comparable": "yes", "confidence": "A"} | more
    return PeerValue("card", "it", parse(period), competitor, value, as_of, **kept)


def facts(
    values, own, *, target=None, as_of="2025-12-31", grains=("month", "quarter"), history=12, running="", **indicator
):
    """The comparisons of one indicator of one product."""
    declared = {"weight": 100, "target": 10, "tolerance": 2} if target is None else target
    site = a_site(
        {"card": {"key": {"it": declared}}},
        {"it": an_indicator(**({"decimals": 1, "bounds": [0, None]} | indicator))},
        grains=grains, history=history, competitors={"file": "x.csv", "names": NAMES},
    )  # fmt: skip
    series = a_series(site, {"card": {"it": own}})
    for cells in series.grains.values():
        cells.provisional[..., [period.label == running for period in cells.periods]] = 2
    day = dt.date.fromisoformat(as_of)
    return evaluate(site, series, Peers(tuple(values)), version="v", title="v", as_of=day)


def test_only_the_same_period_is_compared():
    report = facts([a_value("peer-a", "2025-09", 12.0)], {"2025-09": 11.0, "2025-12": 99.0})
    (fact,) = report.peers

    assert (fact.own, fact.gap) == (11.0, -1.0)


def test_a_quarter_is_compared_with_the_quarter_and_a_month_with_the_month():
    values = [a_value("peer-a", "2025-Q3", 12.0), a_value("peer-b", "2025-09", 12.0)]
    report = facts(values, {"2025-09": 11.0, "2025-Q3": 13.0})

    assert {fact.competitor: fact.gap for fact in report.peers} == {"peer-a": 1.0, "peer-b": -1.0}


def test_a_frequency_that_the_report_does_not_have_is_not_compared():
    (fact,) = facts([a_value("peer-a", "2025-Q3", 12.0)], {"2025-09": 11.0}, grains=("month",)).peers

    assert math.isnan(fact.gap)


def test_what_is_not_comparable_is_shown_without_a_gap_and_does_not_count():
    values = [a_value("peer-a", "2025-09", 12.0, comparable="no"), a_value("peer-b", "2025-09", 9.0)]
    first, second = facts(values, {"2025-09": 11.0}).peers

    assert (first.value, math.isnan(first.gap)) == (12.0, True)
    assert (second.rank, second.of, second.median, second.best) == (1, 2, 9.0, 9.0)


def test_partly_comparable_values_have_a_gap_and_no_part_in_ranks():
    (fact,) = facts([a_value("peer-a", "2025-09", 12.0, comparable="partly")], {"2025-09": 11.0}).peers

    assert (fact.gap, fact.rank, math.isnan(fact.median)) == (-1.0, 0, True)


def test_a_market_line_is_compared_and_not_ranked():
    values = [a_value("all", "2025-09", 12.0), a_value("peer-a", "2025-09", 10.0)]
    report = facts(values, {"2025-09": 11.0})

    assert {fact.competitor: fact.gap for fact in report.peers} == {"all": -1.0, "peer-a": 1.0}
    assert {(fact.rank, fact.of) for fact in report.peers} == {(1, 2)}


def test_what_became_known_later_is_left_out_and_the_newest_value_counts():
    values = [
        a_value("peer-a", "2025-09", 12.0, as_of="2025-11-01"),
        a_value("peer-a", "2025-09", 13.0, as_of="2025-12-01"),
        a_value("peer-a", "2025-09", 14.0, as_of="2026-02-01"),
    ]

    assert [fact.value for fact in facts(values, {"2025-09": 11.0}).peers] == [13.0]
    assert [fact.value for fact in facts(values, {"2025-09": 11.0}, as_of="2025-11-15").peers] == [12.0]


def test_values_that_look_equal_are_equal():
    (fact,) = facts([a_value("peer-a", "2025-09", 12.04)], {"2025-09": 11.96}).peers

    assert (fact.own, fact.gap, fact.rank) == (12.0, 0.0, 1)


def test_a_small_sample_of_ours_is_not_compared():
    site_values = {"2025-09": 11.0}
    site = a_site(
        {"card": {"key": {"it": {"weight": 100, "target": 10}}}},
        {"it": an_indicator(sample={"measure": "n", "least": 30})},
        history=12, competitors={"file": "x.csv", "names": NAMES},
    )  # fmt: skip
    series = a_series(site, {"card": {"it": site_values}}, samples={"card": {"it": 9}})
    report = evaluate(
        site, series, Peers((a_value("peer-a", "2025-09", 9.0),)), version="v", title="v", as_of=dt.date(2025, 12, 31)
    )

    assert math.isnan(report.peers[0].gap)


def test_the_gap_in_per_cent_is_left_out_on_scales_that_go_below_zero():
    value = [a_value("peer-a", "2025-09", 22.0)]

    assert facts(value, {"2025-09": 11.0}).peers[0].relative_gap == -0.5
    assert math.isnan(facts(value, {"2025-09": 11.0}, bounds=[-100, 100]).peers[0].relative_gap)
    assert math.isnan(facts(value, {"2025-09": 11.0}, bounds=[None, None]).peers[0].relative_gap)


def test_the_change_of_a_gap_passes_over_periods_without_one():
    periods = ["2025-03", "2025-06", "2025-09", "2025-12"]
    values = [a_value("peer-a", period, 12.0 + n) for n, period in enumerate(periods)]
    report = facts(values, {"2025-03": 12.0, "2025-09": 12.0, "2025-12": 12.0})

    assert [fact.gap for fact in report.peers if not math.isnan(fact.gap)] == [0.0, -2.0, -3.0]
    assert [fact.gap_change for fact in report.peers if not math.isnan(fact.gap_change)] == [-2.0, -1.0]
    assert not falling_behind(report.peers[-1])


def test_three_worsenings_in_a_row_are_falling_behind_even_if_green():
    periods = ["2025-03", "2025-06", "2025-09", "2025-12"]
    report = facts([a_value("peer-a", period, 11.0 + n) for n, period in enumerate(periods)], {"": 20.0})

    assert [fact.worsenings for fact in report.peers] == [0, 1, 2, 3]
    assert falling_behind(report.peers[-1])
    assert report.peers[-1].quadrant == "ahead"


def test_five_peers_make_a_percentile():
    values = [a_value(f"peer-{letter}", "2025-09", 8.0 + n) for n, letter in enumerate("abcde")]
    fact = facts(values, {"2025-09": 11.0}).peers[0]

    assert (fact.rank, fact.of, fact.percentile, fact.median, fact.best) == (2, 6, 70.0, 10.0, 12.0)
    assert math.isnan(facts(values[:4], {"2025-09": 11.0}).peers[0].percentile)


def test_the_best_of_what_should_be_low_is_the_lowest():
    values = [a_value("peer-a", "2025-09", 1.2), a_value("peer-b", "2025-09", 1.8)]
    fact = facts(values, {"2025-09": 1.5}, direction="lower").peers[0]

    assert (fact.best, fact.rank, fact.gap) == (1.2, 2, -0.3)


def test_a_range_ranks_by_the_distance_to_it():
    values = [a_value("peer-a", "2025-09", 120.0), a_value("peer-b", "2025-09", 60.0)]
    target = {"weight": 100, "target": [70, 100], "tolerance": 10}
    report = facts(values, {"2025-09": 65.0}, target=target, direction="range")

    assert {fact.competitor: fact.gap for fact in report.peers} == {"peer-a": 15.0, "peer-b": 5.0}
    assert (report.peers[0].rank, report.peers[0].best) == (1, 60.0)


def test_opportunities_are_firm_comparable_and_ordered_by_weight_and_tolerance():
    values = [
        a_value("peer-a", "2025-09", 12.0),
        a_value("peer-b", "2025-09", 14.0, confidence="B"),
        a_value("peer-c", "2025-09", 30.0, confidence="C"),
        a_value("peer-d", "2025-09", 30.0, comparable="partly"),
        a_value("peer-e", "2025-09", 9.0),
    ]
    found = opportunities(facts(values, {"2025-09": 11.0}).peers)

    assert [(fact.competitor, fact.material) for fact in found] == [("peer-b", -150.0), ("peer-a", -50.0)]


def test_a_market_line_neither_falls_behind_nor_is_an_opportunity():
    months = [f"2025-{month:02d}" for month in range(3, 9)]
    values = [a_value(name, month, 12.0 + n) for n, month in enumerate(months) for name in ("all", "peer-a")]
    report = facts(values, {"": 11.0})

    last = {fact.competitor: fact for fact in report.peers if fact.period.label == "2025-08"}
    assert {name: (fact.gap, fact.gap_change) for name, fact in last.items()} == dict.fromkeys(last, (-6.0, -1.0))
    assert {name: (fact.worsenings, falling_behind(fact)) for name, fact in last.items()} == {
        "all": (0, False),
        "peer-a": (5, True),
    }
    assert [fact.competitor for fact in opportunities(report.peers)] == ["peer-a"]
    assert [alert.detail for alert in alerts(report) if alert.rule == "W10"] == ["peer-a"]


def test_a_running_period_is_not_compared_with_a_whole_one():
    values = [a_value("peer-a", quarter, 33.0) for quarter in ("2025-Q2", "2025-Q3", "2025-Q4")]
    own = {"2025-Q2": 31.0, "2025-Q3": 32.0, "2025-Q4": 22.0}
    whole = facts(values, own).peers
    running = facts(values, own, running="2025-Q4").peers

    assert [fact.gap for fact in whole] == [-2.0, -1.0, -11.0]
    assert [fact.gap for fact in running[:2]] == [-2.0, -1.0]
    assert math.isnan(running[-1].own + running[-1].gap + running[-1].gap_change)
    assert (running[-1].rank, running[-1].quadrant, running[-1].worsenings) == (0, "", 0)


def test_within_a_range_the_middle_gap_tells_whether_we_are_ahead():
    # Their median 2.5 lies inside the range, where none of them is.
    values = [a_value("peer-a", "2025-09", 1.0), a_value("peer-b", "2025-09", 4.0)]
    target = {"weight": 100, "target": [2, 3], "tolerance": 1}
    first, second = facts(values, {"2025-09": 1.8}, target=target, direction="range").peers

    assert (first.gap, second.gap, first.rank, first.median) == (0.8, 0.8, 1, 2.5)
    assert first.quadrant == second.quadrant == "ahead_below_target"


def test_the_newest_comparison_is_shown_and_a_newer_value_without_one_does_not_hide_it():
    values = [a_value("peer-a", "2025-06", 12.0), a_value("peer-a", "2025-09", 13.0, comparable="no")]
    (fact,) = newest_facts(facts(values, {"": 11.0}).peers)

    assert fact.period.label == "2025-06"


def test_competitors_come_back_from_a_release_as_they_were():
    values = [a_value("peer-a", "2025-09", 12.0, source='a, "b"', note="x"), a_value("peer-b", "2025-Q3", 8.0)]
    report = facts(values, {"2025-09": 11.0})

    again = thaw(freeze(report)).peers

    assert repr(again) == repr(report.peers)
    assert len(again) == 2


def test_without_competitors_there_is_nothing():
    site = a_site({"card": {}}, {"it": an_indicator()})
    series = a_series(site, {})

    assert compare_peers(site, series.subjects, series.indicators, {}, (), dt.date(2025, 12, 31)) == ()


@pytest.fixture(scope="module")
def demo():
    from kpisite import api
    from tests.conftest import ROOT

    return api.evaluate(ROOT / "site.yaml")


@pytest.mark.parametrize("indicator", ["balance-growth-yoy", "market-share"])
def test_wealth_falls_from_third_to_fourth_and_falls_behind(demo, indicator):
    found = [fact for fact in demo.peers if (fact.product, fact.indicator) == ("wealth", indicator) and fact.rank]

    ranks = {fact.period.label: (fact.rank, fact.of) for fact in found}
    assert ranks["2024-06"] == (3, 4)
    assert ranks["2025-09"] == (4, 4)
    last = [fact for fact in found if fact.period.label == "2025-09"]
    assert all(falling_behind(fact) and fact.gap < 0 for fact in last)


def test_wealth_is_on_target_but_behind_the_market(demo):
    (fact,) = (
        fact for fact in demo.peers
        if (fact.product, fact.indicator, fact.competitor, fact.period.label)
        == ("wealth", "balance-growth-yoy", "peer-a", "2025-09")
    )  # fmt: skip

    assert (fact.value, fact.quadrant, fact.median) == (21.0, "behind_on_target", 18.2)
