"""Figures of a longer cadence in the months between: what was due last is shown, as what it is."""

import pytest

from kpisite.render.board import board
from kpisite.render.due import month_due
from kpisite.render.edition import edition
from kpisite.render.views.figure import figure_page
from kpisite.render.views.scorecard import scorecard
from tests.factories import a_report, a_site, an_indicator
from tests.render.reading import facts, rows
from tests.render.small import MEASURES, TEXTS

KEY = {"weight": 50, "target": 11, "tolerance": 1}
INDICATORS = {
    "share": an_indicator(cadence="quarter", name={"zh": "份额", "en": "Share"}, decimals=1),
    "csat": an_indicator(name={"zh": "满意度", "en": "Satisfaction"}, decimals=1),
}
SOURCES = {"monthly": {"file": "monthly/*.csv"}}
QUARTERLY = {"2025-03": 10.9, "2025-06": 10.4, "": "not-due"}


def in_month(period, share, lang="en", history=6, **product):
    carried = {"key": {"share": KEY, "csat": KEY}} | product
    site = a_site({"card": carried}, INDICATORS, period=period, history=history, measures=MEASURES, sources=SOURCES)
    values = {"card": {"share": share, "csat": 11.5}}
    return edition(board(a_report(site, values, as_of="2025-12-31")), lang, TEXTS)


def row_of(e, name):
    page = scorecard(e, 0)
    heads = [head.text for head in page.key.heads]
    return next(dict(zip(heads, row, strict=True)) for row in rows(page.key) if row[0] == name)


def test_a_quarterly_figure_stands_until_the_next_quarter_and_says_of_when_it_is():
    """The month's composite is made of satisfaction alone, as before, and the row says so."""
    en, zh = in_month("2025-08", QUARTERLY), in_month("2025-08", QUARTERLY, "zh")

    assert row_of(en, "Share") == row_of(en, "Share") | {
        "Value": "10.4% (Q2 2025)",
        "Gap": "−0.6 pp",
        "Status": "▲ watch",
        "Score": "",
        "Remark": "not due in Aug 2025, so this month's composite leaves it out",
    }
    assert list(row_of(zh, "份额").values())[1] == "10.4%（2025年第二季度）"
    assert str(scorecard(en, 0).score.score) == "120.0"
    assert "10.4% (Q2 2025)" in str(scorecard(en, 0).bullet)


def test_the_page_of_such_a_figure_has_the_status_of_its_quarter():
    page = figure_page(in_month("2025-08", QUARTERLY), 0, 0)

    assert "watch" in page.status
    assert facts(page.facts)["Value"].startswith("10.4% (Q2 2025)")


def test_a_watched_figure_is_in_no_composite_that_could_leave_it_out():
    e = in_month("2025-08", QUARTERLY, key={"csat": KEY}, monitor=["share"])
    page = scorecard(e, 0)

    assert [row[:2] for row in rows(page.monitor.table)] == [["Share", "10.4% (Q2 2025)"]]
    assert "not due" not in str(page.monitor.table.body)


@pytest.mark.parametrize(
    ("period", "share", "shown"),
    [
        ("2025-06", QUARTERLY, "2025-06"),  # due now
        ("2025-06", {"2025-03": 10.9, "": "no-data"}, "2025-06"),  # due and missing: an older one never stands for it
        ("2025-05", QUARTERLY, "2025-03"),
        ("2025-08", {"2025-03": 10.9, "2025-06": "no-data", "": "not-due"}, "2025-06"),
    ],
)
def test_only_what_is_not_due_is_taken_from_an_earlier_month(period, share, shown):
    e = in_month(period, share)

    assert e.board.months.periods[month_due(e, 0, 0)].label == shown


def test_without_a_whole_quarter_there_is_nothing_earlier_to_show():
    e = in_month("2025-05", {"": "not-due"}, history=2)

    assert month_due(e, 0, 0) == e.board.now
    assert row_of(e, "Share")["Value"] == "n/a"
