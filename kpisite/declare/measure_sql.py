"""What a measure asks of its source: its own SQL, or what it means without any."""

from kpisite.declare.model import Measure, Source


def sql_of(name: str, measure: Measure, source: Source) -> str:
    """A measure's SQL; without any it is the sum of its column, or of the values under its label in a long source."""
    if measure.sql is not None:
        return measure.sql
    aggregate = "median" if measure.kind == "duration" else "sum"
    if source.value is None:
        return f"{aggregate}({_name(name)})"
    if source.measure is None:
        return f"{aggregate}({_name(source.value)})"
    label = (measure.label or name).replace("'", "''")
    return f"{aggregate}({_name(source.value)}) filter (where {_name(source.measure)} = '{label}')"


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
