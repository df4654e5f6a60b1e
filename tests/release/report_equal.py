"""Are two reports the same, array by array?"""

from dataclasses import fields

import numpy as np


def differences(one, other):
    """The names of everything in which two reports differ, apart from being frozen."""
    plain = ("version", "title", "period", "as_of", "subjects", "indicators", "families", "actions", "sources")
    found = [name for name in plain if getattr(one, name) != getattr(other, name)]
    if one.site.model_dump() != other.site.model_dump():
        found.append("site")
    if not np.array_equal(one.role, other.role):
        found.append("role")
    found += [f"inputs.{name}" for name in _differing_inputs(one.inputs, other.inputs)]
    for group in ("figures", "scores", "signals"):
        left, right = getattr(one, group), getattr(other, group)
        if list(left) != list(right):
            found.append(f"{group}: {list(left)} {list(right)}")
            continue
        found += [f"{group}.{grain}.{name}" for grain in left for name in _differing(left[grain], right[grain])]
    found += [f"outlook.{name}" for name in _differing(one.outlook, other.outlook)]
    return found


def _differing(one, other):
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            same = left.dtype == right.dtype and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
        else:
            same = left == right
        if not same:
            yield field.name


def _differing_inputs(one, other):
    if (one.start, one.months, one.asked) != (other.start, other.months, other.asked):
        yield "axis"
    if list(one.measures) != list(other.measures):
        yield "measures"
        return
    for name, left in one.measures.items():
        yield from (f"{name}.{field}" for field in _differing(left, other.measures[name]))
