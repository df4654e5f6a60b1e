"""What pydantic found wrong, in the words of someone who writes YAML, and where it stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kpisite.declare.draft import NOUNS, Draft
from kpisite.declare.fields import keys_at, words_at
from kpisite.declare.model import Path
from kpisite.declare.yaml_source import THOUSANDS, is_three_digits
from kpisite.errors import Place, Problem, did_you_mean

# One finding as pydantic reports it: loc, type, msg, input, ctx.
Finding = Mapping[str, object]

_LIST = "a list"
_MAPPING = "a mapping (lines of 'key: value')"
# What was expected, by the beginning of pydantic's type of error.
_EXPECTED = (
    ("int", "a whole number"),
    ("float", "a number"),
    ("finite_number", "a finite number"),
    ("bool", "true or false"),
    ("string", "a text"),
    ("tuple_type", _LIST),
    ("list", _LIST),
    ("dict", _MAPPING),
    ("model", _MAPPING),
)
_LIMITS = {
    "greater_than_equal": "at least",
    "less_than_equal": "at most",
    "greater_than": "more than",
    "less_than": "less than",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding with its path in the author's own mapping; `choice` if it is one of several ways to read a value."""

    path: Path
    finding: Finding
    value: object
    is_key: bool = False
    choice: bool = False

    @property
    def type(self) -> str:
        return str(self.finding["type"])

    def limit(self, *names: str) -> object:
        """The first of these facts that pydantic gives about the finding."""
        facts = self.finding.get("ctx")
        return next((facts[name] for name in names if name in facts), None) if isinstance(facts, dict) else None


def problems_of(findings: Iterable[Finding], draft: Draft) -> list[tuple[Path, Problem]]:
    """One problem for each mistake, with the path of the entry it stands in."""
    worded: dict[Path, Problem] = {}
    for finding in findings:
        found = _locate(finding, draft)
        worded.setdefault((*found.path, "[key]") if found.is_key else found.path, _problem(found, draft))
    return [(path, problem) for path, problem in worded.items() if not _is_told(path, worded)]


def _is_told(path: Path, worded: Mapping[Path, Problem]) -> bool:
    """A key that is missing because it is misspelt is told where it is misspelt."""
    if worded[path].code != "missing-key":
        return False
    hint = f"Did you mean '{path[-1]}'?"
    return any(other[:-1] == path[:-1] and problem.hint == hint for other, problem in worded.items())


def name_of(path: Path) -> str:
    """What an author calls this part: 'direction' of indicator 'csat'."""
    if not path:
        return "the site"
    section = str(path[0])
    if section not in NOUNS:
        return f"section '{section}'" if len(path) == 1 else f"'{_dotted(path)}'"
    if len(path) == 1:
        return f"section '{section}'"
    thing = f"{NOUNS[section]} '{path[1]}'"
    return f"'{_dotted(path[2:])}' of {thing}" if len(path) > 2 and _dotted(path[2:]) else thing


def _dotted(path: Path) -> str:
    # Positions in lists are left out: the line number tells them better.
    return ".".join(part for part in path if isinstance(part, str))


def _locate(finding: Finding, draft: Draft) -> _Found:
    """Follow pydantic's location through what was written; parts that were not written are labels of pydantic's own."""
    loc = finding["loc"]
    parts = loc if isinstance(loc, tuple) else ()
    here: object = draft.sections
    path: list[str | int] = []
    for number, part in enumerate(parts):
        if part == "[key]":
            return _Found(tuple(path), finding, here, is_key=True)
        is_written, below = _below(here, part)
        if not is_written and finding["type"] == "missing" and number == len(parts) - 1:
            return _Found((*path, part), finding, None)
        if not is_written:
            # A label as 'float' or 'tuple[...]' is a way in which the value might be read; a number is the place
            # of a target that stands alone.
            return _Found(tuple(path), finding, here, choice=not isinstance(part, int))
        path.append(part)
        here = below
    return _Found(tuple(path), finding, here)


def _below(here: object, part: object) -> tuple[bool, object]:
    """Is this part written there, and what does it say?"""
    if isinstance(here, dict):
        return part in here, here.get(part)
    if isinstance(here, list) and isinstance(part, int) and part < len(here):
        return True, here[part]
    return False, None


def _problem(found: _Found, draft: Draft) -> Problem:
    path, name = found.path, name_of(found.path)
    value = found.value
    if found.choice:
        return Problem(
            draft.place(*path), f"{name} must be a number or a range [low, high], not {_shown(value)}", "", "bad-type"
        )
    if found.type == "missing":
        return _missing(path, draft)
    if found.type == "extra_forbidden":
        hint = THOUSANDS if is_three_digits(str(path[-1])) else did_you_mean(str(path[-1]), keys_at(path[:-1]))
        return Problem(draft.key_place(*path), f"{name_of(path[:-1])} has no key '{path[-1]}'", hint, "unknown-key")
    if value is None:
        return Problem(draft.place(*path), f"{name} is empty", "Write a value, or remove the key.", "empty-value")
    place = draft.key_place(*path) if found.is_key else draft.place(*path)
    for match, words in _WORDINGS:
        if match(found.type):
            return words(found, name, place)
    return Problem(place, f"{name} must be {_expected(found)}, not {_shown(value)}", "", "bad-type")


def _missing(path: Path, draft: Draft) -> Problem:
    around, last = path[:-1], path[-1]
    place = draft.place(*around)
    if not around:
        return Problem(
            Place(draft.config),
            f"there is no section '{last}'",
            "Every site has 'site' and 'report'.",
            "missing-section",
        )
    if isinstance(last, int):
        return Problem(place, f"{name_of(around)} needs more than {last} value{'s' * (last != 1)}", "", "bad-length")
    words = words_at(path)
    hint = f"Write one of: {', '.join(words)}." if words else ""
    return Problem(place, f"{name_of(around)} has no '{last}'", hint, "missing-key")


def _choice(found: _Found, name: str, place: Place) -> Problem:
    words = [word for number, word in enumerate(str(found.limit("expected")).split("'")) if number % 2]
    written = _shown(found.value)
    return Problem(place, f"{name} cannot be {written}", did_you_mean(written.strip("'"), words), "unknown-word")


def _range(found: _Found, name: str, place: Place) -> Problem:
    limit = found.limit("ge", "gt", "le", "lt")
    bound = f"{limit:g}" if isinstance(limit, int | float) else str(limit)
    return Problem(
        place, f"{name} must be {_LIMITS[found.type]} {bound}, not {_shown(found.value)}", "", "out-of-range"
    )


def _length(found: _Found, name: str, place: Place) -> Problem:
    most = found.limit("max_length")
    what = f"{name} has more than {most} values" if most is not None else f"{name} needs at least one value"
    return Problem(place, what, "", "bad-length")


def _value(found: _Found, name: str, place: Place) -> Problem:
    what, _, hint = str(found.limit("error")).partition(". ")
    code = "bad-id" if found.is_key else "bad-value"
    return Problem(place, f"{name}: {what}", hint, code)


_WORDINGS: tuple[tuple[Callable[[str], bool], Callable[[_Found, str, Place], Problem]], ...] = (
    (lambda type_: type_ in ("literal_error", "enum"), _choice),
    (lambda type_: type_ in _LIMITS, _range),
    (lambda type_: type_ in ("too_long", "too_short"), _length),
    (lambda type_: type_ == "value_error", _value),
)


def _expected(found: _Found) -> str:
    for start, expected in _EXPECTED:
        if found.type.startswith(start):
            return expected
    return str(found.finding["msg"])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return f"'{value}'" if isinstance(value, str) else str(value)
