"""Indicator values, scores and composites worked out from the delivered cells alone, as the reference for the tests."""

import csv
import math
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HURDLE_RATE = 0.12
DISCOUNT_RATE = 0.10
DATA = pathlib.Path(__file__).parents[2] / "data"
LAST = "2025-12"


class MissingCellError(Exception):
    """A cell that is empty or was never delivered."""


def months_before(period: str, count: int) -> str:
    month = int(period[:4]) * 12 + int(period[5:]) - 1 - count
    return f"{month // 12}-{month % 12 + 1:02d}"


PERIODS = [months_before(LAST, back) for back in range(35, -1, -1)]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The newest cells of one product's periods on a day."""

    rows: Mapping[str, Mapping[str, str]]

    def cell(self, column: str, period: str) -> float:
        text = self.rows.get(period, {}).get(column, "")
        if not text:
            raise MissingCellError(column, period)
        return float(text)


def read(file: pathlib.Path, as_of: str = "9999-12-31") -> Deliveries:
    with file.open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["as_of"] <= as_of]
    return Deliveries({row["period"]: row for row in sorted(rows, key=lambda row: row["as_of"])})


def rows(product: str) -> list[dict[str, str]]:
    with (DATA / "monthly" / f"{product}.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@dataclass(frozen=True, slots=True)
class Month:
    """The cells that a formula sees from one month."""

    deliveries: Deliveries
    period: str

    def __call__(self, column: str, back: int = 0) -> float:
        return self.deliveries.cell(column, months_before(self.period, back))

    def mean(self, column: str) -> float:
        return (self(column) + self(column, 1)) / 2

    def trailing(self, column: str, months: int = 12, back: int = 0) -> float:
        return math.fsum(self(column, back + month) for month in range(months))

    def ytd(self, column: str, back: int = 0) -> float:
        return self.trailing(column, int(self.period[5:]), back)


def profit(month: Month) -> float:
    return month("revenue") - month("opex") - month("expected_loss") - month("tax")


def lifetime_value(month: Month) -> float:
    kept = month("customers_retained_12m") / month("customers_base_12m")
    return month.trailing("contribution_margin") / month("active_customers") * kept / (1 + DISCOUNT_RATE - kept)


def increment_share(month: Month) -> float:
    market = month("market_balance") - month("market_balance", 12)
    return 100 * (month("balance") - month("balance", 12)) / market


def ratio(scale: float, numerator: str, denominator: str) -> Callable[[Month], float]:
    return lambda month: scale * month(numerator) / month(denominator)


def column(name: str) -> Callable[[Month], float]:
    return lambda month: month(name)


def complaint_rate(month: Month) -> float:
    customers = "accounts_open" if month.period < "2025-01" else "active_customers"
    return 10_000 * month("complaints_received") / month(customers)


FORMULAS: Mapping[str, Callable[[Month], float]] = {
    "availability": lambda month: 100 * (1 - month("downtime_minutes") / month("service_minutes")),
    "balance-growth-yoy": lambda month: 100 * (month("balance") / month("balance", 12) - 1),
    "benefit-usage-rate": ratio(100, "customers_used_benefits", "customers_entitled_benefits"),
    "brand-awareness": ratio(100, "aware_unaided", "brand_survey_responses"),
    "casa-ratio": ratio(100, "demand_deposit_avg", "deposit_avg"),
    "ces": ratio(1, "ces_score_sum", "ces_responses"),
    "change-failure-rate": ratio(100, "changes_failed", "changes_deployed"),
    "churn-rate": lambda month: 100 * month("customers_lost") / month("active_customers", 1),
    "clv": lifetime_value,
    "complaint-closure-15d": ratio(100, "complaints_closed_15d", "complaints_due_15d"),
    "complaint-first-response": column("complaint_first_response_hours_median"),
    "complaint-rate": complaint_rate,
    "compliance-breaches": column("compliance_breaches"),
    "conversion-rate": ratio(100, "new_openings", "leads"),
    "cost-income-ratio": ratio(100, "opex", "revenue"),
    "csat": ratio(100, "sat_top2", "sat_responses"),
    "digital-sales-share": ratio(100, "sales_amount_digital", "sales_amount"),
    "eva": lambda month: profit(month) - HURDLE_RATE / 12 * month("economic_capital"),
    "features-released": column("features_released"),
    "fee-income-share": ratio(100, "fee_income", "revenue"),
    "feedback-closure-rate": ratio(100, "feedback_closed_30d", "feedback_due_30d"),
    "feedback-to-change": column("feedback_to_change_days_median"),
    "fraud-loss-bp": ratio(10_000, "fraud_loss", "transaction_value"),
    "ftp-margin": lambda month: 10_000 * 12 * month("ftp_margin_income") / month.mean("balance"),
    "idea-adoption-rate": ratio(100, "ideas_adopted", "ideas_submitted"),
    "increment-share": increment_share,
    "lead-time-days": column("change_lead_time_days_median"),
    "market-response-days": column("market_response_days_median"),
    "market-share": ratio(100, "balance", "market_balance"),
    "mau": column("monthly_active_users"),
    "npl-ratio": ratio(100, "npl_balance", "loan_balance"),
    "nps": lambda month: 100 * (month("nps_promoters") - month("nps_detractors")) / month("nps_responses"),
    "overdue-30d-ratio": ratio(100, "overdue_30d_balance", "loan_balance"),
    "partner-apis-live": column("partner_apis_live"),
    "penetration": ratio(100, "product_customers", "target_customers"),
    "products-per-customer": ratio(1, "product_holdings", "active_customers"),
    "provision-coverage": ratio(100, "loan_loss_allowance", "npl_balance"),
    "raroc": lambda month: 100 * 12 * profit(month) / month.mean("economic_capital"),
    "retention-rate": ratio(100, "customers_retained_12m", "customers_base_12m"),
    "revenue": column("revenue"),
    "revenue-growth-yoy": lambda month: 100 * (month.ytd("revenue") / month.ytd("revenue", 12) - 1),
    "sales-volume": column("sales_amount"),
    "special-mention-ratio": ratio(100, "special_mention_balance", "loan_balance"),
    "stp-rate": ratio(100, "transactions_stp", "transactions_total"),
    "survey-response-rate": ratio(100, "survey_responses", "survey_sent"),
    "time-to-market": column("time_to_market_days_median"),
    "training-hours": lambda month: month.trailing("training_hours", 3) / month("product_team_headcount"),
    "vitality-index": lambda month: 100 * month.trailing("revenue_new_36m") / month.trailing("revenue"),
}


def value(deliveries: Deliveries, indicator: str, period: str) -> float | None:
    try:
        return FORMULAS[indicator](Month(deliveries, period))
    except MissingCellError:
        return None


def path(deliveries: Deliveries, indicator: str, first: str = PERIODS[0], last: str = LAST) -> list[float | None]:
    return [value(deliveries, indicator, period) for period in PERIODS if first <= period <= last]


@dataclass(frozen=True, slots=True)
class Key:
    """A key indicator of a product: weight, target, and the ends of its path."""

    product: str
    indicator: str
    weight: float
    low: float
    high: float
    tolerance: float
    direction: str
    decimals: int
    start: float
    level: float

    def score(self, value: float) -> float:
        step = Decimal(1).scaleb(-self.decimals)
        shown = float(Decimal(repr(value)).quantize(step, ROUND_HALF_UP))
        if self.direction == "range":
            outside = max(self.low - shown, shown - self.high, 0.0)
            return max(0.0, 100 - 40 * outside / self.tolerance)
        better = shown - self.low if self.direction == "higher" else self.low - shown
        # The last digits of a difference of floats say nothing.
        return round(min(120.0, max(0.0, 100 + 40 * better / self.tolerance)), 9)


def read_keys() -> tuple[Key, ...]:
    file = pathlib.Path(__file__).with_name("key_indicators.csv")
    with file.open(encoding="utf-8", newline="") as text:
        return tuple(
            Key(
                row["product"],
                row["indicator"],
                float(row["weight"]),
                float(row["target_low"]),
                float(row["target_high"]),
                float(row["tolerance"]),
                row["direction"],
                int(row["decimals"]),
                float(row["start"]),
                float(row["level"]),
            )
            for row in csv.DictReader(text)
        )


KEYS = read_keys()
PRODUCTS = list(dict.fromkeys(key.product for key in KEYS))


def composite(scores: Mapping[Key, float]) -> float:
    return sum(key.weight * score for key, score in scores.items()) / sum(key.weight for key in scores)


def status(key: Key, score: float) -> str:
    if key.indicator == "compliance-breaches" and score < 100:
        return "red"
    return "green" if score >= 100 else "amber" if score >= 60 else "red"
