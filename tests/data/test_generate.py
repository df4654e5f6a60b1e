import re
import statistics
import subprocess
import sys
from collections import Counter

import pytest

from tests.data.figures import (
    DATA,
    FORMULAS,
    KEYS,
    LAST,
    PERIODS,
    PRODUCTS,
    Deliveries,
    Key,
    Month,
    composite,
    months_before,
    path,
    rows,
    status,
    value,
)

MONITOR = {
    "personal-deposit": ["complaint-rate", "complaint-first-response", "brand-awareness", "survey-response-rate"],
    "wealth": ["sales-volume", "time-to-market", "churn-rate", "training-hours"],
    "mortgage": ["increment-share", "provision-coverage", "special-mention-ratio"],
    "consumer-loan": ["special-mention-ratio", "provision-coverage", "complaint-rate"],
    "credit-card": ["special-mention-ratio", "provision-coverage", "complaint-first-response", "brand-awareness"],
    "mobile-app": ["time-to-market", "idea-adoption-rate", "survey-response-rate", "training-hours"],
    "sme-loan": ["overdue-30d-ratio", "complaint-first-response", "time-to-market"],
    "cash-mgmt": ["fraud-loss-bp", "lead-time-days", "change-failure-rate"],
}
COMPOSITES = {
    "personal-deposit": (90.83, {"green": 6, "amber": 3, "red": 1}),
    "wealth": (93.52, {"green": 8, "red": 2}),
    "mortgage": (91.46, {"green": 5, "amber": 5}),
    "consumer-loan": (105.82, {"green": 8, "amber": 2}),
    "credit-card": (82.12, {"green": 6, "amber": 5, "red": 1}),
    "mobile-app": (110.00, {"green": 10, "amber": 1}),
    "sme-loan": (99.70, {"green": 8, "amber": 3}),
    # Without its availability, which is green.
    "cash-mgmt": (90.98, {"green": 8, "amber": 1, "red": 1}),
}
BENT_BY_A_STORY = {
    ("consumer-loan", "conversion-rate"),
    ("consumer-loan", "cost-income-ratio"),
    ("consumer-loan", "compliance-breaches"),
    ("credit-card", "overdue-30d-ratio"),
    ("mobile-app", "csat"),
    ("mobile-app", "nps"),
    ("mobile-app", "feedback-to-change"),
}


STRAIGHT = [key for key in KEYS if (key.product, key.indicator) not in BENT_BY_A_STORY]


def named(key: Key) -> str:
    return f"{key.product}/{key.indicator}"


def scores(product: str, deliveries: Deliveries) -> dict[Key, float]:
    values = {key: value(deliveries, key.indicator, LAST) for key in KEYS if key.product == product}
    return {key: key.score(level) for key, level in values.items() if level is not None}


# ---------------------------------------------------------------- the files
def test_generating_again_gives_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, DATA / "generate.py", tmp_path], check=True)

    again = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*.csv")}
    committed = {file.relative_to(DATA): file.read_bytes() for file in DATA.rglob("*.csv")}
    assert again == committed


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_file_has_every_month_once_delivered_in_the_month_after(product):
    first = [
        row for row in rows(product) if row["as_of"][8:] == "08" and months_before(row["as_of"][:7], 1) == row["period"]
    ]

    assert [row["period"] for row in first] == PERIODS
    assert {row["product"] for row in rows(product)} == {product}


@pytest.mark.parametrize("product", PRODUCTS)
def test_cells_are_plain_decimals_or_empty(product):
    cells = {cell for row in rows(product) for name, cell in row.items() if name not in ("product", "period", "as_of")}

    assert [cell for cell in cells if not re.fullmatch(r"|\d+|\d+\.\d{1,2}", cell)] == []


@pytest.mark.parametrize("file", sorted(DATA.rglob("*.csv")), ids=lambda file: file.stem)
def test_files_are_utf8_with_plain_line_ends(file):
    content = file.read_bytes()

    assert content.endswith(b"\n")
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    content.decode("utf-8")


@pytest.mark.parametrize("product", PRODUCTS)
def test_columns_are_the_ones_the_indicators_need(product, delivered):
    used: set[str] = set()

    class Watched(Month):
        def __call__(self, column: str, back: int = 0) -> float:
            used.add(column)
            return super().__call__(column, back)

    indicators = [key.indicator for key in KEYS if key.product == product] + MONITOR[product]
    for indicator in indicators:
        # Complaints per account until 2024-12, per customer after; cash management lacks availability in 2025-12.
        for period in ("2024-12", "2025-11"):
            if value(delivered[product], indicator, period) is not None:
                FORMULAS[indicator](Watched(delivered[product], period))

    assert used == set(rows(product)[0]) - {"product", "period", "as_of"}


# ---------------------------------------------------------------- the last month
@pytest.mark.parametrize("key", KEYS, ids=named)
def test_the_last_month_is_at_its_level(key, delivered):
    actual = value(delivered[key.product], key.indicator, LAST)

    if (key.product, key.indicator) == ("cash-mgmt", "availability"):
        assert actual is None
    else:
        assert actual == pytest.approx(key.level, abs=0.02 * key.tolerance)


@pytest.mark.parametrize("product", PRODUCTS)
def test_composite_and_statuses_of_the_last_month(product, delivered):
    expected, counts = COMPOSITES[product]

    scored = scores(product, delivered[product])

    assert composite(scored) == pytest.approx(expected, abs=0.02)
    assert Counter(status(key, score) for key, score in scored.items()) == counts


def test_late_availability_leaves_88_percent_of_the_weight_and_wide_bounds(delivered):
    scored = scores("cash-mgmt", delivered["cash-mgmt"])
    (late,) = (key for key in KEYS if key.product == "cash-mgmt" and key not in scored)

    assert sum(key.weight for key in scored) == 88
    assert composite(scored | {late: 0.0}) == pytest.approx(80.06, abs=0.02)
    assert composite(scored | {late: 120.0}) == pytest.approx(94.46, abs=0.02)
    assert composite(scored | {late: late.score(late.level)}) == pytest.approx(92.54, abs=0.02)


# ---------------------------------------------------------------- the way there
@pytest.mark.parametrize("key", STRAIGHT, ids=named)
def test_the_path_stays_within_a_tolerance_of_the_straight_line(key, delivered):
    actual = path(delivered[key.product], key.indicator)

    line = [key.start + (key.level - key.start) * month / 35 for month in range(36)]
    apart = [abs(is_ - should) for is_, should in zip(actual, line, strict=True) if is_ is not None]
    assert max(apart) <= key.tolerance
    assert statistics.fmean(apart) <= 0.55 * key.tolerance


@pytest.mark.parametrize(
    ("product", "indicator", "first"),
    [
        ("wealth", "balance-growth-yoy", "2024-01"),
        ("credit-card", "revenue-growth-yoy", "2024-01"),
        ("wealth", "vitality-index", "2023-12"),
        ("cash-mgmt", "clv", "2023-12"),
        ("credit-card", "churn-rate", "2023-02"),
        ("personal-deposit", "ftp-margin", "2023-02"),
    ],
)
def test_looking_back_begins_when_there_is_something_behind(product, indicator, first, delivered):
    known = [period for period in PERIODS if value(delivered[product], indicator, period) is not None]

    assert known == [period for period in PERIODS if period >= first]
