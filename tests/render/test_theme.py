"""The theme: what a site may change, what a template may not do, and what a page does in a browser."""

import re
from dataclasses import dataclass

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from kpisite.errors import AuthorError
from kpisite.render import prepare
from kpisite.render.doors import Choice, Chooser
from kpisite.render.pages import OwnPage
from kpisite.render.parts import Language, NavItem
from kpisite.render.theme import PLAIN, load_theme
from tests.render.test_charts import FIGURES

TEMPLATES = sorted((PLAIN / "templates").glob("*.html"))
SHEETS = sorted((PLAIN / "static" / "css").glob("*.css"))
STATUSES = ("green", "amber", "red", "grey")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Kinds and bundle, made once for all tests of this file."""
    folder = tmp_path_factory.mktemp("cache")
    prepare.prepare(folder)
    return folder


@pytest.fixture
def site(tmp_path, cache):
    """Writes files of a site below its templates/ and loads its theme."""

    def load(**files):
        for name, text in files.items():
            path = tmp_path / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_theme(tmp_path, cache)

    return load


def a_page(body="", **more):
    given = {
        "lang": "zh",
        "html_lang": "zh-CN",
        "path": "pages/about/index.html",
        "root": "../../",
        "top": "../../../../",
        "assets": "../../../assets/",
        "data": "../../../data/",
        "home": "../../index.html",
        "history": "../../history/index.html",
        "version": "2025-12",
        "version_title": "2025-12",
        "period_label": "2025年12月",
        "as_of": "2026-01-15",
        "site_title": "指标 <报告>",
        "organisation": "示例银行",
        "classification": "内部资料",
        "title": "关于 & 说明",
        "lead": "一句话。",
        "other_languages": (Language("en", "English", "../../../en/pages/about/index.html"),),
        "nav": (NavItem("summary", "总览", "index.html"), NavItem("products", "产品", "products/index.html")),
        "crumbs": (),
        "section": "products",
        "frozen": True,
        "notice": "演示",
        "body": Markup(body),
        "more": (),
    }
    return OwnPage(**given | more)


# ---------------------------------------------------------------------------------------------- what a site may change


def test_a_site_takes_over_a_template_and_keeps_the_rest_of_the_theme(site):
    own = '{% extends "theme:base.html" %}{% block foot %}<p>OUR FOOT {{ super() }}</p>{% endblock %}'

    page = site(**{"base.html": own}).text(a_page(), "zh")

    assert "OUR FOOT" in page
    assert '<a class="skip"' in page
    assert "内部资料" in page


def test_a_site_changes_one_text(site):
    theme = site(**{"locale/zh.yaml": "nav: {label: 目录}\n"})

    assert 'aria-label="目录"' in theme.text(a_page(), "zh")
    assert theme.texts["zh"]["nav"]["products"] == "产品"


def test_a_text_that_nothing_asks_for_is_a_problem(site):
    with pytest.raises(AuthorError, match=r"templates/locale/en.yaml: error: no text is called 'nav.prodcts'"):
        site(**{"locale/en.yaml": "nav: {prodcts: Products}\n"})


def test_a_new_language_needs_every_text(site):
    with pytest.raises(AuthorError, match=r"templates/locale/fr.yaml: error: the text 'ui.skip' is missing"):
        site(**{"locale/fr.yaml": "nav: {products: Produits}\n"})


def test_texts_that_are_not_yaml_are_a_problem_in_their_place(site):
    with pytest.raises(AuthorError, match=r"templates/locale/en.yaml:1:\d+: error: this is not YAML"):
        site(**{"locale/en.yaml": "nav: {label: [}\n"})


def test_style_sheets_of_the_site_come_after_the_themes(site):
    files = dict(site(**{"static/css/60-house.css": ".house {}", "static/logo.svg": "<svg/>"}).files)

    assert files["site.css"].endswith(b".house {}") or b".house {}" in files["site.css"]
    assert files["site.css"].index(b".house {}") > files["site.css"].index(b"figure.chart")
    assert files["logo.svg"] == b"<svg/>"


def test_a_site_adds_a_kind_of_chart(site):
    theme = site(**{"charts/pie.json": '{"mark": "bar"}'})

    assert b'"pie":{"mark":"bar"}' in dict(theme.assets())["kinds.js"]


def test_a_kind_that_is_not_json_is_a_problem_in_its_place(site):
    with pytest.raises(AuthorError, match=r"templates/charts/pie.json:1:\d+: error: this is not JSON"):
        site(**{"charts/pie.json": '{"mark": }'})


def test_two_loads_give_the_same_files(site):
    assert dict(site().assets()) == dict(site().assets())


def test_what_is_prepared_is_not_made_again(tmp_path):
    for name in (prepare._kinds_name(), prepare._bundle_name()):
        (tmp_path / name).write_text('{"kept": 1}', encoding="utf-8")

    with prepare.Preparation(tmp_path) as preparation:
        assert preparation.kinds() == {"kept": 1}
        assert preparation.bundle() == b'{"kept": 1}'


def test_a_build_that_fails_stops_what_it_began(tmp_path):
    with prepare.Preparation(tmp_path):
        pass

    assert not (tmp_path / prepare._bundle_name()).exists()


# ---------------------------------------------------------------------------------------------- what a template may not do


@dataclass(frozen=True)
class Bare:
    """A page that lacks everything."""

    template = "own.html"


def test_a_page_without_what_its_template_prints_is_an_error(site):
    with pytest.raises(UndefinedError):
        site().text(Bare(), "zh")


def test_text_is_escaped(site):
    page = site().text(a_page(), "zh")

    assert "<title>关于 &amp; 说明 · 指标 &lt;报告&gt;</title>" in page


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_speaks_or_styles_or_runs_code(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"[\u3400-\u9fff]", text)
    assert not re.search(r"\sstyle=|\son\w+=|<style", text)
    assert not re.search(r"<script(?![^>]* src=)", text)
    assert "|safe" not in text.replace(" ", "")
    assert not re.search(r'(?:href|src)="(?:https?:)?//', text)


@pytest.mark.parametrize("page", [a_page(), None], ids=["page", "chooser"])
def test_every_page_carries_the_policy(site, page):
    chooser = Chooser(html_lang="zh-CN", title="T", href="v/zh/index.html", assets="v/assets/", choices=())

    assert f'content="{POLICY}"' in site().text(page or chooser, "zh")


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_style_sheet_loads_anything(path):
    text = path.read_text(encoding="utf-8")

    assert "url(" not in text
    assert "@import" not in text


def test_the_script_asks_for_nothing_from_outside():
    text = (PLAIN / "static" / "site.js").read_text(encoding="utf-8")

    assert not re.search(
        r"\bfetch\(|XMLHttpRequest|\beval\(|new Function|^\s*import\b|https?://|\.innerHTML", text, re.MULTILINE
    )


# ---------------------------------------------------------------------------------------------- colours


def colours(mode):
    text = (PLAIN / "static" / "css" / "10-base.css").read_text(encoding="utf-8")
    light = re.search(r":root \{(.*?)\n\}", text, re.DOTALL).group(1)
    dark = re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', text, re.DOTALL).group(1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found if mode == "light" else found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))


def contrast(one, other):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("status", STATUSES)
def test_words_of_a_status_can_be_read_and_its_marks_be_seen(mode, status):
    found = colours(mode)

    for behind in ("paper", f"tint-{status}", "wash"):
        assert contrast(found[f"text-{status}"], found[behind]) >= 4.5
    assert contrast(found[status], found["paper"]) >= 3
    assert contrast(found["muted"], found["paper"]) >= 4.5
    assert contrast(found["link"], found["paper"]) >= 4.5


def test_dark_is_the_same_whether_the_device_or_the_reader_asks_for_it():
    text = (PLAIN / "static" / "css" / "10-base.css").read_text(encoding="utf-8")
    blocks = [
        re.findall(r"--[\w-]+: #[0-9a-f]{6}", block)
        for block in re.findall(r"color-scheme: dark;(.*?)\}", text, re.DOTALL)
    ]

    assert len(blocks) == 2
    assert blocks[0] == blocks[1]


# ---------------------------------------------------------------------------------------------- in a browser

TABLE = """<div class="scroll" tabindex="0" role="region" aria-label="T"><table class="figures"><caption>T</caption>
<thead><tr><th scope="col">产品</th><th scope="col" class="num">余额</th></tr></thead><tbody>
<tr><th scope="row">甲</th><td class="num">1.09亿元</td></tr><tr><th scope="row">乙</th><td class="num">−650万元</td></tr>
<tr><th scope="row">丙</th><td class="num"></td></tr><tr><th scope="row">丁</th><td class="num">9,800元</td></tr>
</tbody></table></div>"""


@pytest.fixture(scope="module")
def built(tmp_path_factory, cache):
    """A site of two versions with one page that has everything a page may have."""
    root = tmp_path_factory.mktemp("built")
    theme = load_theme(root, cache)
    for version, paths in (
        ("2025-12", '["index.html","pages/about/index.html"]'),
        ("2025-11", '["index.html","pages/index.html"]'),
    ):
        page = root / version / "zh" / "pages" / "about" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(theme.text(a_page("".join([*FIGURES.values(), TABLE])), "zh"), encoding="utf-8")
        (root / version / "pages.js").write_text(f'KPISITE.pages("{version}",{paths});', encoding="utf-8")
    for path, data in theme.assets():
        file = root / "2025-12" / "assets" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    listed = '[{"version":"2025-12","title":"A"},{"version":"2025-11","title":"B"}]'
    (root / "versions.js").write_text(f"KPISITE.versions({listed});", encoding="utf-8")
    choices = (Choice("zh", "zh-CN", "中文", "zh.html"), Choice("en", "en", "English", "en.html"))
    chooser = Chooser(html_lang="zh-CN", title="T", href="zh.html", assets="2025-12/assets/", choices=choices)
    (root / "index.html").write_text(theme.text(chooser, "zh"), encoding="utf-8")
    for lang in ("zh", "en"):
        (root / f"{lang}.html").write_text(f"<!doctype html><title>{lang}</title>", encoding="utf-8")
    return root


@pytest.fixture
def opened(chromium, built):
    """The page with everything, opened by double click; nothing may be said on the console or asked from outside."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(built.as_uri()) else None)
    page.goto((built / "2025-12/zh/pages/about/index.html").as_uri())
    yield page
    assert said == []
    context.close()


@pytest.mark.browser
def test_every_kind_of_chart_is_drawn_under_the_strict_policy(opened):
    opened.evaluate("KPISITE.drawAll()")

    assert opened.evaluate(
        "[...document.querySelectorAll('figure.drawn')].map(f => f.querySelectorAll('.live svg').length)"
    ) == [1] * len(FIGURES)


@pytest.mark.browser
def test_a_live_chart_takes_the_room_of_the_static_one(opened):
    heights = "name => [...document.querySelectorAll(name)].slice(0, 3).map(one => one.getBoundingClientRect().height)"
    opened.evaluate("KPISITE.drawAll()")
    live = opened.evaluate(heights, ".live")

    opened.evaluate("document.querySelectorAll('figure').forEach(figure => figure.classList.remove('drawn'))")

    assert live == pytest.approx(opened.evaluate(heights, ".still"), abs=1)


@pytest.mark.browser
def test_the_readers_colours_are_kept_and_charts_follow(opened):
    opened.evaluate("KPISITE.drawAll()")
    for _ in range(2):
        opened.click("button.theme")
    opened.evaluate("KPISITE.drawAll()")

    assert opened.evaluate("document.documentElement.dataset.theme") == "dark"
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 28)"
    assert opened.evaluate("document.querySelector('.chart-history .live').innerHTML.includes('#a9c7ef')")
    opened.reload()
    assert opened.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.browser
def test_a_table_is_sorted_by_what_its_figures_are_worth(opened):
    names = "[...document.querySelectorAll('tbody th')].map(th => th.textContent).join('')"

    opened.click("th.num button")
    assert opened.evaluate(names) == "甲丁乙丙"
    assert opened.get_attribute("th.num", "aria-sort") == "descending"
    opened.click("th.num button")
    assert opened.evaluate(names) == "乙丁甲丙"


@pytest.mark.browser
def test_the_menu_of_versions_leads_to_the_same_page_or_its_nearest_parent(opened):
    opened.click(".versions > a")
    opened.wait_for_selector(".versions ul a")
    opened.evaluate("new Promise(done => setTimeout(done, 100))")

    found = opened.evaluate("[...document.querySelectorAll('.versions ul a')].map(a => a.getAttribute('href'))")
    assert found == ["../../../../2025-12/zh/pages/about/index.html", "../../../../2025-11/zh/pages/index.html"]
    opened.keyboard.press("Escape")
    assert opened.query_selector(".versions ul") is None


@pytest.mark.browser
def test_a_page_has_no_barrier_that_axe_finds(opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened.evaluate("KPISITE.drawAll()")

    # Its preloading of style sheets is what the policy forbids.
    found = axe.Axe().run(opened, options={"preload": False}).response["violations"]

    assert [(one["id"], [node["html"][:80] for node in one["nodes"]]) for one in found] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 768, 1920])
def test_no_page_scrolls_sideways(chromium, built, width):
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto((built / "2025-12/zh/pages/about/index.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.browser
def test_without_scripts_the_static_charts_stand(chromium, built):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built / "2025-12/zh/pages/about/index.html").as_uri())

    assert all(still.is_visible() for still in page.query_selector_all(".still"))
    assert not page.is_visible("button.theme")
    context.close()


@pytest.mark.browser
def test_on_paper_the_static_charts_stand_again(opened):
    opened.evaluate("KPISITE.drawAll()")
    opened.emulate_media(media="print")

    assert opened.evaluate("[...document.querySelectorAll('.live')].map(live => getComputedStyle(live).display)") == [
        "none"
    ] * len(FIGURES)
    assert opened.evaluate(
        "[...document.querySelectorAll('.still')].map(still => getComputedStyle(still).display)"
    ) == ["block"] * len(FIGURES)


@pytest.mark.browser
@pytest.mark.parametrize(("locale", "title"), [("en-GB", "en"), ("zh-TW", "zh"), ("de-DE", "zh")])
def test_the_first_page_opens_in_the_readers_language(chromium, built, locale, title):
    context = chromium.new_context(locale=locale)
    page = context.new_page()
    page.goto((built / "index.html").as_uri())
    page.wait_for_url(f"**/{title}.html")

    assert page.title() == title
    context.close()
