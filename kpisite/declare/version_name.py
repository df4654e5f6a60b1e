"""What a version may be called: it is a folder's name, below releases/ and in the site."""

import re
from typing import NamedTuple

from kpisite.periods import PeriodError, parse

LONGEST = 64
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST - 1}}}")
_LIKE_A_PERIOD = re.compile(r"\d{4}-(\d{1,2}(-\d{1,2})?|[A-Za-z]{1,2}\d{1,2})")
# What a build writes beside its versions, and how it calls a working report that is not what was released.
RESERVED = ("latest", "index.html", "versions.json", "versions.js")
DRAFT = "-draft"


class BadName(NamedTuple):
    """Why a version cannot be called this, and what to do."""

    what: str
    hint: str


def version_fault(name: str) -> BadName | None:
    """What is wrong with the name of a version; None for a good one."""
    if not _NAME.fullmatch(name):
        what = f"a version is a folder's name: up to {LONGEST} letters, digits, '.', '-' and '_'"
        return BadName(what, "Write one like 2026-07 or 2026-07-board; its title may be any text.")
    if name.casefold() in RESERVED or name.casefold().endswith(DRAFT):
        return BadName(f"the site itself uses the name '{name}'", "Choose another name, like 2026-07-board.")
    return _period_fault(name) if _LIKE_A_PERIOD.fullmatch(name) else None


def _period_fault(name: str) -> BadName | None:
    """A version that is called like a period must be one, in the spelling of its label."""
    try:
        label = parse(name).label
    except PeriodError as error:
        return BadName(f"'{name}' looks like a period and is none", error.hint)
    return None if label == name else BadName(f"'{name}' is not how the period is written", f"Write {label}.")
