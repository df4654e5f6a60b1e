"""What is told of the demo bank: the shape of every case, the same numbers in both languages, and the hard limits."""

import dataclasses

import pytest

from kpisite.evaluate.facts import Movement, Restatement, by_materiality
from kpisite.evaluate.report import AMBER, GREEN, RED
from kpisite.languages import Text
from kpisite.periods import Grain
from kpisite.render.board import board
from kpisite.render.edition import edition
from kpisite.render.headlines import scorecard_lead, scorecard_sentences, summary_lead, summary_sentences
from kpisite.render.narrative import around, driver_sentence, good_sentence, joined, next_step, told_sentence, told_step
from kpisite.render.views.effects import driver_of
from kpisite.render.views.summary import MOST_ATTENTION, MOST_GOOD_NEWS, summary
from tests.evaluate.test_demo_signals import demo_of
from tests.render.small import TEXTS
from tests.render.test_narrative import numbers

RECENT = 12


@pytest.fixture(scope="module")
def demo():
    return demo_of("2025-12")


def editions(report):
    shared = board(report)
    return edition(shared, "zh", TEXTS), edition(shared, "en", TEXTS)


@pytest.fixture(scope="module")
def both(demo):
    return editions(demo)


@pytest.fixture(scope="module")
def recent(demo):
    """The last twelve months, each as the period of a report on all that is known."""
    periods = demo.figures[Grain.MONTH].periods
    now = demo.now()
    return [editions(dataclasses.replace(demo, period=one)) for one in periods[now - RECENT + 1 : now + 1]]


def said(e, told):
    driver = driver_of(e, e.report.subject(told.product), e.report.indicator(told.indicator))
    moved = driver_sentence(e, told, driver)
    return joined(e, (told_sentence(e, told), *around(e, told), moved, told_step(e, told).text))


def stories(both, product, indicator, **changed):
    told = both[0].board.tell(both[0].report.subject(product), both[0].report.indicator(indicator))
    return tuple(said(e, dataclasses.replace(told, **changed)) for e in both)


CASES = {
    "red and a plan": (
        "credit-card", "overdue-30d-ratio",
        "2025年12月信用卡逾期30天以上比率为3.45%，高于目标2.80%，相差0.65个百分点。恶化超出偶然波动（2025年3月起出现信号）。"
        "较2024年12月变动+0.80个百分点，与逾期30天以上余额的变化同步（影响+0.97个百分点）。"
        "措施“上线日度预警与处置流程”（李岚 Li Lan，2026年1月31日前）：进行中。",
        "Credit card, 30+ days past due ratio: 3.45% in Dec 2025, 0.65 pp above the target of 2.80%. "
        "Worse than chance explains (signal since Mar 2025). The change of +0.80 pp against Dec 2024 goes together with "
        "the change of “Balance more than 30 days past due” (effect +0.97 pp). "
        "Action “Put daily warnings and a response routine into operation” (李岚 Li Lan, due 31 Jan 2026): in progress.",
    ),
    "the forecast crosses": (
        "credit-card", "npl-ratio",
        "按当前走势，将于2026年1月越过2.10%、转为未达标（概率50%）。",
        "At the present pace it turns red, beyond 2.10%, in Jan 2026 (probability 50%).",
    ),
    "green but losing": (
        "wealth", "balance-growth-yoy",
        "2025年12月个人理财余额同比增速为14.0%，已达目标12.0%。改善超出偶然波动（2025年4月起出现信号）。"
        "已达标但落后于同业：2025年9月为13.6%，与最优者21.0%相差7.4个百分点，在4家中列第4。",
        "Wealth management, Balance growth, year on year: 14.0% in Dec 2025; the target of 12.0% is met. "
        "Better than chance explains (signal since Apr 2025). On target but behind the market: "
        "13.6% in Sep 2025 is 7.4 pp from the best competitor with 21.0%, rank 4 of 4.",
    ),
    "an effective plan": (
        "mobile-app", "csat",
        "2025年12月手机银行客户满意度（CSAT）为88.6%，已达目标88.0%。"
        "计划“手机银行改版”实施后（2024年10月起），均值由81.1%变为88.2%，2025年7月18日评定为有效。",
        "Mobile banking app, Customer satisfaction (CSAT, top-2 box): 88.6% in Dec 2025; the target of 88.0% is met. "
        "After the plan “Redesign of the mobile app” (Oct 2024) the mean went from 81.1% to 88.2%; "
        "judged effective on 18 Jul 2025.",
    ),
    "losing by its usual step": (
        "wealth", "market-share",
        "月度变动属正常波动。近期走势却持续恶化。",
        "Its monthly change varies as usual. Its recent trend, however, is worsening.",
    ),
    "noise that cannot be mended": (
        "cash-mgmt", "stp-rate",
        "属正常波动，但现有做法达不到目标。近期走势却持续恶化。",
        "Within normal variation; the process as it is will not reach its target. Its recent trend, however, is worsening.",
    ),
    "missing": (
        "cash-mgmt", "availability",
        "2025年12月企业现金管理与支付系统可用率无数据（未报送），最近一期为99.991%（2025年11月）。",
        "Corporate cash management & payments, Service availability: no figure for Dec 2025 (not delivered); "
        "the last one is 99.991% (Nov 2025).",
    ),
    "no action": (
        "credit-card", "eva",
        "责任人李岚 Li Lan；尚无措施，须在下次评审前提出。",
        "Owner 李岚 Li Lan; no action yet, to be proposed by the next review.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_told_in_both_languages(both, case):
    product, indicator, zh, en = CASES[case]
    in_chinese, in_english = stories(both, product, indicator)

    assert zh in in_chinese
    assert en in in_english


def test_noise_within_the_tolerance_needs_no_action(both, demo):
    teller, at = both[1].board.teller, (demo.subject("personal-deposit"), demo.indicator("market-share"))
    noisy = Movement("common", demo.period, "hit-or-miss")

    assert teller.tell(*at).next.kind == "none"  # it has been missed for long: a high warning is open
    quiet = dataclasses.replace(teller, warnings={}).tell(*at)
    assert quiet.movement.merit == noisy.merit
    assert quiet.next.kind == "unneeded"
    zh, en = (said(e, dataclasses.replace(quiet, movement=noisy, crossing=None)) for e in both)
    assert en.endswith("Within normal variation. No action needed.")
    assert zh.endswith("属正常波动。暂无需行动。")


def test_a_worsening_figure_is_never_told_to_need_nothing(both, demo):
    teller, at = both[1].board.teller, (demo.subject("mortgage"), demo.indicator("npl-ratio"))
    quiet = dataclasses.replace(teller, warnings={}, plans={}).tell(*at)

    assert (quiet.status, quiet.movement.merit, quiet.movement.of) == (AMBER, "common", "change")
    assert quiet.is_worsening and not quiet.is_noise
    assert quiet.next.kind == "none"


def test_no_missed_figure_is_called_normal_without_its_worsening_trend(recent):
    """Of every figure of the demo: what is watched is named, and a trend that worsens is told."""
    zh, en = recent[-1]
    found = {}
    for s in en.board.products:
        for i in (*en.board.keys[s], *en.board.watched[s]):
            told = en.board.tell(s, i)
            if told.is_missed and told.movement is not None and told.movement.merit == "common":
                texts = said(zh, told), said(en, told)
                found[told.movement.of, told.is_worsening] = texts
                level = told.movement.of == "level"
                assert ("Within normal variation" in texts[1]) == level, texts
                assert ("varies as usual" in texts[1]) == (not level), texts
                for text, words in zip(
                    texts, ("近期走势却持续恶化", "Its recent trend, however, is worsening"), strict=True
                ):
                    assert (words in text) == told.is_worsening, text
    assert {("change", True), ("change", False), ("level", True)} <= set(found)


def test_a_restated_figure_says_from_what_to_what_and_why(both, demo):
    june = demo.figures[Grain.MONTH].periods[demo.now() - 6]
    why = Text((("zh", "两户重新分类"), ("en", "two borrowers reclassified")))
    zh, en = stories(both, "sme-loan", "npl-ratio", restated=Restatement(june, 1.42, 1.63, GREEN, AMBER, 1, why))

    assert "2025年6月的数据由1.42%重述为1.63%（两户重新分类），状态由达标变为关注。" in zh
    assert (
        "The figure for Jun 2025 was restated from 1.42% to 1.63% (two borrowers reclassified); "
        "its status changes from on target to watch."
    ) in en


def test_a_running_period_a_small_sample_a_crossed_limit_and_a_veto_are_told(both, demo):
    quarter = demo.figures[Grain.QUARTER].periods[-1]
    facts = {
        "provisional": ({"kind": "provisional", "months": 2, "period": quarter}, "3个月中已有2个月", "2 of 3 months"),
        "small": (
            {"kind": "small", "sample": 9.0, "least": 30},
            "仅有答卷9份，至少30份",
            "from 9 answers; it takes 30",
        ),
        "limit": ({"limit": 5.0}, "已突破监管限值5.00%", "crosses the regulatory limit of 5.00%"),
        "veto": ({"veto": True}, "未守住零容忍要求", "Zero tolerance is missed"),
    }
    for changed, zh, en in facts.values():
        in_chinese, in_english = stories(both, "credit-card", "npl-ratio", **changed)
        assert zh in in_chinese
        assert en in in_english


def test_both_languages_carry_the_same_numbers_in_twelve_months_of_every_product(recent):
    told = 0
    for zh, en in recent:
        for s in en.board.products:
            for i in (*en.board.keys[s], *en.board.watched[s]):
                one = en.board.tell(s, i)
                assert same(*(names_out(said(e, one), e, one) for e in (zh, en))), (said(zh, one), said(en, one))
                told += 1
        news = [(s, i, newly) for s, i, newly in en.board.good_news()]
        for s, i, newly in news:
            one = en.board.tell(s, i)
            texts = [names_out(good_sentence(e, s, i, newly=newly), e, one) for e in (zh, en)]
            assert same(*texts), texts
    assert told > 1000


def same(zh, en):
    """Do two sentences hold the same numbers? Large amounts only to the four digits that 万 and 亿 keep of them."""
    pairs = list(zip(*(numbers(text) for text in (zh, en)), strict=True))
    largest = max((max(pair) for pair in pairs), default=0)
    step = largest * 5e-4 if largest >= 10_000 else 0
    return all(a == b or (min(a, b) >= step > 0 and a - b <= step and b - a <= step) for a, b in pairs)


def names_out(text, e, told):
    """A sentence without the names and titles that authors gave, which may hold digits of their own."""
    names = [e.indicators[e.report.indicator(told.indicator)], e.subjects[e.report.subject(told.product)]]
    step = told.next
    names += [e.say(measure.name) for measure in e.site.measures.values() if e.say(measure.name)]
    names += [e.say(plan.title) for plan in e.site.plans.values()]
    if step is not None and step.action:
        names.append(e.say(e.site.plans[step.plan].actions[step.action].title))
    names.append("per 10,000")  # a unit, not a number
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text


def test_the_hard_limits_hold_in_twelve_months(recent):
    for zh, en in recent:
        assert len(summary_lead(zh)) <= 40
        assert len(summary_lead(en).split()) <= 20
        assert len(summary(en).attention) <= MOST_ATTENTION == 5
        assert len(summary(en).good_news) <= MOST_GOOD_NEWS == 3
        assert len(summary_sentences(en)) <= 3
        for s in en.board.products:
            assert len(scorecard_lead(zh, s)) <= 40
            assert len(scorecard_lead(en, s).split()) <= 20
            assert len(scorecard_sentences(en, s)) <= 3
            for i in en.board.red_keys(s):
                words = (next_step(zh, s, i).text, next_step(en, s, i).text)
                step = en.board.tell(s, i).next
                if step.kind == "action":
                    assert step.owner and step.due
                    assert all(step.owner in text for text in words)
                else:
                    assert "尚无措施" in words[0]
                    assert "no action yet" in words[1]


def test_good_news_is_a_newly_met_target_or_a_signal_of_improvement(recent):
    found = 0
    for _, en in recent:
        for s, i, newly in en.board.good_news():
            told = en.board.tell(s, i)
            assert told.status == GREEN
            assert newly or told.movement.merit == "improvement"
            found += 1
    assert found > 20


def test_no_change_is_told_of_noise(recent):
    for _, en in recent:
        for s in en.board.products:
            for i in en.board.keys[s]:
                told = en.board.tell(s, i)
                if told.movement and told.movement.merit == "common":
                    text = said(en, told)
                    assert "chance explains" not in text
                    assert "Improved" not in good_sentence(en, s, i, newly=False)


def test_attention_is_in_the_order_of_materiality(both):
    told = [both[1].board.tell(s, i) for s, i in both[1].board.attention()]

    assert len(told) > 10
    assert [by_materiality(one) for one in told] == sorted(by_materiality(one) for one in told)
    assert all(one.status in (RED, AMBER) and one.next is not None for one in told)
