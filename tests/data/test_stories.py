import csv
import itertools
import statistics

import pytest

from tests.data.figures import DATA, LAST, PERIODS, PRODUCTS, Month, months_before, path, read, rows, value


@pytest.fixture(scope="module")
def peers() -> list[dict[str, str]]:
    with (DATA / "competitors.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_card_overdue_steps_up_and_bad_loans_follow(delivered):
    overdue = path(delivered["credit-card"], "overdue-30d-ratio")
    bad = path(delivered["credit-card"], "npl-ratio")
    step = PERIODS.index("2025-03")

    assert max(overdue[:step]) < 2.75
    assert min(overdue[step:]) > 2.90
    assert overdue[-1] == pytest.approx(3.45, abs=0.005)
    assert bad[PERIODS.index("2025-07")] == pytest.approx(1.70, abs=0.03)
    assert [level > 1.80 for level in bad] == [period >= "2025-09" for period in PERIODS]


def test_the_app_redesign_lifts_satisfaction_and_others_follow(delivered):
    def lift(indicator: str, month: str) -> float:
        at = PERIODS.index(month)
        levels = path(delivered["mobile-app"], indicator)
        return statistics.fmean(levels[at : at + 6]) - statistics.fmean(levels[at - 6 : at])

    assert lift("csat", "2024-10") == pytest.approx(6, abs=0.8)
    assert lift("nps", "2024-12") > 4
    assert lift("feedback-to-change", "2025-01") < -10


def test_wealth_grows_and_loses_share(delivered):
    wealth, month = delivered["wealth"], Month(delivered["wealth"], LAST)

    market_growth = 100 * (month("market_balance") / month("market_balance", 12) - 1)
    assert value(wealth, "balance-growth-yoy", LAST) == pytest.approx(14.0, abs=0.01)
    assert market_growth == pytest.approx(18, abs=0.5)
    assert value(wealth, "market-share", "2024-06") > 2.55 > 2.48 > value(wealth, "market-share", LAST)


@pytest.mark.parametrize("indicator", ["balance-growth-yoy", "market-share"])
def test_wealth_falls_from_third_to_fourth_while_the_gap_widens(indicator, delivered, peers):
    quarters = [period for period in PERIODS[14:33] if period[5:] in ("03", "06", "09", "12")]
    theirs = {
        (row["period"], row["competitor"]): float(row["value"])
        for row in peers
        if (row["product"], row["indicator"]) == ("wealth", indicator)
    }
    ours = {period: value(delivered["wealth"], indicator, period) for period in quarters}

    rank = [
        1 + sum(theirs[period, peer] > ours[period] for peer in ("peer-a", "peer-b", "peer-median"))
        for period in quarters
    ]
    gaps = [ours[period] - theirs[period, "peer-a"] for period in quarters]

    assert rank[0] == 3
    assert rank[-1] == 4
    assert rank == sorted(rank)
    assert all(later < earlier for earlier, later in itertools.pairwise(gaps[-4:]))


def test_peer_a_grew_21_percent(peers):
    (row,) = (
        row
        for row in peers
        if (row["product"], row["indicator"], row["competitor"], row["period"])
        == ("wealth", "balance-growth-yoy", "peer-a", "2025-09")
    )

    assert (row["value"], row["as_of"], row["confidence"], row["comparable"]) == ("21.0", "2025-12-20", "A", "yes")


def test_peers_come_three_months_late_and_only_for_quarters(peers):
    assert {row["period"][5:] for row in peers} == {"03", "06", "09", "12"}
    assert all(months_before(row["as_of"][:7], 3) == row["period"] for row in peers)
    assert {row["comparable"] for row in peers} == {"yes", "partly", "no"}
    assert {row["confidence"] for row in peers} == {"A", "B", "C"}


def test_consumer_loan_falls_back_and_recovers(delivered):
    conversion = dict(zip(PERIODS, path(delivered["consumer-loan"], "conversion-rate"), strict=True))
    cost = dict(zip(PERIODS, path(delivered["consumer-loan"], "cost-income-ratio"), strict=True))

    assert conversion["2024-10"] >= 18
    assert cost["2024-10"] <= 38
    assert max(conversion[period] for period in PERIODS if "2024-11" <= period <= "2025-08") < 18
    assert min(cost, key=lambda period: -cost[period]) == "2025-03"
    assert cost["2025-03"] == pytest.approx(45, abs=0.6)
    assert conversion["2025-03"] == pytest.approx(13, abs=0.6)
    assert min(conversion[period] for period in PERIODS[-4:]) >= 18
    assert max(cost[period] for period in PERIODS[-4:]) <= 38


def test_sme_bad_loans_were_restated_in_december_2025():
    file = DATA / "monthly" / "sme-loan.csv"
    october, november = read(file, "2025-11-15"), read(file, "2025-12-15")

    for period in PERIODS:
        restated = "2025-06" <= period <= "2025-10"
        now, was = value(november, "npl-ratio", period), value(october, "npl-ratio", period)
        if period <= "2025-10":
            assert now - was == pytest.approx(0.21 if restated else 0, abs=1e-6)
    assert round(value(october, "npl-ratio", "2025-05"), 2) == 1.41
    assert round(value(october, "npl-ratio", "2025-06"), 2) == 1.42
    assert round(value(november, "npl-ratio", "2025-06"), 2) == 1.63
    assert value(october, "npl-ratio", "2025-11") is None


def test_restated_rows_are_delivered_again_whole():
    again = [row for row in rows("sme-loan") if row["as_of"] == "2025-12-08"]
    first = {row["period"]: row for row in rows("sme-loan") if row["as_of"] != "2025-12-08"}

    assert [row["period"] for row in again] == ["2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11"]
    for row in again[:-1]:
        changed = {name for name, cell in row.items() if cell != first[row["period"]][name]}
        assert changed == {"as_of", "npl_balance", "loan_loss_allowance"}


@pytest.mark.parametrize("product", ["personal-deposit", "mortgage", "consumer-loan", "credit-card"])
def test_the_new_definition_alone_lifts_the_complaint_rate_by_a_quarter(product, delivered):
    month = Month(delivered[product], "2025-01")

    assert month("accounts_open") / month("active_customers") == pytest.approx(1.25, abs=0.01)
    after, before = (value(delivered[product], "complaint-rate", period) for period in ("2025-01", "2024-12"))
    assert after / before > 1.1


@pytest.mark.parametrize(
    ("product", "columns", "first", "last"),
    [
        ("mortgage", ["sat_top2", "sat_responses"], "2025-07", "2025-07"),
        ("cash-mgmt", ["downtime_minutes", "service_minutes"], "2025-12", "2025-12"),
        ("mobile-app", ["ces_score_sum", "ces_responses"], "2023-01", "2024-12"),
    ],
)
def test_only_the_cells_of_the_stories_are_empty(product, columns, first, last):
    empty = {(row["period"], name) for row in rows(product) for name, cell in row.items() if not cell}

    assert empty == {(period, column) for period in PERIODS if first <= period <= last for column in columns}


def test_cash_management_straight_through_rate_cannot_reach_its_target(delivered):
    rates = path(delivered["cash-mgmt"], "stp-rate")
    moves = statistics.fmean(abs(after - before) for before, after in itertools.pairwise(rates[:24]))

    assert statistics.fmean(rates[:24]) + 2.66 * moves < 97
    assert 0.15 < statistics.stdev(rates) < 0.35


def test_two_breaches_in_august_2024(delivered):
    breaches = {
        (product, period): cell
        for product in PRODUCTS
        for period, row in delivered[product].rows.items()
        if (cell := row.get("compliance_breaches", "0")) != "0"
    }

    assert breaches == {("consumer-loan", "2024-08"): "2"}


def test_deposit_retention_alternates_around_its_target(delivered):
    rates = path(delivered["personal-deposit"], "retention-rate", "2024-01")

    assert [round(rate, 1) for rate in rates] == [93.1, 92.9] * 12
    assert all(abs(rate - 93) < 0.15 for rate in rates)


def test_nine_people_answered_the_sme_effort_survey_in_september_2025(delivered):
    answers = {period: int(row["ces_responses"]) for period, row in delivered["sme-loan"].rows.items()}

    assert answers.pop("2025-09") == 9
    assert min(answers.values()) >= 100
    assert value(delivered["sme-loan"], "ces", "2025-09") == pytest.approx(5.11, abs=0.01)


def test_deposits_jump_at_quarter_ends_and_grow_evenly_over_the_year(delivered):
    balances = [float(delivered["personal-deposit"].rows[period]["balance"]) for period in PERIODS]
    growth = path(delivered["personal-deposit"], "balance-growth-yoy", "2024-01")

    steps = {
        period: after / before - 1
        for period, (before, after) in zip(PERIODS[1:], itertools.pairwise(balances), strict=True)
    }
    up = [step for period, step in steps.items() if int(period[5:]) % 3 == 0]
    down = [step for period, step in steps.items() if int(period[5:]) % 3 == 1]
    assert min(up) > 0.012
    assert max(down) < 0
    assert max(abs(after - before) for before, after in itertools.pairwise(growth)) < 1


def test_the_mortgage_market_shrinks_all_through_2025(delivered):
    months = [Month(delivered["mortgage"], period) for period in PERIODS[12:]]
    change = {month.period: month("market_balance") - month("market_balance", 12) for month in months}

    assert all(change[period] <= 0 for period in PERIODS if period >= "2025-01")
    assert change["2024-01"] > 0
