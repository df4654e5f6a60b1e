"""The demo bank's last month from its noise-free levels: composites, counts, statuses and the late-data line."""

import csv
import pathlib

import numpy as np
import pytest

from kpisite.evaluate.report import STATUSES
from kpisite.periods import Grain
from tests.factories import a_report, a_site, an_indicator

LEVELS = list(csv.DictReader((pathlib.Path(__file__).parent / "levels.csv").read_text(encoding="utf-8").splitlines()))


def site_of_levels():
    indicators, products = {}, {}
    for row in LEVELS:
        indicators[row["indicator"]] = an_indicator(
            row["family"],
            direction=row["direction"],
            decimals=int(row["decimals"]),
            veto=bool(row["veto"]),
            limit={"value": float(row["limit"]), "side": row["side"]} if row["limit"] else None,
        )
        product = products.setdefault(row["product"], {"line": row["line"], "share": float(row["share"]), "key": {}})
        wanted = [float(row["target"]), float(row["target_high"])] if row["target_high"] else float(row["target"])
        product["key"][row["indicator"]] = {
            "weight": float(row["weight"]), "target": wanted, "tolerance": float(row["tolerance"]),
        }  # fmt: skip
    return a_site(products, indicators, history=1)


def report_of_levels(instead=()):
    values = {}
    for row in LEVELS:
        values.setdefault(row["product"], {})[row["indicator"]] = float(row["level"])
    for (product, indicator), cell in dict(instead).items():
        values[product][indicator] = cell
    return a_report(site_of_levels(), values)


@pytest.fixture(scope="module")
def report():
    return report_of_levels()


def composite(report, subject):
    """Score, counts green/amber/red and status of a subject as a whole."""
    scores = report.scores[Grain.MONTH]
    s = report.subject(subject)
    grey, red, amber, green = scores.counts[s, -1, 0].tolist()
    return round(float(scores.score[s, -1, 0]), 2), f"{green}/{amber}/{red}", grey, STATUSES[scores.status[s, -1, 0]]


@pytest.mark.parametrize(
    ("subject", "score", "counts", "status"),
    [
        ("personal-deposit", 90.83, "6/3/1", "amber"),
        ("wealth", 93.52, "8/0/2", "amber"),
        ("mortgage", 91.46, "5/5/0", "green"),
        ("consumer-loan", 105.82, "8/2/0", "green"),
        ("credit-card", 82.12, "6/5/1", "amber"),
        ("mobile-app", 110.00, "10/1/0", "green"),
        ("sme-loan", 99.70, "8/3/0", "green"),
        ("cash-mgmt", 92.54, "9/1/1", "amber"),
        ("bank", 94.79, "60/20/5", "amber"),
    ],
)
def test_composites_of_the_demo_bank(report, subject, score, counts, status):
    assert composite(report, subject) == (score, counts, 0, status)


@pytest.mark.parametrize(
    ("product", "indicator", "shortfall"),
    [
        ("personal-deposit", "casa-ratio", 700),
        ("wealth", "market-share", 975),
        ("mortgage", "balance-growth-yoy", 384),
        ("consumer-loan", "raroc", 139),
        ("credit-card", "overdue-30d-ratio", 650),
        ("mobile-app", "change-failure-rate", 53),
        ("sme-loan", "special-mention-ratio", 300),
        ("cash-mgmt", "stp-rate", 1500),
    ],
)
def test_largest_weighted_shortfalls_of_the_demo_bank(report, product, indicator, shortfall):
    figures = report.figures[Grain.MONTH]
    s = report.subject(product)
    missed = figures.weight[s, :, 0] * (100 - np.nan_to_num(figures.score[s, :, 0], nan=100.0))

    assert report.indicators[int(missed.argmax())] == indicator
    assert round(float(missed.max())) == shortfall


def test_all_85_pairs_are_there(report):
    assert len(LEVELS) == 85
    assert int(report.scores[Grain.MONTH].counts[report.subject("bank"), -1, 0].sum()) == 85


def test_late_data_lower_the_coverage_and_open_bounds():
    late = report_of_levels({("cash-mgmt", "availability"): "no-data"})
    scores = late.scores[Grain.MONTH]
    s = late.subject("cash-mgmt")

    found = [round(float(part[s, -1, 0]), 2) for part in (scores.score, scores.coverage, scores.low, scores.high)]

    assert found == [90.98, 0.88, 80.06, 94.46]
    assert composite(late, "cash-mgmt")[1:] == ("8/1/1", 1, "amber")
