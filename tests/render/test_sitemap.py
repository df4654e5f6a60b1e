"""Which pages there are, that they are the same in each language, and that every link lands."""

import json
import re
from dataclasses import replace

import pytest

from kpisite.errors import AuthorError
from kpisite.periods import parse
from kpisite.publish.links import check_links
from kpisite.render.sitemap import render
from kpisite.render.theme import load_theme
from kpisite.render.views.changes import before
from tests.conftest import ROOT
from tests.render.small import the_report, the_site


@pytest.fixture(scope="module")
def theme():
    return load_theme(ROOT)


def two_releases():
    return tuple(replace(the_report(version=name), frozen=True) for name in ("2025-11", "2025-12"))


@pytest.fixture(scope="module")
def files(theme):
    return dict(render(two_releases(), theme))


def of_language(files, version, lang):
    start = f"{version}/{lang}/"
    return {path.removeprefix(start) for path in files if path.startswith(start)}


def test_every_page_is_there_in_both_languages(files):
    zh, en = of_language(files, "2025-12", "zh"), of_language(files, "2025-12", "en")

    assert zh == en
    assert {"index.html", "products/card/overdue/index.html", "families/risk/index.html"} <= zh
    assert {"playbook/index.html", "plans/overdue/index.html", "pages/about/index.html"} <= zh


def test_every_link_lands(files):
    names = ("results.csv", "scores.csv", "actions.csv", "warnings.csv", "quality.json")
    data = {f"{v}/data/{name}": b"" for v in ("2025-11", "2025-12") for name in names}

    assert check_links(files | data) == []


def test_the_newest_version_has_stable_addresses(files):
    assert of_language(files, "latest", "zh") == of_language(files, "2025-12", "zh")
    assert b"../../../../2025-12/zh/products/card/index.html" in files["latest/zh/products/card/index.html"]


def test_versions_are_listed_newest_first_for_switchers(files):
    listed = json.loads(files["versions.json"])

    assert [one["version"] for one in listed] == ["2025-12", "2025-11"]
    assert [one["aliases"] for one in listed] == [["latest"], []]
    assert listed[0]["properties"]["period"] == "2025-12"
    assert files["versions.js"].startswith(b"KPISITE.versions([")


def test_a_version_knows_its_own_pages(files):
    text = files["2025-12/pages.js"].decode()
    version, paths = re.fullmatch(r'KPISITE\.pages\("(.*?)",(.*)\);\n', text).groups()

    assert version == "2025-12"
    assert set(json.loads(paths)) == of_language(files, "2025-12", "en")


def test_pages_say_their_language_and_lead_to_the_other(files):
    page = files["2025-12/zh/products/card/index.html"].decode()

    assert '<html lang="zh-CN"' in page
    assert 'href="../../../en/products/card/index.html"' in page


def test_two_renderings_are_the_same(theme, files):
    assert dict(render(two_releases(), theme)) == files


def test_a_language_without_texts_is_refused(theme):
    site = the_site(site={"title": "x", "languages": ["fr"]})

    with pytest.raises(AuthorError, match="the theme has no texts in 'fr'"):
        list(render((the_report(site),), theme))


def test_a_draft_is_compared_with_its_release_and_no_release_with_a_draft():
    def version(name, period, *, frozen):
        return replace(the_report(), version=name, period=parse(period), frozen=frozen)

    old, draft, new = (
        version("2025-11", "2025-11", frozen=True),
        version("2025-12-draft", "2025-12", frozen=False),
        version("2025-12", "2025-12", frozen=True),
    )
    reports = (old, draft, new)

    assert [one and one.version for one in (before(report, reports) for report in reports)] == [
        None,
        "2025-12",
        "2025-11",
    ]
    assert before(draft, (old, draft)) is old
