"""A line of an author's file with a caret under the place that is meant."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from kpisite.errors import Problem, Problems

# Longer lines are cut around the caret, so that both stay on one row of a terminal.
WIDEST = 100
# Characters kept on either side of the caret in a long line, be they all full-width.
_AROUND = WIDEST // 4 - 1
_TAB = 4


def columns(text: str) -> int:
    """How many columns of a terminal a text takes; full-width characters take two, combining ones none."""
    width = 0
    for character in text:
        if unicodedata.combining(character):
            continue
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def excerpt(line: str, col: int) -> str:
    """The line and, below it, a caret at this column (in characters, from 1)."""
    before, after = line[: col - 1].expandtabs(_TAB), line[col - 1 :].expandtabs(_TAB)
    if columns(before) > WIDEST // 2:
        before = "…" + before[-_AROUND:]
    if columns(before + after) > WIDEST:
        after = after[:_AROUND] + "…"
    return f"    {before}{after}\n    {' ' * columns(before)}^"


def with_excerpts(problems: Problems, texts: Mapping[str, str]) -> None:
    """Give every problem with a known place the line it speaks of."""
    lines = {
        file: texts[file].split("\n") for file in {problem.place.file for problem in problems.found} & texts.keys()
    }
    problems.found[:] = [_with(problem, lines.get(problem.place.file, ())) for problem in problems.found]


def _with(problem: Problem, lines: "list[str] | tuple[()]") -> Problem:
    place = problem.place
    if problem.excerpt or not place.col or not 0 < place.line <= len(lines):
        return problem
    return replace(problem, excerpt=excerpt(lines[place.line - 1], place.col))
