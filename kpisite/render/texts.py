"""The texts of the theme in each language, with the site's own wording over them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from kpisite.errors import Place, Problem

Words = dict[str, Any]
# The language whose keys the others must have.
MODEL = "en"


def read_texts(theme: Path, own: Path, problems: list[Problem]) -> dict[str, Words]:
    """The texts by language; notes texts of the site that nobody asks for, and those that a new language lacks."""
    texts = {path.stem: _load(path, path.name, problems) for path in sorted(theme.glob("*.yaml"))}
    wanted = set(_keys(texts[MODEL]))
    for path in sorted(own.glob("*.yaml")):
        name = f"templates/locale/{path.name}"
        changes = _load(path, name, problems)
        own_ways = texts.get(path.stem, {})
        problems += [
            Problem(Place(name), f"no text is called {'.'.join(key)!r}", "The theme's own locale files list them all.")
            for key in sorted(set(_keys(changes)) - wanted - set(_keys(own_ways)))
        ]
        texts[path.stem] = merged(own_ways, changes)
        problems += [
            Problem(Place(name), f"the text {'.'.join(key)!r} is missing", "A new language needs every text.")
            for key in sorted(wanted - set(_keys(changes)))
            if not own_ways
        ]
    return texts


def merged(words: Mapping[str, Any], changes: Mapping[str, Any]) -> Words:
    """The words with the changes over them, at any depth."""
    result = dict(words)
    for key, value in changes.items():
        before = result.get(key)
        result[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def _keys(words: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from _keys(value, (*above, key))
        else:
            yield (*above, key)


def _load(path: Path, name: str, problems: list[Problem]) -> Words:
    # The C loader reads a locale file ten times faster; both give the same.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # a safe loader either way
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        problems.append(Problem(place, f"this is not YAML: {error.problem}"))
        return {}
    return found if isinstance(found, dict) else {}
