"""The definition versions of one indicator: which formula is in force from which month, over which measures."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Indicator
from kpisite.measure.axis import Indexes
from kpisite.measure.cube import NEVER, Cube
from kpisite.measure.expression import Expression, Name, Number, parse_formula, walk


@dataclass(frozen=True, slots=True)
class Version:
    """One formula, the month (its number) from which it is in force, and the month of the last break before it."""

    formula: Expression
    valid_from: int
    comparable_from: int  # figures before are not comparable; 0 = there is no break
    condition: Expression | None  # where it holds, the figure has no meaning


# Before anything was ever defined.
BEGINNING = 0


def versions(indicator: Indicator, names: Collection[str]) -> tuple[Version, ...]:
    """The versions in the order of their months; the first one also stands for the time before it."""
    condition = None
    if indicator.missing_when is not None:
        condition = parse_formula(indicator.missing_when.formula, names)
    own = indicator.formula or "0"
    ordered = sorted(indicator.definitions, key=lambda definition: definition.valid_from.last_month)
    if not ordered:
        return (Version(parse_formula(own, names), BEGINNING, BEGINNING, condition),)
    found: list[Version] = []
    comparable_from = BEGINNING
    for definition in ordered:
        begins = definition.valid_from.last_month if found else BEGINNING
        if found and not definition.comparable:
            comparable_from = begins
        formula = parse_formula(definition.formula or own, names)
        found.append(Version(formula, begins, comparable_from, condition))
    return tuple(found)


def needed(expression: Expression, params: Mapping[str, float]) -> frozenset[str]:
    """The measures that must be there for an expression to have a value."""
    if isinstance(expression, Number):
        return frozenset()
    if isinstance(expression, Name):
        return frozenset() if expression.name in params else frozenset([expression.name])
    parts = [needed(arg, params) for arg in expression.args]
    if expression.name == "coalesce":
        return frozenset.intersection(*parts)
    if expression.name == "if":
        return parts[0] | (parts[1] & parts[2])
    return frozenset.union(*parts)


def measures_of(expression: Expression, params: Mapping[str, float]) -> frozenset[str]:
    """All measures that an expression names."""
    return frozenset(part.name for part in walk(expression) if isinstance(part, Name) and part.name not in params)


def since(names: Iterable[str], cube: Cube) -> Indexes:
    """The month from which each product has all these measures; NEVER without one of them."""
    found = np.full(cube.products, -NEVER, dtype=np.intp)
    for name in sorted(names):
        found = np.maximum(found, cube.measures[name].first)
    return found
