"""Authors' Markdown -> HTML that is safe to print: no scripts, no styles, no foreign elements."""

from functools import cache, lru_cache
from typing import Any

import nh3
from markdown import Markdown
from markupsafe import Markup, escape

EXTENSIONS = ("tables", "fenced_code", "sane_lists", "footnotes", "def_list")
# Alignment as an attribute: a style attribute would be refused by the page's security policy.
# The words behind a footnote's way back would be English on every page.
SETTINGS: dict[str, dict[str, Any]] = {"tables": {"use_align_attribute": True}, "footnotes": {"BACKLINK_TITLE": ""}}
TAG_NAMES = (
    "a abbr b blockquote br caption cite code dd del details div dl dt em h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre "
    "q s small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
)
ATTRIBUTES = {
    "*": {"id", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}


@lru_cache(maxsize=4096)
def prose(text: str) -> Markup:
    """Turn Markdown into clean HTML; a first-level heading becomes a second-level one, since the page has its own."""
    if not text.strip():
        return Markup()
    markdown, cleaner = _tools()
    html = markdown.reset().convert(text)
    html = html.replace("<h1", "<h2").replace("</h1>", "</h2>")
    return Markup(cleaner.clean(html).strip())


def body(texts: dict[str, str], language: str, first: str, html_lang: dict[str, str]) -> Markup:
    """The text in this language, else in the site's first one, then marked as a foreign passage."""
    if language in texts:
        return prose(texts[language])
    text = texts.get(first, "")
    if not text.strip():
        return Markup()
    return Markup(f'<div lang="{escape(html_lang.get(first, first))}">{prose(text)}</div>')


@cache
def _tools() -> tuple[Markdown, Any]:
    cleaner = nh3.Cleaner(
        tags=set(TAG_NAMES.split()), attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None
    )
    return Markdown(extensions=list(EXTENSIONS), extension_configs=SETTINGS), cleaner
