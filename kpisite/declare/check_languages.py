"""Is every text that is given per language given in all languages of the site?"""

import types
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated, Union, get_args, get_origin

from kpisite.declare.check_names import LANGUAGE
from kpisite.declare.draft import Draft
from kpisite.declare.model import Model, Path, Site
from kpisite.errors import Problems
from kpisite.languages import Text


def check_languages(site: Site, draft: Draft, problems: Problems) -> None:
    """Note texts that lack a language; readers see another language there."""
    languages = [language for language in site.site.languages if LANGUAGE.fullmatch(language)]
    for path, written in _written(site, ()):
        missing = [language for language in languages if language not in written]
        if missing:
            problems.warn(draft.place(*path), *_words(str(path[-1]), missing, written), "missing-language")


def _words(name: str, missing: Iterable[str], written: Iterable[str]) -> tuple[str, str]:
    return f"'{name}' has no text in {', '.join(missing)}", f"It has {', '.join(written)}."


def _written(value: object, path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Every text given per language, with the languages it has."""
    if isinstance(value, Text):
        languages = tuple(language for language, _ in value.values)
        if languages not in ((), ("",)):
            yield path, languages
    elif isinstance(value, Model):
        for name, written in _speaking(type(value)):
            yield from _written(getattr(value, name), (*path, written))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _written(part, (*path, key))
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from _written(part, (*path, number))


@cache
def _speaking(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """The fields of a model that hold texts somewhere below, with the names authors give them."""
    return tuple((name, field.alias or name) for name, field in model.model_fields.items() if _speaks(field.annotation))


def _speaks(found: object) -> bool:
    if get_origin(found) in (Annotated, Union, types.UnionType, dict, tuple):
        return any(_speaks(part) for part in get_args(found))
    if isinstance(found, type):
        return found is Text or (issubclass(found, Model) and bool(_speaking(found)))
    return False
