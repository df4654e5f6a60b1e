"""What the pages beside summary, scorecards and figures say."""

from markupsafe import Markup

from kpisite.declare.model import Plan
from kpisite.evaluate.delivery import measures_behind
from kpisite.evaluate.report import AMBER, GREEN, GREY, RED
from kpisite.render.board import natural
from kpisite.render.cells import cells, of_subject
from kpisite.render.judgements import judged_now
from kpisite.render.marks import NO_DATA
from kpisite.render.views.families import family_page
from kpisite.render.views.history import history
from kpisite.render.views.indicators import indicator_page
from kpisite.render.views.methodology import methodology
from kpisite.render.views.plans import plan_list, plan_page
from kpisite.render.views.words import glossary, own_page, playbook, strategy_map
from tests.factories import a_report
from tests.render.reading import facts, rows
from tests.render.small import PLAN, VALUES, in_language, the_report, the_site, words

EN = in_language("en")


def i_of(indicator):
    return EN.report.indicator(indicator)


def test_an_indicator_page_lists_its_products_worst_first():
    page = indicator_page(EN, i_of("csat"))

    assert [row[0] for row in rows(page.products)] == ["App & <Bank>", "Credit card"]
    assert page.lead == (
        "Carried by 2 products as a key indicator: 1 on target, 0 to watch, 0 off target, 1 not judged."
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

    assert page.lead == ("3 indicators, 2 key figures: 0 on target, 1 to watch, 1 off target, 0 not judged.")
    assert [head.text for head in page.table.heads] == ["Indicator", "Credit card"]


def test_a_plan_fills_its_boxes_from_what_it_declares():
    page = plan_page(EN, "overdue")

    assert [(phase.key, phase.done) for phase in page.phases] == [
        ("plan", True),
        ("do", False),
        ("check", False),
        ("act", False),
    ]
    assert page.phases[1].state == "under way"
    assert page.phases[1].facts == ("1 of 2 actions started, 1 done.", "1 late.")
    assert rows(page.effects) == [["Overdue ratio", "2.80%", "Jun 2026", "3.45%", "0.65 pp to go"]]
    assert [row[0] for row in rows(page.actions)] == ["a-1 Lower limits", "a-2 Call early"]


def with_plan(lang, **changed):
    site = the_site()
    plan = Plan.model_validate(PLAN | changed)
    return in_language(lang, a_report(site.model_copy(update={"plans": {"overdue": plan}}), VALUES))


def test_a_decision_to_go_on_is_told_and_leaves_the_round_open():
    review = {"on": "2025-11-20", "verdict": "too-early", "decision": "continue", "lessons": words("再看", "Wait")}

    en, zh = (plan_page(with_plan(lang, reviews=[review]), "overdue").phases[3] for lang in ("en", "zh"))

    assert (en.done, en.state) == (False, "open")
    assert en.facts == ("20 Nov 2025: continue; a decision that ends the round is still to come.",)
    assert zh.facts == ("2025年11月20日：继续；本轮尚未作出终结决定。",)


def test_doing_is_done_when_no_action_is_open():
    actions = {"a-2": PLAN["actions"]["a-2"]}

    assert plan_page(with_plan("en", actions=actions), "overdue").phases[1].state == "done"


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
    marks = [Markup(EN.mark(status)).striptags() for status in (GREEN, AMBER, RED, GREY, NO_DATA)]

    assert marks == ["● on target", "▲ watch", "■ off target", "○ not judged", "○ no data"]


def test_a_value_without_a_status_is_not_judged_and_only_a_missing_one_is_no_data():
    """Coverage is watched and has a value; satisfaction was not delivered."""
    card = EN.report.subject("card")
    for lang, judged, missing in (("en", "○ not judged", "○ no data"), ("zh", "○ 未评价", "○ 无数据")):
        e = in_language(lang)
        shown = cells(e, of_subject(card, (i_of("coverage"), i_of("csat"))), [e.plain_columns[0]] * 2)

        assert [Markup(one.status).striptags()[: len(judged)].strip() for one in shown] == [judged, missing]
        assert Markup(judged_now(e, card, i_of("csat"))).striptags() == missing
