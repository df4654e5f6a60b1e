"""YAML that knows where everything stands: one pass over the parser's events gives plain values and their places.

Scalars follow the core schema of YAML 1.2 with one restraint: what looks like an id or a date stays text, so `no`,
`off`, `007`, `1:30` and `2025-09-30` are texts. Keys are always texts. Whatever could surprise a reader of the file
(duplicate keys, anchors and aliases, tags, several documents) is refused.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import yaml
from yaml import events

from kpisite.declare.model import Path
from kpisite.declare.syntax import explain, unprintable
from kpisite.errors import Place, Problems

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]

# Deeper than any declaration; a bomb of brackets stops here.
DEEPEST = 40
TOO_DEEP = f"nested deeper than {DEEPEST} levels"
FLATTER = "Make it flatter."
# Far beyond a site of 100,000 targets; more is a mistake or an attack.
MOST_NODES = 2_000_000
# Longer digits are account numbers, not amounts.
MOST_DIGITS = 18

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMBER_STARTS = frozenset("+-.0123456789")
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


# A comma ends a value of a mapping in braces, so that the thousands behind it become keys.
THOUSANDS = "Write a number without commas, like 50000000, not 50,000,000."


def is_three_digits(key: str) -> bool:
    """Does a key look like thousands that were cut off by a comma?"""
    return len(key) == 3 and key.isdecimal()


class _Spot(Protocol):
    """The parser's own mark; lines and columns from 0."""

    line: int
    column: int


class _Event(Protocol):
    """What the parser tells of one event; scalars alone have a value."""

    start_mark: _Spot
    anchor: str | None
    tag: str | None
    value: str
    implicit: tuple[bool, bool]


class Spelled(float):
    """A number that prints as its author wrote it, so that 2025.10 may become a text without losing its zero."""

    __slots__ = ("text",)
    text: str

    def __str__(self) -> str:
        """The author's spelling."""
        return self.text


class Mark(NamedTuple):
    """Where a value stands (for mappings and lists: its key), and where its key stands; lines and columns from 1."""

    line: int
    col: int
    key_line: int
    key_col: int


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says: its value and the mark of every part.

    `broken` are the parts that could not be read; `whole` means that the file was read to its end.
    """

    file: str
    value: Value
    marks: dict[Path, Mark]
    broken: tuple[Path, ...] = ()
    whole: bool = True


def scalar(text: str) -> bool | int | float | str | None:
    """The value of an unquoted scalar."""
    if text[:1] in _NUMBER_STARTS:
        if _INT.fullmatch(text):
            return int(text) if len(text) <= MOST_DIGITS else text
        if _FLOAT.fullmatch(text):
            return _number(text)
        return text
    return _CONSTANTS.get(text, text)


def _number(text: str) -> float:
    value = float(text)
    if str(value) == text:
        return value
    spelled = Spelled(value)
    spelled.text = text
    return spelled


def read_yaml(text: str, file: str, problems: Problems, prefix: Path = (), lines_before: int = 0) -> Document:
    """Read one document; problems are noted with their places and reading goes on where that is possible."""
    reader = _Reader(file, problems, prefix, lines_before)
    if not reader.is_printable(text):
        return Document(file, None, reader.marks, (), whole=False)
    whole = True
    try:
        for event in _events(text):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mistake = explain(error, text, lines_before)
        if "maximum nesting depth" in (error.problem or ""):
            # Newer versions of libyaml count, too: while they look for the end of a key, before the first event comes.
            reader.problem(mistake.line, mistake.col, TOO_DEEP, FLATTER, "yaml-depth")
        else:
            reader.problem(mistake.line, mistake.col, mistake.what, mistake.hint, "yaml-syntax")
        whole = False
    except _TooMuch:
        whole = False
    # Where the reading stopped, something lacks its end: what is being filled, or what has just been closed too early.
    unfinished = () if whole else (reader.last, *(frame.path for frame in reader.stack[-1:]))
    return Document(file, reader.root, reader.marks, (*reader.broken, *unfinished), whole)


def _events(text: str) -> Iterator[_Event]:
    # libyaml is eight times faster; some platforms ship PyYAML without it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while True:
            event = loader.get_event()
            yield event
            if type(event) is events.StreamEndEvent:
                return
    finally:
        loader.dispose()


class _TooMuch(Exception):  # noqa: N818 - ends the reading of one file; never leaves this module
    """The file is nested too deep or too long to be read on."""


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being filled; of a mapping, the key whose value comes next."""

    items: "list[Value] | dict[str, Value]"
    path: Path
    marks: dict[Path, Mark]
    key: str | None = None
    key_at: tuple[int, int] = (0, 0)
    ignored: bool = False  # the next value belongs to a key that was refused


@dataclass(slots=True)
class _Reader:
    """Builds values from events, without recursion."""

    file: str
    problems: Problems
    prefix: Path
    lines_before: int
    root: Value = None
    marks: dict[Path, Mark] = field(default_factory=dict)
    broken: list[Path] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    nodes: int = 0
    documents: int = 0
    last: Path = ()

    def take(self, event: _Event) -> None:
        """Take the next event."""
        take = _TAKES.get(type(event))
        if take:
            take(self, event)

    def problem(self, line: int, col: int, what: str, hint: str, code: str) -> None:
        """Note a mistake at a line and column of this text."""
        self.problems.error(Place(self.file, line + self.lines_before, col), what, hint, code)

    def is_printable(self, text: str) -> bool:
        """Refuse control characters, which neither people nor parsers see."""
        found = unprintable(text)
        if found is None:
            return True
        line, col, name = found
        self.problem(line, col, f"the character {name} cannot stand in YAML", "Remove it.", "yaml-character")
        return False

    def _close(self, event: _Event) -> None:
        self.stack.pop()

    def _mapping(self, event: _Event) -> None:
        self._open(event, {})

    def _sequence(self, event: _Event) -> None:
        self._open(event, [])

    def _alias(self, event: _Event) -> None:
        hint = "Write the value out again."
        self._refuse(event, f"the alias '*{event.anchor}' is not allowed", hint, "yaml-alias")
        self.broken.append(self._put(None, event))

    def _document(self, event: _Event) -> None:
        self.documents += 1
        if self.documents > 1:
            self._refuse(
                event,
                "a second document begins here",
                "Keep one document per file: remove this '---'.",
                "yaml-documents",
            )
            raise _TooMuch

    def _refuse(self, event: _Event, what: str, hint: str, code: str) -> None:
        mark = event.start_mark
        self.problem(mark.line + 1, mark.column + 1, what, hint, code)

    def _check(self, event: _Event, tag: str | None) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._refuse(
                event, f"the file has more than {MOST_NODES:,} values", "Move targets in bulk to CSV.", "yaml-size"
            )
            raise _TooMuch
        if event.anchor is not None:
            self._refuse(
                event,
                f"the anchor '&{event.anchor}' is not allowed",
                "Write the value out wherever it is needed.",
                "yaml-alias",
            )
        if tag is not None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(
                event, f"the tag '{shown}' is not allowed", "Remove it; quote a value that must stay text.", "yaml-tag"
            )

    def _scalar(self, event: _Event) -> None:
        if event.anchor is not None or event.tag is not None or self.nodes >= MOST_NODES:
            self._check(event, event.tag)
        else:
            self.nodes += 1
        stack = self.stack
        if stack:
            top = stack[-1]
            if top.key is None and not top.ignored and isinstance(top.items, dict):
                self._key(top, event)
                return
        self._put(scalar(event.value) if event.implicit[0] else event.value, event)

    def _key(self, top: _Frame, event: _Event) -> None:
        mark = event.start_mark
        key = event.value
        at = (mark.line + 1 + self.lines_before, mark.column + 1)
        if key in top.items:
            first = top.marks[(*top.path, key)].key_line
            self._refuse(
                event,
                f"the key '{key}' stands here twice",
                THOUSANDS if is_three_digits(key) else f"The first is in line {first}; keep one.",
                "yaml-duplicate",
            )
            top.ignored = True
            return
        top.key, top.key_at = key, at

    def _open(self, event: _Event, items: "list[Value] | dict[str, Value]") -> None:
        self._check(event, event.tag)
        if len(self.stack) >= DEEPEST:
            self._refuse(event, TOO_DEEP, FLATTER, "yaml-depth")
            raise _TooMuch
        top = self.stack[-1] if self.stack else None
        detached = top is not None and (top.ignored or (top.key is None and isinstance(top.items, dict)))
        path = self._put(items, event)
        # What stands below a refused key is read for its own mistakes only.
        self.stack.append(_Frame(items, path, {} if detached or (top and top.marks is not self.marks) else self.marks))

    def _put(self, value: Value, event: _Event) -> Path:
        """Hang a value into the mapping or list around it; gives its path."""
        mark = event.start_mark
        # Within quotes the text begins one column later: formulas point at their own characters.
        opened = getattr(event, "style", None) in ("'", '"')
        line, col = mark.line + 1 + self.lines_before, mark.column + 1 + opened
        if not self.stack:
            self.root = value
            self.marks[self.prefix] = Mark(line, col, line, col)
            return self.prefix
        top = self.stack[-1]
        items = top.items
        if isinstance(items, list):
            path: Path = (*top.path, len(items))
            items.append(value)
            top.marks[path] = Mark(line, col, line, col)
            return path
        if top.ignored:
            top.ignored = False
            return top.path
        if top.key is None:
            self._refuse(
                event,
                "a key must be a plain word",
                "Put braces and brackets in quotes if they are meant as text.",
                "yaml-key",
            )
            top.ignored = True
            self.broken.append(top.path)
            return top.path
        path = self.last = (*top.path, top.key)
        items[top.key] = value
        if value.__class__ is dict or value.__class__ is list:
            line, col = top.key_at
        top.marks[path] = Mark(line, col, *top.key_at)
        top.key = None
        return path


_TAKES: dict[type[object], Callable[[_Reader, _Event], None]] = {
    events.ScalarEvent: _Reader._scalar,
    events.MappingStartEvent: _Reader._mapping,
    events.SequenceStartEvent: _Reader._sequence,
    events.MappingEndEvent: _Reader._close,
    events.SequenceEndEvent: _Reader._close,
    events.AliasEvent: _Reader._alias,
    events.DocumentStartEvent: _Reader._document,
}
