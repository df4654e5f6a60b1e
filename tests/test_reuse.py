"""A build that takes over what did not change gives the bytes of a build from nothing."""

import json
import shutil

import pytest

from kpisite.build import build, release
from kpisite.render import sitemap
from kpisite.unchanged import memory_file
from tests.conftest import ROOT, copy_site


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def freeze(root, version):
    period = version.removesuffix("-b")
    release(root / "site.yaml", version, period=period, through=None, as_of=None, title=None)


def built(root):
    build(root / "site.yaml", root / "public")
    return tree(root / "public")


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A built site with a frozen release and a working report."""
    root = copy_site(ROOT / "tests" / "sites" / "english-only", tmp_path_factory.mktemp("reuse") / "site")
    freeze(root, "2025-05")
    built(root)
    return root


@pytest.fixture
def site(before, tmp_path):
    """A copy of it, with what was noted of its published folder."""
    root = tmp_path / "site"
    shutil.copytree(before, root)
    shutil.copy(memory_file(before, before / "public"), memory_file(root, root / "public"))
    return root


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def data_of_one_product(root):
    edit(root / "data" / "monthly.csv", "loan,2025-06,", "loan,2025-06,1")


def an_older_month(root):
    edit(root / "data" / "monthly.csv", "card,2024-03,", "card,2024-03,1")


def a_target(root):
    edit(root / "site.yaml", "weight: 60, target: 80", "weight: 60, target: 81")


def a_name(root):
    edit(root / "site.yaml", "name: Satisfaction", "name: Contentment")


def a_template(root):
    (root / "templates").mkdir()
    text = '{% extends "theme:base.html" %}{% block foot %}Our foot{% endblock %}'
    (root / "templates" / "base.html").write_text(text, encoding="utf-8")


def a_text(root):
    (root / "templates" / "locale").mkdir(parents=True)
    (root / "templates" / "locale" / "en.yaml").write_text("nav: {products: Our goods}\n", encoding="utf-8")


def one_release_more(root):
    freeze(root, "2025-04")


def the_working_report_is_released(root):
    freeze(root, "2025-06")


def a_release_between(root):
    """The working report is then compared with another version than before."""
    freeze(root, "2025-05-b")


def the_release_is_removed(root):
    shutil.rmtree(root / "releases" / "2025-05")


def a_page_is_changed_by_hand(root):
    page = next((root / "public" / "2025-05").rglob("card/index.html"))
    page.write_bytes(page.read_bytes() + b"forged")


def a_page_is_removed(root):
    next((root / "public" / "2025-05").rglob("card/index.html")).unlink()


def the_note_is_damaged(root):
    memory_file(root, root / "public").write_text('{"a": [1, 2', encoding="utf-8")


def the_note_is_something_else(root):
    memory_file(root, root / "public").write_text('{"a": 7}', encoding="utf-8")


def the_note_confuses_pages(root):
    """Every key with the files of the next."""
    file = memory_file(root, root / "public")
    noted = json.loads(file.read_text(encoding="utf-8"))
    files = [*list(noted.values())[1:], next(iter(noted.values()))]
    assert len(noted) > 2
    for some in files:
        for entry in some:
            entry[1] = "0" * 64
    file.write_text(json.dumps(dict(zip(noted, files, strict=True))), encoding="utf-8")


def the_release_is_signed(root):
    text = (root / "site.yaml").read_text(encoding="utf-8")
    signed = "{release: 2025-05, product: card, role: Risk, person: Wu, on: 2025-07-03, verdict: signed}"
    (root / "site.yaml").write_text(f"{text}\nreviews:\n  - {signed}\n", encoding="utf-8")


CHANGES = (
    the_release_is_signed,
    data_of_one_product,
    an_older_month,
    a_target,
    a_name,
    a_template,
    a_text,
    one_release_more,
    the_working_report_is_released,
    a_release_between,
    the_release_is_removed,
    a_page_is_changed_by_hand,
    a_page_is_removed,
    the_note_is_damaged,
    the_note_is_something_else,
    the_note_confuses_pages,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_after_a_change_the_site_is_that_of_a_build_from_nothing(site, tmp_path, change):
    change(site)
    fresh = tmp_path / "fresh"
    shutil.copytree(site, fresh, ignore=shutil.ignore_patterns("public", ".kpisite"))

    assert built(site) == built(fresh)


def test_a_release_shows_who_signed_it_after_it_was_frozen(site):
    """Its files stay as they are: a signature is said about a release, not by it."""
    page, frozen = "2025-05/en/products/card/index.html", tree(site / "releases")
    assert b"Wu (Risk" not in built(site)[page]

    the_release_is_signed(site)

    pages = built(site)
    assert b"Wu (Risk, 3 Jul 2025)" in pages[page]
    assert b"Wu (Risk" not in pages[page.replace("2025-05", "2025-06")]
    assert tree(site / "releases") == frozen


def printed_again(site, monkeypatch):
    """The pages that a build makes anew."""
    made = []
    printed = sitemap._printed

    def noted(e, pages, theme, *, stable):
        made.extend(f"{e.report.version}/{path}" for path, _ in pages)
        return printed(e, pages, theme, stable=stable)

    monkeypatch.setattr(sitemap, "_printed", noted)
    monkeypatch.setattr("kpisite.publish.folder.processes_here", lambda: 1)
    built(site)
    return made


def test_nothing_is_made_again_when_nothing_changed_except_what_tells_of_all_versions(site, monkeypatch):
    assert printed_again(site, monkeypatch) == ["2025-05/history/index.html", "2025-06/history/index.html"]


def test_one_products_data_make_no_pages_of_other_products_and_releases_again(site, monkeypatch):
    edit(site / "site.yaml", "report: {", "pages: {figures: none}\nreport: {")
    built(site)
    data_of_one_product(site)

    made = printed_again(site, monkeypatch)

    assert "2025-06/products/loan/index.html" in made
    assert "2025-06/products/card/index.html" not in made
    assert [path for path in made if path.startswith("2025-05/")] == ["2025-05/history/index.html"]


def test_a_new_look_makes_every_page_again(site, monkeypatch):
    a_text(site)

    made = printed_again(site, monkeypatch)

    assert "2025-05/products/card/index.html" in made
    assert len(made) == sum("latest" not in path and path.endswith(".html") for path in tree(site / "public")) - 1
