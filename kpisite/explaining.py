"""An explanation for the terminal, in the words of a language, and for programs as JSON."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from kpisite.build import RELEASES, judged_with_rows, rows_of_release
from kpisite.declare.read import read_site
from kpisite.errors import AuthorError, Place, Problem, Problems, did_you_mean
from kpisite.evaluate.address import AddressError, find
from kpisite.evaluate.explain import explain
from kpisite.evaluate.explanation import Explanation
from kpisite.evaluate.report import Report
from kpisite.load.tables import Tables
from kpisite.measure.rows import Lister, Wanted
from kpisite.measure.taken import RowsTaken
from kpisite.measure.understand import aggregates
from kpisite.periods import parse
from kpisite.release.store import read_releases
from kpisite.render.board import board
from kpisite.render.edition import Edition, edition
from kpisite.render.texts import read_texts
from kpisite.render.theme import OWN, PLAIN
from kpisite.render.told import Grid, Paragraph, period_text, tell
from kpisite.render.told_rows import told_rows

INDENT = "  "


def explained(config: Path, address: str, version: str | None, most: int | None = None) -> tuple[Report, Explanation]:
    """A report and the explanation of a figure in it, with at most `most` rows of each measure and period listed.

    Of the working report it is always told where the rows stand. A release explains itself without its data; they are
    only looked at where rows are asked for.
    """
    if version is None:
        problems = Problems()
        with judged_with_rows(read_site(config, problems), config, problems) as (report, tables):
            found = explanation(report, address)
            return report, replace(found, rows=rows_behind(report, tables, found, most or 0))
    report = _release(config, version)
    found = explanation(report, address)
    if not most:
        return report, found
    with rows_of_release(report, config, Problems()) as tables:
        return report, replace(found, rows=rows_behind(report, tables, found, most))


def rows_behind(report: Report, tables: Tables, found: Explanation, most: int) -> tuple[RowsTaken, ...]:
    """The rows of every measure at every period that the figure takes."""
    problems = Problems()
    lister = Lister(report.site, tables, aggregates(report.site, tables, problems), most)
    problems.stop_if_any()
    start = report.site.report.fiscal_year_starts
    wanted = [
        Wanted(one.measure, use.period, [(part.product, parse(part.month, start)) for part in use.parts])
        for one in found.measures
        for use in one.uses
        if use.parts
    ]
    taken = [lister.rows(one) for one in wanted]
    hashes = {source.source: [file.sha256 for file in source.files] for source in report.sources}
    changed = {name for name, files in tables.files.items() if hashes.get(name) != [file.sha256 for file in files]}
    return tuple(replace(one, is_changed=report.site.measures[one.measure].source in changed) for one in taken)


def _release(config: Path, version: str) -> Report:
    """A frozen report by its version; AddressError where there is none."""
    found = {one.version: one for one in read_releases(config.parent / RELEASES)}
    if version not in found:
        raise AddressError(f"there is no release '{version}'", did_you_mean(version, found))
    return found[version]


def explanation(report: Report, address: str) -> Explanation:
    """Explain the figure at an address; AddressError where the report has none."""
    return explain(report, *find(report, address))


# ------------------------------------------------------------------------------------------------ for people


def as_text(report: Report, found: Explanation, config: Path, language: str | None) -> str:
    """The explanation in a language of the site: by default its first."""
    languages = report.site.site.languages
    if language is not None and language not in languages:
        raise AddressError(f"the site has no language '{language}'", did_you_mean(language, languages))
    problems: list[Problem] = []
    texts = read_texts(PLAIN / "locale", config.parent / OWN / "locale", problems)
    chosen = language or languages[0]
    if chosen not in texts:
        problems.append(Problem(Place("site.yaml"), f"the theme has no texts in '{chosen}'"))
    if problems:
        raise AuthorError(problems)
    e = edition(board(report), chosen, texts)
    return (
        "\n".join(
            (*_head(e, found), *(line for one in (*tell(e, found), *told_rows(e, found)) for line in _lines(e, one)))
        )
        + "\n"
    )


def _head(e: Edition, found: Explanation) -> list[str]:
    words = e.t["explain"]
    names = {
        "product": e.subjects[e.report.subject(found.product)],
        "indicator": e.indicators[e.report.indicators.index(found.indicator)],
        "period": period_text(e, found.period),
    }
    release = found.release if found.frozen else words["working"].format(version=found.release)
    colon = e.t["say"]["colon"]
    return [words["figure"].format(**names), f"{words['release']}{colon}{release}"]


def _lines(e: Edition, paragraph: Paragraph) -> list[str]:
    colon = e.t["say"]["colon"]
    lines = ["", paragraph.title]
    lines += [f"{INDENT}{line.label}{colon}{line.text}" for line in paragraph.lines]
    return lines + (_grid(paragraph.grid) if paragraph.grid else [])


def _grid(grid: Grid) -> list[str]:
    rows = [grid.heads, *grid.rows]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [INDENT + INDENT.join(_cells(row, widths, grid.numbers)).rstrip() for row in rows]


def _cells(row: Sequence[str], widths: Sequence[int], numbers: Sequence[int]) -> list[str]:
    spaces = [" " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
    return [
        f"{space}{cell}" if n in numbers else f"{cell}{space}"
        for n, (cell, space) in enumerate(zip(row, spaces, strict=True))
    ]


def width(text: str) -> int:
    """How many columns of a terminal a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "FW" else 1 for char in text)


# ------------------------------------------------------------------------------------------------ for programs


def as_json(found: Explanation) -> str:
    """The explanation as JSON: the names of its fields, numbers unrounded, null where there is none."""
    return json.dumps(plain(found), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def plain(value: Any) -> Any:  # noqa: ANN401 - any part of an explanation
    """Dataclasses as objects, pairs of names and values as objects, places as texts."""
    if isinstance(value, Place):
        return str(value)
    if is_dataclass(value):
        return {field.name.removesuffix("_"): plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        if value and all(isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], str) for one in value):
            return {name: plain(one) for name, one in value}
        return [plain(one) for one in value]
    return value
