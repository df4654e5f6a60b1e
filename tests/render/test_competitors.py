"""The page of competitors, and the block on a figure's page."""

import datetime as dt
import json
import re
from dataclasses import replace

import pytest
from markupsafe import Markup

from kpisite.declare.model import Competitors
from kpisite.evaluate.compare_peers import compare_peers
from kpisite.load.peers import PeerValue
from kpisite.periods import parse
from kpisite.render.navigation import navigation
from kpisite.render.views.beside import best_peers, peer_column
from kpisite.render.views.competitors import competitor_page, peer_block
from kpisite.render.views.scorecard import scorecard
from tests.factories import a_report
from tests.render.reading import rows
from tests.render.small import TEXTS, VALUES, both, in_language, the_site, words

COMPETITORS = {
    "file": "x.csv",
    "names": {
        "peer-a": {"name": words("同业甲", "Peer A")},
        "peer-b": {"name": words("同业乙", "Peer <B>")},
    },
    "share": "npl",
    "growth": "overdue",
}


def a_value(indicator, period, competitor, value, **more):
    kept = {"comparable": "yes", "confidence": "A", "source": "公报 <x>"} | more
    return PeerValue("card", indicator, parse(period), competitor, value, dt.date(2025, 11, 1).toordinal(), **kept)


PEERS = (
    a_value("overdue", "2025-03", "peer-a", 2.60),
    a_value("overdue", "2025-06", "peer-a", 2.50),
    a_value("overdue", "2025-09", "peer-a", 2.40),
    a_value("overdue", "2025-10", "peer-a", 2.30),
    a_value("overdue", "2025-10", "peer-b", 2.90, confidence="C"),
    a_value("npl", "2025-10", "peer-a", 1.10, comparable="no", note="whole bank"),
)


@pytest.fixture(scope="module")
def report():
    site = the_site().model_copy(update={"competitors": Competitors.model_validate(COMPETITORS)})
    made = a_report(site, VALUES)
    facts = compare_peers(site, made.subjects, made.indicators, made.figures, PEERS, dt.date(2025, 12, 31))
    return replace(made, peers=facts)


def test_gaps_stand_with_the_worst_first_and_what_cannot_be_compared_last(report):
    page = competitor_page(in_language("en", report))

    names = [[Markup(cell).unescape() for cell in row[:3]] for row in rows(page.table)]
    assert names == [
        ["Credit card", "Overdue ratio", "Peer A"],
        ["Credit card", "Overdue ratio", "Peer <B>"],
        ["Credit card", "NPL ratio", "Peer A"],
    ]
    first, second, third = rows(page.table)
    assert first[3:10] == ["Oct 2025", "2.60%", "2.30%", "−0.30 pp", "", "−0.10 pp", "2 of 3"]
    assert "losing ground (3 times in a row)" in first[-1]
    assert "(estimate)" in second[5]
    # On the other side of the same median: each row compares with its own competitor.
    assert first[-1].startswith("worse, but on target") and second[-1] == "better; on target"
    assert third[6] == "n/a"
    assert third[-1] == "not comparable; shown, not compared"


def test_the_page_says_that_the_newest_comparison_is_older_than_the_report(report):
    zh, en = both(report)

    assert competitor_page(en).sentences == ("No comparable value for Dec 2025 (latest Oct 2025).",)
    assert competitor_page(zh).sentences == ("2025年12月尚无可比数值（最近为2025年10月）。",)


def test_both_languages_tell_the_same_numbers(report):
    zh, en = both(report)
    numbers = [re.findall(r"\d+", competitor_page(e).lead) for e in (zh, en)]

    assert numbers[0] == numbers[1] == ["2", "1", "1", "1"]


def test_a_figure_shows_its_competitors_on_one_chart_and_in_a_table(report):
    e = in_language("en", report)
    block = peer_block(e, report.subject("card"), report.indicator("overdue"), "Card: overdue")

    data = json.loads(re.search(r'application/json">(.*?)</script>', str(block.chart))[1])
    lines = data["data"]["series"]["each"]
    assert [(line["who"], line["kind"]) for line in lines] == [
        ("We", "own"), ("Peer A", "peer"), ("Peer <B>", "estimate"),
    ]  # fmt: skip
    assert lines[1]["value"] == [2.6, 2.5, 2.4, 2.3]
    assert lines[2]["value"] == [None, None, None, 2.9]
    assert "<B>" not in str(block.chart)
    assert "Rank 2 of 3 in Oct 2025; the median of the competitors is 2.60%, the best 2.30%." in block.text
    assert "On target, and no worse than the median of the competitors." in block.text
    assert len(rows(block.table)) == 2


def test_the_scorecard_sets_each_figure_beside_the_best_comparable_competitor(report):
    """Less is better here: 3.10 against 2.30 is behind, though the number is larger."""
    en, zh = in_language("en", report), in_language("zh", report)
    s, own = report.subject("card"), report.indicator("overdue")
    october = next(fact for fact in report.peers if fact.period == parse("2025-10") and fact.indicator == "overdue")

    for e, side in ((en, "behind"), (zh, "落后")):
        gap = e.tongue.amount(round(100 * (2.30 - october.own)), e.plain_columns[own], signed=True, gap=True)
        told = dict(zip(e.board.keys[s], peer_column(e, s, e.board.keys[s]), strict=True))
        assert gap in told[own] and side in told[own] and e.tongue.period(parse("2025-10")) in told[own]
        assert told[report.indicator("npl")] == ""  # not comparable
    head = "Against the best competitor"
    assert head in [one.text for one in scorecard(en, s).key.heads]
    assert head not in [one.text for one in scorecard(en, report.subject("app")).key.heads]
    assert "above zero we are better" in scorecard(en, s).key.note
    assert "above zero" not in scorecard(en, report.subject("app")).key.note


def test_the_best_competitor_is_the_one_with_the_smallest_gap_of_the_newest_period(report):
    one = next(fact for fact in report.peers if fact.indicator == "overdue")
    older, better, level = (
        replace(one, period=parse(period), competitor=name, gap=gap, rank=2, of=3, comparable="yes")
        for period, name, gap in (("2025-08", "peer-a", -9.0), ("2025-10", "peer-a", 0.4), ("2025-10", "peer-b", 0.0))
    )
    unfit = replace(level, gap=-5.0, comparable="partly")

    assert best_peers([older, better, level, unfit]) == {("card", "overdue"): level}
    assert best_peers([replace(level, rank=0)]) == {}


def test_a_figure_without_competitors_has_no_block(report):
    e = in_language("en", report)

    assert peer_block(e, report.subject("app"), report.indicator("csat"), "") is None


def test_a_site_that_declares_no_competitors_has_no_such_section():
    keys = [item.key for item in navigation(the_site(), TEXTS["en"]["nav"])]

    assert "competitors" not in keys


def test_growth_and_share_are_told_apart(report):
    page = competitor_page(in_language("en", report))
    (row,) = [row for row in rows(page.growth) if row[0] == "Credit card"]

    # Our share went from 1.70 to 2.05 % while we grew by 3.45 %: the market shrank.
    assert row[1:6] == ["3.45%", "−14.21%", "1.70%", "2.05%", "+0.35 pp"]
    assert row[6] == "The market grew more slowly and the share rose."
