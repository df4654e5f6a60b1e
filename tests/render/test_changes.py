"""The page about what changed from one version to the next."""

import pytest

from kpisite.release.store import read_releases
from kpisite.render.sitemap import plan
from kpisite.render.views.changes import changes_page
from kpisite.render.views.history import history
from tests.conftest import ROOT
from tests.factories import a_report, a_site, an_indicator
from tests.render.reading import rows
from tests.render.small import in_language


@pytest.fixture(scope="module")
def releases():
    return read_releases(ROOT / "releases")


def tables(page):
    return {table.id: rows(table) for table in page.parts}


def test_each_version_is_compared_with_the_one_before_it(releases):
    paths = [[path for path, _ in plan(in_language("en", one), releases) if ".." in path] for one in releases]

    assert paths == [
        [],
        ["history/2025-09..2025-10/index.html"],
        ["history/2025-10..2025-11/index.html"],
        ["history/2025-11..2025-12/index.html"],
    ]


def test_the_list_of_versions_leads_to_what_changed(releases):
    page = history(in_language("en", releases[-1]), releases)

    assert 'href="../../../2025-11/en/history/2025-10..2025-11/index.html"' in page.table.body
    assert [row[-1] for row in rows(page.table)] == ["Since 2025-11", "Since 2025-10", "Since 2025-09", ""]


def test_restated_figures_of_products_come_first(releases):
    page = changes_page(in_language("en", releases[2]), releases[1])

    first = tables(page)["restated"][0]
    assert first[:7] == [
        "SME loan",
        "Non-performing loan ratio",
        "Jun 2025",
        "1.42%",
        "● on target",
        "1.63%",
        "▲ watch",
    ]
    assert page.lead.startswith("17 figures have another status, 25 published figures were restated")


def test_plans_tell_what_became_of_their_actions(releases):
    page = changes_page(in_language("zh", releases[2]), releases[1])

    told = tables(page)["plans"]
    assert ["状态", "进行中", "已完成"] in [row[1:] for row in told]
    assert ["评估结论", "无", "未见成效"] in [row[1:] for row in told]


def test_the_waterfall_of_the_house_ends_where_its_composite_does(releases):
    page = changes_page(in_language("en", releases[2]), releases[1])

    bank = rows(page.composites)[-1]
    assert bank == ["Example Bank", "93.1", "▲ watch", "94.6", "▲ watch", "+1.5"]
    *parts, total = rows(page.house.table.table)
    assert total[2:] == ["+1.5", "93.1 → 94.6"]
    assert round(sum(float(row[2].replace("−", "-")) for row in parts), 1) == 1.5


def test_the_waterfalls_of_the_lines_end_where_their_composites_do(releases):
    """A line of one product has none of its own."""
    e = in_language("en", releases[2])
    page = changes_page(e, releases[1])

    composites = {row[0]: row for row in rows(page.composites)}
    assert [(why.id, why.title) for why in page.lines] == [
        ("why-line-retail", "Retail banking"),
        ("why-line-corporate", "Corporate banking"),
    ]
    for why in page.lines:
        *parts, total = rows(why.table.table)
        before, after, change = (composites[why.title][n] for n in (1, 3, 5))
        assert total[2:] == [change, f"{before} → {after}"]
        members = e.report.subjects[e.report.subject(why.id.removeprefix("why-").replace("-", ":"))].members
        assert {row[0] for row in parts} <= {e.subjects[p] for p in members}
        assert round(sum(float(row[2].replace("−", "-")) for row in parts), 1) == float(change.replace("−", "-"))


def test_declarations_that_read_otherwise_stand_in_their_tables():
    key = {"weight": 50, "target": 100, "tolerance": 10}
    indicators = {"csat": an_indicator(), "nps": an_indicator(name="NPS")}
    old = a_site({"card": {"key": {"csat": key, "nps": key}}, "loan": {"key": {"csat": key}}}, indicators)
    later = [key, key | {"from": "2025-12", "target": 97}]
    new = a_site({"card": {"key": {"csat": later}, "monitor": ["nps"]}, "fund": {"key": {"csat": key}}}, indicators)
    reports = [a_report(site, {"card": {"csat": 95}}, version=name) for site, name in ((old, "a"), (new, "b"))]

    found = tables(changes_page(in_language("en", reports[1]), reports[0]))

    assert ["Card · Indicator", "target from Dec 2025", "none", "97"] in found["targets"]
    assert ["Fund", "product", "none", "new"] in found["indicators"]
    assert ["loan", "product", "none", "gone"] in found["indicators"]
    assert ["Card · NPS", "role", "key indicator", "watched"] in found["indicators"]
