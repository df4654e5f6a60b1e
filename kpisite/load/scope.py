"""What all sources of one site share while they are read."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load import engine_duckdb as engine


@dataclass(frozen=True, slots=True)
class Scope:
    """The site, where its files lie, the day up to which data count, and where problems go."""

    site: Site
    root: Path
    as_of: dt.date
    folder: Path
    connection: engine.Connection
    problems: Problems
