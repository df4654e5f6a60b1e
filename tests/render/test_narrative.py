"""Sentences: their patterns, the same numbers in both languages, and what happens next."""

import re

import pytest

from kpisite.evaluate.report import RED
from kpisite.render.headlines import scorecard_lead, scorecard_sentences, summary_lead, summary_sentences
from kpisite.render.narrative import change_text, figure_sentence, good_sentence, next_step
from tests.render.small import NOW, VALUES, both, the_report, the_site

ZH, EN = both()
MONTHS = {name: str(n) for n, name in enumerate(EN.tongue.months, 1)}
SCALES = {"万": 1e4, "亿": 1e8, " m": 1e6, " bn": 1e9, " k": 1e3}


def at(product, indicator, e=EN):
    return e.report.subject(product), e.report.indicator(indicator)


def numbers(sentence):
    """Every number of a sentence, whatever its language: months by number, scaled amounts in full."""
    for name, number in MONTHS.items():
        sentence = re.sub(rf"\b{name}\b", number, sentence)
    found = re.findall(r"(?<![A-Za-z\d.])\d[\d,]*(?:\.\d+)?(?: m\b| bn\b| k\b|万|亿)?", sentence)
    values = []
    for text in found:
        scale = next((by for word, by in SCALES.items() if text.endswith(word)), 1)
        digits = re.sub(r"[^\d.]", "", text)
        values.append(round(float(digits) * scale, 6))
    return sorted(values)


@pytest.mark.parametrize(
    ("product", "indicator", "zh", "en"),
    [
        (
            "card",
            "overdue",
            "2025年12月信用卡逾期率为3.45%，高于目标2.80%，相差0.65个百分点。",
            "Credit card, Overdue ratio: 3.45% in Dec 2025, 0.65 pp above the target of 2.80%.",
        ),
        (
            "card",
            "margin",
            "2025年12月信用卡利差为62个基点，低于目标区间70–100个基点，相差8个基点。",
            "Credit card, Margin: 62 bp in Dec 2025, 8 bp below the target range of 70–100 bp.",
        ),
        (
            "card",
            "csat",
            "2025年12月信用卡满意度无数据（未报送），最近一期为87.5%（2025年11月）。",
            "Credit card, Satisfaction: no figure for Dec 2025 (not delivered); the last one is 87.5% (Nov 2025).",
        ),
        (
            "card",
            "coverage",
            "2025年12月信用卡拨备为150.0%，未设目标。",
            "Credit card, Coverage <b>: 150.0% in Dec 2025; it has no target.",
        ),
        (
            "app",
            "mau",
            "2025年12月手机银行 & <App>月活为880万，已达目标860万。",
            "App & <Bank>, Monthly users: 8.8 m in Dec 2025; the target of 8.6 m is met.",
        ),
        (
            "app",
            "revenue",
            "2025年12月手机银行 & <App>营收为1.025亿元，低于目标1.09亿元，相差0.065亿元。",
            "App & <Bank>, Revenue: CNY 102.5 m in Dec 2025, CNY 6.5 m below the target of CNY 109.0 m.",
        ),
    ],
)
def test_a_figure_is_told_against_its_target(product, indicator, zh, en):
    assert figure_sentence(ZH, *at(product, indicator)) == zh.replace("目标1.09亿", "目标1.090亿")
    assert figure_sentence(EN, *at(product, indicator)) == en


def test_a_small_sample_is_told_and_not_judged():
    report = the_report(samples={"app": {"csat": 12}})
    zh, en = both(report)

    assert "仅有答卷12份，至少30份方可评价" in figure_sentence(zh, *at("app", "csat"))
    assert figure_sentence(en, *at("app", "csat")).endswith("from 12 answers; it takes 30 to judge.")


def test_a_number_of_answers_that_was_not_delivered_is_told():
    zh, en = both(the_report(samples={"app": {"csat": float("nan")}}))

    assert "答卷份数尚未报送，至少30份方可评价" in figure_sentence(zh, *at("app", "csat"))
    assert figure_sentence(en, *at("app", "csat")).endswith("has not been delivered, and it takes 30 to judge.")


def test_a_crossed_limit_is_told():
    zh, en = both(the_report(values=VALUES | {"card": VALUES["card"] | {"npl": {"": 5.5}}}))

    assert figure_sentence(zh, *at("card", "npl")).endswith("已突破监管限值5.00%。")
    assert figure_sentence(en, *at("card", "npl")).endswith("It crosses the regulatory limit of 5.00%.")


def test_the_next_open_action_is_named_with_owner_day_and_status():
    assert next_step(EN, *at("card", "overdue")).text == (
        "Action “Lower limits” (Li, due 31 Jan 2026): should have started."
    )
    assert next_step(EN, *at("card", "overdue")).plan == "overdue"


def test_without_a_plan_the_plain_words_stand_there():
    assert next_step(ZH, *at("card", "npl")).text == "责任人Chen；尚无措施，须在下次评审前提出。"
    assert "no action yet" in next_step(EN, *at("card", "npl")).text
    assert next_step(EN, *at("app", "revenue")).text.startswith("No owner named; no action yet")


def test_a_plan_whose_actions_are_closed_is_no_action_either():
    site = the_site()
    plan = site.plans["overdue"]
    done = {id_: action.model_copy(update={"cancelled": True}) for id_, action in plan.actions.items()}
    zh, en = both(the_report(site.model_copy(update={"plans": {"overdue": plan.model_copy(update={"actions": done})}})))

    assert "尚无措施" in next_step(zh, *at("card", "overdue")).text
    assert "no action yet" in next_step(en, *at("card", "overdue")).text


def test_every_red_key_indicator_has_an_owner_and_an_action_or_the_words_for_none():
    for e, none in ((ZH, "尚无措施"), (EN, "no action yet")):
        reds = [(s, i) for s in e.board.products for i in e.board.keys[s] if e.board.months.status[s, i, -1] == RED]
        assert reds
        for s, i in reds:
            step = next_step(e, s, i)
            assert none in step.text or (step.plan and e.site.plans[step.plan].actions)


def test_both_languages_carry_the_same_numbers():
    pairs = [(figure_sentence(ZH, s, i), figure_sentence(EN, s, i)) for s in (0, 1) for i in EN.board.keys[s]]
    pairs += [(next_step(ZH, s, i).text, next_step(EN, s, i).text) for s, i in EN.board.attention()]
    pairs += [
        (good_sentence(ZH, s, i, newly=newly), good_sentence(EN, s, i, newly=newly))
        for s, i, newly in EN.board.good_news()
    ]
    pairs += [(scorecard_lead(ZH, s), scorecard_lead(EN, s)) for s in (0, 1)]
    pairs += [("".join(scorecard_sentences(ZH, s)), " ".join(scorecard_sentences(EN, s))) for s in (0, 1)]
    pairs.append((summary_lead(ZH), summary_lead(EN)))
    pairs.append(("".join(summary_sentences(ZH)), " ".join(summary_sentences(EN))))

    for zh, en in pairs:
        assert numbers(zh) == numbers(en), (zh, en)
    assert sum(bool(numbers(en)) for _, en in pairs) > 15


def test_headlines_are_short():
    for s in (0, 1):
        assert len(scorecard_lead(ZH, s)) <= 40
        assert len(scorecard_lead(EN, s).split()) <= 20
        assert len(scorecard_sentences(EN, s)) <= 3
    assert len(summary_lead(ZH)) <= 40
    assert len(summary_lead(EN).split()) <= 20


def test_good_news_says_since_when_or_by_how_much():
    assert good_sentence(EN, *at("app", "csat"), newly=True).endswith("Newly on target since Dec 2025.")
    assert good_sentence(EN, *at("app", "mau"), newly=False).endswith("Improved against Dec 2024 by 0.9 m.")
    assert good_sentence(ZH, *at("app", "mau"), newly=False).endswith("较2024年12月改善90万。")


@pytest.mark.parametrize(
    ("product", "indicator", "zh", "en"),
    [
        ("card", "overdue", "+0.95个百分点", "+0.95 pp"),
        ("app", "revenue", "+7.8%", "+7.8%"),
        ("app", "mau", "+11.4%", "+11.4%"),
        ("card", "margin", "−23个基点", "−23 bp"),
        ("card", "csat", "", ""),
    ],
)
def test_ratios_change_in_points_and_amounts_in_percent(product, indicator, zh, en):
    now = EN.board.now

    assert change_text(ZH, *at(product, indicator), now, now - 12) == zh
    assert change_text(EN, *at(product, indicator), now, now - 12) == en


def test_the_report_month_is_the_one_that_is_told():
    assert EN.month_labels[EN.board.now] == "Dec 2025"
    assert EN.report.period.label == NOW
