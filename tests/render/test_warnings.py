"""The page of warnings, and the blocks on scorecards and figures."""

import re

import pytest

from kpisite.evaluate.warning import alerts
from kpisite.release.store import read_releases
from kpisite.render.alerted import of_report
from kpisite.render.board import board
from kpisite.render.edition import edition
from kpisite.render.views.early_warnings import warning_page
from kpisite.render.views.summary import summary
from kpisite.render.views.warned import figure_warnings, product_warnings, risk_register
from tests.conftest import ROOT
from tests.render.reading import rows
from tests.render.small import TEXTS


@pytest.fixture(scope="module")
def releases():
    return read_releases(ROOT / "releases")


def spoken(report, lang):
    return edition(board(report), lang, TEXTS)


@pytest.fixture(scope="module", params=["zh", "en"])
def e(request, releases):
    return spoken(releases[-1], request.param)


def numbers(text):
    return re.findall(r"\d+(?:\.\d+)?", text)


def rows_of(group):
    """The rows of a product that can be seen at once, and those on demand."""
    return [row for table in (group.urgent, group.rest and group.rest.table) if table for row in rows(table)]


def test_products_stand_by_their_most_severe_warning_and_known_misses_are_folded(e, releases):
    page = warning_page(e, releases[-2])
    names = [e.t["warning"]["severity"][one] for one in ("critical", "high", "medium", "info")]
    known = {one.id for one in alerts(releases[-2])}

    ranks = [min(names.index(row[1].split()[-1]) for row in rows_of(group)) for group in page.groups]
    assert ranks == sorted(ranks)
    urgent = [row for group in page.groups if group.urgent for row in rows(group.urgent)]
    assert 0 < len(urgent) < 15
    assert {row[1].split()[-1] for row in urgent} <= set(names[:2])
    for one in of_report(e):
        group = next(group for group in page.groups if group.id == f"of-{e.report.subjects[one.s].id}")
        shown = group.urgent is not None and e.indicators[one.i] in [row[0] for row in rows(group.urgent)]
        is_known = one.worst.rule == "W3" and one.worst.id in known
        assert shown == (one.worst.severity in ("critical", "high") and not is_known), one


def test_warnings_are_counted_by_severity_and_by_rule(e, releases):
    page = warning_page(e, releases[-2])
    open_ = [one for one in alerts(e.report) if one.cleared is None]

    assert {one.status: one.number for one in page.counts} == {
        name: str(sum(one.severity == name for one in open_)) for name in {one.severity for one in open_}
    }
    counted = {row[0]: row[2] for row in rows(page.by_rule)}
    assert counted == {
        e.t["warning"]["rules"][rule]: str(sum(one.rule == rule for one in open_))
        for rule in {one.rule for one in open_}
    }
    assert sum(int(row[3] or 0) for row in rows(page.by_rule)) == int(page.facts[1].value)


def test_each_figure_stands_once_at_its_most_severe_warning(e):
    page = warning_page(e)
    listed = [[group.title.text, row[0]] for group in page.groups for row in rows_of(group)]

    open_ = {(one.product, one.indicator) for one in alerts(e.report) if one.cleared is None}
    names = [
        [e.subjects[e.report.subject(product)], e.indicators[e.report.indicator(indicator)]]
        for product, indicator in open_
    ]
    assert sorted(listed) == sorted(names)


def test_a_forecast_breach_is_told_with_month_and_probability(e):
    (card,) = (group for group in warning_page(e).groups if group.id == "of-credit-card")
    npl = e.indicators[e.report.indicator("npl-ratio")]
    (row,) = (row for row in rows(card.urgent) if row[0] == npl)

    assert {"2026", "0.50"} <= set(numbers(row[6]))
    assert sorted(numbers(row[5])) == ["0.05", "2.10", "2.95", "5.00"]


def test_a_figure_without_a_plan_says_so(e):
    said = [row[7] for group in warning_page(e).groups for row in rows_of(group)]
    words = {"zh": "尚无措施", "en": "no action yet"}[e.lang]

    assert any(words in text for text in said)


def test_what_is_new_and_cleared_is_counted_against_the_version_before(e, releases):
    before, after = releases[-2], releases[-1]
    open_before = {one.id for one in alerts(before) if one.cleared is None}
    known = {one.id for one in alerts(before)}
    new = [one for one in alerts(after) if one.cleared is None and one.id not in known]
    cleared = [one for one in alerts(after) if one.cleared is not None and one.id in open_before]

    facts = [fact.value for fact in warning_page(e, before).facts]

    assert facts[1:3] == [str(len(new)), str(len(cleared))]
    assert new
    assert cleared


def test_without_a_version_before_nothing_is_called_new(e):
    assert len(warning_page(e).facts) == 1


def test_both_languages_tell_the_same_numbers(releases):
    zh, en = (warning_page(spoken(releases[-1], lang)) for lang in ("zh", "en"))

    assert numbers(zh.lead) == numbers(en.lead)
    assert [row[2:] for row in rows(zh.by_rule)] == [row[2:] for row in rows(en.by_rule)]
    for one, other in zip(zh.groups, en.groups, strict=True):
        assert len(rows_of(one)) == len(rows_of(other))
        assert (one.id, one.urgent is None) == (other.id, other.urgent is None)
    assert [row[1:5] for row in rows(zh.quality)] == [row[1:5] for row in rows(en.quality)]


def test_every_pair_of_leading_and_led_indicator_is_shown(e):
    pairs = [
        (s, lead)
        for s in e.board.products
        for lead in e.site.indicators["npl-ratio"].led_by
        if e.report.role[s, e.report.indicator("npl-ratio")] == 1 and e.report.role[s, e.report.indicator(lead)]
    ]

    assert len(rows(warning_page(e).leading)) == len(pairs) > 0


def test_opportunities_name_signals_reached_stretches_and_peers(e):
    said = " ".join(row[-1] for row in rows(warning_page(e).opportunities))
    words = e.t["warning"]["good"]

    assert words["signal"] in said
    assert words["stretch"] in said
    assert words["peers"].split("{")[0] in said


def test_what_a_grave_warning_is_open_for_is_no_opportunity(e):
    warned = {
        (e.subjects[one.s], e.indicators[one.i]) for one in of_report(e) if one.worst.severity in ("critical", "high")
    }
    found = {tuple(row[:2]) for row in rows(warning_page(e).opportunities)}

    assert found and not found & warned


def test_a_scorecard_lists_its_open_warnings_and_its_limits(e):
    s = e.report.subject("credit-card")
    open_ = {one.indicator for one in alerts(e.report) if one.product == "credit-card" and one.cleared is None}

    assert len(rows(product_warnings(e, s, "../../"))) == len(open_)
    register = {row[0]: row for row in rows(risk_register(e, s, "../../"))}
    npl = register[e.indicators[e.report.indicator("npl-ratio")]]
    assert sorted(numbers(npl[3])) == ["2.95", "5.00"]


def test_a_product_without_limits_has_no_register(e):
    s = e.report.subject("mobile-app")

    assert risk_register(e, s, "") is None


def test_a_figure_lists_its_open_warnings_first(e):
    s, i = e.report.subject("credit-card"), e.report.indicator("npl-ratio")
    listed = rows(figure_warnings(e, s, i))
    open_word = e.t["warning"]["open"]

    states = [row[3] == open_word for row in listed]
    assert states == sorted(states, reverse=True)
    assert set(states) == {True, False}


def test_the_summary_counts_open_warnings_and_leads_to_them(e):
    link = summary(e).warnings
    open_ = sum(one.cleared is None for one in alerts(e.report))

    assert numbers(link.text)[0] == str(open_)
    assert link.href == "warnings/index.html"
