"""What each page says."""

import dataclasses
import re

import numpy as np
import pytest

from kpisite.periods import Grain, parse
from kpisite.render.sitemap import pages
from kpisite.render.views.figure import figure_page
from kpisite.render.views.scorecard import product_list, scorecard
from kpisite.render.views.summary import summary
from tests.factories import a_report, a_site
from tests.render.reading import facts, markup_in, rows
from tests.render.small import MEASURES, VALUES, both, in_language, the_report, the_site

ZH, EN = both()
CARD, APP = 0, 1


def i_of(indicator, e=EN):
    return e.report.indicator(indicator)


# ------------------------------------------------------------------------------------------------ summary


def test_the_summary_names_the_worst_by_weight_times_shortfall():
    page = summary(EN)

    assert [item.indicator.text for item in page.attention] == ["Overdue ratio", "Revenue", "NPL ratio", "Margin"]
    assert page.attention[0].plan.href == "plans/overdue/index.html"
    assert page.attention[2].action.startswith("Owner Chen; no action yet")


def test_a_crossed_limit_comes_first():
    report = the_report(values=VALUES | {"card": VALUES["card"] | {"npl": {"": 5.5}}})

    assert summary(in_language("en", report)).attention[0].indicator.text == "NPL ratio"


def test_the_summary_never_names_more_than_five_and_three():
    keys = {f"i-{n}": {"weight": 10, "target": 50, "tolerance": 5} for n in range(10)}
    indicators = {id_: {"name": id_, "family": "f", "formula": "total", "unit": "pct"} for id_ in keys}
    indicators = {id_: one | {"direction": "higher", "kind": "ratio"} for id_, one in indicators.items()}
    products = {"bad": {"key": keys}, "good": {"key": keys}}
    values = {
        "bad": {id_: {"": 45.0} for id_ in keys},
        "good": {id_: {"": 45.0, "2025-12": 55.0} for id_ in keys},
    }
    page = summary(in_language("en", a_report(a_site(products, indicators, history=14, measures=MEASURES), values)))

    assert len(page.attention) == 5
    assert len(page.good_news) == 3


def test_good_news_is_newly_green_first():
    page = summary(EN)

    assert [item.indicator.text for item in page.good_news] == ["Monthly users", "Satisfaction"]
    assert all("Newly on target" in item.text for item in page.good_news)


def test_the_matrix_has_a_tile_for_each_family_a_product_carries():
    page = summary(EN)

    assert [head.text for head in page.matrix.heads] == ["Product", "Composite", "Risk", "Customers", "Profit"]
    assert [row[0] for row in rows(page.matrix)] == ["Credit card", "App & <Bank>"]
    assert 'href="products/card/index.html#families"' in page.matrix.body


def test_completeness_counts_what_was_due():
    found = facts(summary(EN).completeness)

    assert found["Figures received"] == "7 of 8 figures due in Dec 2025 have arrived (87.5%)."
    assert found["Missing"] == "Credit card: Satisfaction"


# ------------------------------------------------------------------------------------------------ scorecard


def test_key_indicators_come_by_weighted_shortfall_and_missing_ones_before_the_good():
    page = scorecard(EN, CARD)

    assert [row[0] for row in rows(page.key)] == ["Overdue ratio", "NPL ratio", "Margin", "Satisfaction"]
    assert rows(page.key)[0][1:8] == ["3.45%", "2.80%", "+0.65 pp", "■ off target ↑! P", "13.3", "40", "+0.95 pp"]
    assert rows(page.key)[3][1] == "n/a"
    assert rows(page.key)[3][10] == "not delivered"


def test_a_range_is_printed_with_both_bounds():
    assert rows(scorecard(EN, CARD).key)[2][1:4] == ["62 bp", "70–100 bp", "−8 bp"]
    assert rows(scorecard(ZH, CARD).key)[2][1:4] == ["62个基点", "70–100个基点", "−8个基点"]


def test_the_gap_is_the_difference_of_the_numbers_that_are_shown():
    values = VALUES | {"card": VALUES["card"] | {"overdue": {"": 2.8049}}}
    page = scorecard(in_language("en", the_report(values=values)), CARD)
    row = next(row for row in rows(page.key) if row[0] == "Overdue ratio")

    assert row[1:4] == ["2.80%", "2.80%", "0.00 pp"]
    assert row[4].startswith("● on target")


def test_a_product_shows_who_answers_and_what_it_weighs():
    found = facts(scorecard(EN, CARD).facts)

    assert found["Owner"] == "Chen"
    assert found["Share in the composite of the whole house"] == "50.0%"


def test_watched_indicators_are_folded():
    page = scorecard(EN, CARD)

    assert [row[:2] for row in rows(page.monitor.table)] == [["Coverage <b>", "150.0%"]]
    assert scorecard(EN, APP).monitor is None


def test_products_stand_by_composite_and_those_without_one_last():
    report = the_report()
    lowest, other = in_language("en", report).board.by_composite()
    scores = report.scores[Grain.MONTH]
    score = scores.score.copy()
    score[lowest] = np.nan
    without = dataclasses.replace(report, scores={Grain.MONTH: dataclasses.replace(scores, score=score)})

    e = in_language("en", without)
    assert report.scores[Grain.MONTH].score[lowest, -1, -1] < report.scores[Grain.MONTH].score[other, -1, -1]
    assert e.board.by_composite() == (other, lowest)
    assert [row[0] for row in rows(product_list(e).table)] == [e.subjects[other], e.subjects[lowest]]


def test_the_composite_stands_with_coverage_and_bounds():
    box = scorecard(EN, CARD).score

    assert box.coverage == "Covers 80% of the weight"
    assert re.fullmatch(r"\d+\.\d–\d+\.\d", box.bounds)
    assert [count.number for count in box.counts] == ["0", "2", "1", "1"]
    assert scorecard(EN, APP).score.bounds == ""


def test_names_are_escaped_wherever_they_stand():
    for e in (ZH, EN):
        for page in pages(e, (e.report,)):
            for name in page.__dataclass_fields__:
                assert "<App>" not in str(markup_in(getattr(page, name))), (page.path, name)
                assert "<Bank>" not in str(markup_in(getattr(page, name))), (page.path, name)


def test_the_notes_of_another_language_are_marked():
    assert scorecard(ZH, CARD).notes == "<p><strong>备注</strong></p>"
    assert scorecard(EN, CARD).notes == '<div lang="zh-CN"><p><strong>备注</strong></p></div>'


def test_products_come_lowest_first():
    assert [row[0] for row in rows(product_list(EN).table)] == ["Credit card", "App & <Bank>"]


# ------------------------------------------------------------------------------------------------ figures


def test_a_figure_page_lists_its_months_newest_first_and_folds_those_before_last_year():
    page = figure_page(EN, CARD, i_of("overdue"))
    listed, older = rows(page.months), rows(page.older.table)

    # The column for remarks is left out where there are none.
    assert listed[0] == ["Dec 2025", "3.45", "2.80", "+0.65", "76.8%", "■ off target ↑! P", "13.3"]
    assert (listed[-1][0], older[0][0], older[-1][0]) == ("Dec 2024", "Nov 2024", "Jan 2024")
    assert len(listed) + len(older) == 24
    assert [head.text for head in page.months.heads][1:4] == ["Value (%)", "Target (%)", "Gap (pp)"]
    assert [folded.title for folded in page.grains] == ["Quarters", "Year to date"]


def test_a_column_of_amounts_has_one_unit():
    zh, en = (figure_page(e, APP, i_of("revenue")) for e in (ZH, EN))

    assert [head.text for head in zh.months.heads][1:3] == ["实际值（亿元）", "目标（亿元）"]
    assert rows(zh.months)[0][1:4] == ["1.025", "1.090", "−0.065"]
    assert [head.text for head in en.months.heads][1:3] == ["Value (CNY m)", "Target (CNY m)"]
    assert rows(en.months)[0][1:4] == ["102.5", "109.0", "−6.5"]


def test_a_figure_page_says_what_happens_next_and_which_practices_help():
    page = figure_page(EN, CARD, i_of("overdue"))

    assert page.lead.startswith(
        "Overdue ratio: 3.45% in Dec 2025, 0.65 pp above the target of 2.80%. Worse than chance"
    )
    assert " Action “Lower limits” (Li, due 31 Jan 2026)" in page.lead
    assert [card.anchor for card in page.practices] == ["m-1-10", "m-1-1"]
    assert page.practices[0].href == "../../../playbook/index.html#m-1-10"
    assert [plan.title for plan in page.plans] == ["Bring overdue down"]


def test_a_missing_month_carries_its_reason():
    listed = rows(figure_page(ZH, CARD, i_of("csat")).months)

    assert listed[0] == ["2025年12月", "无数据", "88.0", "", "", "○ 无数据", "", "未报送"]
    assert listed[1][1] == "87.5"


def test_a_small_sample_is_printed_with_its_number():
    page = figure_page(in_language("en", the_report(samples={"app": {"csat": 12}})), APP, i_of("csat"))

    assert rows(page.months)[0][-1] == "12 answers, too few to judge"
    assert page.badges == ("Small sample",)


@pytest.mark.parametrize(("score", "shown"), [(99.96, "99.9"), (59.96, "59.9"), (100.0, "100.0"), (86.65, "86.7")])
def test_rounding_never_lifts_a_score_over_its_limit(score, shown):
    assert EN.score(score) == shown


@pytest.mark.parametrize(("score", "shown"), [(89.97, "89.9"), (74.96, "74.9"), (90.0, "90.0"), (99.96, "100.0")])
def test_rounding_never_lifts_a_composite_over_its_limit(score, shown):
    assert EN.composite(score) == shown


@pytest.mark.parametrize(("attainment", "shown"), [(-0.1, "<0%"), (2.5, ">200%"), (0.9, "90.0%"), (1.1875, "118.8%")])
def test_attainment_stays_between_0_and_200_percent(attainment, shown):
    assert EN.attainment(attainment) == shown


def test_a_coverage_that_is_not_whole_never_prints_as_whole():
    assert EN.percent(0.999) == "99%"
    assert EN.percent(1.0) == "100%"


def test_a_figure_without_a_page_leads_to_its_indicator():
    e = in_language("en", the_report(the_site(pages={"figures": "key"})))

    assert e.to_figure(CARD, i_of("overdue"), "../").endswith("products/card/overdue/index.html")
    assert e.to_figure(CARD, i_of("coverage"), "../").endswith("indicators/coverage/index.html")


def test_the_scorecard_of_a_product_that_ended_says_so():
    site = the_site()
    ended = {"card": site.products["card"].model_copy(update={"ended": parse("2025-10")})}
    report = the_report(site.model_copy(update={"products": site.products | ended}))

    en, zh = (scorecard(in_language(lang, report), CARD) for lang in ("en", "zh"))

    assert en.lead == (
        "Credit card ended in Oct 2025: nothing of it is judged any more, "
        "and it is no longer part of its line and of the whole house."
    )
    assert zh.lead == "信用卡已于2025年10月停办，此后不再评价，也不再计入条线和全行。"
    assert ("Ended", "Oct 2025") in [(fact.label, fact.value) for fact in en.facts]
    assert "Ended" not in [fact.label for fact in scorecard(EN, CARD).facts]


def test_without_figure_pages_the_scorecard_carries_the_figures():
    e = in_language("en", the_report(the_site(pages={"figures": "none"})))

    assert scorecard(e, CARD).blocks[0].id == "figure-overdue"
    assert not any("/overdue/" in page.path and page.path.startswith("products") for page in pages(e, (e.report,)))
    assert scorecard(EN, CARD).blocks == ()
