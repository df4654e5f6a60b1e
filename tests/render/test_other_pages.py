"""What the pages beside summary, scorecards and figures say."""

from markupsafe import Markup

from kpisite.evaluate.delivery import measures_behind
from kpisite.evaluate.report import AMBER, GREEN, GREY, RED
from kpisite.render.board import natural
from kpisite.render.views.families import family_page
from kpisite.render.views.history import history
from kpisite.render.views.indicators import indicator_page
from kpisite.render.views.methodology import methodology
from kpisite.render.views.plans import plan_list, plan_page
from kpisite.render.views.words import glossary, own_page, playbook, strategy_map
from tests.render.reading import facts, rows
from tests.render.small import in_language, the_report, the_site

EN = in_language("en")


def i_of(indicator):
    return EN.report.indicator(indicator)


def test_an_indicator_page_lists_its_products_worst_first():
    page = indicator_page(EN, i_of("csat"))

    assert [row[0] for row in rows(page.products)] == ["App & <Bank>", "Credit card"]
    assert page.lead == (
        "Carried by 2 products as a key indicator: 1 on target, 0 to watch, 0 off target, 1 without data."
    )
    assert [row[0] for row in rows(page.rollups)] == ["Line", "The whole house"]


def test_the_measures_behind_a_formula_are_shown_with_their_sql():
    page = indicator_page(EN, i_of("csat"))

    assert measures_behind(EN.site, EN.site.indicators["csat"]) == ("total", "answers")
    assert [row[:3] for row in rows(page.measures)] == [
        ["total", "Total", "sum(total)"],
        ["answers", "answers", "sum(answers)"],
    ]


def test_a_family_page_shows_indicators_by_products():
    page = family_page(EN, 0)

    assert page.lead == ("3 indicators, 2 key figures: 0 on target, 1 to watch, 1 off target, 0 without data.")
    assert [head.text for head in page.table.heads] == ["Indicator", "Credit card"]


def test_a_plan_fills_its_boxes_from_what_it_declares():
    page = plan_page(EN, "overdue")

    assert [(phase.key, phase.done) for phase in page.phases] == [
        ("plan", True),
        ("do", True),
        ("check", False),
        ("act", False),
    ]
    assert rows(page.effects) == [["Overdue ratio", "2.80%", "Jun 2026", "3.45%", "0.65 pp to go"]]
    assert [row[0] for row in rows(page.actions)] == ["a-1 Lower limits", "a-2 Call early"]


def test_the_list_of_plans_counts_actions():
    page = plan_list(EN)

    assert page.lead == "1 plans with 2 actions, 1 of them done, 1 late."
    assert facts(page.statuses) == {"should have started": "1", "done": "1"}
    assert rows(page.owners) == [["Li", "1", "1", "1"], ["Wu", "1", "0", "0"]]


def test_the_methodology_prints_the_sites_own_settings():
    e = in_language("en", the_report(the_site(scoring={"cap": 110, "least_coverage": 0.5})))
    page = methodology(e)

    assert facts(page.settings)["Highest score"] == "110"
    assert any("kept between 0 and 110" in section.body for section in page.sections)
    assert "less than 50% of the weight" in page.statuses.body


def test_words_and_hypotheses():
    assert [(term.name, term.others) for term in glossary(EN).terms] == [("Target", (("zh-CN", "目标"),))]
    assert rows(strategy_map(EN).table)[0][0] == "Overdue ratio"
    assert rows(strategy_map(EN).table)[0][3] == "5 months"
    assert [card.anchor for chapter in playbook(EN).chapters for card in chapter.practices] == [
        "m-1-1",
        "m-1-2",
        "m-1-10",
    ]
    assert own_page(EN, "about").body == "<h2>Hello</h2>"


def test_the_history_lists_the_newest_version_first():
    older = the_report(version="2025-11")
    page = history(EN, (older, EN.report))

    assert [row[0] for row in rows(page.table)] == ["2025-12", "2025-11"]
    assert 'href="../../../2025-11/en/index.html"' in page.table.body
    assert page.lead == "2 versions of this report; the newest is 2025-12."


def test_ids_are_ordered_as_people_count():
    assert sorted(["m-10-1", "m-2-1", "m-2-10", "m-2-9"], key=natural) == ["m-2-1", "m-2-9", "m-2-10", "m-10-1"]


def test_each_status_has_its_own_shape():
    marks = [Markup(EN.mark(status)).striptags() for status in (GREEN, AMBER, RED, GREY)]

    assert marks == ["● on target", "▲ watch", "■ off target", "○ no data"]
