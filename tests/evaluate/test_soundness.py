"""Completeness, timeliness, reconciliation, bounds and restatements against counts made by hand."""

import csv
import datetime as dt

import pytest

from kpisite.evaluate.soundness import Punctuality, Share, soundness, summary
from kpisite.measure.quality import ControlFact
from kpisite.periods import Grain
from kpisite.release.snapshot import freeze, thaw
from tests.evaluate.explained import measured
from tests.measure.small import a_site, an_indicator, flow, months

PRODUCTS = ("card", "loan", "cash")


def rows():
    """Delivered on the 8th of the next month; two months of card again later, loan once late, cash once not at all."""
    found = []
    for p, product in enumerate(PRODUCTS):
        for m, label in enumerate(months("2025-01", "2025-12")):
            year, month = (2025, m + 2) if m < 11 else (2026, 1)
            day = 20 if (product, label) == ("loan", "2025-06") else 8
            if (product, label) == ("cash", "2025-11"):
                continue
            opex = None if (product, label) == ("card", "2025-12") else 40 + p
            row = {"product": product, "period": label, "as_of": f"{year}-{month:02d}-{day:02d}"}
            found.append(row | {"revenue": f"{100 + p + m / 10:.2f}", "opex": opex})
            if product == "card" and label in ("2025-03", "2025-04"):
                found.append(row | {"as_of": "2025-09-08", "revenue": f"{101 + p + m / 10:.2f}", "opex": opex})
    return found


def the_site(**more):
    key = {"cost": {"weight": 100, "target": 50, "tolerance": 5}}
    return a_site(
        measures={"revenue": flow(), "opex": flow()},
        indicators={
            "cost": an_indicator("100 * opex / revenue", bounds=[0, 40.5]),
            "income": an_indicator("revenue", "flow", unit="cny"),
        },
        products={
            id_: {"name": id_.title(), "line": "retail", "order": n, "key": key, "monitor": ["income"]}
            for n, id_ in enumerate(PRODUCTS)
        },
        report={"period": "2025-12", "history": 12},
        sources={"monthly": {"file": "monthly.csv", "product": "product", "as_of": "as_of", "due": 10}},
        controls={
            "ledger": {
                "measure": "revenue",
                "totals": {"2025-09": 305.4, "2025-10": 307.0, "2025-11": 306.0, "2027-01": 1},
                "tolerance": 0.5,
            }
        },
        **more,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return measured(tmp_path_factory.mktemp("bank"), the_site(), rows(), dt.date(2026, 1, 15))


@pytest.fixture(scope="module")
def found(report):
    return soundness(report)


def test_cells_due_are_counted_against_cells_delivered(found):
    (source,) = found.sources
    complete = dict(zip((month.label for month in found.months), source.complete, strict=True))

    assert complete["2025-10"] == Share(6, 6)
    assert complete["2025-11"] == Share(4, 6)
    assert complete["2025-12"] == Share(5, 6)


def test_products_agree_with_the_indicator_of_family_ten(report, found):
    assert [(one.product, one.delivered, one.missing) for one in found.products] == [
        ("card", Share(1, 2), ("cost",)),
        ("loan", Share(2, 2), ()),
        ("cash", Share(2, 2), ()),
    ]
    assert found.delivered == Share(5, 6)


def test_the_first_arrival_is_held_against_the_due_day(found):
    (source,) = found.sources
    punctual = dict(zip((month.label for month in found.months), source.punctual, strict=True))

    assert punctual["2025-03"] == Punctuality("2025-04-10", on_time=3)
    assert punctual["2025-06"] == Punctuality("2025-07-10", on_time=2, late=1)
    assert punctual["2025-11"] == Punctuality("2025-12-10", on_time=2, missing=1)
    assert source.latest == "2026-01-08"


def test_before_the_due_day_nothing_is_missing(tmp_path):
    rows_so_far = [row for row in rows() if row["period"] < "2025-12"]
    early = soundness(measured(tmp_path, the_site(), rows_so_far, dt.date(2026, 1, 5)))

    assert early.sources[0].punctual[-1] == Punctuality("2026-01-10", open=3)


def test_product_months_delivered_again_are_restated(found):
    assert found.sources[0].restated == Share(2, 35)


def test_sums_are_held_against_control_totals(found):
    sums = {
        month: sum(float(row["revenue"]) for row in rows() if row["period"] == month)
        for month in ("2025-09", "2025-10")
    }

    kept, failed, missing = found.controls

    assert (kept.state, kept.sum) == ("kept", pytest.approx(sums["2025-09"]))
    assert (failed.state, failed.difference) == ("failed", pytest.approx(sums["2025-10"] - 307.0))
    assert (missing.period, missing.state, missing.sum) == ("2025-11", "open", None)


def test_the_difference_is_that_of_decimals():
    fact = ControlFact("ledger", "2025-01", total=0.3, sum=0.30000000000000004, tolerance=0)

    assert ControlFact("ledger", "2025-01", total=0.1, sum=0.4, tolerance=0.3).state == "kept"
    assert fact.difference == pytest.approx(4e-17)


def test_figures_outside_their_natural_bounds_are_found(found):
    newest = {(row["product"], row["period"]): row for row in sorted(rows(), key=lambda row: row["as_of"])}
    wrong = {
        key
        for key, row in newest.items()
        if row["opex"] is not None and 100 * row["opex"] / float(row["revenue"]) > 40.5
    }

    assert wrong
    assert {(one.product, one.period) for one in found.bounds if one.product in PRODUCTS} == wrong
    assert all(one.high == 40.5 and one.value > 40.5 for one in found.bounds)


def test_the_summary_says_it_in_four_shares(found):
    assert summary(found) == {
        "delivered": Share(5, 6),
        "in_time": Share(3, 3),
        "restated": Share(2, 35),
        "controls": Share(1, 2),
    }


def test_a_frozen_report_says_the_same(report, found):
    assert soundness(thaw(freeze(report))) == found


def test_the_frozen_tables_are_sorted_and_plain(report):
    files = freeze(report)

    deliveries = list(csv.DictReader(files["deliveries.csv"].splitlines()))
    assert len(deliveries) == 35
    assert {row["deliveries"] for row in deliveries} == {"1", "2"}
    assert files["controls.csv"].splitlines()[1].startswith("ledger,2025-09,305.4,305.4")


def test_a_report_without_days_of_delivery_knows_no_timeliness(tmp_path):
    site = the_site()
    source = site.sources["monthly"].model_copy(update={"as_of": None})
    plain = [{name: cell for name, cell in row.items() if name != "as_of"} for row in rows()]
    once = list({(row["product"], row["period"]): row for row in plain}.values())
    found = soundness(measured(tmp_path, site.model_copy(update={"sources": {"monthly": source}}), once))

    assert found.sources[0].punctual[0].unknown == 3
    assert found.sources[0].restated.ratio is None
    assert Grain.MONTH in {month.grain for month in found.months}
