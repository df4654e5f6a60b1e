"""Which columns of a source its measures use, and of which type each is read."""

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from kpisite.declare.measure_sql import sql_of
from kpisite.declare.model import Column, Site
from kpisite.load.header import fold

COMPARISONS = (exp.EQ, exp.NEQ, exp.In, exp.Like, exp.ILike)


def used_columns(site: Site, source: str) -> dict[str, Column]:
    """The columns that the measures of a source name, with their types; in the order of the names.

    A column that is not declared is a decimal, except where measures only compare it with texts or ask whether there
    is anything in it.
    Expressions that cannot be read are passed over here: the measure stage tells what is wrong with them.
    """
    declared = {fold(name): kind for name, kind in site.sources[source].columns.items()}
    found: dict[str, bool] = {}
    for name, measure in site.measures.items():
        if measure.source == source:
            for column, is_text in _columns(sql_of(name, measure, site.sources[source])):
                found[column] = found.get(column, True) and is_text
    for key in site.sources[source].key_columns:
        found[fold(key)] = True
    return {name: declared.get(name, "text" if found[name] else "decimal") for name in sorted(found)}


def measure_labels(site: Site, source: str) -> frozenset[str] | None:
    """The labels that the measures of a long source ask for; None where they cannot be told from their SQL."""
    spec = site.sources[source]
    if spec.measure is None:
        return None
    found: set[str] = set()
    for name, measure in site.measures.items():
        if measure.source == source:
            tree = _parsed(sql_of(name, measure, spec))
            asked = _asked(tree, fold(spec.measure)) if tree is not None else set()
            if not asked:
                return None
            found |= asked
    return frozenset(found)


def _asked(tree: exp.Expr, column: str) -> set[str]:
    """The texts that a column is compared with; none where it is used in any other way."""
    found: set[str] = set()
    for one in tree.find_all(exp.Column):
        if fold(one.name) != column:
            continue
        parent = one.parent
        if not isinstance(parent, exp.EQ | exp.In) or not _is_text(one):
            return set()
        others = [parent.args.get("expression"), *parent.args.get("expressions", [])]
        found |= {other.name for other in others if isinstance(other, exp.Literal)}
    return found


def columns_of(sql: str) -> frozenset[str]:
    """The columns that an expression names; none where it cannot be read."""
    return frozenset(name for name, _ in _columns(sql))


def _columns(sql: str) -> list[tuple[str, bool]]:
    tree = _parsed(sql)
    return [] if tree is None else [(fold(column.name), _is_text(column)) for column in tree.find_all(exp.Column)]


def _parsed(sql: str) -> exp.Expr | None:
    try:
        return parse_one(sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return None


def _is_text(column: exp.Column) -> bool:
    parent = column.parent
    if isinstance(parent, COMPARISONS):
        others = [parent.args.get("expression"), *parent.args.get("expressions", [])]
        return all(isinstance(other, exp.Literal) and other.is_string for other in others if other is not None)
    if isinstance(parent, exp.Is):
        # Whether anything stands there can be seen without reading it as a number.
        return isinstance(parent.expression, exp.Null)
    return isinstance(parent, exp.Distinct)
