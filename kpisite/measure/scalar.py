"""What a measure computes from its atoms: in floats, exact where decimals allow it, missing where SQL has NULL."""

from collections.abc import Callable, Mapping

import numpy as np
from sqlglot import exp

from kpisite.measure.cells import DECIMALS, EXACT
from kpisite.measure.series import Floats

COMPARED: Mapping[type[exp.Expr], Callable[[Floats, Floats], Floats]] = {
    exp.EQ: lambda a, b: (a == b).astype(np.float64),
    exp.NEQ: lambda a, b: (a != b).astype(np.float64),
    exp.GT: lambda a, b: (a > b).astype(np.float64),
    exp.GTE: lambda a, b: (a >= b).astype(np.float64),
    exp.LT: lambda a, b: (a < b).astype(np.float64),
    exp.LTE: lambda a, b: (a <= b).astype(np.float64),
}
# What may stand outside of aggregates; texts are compared within them.
SCALARS = (
    *COMPARED, exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg, exp.Abs, exp.Add,
    exp.Sub, exp.Mul, exp.Div, exp.And, exp.Or, exp.Not, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.In, exp.Is,
    exp.Between,
)  # fmt: skip
Inner = Callable[[exp.Expr], Floats]


def evaluate(tree: exp.Expr, atoms: Mapping[str, Floats]) -> Floats:
    """The value over arrays of equal length, NaN where it is missing; truth is 1, 0 or NaN for unknown."""
    size = len(next(iter(atoms.values())))
    with np.errstate(all="ignore"):
        found = np.broadcast_to(_value(tree, atoms), (size,)).astype(np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def _value(tree: exp.Expr, atoms: Mapping[str, Floats]) -> Floats:
    """Each kind of node by its own rule; the rest takes two sides."""
    if isinstance(tree, exp.Column):
        return atoms[tree.name]
    for kinds, rule in RULES:
        if isinstance(tree, kinds):
            return rule(tree, lambda part: _value(part, atoms))
    return _binary(tree, _value(tree.this, atoms), _value(tree.expression, atoms))


def _constant(tree: exp.Expr, value: Inner) -> Floats:
    if isinstance(tree, exp.Null):
        return np.array(np.nan)
    return np.array(float(tree.this))


def _binary(tree: exp.Expr, left: Floats, right: Floats) -> Floats:
    match tree:
        case exp.Add() | exp.Sub() | exp.Mul():
            return _exact(tree, left, right)
        case exp.Div():
            return left / np.where(right == 0, np.nan, right)
        case exp.Nullif():
            return np.where(left == right, np.nan, left)
        case exp.And():
            return _both([left, right])
        case exp.Or():
            return _either([left, right])
        case _:
            return _compared(type(tree), left, right)


def _exact(tree: exp.Expr, left: Floats, right: Floats) -> Floats:
    """Sums, differences and products of decimals are decimals: 0.3 - 0.1 is 0.2."""
    decimals = _decimals(left), _decimals(right)
    if isinstance(tree, exp.Mul):
        found, places = left * right, sum(decimals)
    else:
        found, places = left + right if isinstance(tree, exp.Add) else left - right, max(decimals)
    scale = 10.0**places
    certain = np.maximum(np.maximum(np.abs(left), np.abs(right)), np.abs(found)) * scale < EXACT / 4
    return np.where(certain, np.rint(found * scale) / scale, found)


def _decimals(values: Floats) -> int:
    """The decimals in which all values are written, as far as floats can tell."""
    for decimals in range(DECIMALS):
        scaled = values * 10.0**decimals
        told = np.abs(scaled) < EXACT
        if np.array_equal((np.rint(scaled) / 10.0**decimals)[told], values[told]):
            return decimals
    return DECIMALS


def _compared(how: type[exp.Expr], left: Floats, right: Floats) -> Floats:
    return np.where(np.isnan(left) | np.isnan(right), np.nan, COMPARED[how](left, right))


def _both(parts: list[Floats]) -> Floats:
    """SQL's AND: false where one is false, unknown where one is unknown."""
    parts = list(np.broadcast_arrays(*parts))
    false = np.any([part == 0 for part in parts], axis=0)
    unknown = np.any([np.isnan(part) for part in parts], axis=0)
    return np.where(false, 0.0, np.where(unknown, np.nan, 1.0))


def _either(parts: list[Floats]) -> Floats:
    parts = list(np.broadcast_arrays(*parts))
    true = np.any([~np.isnan(part) & (part != 0) for part in parts], axis=0)
    unknown = np.any([np.isnan(part) for part in parts], axis=0)
    return np.where(true, 1.0, np.where(unknown, np.nan, 0.0))


def _first_there(parts: list[Floats]) -> Floats:
    found = parts[0]
    for part in parts[1:]:
        found = np.where(np.isnan(found), part, found)
    return found


def _chosen(tree: exp.Expr, value: Inner) -> Floats:
    branches = tree.args["ifs"] if isinstance(tree, exp.Case) else [tree]
    default = tree.args.get("default") if isinstance(tree, exp.Case) else tree.args.get("false")
    found = value(default) if default is not None else np.array(np.nan)
    for branch in reversed(branches):
        condition = value(branch.this)
        if isinstance(tree, exp.Case) and tree.this is not None:
            condition = _compared(exp.EQ, value(tree.this), condition)
        found = np.where(~np.isnan(condition) & (condition != 0), value(branch.args["true"]), found)
    return found


def _is(tree: exp.Expr, value: Inner) -> Floats:
    left = value(tree.this)
    if isinstance(tree.expression, exp.Null):
        return np.isnan(left).astype(np.float64)
    return np.asarray(left == value(tree.expression), dtype=np.float64)


def _in(tree: exp.Expr, value: Inner) -> Floats:
    return _either([_compared(exp.EQ, value(tree.this), value(part)) for part in tree.expressions])


def _between(tree: exp.Expr, value: Inner) -> Floats:
    this, low, high = value(tree.this), value(tree.args["low"]), value(tree.args["high"])
    return _both([_compared(exp.GTE, this, low), _compared(exp.LTE, this, high)])


RULES: tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[exp.Expr, Inner], Floats]], ...] = (
    ((exp.Literal, exp.Boolean, exp.Null), _constant),
    (exp.Paren, lambda tree, value: value(tree.this)),
    (exp.Neg, lambda tree, value: -value(tree.this)),
    (exp.Abs, lambda tree, value: np.abs(value(tree.this))),
    (exp.Not, lambda tree, value: 1 - value(tree.this)),
    ((exp.Case, exp.If), _chosen),
    (exp.Coalesce, lambda tree, value: _first_there([value(part) for part in (tree.this, *tree.expressions)])),
    (exp.In, _in),
    (exp.Is, _is),
    (exp.Between, _between),
)
