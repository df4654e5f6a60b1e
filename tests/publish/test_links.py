"""Every link lands, and nothing is loaded from outside."""

import pytest

from kpisite.publish.links import check_links


def found(html, **others):
    files = {"en/a/index.html": html.encode()} | dict.fromkeys(others.get("files", ()), b"")
    return [(p.level, p.code) for p in check_links(files)]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="../b/index.html">b</a>',
        '<a href="#top">x</a><p id="top"></p>',
        '<a href="index.html#here">x</a><p id="here"></p>',
        '<link rel="stylesheet" href="../../assets/site.css">',
        '<a href="mailto:risk@example.com">x</a>',
        '<meta http-equiv="refresh" content="0; url=../b/index.html">',
        '<a href="../b/index.html?x=1">b</a>',
    ],
)
def test_a_link_that_lands_is_fine(html):
    assert found(html, files=["en/b/index.html", "assets/site.css"]) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="../c/index.html">c</a>', ("error", "dead-link")),
        ('<a href="#nowhere">x</a>', ("error", "dead-link")),
        ('<img src="x.png">', ("error", "dead-link")),
        ('<meta http-equiv="refresh" content="0; url=../c/index.html">', ("error", "dead-link")),
        ('<script src="https://cdn.example.com/x.js"></script>', ("error", "load-outside")),
        ('<link href="//cdn.example.com/x.css">', ("error", "load-outside")),
        ('<a href="https://example.com/">x</a>', ("warning", "link-outside")),
        ('<a href="javascript:alert(1)">x</a>', ("error", "load-outside")),
    ],
)
def test_a_link_that_does_not_land_is_found(html, expected):
    assert found(html) == [expected]


def test_the_problem_names_the_page_and_the_address():
    (problem,) = check_links({"en/a.html": b'<a href="b.html">b</a>'})

    assert str(problem) == "en/a.html: error: the link b.html leads nowhere."
