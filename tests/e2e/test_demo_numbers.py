"""The demo bank's published numbers of 2025-12 are those the method gives."""

import csv

import pytest

from kpisite.publish.links import check_links

# product: composite, green/amber/red, status (domain: numbers to test against; cash-mgmt with late data)
COMPOSITES = {
    "personal-deposit": (90.83, (6, 3, 1), "amber"),
    "wealth": (93.52, (8, 0, 2), "amber"),
    "mortgage": (91.46, (5, 5, 0), "green"),
    "consumer-loan": (105.82, (8, 2, 0), "green"),
    "credit-card": (82.12, (6, 5, 1), "amber"),
    "mobile-app": (110.00, (10, 1, 0), "green"),
    "sme-loan": (99.70, (8, 3, 0), "green"),
    "cash-mgmt": (90.98, (8, 1, 1), "amber"),
}
RESULTS = "product,indicator,period,value,target,attainment,status,score,signal,reason"
SCORES = "product,family,period,score,status,coverage,low,high,green,amber,red,grey"


@pytest.fixture(scope="module")
def scores(demo_site):
    with (demo_site / "2025-12/data/scores.csv").open(encoding="utf-8", newline="") as file:
        return {(row["product"], row["family"], row["period"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def results(demo_site):
    with (demo_site / "2025-12/data/results.csv").open(encoding="utf-8", newline="") as file:
        return {(row["product"], row["indicator"], row["period"]): row for row in csv.DictReader(file)}


@pytest.mark.parametrize("product", COMPOSITES)
def test_composite_counts_and_status(scores, product):
    composite, counts, status = COMPOSITES[product]

    row = scores[product, "composite", "2025-12"]

    assert float(row["score"]) == pytest.approx(composite, abs=0.3)
    assert tuple(int(row[word]) for word in ("green", "amber", "red")) == counts
    assert row["status"] == status


def test_late_data_lowers_the_coverage_and_opens_the_bounds(scores):
    row = scores["cash-mgmt", "composite", "2025-12"]

    assert float(row["coverage"]) == pytest.approx(0.88)
    assert float(row["low"]) == pytest.approx(80.06, abs=0.3)
    assert float(row["high"]) == pytest.approx(94.46, abs=0.3)
    assert int(row["grey"]) == 1


def test_the_bank_is_the_mean_of_its_products_by_share(scores):
    shares = {"personal-deposit": 18, "wealth": 14, "mortgage": 16, "consumer-loan": 12}
    shares |= {"credit-card": 14, "mobile-app": 10, "sme-loan": 10, "cash-mgmt": 6}
    expected = sum(share * float(scores[p, "composite", "2025-12"]["score"]) for p, share in shares.items()) / 100

    row = scores["bank", "composite", "2025-12"]

    assert float(row["score"]) == pytest.approx(expected, abs=1e-9)
    assert tuple(int(row[word]) for word in ("green", "amber", "red", "grey")) == (59, 20, 5, 1)
    assert row["status"] == "amber"


@pytest.mark.parametrize(("file", "columns"), [("results.csv", RESULTS), ("scores.csv", SCORES)])
@pytest.mark.parametrize("version", ["2025-09", "2025-10", "2025-11", "2025-12"])
def test_the_columns_of_the_contract_come_first(demo_site, version, file, columns):
    header = (demo_site / version / "data" / file).read_text(encoding="utf-8").split("\n", 1)[0]

    assert header == columns or header.startswith(columns + ",")


def test_a_value_is_missing_exactly_where_there_is_a_reason(results):
    assert all((row["value"] == "") == (row["reason"] != "") for row in results.values())
    assert all(row["status"] == "grey" for row in results.values() if row["reason"])


@pytest.mark.parametrize(
    ("key", "column", "expected"),
    [
        (("cash-mgmt", "availability", "2025-12"), "reason", "no-data"),
        (("mortgage", "csat", "2025-07"), "reason", "no-data"),
        (("mortgage", "csat", "2025-Q3"), "reason", "incomplete"),
        (("mortgage", "increment-share", "2025-12"), "reason", "no-meaning"),
        (("wealth", "balance-growth-yoy", "2023-06"), "reason", "no-history"),
        (("wealth", "time-to-market", "2025-Q4"), "reason", "not-derivable"),
        (("cash-mgmt", "clv", "2025-11"), "reason", "not-due"),
        (("consumer-loan", "compliance-breaches", "2024-08"), "status", "red"),
        (("sme-loan", "ces", "2025-09"), "status", "grey"),
        (("sme-loan", "ces", "2025-09"), "reason", ""),
    ],
)
def test_the_stories_are_told(results, key, column, expected):
    assert results[key][column] == expected


def test_a_veto_caps_the_composite_of_its_month(scores):
    assert scores["consumer-loan", "composite", "2024-08"]["status"] == "red"


@pytest.mark.parametrize(("version", "low", "high"), [("2025-10", 1.40, 1.44), ("2025-11", 1.61, 1.65)])
def test_a_restatement_shows_only_from_its_release_on(demo_site, version, low, high):
    with (demo_site / version / "data/results.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["product"], row["indicator"], row["period"]): row for row in csv.DictReader(file)}

    assert low <= float(rows["sme-loan", "npl-ratio", "2025-06"]["value"]) <= high


def test_the_attainment_rate_is_the_green_share_of_the_scored_weight(results):
    keys = [row for (_, _, period), row in results.items() if period == "2025-12" and row["role"] == "key"]
    products = [row for row in keys if row["product"] != "bank"]
    green = sum(float(row["weight"]) for row in products if row["status"] == "green")
    scored = sum(float(row["weight"]) for row in products if row["score"])

    value = float(results["bank", "target-attainment-rate", "2025-12"]["value"])

    assert value == pytest.approx(100 * green / scored, rel=1e-9)


def test_the_completeness_counts_the_cells_that_arrived(results):
    due = [
        row["reason"]
        for (product, _, period), row in results.items()
        if period == "2025-12" and product != "bank" and row["role"] in ("key", "monitor")
    ]
    expected = [
        reason for reason in due if reason not in ("not-due", "not-launched", "not-derivable", "not-applicable")
    ]
    missing = [reason for reason in expected if reason in ("no-data", "incomplete")]

    value = float(results["bank", "data-completeness", "2025-12"]["value"])

    assert len(expected) == 113
    assert value == pytest.approx(100 * (1 - len(missing) / len(expected)), rel=1e-9)


def test_every_link_of_the_site_lands(demo_site):
    files = {p.relative_to(demo_site).as_posix(): p.read_bytes() for p in demo_site.rglob("*") if p.is_file()}

    assert [str(problem) for problem in check_links(files) if problem.level == "error"] == []
