"""The columns of a product, worked out backwards from the levels its indicators should have.

Each step adds columns from levels and from earlier columns. Cells are rounded as they are written before anything is
worked out from them.
"""

import calendar
import itertools
import math
from collections.abc import Callable, Sequence

from cells import SMALL_DENOMINATOR, decimals, fitting_counts, mean_of_ends, settled
from paths import FIRST_YEAR, LAST, MONTHS, WRITTEN_FROM, Column, Product

Columns = dict[str, Column]

# A trailing sum of a year is the year's middle, which lies five and a half months back.
MIDDLE_OF_A_YEAR = 5.5
# Definition 1 of the complaint rate counted accounts, of which a customer has this many.
ACCOUNTS_PER_CUSTOMER = 1.25
TAX_RATE = 0.25
HURDLE_RATE = 0.12

# indicator: (numerator, denominator, scale)
RATIOS = {
    "csat": ("sat_top2", "sat_responses", 100),
    "ces": ("ces_score_sum", "ces_responses", 1),
    "complaint-closure-15d": ("complaints_closed_15d", "complaints_due_15d", 100),
    "conversion-rate": ("new_openings", "leads", 100),
    "digital-sales-share": ("sales_amount_digital", "sales_amount", 100),
    "fee-income-share": ("fee_income", "revenue", 100),
    "casa-ratio": ("demand_deposit_avg", "deposit_avg", 100),
    "penetration": ("product_customers", "target_customers", 100),
    "brand-awareness": ("aware_unaided", "brand_survey_responses", 100),
    "npl-ratio": ("npl_balance", "loan_balance", 100),
    "overdue-30d-ratio": ("overdue_30d_balance", "loan_balance", 100),
    "special-mention-ratio": ("special_mention_balance", "loan_balance", 100),
    "provision-coverage": ("loan_loss_allowance", "npl_balance", 100),
    "fraud-loss-bp": ("fraud_loss", "transaction_value", 10_000),
    "idea-adoption-rate": ("ideas_adopted", "ideas_submitted", 100),
    "training-hours": ("training_hours", "product_team_headcount", 3),  # hours a quarter, three months of them
    "retention-rate": ("customers_retained_12m", "customers_base_12m", 100),
    "products-per-customer": ("product_holdings", "active_customers", 1),
    "benefit-usage-rate": ("customers_used_benefits", "customers_entitled_benefits", 100),
    "feedback-closure-rate": ("feedback_closed_30d", "feedback_due_30d", 100),
    "survey-response-rate": ("survey_responses", "survey_sent", 100),
    "change-failure-rate": ("changes_failed", "changes_deployed", 100),
    "stp-rate": ("transactions_stp", "transactions_total", 100),
    "complaint-rate": ("complaints_received", "accounts_open", 10_000),
}
# indicator: the column that is delivered as the indicator's value
PLAIN = {
    "complaint-first-response": "complaint_first_response_hours_median",
    "sales-volume": "sales_amount",
    "mau": "monthly_active_users",
    "revenue": "revenue",
    "compliance-breaches": "compliance_breaches",
    "features-released": "features_released",
    "time-to-market": "time_to_market_days_median",
    "feedback-to-change": "feedback_to_change_days_median",
    "market-response-days": "market_response_days_median",
    "lead-time-days": "change_lead_time_days_median",
    "partner-apis-live": "partner_apis_live",
}


def add_sizes(product: Product, columns: Columns) -> None:
    """Columns that are declared directly, and indicators that are delivered as they are."""
    for column, path in product.sizes.items():
        columns[column] = settled(column, path.drawn())
    for indicator in PLAIN.keys() & product.levels.keys():
        columns[PLAIN[indicator]] = settled(PLAIN[indicator], product.levels[indicator].drawn())


def add_customers(product: Product, columns: Columns) -> None:
    """Accounts, customers of a year ago and lost customers, all from the active customers."""
    if "active_customers" not in product.sizes:
        return
    path, active = product.sizes["active_customers"], columns["active_customers"]
    columns["accounts_open"] = settled("accounts_open", (customers * ACCOUNTS_PER_CUSTOMER for customers in active))
    a_year_before = [path.at(month - 12) for month in range(12)] + active[:-12]
    columns["customers_base_12m"] = settled("customers_base_12m", a_year_before)
    if "churn-rate" in product.levels:
        before = [path.at(-1), *active[:-1]]
        churn = product.levels["churn-rate"].drawn()
        lost = (rate / 100 * customers for rate, customers in zip(churn, before, strict=True))
        columns["customers_lost"] = settled("customers_lost", lost)


def opening_year(opening: float, growth: float, season: Sequence[float]) -> Column:
    """The year before the first one written: a straight line up to the opening value, with its season."""
    yearly = growth / 100
    return [opening / (1 + yearly * (11 - month) / 12) * season[month] for month in range(12)]


def add_balances(product: Product, columns: Columns) -> None:
    """Balances from their growth, the market from the share, and loans and deposits from the balance."""
    if "balance-growth-yoy" in product.levels:
        growth = product.levels["balance-growth-yoy"]
        jump = 1 + product.facts.get("quarter_end_jump", 0.0)
        season = [jump if month % 3 == 2 else 1.0 for month in range(12)]
        balance = opening_year(product.facts["opening_balance"], growth.at(WRITTEN_FROM), season)
        for percent in growth.drawn()[12:]:
            balance.append(balance[-12] * (1 + percent / 100))
        columns["balance"] = settled("balance", balance)
    if "balance" in columns:
        columns.setdefault("loan_balance", columns["balance"])
        columns["deposit_avg"] = settled("deposit_avg", mean_of_ends(columns["balance"]))
    if "market-share" in product.levels:
        shares = zip(columns["balance"], product.levels["market-share"].drawn(), strict=True)
        columns["market_balance"] = settled("market_balance", (balance / share * 100 for balance, share in shares))


def add_revenue_from_growth(product: Product, columns: Columns) -> None:
    """Revenue whose sum since January grows along the path; single months stray, whole years do not."""
    if "revenue-growth-yoy" not in product.levels:
        return
    growth = product.levels["revenue-growth-yoy"]
    revenue = opening_year(product.facts["opening_revenue"], growth.at(WRITTEN_FROM), product.facts["season"])
    for january in range(12, MONTHS, 12):
        sums = itertools.accumulate(revenue[-12:])
        grown = [total * (1 + growth.at(january + month) / 100) for month, total in enumerate(sums)]
        monthly = [after - before for before, after in itertools.pairwise([0.0, *grown])]
        strayed = [value * (1 + growth.stray(january + month) / 100) for month, value in enumerate(monthly)]
        revenue += [value * grown[-1] / math.fsum(strayed) for value in strayed]
    columns["revenue"] = settled("revenue", revenue)


def add_margin_income(product: Product, columns: Columns) -> None:
    """Deposit income from the margin on the average balance, with a little other income on top."""
    if "ftp-margin" not in product.levels:
        return
    margins = zip(product.levels["ftp-margin"].drawn(), mean_of_ends(columns["balance"]), strict=True)
    columns["ftp_margin_income"] = settled("ftp_margin_income", (bp / 10_000 * mean / 12 for bp, mean in margins))
    other = 1 + product.facts["other_income"]
    columns["revenue"] = settled("revenue", (income * other for income in columns["ftp_margin_income"]))


def add_capital_and_loss(product: Product, columns: Columns) -> None:
    """Economic capital and expected loss as parts of the loans, where loans are what ties capital."""
    if "capital" not in product.facts:
        return
    loans, rates = columns["loan_balance"], product.levels["loss-rate"].drawn()
    losses = (loan * rate / 100 / 12 for loan, rate in zip(loans, rates, strict=True))
    columns["economic_capital"] = settled("economic_capital", (loan * product.facts["capital"] for loan in loans))
    columns["expected_loss"] = settled("expected_loss", losses)


def add_profit(product: Product, columns: Columns) -> None:
    """Revenue or cost, whichever is free, so that the return on capital or the value added comes out as wanted."""
    if "raroc" in product.levels:
        returns = zip(product.levels["raroc"].drawn(), mean_of_ends(columns["economic_capital"]), strict=True)
        profit = [percent / 1200 * capital for percent, capital in returns]
        costs = product.levels["cost-income-ratio"].drawn()
        parts = zip(before_tax(profit), columns["expected_loss"], costs, strict=True)
        columns["revenue"] = settled("revenue", ((gain + loss) / (1 - cost / 100) for gain, loss, cost in parts))
        columns["tax"] = tax_on(profit)
    elif "eva" in product.levels:
        values = zip(product.levels["eva"].drawn(), columns["economic_capital"], strict=True)
        profit = [value + HURDLE_RATE / 12 * capital for value, capital in values]
        parts = zip(columns["revenue"], columns["expected_loss"], before_tax(profit), strict=True)
        columns["opex"] = settled("opex", (revenue - loss - gain for revenue, loss, gain in parts))
        columns["tax"] = tax_on(profit)
    if "cost-income-ratio" in product.levels:
        spent = zip(columns["revenue"], product.levels["cost-income-ratio"].drawn(), strict=True)
        columns["opex"] = settled("opex", (revenue * percent / 100 for revenue, percent in spent))


def before_tax(profit: Column) -> Column:
    """The profit before tax; a loss pays none."""
    return [gain / (1 - TAX_RATE) if gain > 0 else gain for gain in profit]


def tax_on(profit: Column) -> Column:
    """The tax that leaves the profit."""
    return settled("tax", (before - after for before, after in zip(before_tax(profit), profit, strict=True)))


def add_ratios(product: Product, columns: Columns) -> None:
    """Numerators that give each ratio its value over the denominator, in the order of the table."""
    for indicator, (numerator, denominator, scale) in RATIOS.items():
        if indicator not in product.levels:
            continue
        counted = decimals(numerator) == 0 and denominator in product.sizes
        upper, lower = [], []
        for value, total in zip(product.levels[indicator].drawn(), columns[denominator], strict=True):
            fits = counted and total < SMALL_DENOMINATOR
            part, whole = fitting_counts(value / scale, total) if fits else (value / scale * total, total)
            upper.append(part)
            lower.append(whole)
        columns[numerator], columns[denominator] = settled(numerator, upper), lower


def add_promoters(product: Product, columns: Columns) -> None:
    """Promoters and detractors whose difference is the net promoter score."""
    if "nps" not in product.levels:
        return
    answers = columns["nps_responses"]
    detractors = settled("nps_detractors", (product.facts["detractors"] * count for count in answers))
    net = (value / 100 * count for value, count in zip(product.levels["nps"].drawn(), answers, strict=True))
    columns["nps_detractors"] = detractors
    columns["nps_promoters"] = settled("nps_promoters", map(sum, zip(net, detractors, strict=True)))


def add_downtime(product: Product, columns: Columns) -> None:
    """Round-the-clock service minutes, and the part of them that was lost."""
    if "availability" not in product.levels:
        return
    days = [calendar.monthrange(FIRST_YEAR + month // 12, month % 12 + 1)[1] for month in range(MONTHS)]
    columns["service_minutes"] = [float(count * 24 * 60) for count in days]
    lost = zip(product.levels["availability"].drawn(), columns["service_minutes"], strict=True)
    # A month cannot be more than wholly available, however the noise falls.
    columns["downtime_minutes"] = settled("downtime_minutes", (max(100 - up, 0) / 100 * all_ for up, all_ in lost))


def add_trailing(product: Product, columns: Columns) -> None:
    """Flows whose sums over a year give the new-product share and the customer lifetime value."""
    if "vitality-index" in product.levels:
        share, revenue = product.levels["vitality-index"], columns["revenue"]
        parts = [(share.at(month + MIDDLE_OF_A_YEAR) + share.stray(month)) / 100 for month in range(MONTHS)]
        new = [part * income for part, income in zip(parts, revenue, strict=True)]
        wanted = share.at(LAST) / 100 * math.fsum(revenue[-12:])
        columns["revenue_new_36m"] = fitted_to_year("revenue_new_36m", new, wanted)
    if "clv" in product.levels:
        value, retention = product.levels["clv"], product.levels["retention-rate"]
        margin = []
        for month in range(MONTHS):
            middle = month + MIDDLE_OF_A_YEAR
            customers, kept = product.sizes["active_customers"].at(middle), retention.at(middle) / 100
            strayed = value.at(middle) + value.stray(month)
            margin.append(yearly_margin(strayed, customers, kept, product.facts["discount_rate"]) / 12)
        kept = columns["customers_retained_12m"][LAST] / columns["customers_base_12m"][LAST]
        wanted = yearly_margin(value.at(LAST), columns["active_customers"][LAST], kept, product.facts["discount_rate"])
        columns["contribution_margin"] = fitted_to_year("contribution_margin", margin, wanted)


def yearly_margin(value: float, customers: float, kept: float, discount_rate: float) -> float:
    """The margin of a year that makes the lifetime value of a customer what it should be."""
    return value * customers * (1 + discount_rate - kept) / kept


def fitted_to_year(column: str, values: Column, wanted: float) -> Column:
    """The column with its last year scaled to the wanted sum."""
    factor = wanted / math.fsum(values[-12:])
    return settled(column, [*values[:-12], *(value * factor for value in values[-12:])])


STEPS: tuple[Callable[[Product, Columns], None], ...] = (
    add_sizes,
    add_customers,
    add_balances,
    add_revenue_from_growth,
    add_margin_income,
    add_capital_and_loss,
    add_profit,
    add_ratios,
    add_promoters,
    add_downtime,
    add_trailing,
)


def columns_of(product: Product) -> Columns:
    """All columns of a product, worked out step by step."""
    columns: Columns = {}
    for step in STEPS:
        step(product, columns)
    return columns
