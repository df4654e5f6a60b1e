"""Aggregates over the own types of a file's columns, wherever these give exactly what our wider types give.

128 bits for every number cost more than all the rest of reading a Parquet file. Sums of sums and differences, extremes
and comparisons with numbers are exact in any type; their result is cast to our type before it becomes a float, so that
not even its last bit differs. Everything else, as a product, sees the columns in our types.
"""

from collections.abc import Mapping

from sqlglot import exp, parse_one

EXACT = (exp.Add, exp.Sub, exp.Paren, exp.Column, exp.Identifier)
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def narrowed(sql: str, own: Mapping[str, str]) -> str:
    """An aggregate that is cast to a float, over columns of which `own` have types of their own; with ours by field."""
    tree = parse_one(sql, read="duckdb")
    if not own or not isinstance(tree, exp.Cast):
        return sql
    asked = tree.this
    call = asked.this if isinstance(asked, exp.Filter) else asked
    kept = _exact_in(call, own)
    ours = {own[column.name] for column in kept}
    for column in list(tree.find_all(exp.Column)):
        is_kept = any(column is one for one in kept) or _is_compared(column)
        if column.name in own and not is_kept:
            column.replace(exp.cast(column.copy(), own[column.name], dialect="duckdb"))
    if ours:
        tree.set("this", exp.cast(asked.copy(), ours.pop(), dialect="duckdb"))
    return tree.sql(dialect="duckdb")


def _exact_in(call: exp.Expr, own: Mapping[str, str]) -> list[exp.Column]:
    """The columns of an aggregate, if it is exact in their own types and they have one type of ours."""
    value = call.this
    if not isinstance(call, exp.Sum | exp.Min | exp.Max) or not all(isinstance(n, EXACT) for n in value.walk()):
        return []
    if not isinstance(call, exp.Sum) and not isinstance(value, exp.Column):
        return []
    columns = list(value.find_all(exp.Column))
    return (
        columns
        if len({own.get(column.name, "") for column in columns} - {""}) == 1
        and all(column.name in own for column in columns)
        else []
    )


def _is_compared(column: exp.Column) -> bool:
    """Is it compared with a number?"""
    parent = column.parent
    if not isinstance(parent, COMPARISONS):
        return False
    other = parent.expression if parent.this is column else parent.this
    return isinstance(other, exp.Literal) and not other.is_string
