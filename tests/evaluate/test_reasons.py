"""Why composites of the demo bank moved: between all its months and all its releases, and in its stories."""

from itertools import pairwise

import numpy as np
import pytest

from kpisite.evaluate.decompose import EFFECTS, total
from kpisite.evaluate.reasons import Moment, formula_at, reasons
from kpisite.periods import Grain, parse
from kpisite.release.store import read_releases
from tests.conftest import ROOT
from tests.factories import a_report, a_site, an_indicator

EXACT = 1e-9


@pytest.fixture(scope="module")
def releases():
    return {report.version: report for report in read_releases(ROOT / "releases")}


def moment(report, label):
    return Moment(report, report.figures[Grain.MONTH].periods.index(parse(label)))


def effect(found, product, indicator, kind):
    at = found.products.index(product), found.indicators.index(indicator), EFFECTS.index(kind)
    return found.moves.effects[at].item()


def untold(found):
    """The greatest difference between a change and its parts, and how many changes there are."""
    rest = np.abs(total(found.moves.effects) + found.moves.mix - (found.after.composite - found.before.composite))
    return np.nanmax(rest, initial=0), np.count_nonzero(~np.isnan(rest))


def test_the_parts_sum_to_the_change_for_every_product_and_pair_of_months(releases):
    told = 0
    for report in releases.values():
        for t in range(1, len(report.figures[Grain.MONTH].periods)):
            rest, count = untold(reasons(Moment(report, t - 1), Moment(report, t)))
            assert rest < EXACT
            told += count

    assert told > 4 * 8 * 30


def test_the_parts_sum_to_the_change_for_every_month_of_adjacent_releases(releases):
    told = 0
    for first, second in pairwise(releases.values()):
        pairs = [(first.period.label, second.period.label)]
        pairs += [
            (p.label, p.label) for p in first.figures[Grain.MONTH].periods if p in second.figures[Grain.MONTH].periods
        ]
        for one, two in pairs:
            rest, count = untold(reasons(moment(first, one), moment(second, two)))
            assert rest < EXACT
            told += count

    assert told > 3 * 8 * 30


def test_the_restated_loans_of_small_firms_show_as_a_restatement_between_releases(releases):
    found = reasons(moment(releases["2025-10"], "2025-06"), moment(releases["2025-11"], "2025-06"))

    points = effect(found, "sme-loan", "npl-ratio", "restatement")
    assert points < 0
    assert points == pytest.approx(found.moves.change[found.products.index("sme-loan")])
    assert effect(found, "sme-loan", "npl-ratio", "value") == 0


def test_a_restatement_is_told_apart_from_the_new_month(releases):
    found = reasons(moment(releases["2025-10"], "2025-10"), moment(releases["2025-11"], "2025-11"))

    assert effect(found, "sme-loan", "npl-ratio", "restatement") < 0
    assert not found.moves.effects[found.products.index("mortgage"), :, EFFECTS.index("restatement")].any()


def test_tightened_targets_and_new_weights_of_the_card_show_as_such(releases):
    found = reasons(moment(releases["2025-12"], "2024-12"), moment(releases["2025-12"], "2025-01"))

    card = found.products.index("credit-card")
    assert effect(found, "credit-card", "nps", "target") < 0
    assert np.count_nonzero(found.moves.effects[card, :, EFFECTS.index("weight")]) == 2
    assert effect(found, "credit-card", "overdue-30d-ratio", "weight") != 0


def carriers(report, found):
    return [s for s, id_ in enumerate(found.products) if "complaint-rate" in report.site.products[id_].key]


def test_a_dual_run_tells_what_the_new_definition_of_complaints_did(releases):
    """Complaints were counted by accounts until 2024, by active customers since; both in the first quarter of 2025."""
    report = releases["2025-12"]
    found = reasons(moment(report, "2024-12"), moment(report, "2025-01"))

    i, carried = found.indicators.index("complaint-rate"), carriers(report, found)
    assert carried
    for s in carried:
        old, new = found.way.old[s, i, 0], found.after.value[s, i, 0]
        measures = {name: one.value[s] for name, one in report.inputs.measures.items()}
        t = report.figures[Grain.MONTH].periods[0].number - report.inputs.start + 24
        assert old == pytest.approx(10000 * measures["complaints_received"][t] / measures["accounts_open"][t])
        assert old < new
        assert not found.moves.inseparable[s, i]
        assert found.moves.effects[s, i, EFFECTS.index("definition")] < 0


def test_a_changed_definition_is_marked_where_nobody_measured_both_ways(releases):
    report = releases["2025-12"]
    found = reasons(moment(report, "2024-12"), moment(report, "2025-04"))

    i = found.indicators.index("complaint-rate")
    for s in carriers(report, found):
        assert found.moves.inseparable[s, i]
        assert found.moves.effects[s, i, EFFECTS.index("value")] == 0
        assert found.moves.effects[s, i, EFFECTS.index("definition")] != 0


def test_the_formula_in_force_follows_the_versions_of_the_definition(releases):
    site = releases["2025-12"].site

    assert "accounts_open" in formula_at(site, "complaint-rate", parse("2024-12"))
    assert "active_customers" in formula_at(site, "complaint-rate", parse("2025-01"))
    assert formula_at(site, "target-attainment-rate", parse("2025-01")).startswith("builtin ")


def test_products_and_indicators_that_come_and_go_are_mix():
    key = {"weight": 50, "target": 100, "tolerance": 10}
    indicators = {"csat": an_indicator(), "nps": an_indicator()}
    old = a_report(a_site({"card": {"key": {"csat": key, "nps": key}}}, indicators), {"card": {"csat": 95, "nps": 100}})
    new = a_report(
        a_site(
            {"card": {"key": {"csat": key, "ces": key}}, "loan": {"key": {"ces": key}}},
            indicators | {"ces": an_indicator()},
        ),
        {"card": {"csat": 95, "ces": 102.5}, "loan": {"ces": 100}},
        version="next",
    )

    found = reasons(Moment(old, 2), Moment(new, 2))

    card, loan = (found.products.index(id_) for id_ in ("card", "loan"))
    assert found.moves.change[card] == pytest.approx(95 - 90)
    assert found.moves.mix[card] == pytest.approx(95 - 90)
    assert np.isnan(found.moves.change[loan])
    assert found.entered[card].tolist() == [id_ == "ces" for id_ in found.indicators]
    assert found.left[card].tolist() == [id_ == "nps" for id_ in found.indicators]


def test_floors_and_stretches_of_ones_own_count_in_every_part():
    key = {"weight": 100, "tolerance": 10, "floor": 40, "stretch": 120}
    targets = [key | {"target": 100}, key | {"target": 80, "from": "2025-12"}]
    site = a_site({"card": {"key": {"csat": targets}}}, {"csat": an_indicator()})
    report = a_report(site, {"card": {"csat": {"2025-12": 76, "": 70}}})

    found = reasons(Moment(report, 1), Moment(report, 2))

    # Below the amber limit (60) the score falls to 0 at the floor.
    old = [60 * (value - 40) / (90 - 40) for value in (70, 76)]
    new = [60 + 40 * (value - 70) / 10 for value in (70, 76)]
    assert effect(found, "card", "csat", "value") == pytest.approx((old[1] - old[0] + new[1] - new[0]) / 2)
    assert effect(found, "card", "csat", "target") == pytest.approx((new[0] - old[0] + new[1] - old[1]) / 2)
    assert found.moves.change[0] == pytest.approx(new[1] - old[0])


@pytest.mark.parametrize(
    "target",
    [
        {"target": 1200, "tolerance": 120, "basis": "year", "floor": 900, "profile": [1] * 12},
        {"target": 1200, "basis": "year", "floor": 900, "profile": [1] * 12},
        {"target": 1200, "amber": 1080, "basis": "year", "floor": 900, "profile": [1] * 12},
        {"values": {f"2025-{m:02d}": 100 * m for m in range(1, 13)}, "tolerance": 120, "floor": 900, "basis": "ytd"},
        {"target": 100, "tolerance": 10, "floor": 75},
    ],
)
def test_a_target_that_stays_has_no_effect_whatever_its_floor_is_declared_for(target):
    indicator = an_indicator(kind="flow", unit="count", decimals=0)
    site = a_site({"card": {"key": {"sales": target | {"weight": 100}}}}, {"sales": indicator})
    report = a_report(site, {"card": {"sales": {"2025-11": 88.0, "2025-12": 82.0}}}, accumulates=["sales"])

    found = reasons(Moment(report, 1), Moment(report, 2))

    # Amber from 90, a score of 0 at 75: 60 * 13 / 15 and 60 * 7 / 15.
    assert report.figures[Grain.MONTH].score[0, 0, 1:].tolist() == pytest.approx([52, 28])
    assert effect(found, "card", "sales", "value") == pytest.approx(28 - 52)
    assert effect(found, "card", "sales", "target") == pytest.approx(0)


def test_a_level_on_a_path_counts_from_the_target_of_its_month():
    target = {
        "weight": 100, "target": 80, "path": "linear", "baseline": {"period": "2025-10", "value": 90},
        "by": "2025-12", "amber": 70, "floor": 50,
    }  # fmt: skip
    site = a_site({"card": {"key": {"csat": target}}}, {"csat": an_indicator()})
    report = a_report(site, {"card": {"csat": 60}})

    found = reasons(Moment(report, 1), Moment(report, 2))

    # Red in both months, half of the way from the floor to amber, whatever the target.
    assert report.figures[Grain.MONTH].score[0, 0, 1:].tolist() == pytest.approx([30, 30])
    assert effect(found, "card", "csat", "value") == pytest.approx(0)
    assert effect(found, "card", "csat", "target") == pytest.approx(0)
