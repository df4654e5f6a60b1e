from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpisite.languages import PLAIN, Text, UnitWords, half_up, tongue
from kpisite.periods import parse

LOCALE = Path(__file__).parent.parent / "kpisite" / "themes" / "plain" / "locale"


def test_a_text_speaks_the_language_it_is_asked_for():
    text = Text.of({"zh": "信用卡", "en": "Credit card"})

    assert text.in_("zh") == "信用卡"
    assert text.in_("en") == "Credit card"


def test_a_plain_text_serves_every_language():
    assert Text.of("KPI").in_("zh") == "KPI"
    assert Text.of("KPI").in_("fr") == "KPI"


def test_a_missing_language_falls_back_to_one_that_is_there():
    assert Text.of({"zh": "信用卡"}).in_("en") == "信用卡"
    assert Text().in_("en") == ""


@pytest.mark.parametrize("written", ["KPI", {"zh": "指标", "en": "Indicator"}, {"zh": "指标"}])
def test_a_text_can_be_written_down_again(written):
    assert Text.of(written).plain() == written


def test_the_order_of_languages_makes_no_difference():
    assert Text.of({"zh": "指标", "en": "Indicator"}) == Text.of({"en": "Indicator", "zh": "指标"})


@pytest.mark.parametrize(
    ("text", "said"), [(Text(), False), (Text.of(""), False), (Text.of({"zh": ""}), False), (Text.of("x"), True)]
)
def test_an_empty_text_says_nothing(text, said):
    assert bool(text) is said


# ------------------------------------------------------------------------------------------------ numbers


def speaking(lang, **units):
    words = yaml.safe_load((LOCALE / f"{lang}.yaml").read_text(encoding="utf-8"))
    return tongue(lang, words, units)


ZH, EN = speaking("zh"), speaking("en")


def said(speaker, value, unit, decimals=0):
    return speaker.figure(value, speaker.column([value], unit, decimals, prose=True))


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "zh", "en"),
    [
        (109_000_000, "cny", 0, "1.09亿元", "CNY 109.0 m"),
        (6_500_000, "cny", 0, "650万元", "CNY 6.5 m"),
        (-6_500_000, "cny", 0, "−650万元", "−CNY 6.5 m"),
        (1_234_000_000, "cny", 0, "12.34亿元", "CNY 1.234 bn"),
        (99_999_999, "cny", 0, "1亿元", "CNY 100.0 m"),
        (9_999, "cny", 0, "9,999元", "CNY 9,999"),
        (470_000, "cny", 0, "47万元", "CNY 470,000"),
        (0, "cny", 0, "0元", "CNY 0"),
        (-0.0, "pct", 1, "0.0%", "0.0%"),
        (-0.04, "pct", 1, "0.0%", "0.0%"),
        (3.45, "pct", 2, "3.45%", "3.45%"),
        (78, "bp", 0, "78个基点", "78 bp"),
        (8_800_000, "count", 0, "880万", "8.8 m"),
        (12.5, "hours", 1, "12.5小时", "12.5 h"),
        (3, "days", 0, "3天", "3 days"),
        (1, "days", 0, "1天", "1 day"),
        (6.8, "per_10k", 1, "6.8/万户", "6.8 per 10,000"),
        (2.5, "furlongs", 1, "2.5 furlongs", "2.5 furlongs"),
    ],
)
def test_figures_are_written_as_each_language_writes_them(value, unit, decimals, zh, en):
    assert said(ZH, value, unit, decimals) == zh
    assert said(EN, value, unit, decimals) == en


def test_counts_stay_whole_in_tables():
    column = ZH.column([8_800_000], "count", 0)

    assert ZH.number(column.steps(8_812_345), column.decimals) == "8,812,345"


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (1.005, 2, "1.01"),
        (2.675, 2, "2.68"),
        (0.125, 2, "0.13"),
        (-0.125, 2, "−0.13"),
        (1.499, 2, "1.50"),
        (2.5, 0, "3"),
    ],
)
def test_rounding_is_half_up_in_decimal(value, decimals, shown):
    assert EN.rounded(value, decimals) == shown
    assert EN.numbers(PLAIN[decimals].many([value, float("nan")]), decimals, missing="n/a") == [shown, "n/a"]


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_many_numbers_are_rounded_as_one_is(value, decimals):
    column = PLAIN[decimals]

    assert column.many([value]) == [column.steps(value)] == [int(half_up(value, decimals).scaleb(decimals))]


def test_a_difference_of_percentages_is_in_percentage_points():
    assert ZH.amount(65, ZH.column((), "pct", 2), gap=True) == "0.65个百分点"
    assert EN.amount(-65, EN.column((), "pct", 2), gap=True, signed=True) == "−0.65 pp"


def test_a_column_has_one_unit_chosen_by_its_median():
    column = ZH.column([50_000_000, 60_000_000, 900_000_000], "cny", 0)

    assert column.head == "万元"
    assert ZH.number(column.steps(900_000_000), column.decimals) == "90,000"


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=6, unique=True))
def test_different_amounts_never_look_the_same(values):
    for speaker in (ZH, EN):
        column = speaker.column(values, "cny", 0)

        assert len({column.steps(value) for value in values}) == len(values)


def test_a_range_has_one_unit():
    column = ZH.column((), "bp", 0)

    assert ZH.amount_span(70, 100, column) == "70–100个基点"
    assert EN.span("70", "100") == "70–100"
    assert ZH.amount_span(-5, 10, column) == "−5至10个基点"
    assert EN.amount_span(-5, 10, EN.column((), "bp", 0)) == "−5 to 10 bp"


@pytest.mark.parametrize(
    ("label", "fiscal", "zh", "en"),
    [
        ("2025-12", 1, "2025年12月", "Dec 2025"),
        ("2025-Q4", 1, "2025年第四季度", "Q4 2025"),
        ("2025-H1", 1, "2025年上半年", "H1 2025"),
        ("2025", 1, "2025年", "2025"),
        ("2025-12 YTD", 1, "2025年1–12月", "Jan–Dec 2025"),
        ("2025-01 YTD", 1, "2025年1月", "Jan 2025"),
        ("2025-02 YTD", 4, "2024年4月–2025年2月", "Apr 2024–Feb 2025"),
        ("2025-Q1", 4, "2025财年第一季度", "Q1 FY 2025"),
        ("2025", 4, "2025财年", "FY 2025"),
        ("2025-09-30", 1, "2025-09-30", "2025-09-30"),
        ("2025-W36", 1, "2025-W36", "2025-W36"),
    ],
)
def test_periods_in_words(label, fiscal, zh, en):
    period = parse(label, fiscal)

    assert (ZH.period(period), EN.period(period)) == (zh, en)


def test_days_in_words():
    assert ZH.date("2026-01-31") == "2026年1月31日"
    assert EN.date("2026-01-31") == "31 Jan 2026"


def test_a_site_can_word_its_own_unit():
    speaker = speaking("zh", household=UnitWords("count", "户", suffix="户"))

    assert said(speaker, 8_800_000, "household") == "880万户"


def test_an_amount_below_zero_keeps_its_currency_behind_the_sign():
    column = EN.column([-6_500_000, 1_500_000], "cny", 0)

    assert [EN.figure(v, column) for v in (-6_500_000, 1_500_000)] == ["−CNY 6.5 m", "CNY 1.5 m"]
