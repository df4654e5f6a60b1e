"""Which keys and values the model allows at a path of the declarations."""

import types
from functools import cache
from typing import Annotated, Literal, TypeGuard, Union, get_args, get_origin

from kpisite.declare.model import Model, Path, Site

# Parts of Site that are made by reading, not written by an author.
NOT_WRITTEN = frozenset({"bodies", "places"})


@cache
def keys_at(path: Path) -> tuple[str, ...]:
    """The keys an author may write in the mapping at this path; none where ids are free."""
    model = _type_at(path)
    if not _is_model(model):
        return ()
    names = (field.alias or name for name, field in model.model_fields.items())
    return tuple(name for name in names if not (model is Site and name in NOT_WRITTEN))


def words_at(path: Path) -> tuple[str, ...]:
    """The words to choose from at this path; none where the value is free."""
    found = _type_at(path)
    return tuple(str(word) for word in get_args(found)) if get_origin(found) is Literal else ()


@cache
def is_mapping(section: str) -> bool:
    """Does this section map ids to things, so that several files may share it?"""
    return get_origin(_type_at((section,))) is dict


@cache
def is_list(section: str) -> bool:
    """Is this section a list, so that several files may add to it?"""
    return get_origin(_type_at((section,))) is tuple


def _type_at(path: Path) -> object:
    found: object = Site
    for part in path:
        if _is_model(found):
            fields = {field.alias or name: field.annotation for name, field in found.model_fields.items()}
            found = _bare(fields.get(str(part)))
        elif get_origin(found) is dict:
            found = _bare(get_args(found)[1])
        elif get_origin(found) is tuple:
            found = _bare(get_args(found)[0])
        else:
            return None
    return found


def _bare(found: object) -> object:
    """The type without its validators and without None."""
    while get_origin(found) is Annotated:
        found = get_args(found)[0]
    if get_origin(found) in (Union, types.UnionType):
        return next((_bare(part) for part in get_args(found) if part is not type(None)), None)
    return found


def _is_model(found: object) -> TypeGuard[type[Model]]:
    return isinstance(found, type) and issubclass(found, Model)
