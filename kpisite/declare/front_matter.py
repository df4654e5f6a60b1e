"""Markdown with YAML front matter: the part between two lines of --- at the top, and the text below it."""

from dataclasses import dataclass

from kpisite.errors import Place, Problems

FENCE = "---"


@dataclass(frozen=True, slots=True)
class Split:
    """A Markdown file in two: the YAML (None if there is no front matter), the text, and the lines before each."""

    front: str | None
    body: str
    body_line: int  # the line of the file in which the text begins, from 1

    # The YAML begins below the first fence.
    front_line: int = 2


def split(text: str, file: str, problems: Problems) -> Split | None:
    """Cut a Markdown file below its front matter; None if the front matter has no end."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return _body(None, lines, 0)
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return _body("\n".join(lines[1:number]) + "\n", lines, number + 1)
    problems.error(
        Place(file, 1, 1), "the front matter has no end", f"Close it with a line of {FENCE}.", "front-matter-open"
    )
    return None


def _body(front: str | None, lines: list[str], start: int) -> Split:
    while start < len(lines) and not lines[start].strip():
        start += 1
    return Split(front, "\n".join(lines[start:]).rstrip() + "\n" if start < len(lines) else "", start + 1)
