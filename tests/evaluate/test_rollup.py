"""Families, composites, lines and the bank: coverage, bounds, caps and counts."""

import numpy as np
import pytest

from kpisite.evaluate.report import AMBER, GREEN, GREY, RED
from kpisite.periods import Grain
from tests.factories import a_report, a_site, an_indicator

# With target 100 and tolerance 10 the score of 100 + 10 x is 100 + 40 x.
INDICATORS = {
    "csat": an_indicator("customers"),
    "growth": an_indicator("money"),
    "revenue": an_indicator("money"),
    "breaches": an_indicator("risk", direction="lower", veto=True),
}


def key(*weights, **more):
    """Key indicators csat, growth, revenue, breaches with these weights."""
    wanted = {"target": 100, "tolerance": 10}
    return {
        id_: {"weight": weight} | (wanted if id_ != "breaches" else {"target": 0, "tolerance": 1})
        for id_, weight in zip(INDICATORS, weights, strict=False)
    } | more


def rolled(values, products=None, **more):
    """The scores of the last month and a way to read them."""
    products = products or {"card": {"key": key(50, 30, 20)}}
    site = a_site(products, INDICATORS, history=1, **more)
    report = a_report(site, values)
    scores = report.scores[Grain.MONTH]

    def read(subject, field, family="composite"):
        f = (*report.families, "composite").index(family)
        found = getattr(scores, field)[report.subject(subject), f, 0]
        return found.tolist() if field == "counts" else found.item()

    return read


def test_a_composite_is_the_weighted_mean_of_scores():
    read = rolled({"card": {"csat": 95, "growth": 100, "revenue": 102.5}})

    assert read("card", "score") == 0.5 * 80 + 0.3 * 100 + 0.2 * 110
    assert read("card", "coverage") == 1
    assert read("card", "counts") == [0, 0, 1, 2]
    assert read("card", "status") == GREEN


def test_a_family_is_the_same_over_its_indicators():
    read = rolled({"card": {"csat": 95, "growth": 100, "revenue": 102.5}})

    assert read("card", "score", "customers") == 80
    assert read("card", "score", "money") == 104
    assert np.isnan(read("card", "score", "risk"))
    assert read("card", "status", "risk") == GREY


def test_what_is_missing_lowers_the_coverage_and_opens_bounds():
    read = rolled({"card": {"csat": 95, "growth": 100}})

    assert read("card", "score") == 70 / 0.8
    assert read("card", "coverage") == 0.8
    assert (read("card", "low"), read("card", "high")) == (70, 70 + 20 * 1.2)
    assert read("card", "counts") == [1, 0, 1, 1]


@pytest.mark.parametrize("reason", ["not-due", "not-launched", "not-applicable", "not-derivable"])
def test_what_is_not_expected_leaves_both_sides(reason):
    read = rolled({"card": {"csat": 95, "growth": 100, "revenue": reason}})

    assert read("card", "coverage") == 1
    assert read("card", "counts") == [0, 0, 1, 1]


def test_what_has_no_target_yet_is_not_counted():
    late = {"growth": {"weight": 30, "target": 100, "from": "2026-01"}}
    read = rolled({"card": {"csat": 95, "growth": 100}}, {"card": {"key": key(50) | late}})

    assert read("card", "coverage") == 1
    assert read("card", "counts") == [0, 0, 1, 0]


def test_too_little_coverage_gives_bounds_but_no_composite():
    read = rolled({"card": {"csat": 95}})

    assert np.isnan(read("card", "score"))
    assert read("card", "status") == GREY
    assert (read("card", "coverage"), read("card", "low"), read("card", "high")) == (0.5, 40, 100)


def test_the_least_coverage_itself_is_enough():
    """0.1 + 0.7 is half of 1.6 on paper and less in binary."""
    weights = {"card": {"key": key(0.1, 0.7, 0.8)}}
    read = rolled({"card": {"csat": 100, "growth": 100}}, weights, scoring={"least_coverage": 0.5})

    assert read("card", "coverage") < 0.5
    assert read("card", "score") == pytest.approx(100)


@pytest.mark.parametrize(("missing", "score"), [("drop", 87.5), ("zero", 70), ("fail", None)])
def test_the_site_chooses_what_missing_means(missing, score):
    read = rolled({"card": {"csat": 95, "growth": 100}}, scoring={"missing": missing})

    found = read("card", "score")

    assert (None if np.isnan(found) else found) == score


def test_a_red_key_indicator_keeps_the_composite_from_green():
    read = rolled({"card": {"csat": 105, "growth": 105, "revenue": 85}})

    assert read("card", "score") > 90
    assert read("card", "status") == AMBER


def test_a_red_veto_makes_the_composite_red():
    read = rolled(
        {"card": {"csat": 105, "growth": 105, "revenue": 105, "breaches": 1}}, {"card": {"key": key(50, 25, 20, 5)}}
    )

    assert read("card", "score") > 90
    assert read("card", "status") == RED


@pytest.mark.parametrize(
    ("value", "status"),
    [(97.5, GREEN), (97.49, GREEN), (97.48, AMBER), (93.75, AMBER), (93.74, AMBER), (93.73, RED)],
)
def test_a_composite_is_compared_as_it_is_printed(value, status):
    """97.48 scores 89.92, which prints 89.9; 97.49 scores 89.96, which prints 90.0."""
    read = rolled({"card": {"csat": value}}, {"card": {"key": key(100)}})

    assert read("card", "status") == status


def two_products(card, loan, **more):
    """Two products with shares 3 and 1."""
    products = {
        "card": {"share": 3, "key": key(100)},
        "loan": {"share": 1, "line": "corporate", "key": key(80, 20)},
    }
    return rolled({"card": {"csat": card}, "loan": loan}, products, **more)


def test_the_bank_is_the_mean_of_its_products_by_share():
    read = two_products(95, {"csat": 100, "growth": 100})

    assert read("bank", "score") == 0.75 * 80 + 0.25 * 100
    assert read("bank", "counts") == [0, 0, 1, 2]
    assert read("line:corporate", "score") == 100
    assert read("line:retail", "score") == 80


def test_the_banks_coverage_and_bounds_are_means_by_share():
    read = two_products(95, {"csat": 100})

    assert read("bank", "coverage") == 0.75 + 0.25 * 0.8
    assert read("bank", "score") == 0.75 * 80 + 0.25 * 100
    assert read("bank", "low") == 0.75 * 80 + 0.25 * 80
    assert read("bank", "high") == 0.75 * 80 + 0.25 * (80 + 20 * 1.2)
    assert read("bank", "counts") == [1, 0, 1, 1]


def test_a_product_without_a_composite_is_left_out_of_the_mean():
    read = two_products(95, {"growth": 100})

    assert read("bank", "score") == 80
    assert read("bank", "coverage") == 0.75
    assert (read("bank", "low"), read("bank", "high")) == (0.75 * 80, 0.75 * 80 + 0.25 * 120)


def test_a_bank_of_which_too_little_has_a_composite_has_none():
    products = {"card": {"share": 1, "key": key(100)}, "loan": {"share": 1, "key": key(50, 50)}}
    read = rolled({"card": {"csat": 105}, "loan": {"csat": 100}}, products)

    assert read("loan", "coverage") == 0.5
    assert (read("bank", "coverage"), read("bank", "status")) == (0.5, GREY)
    assert read("bank", "low") < 75 < 105 < read("bank", "high")


def test_a_product_not_launched_leaves_both_sides():
    read = two_products(95, {"csat": "not-launched", "growth": "not-launched"})

    assert (read("bank", "score"), read("bank", "coverage")) == (80, 1)


def test_a_products_red_indicator_keeps_the_bank_from_green():
    read = two_products(105, {"csat": 105, "growth": 80})

    assert read("bank", "score") > 90
    assert read("bank", "status") == AMBER
    assert read("line:retail", "status") == GREEN


def test_the_banks_own_figures_do_not_enter_its_score():
    house = {"completeness": an_indicator("performance", builtin="data-completeness")}
    site = a_site(
        {"card": {"key": key(100)}},
        INDICATORS | house,
        history=1,
        bank={"key": {"completeness": {"weight": 0, "target": 200, "tolerance": 1}}},
    )
    report = a_report(site, {"card": {"csat": 95}})
    scores = report.scores[Grain.MONTH]

    assert scores.score[report.subject("bank"), -1, 0] == 80
    assert scores.counts[report.subject("bank"), -1, 0].tolist() == [0, 0, 1, 0]
    assert np.isnan(scores.score[report.subject("bank"), report.families.index("performance"), 0])


def test_a_line_without_products_is_empty():
    site = a_site({"card": {"key": key(100)}}, INDICATORS, history=1)
    site = site.model_copy(update={"lines": dict(site.lines) | {"empty": site.lines["retail"]}})

    report = a_report(site, {"card": {"csat": 95}})

    scores, s = report.scores[Grain.MONTH], report.subject("line:empty")
    assert np.isnan(scores.score[s]).all()
    assert (scores.status[s] == GREY).all()
