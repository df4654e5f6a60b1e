"""The real pages in a real browser: drawn, silent, closed to the outside, readable without JavaScript, accessible."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.browser

VERSION = "2025-12"
# One page of each kind, below the language's folder.
KINDS = {
    "summary": "index.html",
    "products": "products/index.html",
    "scorecard": "products/credit-card/index.html",
    "figure": "products/credit-card/npl-ratio/index.html",
    "range figure": "products/personal-deposit/ftp-margin/index.html",
    "monitor figure": "products/wealth/sales-volume/index.html",
    "figure without data": "products/cash-mgmt/availability/index.html",
    "figure by channel": "products/credit-card/complaint-rate/index.html",
    "restated figure": "products/sme-loan/npl-ratio/index.html",
    "indicators": "indicators/index.html",
    "indicator": "indicators/csat/index.html",
    "bank indicator": "indicators/target-attainment-rate/index.html",
    "families": "families/index.html",
    "family": "families/risk/index.html",
    "playbook": "playbook/index.html",
    "warnings": "warnings/index.html",
    "plans": "plans/index.html",
    "plan": "plans/{plan}/index.html",
    "methodology": "methodology/index.html",
    "competitors": "competitors/index.html",
    "data-quality": "data-quality/index.html",
    "strategy map": "strategy-map/index.html",
    "glossary": "glossary/index.html",
    "history": "history/index.html",
    "changes": "history/2025-11..2025-12/index.html",
    "own page": "pages/about/index.html",
}
DRAWN = (
    *("summary", "scorecard", "indicator", "changes"),
    *(kind for kind in KINDS if "figure" in kind),
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'none'; base-uri 'none'; form-action 'none'"
)


def path_of(site, kind, language):
    first_plan = sorted((ROOT / "content" / "plans").glob("*.md"))[0].stem.split(".")[0]
    path = f"{VERSION}/{language}/{KINDS[kind].format(plan=first_plan)}"
    assert (site / path).is_file(), path
    return path


def shape(path):
    """A page's place with a star for each thing it is about: products/*/* is any figure of any product."""
    section, *about = Path(path).parent.parts or ("",)
    return "/".join([section, *("*" for _ in about)])


def test_every_kind_of_page_is_on_the_list(demo_site):
    versions = [entry["version"] for entry in json.loads((demo_site / "versions.json").read_text(encoding="utf-8"))]
    folders = [demo_site / version / language for version in versions for language in ("zh", "en")]

    built = {shape(page.relative_to(folder)) for folder in folders for page in folder.rglob("*.html")}

    assert built == {shape(path) for path in KINDS.values()}


def listen(page):
    """Everything the browser says and asks for while it shows a page."""
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    return said, asked


def draw_all(page):
    """Wait for every live chart; the page's own switch draws those out of sight, too."""
    return page.evaluate(
        "async () => { await KPISITE.drawAll(); return [...document.querySelectorAll('figure.chart')]"
        ".map(f => [f.id, Boolean(f.querySelector('.vega-embed svg, .live svg'))]) }"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_drawn_and_silent(chromium, demo_site, demo_address, kind, scheme, language):
    base = demo_address if scheme == "http" else demo_site.as_uri()
    context = chromium.new_context()
    page = context.new_page()
    said, asked = listen(page)

    page.goto(f"{base}/{path_of(demo_site, kind, language)}")
    charts = draw_all(page)
    context.close()

    assert said == []
    assert [url for url in asked if not url.startswith(base)] == []
    assert [chart for chart, drawn in charts if not drawn] == []
    assert charts or kind not in DRAWN


@pytest.mark.parametrize("kind", KINDS)
def test_the_policy_stands_on_every_page(demo_site, kind):
    html = (demo_site / path_of(demo_site, kind, "zh")).read_text(encoding="utf-8")

    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in html.replace("&#39;", "'")
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*(?:src=|application/json))|\son\w+=", html)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_without_javascript_every_number_is_still_there(chromium, demo_site, kind, language):
    address = f"{demo_site.as_uri()}/{path_of(demo_site, kind, language)}"
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(address)
    tables = page.locator("main table").count()
    bare = page.locator("main").text_content()
    pictures = page.locator("figure.chart svg").count()
    figures = page.locator("figure.chart").count()
    plain.close()
    rich = chromium.new_context()
    page = rich.new_page()
    page.goto(address)
    # The live charts print their own axes beside the tables.
    draw_all(page)
    page.evaluate("document.querySelectorAll('.live').forEach(live => live.remove())")
    full = page.locator("main").text_content()
    rich.close()

    numbers = re.findall(r"\d[\d,.]*", full)
    assert set(numbers) <= set(re.findall(r"\d[\d,.]*", bare))
    assert pictures >= figures
    assert tables or kind in ("playbook", "glossary", "own page", "plans", "plan")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation(chromium, demo_site, kind, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{demo_site.as_uri()}/{path_of(demo_site, kind, 'zh' if scheme == 'light' else 'en')}")
    draw_all(page)

    # The preloading of style sheets by axe would break the page's policy: what it loads, it would load from inside.
    found = Axe().run(page, options={"preload": False})
    context.close()

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("kind", KINDS)
def test_paper_shows_everything_and_cuts_nothing(chromium, demo_site, kind):
    # The width of A4 between the margins of the style sheet.
    context = chromium.new_context(viewport={"width": 688, "height": 1000})
    page = context.new_page()
    page.goto(f"{demo_site.as_uri()}/{path_of(demo_site, kind, 'en')}")
    draw_all(page)
    page.emulate_media(media="print")

    edge = page.evaluate("document.querySelector('main').getBoundingClientRect().right")
    wide = page.evaluate(
        "edge => [...document.querySelectorAll('main table, main figure')]"
        ".filter(one => one.getBoundingClientRect().right > edge + 1).map(one => one.id)",
        edge,
    )
    hidden = page.evaluate(
        "[...document.querySelectorAll('main table, figure.chart .still svg')]"
        ".filter(one => !one.getBoundingClientRect().height).map(one => one.outerHTML.slice(0, 80))"
    )
    live = page.evaluate("[...document.querySelectorAll('.live')].filter(one => one.offsetHeight).length")
    context.close()

    assert (wide, hidden, live) == ([], [], 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_needs_no_sideways_scrolling(chromium, demo_site, kind):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{demo_site.as_uri()}/{path_of(demo_site, kind, 'zh')}")
    draw_all(page)

    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()

    assert wide <= 0


@pytest.mark.parametrize("script", [True, False])
def test_a_table_that_goes_on_beyond_the_screen_has_a_shadow_at_its_edge(chromium, demo_site, script):
    """The covers of the shadows move with the table, the shadows stay with the window, with and without JavaScript."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{demo_site.as_uri()}/{path_of(demo_site, 'summary', 'en')}")
    window = page.locator(".scroll:has(#lines)")

    beyond = window.evaluate("one => one.scrollWidth - one.clientWidth")
    tall = page.evaluate("[...document.querySelectorAll('#lines tbody tr')].map(row => row.offsetHeight)")
    styles = window.evaluate("one => getComputedStyle(one).backgroundAttachment")
    context.close()

    assert beyond > 0
    assert styles == "local, local, scroll, scroll"
    assert max(tall) < 75


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_an_executive_asks_first_is_seen_without_scrolling(chromium, demo_site, language):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{demo_site.as_uri()}/{path_of(demo_site, 'summary', language)}")

    seen = page.evaluate(
        "Object.fromEntries(['.score', '#products tbody tr', '.items:first-of-type li'].map(what => [what,"
        " [...document.querySelectorAll(what)].map(one => one.getBoundingClientRect().bottom)]))"
    )
    attention = page.locator("h2 + .items").last.locator("li").count()
    context.close()

    assert [len(bottoms) for bottoms in seen.values()][:2] == [1, 8]
    assert attention <= 5
    assert max(bottom for bottoms in seen.values() for bottom in bottoms) <= 800


def test_the_other_language_is_one_click_away(chromium, demo_site):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{demo_site.as_uri()}/{VERSION}/zh/products/credit-card/npl-ratio/index.html")

    page.locator("a[hreflang='en']").first.click()

    assert page.url.endswith(f"/{VERSION}/en/products/credit-card/npl-ratio/index.html")
    context.close()


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_other_version_shows_the_same_page(chromium, demo_site, demo_address, scheme):
    base = demo_address if scheme == "http" else demo_site.as_uri()
    context = chromium.new_context()
    page = context.new_page()
    said, _ = listen(page)
    page.goto(f"{base}/{VERSION}/zh/products/credit-card/npl-ratio/index.html")

    page.locator("[data-versions]").first.click()
    page.locator("[data-version='2025-09']").first.click()
    page.wait_for_url("**/2025-09/**")

    assert page.url.endswith("/2025-09/zh/products/credit-card/npl-ratio/index.html")
    assert said == []
    context.close()


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("en-GB", "en"), ("fr-FR", "zh")])
def test_the_front_door_speaks_the_readers_language(chromium, demo_site, locale, language):
    context = chromium.new_context(locale=locale)
    page = context.new_page()

    page.goto(f"{demo_site.as_uri()}/index.html")
    page.wait_for_url(f"**/{VERSION}/**")

    assert page.url.endswith(f"/{VERSION}/{language}/index.html")
    context.close()


def test_latest_leads_to_the_newest_version(chromium, demo_site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{demo_site.as_uri()}/latest/en/products/wealth/index.html")
    page.wait_for_url(f"**/{VERSION}/**")

    assert page.url.endswith(f"/{VERSION}/en/products/wealth/index.html")
    context.close()
