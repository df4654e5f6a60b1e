"""The sources of a site -> typed tables in the embedded engine, with a problem for all that is not as declared."""

import datetime as dt
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load import engine_duckdb as engine
from kpisite.load.doubts import doubt_products
from kpisite.load.facts import FileFact
from kpisite.load.scope import Scope
from kpisite.load.source import Table, read_source


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Tables:
    """All sources in one engine; products are numbered in the order of the site. Closing it frees its memory."""

    connection: engine.Connection
    tables: Mapping[str, Table]
    files: Mapping[str, tuple[FileFact, ...]]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.connection.close()


def open_tables(site: Site, root: Path, as_of: dt.date, problems: Problems) -> Tables:
    """Read every source that measures use; a source with mistakes is left out and its problems are told."""
    folder = Path(tempfile.mkdtemp(prefix="kpisite-"))
    connection = engine.connect(folder)
    scope = Scope(site, root, as_of, folder, connection, problems)
    used = {measure.source for measure in site.measures.values()}
    tables: dict[str, Table] = {}
    files: dict[str, tuple[FileFact, ...]] = {}
    for source in site.sources:
        read = read_source(scope, source, f"s{len(tables)}") if source in used else None
        if read is not None:
            tables[source], files[source] = read
    if not problems.errors:
        doubt_products(site, frozenset().union(*(table.products for table in tables.values())), problems)
    found = Tables(connection, tables, files)
    # The engine spills into the folder as long as anyone asks it.
    weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found
