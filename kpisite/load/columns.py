"""Which columns of a source its measures use, and of which type each is read."""

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from kpisite.declare.model import Column, Measure, Site
from kpisite.load.header import fold

COMPARISONS = (exp.EQ, exp.NEQ, exp.In, exp.Like, exp.ILike)


def used_columns(site: Site, source: str) -> dict[str, Column]:
    """The columns that the measures of a source name, with their types; in the order of the names.

    A column that is not declared is a decimal, except where a measure only compares it with texts.
    Expressions that cannot be read are passed over here: the measure stage tells what is wrong with them.
    """
    declared = {fold(name): kind for name, kind in site.sources[source].columns.items()}
    found: dict[str, bool] = {}
    for name, measure in site.measures.items():
        if measure.source == source:
            for column, is_text in _columns(name, measure):
                found[column] = found.get(column, True) and is_text
    for dimension in site.sources[source].dimensions:
        found[fold(dimension)] = True
    return {name: declared.get(name, "text" if found[name] else "decimal") for name in sorted(found)}


def _columns(name: str, measure: Measure) -> list[tuple[str, bool]]:
    if measure.sql is None:
        return [(fold(name), False)]
    try:
        tree = parse_one(measure.sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return []
    return [(fold(column.name), _is_text(column)) for column in tree.find_all(exp.Column)]


def _is_text(column: exp.Column) -> bool:
    parent = column.parent
    if isinstance(parent, COMPARISONS):
        others = [parent.args.get("expression"), *parent.args.get("expressions", [])]
        return all(isinstance(other, exp.Literal) and other.is_string for other in others if other is not None)
    return isinstance(parent, exp.Distinct)
