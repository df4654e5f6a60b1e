"""The one small protocol behind which every engine stands: it groups rows and returns numbers, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlglot import exp

# One array for each column, masked or NaN where there is no value.
Answer = Mapping[str, Any]


class EngineError(Exception):
    """What an engine said when it could not answer, and what to do; never with a secret in it."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


class Engine(Protocol):
    """Where rows lie and are grouped; queries are trees of sqlglot, each engine prints them in its own dialect."""

    @property
    def dialect(self) -> str:
        """The name of its SQL, as sqlglot and messages call it."""

    @property
    def lacks(self) -> frozenset[str]:
        """The kinds of atoms that it cannot compute."""

    def rows(self, view: str) -> exp.Expr:
        """The rows of a view, to be selected from."""

    def put(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> exp.Expr:
        """A small table of these rows, to be joined; columns by name with their types."""

    def text(self, query: exp.Expr) -> str:
        """The query in the words of this engine."""

    def run(self, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Ask in its own words: the names of the columns, and the rows; raises EngineError."""

    def fetch(self, query: exp.Expr) -> Answer:
        """Ask and get every column as one array; raises EngineError."""
