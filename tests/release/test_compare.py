"""Two reports and everything that differs between them."""

from dataclasses import replace

import pytest

from kpisite.periods import Grain
from kpisite.release.changes import Edit
from kpisite.release.compare import compare
from kpisite.release.store import read_releases
from kpisite.release.told import as_lines, as_plain
from tests.conftest import ROOT
from tests.factories import a_report, a_site, an_indicator


@pytest.fixture(scope="module")
def releases():
    return {report.version: report for report in read_releases(ROOT / "releases")}


@pytest.fixture(scope="module")
def restated(releases):
    """The demo bank's releases before and after the bad loans of small firms were counted anew."""
    return compare(releases["2025-10"], releases["2025-11"])


def test_the_restated_loans_of_small_firms_are_told_month_by_month(restated):
    found = [one for one in restated.restated if one.is_material and one.role == "key"]

    assert {(one.subject, one.indicator) for one in found} == {("sme-loan", "npl-ratio")}
    assert [one.after.period.label for one in found] == ["2025-06", "2025-07", "2025-08", "2025-09", "2025-10"]
    first = found[0]
    assert (round(first.before.value, 2), round(first.after.value, 2)) == (1.42, 1.63)
    assert (first.before.status, first.after.status) == ("green", "amber")


def test_statuses_compare_the_month_that_each_release_reports(restated):
    found = {(one.subject, one.indicator): one for one in restated.statuses}

    one = found["sme-loan", "npl-ratio"]
    assert (one.before.period.label, one.after.period.label) == ("2025-10", "2025-11")
    assert (one.before.status, one.after.status) == ("green", "amber")


def test_every_status_that_differs_is_told_and_no_other(releases, restated):
    first, second = releases["2025-10"], releases["2025-11"]
    told = {(one.subject, one.indicator) for one in restated.statuses}

    for s, subject in enumerate(second.subjects):
        for i, id_ in enumerate(second.indicators):
            one, two = (r.figures[Grain.MONTH].status[s, i, r.now()] for r in (first, second))
            assert ((subject.id, id_) in told) == (one != two)


def test_actions_done_and_verdicts_given_since_are_told(restated):
    assert Edit("card-risk-warning", "a-10", "status", "doing", "done") in restated.plans
    assert Edit("deposit-casa", "", "verdict", "", "too-early") in restated.plans


def test_a_report_does_not_differ_from_itself(releases):
    found = compare(releases["2025-12"], releases["2025-12"])

    assert list(as_lines(found)) == ["2025-12 (period 2025-12) -> 2025-12 (period 2025-12)", "No differences."]


KEY = {"weight": 50, "target": 100, "tolerance": 10}
INDICATORS = {"csat": an_indicator(), "nps": an_indicator(), "sales": an_indicator(decimals=0)}
VALUES = {"card": {"csat": 95, "nps": 100, "sales": {"2025-11": "no-data", "": 3.2}}, "loan": {"csat": 1}}


def a_card(version, products, indicators=INDICATORS, values=VALUES):
    return a_report(a_site(products, indicators), values, version=version)


def test_what_is_declared_otherwise_is_told_field_by_field():
    old = a_card("old", {"card": {"key": {"csat": KEY, "nps": KEY}}, "loan": {"key": {"csat": KEY | {"weight": 100}}}})
    new = a_card(
        "new",
        {
            "card": {
                "key": {
                    "csat": KEY | {"target": 97, "weight": 60},
                    "sales": KEY | {"weight": 40},
                },
                "monitor": ["nps"],
            },
            "fund": {"key": {"csat": KEY | {"weight": 100}}},
        },
        INDICATORS | {"csat": an_indicator(decimals=1), "ces": an_indicator()},
    )

    found = compare(old, new)

    assert found.targets == (Edit("card", "csat", "target", "100", "97"),)
    assert found.weights == (Edit("card", "csat", "weight", "50", "60"),)
    assert found.definitions == (Edit("csat", "", "decimals", "2", "1"),)
    assert set(found.indicators) == {
        Edit("ces", "", "indicator", "", "ces"),
        Edit("card", "nps", "role", "key", "monitor"),
        Edit("card", "sales", "role", "", "key"),
    }
    assert found.products == (Edit("fund", "", "product", "", "fund"), Edit("loan", "", "product", "loan", ""))


def test_a_target_that_takes_over_later_is_told_with_its_month():
    old = a_card("old", {"card": {"key": {"csat": KEY, "nps": KEY}}})
    new = a_card("new", {"card": {"key": {"csat": [KEY, KEY | {"from": "2025-12", "target": 99}], "nps": KEY}}})

    found = compare(old, new)

    assert Edit("card", "csat", "target from 2025-12", "", "99") in found.targets
    assert found.weights == (Edit("card", "csat", "weight from 2025-12", "", "50"),)


def test_figures_that_arrive_late_or_vanish_are_not_restated():
    both = {"card": {"key": {"csat": KEY, "sales": KEY}}}
    old = a_card("old", both)
    new = a_card("new", both, values={"card": {"csat": {"2025-12": "no-data", "": 95}, "sales": 3.2}})

    found = compare(old, new)

    assert [(one.indicator, one.after.period.label) for one in found.arrived if one.role == "key"] == [
        ("sales", "2025-11")
    ]
    assert [(one.indicator, one.after.period.label) for one in found.withdrawn if one.role == "key"] == [
        ("csat", "2025-12")
    ]
    assert not found.restated


@pytest.mark.parametrize(
    ("value", "seen", "material"),
    [(95.004, False, False), (95.01, True, False), (97.0, True, False), (97.6, True, True), (84.0, True, True)],
)
def test_a_restatement_counts_beyond_a_displayed_unit_and_a_quarter_of_the_tolerance(value, seen, material):
    both = {"card": {"key": {"csat": KEY, "nps": KEY}}}
    old = a_card("old", both)
    new = a_card("new", both, values={"card": {"csat": {"2025-11": value, "": 95}, "nps": 100}})

    (one,) = [one for one in compare(old, new).restated if one.subject == "card"]

    assert (one.is_seen, one.is_material) == (seen, material)


def test_another_formula_for_the_same_months_is_a_definition_not_news():
    both = {"card": {"key": {"csat": KEY, "nps": KEY}}}
    old = a_card("old", both)
    other = INDICATORS | {"csat": an_indicator(formula="total * 2")}
    new = a_card("new", both, other, values={"card": {"csat": 99, "nps": 100}})

    found = compare(old, new)

    assert all(one.is_redefined for one in found.restated)
    assert found.definitions == (Edit("csat", "", "formula", "total", "total * 2"),)


def test_the_plain_form_holds_every_change_and_says_null_for_what_is_missing(restated):
    found = as_plain(restated)

    assert found["before"]["version"] == "2025-10"
    assert len(found["restated"]) == len(restated.restated)
    one = next(one for one in found["restated"] if one["indicator"] == "npl-ratio")
    assert one["before"] == {"period": "2025-06", "value": one["before"]["value"], "reason": "", "status": "green",
                             "score": one["before"]["score"]}  # fmt: skip
    missing = replace(restated.composites[0], before=float("nan"))
    assert as_plain(replace(restated, composites=(missing,)))["composites"][0]["before"] is None


def test_the_text_names_what_changed_and_by_how_much(restated):
    lines = list(as_lines(restated))

    assert lines[0] == "2025-10 (period 2025-10) -> 2025-11 (period 2025-11)"
    assert "  sme-loan npl-ratio 2025-06: 1.42 green -> 1.63 amber" in lines
    assert "  card-risk-warning a-10: status doing -> done" in lines
