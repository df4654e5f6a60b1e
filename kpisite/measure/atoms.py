"""Atoms: the plain aggregates that a measure is made of; engines compute atoms, everything else happens here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp, parse_one

from kpisite.load.engine import Engine
from kpisite.load.engine_duckdb import DECIMAL
from kpisite.load.header import fold
from kpisite.load.scope import TableColumn

AtomKind = Literal["sum", "count", "distinct", "min", "max", "quantile"]
AGGREGATES = (exp.Sum, exp.Count, exp.Min, exp.Max, exp.Avg, exp.Median, exp.PercentileCont)


@dataclass(frozen=True, slots=True)
class Atom:
    """One aggregate over the fields of a table, written in DuckDB's words; sum and count can be added up."""

    sql: str
    kind: AtomKind

    @property
    def asks(self) -> frozenset[str]:
        """What an engine must be able to do for it."""
        divides = parse_one(self.sql, read="duckdb").find(exp.Div) is not None
        return frozenset({self.kind, "division"} if divides else {self.kind})


def split(tree: exp.Expr, columns: Mapping[str, TableColumn]) -> tuple[tuple[Atom, ...], exp.Expr]:
    """The atoms of a measure, and what is computed from them: an expression over columns a0, a1 ..."""
    # One more node above, so that the expression itself can be replaced, too.
    whole = exp.Paren(this=tree.copy())
    for column in list(whole.find_all(exp.Column)):
        column.replace(exp.column(columns[fold(column.name)].field, quoted=True))
    floats = {found.field for found in columns.values() if found.kind == "float"}
    atoms: dict[Atom, exp.Column] = {}
    for node in [node for node in whole.walk() if _stands_alone(node)]:
        node.replace(_over_atoms(node, atoms, floats))
    return tuple(atoms), whole.this


def _stands_alone(node: exp.Expr) -> bool:
    return isinstance(node, exp.Filter) or (isinstance(node, AGGREGATES) and not isinstance(node.parent, exp.Filter))


def _over_atoms(node: exp.Expr, atoms: dict[Atom, exp.Column], floats: Collection[str]) -> exp.Expr:
    """An aggregate as an expression over atoms: an average is a sum divided by a count, here and not there."""
    where = node.expression if isinstance(node, exp.Filter) else None
    call = node.this if isinstance(node, exp.Filter) else node
    if isinstance(call, exp.Avg):
        total, count = exp.Sum(this=call.this.copy()), exp.Count(this=call.this.copy(), big_int=True)
        return exp.paren(
            exp.Div(this=_atom(total, where, atoms, floats), expression=_atom(count, where, atoms, floats))
        )
    return _atom(call, where, atoms, floats)


def _atom(call: exp.Expr, where: exp.Expr | None, atoms: dict[Atom, exp.Column], floats: Collection[str]) -> exp.Column:
    kind = _kind(call)
    if isinstance(call, exp.Sum):
        _make_exact(call, floats)
    # The inner ones first: what stands inside a replaced node could not be found any more.
    for node in reversed([node for node in call.walk() if isinstance(node, exp.Mul | exp.Div)]):
        node.replace(_arithmetic(node.copy()))
    written = call.copy() if where is None else exp.Filter(this=call.copy(), expression=where.copy())
    atom = Atom(written.sql(dialect="duckdb"), kind)
    return atoms.setdefault(atom, exp.column(f"a{len(atoms)}")).copy()


def _kind(call: exp.Expr) -> AtomKind:
    if isinstance(call.this, exp.Distinct):
        return "distinct"
    match call:
        case exp.Sum():
            return "sum"
        case exp.Count():
            return "count"
        case exp.Min():
            return "min"
        case exp.Max():
            return "max"
        case _:
            return "quantile"


def _arithmetic(node: exp.Mul | exp.Div) -> exp.Expr:
    """Products of decimals overflow: they are taken as floats; what is divided by zero is missing, not infinite."""
    left, right = exp.cast(exp.paren(node.this), "DOUBLE"), exp.cast(exp.paren(node.expression), "DOUBLE")
    if isinstance(node, exp.Div):
        return exp.Div(this=left, expression=exp.Nullif(this=right, expression=exp.Literal.number(0)))
    return exp.Mul(this=left, expression=right)


def _make_exact(node: exp.Sum, floats: Collection[str]) -> None:
    """Floats are summed in the order of their size, or as decimals: any other order is the engine's choice."""
    value = node.this
    if isinstance(value, exp.Distinct):
        return
    if any(column.name in floats for column in value.find_all(exp.Column)):
        order = exp.Order(this=value.copy(), expressions=[exp.Ordered(this=value.copy())])
        node.set("this", order)
    elif value.find(exp.Mul, exp.Div) is not None:
        node.set("this", exp.cast(exp.paren(value.copy()), DECIMAL))


def lowered(atom: Atom, engine: Engine) -> exp.Expr:
    """The atom as a tree for an engine: DuckDB takes it as it is, others get no FILTER and no ordered sum."""
    tree = parse_one(atom.sql, read="duckdb")
    return tree if engine.dialect == "duckdb" else _portable(tree, engine.dialect)


def value_in_row(atom: Atom) -> exp.Expr:
    """What the atom takes from one row, NULL where it takes nothing: added up, counted or compared it is the atom."""
    tree = parse_one(atom.sql, read="duckdb")
    where = tree.expression.this if isinstance(tree, exp.Filter) else None
    value = (tree.this if isinstance(tree, exp.Filter) else tree).this
    if isinstance(value, exp.Distinct):
        value = value.expressions[0]
    if isinstance(value, exp.Order):
        value = value.this
    if isinstance(value, exp.Star):
        value = exp.Literal.number(1)
    return value.copy() if where is None else _where(where, value)


def _portable(tree: exp.Expr, dialect: str) -> exp.Expr:
    where = tree.expression.this if isinstance(tree, exp.Filter) else None
    call = tree.this if isinstance(tree, exp.Filter) else tree
    for order in list(call.find_all(exp.Order)):
        order.replace(exp.cast(exp.paren(order.this.copy()), DECIMAL))
    if isinstance(call, exp.Median | exp.PercentileCont):
        return _quantile(call, where, dialect)
    if where is None:
        return call
    if isinstance(call.this, exp.Distinct):
        call.this.set("expressions", [_where(where, one) for one in call.this.expressions])
    else:
        value = exp.Literal.number(1) if isinstance(call.this, exp.Star) else call.this
        call.set("this", _where(where, value))
    return call


def _quantile(call: exp.Expr, where: exp.Expr | None, dialect: str) -> exp.Expr:
    """A share of the rows in order, interpolated, in floats on every engine."""
    values = exp.cast(exp.paren(call.this.copy()), "DOUBLE")
    value = values if where is None else _where(where, values)
    share = call.expression.copy() if isinstance(call, exp.PercentileCont) else exp.Literal.number("0.5")
    if dialect == "spark":
        return exp.Anonymous(this="PERCENTILE", expressions=[value, share])
    return exp.PercentileCont(this=value, expression=share)


def _where(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy())])
