"""The embedded engine with a file that is staged only when its rows are asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from kpisite.load.engine import Answer
from kpisite.load.engine_duckdb import DuckEngine


@dataclass(frozen=True, slots=True)
class LateEngine:
    """An engine that makes its rows when they are first asked for; `waiting` holds how, until then."""

    here: DuckEngine
    waiting: list[Callable[[], None]]

    @property
    def dialect(self) -> str:
        """That of the engine behind it."""
        return self.here.dialect

    @property
    def lacks(self) -> frozenset[str]:
        """What the engine behind it lacks."""
        return self.here.lacks

    def rows(self, view: str) -> exp.Expr:
        """The rows of a view, made now if they were not yet."""
        while self.waiting:
            self.waiting.pop()()
        return self.here.rows(view)

    def put(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> exp.Expr:
        """A small table of the engine behind it."""
        return self.here.put(name, columns, rows)

    def text(self, query: exp.Expr) -> str:
        """The query in the words of the engine behind it."""
        return self.here.text(query)

    def run(self, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Ask the engine behind it for rows."""
        return self.here.run(sql)

    def fetch(self, query: exp.Expr) -> Answer:
        """Ask the engine behind it."""
        return self.here.fetch(query)
