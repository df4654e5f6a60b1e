"""What all sources of one site share while they are read."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpisite.declare.model import Column, Site
from kpisite.errors import Problems
from kpisite.load import engine_duckdb as engine


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table: its name in the engine, and its declared type."""

    field: str
    kind: Column


# What will be asked of a source by product and month, in SQL over its fields, from its columns and its header; None
# where that is not all that is asked of it.
Ahead = Callable[[str, Mapping[str, TableColumn], tuple[str, ...]], tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """The site, where its files lie, the day up to which data count, and where problems go."""

    site: Site
    root: Path
    as_of: dt.date
    folder: Path
    connection: engine.Connection
    problems: Problems
    ahead: Ahead | None = None
    numbered: bool = False  # rows keep their numbers, so that they can be found again in their files


def last_month(scope: Scope) -> int:
    """The last month that is shown."""
    return (scope.site.report.through or scope.site.report.period).last_month


def last_known_month(scope: Scope) -> int:
    """The month of the day of the report; where no day is declared, the last one that is shown."""
    day = scope.site.report.as_of
    return last_month(scope) if day is None else max(last_month(scope), day.year * 12 + day.month - 1)
