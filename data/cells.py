"""Cells as they are written: how many decimals a column has, and counts that come close to a ratio."""

from collections.abc import Iterable

from paths import MONTHS, Column

# Below this a count can be off by more than an indicator shows, so the denominator is moved a little to fit.
SMALL_DENOMINATOR = 20_000
LEEWAY = 0.04
AMOUNTS = frozenset(
    {
        "balance",
        "contribution_margin",
        "demand_deposit_avg",
        "deposit_avg",
        "downtime_minutes",
        "economic_capital",
        "expected_loss",
        "fee_income",
        "fraud_loss",
        "ftp_margin_income",
        "loan_balance",
        "loan_loss_allowance",
        "market_balance",
        "npl_balance",
        "opex",
        "overdue_30d_balance",
        "revenue",
        "revenue_new_36m",
        "sales_amount",
        "sales_amount_digital",
        "special_mention_balance",
        "tax",
        "transaction_value",
    }
)


def decimals(column: str) -> int:
    """How many decimals a column is delivered with: amounts two, durations and hours one, counts none."""
    if column in AMOUNTS:
        return 2
    return 1 if column.endswith("_median") or column == "training_hours" else 0


def settled(column: str, values: Iterable[float]) -> Column:
    """The values as they will be written, so that what is worked out from them starts from the written ones."""
    # Adding zero turns a negative zero into a plain one.
    return [round(value, decimals(column)) + 0.0 for value in values]


def mean_of_ends(values: Column) -> Column:
    """The mean of each month's opening and closing balance."""
    return [(values[max(month - 1, 0)] + values[month]) / 2 for month in range(MONTHS)]


def fitting_counts(wanted: float, about: float) -> tuple[float, float]:
    """A count and a total near the given one whose ratio comes closest to the wanted one."""
    spread = int(about * LEEWAY)
    totals = sorted((about + step for step in range(-spread, spread + 1)), key=lambda total: abs(total - about))
    total = min(totals, key=lambda total: abs(round(wanted * total) / total - wanted))
    return float(round(wanted * total)), total
