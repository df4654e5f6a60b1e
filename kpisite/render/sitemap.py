"""Which pages a site has, and their files: every version in every language, and the ways in."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from kpisite.errors import AuthorError, Problem
from kpisite.evaluate.report import Report
from kpisite.render.board import Board, board
from kpisite.render.doors import Choice, Chooser, Redirect
from kpisite.render.edition import Edition, edition
from kpisite.render.pages import Frame
from kpisite.render.theme import Theme
from kpisite.render.views.families import family_list, family_page
from kpisite.render.views.figure import figure_page
from kpisite.render.views.history import history
from kpisite.render.views.indicators import indicator_list, indicator_page
from kpisite.render.views.methodology import methodology
from kpisite.render.views.plans import plan_list, plan_page
from kpisite.render.views.scorecard import product_list, scorecard
from kpisite.render.views.summary import summary
from kpisite.render.views.words import glossary, own_page, own_pages, playbook, strategy_map


def render(reports: Sequence[Report], theme: Theme) -> Iterator[tuple[str, bytes]]:
    """Every file below the site's folder except the data: path and content; the last report is the newest."""
    _refuse_unknown_languages(reports, theme)
    yield from _doors(reports, theme)
    assets = tuple(theme.assets())
    for report in reports:
        yield from ((f"{report.version}/assets/{path}", data) for path, data in assets)
        yield from _version(report, reports, theme)


def _version(report: Report, reports: Sequence[Report], theme: Theme) -> Iterator[tuple[str, bytes]]:
    shared, newest = board(report), report is reports[-1]
    paths: dict[str, None] = {}
    for lang in report.site.site.languages:
        for page in pages(edition(shared, lang, theme.texts), reports):
            paths[page.path] = None
            yield f"{report.version}/{lang}/{page.path}", theme.text(page, lang).encode()
            if newest:
                yield f"latest/{lang}/{page.path}", _redirect(page, theme)
    listed = json.dumps(sorted(paths), ensure_ascii=False, separators=(",", ":"))
    yield f"{report.version}/pages.js", f"KPISITE.pages({json.dumps(report.version)},{listed});\n".encode()


def pages(e: Edition, reports: Sequence[Report]) -> Iterator[Frame]:
    """Every page of one report in one language."""
    yield summary(e)
    yield product_list(e)
    for s in e.board.products:
        yield scorecard(e, s)
        yield from (figure_page(e, s, i) for i in _figures(e.board, s))
    yield indicator_list(e)
    yield from (indicator_page(e, i) for i in range(len(e.indicators)))
    yield family_list(e)
    yield from (family_page(e, f) for f in range(len(e.families)))
    yield plan_list(e)
    yield from (plan_page(e, plan) for plan in sorted(e.site.plans))
    yield playbook(e)
    yield strategy_map(e)
    yield methodology(e)
    yield glossary(e)
    yield history(e, reports)
    yield from (own_page(e, page) for page in own_pages(e))


def _figures(shared: Board, s: int) -> Iterator[int]:
    for i in (*shared.keys[s], *shared.watched[s]):
        if shared.has_page(s, i):
            yield i


# ------------------------------------------------------------------------------------------------ the ways in


def _doors(reports: Sequence[Report], theme: Theme) -> Iterator[tuple[str, bytes]]:
    """The first page, and the list of versions for the switcher and for other programs."""
    newest = reports[-1]
    languages = newest.site.site.languages
    words = [theme.texts[lang]["language"] for lang in languages]
    choices = tuple(
        Choice(lang, word["html"], word["name"], f"{newest.version}/{lang}/index.html")
        for lang, word in zip(languages, words, strict=True)
    )
    chooser = Chooser(
        html_lang=words[0]["html"],
        title=newest.site.site.title.in_(languages[0]),
        href=choices[0].href,
        assets=f"{newest.version}/assets/",
        choices=choices,
    )
    yield "index.html", theme.text(chooser, languages[0]).encode()
    versions = json.dumps([_entry(report, newest) for report in reversed(reports)], ensure_ascii=False, indent=1)
    yield "versions.json", f"{versions}\n".encode()
    yield "versions.js", f"KPISITE.versions({versions});\n".encode()


def _entry(report: Report, newest: Report) -> dict[str, Any]:
    """A version in the list that version switchers read."""
    return {
        "version": report.version,
        "title": report.title,
        "aliases": ["latest"] if report is newest else [],
        "properties": {
            "period": report.period.label,
            "as_of": report.as_of,
            "frozen": report.frozen,
            "languages": list(report.site.site.languages),
        },
    }


def _redirect(page: Frame, theme: Theme) -> bytes:
    up = "../" * (page.path.count("/") + 2)
    href = f"{up}{page.version}/{page.lang}/{page.path}"
    words = theme.texts[page.lang]["ui"]["latest"]
    redirect = Redirect(html_lang=page.html_lang, title=page.title, href=href, words=words)
    return theme.text(redirect, page.lang).encode()


def _refuse_unknown_languages(reports: Sequence[Report], theme: Theme) -> None:
    problems = [
        Problem(
            report.site.place("site", "languages"),
            f"the theme has no texts in '{lang}'",
            f"Add templates/locale/{lang}.yaml, or choose from {', '.join(sorted(theme.texts))}.",
            "unknown-language",
        )
        for report in reports
        for lang in report.site.site.languages
        if lang not in theme.texts
    ]
    if problems:
        raise AuthorError(problems)
