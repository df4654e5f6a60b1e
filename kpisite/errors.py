"""Where an author's mistake stands, what it is, and what to do about it."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file of the site: path below the site's folder, line and column from 1 (0 = the whole file)."""

    file: str
    line: int = 0
    col: int = 0

    def __str__(self) -> str:
        """Print as file:line:col, leaving out what is not known."""
        parts = [self.file, *(str(n) for n in (self.line, self.col) if n)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake or doubt: its place, what is wrong in the author's own spelling, and a hint."""

    place: Place
    what: str
    hint: str = ""
    code: str = ""
    level: str = "error"
    excerpt: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Print as one line: file:line:col: level: what. hint."""
        hint = f" {self.hint}" if self.hint else ""
        # What an author wrote may have line ends in it; a problem is one line.
        return " ".join(f"{self.place}: {self.level}: {self.what}.{hint}".splitlines())


# Codes of problems without which there is hardly a site.
FIRST = ("no-site", "missing-section")


class AuthorError(Exception):
    """The site cannot be built until its authors have mended these problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of their places, each once; first those that explain many others."""
        self.problems = tuple(sorted(set(problems), key=lambda one: (one.code not in FIRST, one)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """Gathers problems so that all of them are shown together."""

    def __init__(self) -> None:
        """Start with none."""
        self.found: list[Problem] = []

    def error(self, place: Place, what: str, hint: str = "", code: str = "", excerpt: str = "") -> None:
        """Note a mistake that stops the build."""
        self.found.append(Problem(place, what, hint, code, "error", excerpt))

    def warn(self, place: Place, what: str, hint: str = "", code: str = "") -> None:
        """Note a doubt that the build reports and survives."""
        self.found.append(Problem(place, what, hint, code, "warning"))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the build."""
        return tuple(p for p in self.found if p.level == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that do not."""
        return tuple(p for p in self.found if p.level != "error")

    def stop_if_any(self) -> None:
        """Raise AuthorError with everything gathered so far if one of them is an error."""
        if self.errors:
            raise AuthorError(self.found)


# Lines that are named where one mistake stands in many.
MOST_LINES = 5


def in_lines(lines: Sequence[int]) -> str:
    """Where a mistake that is told once stands, as ' (lines 2, 5, 9 and 12 more)'; nothing for a single line."""
    shown = ", ".join(str(line) for line in lines[:MOST_LINES])
    more = f" and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
    return f" (lines {shown}{more})" if len(lines) > 1 else ""


# Shown in a hint: more names than this are noise.
MOST_NAMES = 8


# Of names this short one other character is most of the difference that difflib allows; a unit behind one is not.
_SHORT = range(3, 6)
_UNIT = re.compile(r"\s*[(（][^()（）]*[)）]$")


def nearest(word: str, known: Iterable[str]) -> str:
    """The question whether the nearest known name was meant; empty when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    near = near or [name for name in names if _differs_in_one(word, _UNIT.sub("", name))]
    return f"Did you mean '{near[0]}'?" if near else ""


def _differs_in_one(word: str, name: str) -> bool:
    return len(word) == len(name) in _SHORT and sum(a != b for a, b in zip(word, name, strict=True)) <= 1


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name, or list the known names when none is near."""
    names = sorted(known)
    near = nearest(word, names)
    if near:
        return near
    if not names:
        return ""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"Known: {', '.join(names[:MOST_NAMES])}{more}."
