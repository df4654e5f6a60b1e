"""The draft of a site: what all files say, put together section by section, before its shape is checked."""

from dataclasses import dataclass, field

from kpisite.declare.fields import is_list, is_mapping, keys_at
from kpisite.declare.model import Path
from kpisite.declare.yaml_source import Document, Mark, Value
from kpisite.errors import Place, Problems, did_you_mean

# What one entry of a section is called in messages.
NOUNS = {
    "sources": "source",
    "connections": "connection",
    "lines": "line",
    "units": "unit",
    "params": "param",
    "measures": "measure",
    "indicators": "indicator",
    "families": "family",
    "products": "product",
    "practices": "practice",
    "plans": "plan",
    "glossary": "term",
    "texts": "page",
}


@dataclass(slots=True)
class Draft:
    """Sections by name, the mark of every part with its file, and the entries that could not be read."""

    config: str
    sections: dict[str, Value] = field(default_factory=dict)
    marks: dict[Path, tuple[str, Mark]] = field(default_factory=dict)
    bodies: dict[str, dict[str, str]] = field(default_factory=dict)
    body_places: dict[Path, Place] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)
    whole: bool = True  # every file was read to its end
    some_targets: bool = False  # files of targets have mistakes, so that weights may be missing

    def ids(self, section: str) -> tuple[str, ...]:
        """All ids declared in a section, also of entries that are not in shape."""
        part = self.sections.get(section)
        return tuple(part) if isinstance(part, dict) else ()

    def is_readable(self, section: str) -> bool:
        """Are the ids of this section known, be there any or none?"""
        return isinstance(self.sections.get(section, {}), dict)

    def place(self, *path: str | int) -> Place:
        """Where this part stands, or the nearest part around it."""
        return self._nearest(path, key=False)

    def key_place(self, *path: str | int) -> Place:
        """Where the key of this part stands."""
        return self._nearest(path, key=True)

    def places(self) -> dict[Path, Place]:
        """The places of all parts."""
        return {path: Place(file, mark.line, mark.col) for path, (file, mark) in self.marks.items()} | self.body_places

    def _nearest(self, path: Path, *, key: bool) -> Place:
        for end in range(len(path), 0, -1):
            found = self.marks.get(path[:end])
            if found:
                file, mark = found
                whole_path = end == len(path)
                return Place(file, *(mark[2:] if key and whole_path else mark[:2]))
        return Place(self.config)


def add(draft: Draft, document: Document, problems: Problems) -> None:
    """Add what one file says to the draft; ids and sections that another file has declared are problems."""
    draft.whole = draft.whole and document.whole
    if document.value is None:
        return
    if not isinstance(document.value, dict):
        mark = document.marks[()]
        problems.error(
            Place(document.file, mark.line, mark.col),
            "the file holds no sections",
            "Begin with a line like 'indicators:'.",
            "no-sections",
        )
        return
    merge = _Merge(draft, document, problems)
    for section, part in document.value.items():
        merge.section(section, part)
    merge.marks()
    draft.broken |= {entry_of(path) for path in document.broken if path and not _keeps_entries(path, draft)}


def _keeps_entries(path: Path, draft: Draft) -> bool:
    """A section of ids that is cut short keeps the entries that were read."""
    section = str(path[0])
    return len(path) == 1 and is_mapping(section) and draft.is_readable(section)


def entry_of(path: Path) -> Path:
    """The entry of a section that a path lies in; the section itself where it has no ids."""
    return path[:2] if path and is_mapping(str(path[0])) else path[:1]


@dataclass(slots=True)
class _Merge:
    """One document on its way into the draft."""

    draft: Draft
    document: Document
    problems: Problems
    refused: set[Path] = field(default_factory=set)
    shifts: dict[str, int] = field(default_factory=dict)

    def section(self, section: str, part: Value) -> None:
        """Take a section whole, entry by entry, or item by item."""
        known = self.draft.sections
        if section not in keys_at(()):
            self.draft.whole = False
            self._refuse(
                (section,), f"there is no section '{section}'", did_you_mean(section, keys_at(())), "unknown-section"
            )
        elif is_mapping(section) and isinstance(part, dict | None):
            self._entries(section, known.setdefault(section, {}), part or {})
        elif is_list(section) and isinstance(part, list | None):
            self._items(section, known.setdefault(section, []), part or [])
        elif section in known:
            first = self.draft.place(section)
            self._refuse(
                (section,),
                f"the section '{section}' is declared twice",
                f"The first is at {first}; keep one.",
                "duplicate-section",
            )
        else:
            known[section] = part
            if section == "bank":
                _targets_as_lists(part)

    def marks(self) -> None:
        """Take the marks of all that was taken."""
        file, marks = self.document.file, self.draft.marks
        for path, mark in self.document.marks.items():
            if self.refused and (path[:1] in self.refused or path[:2] in self.refused):
                continue
            moved = self._moved(path) if self.shifts else path
            marks.setdefault(_with_index(moved), (file, mark))

    def _entries(self, section: str, known: Value, part: dict[str, Value]) -> None:
        if not isinstance(known, dict):
            return
        for id_, entry in part.items():
            if id_ in known:
                first = self.draft.key_place(section, id_)
                what = f"the {NOUNS[section]} '{id_}' is declared twice"
                self._refuse((section, id_), what, f"The first is at {first}; keep one.", "duplicate-id")
                continue
            known[id_] = entry
            if section == "products":
                _targets_as_lists(entry)

    def _items(self, section: str, known: Value, part: list[Value]) -> None:
        if isinstance(known, list):
            self.shifts[section] = len(known)
            known.extend(part)

    def _moved(self, path: Path) -> Path:
        shift = self.shifts.get(str(path[0])) if len(path) > 1 else None
        return (path[0], int(path[1]) + shift, *path[2:]) if shift else path

    def _refuse(self, path: Path, what: str, hint: str, code: str) -> None:
        mark = self.document.marks[path]
        self.problems.error(Place(self.document.file, mark.key_line, mark.key_col), what, hint, code)
        self.refused.add(path)


def _targets_as_lists(entry: Value) -> None:
    """A target written singly is a list of one, as the model has it."""
    key = entry.get("key") if isinstance(entry, dict) else None
    if isinstance(key, dict):
        for indicator, target in key.items():
            if isinstance(target, dict):
                key[indicator] = [target]


def _with_index(path: Path) -> Path:
    """The path of a part of a target written singly, as if it stood in a list."""
    at = 4 if path[:1] == ("products",) else 3
    if len(path) > at and path[at - 2] == "key" and isinstance(path[at], str) and (at == 4 or path[0] == "bank"):
        return (*path[:at], 0, *path[at:])
    return path
