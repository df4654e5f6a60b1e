"""Measures: SQL aggregates -> checked, and split into the atoms that engines compute and what is made of them here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from sqlglot import exp, parse_one
from sqlglot.errors import ParseError, SqlglotError

from kpisite.errors import did_you_mean
from kpisite.load.header import fold
from kpisite.load.scope import TableColumn
from kpisite.measure.atoms import AGGREGATES, Atom, split
from kpisite.measure.expression import LONGEST, FormulaError
from kpisite.measure.scalar import SCALARS, evaluate
from kpisite.measure.series import Floats

COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Is, exp.Between, exp.Like, exp.ILike)
ALLOWED = (
    *AGGREGATES, *COMPARISONS, exp.Filter, exp.Where, exp.Distinct, exp.Star, exp.Column, exp.Identifier, exp.Literal,
    exp.Boolean, exp.Null, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren, exp.And, exp.Or, exp.Not, exp.Case,
    exp.If, exp.Coalesce, exp.Nullif, exp.Abs,
)  # fmt: skip
FUNCTIONS = ("sum", "count", "min", "max", "avg", "median", "quantile_cont", "coalesce", "nullif", "abs")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A measure as engines are asked for it: atoms, and the expression that is computed from them.

    An additive one can be summed over months and products; any other is asked again for each period and level.
    `pivot` is set for sum(field) filter (where key = 'label'): many of those are cheaper asked together.
    """

    atoms: tuple[Atom, ...]
    scalar: exp.Expr  # over columns a0, a1 ... for the atoms
    additive: bool
    pivot: tuple[str, str, str] | None = None  # field, key, label

    def value(self, answers: Iterable[Floats]) -> Floats:
        """The measure from the arrays of its atoms; NaN where it has no value."""
        return evaluate(self.scalar, {f"a{number}": answer for number, answer in enumerate(answers)})


def compile_measure(sql: str, columns: Mapping[str, TableColumn], header: tuple[str, ...]) -> Aggregate:
    """Check an aggregate expression over a table's columns and rewrite it for the engine."""
    tree = _parse(sql)
    for node in tree.walk():
        _check_node(node, sql)
    if tree.find(*AGGREGATES) is None:
        hint = "Write one, like sum(amount) or count(*)."
        raise FormulaError("a measure aggregates rows, and this has no aggregate", 0, len(sql), hint)
    for column in tree.find_all(exp.Column):
        _check_column(column, columns, header)
    atoms, scalar = split(tree, columns)
    for node in scalar.walk():
        if not isinstance(node, SCALARS) or (isinstance(node, exp.Literal) and node.is_string):
            hint = "Compare texts within an aggregate, as in sum(amount) filter (where channel = 'app')."
            raise FormulaError("outside of its aggregates a measure knows only numbers", _start(node), len(sql), hint)
    return Aggregate(atoms, scalar, _is_additive(tree), _pivot(tree, columns))


def _parse(sql: str) -> exp.Expr:
    if len(sql) > LONGEST or sql.count("(") > 100:
        raise FormulaError(f"the expression is longer than {LONGEST} characters or nested too deeply", 0)
    if "--" in sql:
        raise FormulaError("'--' would start a comment", sql.index("--"), hint="Write - (-x), or leave it out.")
    try:
        return parse_one(sql, read="duckdb")
    except ParseError as error:
        found = error.errors[0] if error.errors else {}
        word = str(found.get("highlight") or "")
        at = max(0, int(found.get("col") or 1) - len(word)) if "\n" not in sql else 0
        if sql.count("(") > sql.count(")"):
            raise FormulaError("a '(' is never closed", sql.index("("), len(sql)) from error
        what = f"'{word}' does not belong here, or something is missing beside it" if word else "the sql is empty"
        raise FormulaError(what, at, at + max(1, len(word)), "Write an aggregate, like sum(amount).") from error
    except SqlglotError as error:
        at = max(sql.find("'"), 0)
        raise FormulaError("a quoted text is never closed", at) from error


def _start(node: exp.Expr) -> int:
    return min((part.meta["start"] for part in node.walk() if "start" in part.meta), default=0)


def _check_node(node: exp.Expr, sql: str) -> None:
    start = _start(node)
    if isinstance(node, exp.Anonymous):
        word = node.name
        hint = did_you_mean(word.lower(), FUNCTIONS)
        raise FormulaError(f"there is no aggregate '{word}'", start, start + len(word), hint)
    if not isinstance(node, ALLOWED):
        word = node.sql_name().lower() if isinstance(node, exp.Func) else node.key
        hint = f"Known: {', '.join(FUNCTIONS)}, filter, case, arithmetic and comparisons."
        raise FormulaError(f"'{word}' is not allowed in a measure", start, len(sql), hint)
    if isinstance(node, AGGREGATES):
        if any(isinstance(inner, AGGREGATES) for inner in node.walk() if inner is not node):
            raise FormulaError("an aggregate stands inside another aggregate", start)
        if isinstance(node, exp.PercentileCont):
            _check_quantile(node, start, sql)
        elif any(value and name not in ("this", "big_int") for name, value in node.args.items()):
            raise FormulaError(f"{node.key}() takes one argument", start)
    if isinstance(node, exp.Filter) and not isinstance(node.this, AGGREGATES):
        raise FormulaError("'filter' stands behind an aggregate", start, len(sql))


def _check_quantile(node: exp.PercentileCont, start: int, sql: str) -> None:
    share = node.expression
    if not isinstance(share, exp.Literal) or share.is_string or not 0 <= float(share.this) <= 1:
        hint = "Write quantile_cont(minutes, 0.9)."
        raise FormulaError("a quantile is asked for a share from 0 to 1", start, len(sql), hint)


def _check_column(column: exp.Column, columns: Mapping[str, TableColumn], header: tuple[str, ...]) -> None:
    start = _start(column)
    name = fold(column.name)
    if column.args.get("table") is not None:
        raise FormulaError("a column's name has no '.'", start, hint="A measure sees one source only.")
    if name not in columns:
        raise FormulaError(f"the source has no column '{name}'", start, start + len(name), did_you_mean(name, header))
    if column.find_ancestor(*AGGREGATES, exp.Where) is None:
        hint = f"Write sum({name}), max({name}) or the like."
        raise FormulaError(f"the column '{name}' stands outside an aggregate", start, start + len(name), hint)


@cache
def grows(sql: str) -> bool:
    """Does a measure of flows grow with the length of the period? Sums and counts do; means, medians and shares not."""
    try:
        return _degree(parse_one(sql, read="duckdb")) > 0
    except SqlglotError:
        # What it is has been told elsewhere.
        return True


def _degree(tree: exp.Expr) -> int:
    match tree:
        case exp.Sum() | exp.Count():
            return 1
        case exp.Mul():
            return _degree(tree.this) + _degree(tree.expression)
        case exp.Div():
            return _degree(tree.this) - _degree(tree.expression)
        case exp.Add() | exp.Sub():
            return max(_degree(tree.this), _degree(tree.expression))
        case exp.Paren() | exp.Neg() | exp.Filter() | exp.Abs() | exp.Coalesce() | exp.Nullif():
            return _degree(tree.this)
        case exp.Case():
            return max((_degree(one.args["true"]) for one in tree.args["ifs"]), default=0)
        case _:
            return 0


def _is_additive(tree: exp.Expr) -> bool:
    """Is the whole the sum of its parts: sums and counts, added, subtracted or times a number?"""
    match tree:
        case exp.Paren() | exp.Neg() | exp.Filter():
            return _is_additive(tree.this)
        case exp.Sum():
            return not isinstance(tree.this, exp.Distinct)
        case exp.Count():
            return not isinstance(tree.this, exp.Distinct)
        case exp.Add() | exp.Sub():
            return _is_additive(tree.this) and _is_additive(tree.expression)
        case exp.Mul():
            sides = (tree.this, tree.expression)
            return any(isinstance(a, exp.Literal) and _is_additive(b) for a, b in (sides, sides[::-1]))
        case _:
            return False


def _pivot(tree: exp.Expr, columns: Mapping[str, TableColumn]) -> tuple[str, str, str] | None:
    if not isinstance(tree, exp.Filter) or type(tree.this) is not exp.Sum:
        return None
    value, condition = tree.this.this, tree.expression.this
    if not isinstance(value, exp.Column) or not isinstance(condition, exp.EQ):
        return None
    key, label = condition.this, condition.expression
    if not isinstance(key, exp.Column) or not isinstance(label, exp.Literal) or not label.is_string:
        return None
    field, by = columns[fold(value.name)], columns[fold(key.name)]
    if field.kind not in ("decimal", "integer") or by.kind != "text":
        return None
    return field.field, by.field, label.name
