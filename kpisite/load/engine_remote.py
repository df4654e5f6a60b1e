"""What engines outside of this process share: small maps and views as named parts of each statement, and plain arrays.

Nothing is written there: no table, no view, no temporary object. Every statement carries what it needs.
"""

import datetime as dt
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from sqlglot import exp, parse_one

from kpisite.load.engine import Answer

# Dialects that read VALUES as a named part of a statement; the others get SELECT ... UNION ALL.
VALUES = ("postgres", "spark", "sqlite")
# Dialects with exact quantiles that were tried.
QUANTILES = ("postgres", "spark")


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of a statement: the names of its columns where they need telling, its text, and what it needs."""

    text: str
    columns: str = ""
    needs: frozenset[str] = frozenset()


@dataclass(slots=True)
class RemoteEngine:
    """An engine that is asked in text; `parts` are the named parts of its statements, each with those it needs."""

    dialect: str
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def lacks(self) -> frozenset[str]:
        """Rows are never divided there: engines disagree about decimals and zero."""
        return frozenset({"division"} if self.dialect in QUANTILES else {"division", "quantile"})

    @abstractmethod
    def run(self, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """The names of the columns and the rows of a statement; raises EngineError."""

    @abstractmethod
    def tables(self, like: str) -> Sequence[str]:
        """The tables that an author may have meant; only asked when one is not found."""

    @abstractmethod
    def close(self) -> None:
        """End what was opened."""

    def define(self, name: str, query: exp.Expr | str) -> exp.Expr:
        """Name a query; an author's own text is taken as it is."""
        if isinstance(query, str):
            self.parts[name] = Part(query)
        else:
            needs = frozenset(table.name for table in query.find_all(exp.Table))
            self.parts[name] = Part(query.sql(dialect=self.dialect), needs=needs)
        return exp.to_table(name)

    def rows(self, view: str) -> exp.Expr:
        """The rows of a named query."""
        return exp.to_table(view)

    def put(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> exp.Expr:
        """A small table as a named part of the statement."""
        if not rows:
            nothing = ", ".join(f"0 AS {column}" for column in columns)
            return self.define(name, parse_one(f"SELECT {nothing} WHERE 1 = 0"))
        cells = [[_literal(value, self.dialect) for value in row] for row in rows]
        if self.dialect in VALUES:
            values = ", ".join(f"({', '.join(row)})" for row in cells)
            self.parts[name] = Part(f"VALUES {values}", f"({', '.join(columns)})")
        else:
            end = " FROM dual" if self.dialect == "oracle" else ""
            named = [", ".join(f"{c} AS {n}" for c, n in zip(row, columns, strict=True)) for row in cells]
            self.parts[name] = Part(" UNION ALL ".join(f"SELECT {one}{end}" for one in named))
        return exp.to_table(name)

    def text(self, query: exp.Expr) -> str:
        """The statement with all named parts that it needs, in the order in which they were named."""
        needed: set[str] = set()
        open_ = [table.name for table in query.find_all(exp.Table)]
        while open_:
            name = open_.pop()
            if name in self.parts and name not in needed:
                needed.add(name)
                open_ += self.parts[name].needs
        parts = [f"{n}{part.columns} AS (\n{part.text}\n)" for n, part in self.parts.items() if n in needed]
        written = query.sql(dialect=self.dialect)
        return f"WITH {', '.join(parts)} {written}" if parts else written

    def fetch(self, query: exp.Expr) -> Answer:
        """Ask, and lay the rows out as one array for each column."""
        names, rows = self.run(self.text(query))
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        return {name.lower(): _array(column) for name, column in zip(names, columns, strict=True)}


def _array(column: Sequence[Any]) -> Any:  # noqa: ANN401 - arrays of numpy
    if all(type(value) is int for value in column):
        return np.array(column, dtype=np.int64)
    return np.array([np.nan if value is None else float(value) for value in column], dtype=np.float64)


def _literal(value: object, dialect: str) -> str:
    """A number, a text or a day as it is written there."""
    if isinstance(value, dt.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE").sql(dialect=dialect)
    if isinstance(value, int | Decimal):
        return str(value)
    return exp.Literal.string(str(value)).sql(dialect=dialect)
