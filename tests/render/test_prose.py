"""Authors' Markdown: what becomes of it, and what never gets through."""

import pytest

from kpisite.render.prose import body, prose


def test_markdown_becomes_html():
    assert prose("A **b**") == "<p>A <strong>b</strong></p>"
    assert prose("  \n") == ""


def test_the_page_keeps_its_own_first_heading():
    assert prose("# Title") == "<h2>Title</h2>"


def test_a_table_is_aligned_without_a_style():
    html = prose("|a|b|\n|:-|-:|\n|1|2|")

    assert 'align="right"' in html
    assert "style" not in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<iframe src='//x'></iframe>",
        "<a href='data:text/html,x'>x</a>",
        "<p style='color:red' onclick='x()'>x</p>",
        "<style>p {color: red}</style>",
        "<form action='//x'><input></form>",
    ],
)
def test_nothing_that_runs_or_loads_gets_through(hostile):
    html = prose(f"before\n\n{hostile}\n\nafter").lower()

    for word in ("script", "onerror", "onclick", "iframe", "style", "data:", "form", "<input"):
        assert word not in html
    assert "before" in html and "after" in html


def test_relative_links_stay():
    assert prose("[card](../card/index.html)") == '<p><a href="../card/index.html">card</a></p>'


def test_a_text_in_another_language_is_marked_as_such():
    html = body({"zh": "你好"}, "en", "zh", {"zh": "zh-CN"})

    assert html == '<div lang="zh-CN"><p>你好</p></div>'
    assert body({"zh": "你好", "en": "Hello"}, "en", "zh", {}) == "<p>Hello</p>"
    assert body({}, "en", "zh", {}) == ""


def test_footnotes_work_in_every_language():
    html = prose("a[^1]\n\n[^1]: note")

    assert 'href="#fn:1"' in html and 'id="fn:1"' in html
    assert "Jump back" not in html
