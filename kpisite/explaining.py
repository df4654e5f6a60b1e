"""An explanation for the terminal, in the words of a language, and for programs as JSON."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from kpisite.build import RELEASES, report_of
from kpisite.errors import AuthorError, Place, Problem, Problems, did_you_mean
from kpisite.evaluate.address import AddressError, find
from kpisite.evaluate.explain import explain
from kpisite.evaluate.explanation import Explanation
from kpisite.evaluate.report import Report
from kpisite.release.store import read_releases
from kpisite.render.board import board
from kpisite.render.edition import Edition, edition
from kpisite.render.texts import read_texts
from kpisite.render.theme import OWN, PLAIN
from kpisite.render.told import Grid, Paragraph, period_text, tell

INDENT = "  "


def report_for(config: Path, version: str | None) -> Report:
    """The working report, or a frozen one by its version; AddressError where there is none."""
    if version is None:
        return report_of(config, Problems())
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
    return "\n".join((*_head(e, found), *(line for one in tell(e, found) for line in _lines(e, one)))) + "\n"


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
