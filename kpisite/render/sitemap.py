"""Which pages a site has, and their files: every version in every language, and the ways in."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import NoneType
from typing import Any

from kpisite.errors import AuthorError, Problem
from kpisite.evaluate.report import Report
from kpisite.release.vintages import as_learned, restatements
from kpisite.render.board import Board, board
from kpisite.render.doors import Choice, Chooser, Redirect
from kpisite.render.edition import Edition, edition
from kpisite.render.pages import Frame
from kpisite.render.sheets import Origins, Sheet
from kpisite.render.theme import Theme
from kpisite.render.views.changes import before, changes_page, changes_path
from kpisite.render.views.competitors import competitor_page
from kpisite.render.views.early_warnings import warning_page
from kpisite.render.views.families import family_list, family_page
from kpisite.render.views.figure import figure_page
from kpisite.render.views.history import history
from kpisite.render.views.indicators import indicator_list, indicator_page
from kpisite.render.views.methodology import methodology
from kpisite.render.views.plans import plan_list, plan_page
from kpisite.render.views.quality import data_quality
from kpisite.render.views.scorecard import product_list, scorecard
from kpisite.render.views.summary import summary
from kpisite.render.views.words import glossary, own_page, own_pages, playbook, strategy_map


def render(reports: Sequence[Report], theme: Theme) -> Iterator[tuple[str, bytes]]:
    """Every file below the site's folder except the data: path and content; the last report is the newest."""
    for part in parts(reports, theme, [Origins(report, "") for report in reports]):
        for sheet in part:
            yield from sheet.make()
    yield from around(reports, theme)


def around(reports: Sequence[Report], theme: Theme) -> Iterator[tuple[str, bytes]]:
    """What surrounds the pages: the ways in, the list of versions, and the assets."""
    yield from _doors(reports, theme)
    assets = tuple(theme.assets())
    for report in reports:
        yield from ((f"{report.version}/assets/{path}", data) for path, data in assets)


def parts(reports: Sequence[Report], theme: Theme, origins: Sequence[Origins]) -> tuple[Sequence[Sheet], ...]:
    """All pages as sheets, in parts that can be made in any order and by several processes.

    The pages of one product, in all versions and languages, are one part: they print the same numbers.
    """
    refuse_unknown_languages(reports, theme)
    found: dict[str, list[Sheet]] = {}
    known = {id(report): origin for report, origin in zip(reports, origins, strict=True)}
    changes, versions = restatements(reports), [report.version for report in as_learned(reports)]
    for report in reports:
        shared = board(report, changes, versions[: versions.index(report.version) + 1])
        for lang in report.site.site.languages:
            e = edition(shared, lang, theme.texts)
            for about, made in _together(plan(e, reports)):
                stable = report is reports[-1]
                key = _key(e, made, known, (about, lang, stable))
                sheet = Sheet(key, partial(_printed, e, made, theme, stable=stable))
                found.setdefault(about, []).append(sheet)
        # The same in every language, so the last one's will do.
        found.setdefault("pages.js", []).append(Sheet("", partial(_listed, e, reports)))
    return tuple(found.values())


Made = tuple[str, "partial[Any]"]  # the path of a page, and what makes it


def _together(planned: Iterable[Made]) -> Iterator[tuple[str, tuple[Made, ...]]]:
    """The pages that stand below one folder, such as those of one product."""
    found: dict[str, list[Made]] = {}
    for path, make in planned:
        found.setdefault("/".join(path.split("/")[:2]), []).append((path, make))
    return ((about, tuple(made)) for about, made in found.items())


def _key(e: Edition, made: Iterable[Made], origins: Mapping[int, Origins], more: tuple[object, ...]) -> str:
    """What these pages of an edition are made from; nothing if they are made from what has no key."""
    makes = [make for _, make in made]
    given = [one for make in makes for one in (*make.args, *make.keywords.values()) if one is not e]
    others = dict.fromkeys(id(one) for one in given if isinstance(one, Report))
    if not all(isinstance(one, (int, str, NoneType, Report)) for one in given) or not others.keys() <= origins.keys():
        return ""
    more = (*more, [origins[other].of_report() for other in others])
    origin, kinds = origins[id(e.report)], {make.func for make in makes}
    if kinds <= {scorecard, figure_page}:
        (s,) = {make.args[1] for make in makes}
        more = (*more, [one for one in e.board.published if one.product == e.report.subjects[s].id])
        return origin.of_subject(s, more) if kinds == {scorecard} else origin.of_figures(s, more)
    return origin.of_report(more)


def _printed(e: Edition, made: Iterable[Made], theme: Theme, *, stable: bool) -> Iterator[tuple[str, bytes]]:
    """The files of some pages; those of the newest version have a stable address, too."""
    for path, make in made:
        page = make()
        yield f"{e.report.version}/{e.lang}/{path}", theme.text(page, e.lang).encode()
        if stable:
            yield f"latest/{e.lang}/{path}", _redirect(page, theme)


def _listed(e: Edition, reports: Sequence[Report]) -> Iterator[tuple[str, bytes]]:
    """Which pages a version has, for the menu of other versions."""
    version, paths = e.report.version, sorted(path for path, _ in plan(e, reports))
    listed = json.dumps(paths, ensure_ascii=False, separators=(",", ":"))
    yield f"{version}/pages.js", f"KPISITE.pages({json.dumps(version)},{listed});\n".encode()


def pages(e: Edition, reports: Sequence[Report]) -> Iterator[Frame]:
    """Every page of one report in one language."""
    return (make() for _, make in plan(e, reports))


def plan(e: Edition, reports: Sequence[Report]) -> Iterator[Made]:
    """Every page of one report in one language: its path, and how it is made."""
    earlier = before(e.report, reports)
    yield "index.html", partial(summary, e)
    yield "products/index.html", partial(product_list, e)
    for s in e.board.products:
        product = f"products/{e.report.subjects[s].id}"
        yield f"{product}/index.html", partial(scorecard, e, s, earlier)
        for i in _figures(e.board, s):
            yield f"{product}/{e.report.indicators[i]}/index.html", partial(figure_page, e, s, i)
    yield "indicators/index.html", partial(indicator_list, e)
    for i, indicator in enumerate(e.report.indicators):
        yield f"indicators/{indicator}/index.html", partial(indicator_page, e, i)
    yield "families/index.html", partial(family_list, e)
    for f, family in enumerate(e.report.families):
        yield f"families/{family}/index.html", partial(family_page, e, f)
    yield "warnings/index.html", partial(warning_page, e, earlier)
    yield "plans/index.html", partial(plan_list, e)
    for id_ in sorted(e.site.plans):
        yield f"plans/{id_}/index.html", partial(plan_page, e, id_)
    yield "playbook/index.html", partial(playbook, e)
    if e.site.competitors is not None:
        yield "competitors/index.html", partial(competitor_page, e)
    yield "strategy-map/index.html", partial(strategy_map, e)
    yield "data-quality/index.html", partial(data_quality, e)
    yield "methodology/index.html", partial(methodology, e)
    yield "glossary/index.html", partial(glossary, e)
    yield "history/index.html", partial(history, e, reports)
    if earlier is not None:
        yield changes_path(earlier, e.report), partial(changes_page, e, earlier)
    for id_ in own_pages(e):
        yield f"pages/{id_}/index.html", partial(own_page, e, id_)


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


def refuse_unknown_languages(reports: Sequence[Report], theme: Theme) -> None:
    """Raise AuthorError if a report is to appear in a language that the theme has no texts in."""
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
