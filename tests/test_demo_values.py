"""The demo's figures against one-line computations over data/*.csv: each family, kind, grain and level."""

import duckdb
import pytest

from kpisite.declare.read import read_site
from kpisite.errors import Problems
from kpisite.load.tables import open_tables
from kpisite.measure.compute import measure
from kpisite.periods import Grain
from tests.conftest import ROOT
from tests.measure.small import Figures


@pytest.fixture(scope="module")
def demo():
    problems = Problems()
    site = read_site(ROOT / "site.yaml", problems)
    with open_tables(site, ROOT, site.report.as_of, problems) as tables:
        found = Figures(measure(site, tables, problems))
    assert problems.found == []
    return found


@pytest.fixture(scope="module")
def data():
    """The delivered rows, each month in its newest delivery, months as dates, every figure a DOUBLE."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE VIEW d AS SELECT * REPLACE (strptime(period, '%Y-%m')::DATE AS period) FROM read_csv("
        f"'{ROOT / 'data' / 'monthly'}/*.csv', union_by_name=true, types={{'period': 'VARCHAR', 'product': 'VARCHAR'}}) "
        "WHERE as_of <= DATE '2026-01-15' QUALIFY row_number() OVER (PARTITION BY product, period ORDER BY as_of DESC) = 1"
    )
    return lambda sql: connection.execute(sql).fetchone()[0]


MONTH = "period = DATE '2025-12-01'"
QUARTER = "period BETWEEN DATE '2025-07-01' AND DATE '2025-09-01'"
HALF = "period BETWEEN DATE '2025-01-01' AND DATE '2025-06-01'"
YEAR = "year(period) = 2025"
YTD = "period BETWEEN DATE '2025-01-01' AND DATE '2025-10-01'"
CARD, SME, WEALTH = "product = 'credit-card'", "product = 'sme-loan'", "product = 'wealth'"
RETAIL = "product IN ('personal-deposit', 'wealth', 'mortgage', 'consumer-loan', 'credit-card')"

CASES = [
    # subject, indicator, period, the computation
    # 1 customer satisfaction: a ratio of counts, a ratio of a flow to an average balance, a median
    ("wealth", "csat", "2025-12", f"SELECT 100 * sum(sat_top2) / sum(sat_responses) FROM d WHERE {WEALTH} AND {MONTH}"),
    ("bank", "csat", "2025-Q3", "incomplete"),
    ("bank", "csat", "2025-H1", f"SELECT 100 * sum(sat_top2) / sum(sat_responses) FROM d WHERE {HALF}"),
    (
        "credit-card",
        "complaint-rate",
        "2025-Q3",
        f"SELECT 10000 * sum(complaints_received) / avg(active_customers) FROM d WHERE {CARD} AND {QUARTER}",
    ),
    (
        "credit-card",
        "complaint-rate",
        "2024-12",
        f"SELECT 10000 * complaints_received / accounts_open FROM d WHERE {CARD} AND period = DATE '2024-12-01'",
    ),
    (
        "sme-loan",
        "complaint-first-response",
        "2025-12",
        f"SELECT complaint_first_response_hours_median FROM d WHERE {SME} AND {MONTH}",
    ),
    ("sme-loan", "complaint-first-response", "2025-Q4", "not-derivable"),
    # 2 business growth: a flow, growth of a balance, growth of a cumulated flow, a stock
    ("consumer-loan", "sales-volume", "2025", f"SELECT sum(sales_amount) FROM d WHERE product = 'consumer-loan' AND {YEAR}"),
    ("bank", "sales-volume", "2025-10 YTD", f"SELECT sum(sales_amount) FROM d WHERE {YTD}"),
    (
        "personal-deposit",
        "balance-growth-yoy",
        "2025-12",
        "SELECT 100 * (sum(balance) FILTER (period = DATE '2025-12-01') / sum(balance) FILTER (period = DATE '2024-12-01') - 1) "
        "FROM d WHERE product = 'personal-deposit'",
    ),
    (
        "line:retail",
        "balance-growth-yoy",
        "2025-Q3",
        "SELECT 100 * (sum(balance) FILTER (period = DATE '2025-09-01') / sum(balance) FILTER (period = DATE '2024-09-01') - 1) "
        f"FROM d WHERE {RETAIL}",
    ),
    (
        "cash-mgmt",
        "revenue-growth-yoy",
        "2025-10",
        "SELECT 100 * (sum(revenue) FILTER (year(period) = 2025) / sum(revenue) FILTER (year(period) = 2024) - 1) "
        "FROM d WHERE product = 'cash-mgmt' AND month(period) <= 10",
    ),
    ("mobile-app", "mau", "2025-H1", "SELECT monthly_active_users FROM d WHERE product = 'mobile-app' AND period = DATE '2025-06-01'"),
    # 3 profitability: a flow, an annualised ratio, a flow of mixed measures
    ("wealth", "revenue", "2025-Q3", f"SELECT sum(revenue) FROM d WHERE {WEALTH} AND {QUARTER}"),
    ("line:retail", "revenue", "2025", f"SELECT sum(revenue) FROM d WHERE {RETAIL} AND {YEAR}"),
    (
        "mortgage",
        "raroc",
        "2025-Q3",
        "SELECT 100 * 4 * sum(revenue - opex - expected_loss - tax) FILTER (month(period) > 6) / "
        "((sum(economic_capital) FILTER (month(period) = 6) + sum(economic_capital) FILTER (month(period) = 9)) / 2) "
        "FROM d WHERE product = 'mortgage' AND period BETWEEN DATE '2025-06-01' AND DATE '2025-09-01'",
    ),
    (
        "credit-card",
        "eva",
        "2025",
        f"SELECT sum(revenue - opex - expected_loss - tax - 0.12 / 12 * economic_capital) FROM d WHERE {CARD} AND {YEAR}",
    ),
    (
        "personal-deposit",
        "casa-ratio",
        "2025-Q3",
        f"SELECT 100 * avg(demand_deposit_avg) / avg(deposit_avg) FROM d WHERE product = 'personal-deposit' AND {QUARTER}",
    ),
    # 4 market share: a ratio of balances that is told for products only
    ("wealth", "market-share", "2025-Q3", f"SELECT 100 * balance / market_balance FROM d WHERE {WEALTH} AND period = DATE '2025-09-01'"),
    ("bank", "market-share", "2025-12", "not-applicable"),
    ("mortgage", "increment-share", "2025-12", "no-meaning"),
    # 5 risk
    ("sme-loan", "npl-ratio", "2025-09", f"SELECT 100 * npl_balance / loan_balance FROM d WHERE {SME} AND period = DATE '2025-09-01'"),
    ("bank", "npl-ratio", "2025", f"SELECT 100 * sum(npl_balance) / sum(loan_balance) FROM d WHERE {MONTH}"),
    (
        "credit-card",
        "fraud-loss-bp",
        "2025-10 YTD",
        f"SELECT 10000 * sum(fraud_loss) / sum(transaction_value) FROM d WHERE {CARD} AND {YTD}",
    ),
    ("line:retail", "compliance-breaches", "2024", f"SELECT sum(compliance_breaches) FROM d WHERE {RETAIL} AND year(period) = 2024"),
    # 6 innovation: the last twelve months, whatever the period
    (
        "wealth",
        "vitality-index",
        "2025-Q3",
        f"SELECT 100 * sum(revenue_new_36m) / sum(revenue) FROM d WHERE {WEALTH} AND period BETWEEN DATE '2024-10-01' AND DATE '2025-09-01'",
    ),
    ("mobile-app", "features-released", "2025", f"SELECT sum(features_released) FROM d WHERE product = 'mobile-app' AND {YEAR}"),
    # 7 loyalty: an index of pooled counts, a flow over an opening balance
    (
        "wealth",
        "nps",
        "2025",
        f"SELECT 100 * (sum(nps_promoters) - sum(nps_detractors)) / sum(nps_responses) FROM d WHERE {WEALTH} AND {YEAR}",
    ),
    ("bank", "nps", "2025-12", f"SELECT 100 * (sum(nps_promoters) - sum(nps_detractors)) / sum(nps_responses) FROM d WHERE {MONTH}"),
    (
        "credit-card",
        "churn-rate",
        "2025-12",
        "SELECT 100 * sum(customers_lost) FILTER (period = DATE '2025-12-01') / sum(active_customers) FILTER (period = DATE '2025-11-01') "
        f"FROM d WHERE {CARD}",
    ),
    # 8 market feedback
    (
        "wealth",
        "feedback-closure-rate",
        "2025-H1",
        f"SELECT 100 * sum(feedback_closed_30d) / sum(feedback_due_30d) FROM d WHERE {WEALTH} AND {HALF}",
    ),
    # 9 technology
    (
        "mobile-app",
        "availability",
        "2025-Q3",
        f"SELECT 100 * (1 - sum(downtime_minutes) / sum(service_minutes)) FROM d WHERE product = 'mobile-app' AND {QUARTER}",
    ),
    ("cash-mgmt", "availability", "2025-12", "no-data"),
    ("cash-mgmt", "stp-rate", "2025", f"SELECT 100 * sum(transactions_stp) / sum(transactions_total) FROM d WHERE product = 'cash-mgmt' AND {YEAR}"),
    ("mobile-app", "partner-apis-live", "2025-12", "not-applicable"),
    # 10 performance is computed from what is judged
    ("bank", "target-attainment-rate", "2025-12", "not-reviewed"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "indicator", "period", "computed"), CASES, ids=lambda part: str(part)[:24])
def test_a_figure_of_the_demo_equals_its_own_computation(demo, data, subject, indicator, period, computed):
    found = demo.value(subject, indicator, period)

    assert found == (pytest.approx(data(computed), rel=1e-12) if computed.startswith("SELECT") else computed)


def test_a_restated_figure_is_the_newest_delivery(demo, data):
    first = data(f"SELECT min(as_of) FROM d WHERE {SME} AND period = DATE '2025-06-01'")

    assert demo.vintage("sme-loan", "npl-ratio", "2025-06") == first.isoformat()
    assert demo.sample("sme-loan", "ces", "2025-09") == 9


@pytest.mark.parametrize("channel", ["phone", "app", "branch", "web"])
@pytest.mark.parametrize(("subject", "where"), [("credit-card", CARD), ("bank", "true")])
def test_a_channels_share_of_complaints_closed_in_time_is_that_of_its_rows(demo, subject, where, channel):
    complaints = f"read_csv('{ROOT / 'data' / 'complaints.csv'}', types={{'period': 'VARCHAR'}})"
    sql = (
        f"SELECT 100 * sum(complaints_closed_15d) / sum(complaints_due_15d) FROM {complaints} WHERE period = '2025-12'"
    )
    computed = duckdb.connect().execute(f"{sql} AND channel = '{channel}' AND {where}").fetchone()[0]

    (one,) = [one for one in demo.series.breakdowns if one.grain is Grain.MONTH]
    at = (demo.subjects.index(subject), one.indicators.index("complaint-closure-15d"), one.labels.index(channel), -1)

    assert one.value[at] == pytest.approx(computed, rel=1e-12)


def test_the_complaints_of_all_channels_are_those_of_the_monthly_files():
    query = (
        "SELECT count(*) FROM (SELECT product, period, sum(complaints_due_15d) AS due, sum(complaints_closed_15d) AS closed "
        f"FROM read_csv('{ROOT / 'data' / 'complaints.csv'}') GROUP BY ALL) c JOIN "
        f"read_csv('{ROOT / 'data' / 'monthly'}/*.csv', union_by_name=true) m USING (product, period) "
        "WHERE due = complaints_due_15d AND closed = complaints_closed_15d"
    )

    assert duckdb.connect().execute(query).fetchone()[0] == 2 * 36


TRAILING = "period BETWEEN DATE '2024-11-01' AND DATE '2025-10-01'"
OCTOBER = "period = DATE '2025-10-01'"
TRAILING_CASES = [
    # subject, indicator, the computation: a flow, a stock, ratios of flows and of stocks, an index, a median
    ("wealth", "revenue", f"SELECT sum(revenue) FROM d WHERE {WEALTH} AND {TRAILING}"),
    ("line:retail", "revenue", f"SELECT sum(revenue) FROM d WHERE {RETAIL} AND {TRAILING}"),
    ("bank", "sales-volume", f"SELECT sum(sales_amount) FROM d WHERE {TRAILING}"),
    ("mobile-app", "mau", f"SELECT monthly_active_users FROM d WHERE product = 'mobile-app' AND {OCTOBER}"),
    ("credit-card", "fraud-loss-bp", f"SELECT 10000 * sum(fraud_loss) / sum(transaction_value) FROM d WHERE {CARD} AND {TRAILING}"),
    ("personal-deposit", "casa-ratio", f"SELECT 100 * avg(demand_deposit_avg) / avg(deposit_avg) FROM d WHERE product = 'personal-deposit' AND {TRAILING}"),
    ("bank", "npl-ratio", f"SELECT 100 * sum(npl_balance) / sum(loan_balance) FROM d WHERE {OCTOBER}"),
    ("bank", "nps", f"SELECT 100 * (sum(nps_promoters) - sum(nps_detractors)) / sum(nps_responses) FROM d WHERE {TRAILING}"),
    ("sme-loan", "complaint-first-response", "not-derivable"),
]  # fmt: skip


@pytest.fixture(scope="module")
def trailing():
    problems = Problems()
    site = read_site(ROOT / "site.yaml", problems)
    report = site.report.model_copy(update={"grains": (Grain.MONTH, Grain.T12)})
    site = site.model_copy(update={"report": report})
    with open_tables(site, ROOT, site.report.as_of, problems) as tables:
        return Figures(measure(site, tables, problems))


@pytest.mark.parametrize(("subject", "indicator", "computed"), TRAILING_CASES, ids=lambda part: str(part)[:24])
def test_a_trailing_year_of_the_demo_equals_its_own_computation(trailing, data, subject, indicator, computed):
    found = trailing.value(subject, indicator, "2025-10 T12")

    assert found == (pytest.approx(data(computed), rel=1e-12) if computed.startswith("SELECT") else computed)


@pytest.mark.parametrize(("subject", "where"), [("credit-card", CARD), ("bank", "fraud_loss IS NOT NULL")])
def test_a_mean_of_monthly_ratios_would_be_another_number(demo, data, subject, where):
    rates = (
        "SELECT avg(rate) FROM (SELECT 10000 * sum(fraud_loss) / sum(transaction_value) AS rate FROM d "
        f"WHERE {where} AND {YEAR} GROUP BY period)"
    )

    found = demo.value(subject, "fraud-loss-bp", "2025")

    assert found == pytest.approx(
        data(f"SELECT 10000 * sum(fraud_loss) / sum(transaction_value) FROM d WHERE {where} AND {YEAR}")
    )
    assert found != pytest.approx(data(rates), rel=1e-5)


@pytest.mark.parametrize(
    ("label", "first", "there"), [("2025-Q4", "2025-10", 2), ("2025-H2", "2025-07", 5), ("2025-12 YTD", "2025-01", 11)]
)
def test_availability_that_came_late_is_that_of_the_months_there_are(demo, data, label, first, there):
    computed = data(
        "SELECT 100 * (1 - sum(downtime_minutes) / sum(service_minutes)) FROM d "
        f"WHERE product = 'cash-mgmt' AND period BETWEEN DATE '{first}-01' AND DATE '2025-11-01'"
    )

    found, s, i, t = demo._at("cash-mgmt", "availability", label)

    assert found.value[s, i, t] == pytest.approx(computed, rel=1e-12)
    assert found.provisional[s, i, t] == there
